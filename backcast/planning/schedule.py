"""Plan: needs met first, then cost, at the confidence that was asked for.

The optimiser reasons with mean yields and a safety margin per role. The margins come from
simulation: solve, simulate, set each margin to what the spread of (need − supply) calls for, and
solve again, a bounded number of times: first on the linear relaxation, where it is quick, then on
whole cohorts. The odds that are printed come from a last simulation with other random numbers.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from backcast.planning.checks import refuse_if_wrong
from backcast.planning.documents import digest
from backcast.planning.extraction import (
    SoFar,
    cohorts_of,
    fund_use_of,
    host_use_of,
    relaxed_batches,
    so_far,
    supply_use_of,
    values_by_cell,
)
from backcast.planning.formulation import Floats, Formulation, cumulative_needs, formulate
from backcast.planning.limits import externship_role, limited_roles
from backcast.planning.odds import Batch, batches, simulate, tell_odds
from backcast.planning.pins import pin_outcomes, unheld
from backcast.planning.problem import Problem
from backcast.planning.search import Found, best_plan, price_of_open_need, relax
from backcast.planning.shortfalls import Relief, explain, reliefs
from backcast.planning.solution import PlannedCohort, ReasonCode, RoleMargin, Solution, SupplyUse

LARGEST_MARGIN = 3.0
CUSHION = 0.01
"""Margins aim this much above the confidence, so that simulation error does not undo them."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to solve.

    - ``seconds``: wall time for the whole plan; ``gap``: the proven gap at which to stop.
    - ``price``: dollars that one weighted person-quarter left open counts for; ``None``: what a
      hire usually costs in the dearest role.
    - ``futures``: simulated futures behind the printed odds; ``seed``: their random numbers.
    - ``rounds``: how often whole cohorts are planned again with larger margins, at most.
    """

    seconds: float = 60.0
    gap: float = 0.01
    price: float | None = None
    futures: int = 4_000
    seed: int = 1
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands: for a progress bar. ``share`` of the time allowed, 0 to 1.

    ``best`` and ``bound`` are dollars: cost, and what is left open at its price. No plan is below
    ``bound``. ``so_far``: what the best plan so far starts and leaves open.
    """

    step: str
    round: int
    share: float
    best: float | None = None
    bound: float | None = None
    seconds: float = 0.0
    so_far: SoFar | None = None


Tell = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Round:
    """One plan of whole cohorts, before its odds are printed."""

    model: Formulation
    found: Found
    cohorts: tuple[PlannedCohort, ...]
    use: tuple[SupplyUse, ...]
    late: float
    """Sum over roles of how far the calibrating odds lie below the confidence."""
    margins: Mapping[str, float]


class _Clock:
    def __init__(self, seconds: float, tell: Tell | None, should_stop: ShouldStop | None) -> None:
        self.begun = time.monotonic()
        self.allowed = seconds
        self._tell = tell
        self._should_stop = should_stop
        self._stopped = False

    def stopped(self) -> bool:
        """Has somebody asked to stop? Once yes, always yes."""
        if not self._stopped and self._should_stop is not None:
            self._stopped = self._should_stop()
        return self._stopped

    @property
    def spent(self) -> float:
        return time.monotonic() - self.begun

    @property
    def left(self) -> float:
        return self.allowed - self.spent

    def tell(self, step: str, number: int) -> None:
        if self._tell is not None:
            self._tell(Progress(step, number, self._share, seconds=self.spent))

    def tell_plan(
        self, number: int, model: Formulation, values: Floats | None, best: float, bound: float
    ) -> None:
        """Tell the best plan so far, and how far it may be from the best possible."""
        if self._tell is not None:
            glance = None if values is None else so_far(model, values)
            self._tell(Progress("cohorts", number, self._share, best, bound, self.spent, glance))

    @property
    def _share(self) -> float:
        return min(1.0, self.spent / self.allowed)


def solve(
    problem: Problem,
    options: Options | None = None,
    on_progress: Tell | None = None,
    should_stop: ShouldStop | None = None,
) -> Solution:
    """Plan the problem. Raises ``ProblemError`` with every complaint where it cannot be planned.

    ``should_stop`` is asked again and again; once it says yes, the best plan so far is the answer,
    with its odds and its gap as far as it is proven.
    """
    options = options or Options()
    refuse_if_wrong(problem)
    clock = _Clock(options.seconds, on_progress, should_stop)
    price = price_of_open_need(problem) if options.price is None else options.price
    calibrating = max(1_000, options.futures // 2)
    margins: dict[str, float] = {role.id: 0.0 for role in problem.roles}
    for number in range(2):
        clock.tell("margins", number + 1)
        model = formulate(problem, margins)
        people = relaxed_batches(model, relax(model, price, max(10.0, clock.left)))
        margins = _margins(problem, people, 1_000, options.seed + 1_000)
    best: _Round | None = None
    done = 0
    for number in range(1, max(1, options.rounds) + 1):
        if best is not None and (clock.left < 0.3 * options.seconds or clock.stopped()):
            break
        found = _whole(problem, margins, clock, options, number, price)
        done = number
        tighter, late = _tighten(problem, found, margins, calibrating, options.seed + 1_000)
        found = replace(found, late=late)
        if best is None or found.late < best.late - 1e-9:
            best = found
        if tighter == margins:
            break
        margins = tighter
    if best is None:  # the loop runs at least once
        raise AssertionError("no round was planned")
    return _solution(problem, best, clock, options, done)


def _margins(
    problem: Problem, people: tuple[Batch, ...], futures: int, seed: int
) -> dict[str, float]:
    """Margin of each role: the confidence quantile of (need − supply) less its mean, as a share of
    the mean need, at the end of the horizon over all areas."""
    drawn = simulate(problem, people, futures, seed)
    out = {}
    for role in problem.roles:
        mine = [n for n, cell in enumerate(drawn.cells) if cell[0] == role.id]
        if not mine:
            continue
        open_end = (drawn.need[mine, -1] - drawn.supply[mine, -1]).sum(axis=0)
        need = float(drawn.need[mine, -1].sum(axis=0).mean())
        level = min(0.999, problem.confidence_of(role.id) + CUSHION)
        extra = float(np.quantile(open_end, level) - open_end.mean())
        out[role.id] = 0.0 if need <= 0 else min(LARGEST_MARGIN, max(0.0, extra / need))
    return out


def _whole(
    problem: Problem,
    margins: Mapping[str, float],
    clock: _Clock,
    options: Options,
    number: int,
    price: float,
) -> _Round:
    model = formulate(problem, margins)
    clock.tell("cohorts", number)
    share = 0.6 if number < options.rounds else 0.9
    found = best_plan(
        model,
        seconds=max(2.0, (clock.left - 0.15 * options.seconds) * share),
        gap=options.gap,
        price=price,
        seed=options.seed,
        on_gap=partial(clock.tell_plan, number, model),
        should_stop=clock.stopped,
    )
    cohorts = cohorts_of(model, found.values)
    use = supply_use_of(model, found.values)
    return _Round(model, found, cohorts, use, 0.0, dict(margins))


def _tighten(
    problem: Problem, found: _Round, margins: Mapping[str, float], futures: int, seed: int
) -> tuple[dict[str, float], float]:
    """Larger margins for the roles whose simulated odds fall short although supply could grow.

    What the limits keep from being met (u and v at the end of the relaxed plan) is not asked for again.
    """
    drawn = simulate(problem, batches(problem, found.cohorts, found.use), futures, seed)
    values, last = found.found.relaxed, problem.quarters - 1
    missing = values_by_cell(found.model.missing, values)
    spare = values_by_cell(found.model.spare, values)
    out, late = dict(margins), 0.0
    for role in problem.roles:
        mine = [n for n, cell in enumerate(drawn.cells) if cell[0] == role.id]
        if not mine:
            continue
        open_end = (drawn.need[mine, -1] - drawn.supply[mine, -1]).sum(axis=0)
        confidence = problem.confidence_of(role.id)
        odds = float((open_end <= 1e-9).mean())
        late += max(0.0, confidence - odds)
        if odds >= confidence:
            continue
        kept_open = sum(
            missing.get((drawn.cells[n], last), 0.0) + spare.get((drawn.cells[n], last), 0.0)
            for n in mine
        )
        lacking = float(np.quantile(open_end, min(0.999, confidence + CUSHION))) - kept_open
        need = float(drawn.need[mine, -1].sum(axis=0).mean())
        if lacking > 0.25 and need > 0:
            out[role.id] = min(LARGEST_MARGIN, margins.get(role.id, 0.0) + lacking / need)
    return out, late


def _solution(
    problem: Problem, best: _Round, clock: _Clock, options: Options, rounds: int
) -> Solution:
    clock.tell("odds", rounds)
    people = batches(problem, best.cohorts, best.use)
    odds = tell_odds(problem, simulate(problem, people, options.futures, options.seed))
    model, values = best.model, best.found.values
    unmet = model.unmet(values)
    clock.tell("reasons", rounds)

    @cache
    def relief() -> Mapping[ReasonCode, Relief]:
        return reliefs(problem, best.margins, max(5.0, clock.left))

    pinned = pin_outcomes(
        model,
        values,
        {reason: one.pins for reason, one in relief().items()} if unheld(model, values) else {},
    )
    shortfalls = explain(
        problem,
        missing=values_by_cell(model.missing, values),
        spare=values_by_cell(model.spare, values),
        relaxed_missing=values_by_cell(model.missing, best.found.relaxed),
        relaxed_spare=values_by_cell(model.spare, best.found.relaxed),
        unsure=[
            row.role
            for row in odds
            if row.area is None
            and row.quarter == problem.last
            and row.odds < problem.confidence_of(row.role)
        ],
        relief=relief,
    )
    cost = sum(cohort.cost for cohort in best.cohorts)
    short = max(0.0, best.found.worth - best.found.bound)
    bound = max(0.0, cost - short)
    return Solution(
        cohorts=best.cohorts,
        odds=odds,
        shortfalls=shortfalls,
        margins=tuple(RoleMargin(role, margin) for role, margin in best.margins.items()),
        cost=cost,
        cost_bound=bound,
        unmet=unmet,
        price=best.found.price,
        gap=short / max(best.found.worth, 1.0),
        seconds=clock.spent,
        variables=len(model.matrix.lower),
        integers=sum(model.matrix.whole),
        constraints=len(model.matrix.row_lower),
        memory_mb=peak_memory_mb(),
        rounds=rounds,
        futures=options.futures,
        seed=options.seed,
        problem_digest=digest(problem),
        supply_use=best.use,
        notes=_notes(problem),
        host_use=host_use_of(model, values),
        pins=pinned,
        fund_use=fund_use_of(model, values),
    )


def _notes(problem: Problem) -> tuple[str, ...]:
    """What the plan takes for granted and a reader should know."""
    need, _ = cumulative_needs(problem)
    notes = []
    limited = limited_roles(problem)
    wanting = {
        externship_role(program) for program in problem.programs if program.places_per_start > 0
    }
    for role in problem.roles:
        if role.id in wanting - limited:
            notes.append(f"No externship places are listed for {role.title}: taken as unlimited.")
        if not any(cell[0] == role.id for cell in need):
            notes.append(f"No one is needed as {role.title} in this plan.")
    if problem.budget is None and not problem.quarter_budgets and not problem.funds:
        notes.append("No budget is stated: money is not a limit.")
    return tuple(notes)


def peak_memory_mb() -> float:
    """Peak memory of this process so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / 1024 if sys.platform == "darwin" else peak / 1024
