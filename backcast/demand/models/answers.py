"""Answers: what one employer says about one role at one site in one wave."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.quarters import Quarter
from backcast.demand.figures import ASK_FROM, CEILING
from backcast.demand.models.needs import Need, NeedOffer, NeedQuarter
from backcast.demand.models.roles import Role
from backcast.demand.models.waves import Wave, WaveEmployer, WaveInvitation
from backcast.frameworks.models import Competency
from backcast.partners.models import Organisation, Person, Region, Site


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers, by what the picture of a wave asks of them."""

    def sent(self) -> Self:
        """Answers that their employers have sent; others are still being written."""
        return self.filter(sent_at__isnull=False)

    def as_frozen(self) -> Self:
        """What was said in the wave itself, without corrections."""
        return self.sent().filter(number=1).exclude(wave__frozen_at__lt=F("sent_at"))

    def in_force(self) -> Self:
        """What holds now: each answer with its latest sent correction."""
        return self.sent().exclude(correction__sent_at__isnull=False)

    def as_of(self, moment: datetime) -> Self:
        """What held at a moment: corrections that came later do not count."""
        return self.filter(sent_at__lte=moment).exclude(correction__sent_at__lte=moment)


class Answer(Record):
    """One employer, one role, one site. ``number`` counts the corrections after the wave froze.

    The first is what was said in the wave and never changes once that is frozen; a correction is
    a row of its own that names what it corrects, and counts once it is sent. Numbers that the
    employer did not give are null; ``need`` is the need that sending it stated or changed.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", _("Answered online")
        PHONE = "phone", _("By phone, entered by staff")
        PAPER = "paper", _("On paper, entered by staff")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="answers")
    place = models.ForeignKey(WaveEmployer, models.PROTECT, related_name="answers")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="answers")
    role = models.ForeignKey(Role, models.PROTECT, related_name="answers")
    site = models.ForeignKey(Site, models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField(default=1)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction"
    )
    reason = models.CharField(_("why it is corrected"), max_length=300, blank=True)
    channel = models.CharField(
        _("how it came"), max_length=12, choices=Channel, default=Channel.ONLINE
    )
    #: What it was prefilled with.
    prefilled_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: The employer has nobody in this role, and wants nobody.
    not_ours = models.BooleanField(_("we do not have this job"), default=False)
    staff_now = models.PositiveIntegerField(_("people in this job today"), null=True, blank=True)
    vacancies = models.PositiveIntegerField(_("open jobs today"), null=True, blank=True)
    wage_low = models.DecimalField(
        _("starting pay an hour, from"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    wage_high = models.DecimalField(
        _("starting pay an hour, to"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    #: Of those who leave, how many in a hundred are replaced from other employers near by.
    refill_share = models.PositiveSmallIntegerField(
        _("replaced from other local employers, percent"), null=True, blank=True
    )
    #: Present staff who need new skills: no openings.
    upskill = models.PositiveIntegerField(_("people to train further"), null=True, blank=True)
    upskill_words = models.CharField(_("in which skills"), max_length=300, blank=True)
    note = models.TextField(_("anything else"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="answers", editable=False
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["wave", "role"], name="answer_by_wave_and_role"),
            models.Index(fields=["employer", "wave"], name="answer_by_employer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "role", "site", "number"],
                name="one_answer_per_role_and_site",
                violation_error_message=_("There is already an answer for this role and site."),
            ),
            models.CheckConstraint(
                condition=Q(number=1, corrects__isnull=True)
                | Q(number__gt=1, corrects__isnull=False),
                name="correction_names_what_it_corrects",
                violation_error_message=_("A correction names the answer that it corrects."),
            ),
            models.CheckConstraint(
                condition=Q(refill_share__isnull=True) | Q(refill_share__lte=100),
                name="refill_share_is_a_percentage",
                violation_error_message=_("Write a number from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=(Q(staff_now__isnull=True) | Q(staff_now__lte=1_000_000))
                & (Q(vacancies__isnull=True) | Q(vacancies__lte=CEILING))
                & (Q(upskill__isnull=True) | Q(upskill__lte=1_000_000)),
                name="answer_counts_are_plausible",
                violation_error_message=_("This number is too high. Count people."),
            ),
            models.CheckConstraint(
                condition=(Q(wage_low__isnull=True) | Q(wage_low__gt=0, wage_low__lte=1000))
                & (Q(wage_high__isnull=True) | Q(wage_high__gt=0, wage_high__lte=1000)),
                name="answer_wage_is_plausible",
                violation_error_message=_("Give the pay in dollars an hour, at most 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(wage_low__isnull=True)
                | Q(wage_high__isnull=True)
                | Q(wage_low__lte=F("wage_high")),
                name="answer_wages_rise",
                violation_error_message=_("Write the lower pay first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.role}"


class AnswerQuarter(models.Model):
    """People needed in one quarter for one reason: at least, most likely, at most, and how sure.

    ``range_assumed``: only ``likely`` was said; the range follows from how sure the employer is.
    ``confirmed``: asked whether a very high number is meant, the person said yes.
    """

    class Confidence(models.TextChoices):
        HIGH = "high", _("Quite sure")
        MEDIUM = "medium", _("Fairly sure")
        LOW = "low", _("A guess")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="quarters")
    quarter_start = models.DateField(_("quarter"))
    cause = models.CharField(_("reason"), max_length=12, choices=NeedQuarter.Cause)
    low = models.PositiveIntegerField(_("at least"))
    likely = models.PositiveIntegerField(_("most likely"))
    high = models.PositiveIntegerField(_("at most"))
    confidence = models.CharField(
        _("how sure"), max_length=8, choices=Confidence, default=Confidence.MEDIUM
    )
    range_assumed = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["quarter_start", "cause"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "quarter_start", "cause"],
                name="one_answer_per_quarter_and_reason",
                violation_error_message=_("This quarter and reason already have a number."),
            ),
            models.CheckConstraint(
                condition=Q(quarter_start__day=1, quarter_start__month__in=[1, 4, 7, 10]),
                name="answer_quarter_starts_on_its_first_day",
                violation_error_message=_("A quarter starts in January, April, July or October."),
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("likely"), likely__lte=F("high")),
                name="answered_low_likely_high_rise",
                violation_error_message=_(
                    "Write the three numbers in order: at least, most likely, at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(high__lte=CEILING),
                name="answered_openings_are_not_absurd",
                violation_error_message=_("Write at most 100,000 people."),
            ),
            models.CheckConstraint(
                condition=Q(high__lt=ASK_FROM) | Q(confirmed=True),
                name="a_thousand_answered_openings_are_confirmed",
                violation_error_message=_("Confirm that 1,000 people or more are meant."),
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["growth", "retirement", "turnover", "promotion"]),
                name="answered_cause_is_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["high", "medium", "low"]),
                name="answered_confidence_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.cause}: {self.low}/{self.likely}/{self.high}"

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.quarter_start)


class AnswerPoint(models.Model):
    """One thing that the job asks of people, or that keeps them from starting or from staying."""

    class Topic(models.TextChoices):
        EXPECTATION = "expectation", _("What the job asks of people")
        STARTING = "starting", _("What makes it hard to start")
        STAYING = "staying", _("What makes people leave")

    class Kind(models.TextChoices):
        # What the job asks.
        WEEKENDS = "weekends", _("Work on weekends and holidays")
        NIGHTS = "nights", _("Work at night")
        ON_CALL = "on_call", _("Be on call")
        LIFTING = "lifting", _("Lift, stand or walk a lot")
        DRIVING = "driving", _("Drive to work sites")
        BACKGROUND = "background", _("Pass a background check")
        DRUG_TEST = "drug_test", _("Pass a drug test")
        SHOTS = "shots", _("Have certain shots")
        TWO_LANGUAGES = "two_languages", _("Speak a second language")
        OVERTIME = "overtime", _("Work overtime")
        # What stands in the way.
        FEW_APPLY = "few_apply", _("Few people apply")
        LACK_SKILLS = "lack_skills", _("People lack the skills")
        LACK_CREDENTIAL = "lack_credential", _("People lack the license or certificate")
        SCHEDULE = "schedule", _("Shifts or hours")
        PAY = "pay", _("Pay")
        TRANSPORT = "transport", _("Getting to work")
        CHILD_CARE = "child_care", _("Child care or care for family")
        HOUSING = "housing", _("Housing costs")
        LANGUAGE = "language", _("English")
        CLEARANCE = "clearance", _("Checks take too long")
        STRAIN = "strain", _("The work is hard on body or mind")
        NO_STEP_UP = "no_step_up", _("No next step")
        OTHER_EMPLOYERS = "other_employers", _("Other employers hire them")
        OTHER = "other", _("Something else")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="points")
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    words = models.CharField(_("in your own words"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["topic", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "topic", "kind"],
                name="point_said_once",
                violation_error_message=_("This is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(topic__in=["expectation", "starting", "staying"]),
                name="point_topic_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.kind}"


class AnswerStep(models.Model):
    """A next step on the career ladder from this role, with its pay."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(_("job"), max_length=160)
    after_months = models.PositiveSmallIntegerField(
        _("after how many months"), null=True, blank=True
    )
    wage = models.DecimalField(
        _("pay an hour"), max_digits=6, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "order"], name="one_career_step_at_a_place"),
            models.CheckConstraint(
                condition=Q(wage__isnull=True) | Q(wage__gt=0, wage__lte=1000),
                name="career_step_wage_is_plausible",
                violation_error_message=_("Give the pay in dollars an hour, at most 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(after_months__isnull=True) | Q(after_months__lte=240),
                name="career_step_comes_within_20_years",
                violation_error_message=_("Write months, at most 240."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AnswerOffer(models.Model):
    """What the employer offers. ``quantity`` in the unit of its kind; empty: yes, without a number."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="offers")
    kind = models.CharField(_("kind"), max_length=24, choices=NeedOffer.Kind)
    quantity = models.PositiveIntegerField(_("how many"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "kind"],
                name="one_answered_offer_of_each_kind",
                violation_error_message=_("This offer is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__range=(1, 100_000)),
                name="answered_offer_is_more_than_nothing",
                violation_error_message=_("Write a number from 1 to 100,000, or none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity or ''}".strip()


class AnswerSkill(models.Model):
    """Of a hundred present staff in the role, how many are at the level that the job asks for.

    ``line_key`` is the line of the role's requirement profile that was shown, if there was one.
    """

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="skills")
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    line_key = models.UUIDField(null=True, blank=True)
    level = models.FloatField(_("level"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(_("percent at this level"))

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "competency"],
                condition=Q(competency__isnull=False),
                name="skill_share_said_once",
                violation_error_message=_("This skill is already on the list."),
            ),
            models.UniqueConstraint(
                fields=["answer", "line_key"],
                condition=Q(line_key__isnull=False),
                name="line_share_said_once",
                violation_error_message=_("This skill is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(competency__isnull=False) | Q(line_key__isnull=False),
                name="skill_share_names_a_skill",
                violation_error_message=_("Name the skill."),
            ),
            models.CheckConstraint(
                condition=Q(share__lte=100),
                name="skill_share_is_a_percentage",
                violation_error_message=_("Write a number from 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency or self.line_key}: {self.share} %"


class AnswerChange(models.Model):
    """One field of an answer, before and after, and who changed it.

    The id of a field's latest change is its version: who saves a field says which version they saw.
    """

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    invitation = models.ForeignKey(WaveInvitation, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    field = models.CharField(max_length=80)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["answer", "field", "-id"], name="answer_history")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.field}"
