"""Collaboratives: employers of a region who work on the same jobs together."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.partners.models.organisations import Organisation
from backcast.partners.models.places import Region


class Collaborative(Record):
    """A sector partnership: employers who plan for the same jobs, convened by an intermediary."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="collaboratives")
    name = models.CharField(_("name"), max_length=120)
    focus = models.TextField(_("what it works on"), blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("region"),
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                name="collaborative_name_is_unique",
                violation_error_message=_("There is already a collaborative with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CollaborativeMember(Record):
    """An employer's place in a collaborative. Leaving ends it; the record stays.

    ``headcount`` is the number of people it employs in the region, from its own word or a roster:
    with ``size`` it says how much of the sector an answer speaks for.
    """

    class Size(models.TextChoices):
        SMALL = "small", _("Fewer than 50 people")
        MEDIUM = "medium", _("50 to 249 people")
        LARGE = "large", _("250 to 999 people")
        VERY_LARGE = "very_large", _("1,000 people or more")

    collaborative = models.ForeignKey(Collaborative, models.CASCADE, related_name="members")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="collaborative_places")
    size = models.CharField(_("size"), max_length=12, choices=Size)
    headcount = models.PositiveIntegerField(_("people employed"), null=True, blank=True)
    industry = models.CharField(_("NAICS code"), max_length=6, blank=True)
    joined_on = models.DateField(_("joined"))
    left_on = models.DateField(_("left"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["employer__name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collaborative", "employer"],
                condition=Q(left_on__isnull=True),
                name="one_place_in_a_collaborative",
                violation_error_message=_("This employer already belongs to the collaborative."),
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="member_leaves_after_joining",
                violation_error_message=_("The day of leaving lies before the day of joining."),
            ),
            models.CheckConstraint(
                condition=Q(industry="") | Q(industry__regex=r"^\d{2,6}$"),
                name="member_industry_is_a_naics_code",
                violation_error_message=_("A NAICS code has 2 to 6 digits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.collaborative}"
