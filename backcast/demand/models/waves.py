"""Waves: one round of asking the employers of a collaborative what they need, and whom it asks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.quarters import Quarter
from backcast.demand.models.roles import Role
from backcast.partners.models import (
    Collaborative,
    CollaborativeMember,
    Organisation,
    Person,
    Region,
)


class Wave(Record):
    """One round of questions about chosen roles, for the quarters from ``first_quarter`` on.

    ``waves.lifecycle`` says what may happen in which status. Once frozen, what was answered stays
    as it was; corrections are answers of their own beside it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        FROZEN = "frozen", _("Frozen")

    region = models.ForeignKey(Region, models.PROTECT, related_name="waves")
    collaborative = models.ForeignKey(Collaborative, models.PROTECT, related_name="waves")
    name = models.CharField(_("name"), max_length=120)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    first_quarter = models.DateField(_("first quarter"))
    quarters = models.PositiveSmallIntegerField(_("quarters"), default=4)
    closes_on = models.DateField(_("last day to answer"))
    short_form = models.BooleanField(_("short form of five questions"), default=False)
    greeting = models.TextField(_("a word to the employers"), blank=True)
    #: The wave that answers are prefilled from.
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("prefilled from"),
    )
    reminder_limit = models.PositiveSmallIntegerField(_("reminders at most"), default=2)
    reminder_pause = models.PositiveSmallIntegerField(_("days between reminders"), default=5)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)
    frozen_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    roles: models.ManyToManyField[Role, WaveRole] = models.ManyToManyField(
        Role, through="WaveRole", related_name="waves"
    )

    class Meta:
        ordering: ClassVar = ["-first_quarter", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("collaborative"),
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                name="wave_name_is_unique",
                violation_error_message=_("This collaborative already has a wave of this name."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft", opened_at__isnull=True, frozen_at__isnull=True)
                | Q(status="open", opened_at__isnull=False, frozen_at__isnull=True)
                | Q(status="frozen", opened_at__isnull=False, frozen_at__isnull=False),
                name="wave_says_when_it_opened_and_froze",
                violation_error_message=_("A wave is a draft, then open, then frozen."),
            ),
            models.CheckConstraint(
                condition=Q(first_quarter__day=1, first_quarter__month__in=[1, 4, 7, 10]),
                name="wave_starts_with_a_quarter",
                violation_error_message=_("A quarter starts in January, April, July or October."),
            ),
            models.CheckConstraint(
                condition=Q(quarters__range=(1, 12)),
                name="wave_asks_for_1_to_12_quarters",
                violation_error_message=_("Ask for 1 to 12 quarters."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_limit__lte=5),
                name="wave_reminds_at_most_five_times",
                violation_error_message=_("Remind nobody more than five times."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_pause__range=(1, 60)),
                name="wave_reminders_leave_a_pause",
                violation_error_message=_("Leave 1 to 60 days between two reminders."),
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(archived_at__isnull=True),
                name="open_wave_is_not_archived",
                violation_error_message=_("Freeze the wave before you archive it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> tuple[Quarter, ...]:
        """The quarters that it asks for."""
        return tuple(Quarter.of(self.first_quarter).range(self.quarters))


class WaveRole(models.Model):
    """A role that the wave asks about."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="wave_roles")
    role = models.ForeignKey(Role, models.PROTECT, related_name="wave_roles")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wave", "role"],
                name="wave_asks_about_a_role_once",
                violation_error_message=_("The wave already asks about this role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave} · {self.role}"


class WaveEmployer(Record):
    """An employer that the wave asks, with its size and headcount as they were when it was asked.

    The roster of a wave: how much of the collaborative has answered is counted against it.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="employers")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="wave_places")
    size = models.CharField(_("size"), max_length=12, choices=CollaborativeMember.Size)
    headcount = models.PositiveIntegerField(_("people employed"), null=True, blank=True)
    industry = models.CharField(_("NAICS code"), max_length=6, blank=True)

    class Meta:
        ordering: ClassVar = ["employer__name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wave", "employer"],
                name="wave_asks_an_employer_once",
                violation_error_message=_("The wave already asks this employer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.wave}"


class WaveInvitation(Record):
    """A person who is asked to answer for an employer, by links that need no account.

    ``parts`` are the groups of questions that are this person's; several people of one employer
    share its answers. ``sent_at`` and ``expires_at`` are those of the newest link.
    """

    class Part(models.TextChoices):
        NUMBERS = "numbers", _("How many people")
        WORK = "work", _("The work")
        SKILLS = "skills", _("Skills")
        OFFERS = "offers", _("What you offer")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    place = models.ForeignKey(WaveEmployer, models.CASCADE, related_name="invitations")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    #: Where a text says that a reminder is in the inbox (E.164), once they have agreed to it.
    phone = models.CharField(_("mobile phone"), max_length=16, blank=True)
    phone_agreed_at = models.DateTimeField(_("agreed to texts"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=[("en", "English"), ("es", "Español")], default="en"
    )
    parts = ArrayField(models.CharField(max_length=12, choices=Part), verbose_name=_("questions"))
    sent_at = models.DateTimeField(_("link sent"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("link expires"), null=True, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("wants no reminders"), null=True, blank=True)
    ended_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["email", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("place"),
                Lower("email"),
                condition=Q(ended_at__isnull=True),
                name="wave_invites_a_person_once",
                violation_error_message=_("This person has already been invited."),
            ),
            models.CheckConstraint(
                condition=Q(parts__contained_by=["numbers", "work", "skills", "offers"])
                & Q(parts__len__gte=1),
                name="wave_invitation_has_parts",
                violation_error_message=_("Choose at least one group of questions."),
            ),
            models.CheckConstraint(
                condition=Q(phone="", phone_agreed_at__isnull=True)
                | Q(phone__regex=r"^\+[1-9]\d{6,14}$", phone_agreed_at__isnull=False),
                name="wave_texts_are_agreed",
                violation_error_message=_(
                    "A text goes to a number like +12015550123, and only if they agreed to it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True, sent_at__isnull=True)
                | Q(expires_at__isnull=False, sent_at__isnull=False),
                name="wave_link_expires",
                violation_error_message=_("A link says when it was sent and until when it works."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def parts_display(self) -> str:
        return ", ".join(str(self.Part(part).label) for part in self.parts)

    @property
    def state(self) -> str:
        """``unsent``, ``open``, ``expired`` or ``ended``."""
        if self.ended_at:
            return "ended"
        if self.expires_at is None:
            return "unsent"
        return "expired" if self.expires_at <= timezone.now() else "open"


class WaveLink(models.Model):
    """A link that was mailed to an invited person. Only a digest of its secret is kept.

    Each mail brings a link of its own; all of them work until they expire.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    invitation = models.ForeignKey(WaveInvitation, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-sent_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="wave_link_lasts_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation} {self.sent_at:%Y-%m-%d}"
