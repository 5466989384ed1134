"""What a program teaches: its versions, their modules, and what learners take from each module."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models import Competency, Scale
from backcast.frameworks.text import folded
from backcast.training.models.programs import Program


class ProgramVersion(Record):
    """What a program teaches, as one piece. Only a draft changes; learner records name a version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CURRENT = "current", _("Current")
        SUPERSEDED = "superseded", _("Superseded")

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", editable=False
    )
    current_from = models.DateTimeField(_("taught from"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["program", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "number"],
                name="program_version_number_is_unique",
                violation_error_message=_("The program already has a version of this number."),
            ),
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(status="current"),
                name="program_has_one_current_version",
                violation_error_message=_("A program has one current version."),
            ),
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(status="draft", archived_at__isnull=True),
                name="program_has_one_draft",
                violation_error_message=_(
                    "The program already has a draft. Make it current or discard it first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(status="draft"),
                name="only_a_draft_is_discarded",
                violation_error_message=_("A version that was taught stays on record."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft", current_from__isnull=True)
                | ~Q(status="draft") & Q(current_from__isnull=False),
                name="program_version_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}, {self.number}"


class Module(Record):
    """A part of a program: a course, a unit, a lab. ``key`` is the same from version to version."""

    version = models.ForeignKey(ProgramVersion, models.CASCADE, related_name="modules")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=200)
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    outline = models.TextField(_("outline"), blank=True)

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "order"],
                name="module_place_is_taken_once",
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["version", "key"], name="module_stands_once_in_version"
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0),
                name="module_takes_time",
                violation_error_message=_("A module takes more than 0 hours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.title}"


class ModuleOutcome(models.Model):
    """What learners take from a module: a competency or own words, and what the module does for it.

    ``level`` is how far learners come, on ``scale``: the competency's when the level was stated, and
    the five own levels where it has none.
    ``hours`` may stay empty: the module's remaining hours are then divided evenly.
    """

    module = models.ForeignKey(Module, models.CASCADE, related_name="outcomes")
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="module_outcomes"
    )
    words = models.CharField(_("in own words"), max_length=300, blank=True)
    folded = models.CharField(max_length=300, blank=True, editable=False)
    introduces = models.BooleanField(_("introduced"), default=False)
    practises = models.BooleanField(_("practised"), default=False)
    assesses = models.BooleanField(_("assessed"), default=False)
    level = models.FloatField(_("level"), null=True, blank=True)
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="+")
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["module", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(competency__isnull=False, words="")
                | Q(competency__isnull=True) & ~Q(words=""),
                name="outcome_is_competency_or_words",
                violation_error_message=_("Choose a competency or write it in your own words."),
            ),
            models.UniqueConstraint(
                fields=["module", "competency"],
                name="module_has_competency_once",
                violation_error_message=_("The module already has this competency."),
            ),
            models.UniqueConstraint(
                F("module"),
                Lower("words"),
                condition=~Q(words=""),
                name="module_has_words_once",
                violation_error_message=_("The module already has an outcome in these words."),
            ),
            models.CheckConstraint(
                condition=Q(introduces=True) | Q(practises=True) | Q(assesses=True),
                name="outcome_does_something",
                violation_error_message=_(
                    "Say whether the module introduces, practices or assesses it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(scale__isnull=False),
                name="outcome_level_has_a_scale",
                violation_error_message=_("A level belongs to a scale."),
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gte=0),
                name="outcome_hours_are_not_negative",
                violation_error_message=_("Hours cannot be below 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.competency.statement if self.competency else self.words

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = folded(self.words)[:300]
        super().save(*args, **kwargs)

    @property
    def key(self) -> str:
        """What tells competencies apart across modules and profiles: ``c12`` or ``w`` and the words."""
        return outcome_key(self.competency_id, self.folded)

    @property
    def modes(self) -> str:
        """The letters of what the module does: I introduces, P practices, A assesses."""
        return "".join(
            letter
            for letter, does in (
                ("I", self.introduces),
                ("P", self.practises),
                ("A", self.assesses),
            )
            if does
        )


def outcome_key(competency: int | None, words: str) -> str:
    """One key for a competency, or for own words (folded) that read the same."""
    return f"c{competency}" if competency else f"w{words}"
