"""The planning problem of a simulated region, made only from what the region shows.

Used by tests, benches and ``backcast demo export``: the same figures that a loaded region would
give, without a database. The truth beneath the region is never read here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.records import CohortRecord, cohort_records
from backcast.demonstration.simulator.region import (
    COMPLETED,
    EXTERNSHIP,
    RETAINED,
    Learner,
    Program,
    Region,
)
from backcast.demonstration.simulator.truth import PlannedCohort as PlayedCohort
from backcast.planning.problem import (
    Area,
    ExternshipPlaces,
    Figure,
    NeedCell,
    PlannedCohort,
    Problem,
    ProgramOption,
    Role,
    RoleShare,
    StageYield,
    Supply,
)

_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class _History:
    """What is known of one program's past: settled counts by stage, and as what people were hired."""

    settled: dict[str, tuple[int, int]]
    cohorts: int
    hired_as: Counter[str]


def problem_of(region: Region, *, confidence: float = 0.8) -> Problem:
    """The problem that a planner of ``region`` faces today, with the source of every figure.

    Yields rest on past cohorts in which nobody is still on the way (Beta(1, 1) before), as those of
    a loaded region do. What ordinary cohorts bring counts as supply: a quarter of the past year's
    completers in each quarter, apportioned among occupations as past completers were hired.
    """
    histories = _histories(region)
    return Problem(
        title=region.name,
        first=region.first_quarter,
        quarters=region.quarters,
        confidence=confidence,
        areas=tuple(Area(area.key, area.name, area.adjoining) for area in region.areas),
        roles=tuple(Role(one.key, one.title) for one in region.occupations),
        programs=tuple(_option(one, histories[one.key], region) for one in region.programs),
        needs=tuple(_needs(region)),
        supply=tuple(
            row
            for program in region.programs
            for row in _supply(program, histories[program.key], region)
        ),
        places=tuple(_places(region)),
        budget=Figure(
            region.yearly_budget * region.quarters / 4,
            "stated",
            "Demonstration budget for the whole horizon",
        ),
    )


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


def _histories(region: Region) -> dict[str, _History]:
    records: dict[str, list[CohortRecord]] = {program.key: [] for program in region.programs}
    for record in cohort_records(region, region.today):
        records[record.program].append(record)
    learners: dict[str, list[Learner]] = {program.key: [] for program in region.programs}
    for learner in region.learners:
        learners[learner.program].append(learner)
    return {
        key: _History(
            settled=_settled(records[key]),
            cohorts=len(records[key]),
            hired_as=Counter(one.hired_as for one in learners[key] if one.hired_as),
        )
        for key in records
    }


def _settled(records: Iterable[CohortRecord]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for record in records:
        for stage in filter(lambda one: one.mature, record.stages):
            passed, failed = counts.get(stage.stage, (0, 0))
            counts[stage.stage] = (passed + stage.settled_passed, failed + stage.settled_failed)
    return counts


def _yields(program: Program, history: _History) -> tuple[StageYield, ...]:
    rows = []
    for stage in program.stages:
        passed, failed = history.settled.get(stage.key, (0, 0))
        known = passed + failed > 0
        rows.append(
            StageYield(
                stage=stage.key,
                successes=passed,
                trials=passed + failed,
                basis="observed" if known else "assumed",
                source=(
                    f"{program.title}: settled outcomes of {history.cohorts} past cohorts"
                    if known
                    else f"{program.title}: no settled outcome yet; every yield equally likely"
                ),
                shared_key=f"{program.key}/{stage.key}",
                assumption="" if known else "yield of a new program",
            )
        )
    return tuple(rows)


def _shares(program: Program, history: _History) -> tuple[RoleShare, ...]:
    hires = sum(history.hired_as.values())
    if not hires or len(program.occupations) == 1:
        return tuple(RoleShare(key) for key in program.occupations)
    return tuple(
        RoleShare(key, history.hired_as[key] / hires)
        for key in program.occupations
        if history.hired_as[key]
    )


def _option(program: Program, history: _History, region: Region) -> ProgramOption:
    said = f"{_provider(region, program)}: program description"
    until_hired = sum(stage.typical_days for stage in program.stages if stage.key != RETAINED)
    waiting = max(0.0, until_hired / _DAYS_PER_WEEK - program.weeks)
    months = dict.fromkeys(Month.of(day) for day in program.possible_starts)
    places = program.externship_places_per_learner
    return ProgramOption(
        id=program.key,
        title=program.title,
        provider=_provider(region, program),
        area=program.area,
        roles=_shares(program, history),
        stages=_yields(program, history),
        weeks=Figure(program.weeks, "stated", said),
        min_size=Figure(program.min_size, "stated", said),
        max_size=Figure(program.max_size, "stated", said),
        at_once=Figure(program.at_once, "stated", said),
        cost_per_learner=Figure(program.costs.total, "stated", said),
        hire_weeks=Figure(round(waiting, 1), "observed", "Typical days of past learners by stage"),
        starts=tuple(months),
        externship_places_per_learner=Figure(places, "stated", said) if places else None,
        externship_role=program.occupations[0] if places else "",
        externship_stage=EXTERNSHIP if places else "",
        cip=program.cip,
    )


def _provider(region: Region, program: Program) -> str:
    return next(one.name for one in region.providers if one.key == program.provider)


def _needs(region: Region) -> Iterable[NeedCell]:
    employers = {employer.key: employer.name for employer in region.employers}
    for need in region.needs:
        for cell in need.openings:
            if cell.high:
                yield NeedCell(
                    id=f"{need.key}/{cell.quarter}",
                    role=need.occupation,
                    area=need.area,
                    quarter=cell.quarter,
                    low=cell.low,
                    likely=cell.likely,
                    high=cell.high,
                    basis="stated",
                    source=f"{employers[need.employer]}, {need.own_title}",
                )


def _supply(program: Program, history: _History, region: Region) -> Iterable[Supply]:
    if not program.completers_last_year:
        return
    stages = _yields(program, history)
    after = 1 + next(at for at, stage in enumerate(stages) if stage.stage == COMPLETED)
    shares = _shares(program, history)
    total = sum(share.share for share in shares)
    for share in shares:
        for quarter in region.first_quarter.range(region.quarters):
            yield Supply(
                id=f"{program.key}/{share.role}/{quarter}",
                role=share.role,
                area=program.area,
                quarter=quarter,
                completers=Figure(
                    program.completers_last_year * share.share / total / 4,
                    "observed",
                    f"{program.title}: completers of the past year, a quarter of them each quarter",
                ),
                stages=stages[after:],
            )


def _places(region: Region) -> Iterable[ExternshipPlaces]:
    areas = {site.key: site.area for firm in region.employers for site in firm.sites}
    sums: Counter[tuple[str, str, Quarter]] = Counter()
    for row in region.places:
        sums[areas[row.site], row.occupation, row.quarter] += row.places
    for (area, role, quarter), places in sums.items():
        yield ExternshipPlaces(
            area, role, quarter, Figure(places, "stated", "Hosts' offers of externship places")
        )
