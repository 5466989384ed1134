"""Crosswalks between codes, wages by area, and employment projections."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backcast.frameworks.models.releases import Release, Versioned


class Cip(models.Model):
    """A program of study in the Classification of Instructional Programs 2020."""

    code = models.CharField(_("CIP code"), max_length=7, primary_key=True)
    title = models.CharField(_("title"), max_length=250)
    folded = models.CharField(max_length=250)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class CipSoc(Versioned):
    """A program of study that leads to an occupation; each may have many of the other.

    ``teaches``: the occupation teaches the subject, so completers of the program do not count
    towards it unless someone confirms that they do.
    """

    pk = models.CompositePrimaryKey("cip_id", "soc", "first_release_id")
    cip = models.ForeignKey(
        Cip, models.PROTECT, db_constraint=False, db_index=False, related_name="links"
    )
    soc = models.CharField(_("SOC code"), max_length=7)
    soc_title = models.CharField(_("SOC title"), max_length=150)
    teaches = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["soc"], name="cip_soc_by_soc")]

    def __str__(self) -> str:
        return f"{self.cip_id} → {self.soc}"


class SocChange(Versioned):
    """An occupation of SOC 2010 and one that took its place in SOC 2018."""

    pk = models.CompositePrimaryKey("old", "new", "first_release_id")
    old = models.CharField(max_length=7)
    old_title = models.CharField(max_length=150)
    new = models.CharField(max_length=7)
    new_title = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Industry(models.Model):
    """A NAICS 2022 industry, two to six digits (or a range of sectors such as 31-33)."""

    code = models.CharField(_("NAICS code"), max_length=6, primary_key=True)
    title = models.CharField(_("title"), max_length=250)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class WageArea(models.Model):
    """An area for which wages are published: the nation, a state, or a metropolitan area."""

    class Kind(models.TextChoices):
        NATION = "N", _("Nation")
        STATE = "S", _("State")
        METRO = "M", _("Metropolitan or rural area")

    NATION = "0000000"

    code = models.CharField(_("area code"), max_length=7, primary_key=True)
    title = models.CharField(_("area"), max_length=150)
    kind = models.CharField(_("kind"), max_length=1, choices=Kind)
    #: Postal codes of the states that it lies in; empty for the nation.
    states = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        ordering: ClassVar = ["kind", "title"]

    def __str__(self) -> str:
        return self.title


class Wage(models.Model):
    """Employment and wages of a published SOC code in an area and year, in dollars of that year.

    ``top_coded`` names the wages that are at or above the highest published; these are empty, as
    are those that were not released.
    """

    FIGURES = tuple(
        f"{unit}_{what}" for unit in ("hourly", "annual") for what in ("mean", 10, 25, 50, 75, 90)
    )

    pk = models.CompositePrimaryKey("soc", "area_id", "year")
    soc = models.CharField(_("SOC code"), max_length=7)
    area = models.ForeignKey(WageArea, models.PROTECT, related_name="wages")
    year = models.PositiveSmallIntegerField(_("year"))
    release = models.ForeignKey(Release, models.PROTECT, related_name="+")
    title = models.CharField(_("occupation"), max_length=150)
    employment = models.PositiveIntegerField(_("people employed"), null=True)
    employment_rse = models.FloatField(_("relative standard error, percent"), null=True)
    hourly_mean = models.FloatField(null=True)
    hourly_10 = models.FloatField(null=True)
    hourly_25 = models.FloatField(null=True)
    hourly_50 = models.FloatField(null=True)
    hourly_75 = models.FloatField(null=True)
    hourly_90 = models.FloatField(null=True)
    annual_mean = models.FloatField(null=True)
    annual_10 = models.FloatField(null=True)
    annual_25 = models.FloatField(null=True)
    annual_50 = models.FloatField(null=True)
    annual_75 = models.FloatField(null=True)
    annual_90 = models.FloatField(null=True)
    top_coded = ArrayField(models.CharField(max_length=12), default=list)
    location_quotient = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.soc} · {self.area_id} · {self.year}"


class Projection(models.Model):
    """National employment of a published SOC code over a decade; people, and percent a year.

    Openings a year are labour force exits, transfers to other occupations and yearly growth.
    """

    pk = models.CompositePrimaryKey("soc", "base_year")
    soc = models.CharField(_("SOC code"), max_length=7)
    base_year = models.PositiveSmallIntegerField(_("from"))
    target_year = models.PositiveSmallIntegerField(_("to"))
    release = models.ForeignKey(Release, models.PROTECT, related_name="+")
    title = models.CharField(_("occupation"), max_length=150)
    summary = models.BooleanField()
    employment = models.PositiveIntegerField(_("people employed"))
    employment_projected = models.PositiveIntegerField(_("projected"))
    change = models.IntegerField(_("change"))
    change_percent = models.FloatField(_("change, percent"))
    exit_rate = models.FloatField(_("leave the labor force, percent a year"))
    transfer_rate = models.FloatField(_("change occupation, percent a year"))
    exits = models.PositiveIntegerField(_("leave the labor force, a year"))
    transfers = models.PositiveIntegerField(_("change occupation, a year"))
    openings = models.PositiveIntegerField(_("openings a year"))
    education = models.CharField(_("typical education"), max_length=100, blank=True)
    experience = models.CharField(_("typical experience"), max_length=100, blank=True)
    training = models.CharField(_("typical training on the job"), max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(target_year__gt=models.F("base_year")),
                name="projection_looks_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.soc} {self.base_year}–{self.target_year}"
