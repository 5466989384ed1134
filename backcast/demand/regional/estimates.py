"""How many people the employers of a region need, from what those who answered said.

Pure. Formulas and their sources: docs/methods/demand.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from backcast.core.disclosure import ALL, Address
from backcast.core.disclosure.tables import Floats
from backcast.demand.regional.statements import (
    TURNOVER,
    Asked,
    Assumptions,
    Estimate,
    Stated,
    Weighted,
    pert,
    strata,
)


class _Rows:
    """Weighted statements as columns."""

    def __init__(self, weighted: Sequence[Weighted], roster: Sequence[str]) -> None:
        order = {name: index for index, name in enumerate(roster)}
        self.employer = np.array([order[row.employer] for row in weighted], dtype=np.int64)
        self.stated = np.array([row.stated for row in weighted], dtype=np.float64)
        self.value = np.array([row.value for row in weighted], dtype=np.float64)
        self.deviation = np.array([row.deviation for row in weighted], dtype=np.float64)
        self.weight = np.array([row.weight for row in weighted], dtype=np.float64)
        #: For each dimension its values, and of which value each statement is.
        self.places: list[dict[str, int]] = []
        self.codes: list[NDArray[np.int64]] = []
        for index in range(4):
            place: dict[str, int] = {}
            codes = [place.setdefault(row.key[index], len(place)) for row in weighted]
            self.places.append(place)
            self.codes.append(np.array(codes, dtype=np.int64))


def _flat(codes: Sequence[Any], sizes: Sequence[int]) -> Any:
    """One number for the codes of several dimensions."""
    found: Any = np.int64(0)
    for code, size in zip(codes, sizes, strict=True):
        found = found * size + code
    return found


class Regional:
    """Estimates for any sum over roles, quarters, causes and areas.

    ``answered`` says, for each role, who answered about it (also who answered that it needs nobody).
    ``corrections``: what an employer's numbers are multiplied by (hindsight); 1 where it is not named.
    """

    def __init__(
        self,
        roster: Sequence[Asked],
        answered: Mapping[str, frozenset[str]],
        said: Iterable[Stated],
        assumptions: Assumptions,
        corrections: Mapping[str, float] | None = None,
    ) -> None:
        self.corrections = corrections or {}
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
        self._headcounts = np.array([each.headcount for each in self.roster.values()])
        self._rows = _Rows(self.weighted, list(self.roster))

    def weight(self, employer: str, role: str) -> float:
        stratum = self._stratum.get((role, self.roster[employer].size))
        return stratum.weight if stratum else 1.0

    def _weigh(self, said: Stated) -> Weighted:
        mean, deviation = pert(said.low, said.likely, said.high)
        kept = 1.0
        if said.cause == TURNOVER:
            kept -= said.refill if said.refill is not None else self.refill.get(said.role, 0.0)
        weight = self.weight(said.employer, said.role)
        kept *= (correction := self.corrections.get(said.employer, 1.0))
        return Weighted(
            said.employer,
            (said.role, said.quarter, said.cause, said.area),
            mean,
            mean * kept * weight,
            deviation * kept * weight,
            weight,
            weight * correction,
        )

    def estimate(self, address: Address) -> Estimate:
        """The sum over everything that ``address`` holds."""
        return self.estimates([address])[address]

    def estimates(self, addresses: Iterable[Address]) -> dict[Address, Estimate]:
        """The same for many addresses: one pass over the statements for each shape of address."""
        wanted = list(dict.fromkeys(addresses))
        shapes: dict[tuple[bool, ...], list[Address]] = defaultdict(list)
        for address in wanted:
            shapes[tuple(part == ALL for part in address)].append(address)
        found: dict[Address, Estimate] = {}
        for shape, mine in shapes.items():
            found.update(zip(mine, self._sums(shape, mine), strict=True))
        return {address: found[address] for address in wanted}

    def _sums(self, shape: tuple[bool, ...], addresses: Sequence[Address]) -> list[Estimate]:
        """Sums over addresses that all leave out the same dimensions."""
        rows, count, employers = self._rows, len(addresses), len(self.roster)
        kept = [index for index, whole in enumerate(shape) if not whole]
        sizes = [len(rows.places[index]) for index in kept]
        spot = np.full(int(np.prod(sizes, dtype=np.int64)), -1)
        for number, address in enumerate(addresses):
            parts = [rows.places[index].get(address[index]) for index in kept]
            if None not in parts:
                spot[_flat([np.int64(part or 0) for part in parts], sizes)] = number
        group = spot[_flat([rows.codes[index] for index in kept], sizes)]
        if not kept:
            group = np.zeros(len(rows.value), dtype=np.int64)
        inside = group >= 0
        group, who, role = group[inside], rows.employer[inside], rows.codes[0][inside]

        def summed(values: Floats) -> Floats:
            return np.bincount(group, values[inside], count).astype(np.float64)

        stated, value = summed(rows.stated), summed(rows.value)
        shock = self.assumptions.shock
        unsure = np.sqrt(
            (1 - shock) * summed(rows.deviation**2) + shock * summed(rows.deviation) ** 2
        )
        own = np.bincount(group * employers + who, rows.value[inside], count * employers)
        having = (own.reshape(count, employers) > 0).sum(axis=1)
        drawn, degrees = np.zeros(count), np.zeros(count, dtype=np.int64)
        plain = rows.value[inside] / rows.weight[inside]
        for name, code in rows.places[0].items():
            here = role == code
            there = np.bincount(group[here], minlength=count) > 0
            totals = (
                np.bincount(group[here] * employers + who[here], plain[here], count * employers)
                .reshape(count, employers)
                .astype(np.float64)
            )
            variance, free = self._drawn(name, totals)
            # The same employers miss in each role, so that the errors of roles add up.
            drawn += np.sqrt(variance)
            degrees = np.maximum(degrees, np.where(there, free, 0))
        tail = (1 + self.assumptions.confidence) / 2
        freedom = np.where((degrees > 0) & (drawn > 0), degrees, 10_000)
        half = student.ppf(tail, freedom) * np.sqrt(unsure**2 + drawn**2)
        return [
            Estimate(
                float(stated[n]),
                float(value[n]),
                max(0.0, float(value[n] - half[n])),
                float(value[n] + half[n]),
                int(having[n]),
                float(drawn[n]),
                float(unsure[n]),
            )
            for n in range(count)
        ]

    def _drawn(self, role: str, totals: Floats) -> tuple[Floats, int]:
        """Variance from asking all and hearing some (Cochran 1977, ch. 6), and its degrees of freedom.

        ``totals``: sum × employer, in the order of the roster.
        """
        variance, degrees = np.zeros(len(totals)), 0
        for stratum in self.strata.get(role, ()):
            there = [
                index
                for index, (name, asked) in enumerate(self.roster.items())
                if asked.size in stratum.sizes and name in self.answered[role]
            ]
            if len(there) < 2 or stratum.asked == len(there) or not stratum.covered:
                continue
            heads = self._headcounts[there]
            mine = totals[:, there]
            ratio = mine.sum(axis=1) / stratum.covered
            left = mine - ratio[:, None] * heads[None, :]
            square = (left**2).sum(axis=1) / (len(there) - 1)
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
