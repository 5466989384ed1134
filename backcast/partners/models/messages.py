"""Messages that wait to leave."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: A phone number in E.164.
PHONE = r"^\+[1-9][0-9]{6,14}$"


class Message(models.Model):
    """A mail or text that waits to leave, and the trace of it once it has left.

    Only the system reads these rows (row-level security): they may hold links and codes. The text
    is emptied when the message has left.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        TEXT = "text", _("Text message")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="mail", recipient__contains="@")
                | Q(channel="text", recipient__regex=PHONE),
                name="message_has_an_address_of_its_channel",
                violation_error_message=_(
                    "Mail goes to an e-mail address, a text to a number like +12015550123."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.get_channel_display()}"
