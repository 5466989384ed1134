"""The only way to reach requirement profiles on someone's behalf.

Staff reach those of their region. Employers of the collaborative read versions that were opened and
say what they think of the open one; providers read what was approved. Nobody but staff reaches
another employer's opinion (row-level security says the same); the others see what employers said
together, as it was published when the version was approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.core.rules import in_force
from backcast.demand.figures import Named
from backcast.demand.models import (
    LineConsensus,
    LineOpinion,
    Need,
    ProfileLine,
    ProfileVersion,
    ProfileVersionQuerySet,
    RequirementProfile,
)
from backcast.demand.models import Role as JobRole
from backcast.demand.profiles import values
from backcast.frameworks.models import Competency
from backcast.frameworks.models import Scale as ScaleRow
from backcast.partners.models import CollaborativeMember, Organisation

_READERS = frozenset({Kind.INTERMEDIARY, Kind.SYSTEM, Kind.EMPLOYER, Kind.PROVIDER})
_APPROVED = (ProfileVersion.Status.APPROVED, ProfileVersion.Status.SUPERSEDED)


def enough_to_show() -> int:
    """How many employers must have answered before what they said together is shown to others."""
    return int(_rule()["contributors"])


def enough_on_each_side() -> int:
    """How many must agree, and how many not, before the number is told rather than a word."""
    return int(_rule()["sides"])


def _rule() -> Mapping[str, Any]:
    return in_force("disclosure", "opinions", timezone.localdate()).values


def sees_profiles(actor: Actor) -> bool:
    """Are there profiles for the actor at all?"""
    return actor.kind in _READERS and actor.region_id is not None


def may_write(actor: Actor) -> bool:
    return actor.is_staff and actor.may(Role.MEMBER)


def roles(actor: Actor) -> QuerySet[JobRole]:
    """Roles in use that the actor may know of: the region's for staff, those it plans for otherwise."""
    rows = JobRole.objects.filter(region=actor.region_id, archived_at=None)
    if actor.is_staff:
        return rows
    if actor.kind is Kind.EMPLOYER:
        return rows.filter(collaborative__in=_collaboratives(actor))
    raise Http404


def role(actor: Actor, public_id: UUID) -> JobRole:
    found = roles(actor).filter(public_id=public_id).select_related("occupation").first()
    if found is None:
        raise Http404
    return found


def profiles(actor: Actor) -> QuerySet[RequirementProfile]:
    """Profiles with at least one version that the actor may read."""
    if not sees_profiles(actor):
        raise Http404
    rows = RequirementProfile.objects.filter(region=actor.region_id)
    if actor.is_staff:
        return rows
    told = versions(actor).filter(profile=OuterRef("pk"))
    return rows.filter(Exists(told), archived_at=None)


def versions(actor: Actor) -> ProfileVersionQuerySet:
    """Versions that the actor may read; drafts are for staff alone."""
    if not sees_profiles(actor):
        raise Http404
    rows = ProfileVersion.objects.filter(profile__region=actor.region_id, archived_at=None)
    if actor.is_staff:
        return rows
    if actor.kind is Kind.PROVIDER:
        return rows.filter(status__in=_APPROVED)
    return rows.told().filter(profile__role__collaborative__in=_collaboratives(actor))


def _collaboratives(actor: Actor) -> QuerySet[CollaborativeMember, int]:
    return CollaborativeMember.objects.filter(
        employer=actor.organisation_id or 0, left_on=None
    ).values_list("collaborative_id", flat=True)


def profile(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> RequirementProfile:
    """One profile. Outsiders 404; too little right ``NotAllowed``."""
    found = (
        profiles(actor)
        .filter(public_id=public_id)
        .select_related("role__occupation", "role__collaborative", "region")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def version(actor: Actor, profile: RequirementProfile, number: int) -> ProfileVersion:
    """One version of a profile that the actor has been given."""
    found = (
        versions(actor).filter(profile=profile, number=number).select_related("approved_by").first()
    )
    if found is None:
        raise Http404
    found.profile = profile
    return found


def line(actor: Actor, version: ProfileVersion, key: UUID) -> ProfileLine:
    """One line of a version that the actor has been given."""
    found = lines(version).filter(line_key=key).first()
    if found is None:
        raise Http404
    found.version = version
    return found


def lines(version: ProfileVersion) -> QuerySet[ProfileLine]:
    """The lines of a version with what they are about."""
    return version.lines.select_related(
        "competency__scale",
        "competency__withdrawn_in",
        "competency__successor",
        "credential",
        "scale",
        "instead_of",
    ).order_by("order", "id")


def value_of(version: ProfileVersion, rows: Iterable[ProfileLine] | None = None) -> values.Profile:
    """A version as values. ``rows`` saves the query where the lines are at hand."""
    role = version.profile.role
    return values.Profile(
        role=Named(role.pk, role.title),
        number=version.number,
        status=values.Status(version.status),
        lines=tuple(line_value(row) for row in (lines(version) if rows is None else rows)),
        id=version.pk,
    )


def line_value(row: ProfileLine) -> values.Line:
    subject = (
        values.Subject.COMPETENCY
        if row.competency_id
        else values.Subject.CREDENTIAL
        if row.credential_id
        else values.Subject.WORDS
    )
    return values.Line(
        key=row.line_key,
        subject=subject,
        item=Named(row.competency_id or row.credential_id or 0, row.name),
        necessity=values.Necessity(row.necessity),
        importance=row.importance,
        level_at_hire=row.level_at_hire,
        level_later=row.level_later,
        scale=scale_value(row.scale),
        learned=values.Learned(row.learned),
        instead_of=row.instead_of.line_key if row.instead_of else None,
        origin=values.Origin(row.origin),
        source=row.source,
        confirmed=row.confirmed,
        id=row.pk,
    )


def scale_value(scale: ScaleRow | None) -> values.Scale | None:
    return values.Scale(scale.code, scale.name, scale.minimum, scale.maximum) if scale else None


def opinions(actor: Actor) -> QuerySet[LineOpinion]:
    """What employers said: all of the region's for staff, one's own for an employer, else nothing."""
    rows = LineOpinion.objects.filter(region=actor.region_id)
    if actor.is_staff:
        return rows
    if actor.kind is Kind.EMPLOYER:
        return rows.filter(employer=actor.organisation_id or 0)
    return rows.none()


def opinions_on(actor: Actor, version: ProfileVersion) -> list[LineOpinion]:
    """The opinions on a version's lines that the actor may read."""
    return list(
        opinions(actor)
        .filter(line__version=version)
        .select_related("employer", "line", "person")
        .order_by("employer__name", "id")
    )


def opinion_values(rows: Iterable[LineOpinion]) -> tuple[values.Opinion, ...]:
    return tuple(
        values.Opinion(
            line=row.line.line_key,
            employer=Named(row.employer_id, row.employer.name),
            stance=values.Stance(row.stance),
            necessity=values.Necessity(row.necessity) if row.necessity else None,
            importance=row.importance,
            level_at_hire=row.level_at_hire,
            level_later=row.level_later,
            reason=row.reason,
            by_staff=row.by_staff,
        )
        for row in rows
    )


def members(role: JobRole) -> QuerySet[Organisation]:
    """The employers in a role's collaborative today (those that the actor's rights let it see)."""
    return Organisation.objects.filter(
        collaborative_places__collaborative=role.collaborative_id,
        collaborative_places__left_on=None,
        archived_at=None,
    ).order_by("name", "pk")


def asked(role: JobRole) -> tuple[Named, ...]:
    """The employers who are asked about a role. For staff: others see only themselves."""
    return tuple(Named(pk, name) for pk, name in members(role).values_list("pk", "name"))


def employer(actor: Actor, role: JobRole, public_id: UUID | None) -> Organisation:
    """In whose name the actor speaks: its own, or the member that staff name."""
    if actor.kind is Kind.EMPLOYER:
        found = members(role).filter(pk=actor.organisation_id or 0).first()
    elif actor.is_staff and public_id is not None:
        found = members(role).filter(public_id=public_id).first()
    else:
        found = None
    if found is None:
        raise Http404
    return found


def published(version: ProfileVersion) -> dict[int, LineConsensus]:
    """What employers together said of an approved version's lines, by line; safe to show."""
    return {row.line_id: row for row in LineConsensus.objects.filter(line__version=version)}


def waiting(actor: Actor) -> ProfileVersionQuerySet:
    """Open versions with lines on which the actor's employer has not spoken (``left``)."""
    if actor.kind is not Kind.EMPLOYER:
        return ProfileVersion.objects.none()
    spoken = LineOpinion.objects.filter(line=OuterRef("lines"), employer=actor.organisation_id or 0)
    return (
        versions(actor)
        .filter(status=ProfileVersion.Status.OPEN)
        .annotate(left=Count("lines", filter=~Exists(spoken)))
        .filter(left__gt=0)
        .select_related("profile__role")
        .order_by("comment_by", "profile__role__title")
    )


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A line whose competency its framework has withdrawn, and what took its place, if known."""

    line: ProfileLine
    successor: Competency | None


def withdrawn(rows: Sequence[ProfileLine]) -> list[Withdrawn]:
    """Lines that stand on a competency no longer in use. One query where there are any.

    The successor is the one that the framework names; else a current one of the same statement.
    """
    gone = [row for row in rows if row.competency is not None and not row.competency.is_current]
    if not gone:
        return []
    same = {
        found.folded: found
        for found in Competency.objects.filter(
            Q(region=None) | Q(region=rows[0].version.profile.region_id),
            folded__in=[row.competency.folded for row in gone if row.competency],
            withdrawn_in=None,
            archived_at=None,
        )
    }
    found = []
    for row in gone:
        assert row.competency is not None
        named = row.competency.successor
        usable = named if named is not None and named.is_current else None
        found.append(Withdrawn(row, usable or same.get(row.competency.folded)))
    return found


def for_occupations(actor: Actor, occupations: Iterable[int | None]) -> RequirementProfile | None:
    """A profile that the actor may read for one of the occupations, an approved one first.

    For pages of needs, programs and plans, which know the occupation rather than the role.
    """
    wanted = {pk for pk in occupations if pk is not None}
    if not wanted or not sees_profiles(actor):
        return None
    return (
        profiles(actor)
        .filter(role__occupation__in=wanted, archived_at=None)
        .annotate(
            approved=Subquery(
                ProfileVersion.objects.current().filter(profile=OuterRef("pk")).values("number")
            )
        )
        .order_by(F("approved").desc(nulls_last=True), "role__title", "pk")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a role's profile stands: the numbers of the approved version and of the one in the making."""

    profile: UUID
    approved: int | None
    making: int | None
    open: bool


def standing(actor: Actor, roles: Iterable[JobRole]) -> dict[int, Standing]:
    """Role id → how its profile stands, for roles that have one. One query."""
    found: dict[int, Standing] = {}
    rows = (
        versions(actor)
        .filter(profile__role__in=[role.pk for role in roles])
        .exclude(status=ProfileVersion.Status.SUPERSEDED)
        .values_list("profile__role", "profile__public_id", "number", "status")
    )
    for role, public_id, number, status in rows:
        now = found.get(role, Standing(public_id, None, None, False))
        found[role] = (
            replace(now, approved=number)
            if status == ProfileVersion.Status.APPROVED
            else replace(now, making=number, open=status == ProfileVersion.Status.OPEN)
        )
    return found


def needs_of(role: JobRole) -> QuerySet[Need]:
    """Stated needs for a role: of its occupation, or of its name where it has none. For staff."""
    rows = Need.objects.filter(region=role.region_id).stated()
    return (
        rows.filter(occupation=role.occupation_id)
        if role.occupation_id
        else rows.filter(folded=role.folded)
    )
