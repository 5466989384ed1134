"""Made-up regions of any size for the planning bench. Nothing in them is a real program."""

from __future__ import annotations

import numpy as np

from backcast.core.quarters import Quarter
from backcast.planning.problem import (
    Area,
    ExternshipPlaces,
    Figure,
    NeedCell,
    Problem,
    ProgramOption,
    Role,
    RoleShare,
    StageYield,
    Supply,
)

SOURCE = "made-up region for the bench"


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
