"""Contact notes: what staff keep about their talks with partners."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.partners import access
from backcast.partners.models import ContactNote, Organisation, Person


def save_note(
    note: ContactNote | None,
    *,
    actor: Actor,
    organisation: Organisation,
    on: date,
    channel: str,
    with_whom: str,
    text: str,
) -> ContactNote:
    """Write a note (``note`` is None) or correct one. Staff of the region only."""
    access.require_staff(actor, Role.MEMBER)
    if on > timezone.localdate():
        raise ValidationError(
            {"on": _("This date is in the future. Give the day on which you spoke.")}
        )
    with acting(actor, "partners.edit_note" if note else "partners.write_note"):
        note = note or ContactNote(
            organisation=organisation,
            region=organisation.region,
            author=Person.objects.get(pk=actor.person_id or 0),
        )
        note.on, note.channel, note.with_whom, note.text = (
            on,
            channel,
            with_whom.strip(),
            text.strip(),
        )
        note.full_clean()
        note.save()
        return note


def archive_note(note: ContactNote, *, actor: Actor) -> None:
    """Take a note out of sight."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.archive_note"):
        note.archived_at = timezone.now()
        note.save(update_fields=["archived_at", "updated_at"])


def restore_note(note: ContactNote, *, actor: Actor) -> None:
    """Bring an archived note back."""
    access.require_staff(actor, Role.MEMBER)
    with acting(actor, "partners.restore_note"):
        note.archived_at = None
        note.save(update_fields=["archived_at", "updated_at"])
