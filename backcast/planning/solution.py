"""What is answered: the plan as cohorts, its odds, what is in the way, and how good it is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.problem import PinKind

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

    def reaches(self, asked: float) -> bool:
        """Are the odds those that were asked for, within the simulation's error (twice it)?"""
        return self.odds >= asked - 2 * self.error


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


LimitKind = Literal[
    "resource",
    "host",
    "places",
    "recruits",
    "at_once",
    "support",
    "budget",
    "quarter_budget",
    "fund",
]


@dataclass(frozen=True, slots=True)
class Unit:
    """One natural unit of a limit: a person who teaches, a place, $10,000, a cohort at once, 10 people.

    ``target`` is the id of the resource, host, program, support or fund; ``role``, ``area``,
    ``schedule`` and ``quarter`` say where, for the kinds that have them. ``title`` says what it is.
    """

    kind: LimitKind
    amount: float
    title: str
    target: str = ""
    role: str = ""
    area: str = ""
    schedule: str = ""
    quarter: Quarter | None = None


@dataclass(frozen=True, slots=True)
class OddsMove:
    """A role's odds over the horizon, before and after."""

    role: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class UnitWorth:
    """What one more unit of a limit brings the plan.

    ``shadow`` is what the relaxation's prices promise and ``solved`` what planning again with whole
    cohorts brought: dollars of cost and of open need at its price, above 0 where it helps. ``hires``
    (expected), ``missing`` (people missing at the end), ``waiting`` (person-quarters missing on the
    way), ``cost`` (dollars) and ``cohorts``: after less before.
    """

    unit: Unit
    shadow: float
    solved: float
    hires: float
    missing: float
    waiting: float
    cost: float
    cohorts: int
    odds: tuple[OddsMove, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class RaisedOdds:
    """The cheapest way found to raise a role's odds to ``target``.

    ``after`` are the odds that ``changes`` bring, at ``cost`` dollars more; ``units`` names what else
    there would have to be, and ``count`` of it, where the limits do not allow ``target``.
    """

    role: str
    target: float
    before: float
    after: float
    margin: float
    cost: float
    reached: bool
    sentence: str
    changes: tuple[str, ...]
    unit: Unit | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan, its simulated odds, what is in the way, and how good it is proven to be.

    ``unmet`` is the weighted number of person-quarters still open (safety margin included, the
    last quarter counted for a year more), each of which counts for ``price`` dollars. No plan that
    leaves as little open costs less than ``cost_bound``; ``gap`` is what may still be saved,
    cost − cost_bound, as a share of cost and open needs at their price.
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
    worths: tuple[UnitWorth, ...] = ()
    """What one more of each limit brings; empty where that was not asked for."""
    raised: tuple[RaisedOdds, ...] = ()

    def role_odds(self, role: str) -> NeedOdds:
        """Odds of the role over the whole horizon and all areas. Raises ``KeyError``."""
        rows = [row for row in self.odds if row.role == role and row.area is None]
        if not rows:
            raise KeyError(role)
        return max(rows, key=lambda row: row.quarter)
