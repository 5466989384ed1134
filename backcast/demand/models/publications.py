"""What a collaborative lets others see of its demand, and who was hired since."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.quarters import Quarter
from backcast.demand.models.needs import NeedQuarter
from backcast.demand.models.roles import Role
from backcast.demand.models.waves import Wave
from backcast.frameworks.models import Competency
from backcast.partners.models import Collaborative, LabourArea, Organisation, Person, Region


class Publication(Record):
    """The figures of a frozen wave that may be shown to others, as they were decided on one day.

    They are kept rather than worked out when somebody looks, so that two looks never differ by one
    employer's answer. Names of the wave are repeated, since others do not see waves.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="publications")
    collaborative = models.ForeignKey(Collaborative, models.PROTECT, related_name="publications")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="publications")
    number = models.PositiveSmallIntegerField(_("number"))
    wave_name = models.CharField(_("wave"), max_length=120)
    first_quarter = models.DateField(_("first quarter"))
    quarters = models.PositiveSmallIntegerField(_("quarters"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    #: From which day the rule held by which it was decided what is shown.
    rule_since = models.DateField()
    asked = models.PositiveIntegerField(_("employers asked"))
    answered = models.PositiveIntegerField(_("employers that answered"))
    #: The wave was too large to be tabulated by labor area.
    without_areas = models.BooleanField(default=False)
    #: Numbers are corrected by who was hired after earlier waves.
    corrected = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-published_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wave", "number"],
                name="publication_number_is_unique",
                violation_error_message=_("This wave already has a publication of that number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collaborative} · {self.wave_name}"

    @property
    def asked_for(self) -> tuple[Quarter, ...]:
        """The quarters that the wave asked for."""
        return tuple(Quarter.of(self.first_quarter).range(self.quarters))


class Publishing(Record):
    """That staff asked for a wave to be published, and how far it is: a job works it out."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WORKING = "working", _("Being worked out")
        DONE = "done", _("Published")
        FAILED = "failed", _("Failed")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    wave = models.OneToOneField(Wave, models.PROTECT, related_name="publishing")
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    #: Correct numbers by who was hired after earlier waves.
    corrected = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: What went wrong, in words for staff.
    trouble = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="failed") & ~Q(trouble="") | ~Q(status="failed") & Q(trouble=""),
                name="failed_publishing_says_why",
                violation_error_message=_("Say what went wrong, and only where something did."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave}: {self.status}"

    @property
    def is_busy(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.WORKING)


class PublicationCorrection(models.Model):
    """What one employer's numbers were multiplied by in a publication. For staff only."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="corrections")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    factor = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "employer"], name="publication_corrects_an_employer_once"
            ),
            models.CheckConstraint(
                condition=Q(factor__gt=0), name="publication_correction_is_above_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} × {self.factor:.2f}"


class PublicationRole(models.Model):
    """A role of a publication, and how much of the collaborative answered about it."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="roles")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    #: Share of the people employed, in steps.
    coverage = models.FloatField()

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "role"], name="publication_names_a_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} · {self.role}"


class PublishedFigure(models.Model):
    """One figure that is shown. What is empty is summed over: no role is all roles."""

    class Measure(models.TextChoices):
        OPENINGS = "openings", _("People needed")
        UPSKILL = "upskill", _("Staff to train further")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=8, choices=Measure)
    role = models.ForeignKey(Role, models.PROTECT, null=True, related_name="+")
    quarter_start = models.DateField(null=True)
    cause = models.CharField(max_length=12, choices=NeedQuarter.Cause, blank=True)
    area = models.ForeignKey(LabourArea, models.PROTECT, null=True, related_name="+")
    value = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    employers = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "measure", "role", "quarter_start", "cause", "area"],
                nulls_distinct=False,
                name="figure_is_published_once",
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("value"), value__lte=F("high")),
                name="published_band_holds_its_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"


class PublishedShare(models.Model):
    """Share of today's staff at the level that a role asks for, of one skill."""

    class Bound(models.TextChoices):
        ABOUT = "about", _("about")
        AT_MOST = "at_most", _("at most")
        AT_LEAST = "at_least", _("at least")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="shares")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    competency = models.ForeignKey(Competency, models.PROTECT, null=True, related_name="+")
    skill = models.CharField(max_length=300)
    #: Empty where too few employers said so.
    value = models.FloatField(null=True)
    bound = models.CharField(max_length=8, choices=Bound, blank=True)
    employers = models.PositiveIntegerField(null=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__range=(0, 1)),
                name="published_share_is_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill}: {self.value}"


class Hired(Record):
    """How many people an employer hired into a role in a quarter, however they came."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="hired")
    role = models.ForeignKey(Role, models.PROTECT, related_name="hired")
    quarter_start = models.DateField(_("quarter"))
    people = models.PositiveIntegerField(_("people hired"))
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["-quarter_start", "role__title", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["employer", "role", "quarter_start"],
                name="hired_once_per_role_and_quarter",
                violation_error_message=_("There is already a number for this quarter."),
            ),
            models.CheckConstraint(
                condition=Q(quarter_start__day=1, quarter_start__month__in=[1, 4, 7, 10]),
                name="hired_in_a_calendar_quarter",
                violation_error_message=_("A quarter starts in January, April, July or October."),
            ),
            models.CheckConstraint(
                condition=Q(people__lte=100_000),
                name="hired_is_plausible",
                violation_error_message=_("This number is too high. Count people."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.role} · {self.quarter}: {self.people}"

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.quarter_start)
