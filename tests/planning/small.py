"""Small problems for tests: builders, and a brute force that shares no code with the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.figures import Figure, StageYield
from backcast.planning.problem import Area, NeedCell, Problem, Role
from backcast.planning.programs import ProgramOption, RoleShare, SupportOption

FIRST = Quarter(2027, 1)
JANUARY = Month(2027, 1)


def figure(value: float, assumption: str = "") -> Figure:
    return Figure(float(value), "assumed", "test", assumption)


def stage(
    successes: float, trials: float, name: str = "hired", key: str | None = None
) -> StageYield:
    return StageYield(name, successes, trials, "observed", "test", shared_key=key)


def program(
    code: str = "p",
    *,
    area: str = "a",
    roles: Sequence[tuple[str, float]] = (("r", 1.0),),
    stages: Sequence[StageYield] = (stage(80, 100),),
    weeks: float = 10,
    lead: float = 0,
    hire: float = 0,
    sizes: tuple[int, int] = (1, 10),
    at_once: int = 1,
    each: float = 100,
    cohort: float = 0,
    **more: object,
) -> ProgramOption:
    return ProgramOption(
        id=code,
        title=f"Program {code}",
        provider="Provider",
        area=area,
        roles=tuple(RoleShare(role, share) for role, share in roles),
        stages=tuple(stages),
        weeks=figure(weeks),
        lead_weeks=figure(lead),
        hire_weeks=figure(hire),
        min_size=figure(sizes[0]),
        max_size=figure(sizes[1]),
        at_once=figure(at_once),
        cost_per_learner=figure(each),
        cost_per_cohort=figure(cohort),
        **more,  # type: ignore[arg-type]
    )


def need(
    quarter: int,
    likely: float,
    *,
    role: str = "r",
    area: str = "a",
    spread: float = 0.0,
    **more: float,
) -> NeedCell:
    low, high = likely * (1 - spread), likely * (1 + spread)
    return NeedCell(
        f"{role}/{area}/{quarter}",
        role,
        area,
        FIRST + quarter,
        low,
        likely,
        high,
        "stated",
        "test",
        **more,  # type: ignore[arg-type]
    )


def problem(
    programs: Sequence[ProgramOption],
    needs: Sequence[NeedCell],
    *,
    quarters: int = 4,
    areas: Sequence[Area] = (Area("a", "Area A"),),
    confidence: float = 0.8,
    **more: object,
) -> Problem:
    roles = dict.fromkeys(
        [n.role for n in needs]
        + [r.role for p in programs for r in p.roles]
        + [p.upskills_from for p in programs if p.upskills_from]
    )
    return Problem(
        "Test",
        FIRST,
        quarters,
        confidence,
        tuple(areas),
        tuple(Role(code, f"Role {code}") for code in roles),
        tuple(programs),
        tuple(needs),
        **more,  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Best:
    """The least cost + price · open need, found by trying everything."""

    worth: float
    tried: int


def brute_force(problem: Problem, price: float, margin: float) -> Best:
    """Try every whole plan of a problem with one role and one area and no externships.

    Open need as stated in the methods: per quarter, missing of the mean need in full, and missing
    of the margin at κ = (0.5 + 1 − confidence)/2; the last quarter counts five times.
    """
    cost_by_plan: Iterator[tuple[tuple[int, int, int], ...]]
    options = [list(_ways(problem, n)) for n in range(len(problem.programs))]
    kappa = (0.5 + 1 - problem.confidence) / 2
    wanted = [0.0] * problem.quarters
    for cell in problem.needs:
        for t in range(cell.quarter - problem.first, problem.quarters):
            wanted[t] += (cell.low + 4 * cell.likely + cell.high) / 6
    best, tried = float("inf"), 0
    cost_by_plan = (sum(way, ()) for way in itertools.product(*options))
    for plan in cost_by_plan:
        cost, hired = 0.0, [0.0] * problem.quarters
        by_start = [0.0] * problem.quarters
        for index, t, size in plan:
            p = problem.programs[index]
            bought = with_support(problem, p) if size > BOUGHT else None
            size %= BOUGHT
            each = p.cost_per_learner.value + (bought.cost_per_learner.value if bought else 0)
            paid = size * each + (p.cost_per_cohort.value if p.cost_per_cohort else 0)
            cost += paid
            by_start[t // 3] += paid
            through = 1.0
            for s in p.stages:
                share = (s.successes + s.prior_a) / (s.trials + s.prior_a + s.prior_b)
                if bought and bought.stage == s.stage:
                    share += (bought.low + 4 * bought.likely + bought.high) / 6 * (1 - share)
                through *= share
            work = (p.weeks.value + (p.hire_weeks.value if p.hire_weeks else 0)) * 3 / 13
            when = int(t + work + 1e-9) // 3
            for later in range(when, problem.quarters):
                hired[later] += size * through
        if problem.budget and cost > problem.budget.value + 1e-9:
            continue
        if any(
            by_start[b.quarter - problem.first] > b.amount.value for b in problem.quarter_budgets
        ):
            continue
        if not _enough(problem, plan):
            continue
        tried += 1
        open_need = 0.0
        for t, amount in enumerate(wanted):
            if amount <= 0:
                continue
            lacking = max(0.0, (1 + margin) * amount - hired[t])
            spare = min(lacking, margin * amount)
            times = 5 if t == problem.quarters - 1 else 1
            open_need += times * (lacking - spare + kappa * spare)
        best = min(best, cost + price * open_need)
    return Best(best, tried)


BOUGHT = 1_000
"""Added to the size of a cohort for which support is bought."""


def with_support(problem: Problem, program: ProgramOption) -> SupportOption | None:
    return next((s for s in problem.supports if s.programs in ((), (program.id,))), None)


def _enough(problem: Problem, plan: tuple[tuple[int, int, int], ...]) -> bool:
    """Whether shared resources and recruits suffice and no forbidden month is used."""
    for row in problem.recruits:
        came = sum(
            size % BOUGHT
            for i, m, size in plan
            if row.schedule in ("", problem.programs[i].schedule)
            and (row.month is None or JANUARY + m == row.month)
            and (row.quarter is None or FIRST + m // 3 == row.quarter)
        )
        if came > row.people.value:
            return False
    for pin in problem.pins:
        if any(
            (problem.programs[i].id, JANUARY + m) == (pin.program, pin.start) for i, m, _ in plan
        ):
            return False
    for resource in problem.resources:
        for month in range(3 * problem.quarters):
            used = sum(
                use.amount.value
                for i, start, _ in plan
                if start <= month and month * 13 < start * 13 + 3 * problem.programs[i].weeks.value
                for use in problem.programs[i].uses
            )
            if used > resource.amount.value + 1e-9:
                return False
    return True


def _ways(problem: Problem, index: int) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """Every choice of cohorts (program, start, size) of one program that keeps its own limits."""
    p = problem.programs[index]
    lead = p.lead_weeks.value if p.lead_weeks else 0.0
    work = (p.weeks.value + (p.hire_weeks.value if p.hire_weeks else 0)) * 3 / 13
    starts = [
        m
        for m in range(3 * problem.quarters)
        if m * 13 / 3 >= lead - 1e-9
        and int(m + work + 1e-9) // 3 < problem.quarters
        and (not p.starts or JANUARY + m in p.starts)
    ]
    sizes = list(range(int(p.min_size.value), int(p.max_size.value) + 1))
    if with_support(problem, p):
        sizes += [BOUGHT + size for size in sizes]
    most = int(p.at_once.value)
    per_start: list[list[tuple[tuple[int, int, int], ...]]] = [
        [
            tuple((index, m, size) for size in chosen)
            for count in range(most + 1)
            for chosen in itertools.combinations_with_replacement(sizes, count)
        ]
        for m in starts
    ]
    for chosen in itertools.product(*per_start):
        plan = sum(chosen, ())
        busy = [
            sum(1 for _, s, _ in plan if s <= m and m * 13 < s * 13 + 3 * p.weeks.value)
            for m in range(3 * problem.quarters)
        ]
        if max(busy, default=0) <= most:
            yield plan
