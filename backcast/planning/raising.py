"""The cheapest way to raise the odds of a role's need, found by planning again with a higher margin.

The margin of the role is raised until the simulated odds reach what is asked, then halved back between
the last that did not reach it and the first that did; the least cost that reaches it is told, with what
changes in words. Where the limits do not allow it, more and more of the limits that bind are added, one
kind at a time, and the least of them that is enough is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from backcast.planning.changes import compare
from backcast.planning.problem import Problem
from backcast.planning.replanning import Replanned, replan, role_odds
from backcast.planning.solution import NeedOdds, PlannedCohort, RaisedOdds, Solution, Unit
from backcast.planning.units import units_of, with_more
from backcast.planning.worth import SMALLEST, Depth, shadow_values, touched

LARGEST_MARGIN = 3.0
HALVINGS = 3
"""Times that the margin is halved back, once the odds are reached."""
STEPS = 4
"""Times that the margin is raised, at most."""
KINDS = 3
"""Limits tried, the ones that promise most, where the plan's own do not allow the odds."""
MOST_UNITS = 16
"""Units of one limit that are added, at most."""
_LEAST_STEP = 0.05


@dataclass(frozen=True, slots=True)
class _Try:
    """One plan with a higher margin, and the role's odds in it."""

    margin: float
    plan: Replanned
    rows: tuple[NeedOdds, ...]
    odds: float
    supply: float


class _Search:
    def __init__(
        self,
        problem: Problem,
        plan: Solution,
        role: str,
        depth: Depth,
        on_step: Callable[[str], None] | None,
    ) -> None:
        self.problem, self.plan, self.role, self.depth = problem, plan, role, depth
        self.margins = {row.role: row.margin for row in plan.margins}
        self._tell = on_step
        self._programs = {
            p.id for p in problem.programs if any(part.role == role for part in p.roles)
        }

    def attempt(
        self,
        margin: float,
        begin: tuple[PlannedCohort, ...],
        problem: Problem | None = None,
        programs: set[str] | None = None,
    ) -> _Try:
        if self._tell is not None:
            self._tell(f"{margin:.0%} to spare")
        found = replan(
            problem or self.problem,
            begin,
            self._raised(margin),
            self.plan.price,
            seconds=self.depth.seconds,
            seed=self.depth.seed,
            programs=self._programs | (programs or set()),
            told=self.plan.cohorts,
        )
        rows = found.odds(self.depth.futures, self.depth.seed)
        row = role_odds(rows, self.role)
        return _Try(margin, found, rows, row.odds, row.supply)

    def _raised(self, margin: float) -> dict[str, float]:
        return {**self.margins, self.role: margin}

    def limits(self, margin: float) -> list[Unit]:
        """The limits that bind where this much is to be spare, the most promising first."""
        promised = shadow_values(
            self.problem, self._raised(margin), self.plan.price, units_of(self.problem)
        )
        reach = [
            (unit, value)
            for unit, value in promised
            if value >= SMALLEST
            and (not (mine := touched(self.problem, unit)) or mine & self._programs)
        ]
        return [unit for unit, _ in sorted(reach, key=lambda one: -one[1])][:KINDS]


def raise_odds(
    problem: Problem,
    plan: Solution,
    role: str,
    target: float,
    depth: Depth | None = None,
    on_step: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> RaisedOdds:
    """The cheapest way found to bring the role's odds to ``target`` (0 to 1).

    ``plan`` is the plan of ``problem``. Raises ``ValueError`` for a role without a need, and for odds
    that are not between 0 and 1.
    """
    if not 0 < target < 1:
        raise ValueError(f"Odds lie between 0 and 1, not at {target:g}.")
    try:
        before = plan.role_odds(role)
    except KeyError:
        raise ValueError(f"Nobody is needed as “{role}” in this plan.") from None
    # The margin's people weigh as they do where this much confidence is asked for.
    roles = tuple(
        replace(r, confidence=max(target, problem.confidence_of(role))) if r.id == role else r
        for r in problem.roles
    )
    search = _Search(replace(problem, roles=roles), plan, role, depth or Depth(seconds=3), on_step)
    if before.odds >= target:
        said = f"The odds for {_title(problem, role)} are {before.odds:.0%} already."
        return RaisedOdds(role, target, before.odds, before.odds, 0.0, 0.0, True, said, ())
    first = search.margins.get(role, 0.0)
    best, low = _raised_until(search, target, first, should_stop)
    if best.odds >= target:
        best = _cheapest(search, target, low, best, should_stop)
        return _told(problem, plan, search, target, before.odds, best)
    return _with_units(problem, plan, search, target, before.odds, best, should_stop)


def _raised_until(
    search: _Search, target: float, margin: float, should_stop: Callable[[], bool]
) -> tuple[_Try, float]:
    """Raise the margin until the odds are reached or supply grows no more; and the last too low."""
    last = search.attempt(margin, search.plan.cohorts)
    low, step = margin, max(_LEAST_STEP, margin / 2)
    for _ in range(STEPS):
        if last.odds >= target or last.margin >= LARGEST_MARGIN or should_stop():
            break
        low = last.margin
        found = search.attempt(min(LARGEST_MARGIN, low + step), last.plan.cohorts)
        step *= 2
        last = found if found.odds >= last.odds else replace(last, margin=found.margin)
    return last, low


def _cheapest(
    search: _Search, target: float, low: float, best: _Try, should_stop: Callable[[], bool]
) -> _Try:
    high = best.margin
    for _ in range(HALVINGS):
        if high - low < 0.01 or should_stop():
            break
        middle = (low + high) / 2
        found = search.attempt(middle, search.plan.cohorts)
        if found.odds >= target:
            high = middle
            best = min(best, found, key=lambda one: one.plan.cost)
        else:
            low = middle
    return best


def _with_units(
    problem: Problem,
    plan: Solution,
    search: _Search,
    target: float,
    before: float,
    best: _Try,
    should_stop: Callable[[], bool],
) -> RaisedOdds:
    """What else there would have to be. Of the limits that would do, the one that costs least."""
    found: list[tuple[float, int, Unit, _Try]] = []
    binding = search.limits(best.margin)
    for unit in binding:
        count = 1
        while count <= MOST_UNITS and not should_stop():
            larger = with_more(search.problem, unit, count)
            near = touched(problem, unit)
            one = search.attempt(best.margin, best.plan.cohorts, larger, near)
            if one.odds >= target:
                found.append((one.plan.cost, count, unit, one))
                break
            if one.supply <= best.supply + 0.25 and count >= 4:
                break
            count *= 2
    if found:
        _cost, count, unit, one = min(found, key=lambda each: (each[0], each[1]))
        return _told(problem, plan, search, target, before, one, unit, count)
    told = _told(problem, plan, search, target, before, best)
    names = "; ".join(unit.title[0].lower() + unit.title[1:] for unit in binding)
    why = (
        f" No single limit is enough, up to {MOST_UNITS} units: {names}."
        if binding
        else " More of what limits the plan would not help: it is too late for more cohorts, "
        "or no program leads there."
    )
    return replace(told, sentence=told.sentence + why)


def _told(
    problem: Problem,
    plan: Solution,
    search: _Search,
    target: float,
    before: float,
    best: _Try,
    unit: Unit | None = None,
    count: int = 0,
) -> RaisedOdds:
    other = replace(
        plan, cohorts=best.plan.cohorts, odds=best.rows, cost=best.plan.cost, shortfalls=()
    )
    changes = compare(replace(plan, shortfalls=()), other, problem)
    more = best.plan.cost - plan.cost
    title = _title(problem, search.role)
    reached = best.odds >= target and unit is None
    cost = f"${abs(more):,.0f} {'more' if more >= 0 else 'less'}"
    if reached:
        said = f"The odds for {title} rise from {before:.0%} to {best.odds:.0%} for {cost}."
    elif unit is not None:
        times = f"{count} × " if count > 1 else ""
        name = unit.title if count == 1 else unit.title[0].lower() + unit.title[1:]
        said = (
            f"Within the limits the odds for {title} do not reach {target:.0%}. With {times}“{name}” "
            f"they rise from {before:.0%} to {best.odds:.0%} for {cost}."
        )
    else:
        said = (
            f"Within the limits the odds for {title} do not reach {target:.0%}: "
            f"{best.odds:.0%} is the most found, from {before:.0%}, for {cost}."
        )
    return RaisedOdds(
        search.role,
        target,
        before,
        best.odds,
        best.margin,
        round(more, 2),
        reached,
        said,
        tuple(change.sentence for change in changes),
        unit,
        count,
    )


def _title(problem: Problem, role: str) -> str:
    return next((r.title for r in problem.roles if r.id == role), role)


def under_confidence(problem: Problem, plan: Solution) -> Mapping[str, float]:
    """Roles whose odds are below what was asked, with what was asked."""
    out = {}
    for role in problem.roles:
        try:
            row = plan.role_odds(role.id)
        except KeyError:
            continue
        asked = problem.confidence_of(role.id)
        if not row.reaches(asked):
            out[role.id] = asked
    return out
