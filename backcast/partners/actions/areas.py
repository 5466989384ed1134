"""Labour areas: sets of counties within which people travel to work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.partners import access
from backcast.partners.models import County, LabourArea, Region, Site
from backcast.partners.places import county_name

#: A county as people give it: state (two letters) and name.
Place = tuple[str, str]


def add_area(
    *, actor: Actor, name: str, counties: Sequence[Place], adjoining: Iterable[LabourArea] = ()
) -> LabourArea:
    """Define a labour area of the actor's region. A county may belong to one area only."""
    access.require_staff(actor, Role.MEMBER)
    return _save(LabourArea(region=access.region_of(actor)), actor, name, counties, adjoining)


def edit_area(
    area: LabourArea,
    *,
    actor: Actor,
    name: str,
    counties: Sequence[Place],
    adjoining: Iterable[LabourArea] = (),
) -> LabourArea:
    """Change an area; sites in counties that come or go change their area with them."""
    access.require_staff(actor, Role.MEMBER)
    return _save(area, actor, name, counties, adjoining)


def archive_area(area: LabourArea, *, actor: Actor) -> None:
    """Take an area out of use; refused while sites in use lie in it."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.archive_area"):
        in_use = Site.objects.filter(
            area=area, archived_at=None, organisation__archived_at=None
        ).count()
        if in_use:
            raise ValidationError(
                _(
                    "%(count)s sites lie in this area. Give their counties to another area first,"
                    " then archive this one."
                )
                % {"count": in_use}
            )
        area.archived_at = timezone.now()
        area.save(update_fields=["archived_at", "updated_at"])


def restore_area(area: LabourArea, *, actor: Actor) -> None:
    """Bring an archived area back; sites in its counties belong to it again."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.restore_area"):
        area.archived_at = None
        area.save(update_fields=["archived_at", "updated_at"])
        _place_sites(area.region)


def _save(
    area: LabourArea,
    actor: Actor,
    name: str,
    counties: Sequence[Place],
    adjoining: Iterable[LabourArea],
) -> LabourArea:
    wanted = _clean(counties)
    with acting(actor, "partners.edit_area" if area.pk else "partners.add_area"):
        # One change of the region's map at a time, so that no county lands in two areas.
        Region.objects.select_for_update().get(pk=area.region_id)
        area.name = " ".join(name.split())
        area.full_clean()
        _refuse_taken(area, wanted)
        area.save()
        kept = {}
        for county in area.counties.all():
            key = (county.state, county.name.casefold())
            if key in wanted:
                kept[key] = county
            else:
                county.delete()
        for key, place_name in wanted.items():
            if key not in kept:
                County.objects.create(region=area.region, area=area, state=key[0], name=place_name)
        area.adjoining.set([other for other in adjoining if other.pk != area.pk])
        _place_sites(area.region)
        return area


def _clean(counties: Sequence[Place]) -> dict[tuple[str, str], str]:
    """State and folded name → name as written; each county once."""
    wanted: dict[tuple[str, str], str] = {}
    for state, name in counties:
        state, name = state.strip().upper(), county_name(name)
        if len(state) != 2 or not state.isalpha() or not name:
            raise ValidationError(
                {
                    "counties": _(
                        "“%(given)s” is not a county. Write its name and its state in two letters,"
                        " such as “Bergen, NJ”."
                    )
                    % {"given": ", ".join(part for part in (name, state) if part)}
                }
            )
        wanted[state, name.casefold()] = name
    if not wanted:
        raise ValidationError({"counties": _("Name at least one county.")})
    return wanted


def _refuse_taken(area: LabourArea, wanted: dict[tuple[str, str], str]) -> None:
    taken = [
        county
        for county in County.objects.filter(region=area.region_id)
        .exclude(area=area.pk)
        .select_related("area")
        if (county.state, county.name.casefold()) in wanted
    ]
    if not taken:
        return
    raise ValidationError(
        {
            "counties": [
                (
                    _(
                        "%(county)s belongs to the archived area %(area)s. Bring that area back and"
                        " take the county out of it first."
                    )
                    if county.area.is_archived
                    else _(
                        "%(county)s already belongs to the area %(area)s. A county is in one area"
                        " only: take it out there first."
                    )
                )
                % {"county": county, "area": county.area}
                for county in taken
            ]
        }
    )


def _place_sites(region: Region) -> None:
    """Give every site of the region the area in use that covers its county (or none)."""
    covering = County.objects.filter(
        region=region,
        area__archived_at=None,
        state__iexact=OuterRef("state"),
        name__iexact=OuterRef("county"),
    ).values("area")[:1]
    sites = Site.objects.filter(organisation__region=region).exclude(county="")
    for site in sites.annotate(right=Subquery(covering)):
        if site.area_id != site.right:
            site.area_id = site.right
            site.save(update_fields=["area", "updated_at"])
