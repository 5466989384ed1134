"""The only way to reach occupations, competencies and credentials on someone's behalf.

What was loaded is public and everyone's to read; own items belong to a region. Only the region's
staff change own items, and nobody changes loaded ones.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, Q, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, Role
from backcast.frameworks.models import (
    Competency,
    Credential,
    Framework,
    Occupation,
    OccupationTitle,
    Release,
    WageArea,
)
from backcast.partners.models import County

Item = TypeVar("Item", bound=Model)


def may_write(actor: Actor) -> bool:
    """May the actor add and change own items?"""
    return actor.is_staff and actor.may(Role.MEMBER) and actor.region_id is not None


def require_writer(actor: Actor) -> None:
    """404 for everybody but staff, ``NotAllowed`` for staff with too little right."""
    if not actor.is_staff or actor.region_id is None:
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def _visible(actor: Actor) -> Q:
    return Q(region=None) | Q(region=actor.region_id)


def main() -> Q:
    """Items of the framework that comes first (O*NET, or ESCO where only it is loaded) and own ones.

    Choices and lists rest on these, so that nobody meets the same occupation twice.
    """
    onet = Release.objects.filter(source=Framework.ONET)
    return ~Q(framework=Framework.ESCO) | Q(~Exists(onet))


def occupations(actor: Actor) -> QuerySet[Occupation]:
    """Loaded occupations, also withdrawn ones, and the region's own."""
    return Occupation.objects.filter(_visible(actor))


def competencies(actor: Actor) -> QuerySet[Competency]:
    """Loaded competencies and the region's own."""
    return Competency.objects.filter(_visible(actor))


def nameable(actor: Actor) -> QuerySet[Competency]:
    """Current competencies that a requirement or an outcome may name: no activities, no groups."""
    kinds = (Competency.Kind.ACTIVITY, Competency.Kind.DETAILED, Competency.Kind.GROUP)
    current = competencies(actor).filter(withdrawn_in=None, archived_at=None)
    return current.exclude(kind__in=kinds)


def credentials(actor: Actor) -> QuerySet[Credential]:
    """The region's credentials."""
    return Credential.objects.filter(region=actor.region_id)


def releases(actor: Actor) -> QuerySet[Release]:
    """What has been loaded; staff only."""
    if not actor.is_staff:
        raise Http404
    return Release.objects.all()


def occupation(actor: Actor, public_id: UUID) -> Occupation:
    return one(occupations(actor).select_related("successor", "withdrawn_in", "parent"), public_id)


def competency(actor: Actor, public_id: UUID) -> Competency:
    return one(competencies(actor).select_related("scale", "parent", "withdrawn_in"), public_id)


def credential(actor: Actor, public_id: UUID) -> Credential:
    return one(credentials(actor), public_id)


def release(actor: Actor, public_id: UUID) -> Release:
    return one(releases(actor), public_id)


def own_occupation(actor: Actor, public_id: UUID) -> Occupation:
    """One of the region's own occupations, to change it."""
    require_writer(actor)
    return one(Occupation.objects.filter(region=actor.region_id), public_id)


def own_competency(actor: Actor, public_id: UUID) -> Competency:
    """One of the region's own competencies, to change it."""
    require_writer(actor)
    return one(Competency.objects.filter(region=actor.region_id), public_id)


def own_credential(actor: Actor, public_id: UUID) -> Credential:
    """One of the region's credentials, to change it."""
    require_writer(actor)
    return one(Credential.objects.filter(region=actor.region_id), public_id)


def one(rows: QuerySet[Item], public_id: UUID) -> Item:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def from_choice(actor: Actor, text: str) -> Occupation | None:
    """The current occupation that a filled-in choice names: by code, or by its exact title.

    Choices are written ``Medical Assistants (31-9092.00)``; a bare code or title will do.
    """
    words = text.strip()
    current = occupations(actor).filter(main(), archived_at=None, withdrawn_in=None)
    code = words.rpartition("(")[2].rstrip(") ")
    return (
        current.exclude(code="").filter(code__in=(code, f"{code}.00")).order_by("code").first()
        or current.filter(title__iexact=words).order_by("region", "pk").first()
    )


def wage_areas(actor: Actor) -> QuerySet[WageArea]:
    """The nation, and the areas in the states where the region has counties."""
    states = County.objects.filter(region=actor.region_id).values_list("state", flat=True)
    return WageArea.objects.filter(
        Q(kind=WageArea.Kind.NATION) | Q(states__overlap=sorted(set(states)))
    )


def reported_titles(occupation: Occupation) -> QuerySet[OccupationTitle]:
    """Other names of an occupation, current ones only."""
    return OccupationTitle.objects.filter(occupation=occupation, withdrawn_in=None).exclude(
        kind__in=[OccupationTitle.Kind.TITLE, OccupationTitle.Kind.HIDDEN]
    )
