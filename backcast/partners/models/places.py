"""Regions and the labour areas that they are made of."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record


class Region(Record):
    """The part of the world that one or more intermediaries plan for. Regions never mix."""

    class Kind(models.TextChoices):
        REAL = "real", _("Real")
        DEMONSTRATION = "demonstration", _("Demonstration (made up)")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.REAL)
    note = models.TextField(_("note"), blank=True)
    #: The folder under ``regions/`` whose assumptions hold here; empty for none.
    recipe = models.CharField(_("assumptions"), max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="region_name_is_unique",
                violation_error_message=_("There is already a region with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demonstration(self) -> bool:
        return self.kind == self.Kind.DEMONSTRATION


class LabourArea(Record):
    """A set of counties within which people travel to work; some areas adjoin others."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="areas")
    name = models.CharField(_("name"), max_length=120)
    adjoining = models.ManyToManyField("self", verbose_name=_("adjoining areas"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Lower("name"),
                name="area_name_is_unique_in_region",
                violation_error_message=_("There is already a labor area with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class County(models.Model):
    """A county of a labour area; each county belongs to at most one area of a region."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="counties")
    area = models.ForeignKey(LabourArea, models.CASCADE, related_name="counties")
    state = models.CharField(_("state"), max_length=2)
    name = models.CharField(_("county"), max_length=80)

    class Meta:
        ordering = ["state", "name"]
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Lower("state"),
                Lower("name"),
                name="county_in_one_area_only",
                violation_error_message=_("This county already belongs to a labor area."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"
