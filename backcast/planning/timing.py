"""When a cohort runs and when its graduates first work, from the month in which it starts.

A quarter has 13 weeks and three months, so a month counts 13/3 weeks. Months and quarters are
counted from the problem's first.
"""

from __future__ import annotations

from dataclasses import dataclass

from backcast.core.months import PER_QUARTER
from backcast.planning.problem import Problem, ProgramOption


@dataclass(frozen=True, slots=True)
class Times:
    """``start`` and ``ends``: first and last month in which the cohort runs; ``hired``: the quarter
    in which its graduates first work."""

    start: int
    ends: int
    hired: int

    @property
    def months(self) -> range:
        """The months in which the cohort runs."""
        return range(self.start, self.ends + 1)


def times_of(problem: Problem, program: ProgramOption, start: int) -> Times:
    """The times of a cohort that starts in month ``start``."""
    return Times(
        start,
        start + program.run_months - 1,
        (start + program.hire_months) // PER_QUARTER,
    )


def possible_starts(problem: Problem, program: ProgramOption) -> tuple[Times, ...]:
    """The starts from which a cohort may be asked for and still be hired in time."""
    allowed = {month - problem.first_month for month in program.starts}
    found = (
        times_of(problem, program, month)
        for month in range(program.lead_months, problem.months)
        if not program.starts or month in allowed
    )
    return tuple(times for times in found if times.hired < problem.quarters)
