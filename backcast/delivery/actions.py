"""What people do with cohorts: schedule, start, call off; record past ones, correct, archive them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, NotAllowed, Role, acting
from backcast.delivery.cohorts import CohortError, check_dates, stage_rows
from backcast.delivery.models import CohortRecord, CohortStage, ScheduledCohort
from backcast.training.models import Program, Stage

Results = Mapping[str, tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A cohort as counted: for each stage how many came through and how many did not."""

    starts_on: date
    enrolled: int
    as_of: date
    results: Results = field(default_factory=dict)
    label: str = ""


def record_cohort(
    program: Program, counted: Counted, *, actor: Actor, source: str = ""
) -> CohortRecord:
    """Record what one cohort did. Raises ``ValidationError`` by field."""
    return record_cohorts(program, [counted], actor=actor, source=source)[0]


def record_cohorts(
    program: Program, counted: Sequence[Counted], *, actor: Actor, source: str = ""
) -> list[CohortRecord]:
    """Record several cohorts, all or none. One that is there already (day and name) is corrected."""
    _allow(actor, program)
    with acting(actor, "delivery.record_cohorts"):
        known = {
            (cohort.starts_on, cohort.label.casefold()): cohort
            for cohort in CohortRecord.objects.filter(program=program, archived_at__isnull=True)
        }
        if len(counted) == 1 and (counted[0].starts_on, counted[0].label.casefold()) in known:
            raise ValidationError(
                {
                    "starts_on": _(
                        "A cohort with this first day and name is already recorded. Correct that "
                        "one, or give this one a name of its own."
                    )
                }
            )
        return [
            _save(
                known.get((one.starts_on, one.label.casefold()))
                or CohortRecord(program=program, source=source),
                one,
            )
            for one in counted
        ]


def correct_cohort(cohort: CohortRecord, counted: Counted, *, actor: Actor) -> CohortRecord:
    """Replace what is recorded of a cohort. Raises ``ValidationError`` by field."""
    _allow(actor, cohort.program)
    with acting(actor, "delivery.correct_cohort"):
        return _save(cohort, counted)


def archive_cohort(cohort: CohortRecord, *, actor: Actor) -> CohortRecord:
    """Put the record away; yields no longer count it."""
    _allow(actor, cohort.program)
    with acting(actor, "delivery.archive_cohort"):
        cohort.archived_at = timezone.now()
        cohort.save(update_fields=["archived_at", "updated_at"])
    return cohort


def bring_back_cohort(cohort: CohortRecord, *, actor: Actor) -> CohortRecord:
    """Take the record out again. Raises ``ValidationError`` where another one took its place."""
    _allow(actor, cohort.program)
    with acting(actor, "delivery.bring_back_cohort"):
        cohort.archived_at = None
        cohort.validate_constraints()
        cohort.save(update_fields=["archived_at", "updated_at"])
    return cohort


# --- cohorts to come ------------------------------------------------------------------------------


def schedule_cohort(
    program: Program, *, actor: Actor, starts_on: date, places: int
) -> ScheduledCohort:
    """Announce that a cohort will start. Staff of the region and the program's provider may."""
    _allow(actor, program)
    with acting(actor, "delivery.schedule_cohort"):
        cohort = ScheduledCohort(program=program, starts_on=starts_on, places=places)
        cohort.full_clean()
        cohort.save()
    return cohort


def start_cohort(
    cohort: ScheduledCohort, *, actor: Actor, starts_on: date, enrolled: int
) -> ScheduledCohort:
    """Record that it has started, and with how many learners. Raises ``ValidationError`` by field."""
    with acting(actor, "delivery.start_cohort"):
        fresh = _planned(cohort, actor)
        others = CohortRecord.objects.filter(
            program=fresh.program, starts_on=starts_on, archived_at__isnull=True
        ).count()
        counted = Counted(
            starts_on, enrolled, timezone.localdate(), label=f"{others + 1}" if others else ""
        )
        fresh.record = record_cohort(fresh.program, counted, actor=actor)
        fresh.status = ScheduledCohort.Status.STARTED
        fresh.save()
    return fresh


def call_off_cohort(cohort: ScheduledCohort, *, actor: Actor, why: str) -> ScheduledCohort:
    """Say that it will not start, and why."""
    with acting(actor, "delivery.call_off_cohort"):
        fresh = _planned(cohort, actor)
        if not why.strip():
            raise ValidationError({"why": _("Say why the cohort was called off.")})
        fresh.why = why.strip()
        fresh.status = ScheduledCohort.Status.CALLED_OFF
        fresh.full_clean()
        fresh.save()
    return fresh


def _planned(cohort: ScheduledCohort, actor: Actor) -> ScheduledCohort:
    _allow(actor, cohort.program)
    rows = ScheduledCohort.objects.select_for_update(of=("self",)).select_related("program")
    fresh = rows.get(pk=cohort.pk)
    if fresh.status != ScheduledCohort.Status.PLANNED:
        raise ValidationError(
            _("This cohort has started already.")
            if fresh.status == ScheduledCohort.Status.STARTED
            else _("This cohort was called off.")
        )
    return fresh


def _allow(actor: Actor, program: Program) -> None:
    if actor.region_id is not None and program.region_id != actor.region_id:
        raise Http404
    if not actor.is_staff and program.provider_id != actor.organisation_id:
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed


def _save(cohort: CohortRecord, counted: Counted) -> CohortRecord:
    stages = [row.stage for row in cohort.program.stages.all()]
    titles = {stage.value: str(stage.label) for stage in Stage}
    try:
        check_dates(counted.starts_on, counted.as_of, timezone.localdate())
        rows = stage_rows(stages, counted.enrolled, counted.results, titles)
    except CohortError as error:
        raise ValidationError(dict(error.complaints)) from error
    cohort.label = " ".join(counted.label.split())
    cohort.starts_on, cohort.as_of = counted.starts_on, counted.as_of
    cohort.enrolled = counted.enrolled
    cohort.full_clean()
    cohort.save()
    CohortStage.objects.filter(cohort=cohort).delete()
    CohortStage.objects.bulk_create(
        CohortStage(
            cohort=cohort,
            order=order,
            stage=row.stage,
            entered=row.entered,
            passed=row.passed,
            failed=row.failed,
            still_open=row.still_open,
        )
        for order, row in enumerate(rows, start=1)
    )
    return cohort
