"""Contact notes, for staff only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.partners import access, actions
from backcast.partners.models import ContactNote, Organisation
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import NoteForm, posted, tried


def _address(note: ContactNote) -> str:
    return reverse("people:note_edit", kwargs={"note": note.public_id})


def _organisation(organisation: Organisation) -> str:
    return reverse("people:organisation", kwargs={"organisation": organisation.public_id})


NOTES = Listing(
    gettext_lazy("Contact notes"),
    [
        Column("on", gettext_lazy("Date"), lambda n: n.on, sort="on", link=_address),
        Column(
            "organisation",
            gettext_lazy("Organization"),
            lambda n: n.organisation.name,
            sort="organisation__name_folded",
            link=lambda n: _organisation(n.organisation),
        ),
        Column("channel", gettext_lazy("How"), lambda n: n.get_channel_display(), sort="channel"),
        Column("with", gettext_lazy("With whom"), lambda n: n.with_whom, phone=False),
        Column("text", gettext_lazy("Note"), lambda n: Truncator(n.text).chars(140)),
        Column("author", gettext_lazy("Written by"), lambda n: str(n.author), phone=False),
    ],
    search=("text", "with_whom", "organisation__name_folded"),
    default_sort="-on",
    filename="contact-notes",
    intro=gettext_lazy("Only staff of this region can read these."),
    empty_title=gettext_lazy("No notes yet"),
    empty_text=gettext_lazy("Open an organization and write down what was said."),
)


def _by_channel(rows: QuerySet[Any], channel: str) -> QuerySet[Any]:
    return rows.filter(channel=channel)


CHANNELS = Filter("channel", gettext_lazy("How"), ContactNote.Channel.choices, _by_channel)


@require_safe
def note_list(request: ActingRequest) -> HttpResponse:
    return listing_response(request, NOTES, access.contact_notes(request.actor), filters=[CHANNELS])


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, organisation: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    return _form(request, access.organisation(request.actor, organisation), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, note: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.contact_note(request.actor, note)
    return _form(request, found.organisation, found)


def _form(
    request: ActingRequest, organisation: Organisation, note: ContactNote | None
) -> HttpResponse:
    form = NoteForm.of(note, posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: actions.save_note(
            note, actor=request.actor, organisation=organisation, **data
        ),
    ):
        messages.success(request, _("The note is saved."))
        return redirect(_organisation(organisation))
    return render(
        request,
        "people/note_form.html",
        {
            "title": _("Edit the note") if note else _("Write a note"),
            "above": organisation.name,
            "intro": _("Only staff of this region can read it."),
            "form": form,
            "submit": _("Save"),
            "cancel": _organisation(organisation),
            "note": note,
        },
    )


@require_POST
def archive(request: ActingRequest, note: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.contact_note(request.actor, note)
    actions.archive_note(found, actor=request.actor)
    messages.success(request, _("The note is archived."))
    return redirect(_organisation(found.organisation))


@require_POST
def restore(request: ActingRequest, note: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.contact_note(request.actor, note)
    actions.restore_note(found, actor=request.actor)
    messages.success(request, _("The note is back."))
    return redirect(_organisation(found.organisation))
