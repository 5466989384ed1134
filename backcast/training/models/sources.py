"""Where an employer's hires for a role came from, in its own count."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.demand.models import Role
from backcast.frameworks.models import Occupation
from backcast.partners.models import Organisation, Region
from backcast.training.models.programs import Program


class HireSource(Record):
    """So many people in a year, hired for a role by one employer, out of one source.

    ``name`` tells which school, agency or employer where that is known. People of another employer
    are no new people for the region; a promotion opens the job that it came from.
    """

    class Kind(models.TextChoices):
        PROGRAM = "program", _("A training program listed here")
        TRAINING = "training", _("Training not listed here")
        EMPLOYER = "employer", _("Another employer of the region")
        PROMOTION = "promotion", _("Our own staff, promoted")
        SCHOOL = "school", _("Straight from high school")
        AGENCY = "agency", _("A staffing agency")
        AWAY = "away", _("Moved here from elsewhere")
        OTHER = "other", _("Other, or not known")

    region = models.ForeignKey(Region, models.PROTECT, related_name="hire_sources")
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="hire_sources", verbose_name=_("employer")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="hire_sources")
    year = models.PositiveSmallIntegerField(_("calendar year"))
    kind = models.CharField(_("source"), max_length=12, choices=Kind)
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hire_sources",
        verbose_name=_("program"),
    )
    name = models.CharField(_("which one"), max_length=160, blank=True)
    hires = models.PositiveIntegerField(_("people hired"))

    class Meta:
        ordering: ClassVar = ["-year", "employer__name", "kind", "id"]
        indexes: ClassVar = [models.Index(fields=["role", "year"], name="hire_sources_of_role")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="program", program__isnull=False)
                | ~Q(kind="program") & Q(program__isnull=True),
                name="hire_source_names_its_program",
                violation_error_message=_(
                    "Choose the program where the source is one, and only then."
                ),
            ),
            models.UniqueConstraint(
                F("employer"),
                F("role"),
                F("year"),
                F("kind"),
                F("program"),
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                nulls_distinct=False,
                name="hire_source_counted_once",
                violation_error_message=_("This source is already counted for that year."),
            ),
            models.CheckConstraint(
                condition=Q(year__range=(1990, 2100)),
                name="hire_source_year_is_a_year",
                violation_error_message=_("Write the year with four digits, like 2026."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer}, {self.role}, {self.year}: {self.get_kind_display()}"


class FlowPublication(Record):
    """Where the hires of a year into an occupation came from, as far as others may see it.

    Decided once for an occupation and year, and kept: the difference of two would tell who counted
    again. ``role`` is the occupation as plans call it, so that its releases share one row.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    title = models.CharField(_("occupation"), max_length=200)
    year = models.PositiveSmallIntegerField(_("calendar year"))
    published_at = models.DateTimeField(_("published"))
    rule_since = models.DateField()

    class Meta:
        ordering: ClassVar = ["title", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "role", "year"],
                name="flow_is_published_once",
                violation_error_message=_("The hires of this year are published already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.year}"


class PublishedSource(models.Model):
    """People hired out of one source that is shown; without a kind out of all of them."""

    publication = models.ForeignKey(FlowPublication, models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=12, choices=HireSource.Kind, blank=True)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="+")
    hires = models.PositiveIntegerField()
    employers = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-hires", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "kind", "program"],
                nulls_distinct=False,
                name="source_is_published_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'all'}: {self.hires}"
