"""Requirement profiles of roles, their versions and lines, and what employers say of each line."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.demand.models.roles import Role
from backcast.frameworks.models import Competency, Credential, Scale
from backcast.partners.models import Organisation, Person, Region


class RequirementProfile(Record):
    """What the employers of a collaborative ask of people in one role."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="profiles")
    role = models.OneToOneField(Role, models.PROTECT, related_name="profile")

    class Meta:
        ordering: ClassVar = ["role__title", "id"]

    def __str__(self) -> str:
        return str(self.role)


class ProfileVersionQuerySet(models.QuerySet["ProfileVersion"]):
    """Versions of profiles, by where they stand."""

    def current(self) -> Self:
        """The version that counts: at most one of each profile."""
        return self.filter(status="approved")

    def in_the_making(self) -> Self:
        return self.filter(status__in=["draft", "open"], archived_at__isnull=True)

    def told(self) -> Self:
        """Versions that people other than staff may read."""
        return self.filter(archived_at__isnull=True).exclude(status="draft")


class ProfileVersion(Record):
    """One version of a profile: a draft, open for comment, approved, or superseded by a later one.

    ``asked`` and ``concordance`` (Kendall's W of the importance, over ``raters`` employers) are kept
    from the day it was approved.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for comment")
        APPROVED = "approved", _("Approved")
        SUPERSEDED = "superseded", _("Superseded")

    profile = models.ForeignKey(RequirementProfile, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    note = models.TextField(_("note"), blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    comment_by = models.DateField(_("comments until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    asked = models.PositiveIntegerField(_("employers asked"), null=True, editable=False)
    concordance = models.FloatField(null=True, editable=False)
    raters = models.PositiveIntegerField(null=True, editable=False)

    objects = ProfileVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["profile", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "number"],
                name="version_number_is_unique",
                violation_error_message=_("This profile already has a version of that number."),
            ),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(status__in=["draft", "open"], archived_at__isnull=True),
                name="one_version_in_the_making",
                violation_error_message=_(
                    "A new version is already being written. Finish or drop that one first."
                ),
            ),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(status="approved"),
                name="one_approved_version",
                violation_error_message=_("This profile already has an approved version."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "open", "approved", "superseded"]),
                name="version_status_is_known",
                violation_error_message=_(
                    "A version is a draft, open for comment, approved or superseded."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(opened_at__isnull=False),
                name="opened_version_says_when",
                violation_error_message=_("A version that was opened says when."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "open"]) | Q(approved_at__isnull=False),
                name="approved_version_says_when",
                violation_error_message=_("An approved version says when it was approved."),
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(status__in=["draft", "open"]),
                name="approved_version_is_kept",
                violation_error_message=_("A version that was approved stays readable."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} {self.number}"


class ProfileLine(Record):
    """One requirement of a version: a competency, a credential, or something in own words.

    ``line_key`` stays the same from version to version. Levels are on ``scale``, the competency's
    when the line was written. ``confirmed`` is false for a seed until a version that holds it is
    approved.
    """

    class Necessity(models.TextChoices):
        REQUIRED = "required", _("Required")
        PREFERRED = "preferred", _("Preferred")
        NOT_NEEDED = "not_needed", _("Not needed")
        INSTEAD = "accepted_instead", _("Accepted instead")

    class Learned(models.TextChoices):
        BEFORE = "before_hire", _("Before hire")
        ON_THE_JOB = "on_the_job", _("On the job")
        EITHER = "either", _("Either")

    class Origin(models.TextChoices):
        HAND = "hand", _("written by hand")
        NEEDS = "needs", _("from needs that employers stated")
        SEED = "seed", _("seed, to be confirmed by employers")
        LINKED = "linked", _("found in a text")
        IMPORTED = "imported", _("from a file")

    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="lines")
    line_key = models.UUIDField(default=uuid.uuid4, editable=False)
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="profile_lines"
    )
    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="profile_lines"
    )
    words = models.CharField(_("in own words"), max_length=300, blank=True)
    necessity = models.CharField(_("how needed"), max_length=16, choices=Necessity)
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="substitutes"
    )
    importance = models.PositiveSmallIntegerField(_("importance"), null=True, blank=True)
    level_at_hire = models.FloatField(_("level at hire"), null=True, blank=True)
    level_later = models.FloatField(_("level after six months"), null=True, blank=True)
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="+")
    learned = models.CharField(_("learned"), max_length=12, choices=Learned, default=Learned.EITHER)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND, editable=False)
    source = models.CharField(_("source"), max_length=300, blank=True)
    confirmed = models.BooleanField(default=True, editable=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(competency__isnull=False, credential__isnull=True, words="")
                | Q(competency__isnull=True, credential__isnull=False, words="")
                | (Q(competency__isnull=True, credential__isnull=True) & ~Q(words="")),
                name="line_names_one_thing",
                violation_error_message=_("Name one skill or credential, or use your own words."),
            ),
            models.UniqueConstraint(
                fields=["version", "line_key"],
                name="line_is_in_a_version_once",
                violation_error_message=_("This line is already in the version."),
            ),
            models.UniqueConstraint(
                fields=["version", "competency"],
                condition=Q(competency__isnull=False),
                name="competency_has_one_line",
                violation_error_message=_("This skill already has a line."),
            ),
            models.UniqueConstraint(
                fields=["version", "credential"],
                condition=Q(credential__isnull=False),
                name="credential_has_one_line",
                violation_error_message=_("This credential already has a line."),
            ),
            models.UniqueConstraint(
                F("version"),
                Lower("words"),
                condition=~Q(words=""),
                name="words_have_one_line",
                violation_error_message=_("These words already have a line."),
            ),
            models.CheckConstraint(
                condition=Q(
                    necessity__in=["required", "preferred", "not_needed", "accepted_instead"]
                ),
                name="line_necessity_is_known",
                violation_error_message=_(
                    "A line is required, preferred, not needed or accepted instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    necessity="accepted_instead",
                    instead_of__isnull=False,
                    competency__isnull=True,
                )
                | (~Q(necessity="accepted_instead") & Q(instead_of__isnull=True)),
                name="substitute_names_what_it_stands_for",
                violation_error_message=_(
                    "Say which credential this is accepted instead of; a skill cannot stand in."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(instead_of=F("id")),
                name="line_does_not_stand_for_itself",
                violation_error_message=_("A line cannot be accepted instead of itself."),
            ),
            models.CheckConstraint(
                condition=Q(importance__isnull=True) | Q(importance__range=(1, 5)),
                name="line_importance_is_1_to_5",
                violation_error_message=_("The importance is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(level_at_hire__isnull=True, level_later__isnull=True)
                | Q(competency__isnull=False, scale__isnull=False),
                name="levels_belong_to_a_scale",
                violation_error_message=_("Only a skill with a scale of levels has a level."),
            ),
            models.CheckConstraint(
                condition=Q(level_at_hire__isnull=True)
                | Q(level_later__isnull=True)
                | Q(level_later__gte=F("level_at_hire")),
                name="levels_do_not_fall",
                violation_error_message=_(
                    "The level after six months is at least the one at hire."
                ),
            ),
            models.CheckConstraint(
                condition=Q(learned__in=["before_hire", "on_the_job", "either"]),
                name="line_learned_is_known",
                violation_error_message=_("It is learned before hire, on the job, or either."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        if self.credential is not None:
            return self.credential.name
        return self.competency.statement if self.competency is not None else self.words


class LineOpinion(Record):
    """What one employer says of one line. Who agrees states the line's values as they then were.

    ``said_by`` names who said it where that person has no account (a link, a telephone call).
    """

    class Stance(models.TextChoices):
        AGREE = "agree", _("Agrees")
        DISSENT = "dissent", _("Sees it differently")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    line = models.ForeignKey(ProfileLine, models.CASCADE, related_name="opinions")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="line_opinions")
    stance = models.CharField(_("opinion"), max_length=8, choices=Stance)
    necessity = models.CharField(
        _("how needed"), max_length=16, choices=ProfileLine.Necessity, blank=True
    )
    importance = models.PositiveSmallIntegerField(_("importance"), null=True, blank=True)
    level_at_hire = models.FloatField(_("level at hire"), null=True, blank=True)
    level_later = models.FloatField(_("level after six months"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    said_by = models.CharField(_("said by"), max_length=160, blank=True)
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        ordering: ClassVar = ["line", "employer__name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "employer"],
                name="one_opinion_of_an_employer",
                violation_error_message=_("This employer has already said what it thinks."),
            ),
            models.CheckConstraint(
                condition=Q(stance__in=["agree", "dissent"]),
                name="opinion_stance_is_known",
                violation_error_message=_("An employer agrees or sees it differently."),
            ),
            models.CheckConstraint(
                condition=Q(stance="agree")
                | ~Q(reason="")
                | ~Q(necessity="")
                | Q(importance__isnull=False)
                | Q(level_at_hire__isnull=False)
                | Q(level_later__isnull=False),
                name="dissent_says_what",
                violation_error_message=_("Say what should be different, or why."),
            ),
            models.CheckConstraint(
                condition=Q(importance__isnull=True) | Q(importance__range=(1, 5)),
                name="opinion_importance_is_1_to_5",
                violation_error_message=_("The importance is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(level_at_hire__isnull=True)
                | Q(level_later__isnull=True)
                | Q(level_later__gte=F("level_at_hire")),
                name="opinion_levels_do_not_fall",
                violation_error_message=_(
                    "The level after six months is at least the one at hire."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.line}"


class LineConsensus(models.Model):
    """What employers together said of a line on the day its version was approved.

    Only where enough of them answered that no single one shows; employers may read it. Where all
    but one say the same, the number is not told, since it would tell on each of them.
    """

    class Agreement(models.TextChoices):
        COUNTED = "counted", _("counted")
        NEARLY_ALL = "nearly_all", _("nearly all agree")
        HARDLY_ANY = "hardly_any", _("hardly any agree")

    line = models.OneToOneField(ProfileLine, models.CASCADE, related_name="consensus")
    answered = models.PositiveIntegerField(_("employers who answered"))
    agreement = models.CharField(
        max_length=12, choices=Agreement, default=Agreement.COUNTED, editable=False
    )
    agreeing = models.PositiveIntegerField(_("employers who agree"), null=True)
    importance = models.FloatField(_("median importance"), null=True)
    level_at_hire = models.FloatField(_("median level at hire"), null=True)
    level_later = models.FloatField(_("median level after six months"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(agreeing__lte=F("answered")),
                name="no_more_agree_than_answered",
                violation_error_message=_("More employers agree than answered."),
            ),
            models.CheckConstraint(
                condition=Q(agreement="counted", agreeing__isnull=False)
                | Q(agreement__in=["nearly_all", "hardly_any"], agreeing__isnull=True),
                name="agreement_is_counted_or_in_words",
                violation_error_message=_("Agreement is a number or a word, not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.agreement} {self.agreeing}/{self.answered}"

    @property
    def about(self) -> int:
        """How many agree, for reckoning: all where nearly all do, none where hardly any."""
        if self.agreeing is not None:
            return self.agreeing
        return self.answered if self.agreement == self.Agreement.NEARLY_ALL else 0
