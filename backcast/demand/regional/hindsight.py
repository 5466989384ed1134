"""What was expected beside who was hired: bias and error, of everybody and of each employer.

Pure. Formulas and their sources: docs/methods/demand.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """One employer, role and quarter: openings expected in the wave and people hired since."""

    employer: str
    role: str
    quarter: str
    expected: float
    hired: float


@dataclass(frozen=True, slots=True)
class Error:
    """``bias`` is hired for each one expected (1: as expected), ``own`` before it was shrunk.

    ``off`` is the mean absolute error as a share of those hired, over ``measured`` of ``compared``
    figures: where nobody was hired there is no such share.
    """

    compared: int
    measured: int
    expected: float
    hired: float
    bias: float | None
    own: float | None
    off: float | None


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The error of everybody, and of each employer."""

    everybody: Error
    employers: Mapping[str, Error]


def hindsight(compared: Iterable[Compared], shrink: float) -> Hindsight:
    """Compare. An employer's bias is drawn to everybody's: n figures of its own weigh n/(n + shrink)."""
    rows = list(compared)
    whole = _error(rows)
    employers: dict[str, list[Compared]] = {}
    for row in rows:
        employers.setdefault(row.employer, []).append(row)
    return Hindsight(
        whole,
        {name: _drawn(_error(mine), whole, shrink) for name, mine in employers.items()},
    )


@dataclass(frozen=True, slots=True)
class Corrections:
    """What employers' numbers are multiplied by, for what was hired after earlier waves.

    ``everybody`` holds for employers with no figures of their own; it rests on ``compared`` figures
    of so many ``employers``.
    """

    everybody: float
    own: Mapping[str, float]
    compared: int
    employers: int

    def of(self, employer: str) -> float:
        return self.own.get(employer, self.everybody)


def corrections(
    compared: Iterable[Compared], shrink: float, limits: tuple[float, float]
) -> Corrections | None:
    """An employer's bias drawn to everybody's, and everybody's to 1: n figures weigh n/(n + shrink).

    None where nothing can be compared. No factor leaves ``limits``.
    """
    found = hindsight(compared, shrink)
    whole = found.everybody
    if whole.bias is None:
        return None
    low, high = limits

    def drawn(own: float, count: int, towards: float) -> float:
        return towards + count / (count + shrink) * (own - towards)

    everybody = drawn(whole.bias, whole.compared, 1.0)
    return Corrections(
        min(high, max(low, everybody)),
        {
            name: min(high, max(low, drawn(each.own, each.compared, everybody)))
            for name, each in found.employers.items()
            if each.own is not None
        },
        whole.compared,
        len(found.employers),
    )


def _error(rows: list[Compared]) -> Error:
    expected = sum(row.expected for row in rows)
    hired = sum(row.hired for row in rows)
    shares = [abs(row.expected - row.hired) / row.hired for row in rows if row.hired > 0]
    bias = hired / expected if expected > 0 else None
    return Error(
        len(rows),
        len(shares),
        expected,
        hired,
        bias,
        bias,
        sum(shares) / len(shares) if shares else None,
    )


def _drawn(own: Error, whole: Error, shrink: float) -> Error:
    if own.bias is None or whole.bias is None:
        bias = whole.bias
    else:
        weight = own.compared / (own.compared + shrink)
        bias = whole.bias + weight * (own.bias - whole.bias)
    return Error(own.compared, own.measured, own.expected, own.hired, bias, own.own, own.off)
