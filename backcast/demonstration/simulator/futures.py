"""Futures of a region, played from its truth: hires, retained hires and demand that really come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.region import EXTERNSHIP, HIRED, RETAINED
from backcast.demonstration.simulator.truth import (
    Bools,
    Floats,
    Ints,
    PlannedCohort,
    ProgramTruth,
    StageTruth,
    Truth,
)

_LONGEST_WAIT = 2
"""Quarters that a learner waits for an externship place before giving up."""


@dataclass(frozen=True, eq=False)
class Futures:
    """What came in each future: integer arrays of shape (futures, occupations, areas, quarters).

    ``hired`` and ``retained`` count people by the quarter in which they were hired (``retained``:
    those of them who then stayed); ``demand`` counts openings. Hires in quarters outside the
    region's horizon are not counted.
    """

    occupations: tuple[str, ...]
    areas: tuple[str, ...]
    quarters: tuple[Quarter, ...]
    hired: Ints
    retained: Ints
    demand: Ints


@dataclass(eq=False)
class _People:
    """Learners of one program in all futures, side by side; days count from the region's today."""

    truth: ProgramTruth
    future: Ints
    shocks: Floats
    day: Ints
    stage: Ints
    elapsed: Ints
    planned: Bools
    alive: Bools
    hired_on: Ints
    retained: Bools

    def advance(self, rng: np.random.Generator, place: int) -> None:
        """Take everyone who stands at stage ``place`` through it."""
        stage: StageTruth = self.truth.stages[place]
        who = np.flatnonzero(self.alive & (self.stage == place))
        chance = stage.chance(self.day[who].astype(np.float64), self.shocks[who, place])
        passed, days = stage.draw(rng, chance)
        late = np.flatnonzero(self.elapsed[who] > 0)
        if late.size:
            passed[late], days[late] = stage.draw_open(rng, chance[late], self.elapsed[who[late]])
        self.day[who] += days
        self.elapsed[who] = 0
        self.stage[who] += 1
        self.alive[who] = passed
        if stage.key == HIRED:
            self.hired_on[who[passed]] = self.day[who[passed]]
        if stage.key == RETAINED:
            self.retained[who] = passed


def play(
    truth: Truth,
    rng: np.random.Generator,
    cohorts: Sequence[PlannedCohort],
    count: int,
    *,
    ordinary: bool,
) -> Futures:
    """See ``Truth.futures``. Raises ``ValueError`` for an unknown program or an empty cohort."""
    if count < 1:
        raise ValueError(f"Play at least one future, not {count}.")
    for cohort in cohorts:
        if cohort.program not in truth.programs:
            raise ValueError(f"The region has no program “{cohort.program}”.")
        if cohort.size < 1:
            raise ValueError(f"A cohort of {cohort.program} has {cohort.size} learners.")
    groups = {
        program.key: _people(truth, rng, program.key, cohorts, count, ordinary)
        for program in truth.region.programs
    }
    first_half = {key: _externship_at(people.truth) for key, people in groups.items()}
    for key, people in groups.items():
        for place in range(first_half[key]):
            people.advance(rng, place)
    _share_places(truth, groups, count)
    for key, people in groups.items():
        for place in range(first_half[key], len(people.truth.stages)):
            people.advance(rng, place)
    return _add_up(truth, rng, groups, count)


def _externship_at(program: ProgramTruth) -> int:
    keys = [stage.key for stage in program.stages]
    return keys.index(EXTERNSHIP) if EXTERNSHIP in keys else len(keys)


def _people(
    truth: Truth,
    rng: np.random.Generator,
    program: str,
    cohorts: Sequence[PlannedCohort],
    count: int,
    ordinary: bool,
) -> _People:
    known = truth.programs[program]
    today = truth.region.today
    stages = len(known.stages)
    starts = [((c.start - today).days, c.size, True) for c in cohorts if c.program == program]
    if ordinary:
        starts += [(day, size, False) for day, size in _ordinary_starts(truth, program)]
    sizes = np.array([size for _, size, _ in starts], dtype=np.int64)
    cohort_of = np.tile(np.repeat(np.arange(len(starts)), sizes), count)
    future = np.repeat(np.arange(count), int(sizes.sum()))
    drawn = rng.standard_normal((count, len(starts), stages))
    shocks = drawn[future, cohort_of] if len(future) else np.zeros((0, stages))
    day = np.array([day for day, _, _ in starts], dtype=np.int64)[cohort_of]
    planned = np.array([is_planned for _, _, is_planned in starts], dtype=np.bool_)[cohort_of]
    stage = np.zeros(len(future), dtype=np.int64)
    elapsed = np.zeros(len(future), dtype=np.int64)

    if ordinary:
        open_now = _open_learners(truth, program)
        their_shocks = np.array([row[0] for row in open_now]).reshape(len(open_now), stages)
        their_stage = np.array([row[1] for row in open_now], dtype=np.int64)
        their_elapsed = np.array([row[2] for row in open_now], dtype=np.int64)
        future = np.concatenate([future, np.repeat(np.arange(count), len(open_now))])
        shocks = np.concatenate([shocks, np.tile(their_shocks, (count, 1))])
        stage = np.concatenate([stage, np.tile(their_stage, count)])
        elapsed = np.concatenate([elapsed, np.tile(their_elapsed, count)])
        day = np.concatenate([day, np.tile(-their_elapsed, count)])
        planned = np.concatenate([planned, np.zeros(len(open_now) * count, dtype=np.bool_)])
    return _People(
        truth=known,
        future=future,
        shocks=shocks,
        day=day,
        stage=stage,
        elapsed=elapsed,
        planned=planned,
        alive=np.ones(len(future), dtype=np.bool_),
        hired_on=np.full(len(future), np.iinfo(np.int64).min, dtype=np.int64),
        retained=np.zeros(len(future), dtype=np.bool_),
    )


def _ordinary_starts(truth: Truth, program: str) -> list[tuple[int, int]]:
    """Starts (days from today) and sizes of the past year, repeated over the horizon."""
    today = truth.region.today
    sizes: dict[date, int] = {}
    for learner in truth.region.learners:
        if learner.program == program and (today - learner.start).days < 364:
            sizes[learner.start] = sizes.get(learner.start, 0) + 1
    last = truth.region.first_quarter + truth.region.quarters
    end = (last.first_day - today).days
    return [
        (day, size)
        for start, size in sorted(sizes.items())
        for day in range((start - today).days + 364, end, 364)
    ]


def _open_learners(truth: Truth, program: str) -> list[tuple[tuple[float, ...], int, int]]:
    """Cohort shocks, stage and days in it so far, of every learner still on the way."""
    known = truth.programs[program]
    places = {stage.key: place for place, stage in enumerate(known.stages)}
    rows = []
    for learner in truth.region.learners:
        if learner.program != program or not learner.steps or learner.steps[-1].outcome:
            continue
        step = learner.steps[-1]
        elapsed = (truth.region.today - step.entered).days
        rows.append((known.cohort_shocks[learner.cohort], places[step.stage], elapsed))
    return rows


def _share_places(truth: Truth, groups: dict[str, _People], count: int) -> None:
    """Give the externship places to planned learners in the order in which they come.

    A learner uses one place in the quarter of entering the externship, at a host that takes the
    program's main occupation, in the program's area or an adjoining one. Without a place one waits
    for the next quarter, twice at most, and then is lost. Each quarter another program is first.
    """
    region = truth.region
    areas = {area.key: (area.key, *area.adjoining) for area in region.areas}
    site_area = {site.key: site.area for firm in region.employers for site in firm.sites}
    free: dict[tuple[str, str, int], Ints] = {}
    for entry in region.places:
        key = (entry.occupation, site_area[entry.site], entry.quarter - region.first_quarter)
        free.setdefault(key, np.zeros(count, dtype=np.int64))
        free[key] += entry.places
    bounds = _quarter_starts(truth)
    using = [
        program
        for program in region.programs
        if program.externship_places_per_learner and groups[program.key].planned.any()
    ]
    waited = {p.key: np.zeros(len(groups[p.key].day), dtype=np.int64) for p in using}
    for quarter in range(region.quarters):
        for turn in range(len(using)):
            program = using[(turn + quarter) % len(using)]
            people = groups[program.key]
            here = people.alive & people.planned & (people.stage == _externship_at(people.truth))
            here &= np.searchsorted(bounds, people.day, side="right") - 1 == quarter
            who = np.flatnonzero(here)
            who = who[np.lexsort((people.day[who], people.future[who]))]
            for area in areas[program.area]:
                pool = free.get((program.occupations[0], area, quarter))
                if pool is None or not who.size:
                    continue
                served = _first_in_each(people.future[who], pool)
                pool -= np.bincount(people.future[who[served]], minlength=count)
                who = who[~served]
            waited[program.key][who] += 1
            given_up = who[waited[program.key][who] > _LONGEST_WAIT]
            people.alive[given_up] = False
            people.day[who] = bounds[quarter + 1]


def _first_in_each(future: Ints, room: Ints) -> Bools:
    """Which of the (sorted by future) learners are among the first ``room[future]`` of theirs."""
    first = np.searchsorted(future, future, side="left")
    rank = np.arange(len(future)) - first
    result: Bools = rank < room[future]
    return result


def _quarter_starts(truth: Truth) -> Ints:
    """First days of the horizon's quarters and of the one after, in days from today."""
    region = truth.region
    quarters = region.first_quarter.range(region.quarters + 1)
    return np.array([(q.first_day - region.today).days for q in quarters], dtype=np.int64)


def _add_up(
    truth: Truth, rng: np.random.Generator, groups: dict[str, _People], count: int
) -> Futures:
    region = truth.region
    occupations = tuple(occupation.key for occupation in region.occupations)
    areas = tuple(area.key for area in region.areas)
    shape = (count, len(occupations), len(areas), region.quarters)
    hired = np.zeros(shape, dtype=np.int64)
    retained = np.zeros(shape, dtype=np.int64)
    bounds = _quarter_starts(truth)
    for people in groups.values():
        role = _pick(rng, people.truth.hired_as, occupations, len(people.day))
        area = _pick(rng, people.truth.hired_in, areas, len(people.day))
        quarter = np.searchsorted(bounds, people.hired_on, side="right") - 1
        inside = (quarter >= 0) & (quarter < region.quarters)
        cells = (people.future, role, area, quarter)
        np.add.at(hired, tuple(axis[inside] for axis in cells), 1)
        stayed = inside & people.retained
        np.add.at(retained, tuple(axis[stayed] for axis in cells), 1)

    by_occupation = np.exp(_shock(rng, truth.occupation_shock_sd, (count, len(occupations))))
    by_need = np.exp(_shock(rng, truth.need_shock_sd, (count, len(region.needs))))
    demand = np.zeros(shape, dtype=np.int64)
    for place, need in enumerate(region.needs):
        role_at, area_at = occupations.index(need.occupation), areas.index(need.area)
        level = (by_occupation[:, role_at] * by_need[:, place])[:, None] * truth.demand[place]
        demand[:, role_at, area_at, :] += rng.poisson(level)
    quarters = tuple(region.first_quarter.range(region.quarters))
    return Futures(occupations, areas, quarters, hired, retained, demand)


def _pick(
    rng: np.random.Generator,
    shares: tuple[tuple[str, float], ...],
    keys: tuple[str, ...],
    count: int,
) -> Ints:
    places = np.array([keys.index(key) for key, _ in shares], dtype=np.int64)
    picks = rng.choice(len(shares), size=count, p=[share for _, share in shares])
    result: Ints = places[picks]
    return result


def _shock(rng: np.random.Generator, sd: float, shape: tuple[int, int]) -> Floats:
    return sd * rng.standard_normal(shape) - sd * sd / 2.0
