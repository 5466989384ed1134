"""The only way to reach organisations, people and places on someone's behalf."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.core.models import AuditEntry
from backcast.partners.models import (
    AccessToken,
    Collaborative,
    CollaborativeMember,
    ContactNote,
    Invitation,
    LabourArea,
    Membership,
    Organisation,
    Person,
    Region,
    Site,
)


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


def staff_again(person: Person | None, region_id: int) -> Actor | None:
    """Who ``person`` is while still staff of the region: a job acts for those who asked for it."""
    if person is None:
        return None
    for membership in memberships_of(person):
        actor = actor_of(person, membership)
        if actor.is_staff and actor.region_id == region_id:
            return actor
    return None


def require_staff(actor: Actor, role: Role = Role.VIEWER) -> None:
    """Staff of the region's intermediary only: others get 404, staff with too little right 403."""
    if not actor.is_staff:
        raise Http404
    require(actor, role)


def region_of(actor: Actor) -> Region:
    """The region in which the actor works; 404 where it has none."""
    region = Region.objects.filter(pk=actor.region_id or 0).first()
    if region is None:
        raise Http404
    return region


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Staff see their region's organisations; everyone else sees the one they act for."""
    visible = Organisation.objects.filter(region=actor.region_id)
    return visible if actor.is_staff else visible.filter(pk=actor.organisation_id or 0)


def organisation(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Organisation:
    """One organisation, with at least ``role`` over it: own for members, any for staff."""
    found = organisations(actor).filter(public_id=public_id).select_related("region").first()
    if found is None:
        raise Http404
    require(actor, role)
    return found


def may_change(actor: Actor, organisation: Organisation) -> bool:
    """May the actor change what is known of the organisation? Its own members and staff may."""
    if actor.kind is Kind.SYSTEM:
        return True
    ours = actor.organisation_id == organisation.pk
    theirs = actor.is_staff and actor.region_id == organisation.region_id
    return (ours or theirs) and actor.may(Role.MEMBER)


def may_manage_people(actor: Actor, organisation: Organisation) -> bool:
    """May the actor invite and remove? Administrators in their own, staff in partners' organisations."""
    if actor.kind is Kind.SYSTEM:
        return True
    if actor.organisation_id == organisation.pk:
        return actor.may(Role.ADMINISTRATOR)
    return organisation.kind != Organisation.Kind.INTERMEDIARY and (
        actor.is_staff and actor.region_id == organisation.region_id and actor.may(Role.MEMBER)
    )


def require_over(actor: Actor, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` unless the actor may change the organisation."""
    if not may_change(actor, organisation):
        raise NotAllowed


def require_people(actor: Actor, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` unless the actor may manage the organisation's people."""
    if not may_manage_people(actor, organisation):
        raise NotAllowed


def site(actor: Actor, public_id: UUID) -> Site:
    """One site of an organisation that the actor sees."""
    found = (
        Site.objects.filter(public_id=public_id, organisation__in=organisations(actor))
        .select_related("organisation__region", "area")
        .first()
    )
    if found is None:
        raise Http404
    return found


def people(actor: Actor) -> QuerySet[Membership]:
    """Open memberships in the organisations that the actor sees."""
    return Membership.objects.filter(
        organisation__in=organisations(actor), left_at__isnull=True
    ).select_related("person", "organisation")


def membership(actor: Actor, public_id: UUID) -> Membership:
    """One open membership in an organisation that the actor sees."""
    found = people(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def invitation(actor: Actor, public_id: UUID) -> Invitation:
    """One invitation to an organisation whose people the actor may manage."""
    found = (
        Invitation.objects.filter(public_id=public_id, organisation__in=organisations(actor))
        .select_related("organisation__region")
        .first()
    )
    if found is None:
        raise Http404
    require_people(actor, found.organisation)
    return found


def digest(token: str) -> str:
    """What is kept of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_link(public_id: UUID, token: str) -> tuple[Invitation, bool]:
    """The invitation that a link speaks of, and whether the link's secret is its present one."""
    found = invitation_by_id(public_id)
    return found, hmac.compare_digest(found.digest, digest(token))


def invitation_by_id(public_id: UUID) -> Invitation:
    """The invitation of which a text speaks; knowing it opens nothing."""
    found = (
        Invitation.objects.filter(public_id=public_id)
        .select_related("organisation__region", "invited_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def tokens(actor: Actor) -> QuerySet[AccessToken]:
    """The person's own keys for the organisation it acts for."""
    return AccessToken.objects.filter(
        membership__person=actor.person_id or 0,
        membership__organisation=actor.organisation_id or 0,
    ).select_related("membership")


def token(actor: Actor, public_id: UUID) -> AccessToken:
    """One of the person's own keys."""
    found = tokens(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def membership_by_token(secret: str) -> Membership | None:
    """Whose key this is: none where it has expired, was revoked, or its holder has left."""
    found = (
        AccessToken.objects.filter(
            digest=digest(secret),
            ended_at=None,
            expires_at__gt=timezone.now(),
            membership__left_at=None,
            membership__person__is_active=True,
            membership__organisation__archived_at=None,
        )
        .select_related("membership__person", "membership__organisation__region")
        .first()
    )
    return found.membership if found else None


def invited(invitation: Invitation) -> Actor:
    """Whoever holds the link of the invitation; may do no more than answer it."""
    return Actor(
        f"invitation:{invitation.public_id}",
        organisation_id=invitation.organisation_id,
        region_id=invitation.organisation.region_id,
    )


def contact_notes(actor: Actor) -> QuerySet[ContactNote]:
    """The notes that staff of the region keep; nobody else has any."""
    require_staff(actor)
    return ContactNote.objects.filter(region=actor.region_id).select_related(
        "organisation", "author"
    )


def contact_note(actor: Actor, public_id: UUID) -> ContactNote:
    """One note of the region's staff."""
    found = contact_notes(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def history(actor: Actor, organisation: Organisation) -> QuerySet[AuditEntry]:
    """What the actor's own organisation changed about this one, the latest first.

    Row-level security shows each organisation only the entries that it made itself.
    """
    require_staff(actor)
    sites = organisation.sites.values("pk")
    memberships = organisation.memberships.values("pk")
    invitations = organisation.invitations.values("pk")
    rows = AuditEntry.objects.filter(organisation_id=actor.organisation_id)
    return (
        rows.filter(table="partners_organisation", row_id=organisation.pk)
        | rows.filter(table="partners_site", row_id__in=sites)
        | rows.filter(table="partners_membership", row_id__in=memberships)
        | rows.filter(table="partners_invitation", row_id__in=invitations)
    ).order_by("-at", "-pk")


def area(actor: Actor, public_id: UUID) -> LabourArea:
    """One labour area of the actor's region."""
    found = areas(actor).filter(public_id=public_id).select_related("region").first()
    if found is None:
        raise Http404
    return found


def areas(actor: Actor) -> QuerySet[LabourArea]:
    """The labour areas of the actor's region."""
    return LabourArea.objects.filter(region=actor.region_id)


def collaboratives(actor: Actor) -> QuerySet[Collaborative]:
    """The collaboratives of the region, for its staff; nobody else has a list of them."""
    require_staff(actor)
    return Collaborative.objects.filter(region=actor.region_id)


def collaborative(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Collaborative:
    """One collaborative of the region, for its staff."""
    found = collaboratives(actor).filter(public_id=public_id).select_related("region").first()
    if found is None:
        raise Http404
    require(actor, role)
    return found


def members(collaborative: Collaborative) -> QuerySet[CollaborativeMember]:
    """The employers that belong to the collaborative now, as far as the reader may see them."""
    return CollaborativeMember.objects.filter(
        collaborative=collaborative, left_on=None, archived_at=None
    ).select_related("employer")


def member(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> CollaborativeMember:
    """One employer's place in a collaborative of the region, for its staff."""
    require_staff(actor)
    found = (
        CollaborativeMember.objects.filter(
            public_id=public_id, collaborative__region=actor.region_id, left_on=None
        )
        .select_related("employer", "collaborative")
        .first()
    )
    if found is None:
        raise Http404
    require(actor, role)
    return found
