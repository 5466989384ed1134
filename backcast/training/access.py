"""The only way to reach programs, lists and published outcomes on someone's behalf.

Staff see every program of their region, a provider its own. Employers, support agencies and funders
see none of these pages: what a program costs and how its cohorts fared is between the provider and
the region's staff. Funders and support agencies see which programs run, and what was published of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, Kind, NotAllowed, Role
from backcast.partners.models import Organisation, Region
from backcast.training.models import (
    ColumnMapping,
    ListLoad,
    Program,
    ProgramCredential,
    ProgramOccupation,
    PublishedOutcome,
)

#: Kinds that see which programs run and what was published of them, and nothing else.
_OUTSIDERS = frozenset({Kind.FUNDER, Kind.SUPPORT})


def may_read(actor: Actor) -> bool:
    """Staff and providers do."""
    return actor.is_staff or actor.kind is Kind.PROVIDER


def require_reader(actor: Actor) -> None:
    """404 for everyone who may not."""
    if not may_read(actor):
        raise Http404


def programs(actor: Actor) -> QuerySet[Program]:
    """The programs that the actor may see, current and archived."""
    visible = Program.objects.filter(region=actor.region_id)
    if actor.is_staff:
        return visible
    if actor.kind is Kind.PROVIDER:
        return visible.filter(provider=actor.organisation_id)
    return visible.none()


def program(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Program:
    """One program with at least ``role``: outsiders get 404, too little right is ``NotAllowed``."""
    found = (
        programs(actor)
        .filter(public_id=public_id)
        .select_related("provider", "area", "site", "region")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def providers(actor: Actor) -> QuerySet[Organisation]:
    """The providers for which the actor may add programs, by name."""
    visible = Organisation.objects.filter(
        region=actor.region_id, kind=Organisation.Kind.PROVIDER, archived_at__isnull=True
    ).order_by("name_folded", "pk")
    return visible if actor.is_staff else visible.filter(pk=actor.organisation_id or 0)


def require_writer(actor: Actor) -> None:
    """Those who may add programs: staff and providers, viewers excepted."""
    require_reader(actor)
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def list_loads(actor: Actor, *, role: Role = Role.VIEWER) -> QuerySet[ListLoad]:
    """The lists that were loaded into the actor's region; for its staff only."""
    if not actor.is_staff:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return ListLoad.objects.filter(region=actor.region_id)


def list_load(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> ListLoad:
    """One load of the actor's region."""
    found = (
        list_loads(actor).filter(public_id=public_id).select_related("region", "mapping").first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def column_mappings(actor: Actor, kind: str) -> QuerySet[ColumnMapping]:
    """The named column choices of the region for lists of this kind."""
    return (
        ColumnMapping.objects.filter(region=actor.region_id, kind=kind, archived_at__isnull=True)
        .exclude(name="")
        .prefetch_related("choices")
        .order_by("name", "pk")
    )


def published_outcomes(program: Program) -> QuerySet[PublishedOutcome]:
    """What was published for the program's provider and field of study, the newest first."""
    return PublishedOutcome.objects.filter(
        region=program.region_id, provider=program.provider_id, cip_code=program.cip_code
    ).order_by("-period", "-pk")


def offered(actor: Actor) -> QuerySet[Program]:
    """The programs that run in the region, for its staff, funders and support agencies.

    To the latter two pages show what is public of them.
    """
    if not (actor.is_staff or actor.kind in _OUTSIDERS):
        raise Http404
    return Program.objects.filter(
        region=actor.region_id,
        archived_at=None,
        provider__archived_at=None,
        status=Program.Status.ACTIVE,
    )


def outcomes(actor: Actor) -> QuerySet[PublishedOutcome]:
    """What was published of the region's providers: all of it, for a provider its own; 404 to others."""
    rows = PublishedOutcome.objects.filter(region=actor.region_id).select_related("provider")
    if actor.is_staff or actor.kind in _OUTSIDERS:
        return rows
    require_reader(actor)
    return rows.filter(provider=actor.organisation_id or 0)


def programs_for_planning(region: Region) -> QuerySet[Program]:
    """The region's active programs with all that a plan asks of them, in seven queries.

    Prefetched: ``stages``, ``starts``, ``bases``, ``occupation_links`` (weights above 0, with
    ``occupation``), and the adjoining areas. ``missing_figures`` says what keeps one out of a plan.
    """
    return (
        Program.objects.filter(
            region=region, archived_at__isnull=True, status=Program.Status.ACTIVE
        )
        .filter(provider__archived_at__isnull=True)
        .select_related("provider", "area", "upskills_from")
        .prefetch_related(
            "stages",
            "starts",
            "bases",
            Prefetch(
                "occupation_links",
                ProgramOccupation.objects.filter(weight__gt=0).select_related("occupation"),
            ),
            "area__adjoining",
        )
        .order_by("pk")
    )


#: Without these a program cannot be asked to start cohorts.
NEEDED_FOR_PLANNING = ("area_id", "weeks", "total_cost", "min_size", "max_size", "at_once")


def missing_figures(program: Program) -> list[str]:
    """The fields that a plan needs and the program lacks; ``occupations`` where it leads nowhere.

    Reads the prefetched links of ``programs_for_planning``.
    """
    missing = [name for name in NEEDED_FOR_PLANNING if getattr(program, name) is None]
    if not any(link.weight > 0 for link in program.occupation_links.all()):
        missing.append("occupations")
    return missing


def published_by_key(region: Region) -> dict[str, PublishedOutcome]:
    """``Program.shared_key`` → the newest published outcome with a count, in one query."""
    rows: Iterable[PublishedOutcome] = PublishedOutcome.objects.filter(
        region=region, suppressed=False
    ).order_by("period", "pk")
    return {f"{row.provider_id}:{row.cip_code}": row for row in rows}


def require_staff_of(actor: Actor, region: Region) -> None:
    """Staff of this region who may change things: others get 404, viewers ``NotAllowed``."""
    if not actor.is_staff or (actor.region_id is not None and actor.region_id != region.pk):
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def programs_by_credential(region: Region | int) -> dict[int, int]:
    """Credential id → how many programs in use lead to it; one without any is left out."""
    rows = (
        ProgramCredential.objects.filter(
            program__region=region,
            program__status=Program.Status.ACTIVE,
            program__archived_at__isnull=True,
        )
        .values_list("credential")
        .annotate(n=Count("program", distinct=True))
        .order_by()
    )
    return dict(rows)
