"""A stand-in for needs that nobody has stated yet: published national openings, scaled to a region.

Openings of a role in a region a year ≈ national openings a year × the region's share of the nation's
employment in the occupation. National openings are exits, transfers and growth (BLS occupational
separations method; rules of the field, E.1). It says where to begin asking, never what employers
will answer; every need made from it is marked as assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backcast.core.quarters import Quarter


@dataclass(frozen=True, slots=True)
class Published:
    """What is published of an occupation: people employed, and openings a year, in people."""

    national_openings: int
    national_employment: int
    regional_employment: int


@dataclass(frozen=True, slots=True)
class Openings:
    """Openings in one area and quarter; ``low`` ≤ ``likely`` ≤ ``high``, whole people."""

    area: str
    quarter: Quarter
    low: int
    likely: int
    high: int


def yearly_openings(published: Published) -> float:
    """National openings a year × the region's share of employment. Raises ``ValueError``."""
    if published.national_employment <= 0:
        raise ValueError("No national employment is published for this occupation.")
    if min(published.national_openings, published.regional_employment) < 0:
        raise ValueError("Openings and employment cannot be below 0.")
    return (
        published.national_openings * published.regional_employment / published.national_employment
    )


def stand_in(
    yearly: float,
    *,
    people: Mapping[str, int],
    first: Quarter,
    quarters: int,
    low: float,
    high: float,
) -> list[Openings]:
    """Spread ``yearly`` openings evenly over ``quarters`` from ``first``, and over areas by ``people``.

    ``low`` and ``high`` are factors on the likely number. Rounding carries the remainder on from
    quarter to quarter, so that an area's sum is right to within half a person. Areas and quarters
    with nothing to open are left out.
    """
    everyone = sum(people.values())
    if everyone <= 0:
        raise ValueError("The areas have no population to divide openings by.")
    if not 0 <= low <= 1 <= high:
        raise ValueError("The low factor lies between 0 and 1, the high factor at 1 or above.")
    found = []
    for area, count in people.items():
        each = yearly / 4 * count / everyone
        given = 0
        for step, quarter in enumerate(first.range(quarters), start=1):
            likely = round(each * step) - given
            given += likely
            if likely > 0:
                least, most = int(likely * low + 0.5), int(likely * high + 0.5)
                found.append(Openings(area, quarter, least, likely, max(most, likely)))
    return found
