"""Where an employer's hires came from, in its own words: who may read and write it, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, NotAllowed, acting
from backcast.core.actor import Role as Right
from backcast.core.disclosure import ALL, Contribution, Rule
from backcast.core.rules import in_force
from backcast.demand.models import Role
from backcast.demand.profiles import access as profiles
from backcast.frameworks.models import Occupation
from backcast.partners.access import region_of, require_staff
from backcast.partners.models import Organisation
from backcast.training.models import FlowPublication, HireSource, Program, PublishedSource


def sources(actor: Actor) -> QuerySet[HireSource]:
    """All of the region's for staff, an employer's own; everyone else gets 404."""
    if not (actor.is_staff or actor.kind is Kind.EMPLOYER):
        raise Http404
    rows = HireSource.objects.filter(region=actor.region_id).select_related(
        "employer", "role__occupation", "program__provider"
    )
    return rows if actor.is_staff else rows.filter(employer=actor.organisation_id or 0)


def source(actor: Actor, public_id: UUID, *, role: Right = Right.VIEWER) -> HireSource:
    found = sources(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def employers(actor: Actor, role: Role) -> list[Organisation]:
    """In whose name the actor may state hires for a role: its members for staff, else itself."""
    rows = profiles.members(role)
    if not actor.is_staff:
        rows = rows.filter(pk=actor.organisation_id or 0)
    return list(rows)


def require_statement(actor: Actor, employers: list[Organisation]) -> None:
    """404 where there is no employer to speak for, ``NotAllowed`` with too little right."""
    if not employers:
        raise Http404
    if not actor.may(Right.MEMBER):
        raise NotAllowed


def programs(role: Role) -> list[Program]:
    """Programs that a hire for the role may have come from, those that lead there."""
    return list(
        Program.objects.filter(
            region=role.region_id,
            archived_at__isnull=True,
            occupation_links__occupation=role.occupation_id or 0,
        )
        .select_related("provider")
        .order_by("provider__name_folded", "name_folded", "pk")
    )


def state_source(
    role: Role, employer: Organisation, values: dict[str, Any], *, actor: Actor
) -> HireSource:
    """Say how many people an employer hired for a role in a year out of one source."""
    _allow(actor, employer)
    if employer.region_id != role.region_id:
        raise Http404
    row = HireSource(region_id=role.region_id, employer=employer, role=role)
    with acting(actor, "training.state_source"):
        return _save(row, values)


def change_source(row: HireSource, values: dict[str, Any], *, actor: Actor) -> HireSource:
    _allow(actor, row.employer)
    with acting(actor, "training.change_source"):
        return _save(row, values)


def archive_source(row: HireSource, *, actor: Actor) -> None:
    """Take a count out; it stays on record."""
    _allow(actor, row.employer)
    with acting(actor, "training.archive_source"):
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at", "updated_at"])


def publish_counts(
    role: str, occupation: Occupation, rows: Sequence[HireSource], *, actor: Actor
) -> FlowPublication:
    """Show others where the hires of a year came from, as far as no employer's count can be worked out.

    ``rows`` are the counts of one year for all roles of the occupation that plans call ``role``.
    """
    from backcast.core.disclosure.protection import protect
    from backcast.core.disclosure.tables import tabulate

    require_staff(actor, Right.MEMBER)
    years = {row.year for row in rows}
    if len(years) != 1 or min(years) >= timezone.localdate().year:
        raise ValidationError(_("Only the counts of a year that is over are published."))
    region = region_of(actor)
    with acting(actor, "training.publish_counts"):
        if FlowPublication.objects.filter(region=region, role=role, year=min(years)).exists():
            raise ValidationError(
                _(
                    "The hires of this year are published already. What is counted again stays"
                    " unpublished: the difference would tell who did."
                )
            )
        rule = in_force("disclosure", "demand", timezone.localdate())
        keys = sorted({_source_key(row) for row in rows})
        table = tabulate(
            [Contribution(str(row.employer_id), (_source_key(row),), row.hires) for row in rows],
            [keys],
            [[0]],
        )
        made = FlowPublication.objects.create(
            region=region,
            role=role,
            occupation=occupation,
            title=occupation.title[:200],
            year=min(years),
            published_at=timezone.now(),
            rule_since=rule.since,
        )
        PublishedSource.objects.bulk_create(
            PublishedSource(
                publication=made,
                kind="" if key == ALL else key.split(":")[0],
                program_id=int(key.split(":")[1]) if ":" in key else None,
                hires=round(value),
                employers=employers,
            )
            for (key,), (value, employers) in protect(table, Rule(**rule.values)).shown.items()
        )
        return made


def _source_key(row: HireSource) -> str:
    return f"{row.kind}:{row.program_id}" if row.program_id else row.kind


def published_flows(actor: Actor) -> QuerySet[FlowPublication]:
    """What is published: for staff, employers, providers and funders of the region (404)."""
    if not (actor.is_staff or actor.kind in (Kind.EMPLOYER, Kind.PROVIDER, Kind.FUNDER)):
        raise Http404
    return FlowPublication.objects.filter(region=actor.region_id).select_related("occupation")


def _save(row: HireSource, values: dict[str, Any]) -> HireSource:
    for name, value in values.items():
        setattr(row, name, value)
    if row.kind != HireSource.Kind.PROGRAM:
        row.program = None
    row.name = " ".join(row.name.split())
    if row.program is not None and row.program.region_id != row.region_id:
        raise Http404
    if row.year > timezone.localdate().year:
        raise ValidationError({"year": _("That year has not begun yet.")})
    row.full_clean()
    row.save()
    return row


def _allow(actor: Actor, employer: Organisation) -> None:
    own = actor.kind is Kind.EMPLOYER and actor.organisation_id == employer.pk
    if not own and not (actor.is_staff and actor.region_id in (None, employer.region_id)):
        raise Http404
    if not actor.may(Right.MEMBER):
        raise NotAllowed
