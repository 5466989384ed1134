"""The planning problem of a simulated region, made only from what the region shows.

Used by tests, benches and ``backcast demo export``: the same figures that a loaded region would
give, without a database. The truth beneath the region is never read here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean, stdev

import numpy as np
from scipy.special import gammainc

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.records import CohortRecord, cohort_records
from backcast.demonstration.simulator.region import (
    EXTERNSHIP,
    HIRED,
    PASSED,
    RETAINED,
    Learner,
    Need,
    Program,
    Region,
)
from backcast.demonstration.simulator.truth import PlannedCohort as PlayedCohort
from backcast.planning.figures import Basis, Figure, StageYield
from backcast.planning.foresight import Seen
from backcast.planning.mending import mended as with_what_came
from backcast.planning.pooling import (
    DAYS_PER_YEAR,
    Belief,
    CohortCount,
    Followed,
    Pooled,
    pool,
    settled,
    with_belief,
)
from backcast.planning.problem import (
    Area,
    ExternshipPlaces,
    NeedCell,
    Problem,
    Role,
    Supply,
)
from backcast.planning.programs import ProgramOption, RoleShare
from backcast.planning.solution import PlannedCohort

_DAYS_PER_WEEK = 7
_DAYS_PER_REPEAT = 364
_SHARE_PEOPLE = 10
"""What programs for the same occupation were hired as weighs like so many people of one's own."""
_FEWEST_TIMED = 20


@dataclass(frozen=True, slots=True)
class _History:
    """What is known of one program's past: yields, as what people were hired, and when."""

    yields: tuple[StageYield, ...]
    hired_as: Mapping[str, float]
    days: tuple[float, float]
    """From the first day of a program to the first at work: mean and standard deviation."""
    starts: tuple[tuple[date, int], ...]
    """First days and sizes of the past year's cohorts."""


def problem_of(
    region: Region, *, confidence: float = 0.8, pooled: bool = True, mended: bool = False
) -> Problem:
    """The problem that a planner of ``region`` faces today, with the source of every figure.

    Yields rest on past cohorts in which nobody is still on the way, and lean on other programs as
    those of a loaded region do. What ordinary cohorts bring counts as supply: learners on the way,
    and the past year's starts over again, apportioned among occupations as past learners were hired.
    Needs are as stated; ``mended``: by what came of those stated in past waves. Without ``pooled``
    each program stands alone with Beta(1, 1) before its counts, for comparison.
    """
    histories = _histories(region, pooled)
    problem = Problem(
        title=region.name,
        first=region.first_quarter,
        quarters=region.quarters,
        confidence=confidence,
        areas=tuple(Area(area.key, area.name, area.adjoining) for area in region.areas),
        roles=tuple(Role(one.key, one.title) for one in region.occupations),
        programs=tuple(_option(one, histories[one.key], region) for one in region.programs),
        needs=tuple(_needs(region)),
        supply=tuple(_supply(region, histories)),
        places=tuple(_places(region)),
        budget=Figure(
            region.yearly_budget * region.quarters / 4,
            "stated",
            "Demonstration budget for the whole horizon",
        ),
    )
    if not mended:
        return problem
    employers = {
        _cell_key(need, cell.quarter): need.employer
        for need in region.needs
        for cell in need.openings
    }
    return with_what_came(problem, _seen(region), employers)


def as_played(region: Region, cohorts: Iterable[PlannedCohort]) -> list[PlayedCohort]:
    """A plan's cohorts, as ``Truth.futures`` plays them: on the first possible day of the month.

    Raises ``ValueError`` when a cohort starts in a month in which its program cannot.
    """
    programs = {program.key: program for program in region.programs}
    played = []
    for cohort in cohorts:
        day = programs[cohort.program].first_start_in(cohort.start)
        if day is None:
            raise ValueError(f"{cohort.program} cannot start in {cohort.start}.")
        played.append(PlayedCohort(cohort.program, day, cohort.size))
    return played


def _histories(region: Region, lean: bool) -> dict[str, _History]:
    records = cohort_records(region, region.today)
    learners: dict[str, list[Learner]] = {program.key: [] for program in region.programs}
    for learner in region.learners:
        learners[learner.program].append(learner)
    counts = _counts(region, records)
    main = {program.key: program.occupations[0] for program in region.programs}
    wanted = [(program.key, stage.key) for program in region.programs for stage in program.stages]
    pooled = pool(counts, wanted, main) if lean else _alone(counts)
    hired: dict[str, Counter[str]] = {occupation: Counter() for occupation in main.values()}
    for learner in region.learners:
        if learner.hired_as:
            hired[main[learner.program]][learner.hired_as] += 1
    return {
        program.key: _History(
            yields=_yields(program, pooled),
            hired_as=_hired_as(program, learners[program.key], hired[program.occupations[0]]),
            days=_days_to_work(region, program, learners[program.key]),
            starts=tuple(
                (record.start, record.enrolled)
                for record in records
                if record.program == program.key
                and (region.today - record.start).days < _DAYS_PER_REPEAT
            ),
        )
        for program in region.programs
    }


def _counts(region: Region, records: Iterable[CohortRecord]) -> list[CohortCount]:
    """The stages in which everybody of a cohort is settled."""
    return settled(
        Followed(
            record.program,
            stage.stage,
            (region.today - record.start).days / DAYS_PER_YEAR,
            stage.settled_passed,
            stage.settled_failed,
            stage.unsettled,
        )
        for record in records
        for stage in record.stages
    )


def _alone(counts: Sequence[CohortCount]) -> Pooled:
    sums: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for count in counts:
        own = sums[count.program, count.stage]
        own[0] += count.passed
        own[1] += count.passed + count.failed
        own[2] += 1
    beliefs = {
        key: Belief(passed, tried, 1.0, 1.0, 0.0, 0.0, passed, tried, int(cohorts), 0)
        for key, (passed, tried, cohorts) in sums.items()
    }
    return Pooled(beliefs, 0.0, 0.0)


def _yields(program: Program, pooled: Pooled) -> tuple[StageYield, ...]:
    rows = []
    for stage in program.stages:
        belief = pooled.beliefs.get((program.key, stage.key))
        key = f"{program.key}/{stage.key}"
        unknown = "yield of a new program"
        if belief is None:
            source = f"{program.title}: no settled outcome yet; every yield equally likely"
            rows.append(
                StageYield(stage.key, 0, 0, "assumed", source, shared_key=key, assumption=unknown)
            )
            continue
        basis: Basis = "observed" if belief.counted else "assumed"
        assumption = "" if belief.counted else unknown
        plain = StageYield(stage.key, 0, 0, basis, "", shared_key=key, assumption=assumption)
        rows.append(with_belief(plain, belief, program.title))
    return tuple(rows)


def _hired_as(
    program: Program, learners: Iterable[Learner], others: Counter[str]
) -> Mapping[str, float]:
    """Occupation → share of the hired, drawn to programs for the same occupation."""
    if len(program.occupations) == 1:
        return {program.occupations[0]: 1.0}
    own = Counter(learner.hired_as for learner in learners if learner.hired_as)
    usual = {key: others[key] + 1.0 for key in program.occupations}
    total, weight = sum(usual.values()), sum(own.values()) + _SHARE_PEOPLE
    return {key: (own[key] + _SHARE_PEOPLE * usual[key] / total) / weight for key in usual}


def _days_to_work(
    region: Region, program: Program, learners: Iterable[Learner]
) -> tuple[float, float]:
    """Days from the first of the program to the first at work, of those whose time is over."""
    until = program.stages[: 1 + next(n for n, s in enumerate(program.stages) if s.key == HIRED)]
    window = sum(stage.window_days for stage in until)
    days = [
        (step.on - learner.start).days
        for learner in learners
        if (region.today - learner.start).days >= window
        for step in learner.steps
        if step.stage == HIRED and step.outcome == PASSED and step.on is not None
    ]
    typical = float(sum(stage.typical_days for stage in until))
    if len(days) < _FEWEST_TIMED:
        return typical, math.sqrt(max(1.0, typical - program.weeks * _DAYS_PER_WEEK)) * 4
    return fmean(days), stdev(days)


def _seen(region: Region) -> Iterable[Seen]:
    for row in region.looked_back:
        yield Seen(
            row.need,
            row.employer,
            row.occupation,
            row.wave,
            str(row.quarter),
            row.expected,
            row.came,
        )


def _option(program: Program, history: _History, region: Region) -> ProgramOption:
    said = f"{_provider(region, program)}: program description"
    days, spread = history.days
    waiting = max(0.0, days / _DAYS_PER_WEEK - program.weeks)
    months = dict.fromkeys(Month.of(day) for day in program.possible_starts)
    places = program.externship_places_per_learner
    return ProgramOption(
        id=program.key,
        title=program.title,
        provider=_provider(region, program),
        area=program.area,
        roles=tuple(RoleShare(role, share) for role, share in history.hired_as.items()),
        stages=history.yields,
        weeks=Figure(program.weeks, "stated", said),
        min_size=Figure(program.min_size, "stated", said),
        max_size=Figure(program.max_size, "stated", said),
        at_once=Figure(program.at_once, "stated", said),
        cost_per_learner=Figure(program.costs.total, "stated", said),
        hire_weeks=Figure(round(waiting, 1), "observed", "Days that past learners took"),
        starts=tuple(months),
        externship_places_per_learner=Figure(places, "stated", said) if places else None,
        externship_role=program.occupations[0] if places else "",
        externship_stage=EXTERNSHIP if places else "",
        cip=program.cip,
        hire_spread=Figure(
            round(spread / _DAYS_PER_WEEK, 1), "observed", "Days that past learners took"
        ),
    )


def _provider(region: Region, program: Program) -> str:
    return next(one.name for one in region.providers if one.key == program.provider)


def _needs(region: Region) -> Iterable[NeedCell]:
    employers = {employer.key: employer.name for employer in region.employers}
    for need in region.needs:
        for cell in need.openings:
            if cell.high:
                yield NeedCell(
                    id=_cell_key(need, cell.quarter),
                    role=need.occupation,
                    area=need.area,
                    quarter=cell.quarter,
                    low=cell.low,
                    likely=cell.likely,
                    high=cell.high,
                    basis="stated",
                    source=f"{employers[need.employer]}, {need.own_title}",
                    series=need.key,
                )


def _cell_key(need: Need, quarter: Quarter) -> str:
    return f"{need.key}/{quarter}"


@dataclass(frozen=True, slots=True)
class _Coming:
    """People of a program's cohort who stand before its stages from ``first`` on, hired in one quarter."""

    program: str
    start: date
    first: int
    role: str
    quarter: int
    again: bool = False


def _supply(region: Region, histories: Mapping[str, _History]) -> Iterable[Supply]:
    """Learners on the way, and the past year's starts over again."""
    people: defaultdict[_Coming, float] = defaultdict(float)
    leaning: defaultdict[_Coming, float] = defaultdict(float)
    programs = {program.key: program for program in region.programs}
    for program in region.programs:
        history = histories[program.key]
        for start, size in history.starts:
            day = start + timedelta(days=_DAYS_PER_REPEAT)
            while Quarter.of(day) - region.first_quarter < region.quarters:
                for quarter, share in _working_in(region, day, *history.days):
                    for role, part in history.hired_as.items():
                        people[_Coming(program.key, day, 0, role, quarter, True)] += (
                            size * share * part
                        )
                day += timedelta(days=_DAYS_PER_REPEAT)
    past = _Past(region)
    for learner in region.learners:
        if not learner.steps or learner.steps[-1].outcome:
            continue
        program, step = programs[learner.program], learner.steps[-1]
        first = next(n for n, s in enumerate(program.stages) if s.key == step.stage)
        later = [stage for stage in program.stages[first + 1 :] if stage.key != RETAINED]
        if step.stage == RETAINED:
            continue  # hired before the plan begins
        waited = (region.today - step.entered).days
        odds, mean, spread = past.from_here(program.key, step.stage, waited)
        mean += sum(stage.typical_days for stage in later)
        spread = math.hypot(spread, *(past.from_here(program.key, s.key, -1)[2] for s in later))
        for quarter, share in _working_in(region, region.today, mean, spread):
            for role, part in histories[program.key].hired_as.items():
                coming = _Coming(program.key, learner.start, first, role, quarter)
                people[coming] += share * part
                leaning[coming] += share * part * odds
    for coming, count in people.items():
        program, stages = programs[coming.program], histories[coming.program].yields[coming.first :]
        what = "the past year's starts over again" if coming.again else "learners on the way"
        if not coming.again:
            stages = (_given_the_wait(stages[0], leaning[coming] / count), *stages[1:])
        yield Supply(
            id=f"{coming.program}/{coming.start}/{coming.first}/{coming.role}/{coming.quarter}/{what}",
            role=coming.role,
            area=program.area,
            quarter=region.first_quarter + coming.quarter,
            completers=Figure(round(count, 4), "observed", f"{program.title}: {what}"),
            stages=stages,
            cohort=f"{coming.program}/{coming.start}",
        )


class _Past:
    """How long past learners took in a stage, and how many of those who took longer came through."""

    def __init__(self, region: Region) -> None:
        windows = {
            (program.key, stage.key): stage.window_days
            for program in region.programs
            for stage in program.stages
        }
        self._rows: defaultdict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
        for learner in region.learners:
            for step in learner.steps:
                closed = step.entered + timedelta(days=windows[learner.program, step.stage])
                if step.on is not None and closed <= region.today:
                    row = ((step.on - step.entered).days, step.outcome == PASSED)
                    self._rows[learner.program, step.stage].append(row)
                    self._rows["", step.stage].append(row)

    def from_here(self, program: str, stage: str, waited: int) -> tuple[float, float, float]:
        """For someone ``waited`` days in the stage: odds of coming through as a multiple of the
        usual odds, and the days still to go, mean and standard deviation."""
        rows = self._rows[program, stage]
        if sum(days > waited for days, _ in rows) < _FEWEST_TIMED:
            rows = self._rows["", stage]
        passed = [days for days, came in rows if came]
        left = [days - waited for days in passed if days > waited]
        lost = [days for days, came in rows if not came]
        still = 0.5 + sum(days > waited for days in lost)
        odds = ((len(left) + 0.5) / (len(passed) + 0.5)) / (still / (len(lost) + 0.5))
        if len(left) < 2:
            return odds, 14.0, 14.0
        return odds, fmean(left), stdev(left)


def _given_the_wait(stage: StageYield, odds: float) -> StageYield:
    """The yield of learners whose odds are so many times the usual ones."""
    odds = max(0.01, round(odds, 2))  # alike for all who share the key
    people, share = stage.a + stage.b, stage.mean
    share = share * odds / (share * odds + 1 - share)
    return replace(
        stage,
        successes=0.0,
        trials=0.0,
        prior_a=max(1e-3, people * share),
        prior_b=max(1e-3, people * (1 - share)),
        shared_key=f"{stage.shared_key}/{odds:.2f}",
        source=f"{stage.source}; given how long they have been on the way",
    )


def _working_in(
    region: Region, day: date, mean_days: float, spread_days: float
) -> Iterable[tuple[int, float]]:
    """(quarter, share) of when people work who start on a day: gamma about the mean."""
    bounds = [
        max(0, (quarter.first_day - day).days)
        for quarter in region.first_quarter.range(region.quarters + 1)
    ]
    mean, spread = max(1.0, mean_days), max(1.0, spread_days)
    by_then = gammainc((mean / spread) ** 2, np.array(bounds) * mean / spread**2)
    for quarter, share in enumerate(np.diff(by_then)):
        if share > 0.01:
            yield quarter, float(share)


def _places(region: Region) -> Iterable[ExternshipPlaces]:
    areas = {site.key: site.area for firm in region.employers for site in firm.sites}
    sums: Counter[tuple[str, str, Quarter]] = Counter()
    for row in region.places:
        sums[areas[row.site], row.occupation, row.quarter] += row.places
    for (area, role, quarter), places in sums.items():
        yield ExternshipPlaces(
            area, role, quarter, Figure(places, "stated", "Hosts' offers of externship places")
        )
