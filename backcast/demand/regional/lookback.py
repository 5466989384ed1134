"""What planning learns from hires: what employers expected in past waves, and who was hired since."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max
from django.utils import timezone

from backcast.core.quarters import Quarter
from backcast.demand.models import Hired, Wave
from backcast.demand.regional.access import expected_of
from backcast.frameworks.models import Occupation
from backcast.partners.models import Region


@dataclass(frozen=True, slots=True)
class LookedBack:
    """What an employer expected of a quarter in one occupation, and who was hired. ``wave`` counts back
    from the newest that was looked back on, which is 1."""

    employer: int
    occupation: Occupation
    wave: int
    quarter: Quarter
    expected: float
    hired: int


def looked_back_on(region: Region | int) -> list[LookedBack]:
    """For planning: hires of the region beside what was expected. To be used by staff or the system."""
    rows = (
        Hired.objects.filter(region=region, archived_at=None, role__occupation__isnull=False)
        .select_related("role__occupation")
        .order_by("quarter_start", "pk")
    )
    found = list(
        expected_of(list(rows), region if isinstance(region, int) else region.pk, timezone.now())
    )
    frozen = Wave.objects.filter(pk__in={wave for *_, wave in found}).order_by("-frozen_at")
    order = {pk: number for number, pk in enumerate(frozen.values_list("pk", flat=True), start=1)}
    out = []
    for row, expected, wave in found:
        assert row.role.occupation is not None
        out.append(
            LookedBack(
                row.employer_id, row.role.occupation, order[wave], row.quarter, expected, row.people
            )
        )
    return out


def fingerprint(region: Region) -> str:
    """Changes when what ``looked_back_on`` reads does."""
    hires = Hired.objects.filter(region=region, archived_at=None).aggregate(
        n=Count("pk"), last=Max("updated_at")
    )
    waves = Wave.objects.filter(region=region, status=Wave.Status.FROZEN).aggregate(
        n=Count("pk"), last=Max("frozen_at")
    )
    return f"{hires['n']} {hires['last']} {waves['n']} {waves['last']}"
