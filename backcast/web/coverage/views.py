"""How far a program covers what employers ask for, line by line, and closing a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backcast.core.actor import Role
from backcast.demand.profiles.values import Line
from backcast.frameworks.models import Competency
from backcast.training import access as training
from backcast.training.coverage import (
    LOW_IMPORTANCE,
    Coverage,
    Finding,
    Part,
    Requirement,
    Spent,
    credentials_met,
)
from backcast.training.coverage import (
    coverage as compute,
)
from backcast.training.models import Module, Program, ProgramVersion
from backcast.training.modules import access, actions, reading
from backcast.web.coverage.modules import address, chosen
from backcast.web.coverage.words import asked, compared, level, sentence, whole, why
from backcast.web.export import table_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of


@require_safe
def coverage(request: ActingRequest, program: UUID) -> HttpResponse:
    """One program beside one profile: ``?profile=`` and ``?version=`` choose, ``?export=`` is a file."""
    actor = request.actor
    found = training.program(actor, program)
    versions = list(access.versions(actor, found))
    version = chosen(request, versions)
    choices = reading.profiles_of(actor, found)
    asked_of = _chosen(choices, request.GET.get("profile", ""))
    values: dict[str, Any] = {
        "program": found,
        "version": version,
        "versions": versions,
        "choices": choices,
        "asked": asked_of,
        "may_change": actor.may(Role.MEMBER) and not found.is_archived,
        "leads": reading.occupations_of(found),
    }
    if version is None or asked_of is None:
        return render(request, "coverage/nothing.html", values)
    modules = access.modules_of(version)
    parts = reading.parts_of(modules)
    result = compute(asked_of.requirements, parts)
    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        return _file(export, found, asked_of, result, parts)
    earned = set(found.credential_links.values_list("credential_id", flat=True))
    return render(
        request,
        "coverage/coverage.html",
        {
            **values,
            "result": result,
            "share": whole(result.share),
            "depth": whole(result.depth),
            "sentence": sentence(result, asked_of.role.title),
            "gaps": [_gap(each, modules, result) for each in result.gaps],
            "covered": [_gap(each, modules, result) for each in result.covered],
            "over": [_spent(each, parts) for each in result.over_taught],
            "hours": [_spent(each, parts) for each in sorted(result.hours, key=_by_hours)],
            "total_hours": sum(part.hours or 0 for part in parts),
            "untaught": [(each, _title(parts, each.place)) for each in result.untaught],
            "credentials": credentials_met(asked_of.profile.lines, earned),
            "modules": modules,
            "threshold": f"{LOW_IMPORTANCE:g}",
            "employers": [
                {
                    "name": each.name,
                    "share": whole(each.coverage.share),
                    "gaps": len(each.coverage.gaps),
                    "differences": each.differences,
                }
                for each in reading.employers_beside(actor, asked_of, parts)
            ],
            "staff": actor.is_staff,
            "by_openings": whole(reading.by_openings(actor, asked_of, parts))
            if actor.is_staff
            else None,
            "taught": _taught(versions, version, asked_of),
            "steps": _steps(found, version, result, actor.may(Role.MEMBER)),
            "closed": request.GET.get("closed") == "1",
        },
    )


def _by_hours(spent: Spent) -> tuple[float, str]:
    return -spent.hours, spent.name


def _chosen(choices: Sequence[reading.Asked], wanted: str) -> reading.Asked | None:
    if not wanted:
        return choices[0] if choices else None
    for each in choices:
        if str(each.version.profile.public_id) == wanted:
            return each
    raise Http404


def _gap(found: Finding, modules: Sequence[Module], result: Coverage) -> dict[str, Any]:
    """A finding as the page shows it; ``place`` is where it would best be closed."""
    need = found.requirement
    total = sum(each.requirement.weight for each in result.findings) or 1
    place = found.places[-1] if found.places else len(modules) - 1
    return {
        "line": need.line,
        "name": need.name,
        "asked": asked(need),
        "level": level(need.level, need.scale),
        "weight": need.weight / total,
        "why": why(found),
        "compared": compared(found),
        "hours": found.hours,
        "places": [modules[at] for at in found.places],
        "assessed": level(found.assessed, found.assessed_scale),
        "module": modules[place] if modules else None,
    }


def _spent(spent: Spent, parts: Sequence[Part]) -> dict[str, Any]:
    return {
        "name": spent.name,
        "hours": spent.hours,
        "rated": spent.rated,
        "modules": [_title(parts, at) for at in spent.places],
    }


def _title(parts: Sequence[Part], place: int) -> str:
    return f"{place + 1}. {parts[place].title}"


def _taught(
    versions: Sequence[ProgramVersion], shown: ProgramVersion, asked_of: reading.Asked
) -> tuple[int, str] | None:
    """Where a draft is shown: the number and share of the version that is taught now."""
    taught = next((each for each in versions if each.status == "current"), None)
    if taught is None or taught.pk == shown.pk:
        return None
    parts = reading.parts_of(access.modules_of(taught))
    return taught.number, whole(compute(asked_of.requirements, parts).share)


def _steps(
    program: Program, version: ProgramVersion, result: Coverage, may_change: bool
) -> list[tuple[str, str]]:
    if not may_change:
        return []
    steps = []
    if result.gaps:
        steps.append((_("Close the gap that weighs most"), "#gaps"))
    if version.status == ProgramVersion.Status.DRAFT:
        steps.append((_("Look through the draft and teach by it"), address(program, version)))
    if result.hours_unknown:
        steps.append((_("Say how many hours each module takes"), address(program, version)))
    if result.over_taught:
        steps.append((_("Ask employers about what takes time and is not asked for"), "#over"))
    return steps


def _file(
    kind: str,
    program: Program,
    asked_of: reading.Asked,
    result: Coverage,
    parts: Sequence[Part],
) -> HttpResponse:
    header = [
        _("Competency"), _("How needed"), _("Importance"), _("Weight"), _("Level at hire"),
        _("Level assessed"), _("Covered"), _("What is missing"), _("Hours"), _("Modules"), _("Note"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            each.requirement.name,
            str(each.requirement.necessity),
            round(each.requirement.importance, 2),
            round(each.requirement.weight, 4),
            each.requirement.level,
            each.assessed,
            each.covered,
            why(each),
            round(each.hours, 1),
            "; ".join(_title(parts, at) for at in each.places),
            compared(each) if each.covered else "",
        ]
        for each in result.findings
    ]
    rows += [
        [
            each.name, _("not asked for"), each.rated, 0, None, None, None,
            _("More taught than asked"), round(each.hours, 1),
            "; ".join(_title(parts, at) for at in each.places), "",
        ]
        for each in result.over_taught
    ]  # fmt: skip
    return table_response(kind, f"{program.name}-coverage", asked_of.role.title, header, rows)


@require_POST
def close(request: ActingRequest, program: UUID) -> HttpResponse:
    """Have a module practice and assess what a line asks for, at the level at hire, in the draft."""
    actor = request.actor
    found = training.program(actor, program, role=Role.MEMBER)
    asked_of = _chosen(reading.profiles_of(actor, found), request.POST.get("profile", ""))
    line = _line(asked_of, request.POST.get("line", ""))
    need = next((each for each in asked_of.requirements if each.line == line.key), None)  # type: ignore[union-attr]
    if need is None:
        raise Http404
    back = (
        reverse("coverage:coverage", kwargs={"program": found.public_id})
        + f"?profile={asked_of.version.profile.public_id}&closed=1"  # type: ignore[union-attr]
    )
    try:
        with transaction.atomic():
            draft = actions.draft_version(found, actor=actor)
            module = _in_draft(draft, request.POST.get("module", ""))
            actions.add_outcomes(
                module,
                [_subject(need)],
                actor=actor,
                modes=actions.PRACTISES + actions.ASSESSES,
                level=need.level,
            )
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(
            request,
            _("“%(name)s” is now practiced and assessed in %(module)s, in version %(n)s (draft).")
            % {"name": need.name, "module": module.title, "n": draft.number},
        )
    return redirect(back)


def _line(asked_of: reading.Asked | None, text: str) -> Line:
    try:
        line = asked_of.profile.line(UUID(text)) if asked_of is not None else None
    except ValueError:
        line = None
    if line is None:
        raise Http404
    return line


def _in_draft(draft: ProgramVersion, key: str) -> Module:
    """The draft's module of this key (the same from version to version)."""
    try:
        module = draft.modules.filter(key=UUID(key)).select_related("version__program").first()
    except ValueError:
        module = None
    if module is None:
        raise Http404
    return module


def _subject(need: Requirement) -> Competency | str:
    if need.key.startswith("c"):
        return Competency.objects.select_related("scale").get(pk=int(need.key[1:]))
    return need.name
