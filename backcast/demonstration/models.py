"""What a demonstration sends lands here instead of with people."""

from __future__ import annotations

import uuid

from django.db import models


class OutboxMessage(models.Model):
    """A mail that a demonstration would have sent. Empty where real people are served."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=250, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="outbox_latest")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
