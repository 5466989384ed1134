"""The programs that lead to a role, and how far each covers its profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backcast.core.actor import Actor, Kind
from backcast.demand.models import Role
from backcast.training.coverage import coverage
from backcast.training.modules import reading
from backcast.web.coverage.words import whole
from backcast.web.export import table_response
from backcast.web.middleware import ActingRequest


def beside(actor: Actor, role: Role) -> tuple[list[dict[str, Any]], reading.Asked | None, bool]:
    """Each program for the role with what it covers, the best first; what is asked; and whether the
    actor's own employer asks for something of its own."""
    asked = reading.asked_of_role(actor, role)
    programs = list(reading.programs_for(actor, role))
    rows = reading.rows_of(programs, [asked]) if asked else []
    shown = {row.program.pk: row for row in rows}
    mine = reading.own_requirements(actor, asked) if asked else None
    lines = []
    for program in programs:
        row = shown.get(program.pk)
        line: dict[str, Any] = {
            "program": program,
            "url": ""
            if actor.kind is Kind.EMPLOYER
            else reverse("coverage:coverage", kwargs={"program": program.public_id}),
            "row": row,
            "share": whole(row.coverage.share) if row else "",
            "gaps": [gap.requirement.name for gap in row.coverage.gaps] if row else [],
        }
        if mine is not None and row is not None:
            line["own"] = whole(coverage(mine, row.parts).share)
        lines.append(line)
    lines.sort(key=lambda each: -(each["row"].coverage.share or 0) if each["row"] else 1)
    return lines, asked, mine is not None


@require_safe
def programs(request: ActingRequest, role: UUID) -> HttpResponse:
    """Every program that leads to the role: share covered, gaps by name; ``?export=`` is a file."""
    actor = request.actor
    found = reading.role(actor, role)
    lines, asked, mine = beside(actor, found)
    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        header = [_("Program"), _("Provider"), _("Covered"), _("Gaps"), _("What is missing")]
        return table_response(
            export,
            "programs-for-role",
            found.title,
            header,
            (
                [
                    each["program"].name,
                    each["program"].provider.name,
                    round(each["row"].coverage.share, 4)
                    if each["row"] and each["row"].coverage.share is not None
                    else None,
                    len(each["gaps"]) if each["row"] else None,
                    "; ".join(each["gaps"]),
                ]
                for each in lines
            ),
        )
    return render(
        request,
        "coverage/role.html",
        {
            "role": found,
            "asked": asked,
            "lines": lines,
            "mine": mine,
            "trail": _trail(actor, found),
            "links": _thread(actor, found),
        },
    )


def _trail(actor: Actor, role: Role) -> list[tuple[str, str]]:
    """Where the page lies: under the role's collaborative for staff, else under its profile."""
    here = (_("Programs for this role"), "")
    if actor.is_staff:
        where = reverse("collaboratives:collaborative", args=[role.collaborative.public_id])
        return [
            (_("Collaboratives"), reverse("collaboratives:list")),
            (role.collaborative.name, where),
            (role.title, reverse("flows:role", kwargs={"role": role.public_id})),
            here,
        ]
    return [(_("Requirement profiles"), reverse("profiles:list")), (role.title, ""), here]


def _thread(actor: Actor, role: Role) -> dict[str, Any]:
    """What the role's programs stand between."""
    links: dict[str, Any] = {"profile": (_("what employers ask for"), reverse("profiles:list"))}
    if actor.is_staff or actor.kind is Kind.EMPLOYER:
        flow = reverse("flows:role", kwargs={"role": role.public_id})
        links["hire"] = (_("where people come from"), flow)
    return links
