"""Programs of a simulated region: what their providers say, and what is true of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.catalogue import Role
from backcast.demonstration.simulator.histories import PastCohort
from backcast.demonstration.simulator.knobs import Knobs
from backcast.demonstration.simulator.region import (
    COMPLETED,
    CREDENTIALED,
    EXTERNSHIP,
    HIRED,
    Area,
    Costs,
    Occupation,
    Program,
    Provider,
    Stage,
)
from backcast.demonstration.simulator.truth import ProgramTruth, StageTruth

_LEAD_DAYS = 21
EXTERNSHIP_HOURS_PER_WEEK = 32


@dataclass(frozen=True, slots=True)
class Made:
    """A program, its truth and the cohorts that its provider started in the past."""

    program: Program
    truth: ProgramTruth
    past: list[PastCohort]


def make_program(
    rng: np.random.Generator,
    knobs: Knobs,
    place: int,
    occupation: Occupation,
    role: Role,
    others: Sequence[Occupation],
    area: Area,
    provider: Provider,
    today: date,
) -> Made:
    """The ``place``-th program of the region, with its hidden yields and its past cohorts.

    Some programs are young (two years of history) or new (none at all), as the knobs say.
    """
    key = f"P{place + 1:03d}"
    weeks = max(3, round(role.weeks * rng.uniform(0.9, 1.15)))
    size = max(6, round(role.size * rng.uniform(1.15, 1.6)))
    externship_weeks = math.ceil(role.externship_hours / EXTERNSHIP_HOURS_PER_WEEK)
    class_weeks = max(2, weeks - externship_weeks)
    stage_truths = tuple(
        _stage_truth(rng, knobs, stage, chance, class_weeks, externship_weeks)
        for stage, chance in zip(role.stages, role.yields, strict=True)
    )
    months = _start_months(weeks)
    years = knobs.years
    turn = place + knobs.shift
    if turn % knobs.new_every == knobs.new_every - 1:
        years = 0.0
    elif turn % knobs.young_every == knobs.young_every - 2:
        years = 2.0
    past = _past_cohorts(rng, key, role, stage_truths, size, years, today)
    hired_as = _shares(occupation.key, [o.key for o in others], rng.uniform(0.05, 0.2))
    hired_in = _shares(area.key, list(area.adjoining), rng.uniform(0.1, 0.3))
    truth = ProgramTruth(
        key=key,
        stages=stage_truths,
        hired_as=hired_as,
        hired_in=hired_in,
        cohort_shocks={cohort.key: cohort.shocks for cohort in past},
    )
    schedule = ("day", "day", "evening", "day", "weekend")[int(rng.integers(5))]
    price = rng.uniform(0.85, 1.25)
    program = Program(
        key=key,
        provider=provider.key,
        area=area.key,
        title=f"Demo {role.program}" + (f" ({schedule})" if schedule != "day" else ""),
        cip=occupation.cip,
        occupations=(occupation.key, *(o.key for o in others)),
        credential=occupation.credential,
        clock_hours=int(round(role.hours * weeks / role.weeks, -1)),
        weeks=weeks,
        mode=("in person", "in person", "hybrid")[int(rng.integers(3))],
        schedule=schedule,
        costs=Costs(
            tuition=int(round(role.tuition * price, -1)),
            fees=int(round(role.tuition * 0.04, -1)),
            books=int(round(80 + role.hours * 0.5, -1)),
            supplies=int(round(60 + role.hours * 0.3, -1)),
            exam=int(rng.choice([90, 125, 155, 200])),
        ),
        min_size=max(4, round(size * 0.4)),
        max_size=max(8, round(size * 1.4)),
        at_once=int(rng.integers(2, 5)),
        start_months=months,
        possible_starts=_possible_starts(months, today, knobs.quarters),
        externship_places_per_learner=1 if EXTERNSHIP in role.stages else 0,
        externship_hours=role.externship_hours,
        stages=tuple(
            Stage(
                key=stage.key,
                typical_days=stage.least_days + round(stage.mean_extra_days),
                window_days=stage.window_days,
            )
            for stage in stage_truths
        ),
        ordinary_starts_per_year=role.starts_per_year if past else 0,
        completers_last_year=0,
    )
    return Made(program, truth, past)


def _stage_truth(
    rng: np.random.Generator,
    knobs: Knobs,
    stage: str,
    chance: float,
    class_weeks: int,
    externship_weeks: int,
) -> StageTruth:
    log_odds = math.log(chance / (1 - chance)) + knobs.yield_sd * rng.standard_normal()
    if knobs.lump:
        log_odds += knobs.lump * (1 if rng.random() < 0.5 else -1)
    drift = knobs.drift_sd * rng.standard_normal()
    least, mean, shape, window, lost_late = {
        COMPLETED: (class_weeks * 7, 2.0, 2.0, class_weeks * 7 + 28, False),
        EXTERNSHIP: (externship_weeks * 7 + 7, 12.0, 2.0, externship_weeks * 7 + 75, False),
        CREDENTIALED: (10, 22.0, 2.5, 120, True),
        HIRED: (3, 35.0, 1.8, 180, True),
    }.get(stage, (90, 0.001, 1.0, 90, False))
    return StageTruth(
        stage, log_odds, drift, knobs.cohort_sd, least, mean, shape, window, lost_late
    )


def _past_cohorts(
    rng: np.random.Generator,
    program: str,
    role: Role,
    stages: tuple[StageTruth, ...],
    size: int,
    years: float,
    today: date,
) -> list[PastCohort]:
    """Ordinary cohorts, evenly spaced over the past ``years`` with a week or two of play."""
    gap = 364 / role.starts_per_year
    day = -years * 364 + rng.uniform(0, gap)
    cohorts: list[PastCohort] = []
    while years and day < 0:
        start = today + timedelta(days=round(day + rng.uniform(-7, 7)))
        start -= timedelta(days=start.weekday())
        if start < today:
            learners = int(np.clip(rng.normal(size, size * 0.15), size * 0.5, size * 1.4))
            shocks = tuple(float(z) for z in rng.standard_normal(len(stages)))
            key = f"{program}-C{len(cohorts) + 1:02d}"
            cohorts.append(PastCohort(key, program, start, learners, shocks))
        day += gap
    return cohorts


def _start_months(weeks: int) -> tuple[int, ...]:
    if weeks <= 8:
        return (1, 3, 4, 6, 7, 9, 10, 11)
    if weeks <= 40:
        return (1, 4, 7, 10)
    return (1, 9)


def _possible_starts(months: tuple[int, ...], today: date, quarters: int) -> tuple[date, ...]:
    first = Quarter.of(today) + 1
    last = (first + quarters).first_day
    starts = []
    for year in range(today.year, last.year + 1):
        for month in months:
            day = date(year, month, 1)
            day += timedelta(days=-day.weekday() % 7)
            if today + timedelta(days=_LEAD_DAYS) <= day < last:
                starts.append(day)
    return tuple(starts)


def _shares(first: str, others: list[str], rest: float) -> tuple[tuple[str, float], ...]:
    if not others:
        return ((first, 1.0),)
    each = rest / len(others)
    return ((first, 1.0 - rest), *((other, each) for other in others))
