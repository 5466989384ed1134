"""Regions, places, organisations, and the people who belong to them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.core.text import fold


class Region(Record):
    """The part of the world that one or more intermediaries plan for. Regions never mix."""

    class Kind(models.TextChoices):
        REAL = "real", _("Real")
        DEMONSTRATION = "demonstration", _("Demonstration (made up)")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.REAL)
    note = models.TextField(_("note"), blank=True)
    #: The folder under ``regions/`` whose assumptions hold here; empty for none.
    recipe = models.CharField(_("assumptions"), max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="region_name_is_unique",
                violation_error_message=_("There is already a region with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demonstration(self) -> bool:
        return self.kind == self.Kind.DEMONSTRATION


class LabourArea(Record):
    """A set of counties within which people travel to work; some areas adjoin others."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="areas")
    name = models.CharField(_("name"), max_length=120)
    adjoining = models.ManyToManyField("self", verbose_name=_("adjoining areas"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Lower("name"),
                name="area_name_is_unique_in_region",
                violation_error_message=_("There is already a labour area with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class County(models.Model):
    """A county of a labour area; each county belongs to at most one area of a region."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="counties")
    area = models.ForeignKey(LabourArea, models.CASCADE, related_name="counties")
    state = models.CharField(_("state"), max_length=2)
    name = models.CharField(_("county"), max_length=80)

    class Meta:
        ordering = ["state", "name"]
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Lower("state"),
                Lower("name"),
                name="county_in_one_area_only",
                violation_error_message=_("This county already belongs to a labour area."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"


class Organisation(Record):
    """An intermediary, employer, training provider, support agency or funder of a region."""

    class Kind(models.TextChoices):
        INTERMEDIARY = "intermediary", _("Intermediary")
        EMPLOYER = "employer", _("Employer")
        PROVIDER = "provider", _("Training provider")
        SUPPORT = "support", _("Support agency")
        FUNDER = "funder", _("Funder")

    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    website = models.URLField(_("website"), blank=True)
    #: The number by which a state or another system knows it, unique within its source.
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("region"),
                F("kind"),
                Lower("name"),
                condition=Q(archived_at__isnull=True, source=""),
                name="organisation_name_is_unique",
                violation_error_message=_(
                    "There is already an organisation of this kind with this name."
                ),
            ),
            models.UniqueConstraint(
                fields=["region", "source", "source_id"],
                condition=~Q(source_id=""),
                name="organisation_source_id_is_unique",
                violation_error_message=_("This source number is already taken."),
            ),
        ]
        indexes = [models.Index(fields=["region", "kind", "name_folded"], name="organisation_list")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)


class Site(Record):
    """A place where an organisation works, in one labour area."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sites")
    area = models.ForeignKey(
        LabourArea, models.PROTECT, null=True, blank=True, related_name="sites"
    )
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    zip = models.CharField(_("ZIP code"), max_length=10, blank=True)
    county = models.CharField(_("county"), max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                name="site_name_is_unique",
                violation_error_message=_("This organisation already has a site with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
                violation_error_message=_("This person already belongs to the organisation."),
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


class Message(models.Model):
    """A mail that waits to leave, and the trace of it once it has left.

    Only the system reads these rows (row-level security): they may hold links and codes. The text
    is emptied when the mail has left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
