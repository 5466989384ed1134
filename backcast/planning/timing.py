"""When a cohort runs and when its graduates first work, from the month in which it starts.

A quarter has 13 weeks and three months, so a month counts 13/3 weeks. Weeks without classes that
fall into the run make it longer. Months and quarters are counted from the problem's first; those of
cohorts that have started already may be below 0.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backcast.core.months import PER_QUARTER, Month
from backcast.planning.problem import Problem, RunningCohort
from backcast.planning.programs import WEEKS_PER_QUARTER, ProgramOption, in_months

WEEKS_PER_MONTH = WEEKS_PER_QUARTER / PER_QUARTER
WHOLE_MONTH = 4.0
"""In a month with so many weeks of holidays no cohort starts."""
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Times:
    """``start`` and ``ends``: first and last month in which the cohort runs; ``externship``: the
    first month of its externship; ``hired``: the quarter in which its graduates first work; ``done``:
    months until its last day."""

    start: int
    externship: int
    ends: int
    hired: int
    done: float

    @property
    def months(self) -> range:
        """The months in which the cohort runs."""
        return range(self.start, self.ends + 1)


def closed_weeks(problem: Problem, area: str) -> dict[int, float]:
    """Weeks of holidays by month in an area."""
    weeks: dict[int, float] = defaultdict(float)
    for holiday in problem.holidays:
        if holiday.area in ("", area):
            weeks[holiday.month - problem.first_month] += holiday.weeks.value
    return {month: min(amount, WEEKS_PER_MONTH) for month, amount in weeks.items()}


def times_of(program: ProgramOption, start: int, closed: Mapping[int, float]) -> Times:
    """The times of a cohort that starts in month ``start``, given the ``closed`` weeks of months."""
    weeks, ends = program.weeks.value + closed.get(start, 0.0), start
    while in_months(weeks) > ends - start + 1 + _HAIR:
        ends += 1
        weeks += closed.get(ends, 0.0)
    after = start + in_months(weeks + program.weeks_after)
    long = in_months(program.externship_weeks.value) if program.externship_weeks else 0.0
    return Times(
        start,
        max(start, ends - max(1, math.ceil(long - _HAIR)) + 1),
        ends,
        math.floor(after + _HAIR) // PER_QUARTER,
        start + in_months(weeks),
    )


def possible_starts(problem: Problem, program: ProgramOption) -> tuple[Times, ...]:
    """The starts from which a cohort may be asked for and still be hired in time."""
    closed = closed_weeks(problem, program.area)
    allowed = {month - problem.first_month for month in program.starts}
    found = (
        times_of(program, month, closed)
        for month in range(program.lead_months, problem.months)
        if (not program.starts or month in allowed) and closed.get(month, 0.0) < WHOLE_MONTH
    )
    return tuple(times for times in found if times.hired < problem.quarters)


def why_never(problem: Problem, program: ProgramOption, start: Month) -> str:
    """Why no cohort could start then whatever the limits; empty where one could."""
    month = start - problem.first_month
    closed = closed_weeks(problem, program.area)
    if not 0 <= month < problem.months:
        return f"{start.words} is outside the plan."
    if month < program.lead_months:
        earliest = problem.first_month + program.lead_months
        weeks = f"{program.weeks_before:g} weeks to get ready"
        return f"It takes {weeks}: {earliest.words} is the first month in which it could start."
    if program.starts and start not in program.starts:
        return f"{start.words} is not among the months in which it may start."
    if closed.get(month, 0.0) >= WHOLE_MONTH:
        return f"{start.words} is a month of holidays."
    if times_of(program, month, closed).hired >= problem.quarters:
        return f"Its graduates would first work after the plan ends in {problem.last}."
    if program.parallel < 1:
        return "The program runs no cohorts at present."
    return ""


def running_times(problem: Problem, program: ProgramOption, cohort: RunningCohort) -> Times:
    """The times of a cohort that has started; who is late is hired in the first quarter."""
    closed = closed_weeks(problem, program.area)
    times = times_of(program, cohort.start - problem.first_month, closed)
    return replace(times, hired=max(0, times.hired))


def busy_months(problem: Problem) -> dict[tuple[str, int], int]:
    """Cohorts already running, by program and month of the plan."""
    programs = {program.id: program for program in problem.programs}
    busy: dict[tuple[str, int], int] = defaultdict(int)
    for cohort in problem.running_once():
        times = running_times(problem, programs[cohort.program], cohort)
        for month in range(times.ends + 1):
            busy[cohort.program, month] += 1
    return dict(busy)
