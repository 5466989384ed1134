"""What a program teaches: the list of its modules, each module, outlines, and the version's steps."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.training import access as training
from backcast.training.models import Module, ModuleOutcome, Program, ProgramVersion
from backcast.training.modules import access, actions
from backcast.training.modules import outline as outlines
from backcast.web.coverage.forms import ModuleForm, ModulePageForm, OutlineForm
from backcast.web.coverage.words import MODES, chosen_in, level_in, modes_in
from backcast.web.export import file_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of
from backcast.web.uploads import rows_of

_SHOWN = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(program: Program, version: ProgramVersion | None = None) -> str:
    url = reverse("coverage:modules", kwargs={"program": program.public_id})
    return f"{url}?version={version.number}" if version is not None else url


def chosen(
    request: ActingRequest, versions: list[ProgramVersion], *, draft: bool = True
) -> ProgramVersion | None:
    """The version that the address names; else the draft (if wanted), then the one that is taught."""
    number = request.GET.get("version", "")
    if number:
        named = next((each for each in versions if str(each.number) == number), None)
        if named is None:
            raise Http404
        return named
    order = ("draft", "current") if draft else ("current", "draft")
    return next((each for status in order for each in versions if each.status == status), None)


@require_safe
def modules(request: ActingRequest, program: UUID) -> HttpResponse:
    """The modules of a version, the draft first; ``?version=`` another."""
    actor = request.actor
    found = training.program(actor, program)
    versions = list(access.versions(actor, found))
    version = chosen(request, versions)
    return _list(request, found, versions, version, ModuleForm())


def _list(
    request: ActingRequest,
    program: Program,
    versions: list[ProgramVersion],
    version: ProgramVersion | None,
    form: ModuleForm,
) -> HttpResponse:
    may_change = request.actor.may(Role.MEMBER) and not program.is_archived
    rows = access.modules_of(version) if version is not None else []
    return render(
        request,
        "coverage/modules.html",
        {
            "program": program,
            "version": version,
            "versions": versions,
            "rows": [(row, _letters(row)) for row in rows],
            "hours": sum((row.hours or Decimal(0) for row in rows), Decimal(0)),
            "form": form,
            "may_change": may_change,
            "editable": may_change and version is not None and version.status == "draft",
            "taught": next((each for each in versions if each.status == "current"), None),
            "draft": next((each for each in versions if each.status == "draft"), None),
        },
    )


def _letters(module: Module) -> list[tuple[str, str, int]]:
    """How many competencies the module introduces, practices and assesses."""
    outcomes = list(module.outcomes.all())
    return [
        (letter, str(words), sum(letter in each.modes for each in outcomes))
        for letter, words in MODES
    ]


@require_POST
def start(request: ActingRequest, program: UUID) -> HttpResponse:
    """Begin a draft: a copy of what is taught, or the first version."""
    found = training.program(request.actor, program, role=Role.MEMBER)
    try:
        draft = actions.draft_version(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
        return redirect(address(found))
    return redirect(address(found, draft))


@require_POST
def add(request: ActingRequest, program: UUID) -> HttpResponse:
    """One more module at the end of the draft."""
    actor = request.actor
    found = training.program(actor, program, role=Role.MEMBER)
    form = ModuleForm(request.POST)

    def act(_data: dict[str, Any]) -> None:
        values = form.values()
        new = outlines.Outlined(values["title"], values["hours"])
        with transaction.atomic():
            draft = actions.draft_version(found, actor=actor)
            actions.add_modules(draft, [new], actor=actor)

    if tried(form, act):
        return redirect(address(found) + "#add")
    versions = list(access.versions(actor, found))
    return _list(request, found, versions, chosen(request, versions), form)


@require_http_methods(["GET", "HEAD", "POST"])
def module(request: ActingRequest, module: UUID) -> HttpResponse:
    """One module: its title, hours and outline, and what it does for each competency."""
    actor = request.actor
    posted = request.method == "POST"
    found = access.module(actor, module, role=Role.MEMBER if posted else Role.VIEWER)
    form = ModulePageForm.of(found, request.POST if posted else None)
    if posted and tried(
        form, lambda _data: actions.change_module(found, form.values(), actor=actor)
    ):
        messages.success(request, _("Saved."))
        return redirect(address(found.version.program, found.version))
    return _module_page(request, found, form)


def _module_page(request: ActingRequest, module: Module, form: ModulePageForm) -> HttpResponse:
    version = module.version
    outcomes = list(module.outcomes.select_related("competency__scale", "scale").order_by("pk"))
    return render(
        request,
        "coverage/module.html",
        {
            "module": module,
            "version": version,
            "program": version.program,
            "form": form,
            "outcomes": [(each, *actions.level_range(each.competency)) for each in outcomes],
            "modes": MODES,
            "editable": request.actor.may(Role.MEMBER)
            and version.status == "draft"
            and not version.program.is_archived,
        },
    )


@require_POST
def move(request: ActingRequest, module: UUID) -> HttpResponse:
    """Put a module at another place (``to``)."""
    found = access.module(request.actor, module, role=Role.MEMBER)
    try:
        to = int(request.POST.get("to", ""))
        actions.move_module(found, to, actor=request.actor)
    except ValueError:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(address(found.version.program, found.version))


@require_POST
def remove(request: ActingRequest, module: UUID) -> HttpResponse:
    found = access.module(request.actor, module, role=Role.MEMBER)
    back = address(found.version.program, found.version)
    title = found.title
    try:
        actions.remove_module(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("%(title)s was removed from the draft.") % {"title": title})
    return redirect(back)


@require_POST
def teach(request: ActingRequest, module: UUID) -> HttpResponse:
    """Say what the module does for a competency: add one, change one, or take one away."""
    actor = request.actor
    found = access.module(actor, module, role=Role.MEMBER)
    data = request.POST
    try:
        if "outcome" in data:
            _change(found, data, actor)
        else:
            actions.add_outcomes(
                found,
                [chosen_in(actor, data.get("what", ""))],
                actor=actor,
                modes=modes_in(data) or actions.INTRODUCES,
                level=level_in(data),
            )
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(reverse("coverage:module", kwargs={"module": found.public_id}) + "#learn")


def _change(module: Module, data: Any, actor: Any) -> None:
    try:
        outcome = module.outcomes.select_related("competency__scale").get(pk=int(data["outcome"]))
    except (ValueError, ModuleOutcome.DoesNotExist):
        raise Http404 from None
    what = outcome.competency or outcome.words
    if "remove" in data:
        actions.set_cell(module, what, "", None, actor=actor)
        return
    letters = modes_in(data)
    if not letters:
        raise ValidationError(_("Tick what the module does, or press Remove."))
    text = str(data.get("hours", "")).strip().replace(",", ".")
    try:
        hours = Decimal(text) if text else None
    except InvalidOperation:
        raise ValidationError(_("Write the hours as a number, like 12.5.")) from None
    kept = actions.set_cell(module, what, letters, level_in(data), actor=actor)
    if kept is not None and kept.hours != hours:
        actions.change_hours(kept, hours, actor=actor)


@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: ActingRequest, program: UUID) -> HttpResponse:
    """Make modules out of a pasted outline or a workbook, all or none."""
    actor = request.actor
    found = training.program(actor, program, role=Role.MEMBER)
    posted = request.method == "POST"
    form = OutlineForm(request.POST if posted else None, request.FILES if posted else None)
    problems: list[outlines.Problem] = []
    if posted and form.is_valid():
        read, problems = _read(form)

        def act(_data: dict[str, Any]) -> None:
            with transaction.atomic():
                draft = actions.draft_version(found, actor=actor)
                actions.add_modules(draft, read, actor=actor)

        if read and not problems and tried(form, act):
            text = ngettext(
                "%(n)s module was added to the draft.",
                "%(n)s modules were added to the draft.",
                len(read),
            )
            messages.success(request, text % {"n": len(read)})
            return redirect(address(found))
    return render(
        request,
        "coverage/outline.html",
        {
            "form": form,
            "program": found,
            "problems": problems[:_SHOWN],
            "more": max(0, len(problems) - _SHOWN),
        },
    )


def _read(form: OutlineForm) -> tuple[list[outlines.Outlined], list[outlines.Problem]]:
    """What was pasted or uploaded; a file that cannot be read is an error of the form."""
    if not form.cleaned_data["file"]:
        return outlines.read_text(form.cleaned_data["text"])
    return rows_of(
        form, lambda path: outlines.read_workbook(path, limit_mb=settings.UPLOAD_LIMIT_MB)
    )


@require_safe
def template(request: ActingRequest, program: UUID) -> HttpResponse:
    """The workbook to fill in."""
    found = training.program(request.actor, program, role=Role.MEMBER)
    return file_response(outlines.template(found.name), "modules.xlsx", _XLSX)


@require_POST
def current(request: ActingRequest, version: UUID) -> HttpResponse:
    """Teach by this version from now on."""
    found = access.version(request.actor, version, role=Role.MEMBER)
    try:
        actions.make_current(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("Version %(n)s is what is taught now.") % {"n": found.number})
    return redirect(address(found.program))


@require_POST
def discard(request: ActingRequest, version: UUID) -> HttpResponse:
    found = access.version(request.actor, version, role=Role.MEMBER)
    try:
        actions.discard_draft(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The draft was discarded."))
    return redirect(address(found.program))
