"""Organisations and their sites."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.text import fold
from backcast.partners.models.places import LabourArea, Region


class Organisation(Record):
    """An intermediary, employer, training provider, support agency or funder of a region."""

    class Kind(models.TextChoices):
        INTERMEDIARY = "intermediary", _("Intermediary")
        EMPLOYER = "employer", _("Employer")
        PROVIDER = "provider", _("Training provider")
        SUPPORT = "support", _("Support agency")
        FUNDER = "funder", _("Funder")

    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    website = models.URLField(_("website"), blank=True)
    #: The number by which a state or another system knows it, unique within its source.
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                F("kind"),
                Lower("name"),
                condition=Q(archived_at__isnull=True, source=""),
                name="organisation_name_is_unique",
                violation_error_message=_(
                    "There is already an organization of this kind with this name."
                ),
            ),
            models.UniqueConstraint(
                fields=["region", "source", "source_id"],
                condition=~Q(source_id=""),
                name="organisation_source_id_is_unique",
                violation_error_message=_("This source number is already taken."),
            ),
        ]
        indexes = [models.Index(fields=["region", "kind", "name_folded"], name="organisation_list")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)


class Site(Record):
    """A place where an organisation works, in one labour area."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sites")
    area = models.ForeignKey(
        LabourArea, models.PROTECT, null=True, blank=True, related_name="sites"
    )
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    zip = models.CharField(_("ZIP code"), max_length=10, blank=True)
    county = models.CharField(_("county"), max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                name="site_name_is_unique",
                violation_error_message=_("This organization already has a site with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
