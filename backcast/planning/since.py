"""What has happened since a plan was made: which of its cohorts started, and hires against its odds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from backcast.core.quarters import Quarter
from backcast.delivery.models import CohortRecord, ScheduledCohort
from backcast.planning.models import Plan, PlanCohort
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import NeedOdds, Solution

State = Literal["started", "called_off", "not_heard_of"]

#: A record stands for a planned cohort when it began so many days before or after its day.
EARLY, LATE = timedelta(days=31), timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Due:
    """A cohort of the plan that should have started by now, and what became of it."""

    cohort: PlanCohort
    state: State
    enrolled: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Hires:
    """People hired for a role so far, beside what the plan expected by the end of the last quarter.

    ``low`` and ``high`` hold nine of ten futures.
    """

    role: str
    title: str
    hired: float
    expected: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        return self.low - 0.5 <= self.hired <= self.high + 0.5


@dataclass(frozen=True, slots=True)
class Since:
    """``until``: the quarter to whose end hires are counted; None where none is over yet."""

    due: tuple[Due, ...]
    hires: tuple[Hires, ...]
    until: Quarter | None

    @property
    def planned(self) -> int:
        return sum(each.cohort.size for each in self.due)

    @property
    def enrolled(self) -> int:
        return sum(each.enrolled for each in self.due)

    def count(self, state: State) -> int:
        return sum(each.state == state for each in self.due)


def since(plan: Plan, problem: Problem, solution: Solution, today: date) -> Since:
    """What became of the plan until today, from what is recorded of its programs' cohorts."""
    planned = list(
        PlanCohort.objects.filter(plan=plan, start__lte=today)
        .select_related("program__provider", "scheduled__record")
        .order_by("start", "program__name_folded", "number")
    )
    options = {int(option.id[1:]): option for option in problem.programs}
    records = list(
        CohortRecord.objects.filter(program__in=list(options), archived_at=None)
        .prefetch_related("stages")
        .order_by("starts_on", "pk")
    )
    until = Quarter.of(today) + -1
    counted = until >= problem.first
    return Since(
        tuple(due(planned, records)),
        tuple(_hires(problem, solution, _hired(records, options, problem, until), until))
        if counted
        else (),
        until if counted else None,
    )


def due(planned: Sequence[PlanCohort], records: Iterable[CohortRecord]) -> Iterable[Due]:
    """Each planned cohort with the record that it is scheduled with, else the nearest free one."""
    free: dict[int, list[CohortRecord]] = defaultdict(list)
    taken = {row.scheduled.record_id for row in planned if row.scheduled is not None}
    for record in records:
        if record.pk not in taken:
            free[record.program_id].append(record)
    for row in planned:
        told = row.scheduled
        if told is not None and told.record is not None:
            yield Due(row, "started", told.record.enrolled)
            continue
        if told is not None and told.status == ScheduledCohort.Status.CALLED_OFF:
            yield Due(row, "called_off", why=told.why)
            continue
        near = [
            record
            for record in free[row.program_id]
            if row.start - EARLY <= record.starts_on <= row.start + LATE
        ]
        if not near:
            yield Due(row, "not_heard_of")
            continue
        record = min(near, key=lambda one: abs(one.starts_on - row.start))
        free[row.program_id].remove(record)
        yield Due(row, "started", record.enrolled)


def _hired(
    records: Iterable[CohortRecord],
    options: Mapping[int, ProgramOption],
    problem: Problem,
    until: Quarter,
) -> dict[str, float]:
    """Role → people through the last stage, of cohorts whose first hires fell into these quarters."""
    found: dict[str, float] = defaultdict(float)
    for record in records:
        option = options[record.program_id]
        hired = record.starts_on + timedelta(weeks=option.weeks.value + option.weeks_after)
        if not problem.first <= Quarter.of(hired) <= until:
            continue
        stages = sorted(record.stages.all(), key=lambda stage: stage.order)
        if not stages or len(stages) < len(option.stages):
            continue
        shares = sum(part.share for part in option.roles)
        for part in option.roles:
            found[part.role] += stages[-1].passed * part.share / max(1.0, shares)
    return found


def _hires(
    problem: Problem, solution: Solution, hired: Mapping[str, float], until: Quarter
) -> Iterable[Hires]:
    rows: dict[str, NeedOdds] = {
        row.role: row for row in solution.odds if row.area is None and row.quarter == until
    }
    for role in problem.roles:
        row = rows.get(role.id)
        if row is not None:
            yield Hires(
                role.id,
                role.title,
                hired.get(role.id, 0.0),
                row.supply,
                row.supply_low,
                row.supply_high,
            )
