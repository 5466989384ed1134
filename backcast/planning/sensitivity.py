"""How the plan moves when an assumption is half or twice what it was: solved again each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from backcast.planning.checks import COST_PER_COHORT_CEILING, COST_PER_LEARNER_CEILING
from backcast.planning.figures import Figure, StageYield
from backcast.planning.problem import NeedCell, Problem
from backcast.planning.programs import ProgramOption, SupportOption
from backcast.planning.schedule import Options, solve
from backcast.planning.solution import Solution

FACTORS = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class RoleMove:
    """A role's odds over the horizon, before and after."""

    role: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Move:
    """What the plan becomes when ``assumption`` is multiplied by ``factor``.

    Costs in dollars; ``missing`` are people expected to be missing at the end, over all roles.
    ``cohorts`` counts cohorts.
    """

    assumption: str
    factor: float
    cost_before: float
    cost_after: float
    missing_before: float
    missing_after: float
    cohorts_before: int
    cohorts_after: int
    odds: tuple[RoleMove, ...]


def assumptions_in(problem: Problem) -> tuple[str, ...]:
    """The names of the assumptions that the problem's numbers rest on, in order of appearance."""
    return tuple(dict.fromkeys(_names(problem)))


def scaled(problem: Problem, assumption: str, factor: float) -> Problem:
    """The problem with every number that rests on ``assumption`` multiplied by ``factor``.

    Yields cannot exceed certainty, sizes and cohorts at once are at least 1, a smallest cohort is
    never larger than the largest, and costs stay under the ceilings of the checks.
    """
    changed = cast(Problem, _scale(problem, assumption, factor))
    return replace(changed, programs=tuple(_sane(program) for program in changed.programs))


def sensitivity(
    problem: Problem,
    base: Solution,
    assumptions: Iterable[str] | None = None,
    options: Options | None = None,
    on_step: Callable[[str, float], None] | None = None,
) -> tuple[Move, ...]:
    """Solve again with each assumption at half and at twice.

    ``base`` is the plan of ``problem``; solve it with the same ``options`` for a fair comparison.
    Raises ``ValueError`` on an assumption that no number rests on.
    """
    known = assumptions_in(problem)
    moves = []
    for name in known if assumptions is None else tuple(assumptions):
        if name not in known:
            raise ValueError(f"No number rests on “{name}”. Known: {', '.join(known) or 'none'}.")
        for factor in FACTORS:
            if on_step is not None:
                on_step(name, factor)
            plan = solve(scaled(problem, name, factor), options)
            moves.append(_move(problem, base, plan, name, factor))
    return tuple(moves)


def _move(problem: Problem, base: Solution, plan: Solution, name: str, factor: float) -> Move:
    odds = []
    for role in problem.roles:
        try:
            before, after = base.role_odds(role.id).odds, plan.role_odds(role.id).odds
        except KeyError:
            continue
        odds.append(RoleMove(role.id, before, after))
    return Move(
        name,
        factor,
        base.cost,
        plan.cost,
        missing_at_end(problem, base),
        missing_at_end(problem, plan),
        len(base.cohorts),
        len(plan.cohorts),
        tuple(odds),
    )


def missing_at_end(problem: Problem, plan: Solution) -> float:
    """People expected to be missing at the end of the plan, over all roles and areas."""
    return sum(
        row.missing for row in plan.shortfalls if row.kind == "need" and row.quarter == problem.last
    )


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _names(item)
    elif is_dataclass(value):
        if isinstance(value, Figure | StageYield | NeedCell | SupportOption) and value.assumption:
            yield value.assumption
        for part in fields(value):
            yield from _names(getattr(value, part.name))


#: A share that is assumed to be higher than this leaves no room for doubt.
_HIGHEST_SHARE = 0.98


def _scale(value: Any, name: str, factor: float) -> Any:
    if isinstance(value, Figure):
        return replace(value, value=value.value * factor) if value.assumption == name else value
    if isinstance(value, StageYield):
        return _scaled_yield(value, factor) if value.assumption == name else value
    if isinstance(value, NeedCell):
        if value.assumption != name:
            return value
        low, likely, high = (part * factor for part in (value.low, value.likely, value.high))
        return replace(value, low=low, likely=likely, high=high)
    if isinstance(value, SupportOption) and value.assumption == name:
        effect = (value.low, value.likely, value.high)
        low, likely, high = (min(_HIGHEST_SHARE, part * factor) for part in effect)
        value = replace(value, low=low, likely=likely, high=high)
    if isinstance(value, tuple):
        return tuple(_scale(item, name, factor) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for part in fields(value):
            old = getattr(value, part.name)
            if isinstance(old, tuple) or is_dataclass(old):
                changes[part.name] = _scale(old, name, factor)
        return replace(value, **changes) if changes else value
    return value


def _scaled_yield(stage: StageYield, factor: float) -> StageYield:
    """Assumed counts are scaled as they are; else the assumption is the prior, whose mean is scaled
    at the same weight while observed and published counts stay."""
    if stage.basis == "assumed" and stage.trials > 0:
        return replace(stage, successes=min(stage.trials, stage.successes * factor))
    weight = stage.prior_a + stage.prior_b
    share = min(_HIGHEST_SHARE, stage.prior_a / weight * factor)
    return replace(stage, prior_a=share * weight, prior_b=(1 - share) * weight)


def _sane(program: ProgramOption) -> ProgramOption:
    largest = max(1.0, program.max_size.value)
    smallest = min(max(1.0, program.min_size.value), largest)
    at_once = program.at_once
    if 0 < at_once.value < 1:
        at_once = replace(at_once, value=1.0)
    cohort_cost = program.cost_per_cohort
    if cohort_cost is not None:
        cohort_cost = replace(cohort_cost, value=min(cohort_cost.value, COST_PER_COHORT_CEILING))
    each = program.cost_per_learner
    return replace(
        program,
        max_size=replace(program.max_size, value=largest),
        min_size=replace(program.min_size, value=smallest),
        at_once=at_once,
        cost_per_learner=replace(each, value=min(each.value, COST_PER_LEARNER_CEILING)),
        cost_per_cohort=cohort_cost,
    )
