"""The only way to reach the records of past cohorts on someone's behalf.

Who may see a program (``training.access``) may see its cohorts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, Role
from backcast.delivery.evidence import Count, Prior, Published, Yield, yields
from backcast.delivery.models import CohortRecord, CohortStage, ScheduledCohort
from backcast.partners.models import Region
from backcast.training import access as training
from backcast.training.models import Program, PublishedOutcome, Stage


def cohorts(actor: Actor, program: Program) -> QuerySet[CohortRecord]:
    """The program's past cohorts with their stages, the newest first, archived ones too."""
    training.program(actor, program.public_id)
    return CohortRecord.objects.filter(program=program).prefetch_related("stages")


def cohort(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> CohortRecord:
    """One cohort of a program that the actor may see; with at least ``role`` over it."""
    found = (
        CohortRecord.objects.filter(public_id=public_id, program__in=training.programs(actor))
        .select_related("program__provider", "program__area")
        .prefetch_related("stages")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def scheduled(actor: Actor, program: Program) -> QuerySet[ScheduledCohort]:
    """The program's scheduled cohorts, the next first."""
    training.program(actor, program.public_id)
    return ScheduledCohort.objects.filter(program=program).select_related("record")


def scheduled_cohort(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> ScheduledCohort:
    """One scheduled cohort of a program that the actor may see; with at least ``role`` over it."""
    found = (
        ScheduledCohort.objects.filter(public_id=public_id, program__in=training.programs(actor))
        .select_related("program__provider", "program__area", "record")
        .first()
    )
    if found is None:
        raise Http404
    if not actor.may(role):
        raise NotAllowed
    return found


def counts_of(programs: Iterable[Program] | QuerySet[Program]) -> dict[int, list[Count]]:
    """Program id → its cohorts' counts, in one query."""
    found: dict[int, list[Count]] = defaultdict(list)
    rows = CohortStage.objects.filter(
        cohort__program__in=programs, cohort__archived_at__isnull=True
    ).values_list("cohort__program_id", "stage", "passed", "failed", "still_open")
    for program, stage, passed, failed, still_open in rows:
        found[program].append(Count(stage, passed, failed, still_open))
    return found


@dataclass(frozen=True, slots=True)
class Followed:
    """One cohort in one stage: its first day, the day it was counted, and the counts."""

    program: int
    stage: str
    starts_on: date
    as_of: date
    passed: int
    failed: int
    still_open: int


def followed(programs: Iterable[Program]) -> list[Followed]:
    """What every cohort of these programs did stage by stage, in one query; for plans."""
    rows = CohortStage.objects.filter(
        cohort__program__in=list(programs), cohort__archived_at__isnull=True
    ).order_by("cohort__program_id", "cohort__starts_on", "cohort_id", "order")
    return [
        Followed(*row)
        for row in rows.values_list(
            "cohort__program_id",
            "stage",
            "cohort__starts_on",
            "cohort__as_of",
            "passed",
            "failed",
            "still_open",
        )
    ]


def published_of(outcome: PublishedOutcome | None) -> Published | None:
    """A published outcome as evidence."""
    if outcome is None:
        return None
    named = f"{outcome.source}, {outcome.period}" if outcome.period else outcome.source
    return Published(
        completers=outcome.completers,
        employed=outcome.employed,
        key=f"{outcome.provider_id}:{outcome.cip_code}",
        source=named,
    )


def yields_of(
    programs: Iterable[Program],
    counts: dict[int, list[Count]],
    published: dict[str, PublishedOutcome],
) -> dict[int, tuple[Yield, ...]]:
    """Program id → the yields of its stages in order; reads prefetched ``stages``, no queries."""
    result = {}
    for program in programs:
        stages = list(program.stages.all())
        priors = {
            row.stage: Prior(row.prior_a, row.prior_b, row.prior_source, row.prior_assumption)
            for row in stages
        }
        result[program.pk] = yields(
            [row.stage for row in stages],
            counts.get(program.pk, ()),
            published_of(published.get(program.shared_key)),
            priors,
        )
    return result


def yields_for_planning(
    programs: Iterable[Program], published: dict[str, PublishedOutcome]
) -> dict[int, tuple[Yield, ...]]:
    """Program id → yields, for programs of ``programs_for_planning``, in one query."""
    rows = list(programs)
    return yields_of(rows, counts_of(rows), published)


def yields_of_program(program: Program) -> tuple[Yield, ...]:
    """The yields of one program, in three queries at most."""
    outcome = training.published_outcomes(program).filter(suppressed=False).first()
    published = {program.shared_key: outcome} if outcome is not None else {}
    return yields_of([program], counts_of([program]), published)[program.pk]


def earned_a_year(region: Region | int, *, today: date, years: int = 3) -> dict[int, int]:
    """Credential id → how many people earned it a year, from cohorts that began in the last years.

    Counted where programs of the region that lead to it kept cohorts; a credential without any is
    left out, which is not the same as nobody.
    """
    since = today - timedelta(days=365 * years)
    rows = (
        CohortStage.objects.filter(
            cohort__program__region=region,
            cohort__program__credential_links__isnull=False,
            cohort__archived_at__isnull=True,
            cohort__starts_on__gte=since,
            stage=Stage.CREDENTIALED,
        )
        .values_list("cohort__program__credential_links__credential")
        .annotate(n=Sum("passed"))
        .order_by()
    )
    return {credential: round(passed / years) for credential, passed in rows}
