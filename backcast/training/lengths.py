"""How long a program takes, in weeks, from what is known of it.

Clock hours do not say how many weeks they are spread over; a band of lengths does so roughly. The
longer of the two readings is taken, since a plan that counts on people too early fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from backcast.training.assumptions import Assumptions

#: More clock hours than this in a week is not possible for long.
MOST_HOURS_A_WEEK = 40


class LengthError(ValueError):
    """Neither weeks nor anything to work them out from."""


@dataclass(frozen=True, slots=True)
class Length:
    """Weeks to one decimal, and what they rest on (``source`` empty: the list itself)."""

    weeks: Decimal
    basis: str
    source: str = ""
    assumption: str = ""


def weeks_of(
    stated: Decimal | None,
    hours: Decimal | None,
    band: str,
    assumptions: Assumptions,
    cip: str = "",
) -> Length:
    """Weeks as stated; else of the band, or the hours at full time where that is longer; else of
    the hours alone, at the assumed hours a week. Raises ``LengthError``."""
    if stated is not None and stated > 0:
        return Length(_one(stated), "published")
    middle = (assumptions.bands or {}).get(band.strip())
    if middle is not None:
        at_most = (hours or Decimal(0)) / MOST_HOURS_A_WEEK
        why = f"Assumed: {assumptions.bands_why}"
        return Length(_one(max(Decimal(str(middle)), at_most)), "assumed", why, "length_bands")
    entry = assumptions.find("hours_per_week", cip)
    if hours is not None and hours > 0 and entry is not None and entry.value > 0:
        weeks = hours / Decimal(str(entry.value))
        return Length(_one(weeks), "assumed", entry.source, entry.name)
    if hours is not None and hours > 0:
        raise LengthError(f"{hours:,} clock hours are given, but not over how many weeks.")
    raise LengthError("Neither clock hours nor weeks are given.")


def plausible(hours: float | None, weeks: float | None) -> str:
    """A sentence where hours and weeks cannot both be right; empty where they can."""
    if not hours or not weeks:
        return ""
    a_week = hours / weeks
    if a_week > MOST_HOURS_A_WEEK:
        return (
            f"{hours:,.0f} clock hours in {weeks:g} weeks are {a_week:,.0f} hours a week. "
            f"At most {MOST_HOURS_A_WEEK} are possible: check both numbers."
        )
    if a_week < 1:
        return (
            f"{hours:,.0f} clock hours in {weeks:g} weeks are less than 1 hour a week: check both "
            "numbers."
        )
    return ""


def _one(weeks: Decimal) -> Decimal:
    return max(weeks.quantize(Decimal("0.1")), Decimal("0.1"))
