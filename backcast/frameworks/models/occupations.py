"""Occupations and what releases say of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models.releases import Framework, Release, Versioned, framework_field
from backcast.frameworks.parsing.codes import published_soc
from backcast.partners.models import Region


class Occupation(Record):
    """An occupation of O*NET or ESCO (no region), or one that a region added beside them.

    An occupation that a newer release drops stays, ``withdrawn_in`` says since when and
    ``successor`` which one took its place, so that what points to it keeps its meaning.
    """

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="occupations"
    )
    code = models.CharField(_("code"), max_length=20, blank=True)
    #: ESCO's address of the concept; O*NET's occupations are known by their code.
    source_id = models.CharField(_("address"), max_length=120, blank=True)
    framework = framework_field()
    isco = models.CharField(_("ISCO-08 group"), max_length=4, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts")
    soc = models.CharField(_("SOC code"), max_length=7, blank=True)
    title = models.CharField(_("title"), max_length=150)
    folded = models.CharField(max_length=150, editable=False)
    description = models.TextField(_("description"), blank=True)
    job_zone = models.PositiveSmallIntegerField(_("job zone"), null=True, blank=True)
    first_release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+")
    withdrawn_in = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="+"
    )
    successor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="predecessors"
    )

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code="") & Q(source_id=""),
                name="occupation_code_is_unique",
                violation_error_message=_("There is already an occupation with this code."),
            ),
            models.UniqueConstraint(
                fields=["source_id"],
                condition=~Q(source_id=""),
                name="occupation_source_id_is_unique",
                violation_error_message=_("There is already an occupation with this address."),
            ),
            models.UniqueConstraint(
                F("region"),
                Lower("title"),
                condition=Q(region__isnull=False, archived_at__isnull=True),
                name="own_occupation_title_is_unique",
                violation_error_message=_("You already have an occupation with this title."),
            ),
            models.CheckConstraint(
                condition=Q(region__isnull=True, first_release__isnull=False, archived_at=None)
                & ~Q(code="")
                | Q(region__isnull=False, first_release__isnull=True, code="", source_id=""),
                name="occupation_is_loaded_or_own",
                violation_error_message=_(
                    "A loaded occupation has a code and a release; an own one has neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(job_zone__isnull=True) | Q(job_zone__range=(1, 5)),
                name="job_zone_is_1_to_5",
                violation_error_message=_("Job zones are 1 to 5."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["soc"], name="occupation_soc")]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})" if self.code else self.title

    @property
    def is_own(self) -> bool:
        return self.region_id is not None

    @property
    def is_current(self) -> bool:
        """May it be chosen for something new?"""
        return self.withdrawn_in_id is None and self.archived_at is None

    @property
    def published_soc(self) -> str:
        """The SOC code under which wages and projections are published, or ``""``."""
        return published_soc(self.soc) if self.soc else ""

    def same_work(self, other: Occupation) -> bool:
        """Whether plans take both for one role: figures are published for them together."""
        return self.pk == other.pk or (bool(self.soc) and self.published_soc == other.published_soc)


class OccupationTitle(Versioned):
    """A name of a loaded occupation: its title, an alternate one, or one that workers reported."""

    class Kind(models.TextChoices):
        TITLE = "t", _("title")
        ALTERNATE = "a", _("alternate")
        REPORTED = "r", _("reported by workers")
        HIDDEN = "h", _("found by, not shown")

    pk = models.CompositePrimaryKey("occupation_id", "kind", "title", "short", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="titles"
    )
    framework = models.CharField(max_length=8, choices=Framework, db_default=Framework.ONET.value)
    kind = models.CharField(max_length=1, choices=Kind)
    title = models.CharField(_("title"), max_length=250)
    short = models.CharField(_("short title"), max_length=250, blank=True)
    folded = models.CharField(max_length=520)
    shown = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.title


class Task(Versioned):
    """What people in an occupation do. ``core`` tasks matter to most of them."""

    pk = models.CompositePrimaryKey("occupation_id", "task_id", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="tasks"
    )
    task_id = models.PositiveIntegerField()
    statement = models.TextField(_("task"))
    kind = models.CharField(_("type"), max_length=20, blank=True)
    incumbents = models.PositiveIntegerField(_("people asked"), null=True)
    date = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.statement

    @property
    def is_core(self) -> bool:
        return self.kind == "Core"


class TaskActivity(Versioned):
    """A detailed work activity that a task is an example of."""

    pk = models.CompositePrimaryKey("occupation_id", "task_id", "competency_id", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    task_id = models.PositiveIntegerField()
    competency = models.ForeignKey(
        "frameworks.Competency",
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="task_links",
    )

    def __str__(self) -> str:
        return f"{self.task_id} · {self.competency_id}"


class TechnologySkill(Versioned):
    """A tool of software that people in an occupation use."""

    pk = models.CompositePrimaryKey(
        "occupation_id", "commodity_code", "example", "first_release_id"
    )
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="technologies"
    )
    example = models.CharField(_("example"), max_length=250)
    commodity_code = models.PositiveIntegerField()
    commodity = models.CharField(_("kind of software"), max_length=250)
    hot = models.BooleanField(_("often asked for"))
    in_demand = models.BooleanField(_("in demand for this occupation"), null=True)

    def __str__(self) -> str:
        return self.example


class RelatedOccupation(Versioned):
    """An occupation with similar work; ``rank`` 1 is the closest."""

    pk = models.CompositePrimaryKey("occupation_id", "related_id", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="related"
    )
    related = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    tier = models.CharField(_("closeness"), max_length=30)
    rank = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.occupation_id} → {self.related_id}"


class Rating(Versioned):
    """How an occupation rates on one competency and one scale; scales are never mixed."""

    pk = models.CompositePrimaryKey("occupation_id", "competency_id", "scale", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="ratings"
    )
    competency = models.ForeignKey(
        "frameworks.Competency",
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="ratings",
    )
    scale = models.CharField(_("scale"), max_length=3)
    #: The kind of the competency: a release brings each kind in a file of its own.
    kind = models.CharField(_("kind"), max_length=12)
    value = models.FloatField(_("value"))
    n = models.PositiveIntegerField(_("people asked"), null=True)
    standard_error = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    date = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["competency", "scale", "-value"], name="rating_by_competency")
        ]

    def __str__(self) -> str:
        return f"{self.scale} {self.value:g}"


class SchoolingShare(Versioned):
    """How many in a hundred people asked about an occupation name one category of a scale.

    Scales are O*NET's: ``RL`` the education that is required (1 less than high school to 12
    post-doctoral), ``RW`` related experience, ``PT`` training on site, ``OJ`` on the job. A category
    that O*NET recommends to suppress has no row.
    """

    pk = models.CompositePrimaryKey("occupation_id", "scale", "category", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="schooling"
    )
    scale = models.CharField(_("scale"), max_length=3)
    category = models.PositiveSmallIntegerField(_("category"))
    value = models.FloatField(_("share"))
    n = models.PositiveIntegerField(_("people asked"), null=True)
    date = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.scale} {self.category}: {self.value:g}%"


class OccupationSkill(Versioned):
    """A competency that ESCO calls essential or optional for an occupation."""

    pk = models.CompositePrimaryKey("occupation_id", "competency_id", "first_release_id")
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, db_constraint=False, db_index=False, related_name="skills"
    )
    competency = models.ForeignKey(
        "frameworks.Competency",
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="occupation_links",
    )
    essential = models.BooleanField(_("essential"))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["competency"], name="occupation_skill_by_competency")
        ]

    def __str__(self) -> str:
        return f"{self.occupation_id} → {self.competency_id}"


class OccupationMatch(Versioned):
    """An occupation of O*NET and one of ESCO that mean the same, nearly, or in part.

    Codes and addresses stand here, not keys: the crosswalk holds whatever else is loaded.
    """

    class Kind(models.TextChoices):
        EXACT = "exact", _("the same work")
        CLOSE = "close", _("nearly the same work")
        NARROW = "narrow", _("a part of it")
        BROAD = "broad", _("wider than it")
        ISCO = "isco", _("a group of occupations")

    pk = models.CompositePrimaryKey("onet_code", "esco_uri", "first_release_id")
    onet_code = models.CharField(_("O*NET-SOC code"), max_length=10)
    esco_uri = models.CharField(_("ESCO or ISCO address"), max_length=120)
    esco_title = models.CharField(_("ESCO or ISCO title"), max_length=250)
    #: What the ESCO occupation is, seen from the O*NET one.
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["esco_uri"], name="occupation_match_by_esco")]

    def __str__(self) -> str:
        return f"{self.onet_code} → {self.esco_title}"


class IscoGroup(models.Model):
    """A group of ISCO-08, one to four digits; ESCO's occupations stand in those of four."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    title = models.CharField(_("title"), max_length=150)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
