"""What a demonstration sends lands here instead of with people."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """A mail or text that a demonstration would have sent. Empty where real people are served."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("E-mail")
        TEXT = "text", _("Text message")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=250, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MAIL)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="outbox_latest")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.get_kind_display()}"
