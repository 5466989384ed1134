"""Keys with which a program reads the API on behalf of an organisation's member."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.partners.models.people import Membership


class AccessToken(Record):
    """What holds it acts as the member, within ``scope``. Only a digest of the secret is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    scope = models.CharField(_("what it may do"), max_length=8, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["read"]),
                name="token_scope_is_known",
                violation_error_message=_("A key may read, and no more."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """``open``, ``expired`` or ``ended``."""
        if self.ended_at:
            return "ended"
        return "expired" if self.expires_at <= timezone.now() else "open"
