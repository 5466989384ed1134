"""What may be asked for: programs, and the support that can be bought for their cohorts.

Durations are in weeks: 13 to the quarter, 13/3 to the month.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from backcast.core.months import PER_QUARTER, Month
from backcast.planning.figures import Basis, Figure, StageYield

WEEKS_PER_QUARTER = 13


_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class SupportOption:
    """Support that can be bought for whole cohorts: child care, transport, coaching. A package of
    several is an option of its own; a cohort has one at most.

    Of those who would not come through ``stage``, the support brings a share through: ``low`` to
    ``high``, most likely ``likely`` (PERT), the same wherever it is bought. ``capacity``: learners who
    can have it at once (``None``: any number); ``programs`` who may buy it (empty: all).
    """

    id: str
    title: str
    cost_per_learner: Figure
    stage: str
    low: float
    likely: float
    high: float
    basis: Basis
    source: str
    capacity: Figure | None = None
    programs: tuple[str, ...] = ()
    assumption: str = ""

    @property
    def mean(self) -> float:
        """Mean of the PERT distribution."""
        return (self.low + 4 * self.likely + self.high) / 6


def _mean_with(stage: StageYield, support: SupportOption | None) -> float:
    if support is None or support.stage != stage.stage:
        return stage.mean
    return stage.mean + support.mean * (1 - stage.mean)


@dataclass(frozen=True, slots=True)
class RoleShare:
    """The share of a program's hires, at most, who can be counted for a role.

    Where a program's shares sum to 1 or less they simply apportion its hires. Where they sum to
    more, the plan divides the hires among the roles; a person is never counted twice.
    """

    role: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Uses:
    """How much of a resource each running cohort takes up, in every month in which it runs."""

    resource: str
    amount: Figure


@dataclass(frozen=True, slots=True)
class ProgramOption:
    """A program that may be asked to start cohorts.

    - ``stages`` in the program's own order, from enrolled to what counts as a need met.
    - ``weeks`` from the first day to the last, externship included; ``None`` is none for all others.
      From today to the first possible start pass ``lead_weeks`` (to get ready), ``recruit_weeks``,
      ``screen_weeks`` and ``clearance_weeks``, one after another; from the last day of the program
      to the first day at work ``exam_weeks`` and ``hire_weeks``. ``hire_spread`` is the standard
      deviation of that wait among graduates, in weeks.
    - ``min_size``, ``max_size``: learners per cohort; ``at_once``: cohorts that may run in the same
      month.
    - ``starts``: months in which a cohort may start; empty means any.
    - ``externship_places_per_learner``: places that one learner takes up at the end of the program,
      of ``externship_role`` (empty: the first role). ``externship_stage`` names the stage whose
      entrants need a place (empty: all who start). The externship fills the last
      ``externship_weeks`` (``None``: the last month).
    - ``uses``: what each running cohort takes of shared instructors, labs and rooms.
    - ``schedule``: when it meets (day, evening …), as ``Recruits`` name it. The same program by day
      and in the evening is two options; what they share is a resource.
    - ``upskills_from``: the role in which its learners already work. Each who is hired leaves an
      opening there, in the program's area.
    - ``serves_areas``: areas beyond its own and the adjoining ones (an online program).
    """

    id: str
    title: str
    provider: str
    area: str
    roles: tuple[RoleShare, ...]
    stages: tuple[StageYield, ...]
    weeks: Figure
    min_size: Figure
    max_size: Figure
    at_once: Figure
    cost_per_learner: Figure
    cost_per_cohort: Figure | None = None
    lead_weeks: Figure | None = None
    hire_weeks: Figure | None = None
    starts: tuple[Month, ...] = ()
    externship_places_per_learner: Figure | None = None
    externship_role: str = ""
    externship_stage: str = ""
    serves_areas: tuple[str, ...] = ()
    cip: str = ""
    recruit_weeks: Figure | None = None
    screen_weeks: Figure | None = None
    clearance_weeks: Figure | None = None
    exam_weeks: Figure | None = None
    externship_weeks: Figure | None = None
    uses: tuple[Uses, ...] = ()
    schedule: str = ""
    upskills_from: str = ""
    hire_spread: Figure | None = None

    @property
    def smallest(self) -> int:
        return min(max(1, math.ceil(self.min_size.value)), self.largest)

    @property
    def largest(self) -> int:
        return max(1, math.floor(self.max_size.value))

    @property
    def parallel(self) -> int:
        return math.floor(self.at_once.value)

    @property
    def mean_yield(self) -> float:
        """Product of the posterior means: expected needs met per learner who starts."""
        return self.mean_yield_with(None)

    def mean_yield_with(self, support: SupportOption | None) -> float:
        """The same for learners who have a support."""
        return math.prod(_mean_with(stage, support) for stage in self.stages)

    def stages_from(self, stage: str) -> tuple[StageYield, ...]:
        """The stages from the named one on."""
        names = [own.stage for own in self.stages]
        return self.stages[names.index(stage) :]

    @property
    def fixed_cost(self) -> float:
        return self.cost_per_cohort.value if self.cost_per_cohort else 0.0

    @property
    def weeks_before(self) -> float:
        """Weeks from the decision to the first day."""
        return _weeks(self.lead_weeks, self.recruit_weeks, self.screen_weeks, self.clearance_weeks)

    @property
    def weeks_after(self) -> float:
        """Weeks from the last day of the program to the first day at work."""
        return _weeks(self.exam_weeks, self.hire_weeks)

    @property
    def lead_months(self) -> int:
        """Months from the problem's first until a cohort can start."""
        return math.ceil(in_months(self.weeks_before) - _HAIR)

    @property
    def places_per_start(self) -> float:
        """Externship places expected per learner who starts."""
        return self.places_per_start_with(None)

    def places_per_start_with(self, support: SupportOption | None) -> float:
        """The same for learners who have a support."""
        if self.externship_places_per_learner is None:
            return 0.0
        reach = 1.0
        if self.externship_stage:
            for stage in self.stages:
                if stage.stage == self.externship_stage:
                    break
                reach *= _mean_with(stage, support)
        return self.externship_places_per_learner.value * reach


def _weeks(*parts: Figure | None) -> float:
    return sum(figure.value for figure in parts if figure is not None)


def in_months(weeks: float) -> float:
    """Weeks as months of 13/3 weeks."""
    return weeks * PER_QUARTER / WEEKS_PER_QUARTER
