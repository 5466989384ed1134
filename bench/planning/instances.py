"""Made-up regions of any size for the planning bench. Nothing in them is a real program."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backcast.core.quarters import Quarter
from backcast.planning.figures import Figure, StageYield
from backcast.planning.formulation import formulate
from backcast.planning.problem import (
    Area,
    ExternshipPlaces,
    HostPlaces,
    NeedCell,
    Problem,
    QuarterBudget,
    Resource,
    Role,
    Supply,
)
from backcast.planning.programs import ProgramOption, RoleShare, SupportOption, Uses
from backcast.planning.search import price_of_open_need, relax
from backcast.planning.timing import possible_starts

SOURCE = "made-up region for the bench"
OFFERED = 0.85
"""Share of the programs whose cohorts may have a support."""


def _figure(value: float) -> Figure:
    return Figure(float(value), "assumed", SOURCE)


def region(
    *,
    roles: int = 10,
    areas: int = 6,
    quarters: int = 12,
    programs: int = 250,
    seed: int = 1,
    confidence: float = 0.8,
    fixed_costs: bool = True,
) -> Problem:
    """A region in which needs can largely be met, with every kind of limit in it."""
    rng = np.random.default_rng(seed)
    first = Quarter(2027, 1)
    area_ids = [f"area-{n + 1}" for n in range(areas)]
    area_rows = tuple(
        Area(
            code,
            f"Area {n + 1}",
            tuple(area_ids[m] for m in (n - 1, n + 1) if 0 <= m < areas),
        )
        for n, code in enumerate(area_ids)
    )
    role_ids = [f"role-{n + 1}" for n in range(roles)]
    yearly = rng.integers(40, 900, roles)
    share = rng.dirichlet(np.full(areas, 3.0), roles)
    needs, supply, places = [], [], []
    for r, role in enumerate(role_ids):
        today = rng.uniform(0.2, 0.6)
        key = f"today:{role}"
        trials = int(rng.integers(30, 300))
        stages = (
            StageYield("hired", round(trials * 0.6), trials, "observed", SOURCE, shared_key=key),
        )
        for a, area in enumerate(area_ids):
            for t in range(quarters):
                likely = float(np.round(yearly[r] * share[r, a] / 4, 1))
                needs.append(
                    NeedCell(
                        f"{role}/{area}/{t}",
                        role,
                        area,
                        first + t,
                        0.7 * likely,
                        likely,
                        1.4 * likely,
                        "assumed",
                        SOURCE,
                    )
                )
                supply.append(
                    Supply(
                        f"{role}/{area}/{t}",
                        role,
                        area,
                        first + t,
                        _figure(round(likely * today / 0.6, 1)),
                        stages,
                    )
                )
                if r % 3 == 0:
                    places.append(
                        ExternshipPlaces(area, role, first + t, _figure(np.ceil(likely * 2)))
                    )
    options = [_program(rng, n, role_ids, area_ids, fixed_costs) for n in range(programs)]
    return Problem(
        f"Made-up region {seed}",
        first,
        quarters,
        confidence,
        area_rows,
        tuple(Role(code, f"Role {n + 1}") for n, code in enumerate(role_ids)),
        tuple(options),
        tuple(needs),
        tuple(supply),
        tuple(places),
    )


def _program(
    rng: np.random.Generator, n: int, roles: list[str], areas: list[str], fixed_costs: bool
) -> ProgramOption:
    r = int(rng.integers(len(roles)))
    serves = [RoleShare(roles[r], 1.0)]
    if rng.random() < 0.25 and len(roles) > 1:
        other = roles[(r + 1) % len(roles)]
        serves = [RoleShare(roles[r], 0.7), RoleShare(other, 0.3)]
    stages = []
    for name, mean in (("completed", 0.85), ("credentialed", 0.9), ("hired", 0.75)):
        trials = int(rng.integers(15, 200))
        truth = float(np.clip(rng.normal(mean, 0.06), 0.3, 0.98))
        counted = int(rng.binomial(trials, truth))
        stages.append(StageYield(name, counted, trials, "observed", SOURCE))
    weeks = int(rng.choice([6, 8, 12, 16, 26, 39, 52], p=[0.15, 0.2, 0.2, 0.15, 0.15, 0.1, 0.05]))
    most = int(rng.integers(12, 33))
    return ProgramOption(
        id=f"program-{n + 1}",
        title=f"Program {n + 1}",
        provider=f"Provider {n // 3 + 1}",
        area=str(rng.choice(areas)),
        roles=tuple(serves),
        stages=tuple(stages),
        weeks=_figure(weeks),
        min_size=_figure(max(6, most // 2)),
        max_size=_figure(most),
        at_once=_figure(int(rng.integers(1, 5))),
        cost_per_learner=_figure(int(rng.integers(900, 14_000))),
        cost_per_cohort=_figure(int(rng.integers(2_000, 20_000))) if fixed_costs else None,
        lead_weeks=_figure(int(rng.choice([6, 10, 13, 20]))),
        hire_weeks=_figure(int(rng.choice([2, 4, 8]))),
        externship_places_per_learner=_figure(1) if rng.random() < 0.4 else None,
    )


def standard(
    *,
    programs: int = 60,
    months: int = 36,
    roles: int = 20,
    sites: int = 8,
    instructors: int = 6,
    seed: int = 1,
    confidence: float = 0.8,
    supports: bool = False,
) -> Problem:
    """A region whose programs come in whole cohorts with a price of their own, and share
    instructors, hosts and quarterly money that fit a little more than the plan needs on average.

    ``supports``: most programs may buy coaching or child care for a cohort, of which there is only so much.
    Needs begin when the first hires can come; what comes before is taken as covered.
    """
    rng = np.random.default_rng(seed)
    first, quarters = Quarter(2027, 1), months // 3
    area_ids = [f"site-{n + 1}" for n in range(sites)]
    areas = tuple(
        Area(code, f"Site {n + 1}", tuple(area_ids[m] for m in (n - 1, n + 1) if 0 <= m < sites))
        for n, code in enumerate(area_ids)
    )
    role_ids = [f"role-{n + 1}" for n in range(roles)]
    where = [
        sorted(rng.choice(sites, size=min(sites, int(rng.integers(2, 5))), replace=False).tolist())
        for _ in range(roles)
    ]
    options = [
        _lumpy(rng, n, role_ids, area_ids, where[n % roles], instructors) for n in range(programs)
    ]
    role_rows = tuple(Role(code, f"Role {n + 1}") for n, code in enumerate(role_ids))
    bare = Problem(
        f"Made-up standard region {seed}",
        first,
        quarters,
        confidence,
        areas,
        role_rows,
        tuple(options),
        (),
    )
    soonest: dict[tuple[str, str], int] = {}
    for option in options:
        hired = min((times.hired for times in possible_starts(bare, option)), default=quarters)
        for part in option.roles:
            for area in bare.reached_areas(option):
                cell = (part.role, area)
                soonest[cell] = min(soonest.get(cell, quarters), hired)
    needs = []
    for r, role in enumerate(role_ids):
        yearly = float(rng.integers(20, 110))
        for a, share in zip(where[r], rng.dirichlet(np.full(len(where[r]), 4.0)), strict=True):
            earliest = soonest.get((role, area_ids[a]), quarters)
            season = 1 + 0.25 * np.sin(np.arange(quarters) * np.pi / 2 + rng.uniform(0, 6))
            for t in range(earliest + 1, quarters):
                likely = float(np.round(yearly * share / 4 * season[t] * rng.uniform(0.8, 1.2), 1))
                needs.append(
                    NeedCell(
                        f"{role}/{area_ids[a]}/{t}",
                        role,
                        area_ids[a],
                        first + t,
                        0.7 * likely,
                        likely,
                        1.4 * likely,
                        "assumed",
                        SOURCE,
                    )
                )
    limited = _with_limits(replace(bare, needs=tuple(needs)), instructors, rng)
    return replace(limited, supports=_supports(rng, options)) if supports else limited


def _supports(rng: np.random.Generator, options: list[ProgramOption]) -> tuple[SupportOption, ...]:
    """Two supports, each offered to some programs; each has room for about a fifth of their learners."""
    offered: dict[str, list[ProgramOption]] = {"coaching": [], "child-care": []}
    for option in options:
        if rng.random() < OFFERED:
            offered["coaching" if rng.random() < 0.5 else "child-care"].append(option)
    costs = {"coaching": 450, "child-care": 1_400}
    effects = {"coaching": (0.05, 0.15, 0.3), "child-care": (0.1, 0.25, 0.5)}
    return tuple(
        SupportOption(
            name,
            name.replace("-", " ").capitalize(),
            _figure(costs[name]),
            "completed",
            *effects[name],
            "assumed",
            SOURCE,
            _figure(max(20, round(0.2 * sum(option.largest for option in mine)))),
            tuple(option.id for option in mine),
        )
        for name, mine in offered.items()
        if mine
    )


def _lumpy(
    rng: np.random.Generator,
    n: int,
    roles: list[str],
    areas: list[str],
    where: list[int],
    instructors: int,
) -> ProgramOption:
    """A program with a price for the cohort that is a third to more than all of its learners'."""
    r = n % len(roles)
    serves = [RoleShare(roles[r], 1.0)]
    if rng.random() < 0.25 and len(roles) > 1:
        serves.append(RoleShare(roles[(r + 1) % len(roles)], 0.4))
    most = int(rng.integers(14, 33))
    each = int(rng.integers(1_500, 9_000))
    stages = []
    for name, mean in (("completed", 0.85), ("credentialed", 0.9), ("hired", 0.8)):
        trials = int(rng.integers(15, 200))
        counted = int(rng.binomial(trials, float(np.clip(rng.normal(mean, 0.05), 0.4, 0.98))))
        stages.append(StageYield(name, counted, trials, "observed", SOURCE))
    return ProgramOption(
        id=f"program-{n + 1}",
        title=f"Program {n + 1}",
        provider=f"Provider {n // 3 + 1}",
        area=areas[int(rng.choice(where))],
        roles=tuple(serves),
        stages=tuple(stages),
        weeks=_figure(rng.choice([8, 12, 16, 26, 39, 52], p=[0.2, 0.25, 0.2, 0.15, 0.15, 0.05])),
        min_size=_figure(max(6, int(most * rng.uniform(0.5, 0.75)))),
        max_size=_figure(most),
        at_once=_figure(int(rng.integers(1, 4))),
        cost_per_learner=_figure(each),
        cost_per_cohort=_figure(int(each * most * rng.uniform(0.3, 1.2))),
        lead_weeks=_figure(int(rng.choice([8, 13, 17, 20]))),
        hire_weeks=_figure(int(rng.choice([2, 4, 8]))),
        externship_places_per_learner=_figure(1) if rng.random() < 0.4 else None,
        externship_weeks=_figure(4),
        uses=(Uses(f"instructors-{int(rng.integers(instructors)) + 1}", _figure(1)),),
    )


def _with_limits(free: Problem, instructors: int, rng: np.random.Generator) -> Problem:
    """Limits around what the plan without them would use on average: money and instructors a
    quarter and a sixth above it, places at hosts half above, and
    no fewer than one cohort takes."""
    model = formulate(free, {})
    values = relax(model, price_of_open_need(free), 300.0)
    spent = float(model.money @ values) / (free.quarters - 1)
    running = dict.fromkeys((f"instructors-{n + 1}" for n in range(instructors)), 0.0)
    placed = dict.fromkeys((role.id for role in free.roles), 0.0)
    for start in model.starts:
        for use in start.program.uses:
            running[use.resource] += values[start.cohorts] * (start.ends - start.month + 1)
        placed[start.program.roles[0].role] += values[start.learners] * start.places
    resources = tuple(
        Resource(code, f"Instructors {n + 1}", "instructor", free.areas[0].id, _figure(most))
        for n, (code, busy) in enumerate(running.items())
        for most in [max(2, int(np.ceil(busy / free.months * 1.15)))]
    )
    where: dict[str, dict[str, None]] = {}
    for option in free.programs:
        if option.places_per_start > 0:
            where.setdefault(option.roles[0].role, {})[option.area] = None
    hosts = [
        HostPlaces(f"host-{area}", f"Host of {area}", area, role, month, _figure(each))
        for role, areas in where.items()
        for each in [max(34, np.ceil(1.5 * placed[role] / free.months / len(areas)))]
        for area in areas
        for month in free.first_month.range(free.months)
    ]
    return replace(
        free,
        quarter_budgets=tuple(
            QuarterBudget(quarter, _figure(round(1.25 * spent, -3))) for quarter in free.calendar()
        ),
        resources=resources,
        hosts=tuple(hosts),
    )
