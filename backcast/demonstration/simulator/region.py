"""What the world sees of a simulated region: everything a planner may read, nothing hidden.

All objects are frozen and refer to each other by ``key`` (short text, unique in its list). Days are
``datetime.date``; money is whole US dollars except hourly wages, which are dollars with cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backcast.core.months import Month
from backcast.core.quarters import Quarter

ENROLLED = "enrolled"
COMPLETED = "completed"
CREDENTIALED = "credentialed"
EXTERNSHIP = "externship"
HIRED = "hired"
RETAINED = "retained"

PASSED = "passed"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Area:
    """A labour area: a set of counties, and the areas that adjoin it (both ways)."""

    key: str
    name: str
    counties: tuple[str, ...]
    adjoining: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occupation:
    """A kind of work that someone in the region needs, with its CIP and its credential.

    ``onet_soc`` is a true O*NET-SOC 2019 code; it is empty for the made-up specialties that very
    large regions need, whose ``key`` then is their own code.
    """

    key: str
    onet_soc: str
    title: str
    sector: str
    cip: str
    credential: str


@dataclass(frozen=True, slots=True)
class Site:
    key: str
    name: str
    area: str
    county: str


@dataclass(frozen=True, slots=True)
class Employer:
    key: str
    name: str
    kind: str
    sector: str
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Openings:
    """People needed in one quarter: 0 <= low <= likely <= high."""

    quarter: Quarter
    low: int
    likely: int
    high: int

    @property
    def mean(self) -> float:
        """Mean of the PERT distribution: (low + 4 likely + high) / 6."""
        return (self.low + 4 * self.likely + self.high) / 6


@dataclass(frozen=True, slots=True)
class Offer:
    """What an employer gives: places or people a quarter, dollars or hours for each person."""

    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class Need:
    """What one site says it needs of one occupation, as it says it: noisy and biased.

    Wages are dollars an hour, from low to high; ``hours`` are those of a working week.
    """

    key: str
    employer: str
    site: str
    area: str
    occupation: str
    own_title: str
    openings: tuple[Openings, ...]
    cause: str
    start_by: date
    wage_low: Decimal
    wage_high: Decimal
    hours: int
    schedule: str
    employment: str
    required_competencies: tuple[str, ...]
    required_credential: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    key: str
    name: str
    kind: str
    area: str
    county: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a program after enrolment.

    ``typical_days`` from entering the stage to passing it; after ``window_days`` a learner who has
    not passed counts as lost, and never before: that is what makes an outcome mature.
    """

    key: str
    typical_days: int
    window_days: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Dollars for each learner."""

    tuition: int
    fees: int
    books: int
    supplies: int
    exam: int

    @property
    def total(self) -> int:
        return self.tuition + self.fees + self.books + self.supplies + self.exam


@dataclass(frozen=True, slots=True)
class Program:
    """A training program as its provider describes it.

    ``at_once`` counts cohorts that may run at the same time beside the ordinary ones that the
    provider holds anyway; ``ordinary_starts_per_year`` and ``completers_last_year`` describe those.
    ``possible_starts`` are the first Mondays of ``start_months`` over the horizon.
    """

    key: str
    provider: str
    area: str
    title: str
    cip: str
    occupations: tuple[str, ...]
    credential: str
    clock_hours: int
    weeks: int
    mode: str
    schedule: str
    costs: Costs
    min_size: int
    max_size: int
    at_once: int
    start_months: tuple[int, ...]
    possible_starts: tuple[date, ...]
    externship_places_per_learner: int
    externship_hours: int
    stages: tuple[Stage, ...]
    ordinary_starts_per_year: int
    completers_last_year: int

    def first_start_in(self, month: Month) -> date | None:
        """The first possible start in a month, or ``None``."""
        starts = (day for day in self.possible_starts if Month.of(day) == month)
        return next(starts, None)


@dataclass(frozen=True, slots=True)
class Step:
    """One learner in one stage: ``outcome`` is passed, failed or, while open, empty."""

    stage: str
    entered: date
    outcome: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner's way through a program; no name, no person. Steps follow the program's stages."""

    key: str
    cohort: str
    program: str
    start: date
    steps: tuple[Step, ...]
    hired_as: str
    hired_in: str


@dataclass(frozen=True, slots=True)
class ExternshipPlaces:
    """Places that a host still has free in a quarter, beside those promised to running cohorts.

    They say by quarter what the needs of the site offer as ``externship_places``.
    """

    site: str
    occupation: str
    quarter: Quarter
    places: int


@dataclass(frozen=True, slots=True)
class LookedBack:
    """A past quarter of a need: openings that its site had expected when asked (the mean of its low,
    likely and high), and that came.

    ``wave`` counts the years since: the quarters of one wave were expected on one day.
    """

    need: str
    employer: str
    occupation: str
    wave: int
    quarter: Quarter
    expected: float
    came: int


@dataclass(frozen=True, slots=True)
class Region:
    """A made-up region on the day ``today``."""

    name: str
    seed: int
    scale: float
    today: date
    first_quarter: Quarter
    quarters: int
    areas: tuple[Area, ...]
    occupations: tuple[Occupation, ...]
    employers: tuple[Employer, ...]
    needs: tuple[Need, ...]
    providers: tuple[Provider, ...]
    programs: tuple[Program, ...]
    learners: tuple[Learner, ...]
    places: tuple[ExternshipPlaces, ...]
    yearly_budget: int
    looked_back: tuple[LookedBack, ...] = ()
