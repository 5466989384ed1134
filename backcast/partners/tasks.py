"""Jobs of this room; the queue's worker finds them here."""

from __future__ import annotations

from uuid import UUID

from backcast.core.jobs import RETRY, app
from backcast.partners import messages


@app.task(name="partners.send_message", retry=RETRY)
def send_message(message: str) -> None:
    """Send the mail or text with this id, once."""
    messages.send(UUID(message))
