"""Plan again from a plan, with its own margins: the part of a solve that tells what a change brings.

Both the plan as it is and the plan with a change are improved from the same cohorts for the same
time, so that what differs comes from the change and not from another search.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from backcast.core.months import Month
from backcast.planning.extraction import cohorts_of, supply_use_of
from backcast.planning.formulation import Floats, Formulation, formulate
from backcast.planning.odds import batches, simulate, tell_odds
from backcast.planning.problem import Announced, Problem
from backcast.planning.search import WHOLE_AT_ONCE
from backcast.planning.solution import NeedOdds, PlannedCohort, SupplyUse
from backcast.planning.solver import SolverError, minimise

PART = 400
"""Whole columns that are planned anew together."""
SHORTEST = 0.3
"""Seconds left that are worth another part."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """Cohorts, what they cost, ``worth`` = cost + price · open need, expected hires, people
    missing at the end by (role, area), and person-quarters of need missing over the whole plan."""

    problem: Problem
    cohorts: tuple[PlannedCohort, ...]
    use: tuple[SupplyUse, ...]
    cost: float
    worth: float
    missing: Mapping[tuple[str, str], float]
    waiting: float

    @property
    def hires(self) -> float:
        return sum(cohort.hires for cohort in self.cohorts)

    @property
    def missing_at_end(self) -> float:
        return sum(self.missing.values())

    def odds(self, futures: int, seed: int) -> tuple[NeedOdds, ...]:
        """Simulated as every plan's are; the same seed draws the same futures of the needs."""
        people = batches(self.problem, self.cohorts, self.use)
        return tell_odds(self.problem, simulate(self.problem, people, futures, seed))


def role_odds(rows: Iterable[NeedOdds], role: str) -> NeedOdds:
    """The role's odds over all areas and quarters. Raises ``KeyError``."""
    mine = [row for row in rows if row.role == role and row.area is None]
    if not mine:
        raise KeyError(role)
    return max(mine, key=lambda row: row.quarter)


def replan(
    problem: Problem,
    cohorts: Iterable[PlannedCohort],
    margins: Mapping[str, float],
    price: float,
    *,
    seconds: float,
    seed: int = 0,
    programs: Iterable[str] = (),
    told: Iterable[PlannedCohort] = (),
) -> Replanned:
    """Improve the plan of these cohorts for about ``seconds``. Limits only ever grow between plans
    that are compared, so the cohorts always fit; what does not is left out.

    ``programs``: those whose cohorts are let go of first, together. ``told``:
    cohorts that a plan as good keeps, so that little changes.
    """
    problem = replace(problem, announced=announced(told))
    model = formulate(problem, margins)
    objective = model.money + price * model.open_needs
    values = _improved(
        model, objective, _values(model, objective, cohorts), seconds, seed, set(programs)
    )
    found = cohorts_of(model, values)
    last = problem.quarters - 1
    cost = sum(cohort.cost for cohort in found)
    return Replanned(
        problem,
        found,
        supply_use_of(model, values),
        cost,
        cost + price * model.unmet(values),
        {c: max(0.0, float(values[x])) for (c, t), x in model.missing.items() if t == last},
        sum(max(0.0, float(values[x])) for x in model.missing.values()),
    )


def announced(cohorts: Iterable[PlannedCohort]) -> tuple[Announced, ...]:
    """The cohorts as people were told of them: by program and month."""
    sizes: dict[tuple[str, Month], list[int]] = defaultdict(list)
    for cohort in cohorts:
        sizes[cohort.program, cohort.start].append(cohort.size)
    return tuple(Announced(*key, len(mine), sum(mine)) for key, mine in sizes.items())


def _values(model: Formulation, objective: Floats, cohorts: Iterable[PlannedCohort]) -> Floats:
    """The model's values with these cohorts, flows planned best."""
    sizes: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for cohort in cohorts:
        month = cohort.start - model.problem.first_month
        sizes[cohort.program, month, cohort.support].append(cohort.size)
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    for start in model.starts:
        support = start.support.id if start.support else ""
        mine = sizes.get((start.program.id, start.month, support), [])
        for column, amount in ((start.cohorts, len(mine)), (start.learners, sum(mine))):
            lower[column] = upper[column] = float(amount)
    fixed = replace(model.matrix, lower=lower, upper=upper)
    try:
        return minimise(fixed, objective, whole=False, seconds=30.0).values
    except SolverError:  # they break a limit: as many of them as fit
        fixed = replace(fixed, lower=list(model.matrix.lower))
        answer = minimise(fixed, objective, whole=True, seconds=10.0, relative_gap=1e-3)
        return _whole(model, answer.values)


def _whole(model: Formulation, values: Floats) -> Floats:
    whole = np.array(model.matrix.whole, dtype=bool)
    out = values.copy()
    out[whole] = np.round(out[whole])
    return out


def _improved(
    model: Formulation,
    objective: Floats,
    start: Floats,
    seconds: float,
    seed: int,
    programs: set[str],
) -> Floats:
    until = time.monotonic() + seconds
    if sum(model.matrix.whole) <= WHOLE_AT_ONCE:
        answer = minimise(
            model.matrix,
            objective,
            whole=True,
            seconds=seconds,
            relative_gap=1e-6,
            start=start,
            seed=seed,
            threads=1,
        )
        better = _whole(model, answer.values)
        return better if float(objective @ better) <= float(objective @ start) else start
    values, rng = start, np.random.default_rng(seed)
    if programs:
        values = _part(model, objective, values, programs, seconds / 2, seed)
    while (left := until - time.monotonic()) > SHORTEST:
        some = _some_programs(model, rng)
        values = _part(model, objective, values, some, min(left, seconds / 3), seed)
    return values


def _some_programs(model: Formulation, rng: np.random.Generator) -> set[str]:
    """Programs of a few roles, as many as are planned anew together."""
    leading: dict[str, set[str]] = defaultdict(set)
    columns: dict[str, int] = defaultdict(int)
    for start in model.starts:
        columns[start.program.id] += 2
        for part in start.program.roles:
            leading[part.role].add(start.program.id)
    chosen: set[str] = set()
    for number in rng.permutation(len(leading)):
        chosen |= leading[sorted(leading)[number]]
        if sum(columns[program] for program in chosen) >= PART:
            break
    return chosen


def _part(
    model: Formulation,
    objective: Floats,
    values: Floats,
    programs: set[str],
    seconds: float,
    seed: int,
) -> Floats:
    """The plan with the cohorts of these programs planned anew, if that is better."""
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    for each in model.starts:
        if each.program.id not in programs:
            for column in (each.cohorts, each.learners):
                lower[column] = upper[column] = float(round(values[column]))
    try:
        answer = minimise(
            replace(model.matrix, lower=lower, upper=upper),
            objective,
            whole=True,
            seconds=seconds,
            relative_gap=1e-4,
            start=values,
            seed=seed,
            threads=1,
        )
    except SolverError:
        return values
    better = _whole(model, answer.values)
    return better if float(objective @ better) < float(objective @ values) else values
