"""Which occupations the graduates of a field of study are counted for, and in what shares.

The CIP–SOC crosswalk is many-to-many. A graduate fills one job, so the shares of a program sum to 1
at most: they are apportioned by how many people work in each occupation (OEWS). Occupations whose
people teach the subject get 0 until somebody confirms them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

#: SOC's entry for "no match" in the crosswalk.
NO_MATCH = "99-9999"
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Target:
    """An occupation that the crosswalk names for a field of study."""

    soc: str
    teaches: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """The share of graduates counted for an occupation, and what it rests on."""

    soc: str
    weight: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Employment:
    """People employed by published SOC code in one area (``source`` says which and when)."""

    source: str
    people: Mapping[str, float]


def apportion(
    targets: Sequence[Target],
    employment: Sequence[Employment],
    published: Callable[[str], str] = lambda soc: soc,
) -> list[Share]:
    """Shares that sum to 1, or to 0 where all targets teach. Order of ``targets`` is kept.

    ``published`` gives the code under which figures of a SOC code appear: occupations that share a
    combined code (31-1121 and 31-1122 under 31-1120) divide its people evenly. The first area of
    ``employment`` that has figures for every target decides; where none has, shares are equal.
    """
    real = [target for target in targets if target.soc != NO_MATCH]
    counted = list(dict.fromkeys(target.soc for target in real if not target.teaches))
    weights, source = _weights(counted, employment, published)
    shares = []
    for target in dict.fromkeys(real):
        if target.teaches:
            shares.append(
                Share(target.soc, Decimal(0), "People who teach the subject: 0 until confirmed")
            )
        else:
            shares.append(Share(target.soc, weights[target.soc], source))
    return shares


def _weights(
    socs: Sequence[str],
    employment: Sequence[Employment],
    published: Callable[[str], str],
) -> tuple[dict[str, Decimal], str]:
    if len(socs) == 1:
        return {socs[0]: Decimal(1)}, "CIP–SOC crosswalk: the only occupation"
    sharing: dict[str, int] = {}
    for soc in socs:
        sharing[published(soc)] = sharing.get(published(soc), 0) + 1
    for area in employment:
        people = {soc: area.people.get(published(soc), 0) / sharing[published(soc)] for soc in socs}
        total = sum(people.values())
        if total > 0 and all(people.values()):
            return (
                {soc: _share(count / total) for soc, count in people.items()},
                f"CIP–SOC crosswalk, by employment: {area.source}",
            )
    return (
        {soc: _share(1 / len(socs)) for soc in socs},
        "CIP–SOC crosswalk, in equal shares: employment is not published for all of them",
    )


def _share(value: float) -> Decimal:
    """Rounded down to four places, so that shares never sum to more than 1."""
    return Decimal(str(value)).quantize(_PLACES, rounding=ROUND_DOWN)
