"""Externship places that come with needs, by area, role and quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from backcast.core.quarters import Quarter
from backcast.demand.models import Need, NeedOffer, NeedQuarter
from backcast.partners.models import Region
from backcast.planning.figures import Figure
from backcast.planning.keys import area_key, role_key
from backcast.planning.problem import ExternshipPlaces
from backcast.training.assumptions import Assumptions


def places_with_needs(
    region: Region,
    openings: Sequence[NeedQuarter],
    first: Quarter,
    quarters: int,
    assumed: Assumptions,
    hosts: Set[tuple[int, str]] = frozenset(),
) -> Iterator[ExternshipPlaces]:
    """Externship places a quarter that employers offer; where a file of assumptions says how many
    places come with an opening and nobody has offered any, as many as that.

    ``hosts``: employers who say by month and role whom they can take. What they offer beside is that
    already, and such a role needs no assumption.
    """
    offered: dict[tuple[str, str], int] = defaultdict(int)
    for offer in NeedOffer.objects.filter(
        need__in=Need.objects.filter(region=region).plannable(),
        kind=NeedOffer.Kind.EXTERNSHIP_PLACES,
        quantity__isnull=False,
    ).select_related("need__occupation"):
        occupation, area = offer.need.occupation, offer.need.area_id
        assert occupation is not None
        assert area is not None
        if (offer.need.employer_id, role_key(occupation)) not in hosts:
            offered[area_key(area), role_key(occupation)] += offer.quantity or 0
    asked_for = {role_key(row.need.occupation) for row in openings if row.need.occupation}
    for (area_id, role), places in offered.items():
        if role not in asked_for:
            continue
        for quarter in first.range(quarters):
            yield ExternshipPlaces(
                area_id, role, quarter, Figure(places, "stated", "Offered by employers")
            )
    entry = assumed.find("externship_places_per_opening")
    if entry is None:
        return
    covered = {role for _, role in (*offered, *hosts)}
    expected: dict[tuple[str, str, Quarter], float] = defaultdict(float)
    for row in openings:
        occupation, area = row.need.occupation, row.need.area_id
        assert occupation is not None
        assert area is not None
        if role_key(occupation) not in covered:
            expected[area_key(area), role_key(occupation), Quarter.of(row.quarter_start)] += (
                row.likely
            )
    for (area_id, role, quarter), likely in expected.items():
        yield ExternshipPlaces(
            area_id,
            role,
            quarter,
            Figure(likely * entry.value, "assumed", entry.source, entry.name),
        )
