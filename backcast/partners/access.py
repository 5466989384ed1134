"""The only way to reach organisations, people and places on someone's behalf."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.partners.models import LabourArea, Membership, Organisation, Person, Region


def memberships_of(person: Person) -> list[Membership]:
    """Open memberships in organisations that are not archived, the oldest first."""
    return list(
        Membership.objects.filter(
            person=person, left_at__isnull=True, organisation__archived_at__isnull=True
        )
        .select_related("organisation__region")
        .order_by("id")
    )


def actor_of(person: Person, membership: Membership | None) -> Actor:
    """The actor that ``person`` is under ``membership``; with none, someone with no rights."""
    label = f"person:{person.public_id}"
    if membership is None:
        return Actor(label, person_id=person.pk)
    return Actor(
        label,
        kind=Kind(membership.organisation.kind),
        role=Role(membership.role),
        person_id=person.pk,
        organisation_id=membership.organisation_id,
        region_id=membership.organisation.region_id,
    )


def require(actor: Actor, role: Role) -> None:
    """Raise ``NotAllowed`` where the actor has less than ``role`` in its organisation."""
    if not actor.may(role):
        raise NotAllowed


def require_staff(actor: Actor, role: Role = Role.VIEWER) -> None:
    """Staff of the region's intermediary only: others get 404, staff with too little right 403."""
    if not actor.is_staff:
        raise Http404
    require(actor, role)


def region_of(actor: Actor) -> Region:
    """The region in which the actor works; 404 where it has none."""
    region = Region.objects.filter(pk=actor.region_id).first()
    if region is None:
        raise Http404
    return region


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Staff see their region's organisations; everyone else sees the one they act for."""
    visible = Organisation.objects.filter(region=actor.region_id)
    return visible if actor.is_staff else visible.filter(pk=actor.organisation_id)


def organisation(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Organisation:
    """One organisation, with at least ``role`` over it: own for members, any for staff."""
    found = organisations(actor).filter(public_id=public_id).select_related("region").first()
    if found is None:
        raise Http404
    require(actor, role)
    return found


def areas(actor: Actor) -> QuerySet[LabourArea]:
    """The labour areas of the actor's region."""
    return LabourArea.objects.filter(region=actor.region_id)
