"""Mail and texts: queued with the change that they tell of, sent once after that is committed.

A message is a row and a job in the same transaction. The worker takes the row under a lock, sends
it under the message's own id and empties its text, so that a job that runs twice sends nothing
twice and no link or code outlives its message.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.partners import texts
from backcast.partners.models import Message


def queue(*, recipient: str, subject: str, text: str) -> None:
    """Send this mail once the transaction is committed; nothing leaves when it is rolled back."""
    _queue(Message(recipient=recipient, subject=" ".join(subject.split())[:250], text=text))


def queue_text(*, number: str, text: str) -> None:
    """Send this text message once the transaction is committed. ``number`` is E.164 (``texts.number``).

    Only to someone who agreed to it.
    """
    _queue(Message(channel=Message.Channel.TEXT, recipient=number, text=text))


def _queue(message: Message) -> None:
    from backcast.partners.tasks import send_message

    with transaction.atomic():
        message.save(force_insert=True)
        send_message.defer(message=str(message.pk))


def send(message_id: UUID) -> bool:
    """Send the message unless it has been sent; says whether it left now."""
    with acting(system("mail"), "partners.send_message"):
        message = (
            Message.objects.select_for_update().filter(pk=message_id, sent_at__isnull=True).first()
        )
        if message is None:
            return False
        if message.channel == Message.Channel.TEXT:
            texts.send(message.recipient, message.text, str(message.pk))
        else:
            _mail(message)
        message.sent_at = timezone.now()
        message.text = ""
        message.save(update_fields=["sent_at", "text"])
    return True


def _mail(message: Message) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    EmailMessage(
        message.subject,
        message.text,
        to=[message.recipient],
        headers={"Message-ID": f"<{message.pk}@{host}>"},
    ).send()


def send_waiting() -> int:
    """Send everything that still waits, the oldest first; returns how many left."""
    with acting(system("mail"), "partners.send_waiting"):
        waiting = list(
            Message.objects.filter(sent_at__isnull=True)
            .order_by("created_at", "pk")
            .values_list("pk", flat=True)
        )
    return sum(send(pk) for pk in waiting)
