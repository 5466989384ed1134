"""The only way to reach needs on someone's behalf.

Staff see the needs of their region, an employer its own, everyone else none (404). Row-level
security says the same in the database.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.core.quarters import Quarter
from backcast.demand.directory import Directory, Employer
from backcast.demand.figures import (
    Cause,
    Importance,
    Named,
    Offer,
    Openings,
    Requirement,
    Statement,
    digest,
    sorted_openings,
)
from backcast.demand.models import Need, NeedQuarter, NeedQuerySet, NeedUpload
from backcast.frameworks.access import main
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.partners.models import Organisation, Region, Site

#: How long a workbook waits for its confirmation.
UPLOAD_LASTS = timedelta(days=1)


def sees_needs(actor: Actor) -> bool:
    """Is there a list of needs for the actor at all?"""
    return actor.is_staff or (actor.kind is Kind.EMPLOYER and actor.organisation_id is not None)


def needs(actor: Actor) -> NeedQuerySet:
    """The needs that the actor sees, archived ones too; 404 for those who see none."""
    if not sees_needs(actor):
        raise Http404
    rows = Need.objects.filter(region=actor.region_id)
    return rows if actor.is_staff else rows.filter(employer=actor.organisation_id)


def need(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Need:
    """One need with all that belongs to it. Outsiders 404; too little right ``NotAllowed``."""
    found = (
        needs(actor)
        .filter(public_id=public_id)
        .select_related("employer", "site", "area", "occupation", "stated_by", "region")
        .prefetch_related(
            "quarters", "offers", "requirements__credential", "requirements__competency"
        )
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def may_change(actor: Actor) -> bool:
    """May the actor state and change the needs that it sees?"""
    return sees_needs(actor) and actor.may(Role.MEMBER)


def employers(actor: Actor) -> QuerySet[Organisation]:
    """Employers in whose name the actor may state needs: its own, or any of the region for staff."""
    if not sees_needs(actor):
        raise Http404
    rows = Organisation.objects.filter(
        region=actor.region_id, kind=Organisation.Kind.EMPLOYER, archived_at=None
    )
    return rows if actor.is_staff else rows.filter(pk=actor.organisation_id or 0)


def sites(actor: Actor) -> QuerySet[Site]:
    """Sites in use of the employers in whose name the actor may state needs."""
    return Site.objects.filter(archived_at=None, organisation__in=employers(actor))


def upload(actor: Actor, public_id: UUID) -> NeedUpload:
    """A workbook that this person sent for the organisation they act for, not older than a day."""
    found = NeedUpload.objects.filter(
        public_id=public_id,
        person=actor.person_id,
        organisation=actor.organisation_id,
        created_at__gt=timezone.now() - UPLOAD_LASTS,
    ).first()
    if found is None:
        raise Http404
    return found


def statement(need: Need) -> Statement:
    """What a need says, as values. Uses what ``need`` has prefetched."""
    return Statement(
        employer=Named(need.employer_id, need.employer.name),
        site=Named(need.site_id, need.site.name),
        role_title=need.role_title,
        occupation=Named(need.occupation.pk, need.occupation.title) if need.occupation else None,
        start_by=need.start_by,
        wage_low=need.wage_low,
        wage_high=need.wage_high,
        hours_per_week=need.hours_per_week,
        schedule=need.schedule,
        employment=need.employment,
        note=need.note,
        stand_in=need.source,
        openings=sorted_openings(openings(row) for row in need.quarters.all()),
        requirements=tuple(
            Requirement(
                "credential" if r.credential_id else "competency" if r.competency_id else "words",
                Named(r.credential_id or r.competency_id or 0, r.name),
                Importance(r.importance),
                r.level,
            )
            for r in need.requirements.all()
        ),
        offers=tuple(Offer(o.kind, o.quantity, o.note) for o in need.offers.all()),
    )


def openings(row: NeedQuarter) -> Openings:
    return Openings(
        row.quarter,
        Cause(row.cause),
        row.low,
        row.likely,
        row.high,
        row.range_assumed,
        row.confirmed,
    )


def for_planning(region: Region | int) -> QuerySet[NeedQuarter]:
    """The figures that a plan takes in: openings of stated needs with occupation and area.

    To be used by staff or the system: others see only their own rows, or none.
    """
    return NeedQuarter.objects.filter(
        need__in=Need.objects.filter(region=region).plannable(), high__gt=0
    ).select_related("need__employer", "need__site", "need__area", "need__occupation")


def fingerprint(region: Region | int, first: Quarter | None = None) -> str:
    """A hash over everything that planning reads from the region's needs.

    It changes when a need is stated, changed, withdrawn, brought back or placed. With ``first``,
    quarters before it do not count.
    """
    figures = for_planning(region)
    if first is not None:
        figures = figures.filter(quarter_start__gte=first.first_day)
    rows = figures.values_list(
        "need__public_id",
        "need__occupation_id",
        "need__area_id",
        "need__weight",
        "need__basis",
        "quarter_start",
        "cause",
        "low",
        "likely",
        "high",
    )
    places = (
        Need.objects.filter(region=region)
        .plannable()
        .filter(offers__kind="externship_places")
        .annotate(places=F("offers__quantity"))
        .values_list("public_id", "places")
    )
    return digest([*rows, *(("places", *row) for row in places)])


def directory(actor: Actor) -> Directory:
    """What a reader of workbooks must know to read one for the actor. Six queries."""
    by_employer: dict[int, list[Named]] = defaultdict(list)
    for pk, organisation, name in (
        sites(actor).order_by("name").values_list("pk", "organisation_id", "name")
    ):
        by_employer[organisation].append(Named(pk, name))
    ours = Q(region=None) | Q(region=actor.region_id)
    own = Occupation.objects.filter(ours, main(), withdrawn_in=None, archived_at=None)
    occupations: dict[str, Named] = {}
    by_soc: dict[str, list[Named]] = defaultdict(list)
    for pk, code, soc, title in own.order_by("code", "title").values_list(
        "pk", "code", "soc", "title"
    ):
        occupations[code or title] = Named(pk, title)
        if soc:
            by_soc[soc].append(Named(pk, title))
    skills = Competency.objects.filter(ours, main(), withdrawn_in=None, archived_at=None).exclude(
        kind__in=[Competency.Kind.ACTIVITY, Competency.Kind.DETAILED, Competency.Kind.GROUP]
    )
    return Directory(
        employers=tuple(
            Employer(pk, name, tuple(by_employer[pk]))
            for pk, name in employers(actor).order_by("name", "pk").values_list("pk", "name")
        ),
        occupations=occupations,
        by_soc={soc: tuple(named) for soc, named in by_soc.items()},
        credentials=tuple(
            Named(pk, name)
            for pk, name in Credential.objects.filter(
                region=actor.region_id, archived_at=None
            ).values_list("pk", "name")
        ),
        competencies=tuple(Named(pk, name) for pk, name in skills.values_list("pk", "statement")),
        refs={
            str(public_id): employer
            for public_id, employer in needs(actor)
            .current()
            .values_list("public_id", "employer_id")
        },
    )
