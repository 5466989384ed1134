"""How many people the employers of a region need, from what those who answered said.

Pure. Formulas and their sources: docs/methods/demand.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.stats import t as student

from backcast.core.disclosure import ALL, Address

#: From small to large: strata that are too thin join the next one.
SIZES = ("small", "medium", "large", "very_large")
TURNOVER = "turnover"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """``shock``: correlation of employers' errors. ``confidence``: of the printed bands."""

    shock: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Asked:
    """An employer of the roster. ``headcount`` is known of all of them, whether they answer or not."""

    employer: str
    size: str
    headcount: float


@dataclass(frozen=True, slots=True)
class Stated:
    """What an employer said of one role, area, quarter and cause; ``refill`` where it said so.

    ``refill`` is the share of leavers whom it replaces from other employers near by.
    """

    employer: str
    role: str
    quarter: str
    cause: str
    area: str
    low: float
    likely: float
    high: float
    refill: float | None = None


def pert(low: float, likely: float, high: float) -> tuple[float, float]:
    """Mean and standard deviation of a three-point estimate (Malcolm et al. 1959)."""
    return (low + 4 * likely + high) / 6, (high - low) / 6


def spread_of_sum(deviations: Iterable[float], shock: float) -> float:
    """Standard deviation of a sum whose parts move together with correlation ``shock``."""
    given = list(deviations)
    return sqrt((1 - shock) * sum(d * d for d in given) + shock * sum(given) ** 2)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Employers of like size: how many were asked and answered, and the headcount of each."""

    sizes: tuple[str, ...]
    asked: int
    answered: int
    headcount: float
    covered: float

    @property
    def weight(self) -> float:
        """What one person employed by those who answered stands for."""
        return self.headcount / self.covered if self.covered else 1.0


def strata(roster: Sequence[Asked], answered: frozenset[str]) -> tuple[Stratum, ...]:
    """By size; one with fewer than two answers joins the next larger (the last, the next smaller)."""
    found: list[Stratum] = []
    waiting: tuple[str, ...] = ()
    for size in SIZES:
        waiting += (size,)
        stratum = _stratum(roster, answered, waiting)
        if stratum.answered >= 2:
            found.append(stratum)
            waiting = ()
    if waiting and (rest := _stratum(roster, answered, waiting)).asked:
        if found:
            rest = _stratum(roster, answered, found.pop().sizes + waiting)
        found.append(rest)
    return tuple(found)


def _stratum(roster: Sequence[Asked], answered: frozenset[str], sizes: tuple[str, ...]) -> Stratum:
    asked = [each for each in roster if each.size in sizes]
    there = [each for each in asked if each.employer in answered]
    return Stratum(
        sizes,
        len(asked),
        len(there),
        sum(each.headcount for each in asked),
        sum(each.headcount for each in there),
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """People needed: ``stated`` by those who answered, ``value`` of all, with its band.

    ``drawn`` and ``unsure`` are the parts of its standard deviation: that not all answered, and
    that those who did are not sure.
    """

    stated: float
    value: float
    low: float
    high: float
    employers: int
    drawn: float
    unsure: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """One statement as it enters the sums: ``value`` is weighted and without churn."""

    employer: str
    key: Address
    stated: float
    value: float
    deviation: float
    weight: float


class Regional:
    """Estimates for any sum over roles, quarters, causes and areas.

    ``answered`` says, for each role, who answered about it (also who answered that it needs nobody).
    """

    def __init__(
        self,
        roster: Sequence[Asked],
        answered: Mapping[str, frozenset[str]],
        said: Iterable[Stated],
        assumptions: Assumptions,
    ) -> None:
        self.roster = {each.employer: each for each in roster}
        self.answered = answered
        self.assumptions = assumptions
        self.strata = {role: strata(roster, who) for role, who in answered.items()}
        self._stratum = {
            (role, size): stratum
            for role, found in self.strata.items()
            for stratum in found
            for size in stratum.sizes
        }
        given = list(said)
        self.refill = _refills(given)
        self.weighted = [self._weigh(each) for each in given]

    def weight(self, employer: str, role: str) -> float:
        stratum = self._stratum.get((role, self.roster[employer].size))
        return stratum.weight if stratum else 1.0

    def _weigh(self, said: Stated) -> Weighted:
        mean, deviation = pert(said.low, said.likely, said.high)
        kept = 1.0
        if said.cause == TURNOVER:
            kept -= said.refill if said.refill is not None else self.refill.get(said.role, 0.0)
        weight = self.weight(said.employer, said.role)
        return Weighted(
            said.employer,
            (said.role, said.quarter, said.cause, said.area),
            mean,
            mean * kept * weight,
            deviation * kept * weight,
            weight,
        )

    def estimate(self, address: Address) -> Estimate:
        """The sum over everything that ``address`` holds."""
        rows = [
            row
            for row in self.weighted
            if all(part in (ALL, other) for part, other in zip(address, row.key, strict=True))
        ]
        return self._sum(rows)

    def estimates(self, addresses: Iterable[Address]) -> dict[Address, Estimate]:
        """The same for many addresses, in one pass over the statements for each shape of address."""
        wanted = list(addresses)
        shapes: dict[tuple[bool, ...], dict[Address, list[Weighted]]] = {}
        for address in wanted:
            shapes.setdefault(tuple(part == ALL for part in address), {})[address] = []
        for shape, groups in shapes.items():
            for row in self.weighted:
                key = tuple(
                    ALL if whole else part for whole, part in zip(shape, row.key, strict=True)
                )
                if key in groups:
                    groups[key].append(row)
        return {
            address: self._sum(shapes[tuple(part == ALL for part in address)][address])
            for address in wanted
        }

    def _sum(self, rows: Sequence[Weighted]) -> Estimate:
        value = sum(row.value for row in rows)
        unsure = spread_of_sum((row.deviation for row in rows), self.assumptions.shock)
        by_role: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for row in rows:
            by_role[row.key[0]][row.employer] += row.value / row.weight
        drawn, degrees = 0.0, 0
        for role, totals in by_role.items():
            variance, free = self._drawn(role, totals.get)
            # The same employers miss in each role, so that the errors of roles add up.
            drawn += sqrt(variance)
            degrees = max(degrees, free)
        deviation = sqrt(unsure**2 + drawn**2)
        tail = (1 + self.assumptions.confidence) / 2
        half = float(student.ppf(tail, degrees if degrees and drawn else 10_000)) * deviation
        return Estimate(
            sum(row.stated for row in rows),
            value,
            max(0.0, value - half),
            value + half,
            len({row.employer for row in rows if row.value > 0}),
            drawn,
            unsure,
        )

    def _drawn(self, role: str, total: Callable[[str, float], float]) -> tuple[float, int]:
        """Variance from asking all and hearing some (Cochran 1977, ch. 6), and its degrees of freedom."""
        variance, degrees = 0.0, 0
        for stratum in self.strata.get(role, ()):
            there = [
                self.roster[name]
                for name in self.answered[role]
                if self.roster[name].size in stratum.sizes
            ]
            if len(there) < 2 or stratum.asked == len(there) or not stratum.covered:
                continue
            ratio = sum(total(each.employer, 0.0) for each in there) / stratum.covered
            left = [total(each.employer, 0.0) - ratio * each.headcount for each in there]
            square = sum(each * each for each in left) / (len(there) - 1)
            part = 1 - len(there) / stratum.asked
            # The weight that was in fact used, in place of asked/answered.
            variance += (stratum.weight * len(there)) ** 2 * part * square / len(there)
            degrees += len(there) - 1
        return variance, degrees

    def coverage(self, role: str) -> tuple[int, int, float]:
        """Employers asked, employers that answered, and the share of the headcount these employ."""
        found = self.strata.get(role, ())
        whole = sum(each.headcount for each in found)
        covered = sum(each.covered for each in found)
        return (
            sum(each.asked for each in found),
            sum(each.answered for each in found),
            covered / whole if whole else 0.0,
        )


def _refills(said: Sequence[Stated]) -> dict[str, float]:
    """Per role the share that those who say so refill near by, weighted by their leavers."""
    whole: dict[str, float] = defaultdict(float)
    taken: dict[str, float] = defaultdict(float)
    for each in said:
        if each.cause == TURNOVER and each.refill is not None:
            mean = pert(each.low, each.likely, each.high)[0]
            whole[each.role] += mean
            taken[each.role] += mean * each.refill
    return {role: taken[role] / whole[role] for role in whole if whole[role] > 0}
