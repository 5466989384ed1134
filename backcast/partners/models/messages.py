"""Messages that wait to leave."""

from __future__ import annotations

import uuid

from django.db import models


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
