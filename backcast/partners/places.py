"""Which labour area a county belongs to."""

from __future__ import annotations

from backcast.partners.models import LabourArea


def county_name(text: str) -> str:
    """A county's name as it is stored: without the word County, spaces in order.

    >>> county_name("  Cape   May County ")
    'Cape May'
    """
    words = text.split()
    if len(words) > 1 and words[-1].casefold().strip(".") in ("county", "co"):
        words.pop()
    return " ".join(words)


def area_of(region_id: int, state: str, county: str) -> LabourArea | None:
    """The area in use that covers the county; None where no area does (or no county is given)."""
    name = county_name(county)
    if not name:
        return None
    return (
        LabourArea.objects.filter(
            region=region_id,
            archived_at__isnull=True,
            counties__state__iexact=state.strip(),
            counties__name__iexact=name,
        )
        .order_by("pk")
        .first()
    )
