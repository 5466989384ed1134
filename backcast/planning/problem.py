"""The contract between workbook, database and optimiser: what is asked, and what is answered.

Every input number is a ``Figure`` (or carries ``basis`` and ``source`` itself), so that each
number of a plan can be opened to where it comes from. People are counted in persons, money in
dollars. Cohorts start on the first of a month; needs, supply and odds are told by calendar quarter;
durations are in weeks (13 to the quarter, 13/3 to the month).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from backcast.core.months import PER_QUARTER, Month
from backcast.core.quarters import Quarter
from backcast.planning.codec import CodecError, from_plain, to_plain

Basis = Literal["stated", "published", "observed", "assumed"]
BASES: tuple[Basis, ...] = get_args(Basis)

ReasonCode = Literal[
    "no_program",
    "lead_time",
    "capacity",
    "instructors",
    "labs",
    "rooms",
    "externship",
    "hosts",
    "recruits",
    "budget",
    "minimum_size",
    "several",
    "price",
]
"""Why a need stays open. ``several``: two or more limits bind together; ``price``: it could be met,
but only at more than a person-quarter left open counts for."""

ResourceKind = Literal["instructor", "lab", "room"]
RESOURCE_KINDS: tuple[ResourceKind, ...] = get_args(ResourceKind)
FundRuleKind = Literal["per_learner", "share_of_cost", "share_of_fund"]
FUND_RULE_KINDS: tuple[FundRuleKind, ...] = get_args(FundRuleKind)
PinKind = Literal["pin", "forbid"]
PIN_KINDS: tuple[PinKind, ...] = get_args(PinKind)

WEEKS_PER_QUARTER = 13
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what kind of knowledge it is, and where it comes from.

    ``assumption`` names the assumption that it rests on (empty: none); all figures with the same
    name are halved and doubled together when the plan's sensitivity is told.
    """

    value: float
    basis: Basis
    source: str
    assumption: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"A figure must be a finite number, not {self.value}.")
        if self.basis not in BASES:
            raise ValueError(f"A figure is {', '.join(BASES)}; not “{self.basis}”.")


@dataclass(frozen=True, slots=True)
class StageYield:
    """How many of those who entered a stage came through it: ``successes`` of ``trials``.

    The yield is Beta(prior_a + successes, prior_b + trials − successes). Programs that rest on the
    same data carry the same ``shared_key``: in each simulated future the yield is drawn once for
    all of them. ``None`` means that this program's yield is its own.

    ``between`` is the correlation of two learners of one cohort: how far cohorts of one program
    depart from its yield. ``drift`` is how far the yield wanders in a year from today, in log-odds
    (standard deviation).
    """

    stage: str
    successes: float
    trials: float
    basis: Basis
    source: str
    prior_a: float = 1.0
    prior_b: float = 1.0
    shared_key: str | None = None
    assumption: str = ""
    between: float = 0.0
    drift: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.successes, self.trials, self.prior_a, self.prior_b))):
            raise ValueError(f"Stage “{self.stage}”: every number must be finite.")
        if not 0 <= self.between < 1 or not 0 <= self.drift < math.inf:
            raise ValueError(
                f"Stage “{self.stage}”: the spread between cohorts lies between 0 and 1, and drift "
                "is 0 or more."
            )
        if self.trials < 0 or self.successes < 0:
            raise ValueError(f"Stage “{self.stage}”: people cannot be counted below 0.")
        if self.successes > self.trials:
            raise ValueError(
                f"Stage “{self.stage}”: {self.successes:g} came through, but only "
                f"{self.trials:g} entered. Write those who came through first."
            )
        if self.prior_a <= 0 or self.prior_b <= 0:
            raise ValueError(f"Stage “{self.stage}”: both parts of the prior must be above 0.")

    @property
    def a(self) -> float:
        return self.prior_a + self.successes

    @property
    def b(self) -> float:
        return self.prior_b + self.trials - self.successes

    @property
    def mean(self) -> float:
        """Mean of the Beta posterior."""
        return self.a / (self.a + self.b)

    @property
    def prior_people(self) -> float:
        """How many people the prior weighs like."""
        return self.prior_a + self.prior_b

    @property
    def prior_mean(self) -> float:
        return self.prior_a / self.prior_people


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
    completion to a need met, as in a program.
    """

    id: str
    role: str
    area: str
    quarter: Quarter
    completers: Figure
    stages: tuple[StageYield, ...] = ()


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


# --- the answer ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Serves:
    """The share of a cohort's hires planned for a role in an area, and how many are expected."""

    role: str
    area: str
    share: float
    hires: float


@dataclass(frozen=True, slots=True)
class PlannedCohort:
    """One cohort to start on the first of a month. ``hires`` are expected, in ``hire_quarter``, over
    all it serves. ``support``: the id of what is bought for it, in ``cost``."""

    program: str
    start: Month
    number: int
    size: int
    cost: float
    hire_quarter: Quarter
    hires: float
    serves: tuple[Serves, ...]
    support: str = ""


@dataclass(frozen=True, slots=True)
class SupplyUse:
    """Where the plan counts the people of a ``Supply`` row or of a running cohort, by its id."""

    supply: str
    hires: float
    serves: tuple[Serves, ...]


@dataclass(frozen=True, slots=True)
class HostUse:
    """Learners whom the plan sends to a host in a month, of the places it has."""

    host: str
    role: str
    month: Month
    learners: float
    places: float


@dataclass(frozen=True, slots=True)
class FundUse:
    """Dollars of a fund for a program's cohorts that start in a month."""

    fund: str
    program: str
    start: Month
    amount: float


@dataclass(frozen=True, slots=True)
class PinOutcome:
    """What became of a pin; the sentence says why where it does not hold."""

    program: str
    start: Month
    kind: PinKind
    held: bool
    cohorts: int
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class NeedOdds:
    """Simulated odds that supply has reached need, both counted from the first quarter on.

    ``area`` is ``None`` for all areas together. ``error`` is the Monte-Carlo standard error of
    ``odds``; ``low`` and ``high`` are its 95 % Wilson interval. The ``need_*`` and ``supply_*``
    bounds are the 5th and 95th percentiles of the futures.
    """

    role: str
    area: str | None
    quarter: Quarter
    need: float
    need_low: float
    need_high: float
    supply: float
    supply_low: float
    supply_high: float
    odds: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """People expected to be missing, cumulatively, by the end of a quarter.

    ``kind`` *need*: fewer expected than needed; *confidence*: enough expected, but too few spare
    for the odds that were asked for.
    """

    kind: Literal["need", "confidence"]
    role: str
    area: str
    quarter: Quarter
    missing: float
    reason: ReasonCode
    sentence: str


@dataclass(frozen=True, slots=True)
class RoleMargin:
    """Supply planned beyond the expected need, as a share of it, to reach the role's odds."""

    role: str
    margin: float


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan, its simulated odds, what is in the way, and how good it is proven to be.

    ``unmet`` is the weighted number of person-quarters still open (safety margin included, the
    last quarter counted for a year more), each of which counts for ``price`` dollars. No plan that
    leaves as little open costs less than ``cost_bound``; ``gap`` is (cost − cost_bound) / cost.
    """

    cohorts: tuple[PlannedCohort, ...]
    odds: tuple[NeedOdds, ...]
    shortfalls: tuple[Shortfall, ...]
    margins: tuple[RoleMargin, ...]
    cost: float
    cost_bound: float
    unmet: float
    price: float
    gap: float
    seconds: float
    variables: int
    integers: int
    constraints: int
    memory_mb: float
    rounds: int
    futures: int
    seed: int
    problem_digest: str
    supply_use: tuple[SupplyUse, ...] = ()
    notes: tuple[str, ...] = ()
    host_use: tuple[HostUse, ...] = ()
    pins: tuple[PinOutcome, ...] = ()
    fund_use: tuple[FundUse, ...] = ()

    def role_odds(self, role: str) -> NeedOdds:
        """Odds of the role over the whole horizon and all areas. Raises ``KeyError``."""
        rows = [row for row in self.odds if row.role == role and row.area is None]
        if not rows:
            raise KeyError(role)
        return max(rows, key=lambda row: row.quarter)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with an input: where, which field, what, and how to mend it."""

    where: str
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}, {self.field}" if self.field else self.where
        return f"{place}: {self.message} {self.remedy}".strip()


class ProblemError(ValueError):
    """The problem cannot be planned; ``complaints`` lists everything that is wrong."""

    def __init__(self, complaints: tuple[Complaint, ...] | list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, self.complaints)))


# --- JSON ---------------------------------------------------------------------------------------

PROBLEM_FORMAT = "backcast.problem/2"
SOLUTION_FORMAT = "backcast.plan/2"


def problem_to_json(problem: Problem) -> str:
    return json.dumps({"format": PROBLEM_FORMAT, "problem": to_plain(problem)}, ensure_ascii=False)


def problem_from_json(text: str) -> Problem:
    """Raises ``CodecError`` (a ``ValueError``) with the path to what cannot be read.

    Format 1, in which cohorts started by quarter, is read: a quarter becomes its first month.
    """
    format_, plain = _unwrap(text, PROBLEM_FORMAT, "problem")
    if format_ != PROBLEM_FORMAT:
        for program in _rows(plain, "programs"):
            if isinstance(program.get("starts"), list):
                program["starts"] = [_first_month(start) for start in program["starts"]]
    return from_plain(Problem, plain)


def solution_to_json(solution: Solution) -> str:
    return json.dumps({"format": SOLUTION_FORMAT, "plan": to_plain(solution)}, ensure_ascii=False)


def solution_from_json(text: str) -> Solution:
    """Raises ``CodecError`` (a ``ValueError``) with the path to what cannot be read.

    Format 1, in which cohorts started by quarter, is read: a quarter becomes its first month.
    """
    format_, plain = _unwrap(text, SOLUTION_FORMAT, "plan")
    if format_ != SOLUTION_FORMAT:
        for cohort in _rows(plain, "cohorts"):
            if "start" in cohort:
                cohort["start"] = _first_month(cohort["start"])
    return from_plain(Solution, plain)


def digest(problem: Problem) -> str:
    """SHA-256 over the problem's JSON: a plan is out of date when this has changed."""
    return hashlib.sha256(problem_to_json(problem).encode()).hexdigest()


def _unwrap(text: str, expected: str, key: str) -> tuple[str, Any]:
    """The format and what stands under ``key``; an older format is read, too."""
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise CodecError(f"Not JSON: {error}") from error
    name, number = expected.rsplit("/", 1)
    known = [f"{name}/{older}" for older in range(1, int(number) + 1)]
    if not isinstance(plain, dict) or plain.get("format") not in known or key not in plain:
        raise CodecError(f"Expected a file of format “{expected}” with “{key}”.")
    return plain["format"], plain[key]


def _rows(plain: Any, key: str) -> Iterator[dict[str, Any]]:
    rows = plain.get(key) if isinstance(plain, dict) else None
    return (row for row in rows or () if isinstance(row, dict))


def _first_month(quarter: Any) -> Any:
    """The first month of a quarter as format 1 wrote it; anything else as it is."""
    try:
        return str(Month.first_of(Quarter.parse(quarter)))
    except (TypeError, ValueError):
        return quarter
