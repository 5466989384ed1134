"""Competencies handed on as CASE or CTDL-ASN, and frameworks of others taken in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.frameworks import access, importing
from backcast.frameworks.importing import Effect
from backcast.frameworks.interchange.values import Framework, write_json
from backcast.frameworks.models import Competency, ImportedFramework
from backcast.frameworks.parsing.problems import FileProblem
from backcast.partners.access import region_of
from backcast.web.export import file_response
from backcast.web.frameworks.forms import FrameworkFileForm
from backcast.web.frameworks.words import tabs
from backcast.web.middleware import ActingRequest

PURPOSE = "framework"
_SHOWN = 300
Format = ImportedFramework.Format
#: What a format is called, and how its files are sent.
FORMATS = {
    Format.CASE: ("CASE", "application/json"),
    Format.CTDL: ("CTDL-ASN", "application/ld+json"),
}


def _format(name: str) -> ImportedFramework.Format:
    try:
        return Format(name)
    except ValueError:
        raise Http404 from None


def told(problem: FileProblem) -> str:
    """What is wrong with a file, as a sentence of its own."""
    return f"{problem.what[:1].upper()}{problem.what[1:]} {problem.remedy}"


def choices(name: str, **where: UUID) -> list[tuple[str, str]]:
    """The links that save something in each format."""
    return [
        (label, reverse(name, kwargs={**where, "kind": kind.value}))
        for kind, (label, _type) in FORMATS.items()
    ]


def sent(content: bytes, stem: str, kind: ImportedFramework.Format) -> HttpResponse:
    name = f"{stem}-{kind.value}-{timezone.localdate():%Y-%m-%d}.json"
    return file_response(content, name, FORMATS[kind][1])


def _address(request: ActingRequest) -> importing.Address:
    def address(competency: Competency) -> str:
        where = {"competency": competency.public_id}
        return request.build_absolute_uri(reverse("frameworks:competency", kwargs=where))

    return address


@require_safe
def export_own(request: ActingRequest, kind: str) -> HttpResponse:
    """All of the region's own competencies in one file."""
    chosen = _format(kind)
    framework = importing.own_framework(
        request.actor, _address(request), _("Competencies of %(region)s") % _region(request)
    )
    return sent(importing.as_json(framework, chosen), "competencies", chosen)


def _region(request: ActingRequest) -> dict[str, str]:
    return {"region": region_of(request.actor).name}


@require_safe
def export_one(request: ActingRequest, competency: UUID, kind: str) -> HttpResponse:
    """One competency, loaded or own, as a framework that holds it alone."""
    chosen = _format(kind)
    found = access.competency(request.actor, competency)
    statement = importing.statement_of(found, _address(request))
    framework = Framework(
        str(found.public_id),
        f"{statement.uri}#framework",
        found.statement[:120],
        "Backcast",
        found.updated_at.replace(microsecond=0),
        language="en-US",
        statements=(statement,),
    )
    return sent(importing.as_json(framework, chosen), "competency", chosen)


@require_safe
def export_imported(request: ActingRequest, imported: UUID) -> HttpResponse:
    """A framework that was taken in, as it was, with what the region has reworded."""
    access.require_writer(request.actor)
    found = access.one(importing.imported(request.actor), imported)
    return sent(write_json(importing.handed_on(found)), "framework", Format(found.format))


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: ActingRequest) -> HttpResponse:
    """Send a framework of another system; it is read and shown before anything is saved."""
    actor = request.actor
    access.require_writer(actor)
    posted = request.method == "POST"
    form = FrameworkFileForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            importing.prepare(actor, content)
        except FileProblem as problem:
            form.add_error("file", told(problem))
        else:
            kept = importing.keep_upload(
                actor=actor, purpose=PURPOSE, filename=file.name or "", content=content
            )
            return redirect("frameworks:import_preview", upload=kept.public_id)
    return render(
        request,
        "frameworks/import.html",
        {
            "form": form,
            "taken": list(importing.imported(actor)[:_SHOWN]),
            "exports": choices("frameworks:export_own"),
            "tabs": tabs(actor, "competencies"),
        },
    )


@require_safe
def preview(request: ActingRequest, upload: UUID) -> HttpResponse:
    """What the file would do: each statement, and what cannot be used."""
    actor = request.actor
    access.require_writer(actor)
    kept = importing.upload(actor, upload, PURPOSE)
    found = importing.prepare(actor, bytes(kept.content))
    return render(
        request,
        "frameworks/import_preview.html",
        {
            "found": found,
            "upload": kept,
            "entries": found.entries[:_SHOWN],
            "more": max(0, len(found.entries) - _SHOWN),
            "refusals": found.refusals[:_SHOWN],
            "new": found.count(Effect.NEW),
            "tied": found.count(Effect.TIED),
            "changed": found.count(Effect.CHANGES),
            "same": found.count(Effect.SAME),
            "tabs": tabs(actor, "competencies"),
        },
    )


@require_POST
def load(request: ActingRequest, upload: UUID) -> HttpResponse:
    actor = request.actor
    access.require_writer(actor)
    kept = importing.upload(actor, upload, PURPOSE)
    try:
        taken, done = importing.take_in(bytes(kept.content), actor=actor)
    except FileProblem as problem:
        messages.error(request, told(problem))
        return redirect("frameworks:import")
    importing.drop_upload(kept, actor=actor)
    new, changed = done.count(Effect.NEW), done.count(Effect.CHANGES)
    parts = [
        ngettext("%(n)s new competency", "%(n)s new competencies", new) % {"n": new},
        ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": changed},
        ngettext("%(n)s left out", "%(n)s left out", done.items_refused)
        % {"n": done.items_refused},
    ]
    messages.success(
        request,
        _("%(title)s was taken in: %(what)s.") % {"title": taken.title, "what": ", ".join(parts)},
    )
    return redirect(f"{reverse('frameworks:competencies')}?source=own")


@require_POST
def drop(request: ActingRequest, upload: UUID) -> HttpResponse:
    actor = request.actor
    access.require_writer(actor)
    importing.drop_upload(importing.upload(actor, upload, PURPOSE), actor=actor)
    messages.success(request, _("Given up. Nothing was saved."))
    return redirect("frameworks:import")
