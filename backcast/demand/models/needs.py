"""Needs: how many people an employer needs, in which role, where, when, how sure and why."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.quarters import Quarter
from backcast.demand.figures import ASK_FROM, CEILING
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.partners.models import LabourArea, Organisation, Person, Region, Site


class NeedQuerySet(models.QuerySet["Need"]):
    """Needs, by what planning and lists ask of them."""

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def stated(self) -> Self:
        """What employers stand by now."""
        return self.current().filter(status=Need.Status.STATED)

    def plannable(self) -> Self:
        """Stated needs whose occupation and labour area are known."""
        return self.stated().filter(occupation__isnull=False, area__isnull=False)

    def unplaced(self) -> Self:
        """Stated needs that no plan can take in until staff name the occupation or the area."""
        return self.stated().filter(Q(occupation__isnull=True) | Q(area__isnull=True))


class Need(Record):
    """One role at one site of one employer, in the employer's own words.

    ``area`` is the site's labour area and follows it. ``occupation`` may be empty where the employer
    did not find one; staff name it. ``weight`` is how much the need counts beside others (1: as any).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        STATED = "stated", _("Stated")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Basis(models.TextChoices):
        STATED = "stated", _("stated by the employer")
        STAND_IN = "stand-in", _("stand-in until employers answer")

    class Schedule(models.TextChoices):
        DAY = "day", _("Day")
        EVENING = "evening", _("Evening")
        NIGHT = "night", _("Night")
        WEEKEND = "weekend", _("Weekend")
        ROTATING = "rotating", _("Rotating")
        FLEXIBLE = "flexible", _("Flexible")

    class Employment(models.TextChoices):
        FULL_TIME = "full_time", _("Full time")
        PART_TIME = "part_time", _("Part time")
        PER_DIEM = "per_diem", _("Per diem, as needed")
        TEMPORARY = "temporary", _("Temporary")

    region = models.ForeignKey(Region, models.PROTECT, related_name="needs")
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="needs", verbose_name=_("employer")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="needs", verbose_name=_("site"))
    area = models.ForeignKey(
        LabourArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("labor area"),
    )
    role_title = models.CharField(_("role"), max_length=160)
    folded = models.CharField(max_length=160, editable=False)
    occupation = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("occupation"),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    basis = models.CharField(_("basis"), max_length=12, choices=Basis, default=Basis.STATED)
    source = models.CharField(_("source of the stand-in"), max_length=300, blank=True)
    weight = models.DecimalField(_("priority"), max_digits=4, decimal_places=2, default=1)
    start_by = models.DateField(_("start by"), null=True, blank=True)
    wage_low = models.DecimalField(
        _("hourly pay from"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    wage_high = models.DecimalField(
        _("hourly pay to"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    hours_per_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    schedule = models.CharField(_("schedule"), max_length=12, choices=Schedule, blank=True)
    employment = models.CharField(_("employment"), max_length=12, choices=Employment, blank=True)
    note = models.TextField(_("note"), blank=True)
    stated_at = models.DateTimeField(_("stated"), null=True, blank=True, editable=False)
    stated_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    #: Staff entered it in the employer's name.
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["role_title", "id"]
        indexes: ClassVar = [
            models.Index(fields=["region", "status", "folded"], name="need_list"),
            models.Index(fields=["employer", "status"], name="need_by_employer"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="stated") | Q(stated_at__isnull=False),
                name="stated_need_says_when",
                violation_error_message=_("A stated need says when it was stated."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "stated", "withdrawn"]),
                name="need_status_is_known",
                violation_error_message=_("A need is a draft, stated or withdrawn."),
            ),
            models.CheckConstraint(
                condition=~Q(status="stated") | Q(archived_at__isnull=True),
                name="stated_need_is_not_archived",
                violation_error_message=_("Withdraw the need before you archive it."),
            ),
            models.CheckConstraint(
                condition=Q(basis="stated", source="") | (Q(basis="stand-in") & ~Q(source="")),
                name="stand_in_names_its_source",
                violation_error_message=_("Say where a stand-in comes from."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=10),
                name="need_weight_is_0_to_10",
                violation_error_message=_("The priority is more than 0 and at most 10."),
            ),
            models.CheckConstraint(
                condition=Q(wage_low__isnull=True) | Q(wage_low__gt=0, wage_low__lte=1000),
                name="need_wage_low_is_plausible",
                violation_error_message=_("Give the pay in dollars an hour, at most 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(wage_high__isnull=True) | Q(wage_high__gt=0, wage_high__lte=1000),
                name="need_wage_high_is_plausible",
                violation_error_message=_("Give the pay in dollars an hour, at most 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(wage_low__isnull=True)
                | Q(wage_high__isnull=True)
                | Q(wage_low__lte=F("wage_high")),
                name="need_wages_rise",
                violation_error_message=_("Write the lower pay first."),
            ),
            models.CheckConstraint(
                condition=Q(hours_per_week__isnull=True)
                | Q(hours_per_week__gt=0, hours_per_week__lte=80),
                name="need_hours_are_1_to_80",
                violation_error_message=_("Give the hours in a week, from 1 to 80."),
            ),
        ]

    def __str__(self) -> str:
        return self.role_title

    @property
    def is_plannable(self) -> bool:
        return (
            self.status == self.Status.STATED
            and self.archived_at is None
            and self.occupation_id is not None
            and self.area_id is not None
        )


class NeedQuarter(models.Model):
    """People needed in one quarter for one reason: at least, most likely, at most.

    ``range_assumed``: only ``likely`` was said, the range is the usual one. ``confirmed``: asked
    whether a very high number is meant, the person said yes.
    """

    class Cause(models.TextChoices):
        GROWTH = "growth", _("New positions")
        RETIREMENT = "retirement", _("Retirement")
        TURNOVER = "turnover", _("People leaving")
        PROMOTION = "promotion", _("Promotion")

    need = models.ForeignKey(Need, models.CASCADE, related_name="quarters")
    quarter_start = models.DateField(_("quarter"))
    cause = models.CharField(_("reason"), max_length=12, choices=Cause)
    low = models.PositiveIntegerField(_("at least"))
    likely = models.PositiveIntegerField(_("most likely"))
    high = models.PositiveIntegerField(_("at most"))
    range_assumed = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["quarter_start", "cause"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["need", "quarter_start", "cause"],
                name="one_number_per_quarter_and_reason",
                violation_error_message=_("This quarter and reason already have a number."),
            ),
            models.CheckConstraint(
                condition=Q(quarter_start__day=1, quarter_start__month__in=[1, 4, 7, 10]),
                name="quarter_starts_on_its_first_day",
                violation_error_message=_("A quarter starts in January, April, July or October."),
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("likely"), likely__lte=F("high")),
                name="low_likely_high_rise",
                violation_error_message=_(
                    "Write the three numbers in order: at least, most likely, at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(high__lte=CEILING),
                name="openings_are_not_absurd",
                violation_error_message=_("Write at most 100,000 people."),
            ),
            models.CheckConstraint(
                condition=Q(high__lt=ASK_FROM) | Q(confirmed=True),
                name="a_thousand_openings_are_confirmed",
                violation_error_message=_("Confirm that 1,000 people or more are meant."),
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["growth", "retirement", "turnover", "promotion"]),
                name="cause_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.cause}: {self.low}/{self.likely}/{self.high}"

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.quarter_start)


class NeedRequirement(models.Model):
    """What somebody must have or know: a credential, a competency, or the employer's own words."""

    class Importance(models.TextChoices):
        REQUIRED = "required", _("Must have")
        PREFERRED = "preferred", _("Nice to have")
        INSTEAD = "accepted_instead", _("Accepted instead")

    need = models.ForeignKey(Need, models.CASCADE, related_name="requirements")
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.CharField(_("in your own words"), max_length=300, blank=True)
    importance = models.CharField(_("importance"), max_length=16, choices=Importance)
    level = models.PositiveSmallIntegerField(_("level at hire"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(competency__isnull=False, credential__isnull=True, words="")
                | Q(competency__isnull=True, credential__isnull=False, words="")
                | (Q(competency__isnull=True, credential__isnull=True) & ~Q(words="")),
                name="requirement_names_one_thing",
                violation_error_message=_("Name one credential or skill, or use your own words."),
            ),
            models.UniqueConstraint(
                fields=["need", "competency"],
                condition=Q(competency__isnull=False),
                name="competency_required_once",
                violation_error_message=_("This skill is already on the list."),
            ),
            models.UniqueConstraint(
                fields=["need", "credential"],
                condition=Q(credential__isnull=False),
                name="credential_required_once",
                violation_error_message=_("This credential is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__lte=100),
                name="requirement_level_is_plausible",
                violation_error_message=_("A level is 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        if self.credential is not None:
            return self.credential.name
        return self.competency.statement if self.competency is not None else self.words


class NeedOffer(models.Model):
    """What the employer offers. ``quantity`` in the unit of its kind; empty: yes, without a number."""

    class Kind(models.TextChoices):
        EXTERNSHIP_PLACES = "externship_places", _("Externship places a quarter")
        PAID_LEARNING = "paid_learning", _("Places to learn on the job, paid")
        GUARANTEED_INTERVIEWS = "guaranteed_interviews", _("Guaranteed interviews")
        MENTORS = "mentors", _("Mentors")
        TUITION = "tuition", _("Help with tuition, dollars a person")
        RELEASE_TIME = "release_time", _("Paid hours a week to learn")
        FLEXIBLE_SHIFTS = "flexible_shifts", _("Flexible shifts")

    need = models.ForeignKey(Need, models.CASCADE, related_name="offers")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    quantity = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["need", "kind"],
                name="one_offer_of_each_kind",
                violation_error_message=_("This offer is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__range=(1, 100_000)),
                name="offer_is_more_than_nothing",
                violation_error_message=_("Write a number from 1 to 100,000, or none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity or ''}".strip()


class NeedChange(models.Model):
    """One line of a need's history: what was done, or one figure before and after.

    ``action`` is the name of the function in ``actions``; ``field`` and ``subject`` are those of
    ``figures.Change`` and empty where a whole step (stated, withdrawn, …) is told.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    action = models.CharField(max_length=40)
    field = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "id"]
        indexes: ClassVar = [models.Index(fields=["need", "-at"], name="need_history")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.action} {self.field} {self.subject}".strip()


class NeedUpload(Record):
    """A workbook between its preview and its confirmation; only the person who sent it reaches it.

    The content goes when it is confirmed, given up, or a day old.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.filename
