"""What has been loaded, from where, when, and what it changed."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.parsing.codes import ESCO_URI

Row = TypeVar("Row", bound=models.Model, covariant=True)


class Source(models.TextChoices):
    """Whose data a row is."""

    ONET = "onet", _("O*NET")
    ESCO = "esco", _("ESCO")
    CIP_SOC = "cip-soc", _("CIP–SOC crosswalk")
    SOC_CHANGES = "soc-changes", _("SOC 2010 to 2018 crosswalk")
    OEWS = "oews", _("Occupational employment and wages")
    PROJECTIONS = "projections", _("Employment projections")
    NAICS = "naics", _("NAICS")
    ESCO_ONET = "esco-onet", _("O*NET–ESCO crosswalk")


class Framework(models.TextChoices):
    """Whose occupations and competencies an item belongs to; empty for a region's own."""

    ONET = "onet", _("O*NET")
    ESCO = "esco", _("ESCO")


def framework_field() -> models.GeneratedField:
    """The framework of an item, which its id tells."""
    return models.GeneratedField(
        expression=models.Case(
            models.When(region__isnull=False, then=models.Value("")),
            models.When(source_id__startswith=ESCO_URI, then=models.Value("esco")),
            default=models.Value("onet"),
        ),
        output_field=models.CharField(_("framework"), max_length=8, choices=Framework),
        db_persist=True,
    )


class Release(Record):
    """One version of one source. Loading it again corrects it; a newer one comes after it.

    ``order`` sorts the versions of a source (``27.0`` before ``29.0``).
    """

    source = models.CharField(_("source"), max_length=20, choices=Source)
    version = models.CharField(_("version"), max_length=40)
    order = models.PositiveIntegerField(editable=False)
    loaded_at = models.DateTimeField(_("loaded"))
    attribution = models.TextField(_("attribution"))
    licence = models.CharField(_("license"), max_length=200)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_used = models.PositiveIntegerField(_("rows used"), default=0)

    class Meta:
        ordering: ClassVar = ["source", "-order"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "version"],
                name="release_is_loaded_once",
                violation_error_message=_("This version is already loaded."),
            ),
            models.UniqueConstraint(
                fields=["source", "order"],
                name="release_order_is_unique",
                violation_error_message=_("Another version has the same place in the order."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.version}"


class ReleaseFile(models.Model):
    """One table of a release: rows in the file, and what they did to what was there before.

    ``rows_read = rows_used + refused``; ``added``, ``changed`` and ``withdrawn`` compare with the
    release before; ``changed`` counts rows whose meaning changed, not only their date.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="files")
    table = models.CharField(_("table"), max_length=60)
    file = models.CharField(_("file"), max_length=200)
    rows_read = models.PositiveIntegerField(_("rows read"))
    rows_used = models.PositiveIntegerField(_("rows used"))
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "table"], name="one_count_per_table"),
            models.CheckConstraint(
                condition=models.Q(rows_used__lte=models.F("rows_read")),
                name="rows_used_were_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} · {self.table}"


class ReleaseRefusal(models.Model):
    """Rows of a table that were not used, by reason, with the first of them as an example."""

    file = models.ForeignKey(ReleaseFile, models.CASCADE, related_name="refusals")
    reason = models.CharField(_("reason"), max_length=60)
    count = models.PositiveIntegerField(_("rows"))
    example = models.TextField(_("example"), blank=True)

    class Meta:
        ordering: ClassVar = ["-count", "reason"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "reason"], name="one_count_per_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.count} {self.reason}"


class ReleaseChange(models.Model):
    """An occupation that a release added, withdrew, brought back or renamed."""

    class Kind(models.TextChoices):
        ADDED = "added", _("added")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RETURNED = "returned", _("brought back")
        RETITLED = "retitled", _("renamed")
        REDEFINED = "redefined", _("described differently")

    release = models.ForeignKey(Release, models.CASCADE, related_name="changes")
    kind = models.CharField(_("change"), max_length=12, choices=Kind)
    occupation = models.ForeignKey("frameworks.Occupation", models.CASCADE, related_name="changes")
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "occupation__code"]

    def __str__(self) -> str:
        return f"{self.occupation} {self.kind}"


class VersionedQuerySet(models.QuerySet[Row]):
    """Rows by the release in which they hold."""

    def current(self) -> Self:
        return self.filter(withdrawn_in__isnull=True)

    def as_of(self, release: Release) -> Self:
        """The rows that held when ``release`` was the newest of its source."""
        return self.filter(first_release__order__lte=release.order).exclude(
            withdrawn_in__order__lte=release.order
        )


class Versioned(models.Model):
    """A loaded row that holds from one release until another withdraws it; never edited by hand.

    The loader writes these tables in bulk, in one transaction that also writes the audited
    release, so they have neither audit triggers nor foreign-key triggers of their own.
    """

    first_release = models.ForeignKey(
        Release, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    withdrawn_in = models.ForeignKey(
        Release, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
