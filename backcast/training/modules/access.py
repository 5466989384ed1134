"""The only way to reach versions, modules and outcomes on someone's behalf: as the program itself."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, Role
from backcast.training import access
from backcast.training.models import Module, ModuleOutcome, Program, ProgramVersion


def versions(actor: Actor, program: Program) -> QuerySet[ProgramVersion]:
    """The program's versions, the newest first; discarded drafts are left out."""
    access.program(actor, program.public_id)
    return ProgramVersion.objects.filter(program=program, archived_at__isnull=True).order_by(
        "-number"
    )


def version(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> ProgramVersion:
    """One version of a program that the actor may see; with at least ``role`` over it."""
    found = (
        ProgramVersion.objects.filter(
            public_id=public_id, archived_at__isnull=True, program__in=access.programs(actor)
        )
        .select_related("program__provider", "program__region", "program__area", "based_on")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def module(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Module:
    """One module of a version that the actor may see; with at least ``role`` over it."""
    found = (
        Module.objects.filter(
            public_id=public_id,
            version__archived_at__isnull=True,
            version__program__in=access.programs(actor),
        )
        .select_related("version__program__provider")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def shown(program: Program) -> ProgramVersion | None:
    """The version that speaks for the program: the current one, or its first draft."""
    rows = ProgramVersion.objects.filter(program=program, archived_at__isnull=True)
    return (
        rows.filter(status=ProgramVersion.Status.CURRENT).first()
        or rows.filter(status=ProgramVersion.Status.DRAFT).first()
    )


def modules_of(version: ProgramVersion, keys: Collection[str] | None = None) -> list[Module]:
    """The version's modules in order, outcomes with their competencies at hand, in two queries.

    ``keys`` leaves the outcomes out that have another ``key``.
    """
    outcomes = ModuleOutcome.objects.select_related("competency__scale", "scale").order_by("pk")
    if keys is not None:
        outcomes = outcomes.filter(
            Q(competency__in=[int(key[1:]) for key in keys if key.startswith("c")])
            | Q(competency=None, folded__in=[key[1:] for key in keys if key.startswith("w")])
        )
    return list(version.modules.prefetch_related(Prefetch("outcomes", outcomes)))
