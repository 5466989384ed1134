"""People, what they belong to, and what was said with them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.partners.models.messages import PHONE
from backcast.partners.models.organisations import Organisation
from backcast.partners.models.places import Region


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, name: str = "", password: str | None = None) -> Person:
        person = self.model(email=email.strip().lower(), name=name)
        person.set_unusable_password() if password is None else person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser, Record):
    """Someone who signs in. What they may do follows from the organisation they act for."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_is_unique",
                violation_error_message=_("There is already a person with this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(Record):
    """A person's place in an organisation. Leaving ends it; the record stays."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        MEMBER = "member", _("Member")
        VIEWER = "viewer", _("Viewer")

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(left_at__isnull=True),
                name="one_open_membership",
                violation_error_message=_("This person already belongs to the organization."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Invitation(Record):
    """An invitation to join; only a digest of its secret is kept. It dies with its inviter's leave."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(
        _("role"), max_length=20, choices=Membership.Role, default=Membership.Role.MEMBER
    )
    #: Where a text says that the mail is there (E.164), and when whoever invites was told that it may.
    phone = models.CharField(_("mobile phone"), max_length=16, blank=True)
    phone_agreed_at = models.DateTimeField(_("agreed to texts"), null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="invitations_sent"
    )
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("email"),
                condition=Q(accepted_at__isnull=True, ended_at__isnull=True),
                name="one_open_invitation",
                violation_error_message=_("This person has already been invited."),
            ),
            models.CheckConstraint(
                condition=Q(phone="", phone_agreed_at__isnull=True)
                | Q(phone__regex=PHONE, phone_agreed_at__isnull=False),
                name="invitation_texts_are_agreed",
                violation_error_message=_(
                    "A text goes to a number like +12015550123, and only if they agreed to it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"

    @property
    def state(self) -> str:
        """``open``, ``expired``, ``accepted`` or ``ended``."""
        if self.accepted_at:
            return "accepted"
        if self.ended_at:
            return "ended"
        return "expired" if self.expires_at <= timezone.now() else "open"


class ContactNote(Record):
    """What was said, when and with whom, kept by an intermediary about a partner."""

    class Channel(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        VISIT = "visit", _("Site visit")
        OTHER = "other", _("Other")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contact_notes")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField(_("date"))
    channel = models.CharField(_("how"), max_length=20, choices=Channel)
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    text = models.TextField(_("note"))

    class Meta:
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.on} {self.organisation}"
