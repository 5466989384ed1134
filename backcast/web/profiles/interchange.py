"""Profiles handed on in the formats of other systems, and taken back from a file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.demand.formats import FORMATS, Kind
from backcast.demand.handing import version_bytes
from backcast.demand.models import RequirementProfile
from backcast.demand.profiles import access, importing
from backcast.demand.refusals import FileRefused
from backcast.frameworks.importing import drop_upload, keep_upload, upload
from backcast.frameworks.models import Upload
from backcast.web.export import file_response
from backcast.web.middleware import ActingRequest
from backcast.web.needs.words import refusal_lines, remark_lines, sentence
from backcast.web.people.forms import words_of
from backcast.web.profiles import words
from backcast.web.profiles.forms import FileForm
from backcast.web.profiles.views import reached, to_version

_SHOWN = 300


@require_safe
def export(request: ActingRequest, profile: UUID, number: int, kind: str) -> HttpResponse:
    """A version in one of the formats, for whoever may read it."""
    found = reached(request, profile, number)
    if kind not in set(Kind):
        raise Http404
    chosen = Kind(kind)
    _label, ending, sent_as = FORMATS[chosen]
    stem = f"profile-{found.profile.role.folded}-{number}".replace(" ", "-")
    name = f"{stem}-{kind}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return file_response(version_bytes(found, chosen), name, sent_as)


def _written(request: ActingRequest, profile: UUID) -> RequirementProfile:
    """The profile, for staff who may write it: others get 404, viewers 403."""
    if not request.actor.is_staff:
        raise Http404
    return access.profile(request.actor, profile, role=Role.MEMBER)


def _purpose(profile: RequirementProfile) -> str:
    return f"profile {profile.public_id}"


def _told(refused: FileRefused) -> str:
    return f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: ActingRequest, profile: UUID) -> HttpResponse:
    """Send a workbook or another system's file; it is read and shown before anything is saved."""
    found = _written(request, profile)
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            importing.prepare(request.actor, found, content)
        except FileRefused as refused:
            form.add_error("file", _told(refused))
        else:
            kept = keep_upload(
                actor=request.actor,
                purpose=_purpose(found),
                filename=file.name or "",
                content=content,
            )
            return redirect("profiles:take_in_preview", profile=profile, upload=kept.public_id)
    newest = found.versions.filter(archived_at=None).order_by("-number").first()
    if newest is not None:
        newest.profile = found
    return render(
        request,
        "profiles/take_in.html",
        {"form": form, "profile": found, "role": found.role, "version": newest},
    )


@require_safe
def preview(request: ActingRequest, profile: UUID, upload: UUID) -> HttpResponse:
    """What the file would make of the profile."""
    found = _written(request, profile)
    kept = _upload(request, found, upload)
    told = importing.prepare(request.actor, found, bytes(kept.content))
    return render(
        request,
        "profiles/take_in_preview.html",
        {
            "profile": found,
            "role": found.role,
            "upload": kept,
            "told": told,
            "changes": words.changes(told.changes),
            "refusals": refusal_lines(told.refusals[:_SHOWN]),
            "remarks": remark_lines(told.remarks[:_SHOWN]),
        },
    )


def _upload(request: ActingRequest, profile: RequirementProfile, public_id: UUID) -> Upload:
    return upload(request.actor, public_id, _purpose(profile))


@require_POST
def load(request: ActingRequest, profile: UUID, upload: UUID) -> HttpResponse:
    found = _written(request, profile)
    kept = _upload(request, found, upload)
    try:
        version, told = importing.take_in(found, bytes(kept.content), actor=request.actor)
    except FileRefused as refused:
        messages.error(request, _told(refused))
        return redirect("profiles:take_in", profile=profile)
    except ValidationError as refused_:
        messages.error(request, words_of(refused_))
        return redirect("profiles:take_in_preview", profile=profile, upload=upload)
    drop_upload(kept, actor=request.actor)
    messages.success(
        request,
        _("Version %(number)s holds what the file says: %(used)s rows used, %(refused)s left out.")
        % {"number": version.number, "used": told.rows_used, "refused": told.rows_refused},
    )
    return redirect(to_version(version))


@require_POST
def drop(request: ActingRequest, profile: UUID, upload: UUID) -> HttpResponse:
    found = _written(request, profile)
    drop_upload(_upload(request, found, upload), actor=request.actor)
    messages.success(request, _("Given up. Nothing was saved."))
    return redirect("profiles:take_in", profile=profile)
