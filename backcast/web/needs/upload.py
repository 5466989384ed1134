"""Needs by workbook: hand it out, take it back, show what it says, and load it on a yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor, NotAllowed
from backcast.demand import access, actions
from backcast.demand.loading import Effect, Preview, load_needs, prepare
from backcast.demand.loading import workbook as make_workbook
from backcast.demand.refusals import FileRefused
from backcast.web.export import file_response
from backcast.web.needs.forms import UploadForm
from backcast.web.needs.views import acting_request
from backcast.web.needs.words import change_words, refusal_lines, remark_lines, sentence
from backcast.web.uploads import is_too_large, refused_form

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 500


def _changing(request: HttpRequest) -> Actor:
    """The actor, where it may state needs; 404 for those without needs, 403 for those who only look."""
    actor = acting_request(request)
    access.needs(actor)
    if not access.may_change(actor):
        raise NotAllowed
    return actor


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: HttpRequest) -> HttpResponse:
    """A file over the limit is refused by its announced length, before anything of it is read."""
    _changing(request)
    if is_too_large(request):
        form = refused_form(UploadForm)
        return render(request, "needs/workbook.html", {"form": form}, status=413)
    return _workbook(request)


@csrf_protect
def _workbook(request: HttpRequest) -> HttpResponse:
    actor = _changing(request)
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            prepare(actor, content)
        except FileRefused as refused:
            form.add_error(
                "file", f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
            )
        else:
            upload = actions.keep_upload(actor=actor, filename=file.name or "", content=content)
            return redirect("needs:preview", upload=upload.public_id)
    return render(request, "needs/workbook.html", {"form": form})


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    actor = _changing(request)
    name = f"needs-{timezone.localdate():%Y-%m-%d}.xlsx"
    return file_response(make_workbook(actor), name, _XLSX)


@require_safe
def preview(request: HttpRequest, upload: UUID) -> HttpResponse:
    actor = _changing(request)
    kept = access.upload(actor, upload)
    return _show(request, kept.filename, upload, prepare(actor, bytes(kept.content)))


def _show(request: HttpRequest, filename: str, upload: UUID, found: Preview) -> HttpResponse:
    reading = found.reading
    entries = [
        {
            "entry": entry,
            "effect": entry.effect.value,
            "changes": [change_words(change) for change in entry.changes],
        }
        for entry in found.entries[:_SHOWN]
    ]
    values: dict[str, Any] = {
        "filename": filename,
        "upload": upload,
        "preview": found,
        "reading": reading,
        "entries": entries,
        "more_entries": max(0, len(found.entries) - _SHOWN),
        "refusals": refusal_lines(reading.refusals[:_SHOWN]),
        "more_refusals": max(0, len(reading.refusals) - _SHOWN),
        "remarks": remark_lines(reading.remarks[:_SHOWN]),
        "new": found.count(Effect.NEW, Effect.DRAFT),
        "changed": found.count(Effect.CHANGES, Effect.FINISHES, Effect.RETURNS),
        "same": found.count(Effect.SAME),
    }
    return render(request, "needs/preview.html", values)


@require_POST
def load(request: HttpRequest, upload: UUID) -> HttpResponse:
    actor = _changing(request)
    kept = access.upload(actor, upload)
    try:
        done = load_needs(actor=actor, content=bytes(kept.content))
    except ValidationError as refused:
        for message in refused.messages:
            messages.error(request, message)
        return redirect("needs:preview", upload=upload)
    actions.drop_upload(kept, actor=actor)
    new, drafts = done.count(Effect.NEW), done.count(Effect.DRAFT)
    changed = done.count(Effect.CHANGES, Effect.FINISHES, Effect.RETURNS)
    refused_rows = done.reading.rows_refused
    parts = [
        ngettext("%(n)s need stated", "%(n)s needs stated", new) % {"n": new},
        *([ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts}] if drafts else []),
        ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": changed},
        ngettext("%(n)s row left out", "%(n)s rows left out", refused_rows) % {"n": refused_rows},
    ]
    messages.success(request, _("Loaded: %(what)s.") % {"what": ", ".join(parts)})
    return redirect("needs:list")


@require_POST
def drop(request: HttpRequest, upload: UUID) -> HttpResponse:
    actor = _changing(request)
    actions.drop_upload(access.upload(actor, upload), actor=actor)
    messages.success(request, _("Given up. Nothing was saved."))
    return redirect("needs:workbook")
