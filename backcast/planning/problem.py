"""What is asked of the optimizer: the contract between workbook, database and plan.

Every input number is a ``Figure`` (or carries ``basis`` and ``source`` itself), so that each
number of a plan can be opened to where it comes from. People are counted in persons, money in
dollars. Cohorts start on the first of a month; needs, supply and odds are told by calendar quarter;
durations are in weeks (13 to the quarter, 13/3 to the month).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from backcast.core.months import PER_QUARTER, Month
from backcast.core.quarters import Quarter
from backcast.planning.figures import Basis, Figure, StageYield
from backcast.planning.programs import ProgramOption, SupportOption

ResourceKind = Literal["instructor", "lab", "room"]


RESOURCE_KINDS: tuple[ResourceKind, ...] = get_args(ResourceKind)


FundRuleKind = Literal["per_learner", "share_of_cost", "share_of_fund"]


FUND_RULE_KINDS: tuple[FundRuleKind, ...] = get_args(FundRuleKind)


PinKind = Literal["pin", "forbid"]


PIN_KINDS: tuple[PinKind, ...] = get_args(PinKind)


@dataclass(frozen=True, slots=True)
class Area:
    """A labour area. ``adjoining`` areas are near enough for graduates to work there."""

    id: str
    title: str
    adjoining: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role that employers need. ``confidence`` overrides the problem's for this role."""

    id: str
    title: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class NeedCell:
    """People needed in a role, an area and a quarter: low, likely and high. Not cumulative.

    Cells of one ``series`` run high or low together (empty: all of a role in an area).
    """

    id: str
    role: str
    area: str
    quarter: Quarter
    low: float
    likely: float
    high: float
    basis: Basis
    source: str
    weight: float = 1.0
    assumption: str = ""
    series: str = ""

    @property
    def mean(self) -> float:
        """Mean of the PERT distribution: (low + 4 likely + high) / 6."""
        return (self.low + 4 * self.likely + self.high) / 6


@dataclass(frozen=True, slots=True)
class Supply:
    """People who complete anyway, without this plan, in one quarter.

    ``completers`` are already apportioned among roles (no one is in two rows); ``stages`` lead from
    completion to a need met, as in a program. Rows of one ``cohort`` (empty: of its own) depart from
    their programs' yields together.
    """

    id: str
    role: str
    area: str
    quarter: Quarter
    completers: Figure
    stages: tuple[StageYield, ...] = ()
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class ExternshipPlaces:
    """Places open in a quarter, beside those at the hosts of ``HostPlaces``; a learner takes one in
    the quarter in which the cohort ends. A role with no row of either kind is not limited; in a role
    with rows, an area and quarter without one has no places."""

    area: str
    role: str
    quarter: Quarter
    places: Figure


@dataclass(frozen=True, slots=True)
class HostPlaces:
    """Learners that a host can take at once in a month, beside those it has already: its supervisors
    times the learners each may have. A learner stays with one host for the whole externship."""

    host: str
    title: str
    area: str
    role: str
    month: Month
    places: Figure


@dataclass(frozen=True, slots=True)
class ResourceMonth:
    """What a resource has in one month instead of its usual amount."""

    month: Month
    amount: Figure


@dataclass(frozen=True, slots=True)
class Resource:
    """Instructors, labs or rooms that programs share: ``amount`` in every month but ``months``."""

    id: str
    title: str
    kind: ResourceKind
    area: str
    amount: Figure
    months: tuple[ResourceMonth, ...] = ()

    def in_month(self, month: Month) -> float:
        return next(
            (row.amount.value for row in self.months if row.month == month), self.amount.value
        )


@dataclass(frozen=True, slots=True)
class Holiday:
    """Weeks of a month without classes, in an area (empty: everywhere). A cohort that runs through
    them takes so much longer; in a month with four weeks of them none starts."""

    title: str
    month: Month
    weeks: Figure
    area: str = ""


@dataclass(frozen=True, slots=True)
class QuarterBudget:
    """Money for cohorts that start in this quarter."""

    quarter: Quarter
    amount: Figure


@dataclass(frozen=True, slots=True)
class Recruits:
    """People who can be recruited for programs of an area that meet at a schedule (empty: at any), to
    start in a month or in a quarter: one of the two is given. Months and quarters without a row are
    not limited; people who are trained on by their employers are not counted."""

    area: str
    schedule: str
    people: Figure
    month: Month | None = None
    quarter: Quarter | None = None


@dataclass(frozen=True, slots=True)
class FundRule:
    """A rule of a fund for cohorts that start in ``since`` or later, until a later rule of the same
    kind and programs.

    *per_learner*: dollars for a learner at most; *share_of_cost*: of a cohort's cost at most;
    *share_of_fund*: of the whole fund at most for the named programs together. ``programs`` empty: all.
    """

    kind: FundRuleKind
    value: Figure
    since: Month | None = None
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fund:
    """Money with strings: for cohorts of its programs, roles and areas (empty: all) that start from
    ``first`` to ``last``. Where any fund is stated, funds pay for everything that is started."""

    id: str
    title: str
    amount: Figure
    rules: tuple[FundRule, ...] = ()
    programs: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    first: Month | None = None
    last: Month | None = None

    def pays_for(self, program: ProgramOption, start: Month) -> bool:
        return (
            (not self.programs or program.id in self.programs)
            and (not self.roles or any(part.role in self.roles for part in program.roles))
            and (not self.areas or program.area in self.areas)
            and (self.first is None or self.first <= start)
            and (self.last is None or start <= self.last)
        )

    def rules_for(self, program: ProgramOption, start: Month) -> tuple[FundRule, ...]:
        """The rules in force for a cohort: of each kind and programs, the latest that has begun."""
        found: dict[tuple[str, tuple[str, ...]], FundRule] = {}
        for rule in sorted(self.rules, key=lambda rule: (rule.since is not None, rule.since)):
            begun = rule.since is None or rule.since <= start
            if begun and (not rule.programs or program.id in rule.programs):
                found[rule.kind, rule.programs] = rule
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Pin:
    """What a person has fixed: so many cohorts of a program start in a month, no more and no fewer
    (``size`` learners each, where it is given), or none may. What cannot hold is told, not refused."""

    program: str
    start: Month
    kind: PinKind
    cohorts: int = 1
    size: int | None = None
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunningCohort:
    """A cohort that has started and is still on the way: ``people`` are in it, and ``stage`` is the
    next one they must come through. They are supply, and occupy the program until it ends. Where the
    people of one cohort stand at several stages, each row names the ``cohort``, which counts once."""

    id: str
    program: str
    start: Month
    people: Figure
    stage: str
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """Cohorts that people have been told of. A plan as good that keeps them is preferred."""

    program: str
    start: Month
    cohorts: int
    learners: int


@dataclass(frozen=True, slots=True)
class NeedSpread:
    """How far needs that come depart from those stated, as past waves show: standard deviations as
    shares of the need, of a shock ``common`` to all needs of a role and of each series' ``own``.

    It takes the place of low and high in the odds; people then come in whole persons (Poisson).
    """

    common: Figure
    own: Figure


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan is made from.

    ``need_together``: the correlation with which needs of a role run high or low together.
    """

    title: str
    first: Quarter
    quarters: int
    confidence: float
    areas: tuple[Area, ...]
    roles: tuple[Role, ...]
    programs: tuple[ProgramOption, ...]
    needs: tuple[NeedCell, ...]
    supply: tuple[Supply, ...] = ()
    places: tuple[ExternshipPlaces, ...] = ()
    budget: Figure | None = None
    quarter_budgets: tuple[QuarterBudget, ...] = ()
    resources: tuple[Resource, ...] = ()
    hosts: tuple[HostPlaces, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    running: tuple[RunningCohort, ...] = ()
    pins: tuple[Pin, ...] = ()
    announced: tuple[Announced, ...] = ()
    recruits: tuple[Recruits, ...] = ()
    funds: tuple[Fund, ...] = ()
    supports: tuple[SupportOption, ...] = ()
    need_together: Figure | None = None
    need_spread: NeedSpread | None = None

    @property
    def last(self) -> Quarter:
        return self.first + (self.quarters - 1)

    def running_once(self) -> tuple[RunningCohort, ...]:
        """The running cohorts, each once."""
        return tuple({cohort.cohort or cohort.id: cohort for cohort in self.running}.values())

    @property
    def first_month(self) -> Month:
        return Month.first_of(self.first)

    @property
    def months(self) -> int:
        return PER_QUARTER * self.quarters

    def calendar(self) -> Iterator[Quarter]:
        return self.first.range(self.quarters)

    def reached_areas(self, program: ProgramOption) -> tuple[str, ...]:
        """The program's own area first, then the others in which its graduates may work."""
        return tuple(dict.fromkeys((*self.near(program.area), *program.serves_areas)))

    def near(self, area: str) -> tuple[str, ...]:
        """The area itself first, then those adjoining it."""
        own = next((a for a in self.areas if a.id == area), None)
        return tuple(dict.fromkeys((area, *(own.adjoining if own else ()))))

    def offered_to(self, program: ProgramOption) -> tuple[SupportOption, ...]:
        """The supports that a program's cohorts may have."""
        names = {stage.stage for stage in program.stages}
        return tuple(
            support
            for support in self.supports
            if support.stage in names and (not support.programs or program.id in support.programs)
        )

    def confidence_of(self, role: str) -> float:
        own = next((r.confidence for r in self.roles if r.id == role), None)
        return self.confidence if own is None else own
