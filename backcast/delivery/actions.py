"""What people do with records of past cohorts: record, correct, archive, bring back."""

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
from backcast.delivery.models import CohortRecord, CohortStage
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
