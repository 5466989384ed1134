"""The matrix of competencies and modules: read, printed, and edited cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backcast.core.actor import Actor, Role
from backcast.frameworks.models import Competency
from backcast.frameworks.text import folded
from backcast.training.coverage import Coverage, Finding, coverage
from backcast.training.models import Module, ModuleOutcome, ProgramVersion, outcome_key
from backcast.training.modules import access, actions, reading
from backcast.web.coverage.words import (
    MODES,
    asked,
    compared,
    level,
    level_in,
    modes_in,
    sentence,
    subject_in,
    why,
)
from backcast.web.export import table_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of

#: So many modules stand beside each other on a printed page.
ON_A_PAGE = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix: a competency or own words, its scale, its cells, what is asked of it."""

    key: str
    name: str
    public_id: str
    low: float
    high: float
    cells: dict[int, ModuleOutcome]
    finding: Finding | None

    @property
    def state(self) -> str:
        """``covered``, ``gap``, or nothing where the profile does not ask for it."""
        return "" if self.finding is None else "covered" if self.finding.covered else "gap"

    @property
    def said(self) -> str:
        """What is asked for, and what is missing."""
        if self.finding is None:
            return ""
        need = self.finding.requirement
        wanted = asked(need)
        if need.level is not None:
            wanted = _("%(asked)s, at level %(level)s") % {
                "asked": wanted,
                "level": level(need.level, need.scale),
            }
        if self.finding.covered:
            covered = _("Covered: %(asked)s") % {"asked": wanted}
            return f"{covered}. {compared(self.finding)}" if self.finding.by_range else covered
        return _("%(why)s. %(asked)s") % {"why": why(self.finding), "asked": wanted.capitalize()}


@dataclass(frozen=True, slots=True)
class Matrix:
    """All that the page shows of a version."""

    modules: list[Module]
    lines: list[Line]
    asked: reading.Asked | None
    choices: list[reading.Asked]
    coverage: Coverage | None


def matrix_of(
    actor: Actor, version: ProgramVersion, wanted: str, *, only: str | None = None
) -> Matrix:
    """The version's cells beside the chosen profile (the first one where none is chosen).

    ``only`` leaves out what the profile does not ask for, but for the competency of this key.
    """
    choices = reading.profiles_of(actor, version.program)
    chosen = next(
        (each for each in choices if str(each.version.profile.public_id) == wanted), None
    ) or (choices[0] if choices and not wanted else None)
    if wanted and chosen is None:
        raise Http404
    keys = {each.key for each in chosen.requirements} if chosen else set()
    modules = access.modules_of(version, None if only is None else keys | {only})
    found = coverage(chosen.requirements, reading.parts_of(modules)) if chosen else None
    findings = {each.requirement.key: each for each in found.findings} if found else {}
    return Matrix(modules, _lines(modules, findings), chosen, choices, found)


def _lines(modules: Sequence[Module], findings: dict[str, Finding]) -> list[Line]:
    """What the profile asks for, in its order, then what else is taught, by name."""
    cells: dict[str, dict[int, ModuleOutcome]] = {}
    for module in modules:
        for outcome in module.outcomes.all():
            cells.setdefault(outcome.key, {})[module.pk] = outcome
    wanted = list(findings)
    missing = [key for key in wanted if key not in cells and key.startswith("c")]
    known = {
        f"c{row.pk}": row
        for row in Competency.objects.filter(
            pk__in=[int(key.removeprefix("c")) for key in missing]
        ).select_related("scale")
    }
    rest = sorted(set(cells) - set(wanted), key=lambda key: str(_any(cells[key])).casefold())
    lines = []
    for key in (*wanted, *rest):
        there = cells.get(key, {})
        competency = _any(there).competency if there else known.get(key)
        finding = findings.get(key)
        name = str(_any(there)) if there else finding.requirement.name if finding else key
        low, high = actions.level_range(competency)
        public_id = str(competency.public_id) if competency is not None else ""
        lines.append(Line(key, name, public_id, low, high, there, finding))
    return lines


def _any(cells: dict[int, ModuleOutcome]) -> ModuleOutcome:
    return next(iter(cells.values()))


def cell_html(outcome: ModuleOutcome | None, *, first: bool = False) -> SafeString:
    """One cell. Letters and numbers only, so 18,000 of them are quick to write and small to send."""
    focus = ' tabindex="0"' if first else ""
    if outcome is None:
        return mark_safe(f"<td{focus}></td>")  # noqa: S308 no text of anybody's
    letters = outcome.modes
    level = "" if outcome.level is None else f" <i>{outcome.level:g}</i>"
    return mark_safe(f'<td class="{letters[-1]}"{focus}>{letters}{level}</td>')  # noqa: S308


def _row(line: Line, modules: Iterable[Module], *, first: bool) -> SafeString:
    cells = "".join(
        cell_html(line.cells.get(module.pk), first=first and place == 0)
        for place, module in enumerate(modules)
    )
    mark = {"gap": "▲", "covered": "✓"}.get(line.state, "")
    return format_html(
        '<tr data-competency="{}" data-words="{}" data-low="{}" data-high="{}"'
        ' data-said="{}"><th scope="row" class="{}"><span class="bc-matrix__mark"'
        ' aria-hidden="true">{}</span>{}<span class="usa-sr-only">{}</span></th>{}</tr>',
        line.public_id,
        "" if line.public_id else line.name,
        f"{line.low:g}",
        f"{line.high:g}",
        line.said,
        line.state,
        mark,
        line.name,
        f" ({line.said})" if line.said else "",
        mark_safe(cells),  # noqa: S308 made by cell_html
    )


@require_safe
def matrix(request: ActingRequest, version: UUID) -> HttpResponse:
    """The matrix; ``?profile=`` sets another beside it, ``?pages=1`` lays it out for paper,
    ``?export=xlsx|csv`` is a file."""
    actor = request.actor
    found = access.version(actor, version)
    shown = matrix_of(actor, found, request.GET.get("profile", ""))
    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        return _file(export, found, shown)
    paper = request.GET.get("pages") == "1"
    editable = (
        not paper
        and actor.may(Role.MEMBER)
        and found.status == ProgramVersion.Status.DRAFT
        and not found.program.is_archived
    )
    step = ON_A_PAGE if paper else max(1, len(shown.modules))
    blocks = [
        (
            shown.modules[at : at + step],
            [
                _row(line, shown.modules[at : at + step], first=place == 0)
                for place, line in enumerate(shown.lines)
            ],
        )
        for at in range(0, len(shown.modules), step)
    ]
    role = shown.asked.role.title if shown.asked else ""
    return render(
        request,
        "coverage/matrix.html",
        {
            "version": found,
            "program": found.program,
            "matrix": shown,
            "blocks": blocks,
            "paper": paper,
            "editable": editable,
            "may_change": actor.may(Role.MEMBER) and not found.program.is_archived,
            "profile": str(shown.asked.version.profile.public_id) if shown.asked else "",
            "summary": sentence(shown.coverage, role) if shown.coverage else "",
            "modes": MODES,
        },
    )


def _file(kind: str, version: ProgramVersion, shown: Matrix) -> HttpResponse:
    header = [_("Competency"), _("Asked for"), *(str(module) for module in shown.modules)]
    rows = [
        [line.name, line.said, *(_told(line.cells.get(module.pk)) for module in shown.modules)]
        for line in shown.lines
    ]
    title = _("Version %(n)s") % {"n": version.number}
    return table_response(kind, f"{version.program.name}-matrix", title, header, rows)


def _told(outcome: ModuleOutcome | None) -> str:
    if outcome is None:
        return ""
    return f"{outcome.modes} {outcome.level:g}" if outcome.level is not None else outcome.modes


@require_POST
def cell(request: ActingRequest, version: UUID) -> HttpResponse:
    """Set one cell and answer with it; what it does to coverage goes along as an event."""
    actor = request.actor
    found = access.version(actor, version, role=Role.MEMBER)
    data = request.POST
    module = _module(found, data)
    event: dict[str, Any] = {}
    what: Competency | str = ""
    try:
        what = subject_in(actor, data)
        actions.set_cell(module, what, modes_in(data), level_in(data), actor=actor)
    except ValidationError as error:
        event["refused"] = words_of(error)
    outcome = _cell_of(module, what)
    shown = matrix_of(actor, found, data.get("profile", ""), only=_key(what))
    line = next((each for each in shown.lines if each.key == _key(what)), None)
    event["modes"] = outcome.modes if outcome else ""
    event["level"] = f"{outcome.level:g}" if outcome and outcome.level is not None else ""
    event["state"] = line.state if line else ""
    event["said"] = line.said if line else ""
    if shown.coverage is not None and shown.asked is not None:
        event["summary"] = sentence(shown.coverage, shown.asked.role.title)
    answer = HttpResponse(cell_html(outcome))
    answer["HX-Trigger"] = json.dumps({"matrix-saved": event})
    return answer


def _module(version: ProgramVersion, data: Any) -> Module:
    try:
        wanted = UUID(data.get("module", ""))
    except ValueError:
        raise Http404 from None
    module = version.modules.filter(public_id=wanted).first()
    if module is None:
        raise Http404
    module.version = version
    return module


def _key(what: Competency | str) -> str:
    if isinstance(what, Competency):
        return outcome_key(what.pk, "")
    return outcome_key(None, folded(what)[:300])


def _cell_of(module: Module, what: Competency | str) -> ModuleOutcome | None:
    rows = module.outcomes.select_related("competency")
    return next((each for each in rows if each.key == _key(what)), None)
