"""Competencies with their levels, and credentials."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models.releases import Release, Versioned, framework_field
from backcast.partners.models import Region


class Scale(models.Model):
    """A scale on which values are stated, with its lowest and highest value."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    minimum = models.FloatField(_("lowest"))
    maximum = models.FloatField(_("highest"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minimum__lt=F("maximum")),
                name="scale_has_a_range",
                violation_error_message=_("The lowest value must be below the highest."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Competency(Record):
    """Something a person can know or do: of a framework (no region), or a region's own statement.

    One that a newer release drops stays; ``successor`` says which one took its place, where known.
    """

    class Kind(models.TextChoices):
        SKILL = "skill", _("Skill")
        KNOWLEDGE = "knowledge", _("Knowledge")
        ABILITY = "ability", _("Ability")
        ACTIVITY = "activity", _("Work activity")
        DETAILED = "detailed", _("Detailed work activity")
        STYLE = "style", _("Work style")
        GROUP = "group", _("Group of skills")

    class Reach(models.TextChoices):
        """How widely ESCO says a skill is used."""

        TRANSVERSAL = "transversal", _("everywhere")
        CROSS_SECTOR = "cross-sector", _("in several sectors")
        SECTOR = "sector-specific", _("in one sector")
        OCCUPATION = "occupation-specific", _("in one occupation")

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="competencies"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    #: O*NET's element or activity id, or ESCO's address of the concept.
    source_id = models.CharField(_("id"), max_length=120, blank=True)
    framework = framework_field()
    reach = models.CharField(_("used"), max_length=20, choices=Reach, blank=True)
    statement = models.CharField(_("statement"), max_length=300)
    folded = models.CharField(max_length=300, editable=False)
    description = models.TextField(_("description"), blank=True)
    scale = models.ForeignKey(
        Scale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("levels")
    )
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts")
    first_release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+")
    withdrawn_in = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="+"
    )
    successor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="predecessors"
    )

    class Meta:
        ordering: ClassVar = ["statement", "id"]
        verbose_name_plural = "competencies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_id"],
                condition=~Q(source_id=""),
                name="competency_source_id_is_unique",
                violation_error_message=_("There is already a competency with this id."),
            ),
            models.UniqueConstraint(
                F("region"),
                Lower("statement"),
                condition=Q(region__isnull=False, archived_at__isnull=True),
                name="own_competency_is_unique",
                violation_error_message=_("You already have a competency with this statement."),
            ),
            models.CheckConstraint(
                condition=Q(region__isnull=True, first_release__isnull=False, archived_at=None)
                & ~Q(source_id="")
                | Q(region__isnull=False, first_release__isnull=True, source_id=""),
                name="competency_is_loaded_or_own",
                violation_error_message=_(
                    "A loaded competency has an id and a release; an own one has neither."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.statement

    @property
    def is_own(self) -> bool:
        return self.region_id is not None

    @property
    def is_current(self) -> bool:
        return self.withdrawn_in_id is None and self.archived_at is None


class CompetencyTitle(Versioned):
    """A name of a loaded competency beside its statement, as ESCO gives them."""

    class Kind(models.TextChoices):
        STATEMENT = "t", _("statement")
        ALTERNATE = "a", _("alternate")
        HIDDEN = "h", _("found by, not shown")

    pk = models.CompositePrimaryKey("competency_id", "kind", "title", "first_release_id")
    competency = models.ForeignKey(
        Competency, models.PROTECT, db_constraint=False, db_index=False, related_name="titles"
    )
    kind = models.CharField(max_length=1, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    folded = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.title


class CompetencyLink(Versioned):
    """A competency and one above it, or one that it calls for."""

    class Kind(models.TextChoices):
        BROADER = "broader", _("belongs to")
        ESSENTIAL = "essential", _("calls for")
        OPTIONAL = "optional", _("may call for")

    pk = models.CompositePrimaryKey("competency_id", "kind", "related_id", "first_release_id")
    competency = models.ForeignKey(
        Competency, models.PROTECT, db_constraint=False, db_index=False, related_name="links"
    )
    related = models.ForeignKey(
        Competency, models.PROTECT, db_constraint=False, db_index=False, related_name="back_links"
    )
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["related", "kind"], name="competency_link_back"),
        ]

    def __str__(self) -> str:
        return f"{self.competency_id} {self.kind} {self.related_id}"


class CompetencyAnchor(models.Model):
    """What one level of a competency looks like at work."""

    competency = models.ForeignKey(Competency, models.CASCADE, related_name="anchors")
    value = models.FloatField(_("level"))
    description = models.TextField(_("what it looks like"))
    #: Written by people (and then audited), not loaded.
    own = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering: ClassVar = ["value"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["competency", "value"],
                name="one_anchor_per_level",
                violation_error_message=_("This level is already described."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:g}: {self.description}"


class Credential(Record):
    """A certificate, certification, licence or degree that people can earn or must hold."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate of completion")
        CERTIFICATION = "certification", _("Industry certification")
        LICENCE = "licence", _("License or state registration")
        DEGREE = "degree", _("Degree")
        APPRENTICESHIP = "apprenticeship", _("Apprenticeship certificate")
        BADGE = "badge", _("Badge or microcredential")

    region = models.ForeignKey(Region, models.PROTECT, related_name="credentials")
    name = models.CharField(_("name"), max_length=200)
    folded = models.CharField(max_length=250, editable=False)
    abbreviation = models.CharField(_("abbreviation"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    renewal_months = models.PositiveSmallIntegerField(
        _("months until renewal"), null=True, blank=True
    )
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("region"),
                Lower("name"),
                Lower("issuer"),
                condition=Q(archived_at__isnull=True),
                name="credential_is_unique",
                violation_error_message=_(
                    "There is already a credential of this name from this issuer."
                ),
            ),
            models.CheckConstraint(
                condition=Q(renewal_months__isnull=True) | Q(renewal_months__range=(1, 600)),
                name="renewal_is_1_to_600_months",
                violation_error_message=_("Enter 1 to 600 months, or leave it empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.abbreviation})" if self.abbreviation else self.name
