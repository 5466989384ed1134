"""The outbox of a demonstration: mail and texts are kept for a page to show, and none leaves."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from backcast.demonstration.models import OutboxMessage

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]|(?<![\w/])/(?:join|answer)/[^\s<>\"]+")
_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


class Backend(BaseEmailBackend):
    """Django's way of sending mail, ending in the outbox. It refuses to work in production."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("The outbox is for demonstrations: set BACKCAST_MAIL.")
        kept = 0
        for message in email_messages:
            number = message.extra_headers.get("Message-ID") or str(uuid.uuid4())
            for recipient in message.recipients():
                _, new = OutboxMessage.objects.get_or_create(
                    message_id=f"{number} {recipient}"[:250],
                    defaults={
                        "recipient": recipient,
                        "subject": str(message.subject)[:250],
                        "text": str(message.body),
                    },
                )
                kept += new
        return kept


def keep_text(recipient: str, text: str, message_id: str) -> None:
    """The gateway of a demonstration's text messages. It refuses to work in production."""
    if settings.PRODUCTION:
        raise ImproperlyConfigured("The outbox is for demonstrations: set BACKCAST_TEXTS.")
    OutboxMessage.objects.get_or_create(
        message_id=f"text {message_id}",
        defaults={"kind": OutboxMessage.Kind.TEXT, "recipient": recipient, "text": text},
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message: plain text, or a link of ours that can be followed (``url``)."""

    text: str
    url: str = ""


def code_in(text: str) -> str:
    """The six-digit code that stands alone on a line of the mail; empty where there is none."""
    found = _CODE.search(text)
    return found[1] if found else ""


def parts_of(text: str) -> list[Part]:
    """The text cut into plain pieces and links; links lead to this server, whatever its address."""
    parts: list[Part] = []
    last = 0
    for found in _LINK.finditer(text):
        parts.append(Part(text[last : found.start()]))
        link = urlsplit(found[0])
        parts.append(Part(found[0], link.path + (f"?{link.query}" if link.query else "")))
        last = found.end()
    parts.append(Part(text[last:]))
    return [part for part in parts if part.text]
