"""What employers said, weighed one by one: the values that regional estimates are made of.

Pure. Formulas and their sources: docs/methods/demand.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from backcast.core.disclosure import Address

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
class Usual:
    """How far figures usually err: ``own`` and ``between`` as shares, ``gathered`` as a factor."""

    own: float
    between: float
    gathered: float


def usual_band(
    value: float, employers: int, answered: float, usual: Usual, assumed: Assumptions
) -> tuple[float, float]:
    """The band of a figure of this size, of so many employers, where this share of all answered.

    It is made of what is shown anyway and of nothing that this wave's employers said.
    """
    shock = assumed.shock
    alone = min(1.0, usual.gathered / employers)
    unsure = usual.own**2 * ((1 - shock) * alone + shock)
    drawn = usual.between**2 * (1 - answered) / employers
    half = NormalDist().inv_cdf((1 + assumed.confidence) / 2) * value * sqrt(unsure + drawn)
    return max(0.0, value - half), value + half


@dataclass(frozen=True, slots=True)
class Weighted:
    """One statement as it enters the sums: ``value`` is weighted, corrected and without churn.

    ``scale`` is what one person of the employer's own count comes to in it.
    """

    employer: str
    key: Address
    stated: float
    value: float
    deviation: float
    weight: float
    scale: float
