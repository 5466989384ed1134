"""People invited from a file: hand out a workbook, take it back, show what it says, invite on a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.demand import access as need_access
from backcast.demand import actions as need_actions
from backcast.demand.directory import employer_key
from backcast.demand.models import Wave, WaveInvitation
from backcast.demand.refusals import FileRefused
from backcast.demand.waves import inviting
from backcast.demand.waves.inviting import Effect
from backcast.demand.waves.people import Unknown
from backcast.web.export import file_response
from backcast.web.middleware import ActingRequest
from backcast.web.needs.forms import UploadForm
from backcast.web.needs.words import refusal_lines, remark_lines, sentence
from backcast.web.people.forms import words_of
from backcast.web.uploads import is_too_large, refused_form
from backcast.web.waves.views import address, staff_wave

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 500


class PeopleForm(UploadForm):
    """The file with the people."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Your file")
        self.fields["file"].help_text = gettext_lazy(
            "An .xlsx or .csv file. You see what it says before anybody is asked."
        )
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.ods,.csv"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    if is_too_large(request):
        return _asked_for(request, found, refused_form(PeopleForm), status=413)
    return _people(request, found)


def _asked_for(request: ActingRequest, wave: Wave, form: Any, *, status: int = 200) -> HttpResponse:
    return render(request, "waves/people.html", {"wave": wave, "form": form}, status=status)


@csrf_protect
def _people(request: ActingRequest, wave: Wave) -> HttpResponse:
    posted = request.method == "POST"
    form = PeopleForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            inviting.prepare(wave, actor=request.actor, content=content)
        except FileRefused as refused:
            form.add_error(
                "file", f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
            )
        else:
            kept = need_actions.keep_upload(
                actor=request.actor, filename=file.name or "", content=content
            )
            return redirect("waves:people_preview", wave=wave.public_id, upload=kept.public_id)
    return _asked_for(request, wave, form)


@require_safe
def download(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    name = f"{slugify(found.name) or 'wave'}-people.xlsx"
    return file_response(inviting.workbook(found, actor=request.actor), name, _XLSX)


def _told(given: Mapping[str, Any], unknown: tuple[Unknown, ...]) -> dict[str, int]:
    """Which employers the reader has said that unknown names are."""
    told = {}
    for number, one in enumerate(unknown):
        chosen = str(given.get(f"employer-{number}", ""))
        if chosen.isdecimal() and len(chosen) < 19:
            told[employer_key(one.name)] = int(chosen)
    return told


@require_safe
def preview(request: ActingRequest, wave: UUID, upload: UUID) -> HttpResponse:
    """What the file says. Unknown employers can be told here; the page then reads it again."""
    found = staff_wave(request, wave, Role.MEMBER)
    kept = need_access.upload(request.actor, upload)
    content = bytes(kept.content)
    try:
        plain = inviting.prepare(found, actor=request.actor, content=content)
        told = _told(request.GET, plain.reading.unknown)
        shown = inviting.prepare(found, actor=request.actor, content=content, told=told)
    except FileRefused as refused:
        messages.error(
            request, f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
        )
        return redirect("waves:people", wave=wave)
    reading = shown.reading
    places = inviting.places(found, request.actor)
    entries = [
        {
            "person": entry.read,
            "effect": entry.effect.value,
            "parts": [str(WaveInvitation.Part(part).label) for part in entry.read.parts],
            "language": dict(WaveInvitation._meta.get_field("language").choices or ())[
                entry.read.language
            ],
        }
        for entry in shown.entries[:_SHOWN]
    ]
    return render(
        request,
        "waves/people_preview.html",
        {
            "wave": found,
            "upload": upload,
            "filename": kept.filename,
            "preview": shown,
            "reading": reading,
            "entries": entries,
            "more_entries": max(0, len(shown.entries) - _SHOWN),
            "refusals": refusal_lines(reading.refusals[:_SHOWN]),
            "more_refusals": max(0, len(reading.refusals) - _SHOWN),
            "remarks": remark_lines(reading.remarks[:_SHOWN]),
            "new": shown.count(Effect.NEW),
            "changed": shown.count(Effect.CHANGES),
            "same": shown.count(Effect.SAME),
            "unknown": [
                (f"employer-{number}", one, told.get(employer_key(one.name)))
                for number, one in enumerate(plain.reading.unknown)
            ],
            "employers": places.asked,
        },
    )


@require_POST
def load(request: ActingRequest, wave: UUID, upload: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    kept = need_access.upload(request.actor, upload)
    content = bytes(kept.content)
    try:
        plain = inviting.prepare(found, actor=request.actor, content=content)
        told = _told(request.POST, plain.reading.unknown)
        done = inviting.invite_people(found, actor=request.actor, content=content, told=told)
    except (ValidationError, FileRefused) as refused:
        words = (
            words_of(refused)
            if isinstance(refused, ValidationError)
            else f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
        )
        messages.error(request, words)
        return redirect("waves:people_preview", wave=wave, upload=upload)
    need_actions.drop_upload(kept, actor=request.actor)
    new, changed = done.count(Effect.NEW), done.count(Effect.CHANGES)
    left = done.reading.rows_refused
    parts = [
        ngettext("%(n)s person invited", "%(n)s people invited", new) % {"n": new},
        ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": changed},
        ngettext("%(n)s row left out", "%(n)s rows left out", left) % {"n": left},
    ]
    text = _("Done: %(what)s.") % {"what": ", ".join(parts)}
    if found.status == Wave.Status.OPEN and new:
        text += " " + _("The links are on their way.")
    messages.success(request, text)
    return redirect(address(found))


@require_POST
def drop(request: ActingRequest, wave: UUID, upload: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    need_actions.drop_upload(need_access.upload(request.actor, upload), actor=request.actor)
    messages.success(request, _("Given up. Nobody was invited."))
    return redirect("waves:people", wave=found.public_id)
