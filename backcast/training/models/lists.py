"""Lists of programs as states publish them, and the outcomes that come with them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.partners.models import Organisation, Person, Region


class PublishedOutcome(models.Model):
    """What a state published for a provider and field of study: completed → employed in any job.

    ``employed`` is empty where the state suppressed it; zero is zero.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="published_outcomes")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="published_outcomes")
    cip_code = models.CharField(_("CIP code"), max_length=7)
    period = models.CharField(_("period"), max_length=60, blank=True)
    completers = models.PositiveIntegerField(_("completed"))
    employed = models.PositiveIntegerField(_("employed in any job"), null=True)
    suppressed = models.BooleanField(_("suppressed by the state"), default=False)
    quarterly_wage = models.DecimalField(
        _("average quarterly wage"), max_digits=9, decimal_places=2, null=True
    )
    wage_people = models.PositiveIntegerField(_("people behind the wage"), null=True)
    source = models.CharField(_("source"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "provider", "cip_code", "period", "source"],
                name="outcome_published_once",
            ),
            models.CheckConstraint(
                condition=Q(employed__isnull=True) | Q(employed__lte=F("completers")),
                name="outcome_employed_among_completers",
                violation_error_message=_("More people are employed than completed."),
            ),
            models.CheckConstraint(
                condition=Q(suppressed=False) | Q(employed__isnull=True),
                name="outcome_suppressed_has_no_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.cip_code} {self.period}"


class ColumnMapping(Record):
    """A confirmed choice of columns, kept by name so that the next list of its make is quick."""

    class Kind(models.TextChoices):
        PROGRAMS = "programs", _("Programs")
        OUTCOMES = "outcomes", _("Published outcomes")

    region = models.ForeignKey(Region, models.PROTECT, related_name="column_mappings")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    #: Empty where it was made for one load only.
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                F("kind"),
                Lower("name"),
                condition=~Q(name="") & Q(archived_at__isnull=True),
                name="mapping_name_is_unique",
                violation_error_message=_("There is already a column choice with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()}"

    def columns(self) -> dict[str, str]:
        """Field → column of the file."""
        return {choice.field: choice.column for choice in self.choices.all()}


class ColumnChoice(models.Model):
    """One field of a mapping and the column that holds it."""

    mapping = models.ForeignKey(ColumnMapping, models.CASCADE, related_name="choices")
    field = models.CharField(max_length=40)
    column = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mapping", "field"], name="mapping_has_field_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} ← {self.column}"


class ListLoad(Record):
    """A list that somebody loads: what came in, what was used, what was refused and why."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to confirm")
        PREVIEW = "preview", _("Ready to load")
        COMMITTED = "committed", _("Loaded")

    region = models.ForeignKey(Region, models.PROTECT, related_name="list_loads")
    kind = models.CharField(_("kind"), max_length=20, choices=ColumnMapping.Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=255)
    stored_name = models.CharField(max_length=120, blank=True, editable=False)
    #: The list's own file of providers, where it came with one.
    stored_providers = models.CharField(max_length=120, blank=True, editable=False)
    #: What the list is called where its figures are shown.
    source = models.CharField(_("name of the list"), max_length=60)
    period = models.CharField(_("period"), max_length=60, blank=True)
    #: The folder under ``regions/`` whose assumptions fill what the list does not say.
    recipe = models.CharField(_("assumptions"), max_length=60, blank=True)
    mapping = models.ForeignKey(
        ColumnMapping, models.PROTECT, null=True, blank=True, related_name="loads"
    )
    remarks = models.TextField(blank=True)
    rows_in = models.PositiveIntegerField(_("rows in the file"), default=0)
    rows_used = models.PositiveIntegerField(_("rows used"), default=0)
    rows_refused = models.PositiveIntegerField(_("rows refused"), default=0)
    released_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="list_loads"
    )
    released_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_in=F("rows_used") + F("rows_refused")),
                name="every_row_is_used_or_refused",
                violation_error_message=_("Rows in must equal rows used and rows refused."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ListRefusal(models.Model):
    """One row that a load did not take: where, why, and how to mend it."""

    load = models.ForeignKey(ListLoad, models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField(_("row"))
    reason = models.CharField(_("reason"), max_length=40)
    field = models.CharField(_("field"), max_length=60, blank=True)
    message = models.CharField(_("what is wrong"), max_length=500)
    remedy = models.CharField(_("how to mend it"), max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["load", "row"], name="refusals_of_load")]
        constraints = [
            models.UniqueConstraint(fields=["load", "row"], name="row_refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"
