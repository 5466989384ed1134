"""Cohorts that are scheduled, and what past ones did, stage by stage, in counts; nothing here is
about one person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.training.models import Program, Stage


class CohortRecord(Record):
    """A group of learners who started together, as counted on the day ``as_of``."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="cohorts")
    label = models.CharField(_("name of the cohort"), max_length=80, blank=True)
    starts_on = models.DateField(_("first day"))
    enrolled = models.PositiveIntegerField(_("learners who started"))
    as_of = models.DateField(_("counted on"))
    #: The file or system that brought it; empty for what people enter here.
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                F("program"),
                F("starts_on"),
                Lower("label"),
                condition=Q(archived_at__isnull=True),
                name="cohort_starts_once",
                violation_error_message=_(
                    "A cohort of this program with this first day and name is already there."
                ),
            ),
            models.CheckConstraint(
                condition=Q(enrolled__gte=1),
                name="cohort_has_learners",
                violation_error_message=_("At least 1 learner must have started."),
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("starts_on")),
                name="cohort_counted_after_start",
                violation_error_message=_("The count cannot be older than the first day."),
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.program} {self.starts_on:%Y-%m-%d}"


class CohortStage(models.Model):
    """Of those who entered a stage: came through, did not, or are still in it."""

    cohort = models.ForeignKey(CohortRecord, models.CASCADE, related_name="stages")
    order = models.PositiveSmallIntegerField()
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    entered = models.PositiveIntegerField(_("entered"))
    passed = models.PositiveIntegerField(_("came through"))
    failed = models.PositiveIntegerField(_("did not"))
    still_open = models.PositiveIntegerField(_("still in it"))

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "stage"], name="cohort_has_stage_once"),
            models.UniqueConstraint(fields=["cohort", "order"], name="cohort_stage_place_once"),
            models.CheckConstraint(
                condition=Q(entered=F("passed") + F("failed") + F("still_open")),
                name="cohort_stage_adds_up",
                violation_error_message=_(
                    "Those who came through, did not, or are still in it must add up to those "
                    "who entered."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} {self.stage}"


class ScheduledCohort(Record):
    """A cohort that is announced: it will start, has started, or was called off."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        STARTED = "started", _("Started")
        CALLED_OFF = "called_off", _("Called off")

    program = models.ForeignKey(Program, models.PROTECT, related_name="scheduled_cohorts")
    starts_on = models.DateField(_("first day"))
    places = models.PositiveIntegerField(_("places for learners"))
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.PLANNED)
    #: What it did, from its first day on.
    record = models.OneToOneField(
        CohortRecord, models.PROTECT, null=True, blank=True, related_name="scheduled"
    )
    why = models.CharField(_("why it was called off"), max_length=300, blank=True)

    class Meta:
        ordering = ["starts_on", "program_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="scheduled_cohort_has_places",
                violation_error_message=_("A cohort has at least 1 place."),
            ),
            models.CheckConstraint(
                condition=Q(status="started", record__isnull=False)
                | (~Q(status="started") & Q(record__isnull=True)),
                name="started_cohort_has_a_record",
                violation_error_message=_("Say how many learners started."),
            ),
            models.CheckConstraint(
                condition=Q(status="called_off") & ~Q(why="")
                | (~Q(status="called_off") & Q(why="")),
                name="called_off_cohort_says_why",
                violation_error_message=_("Say why the cohort was called off."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.starts_on:%Y-%m-%d}"
