"""Scenarios side by side: what would become of the plan, and what it would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.planning import access, trying
from backcast.planning.changes import compare
from backcast.planning.models import Plan, Scenario
from backcast.planning.scenarios import ScenarioError, changed, changes_from_plain
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried
from backcast.web.plans import progress, words
from backcast.web.plans.forms import ScenarioForm
from backcast.web.plans.reading import Reading
from backcast.web.plans.views import ready_plan
from backcast.web.templatetags.backcast import money, number, percent


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario (or the plan as it is, without a row) beside the others."""

    title: str
    says: list[str]
    row: Scenario | None
    reading: Reading | None
    step: str = ""
    changes: tuple[str, ...] = ()


@require_safe
def compare_page(request: ActingRequest, plan: UUID) -> HttpResponse:
    row, reading = ready_plan(request, plan)
    columns = [Column(_("As planned"), [], None, reading)]
    columns += [_column(each, reading) for each in access.scenarios(row)]
    busy = any(each.row is not None and each.row.is_busy for each in columns)
    return render(
        request,
        "plans/scenarios.html",
        {
            "plan": row,
            "columns": columns,
            "rows": _rows(columns),
            "odds": _odds(columns, reading),
            "busy": busy,
            "full": len(columns) > trying.MOST,
            "may_plan": request.actor.may(Role.MEMBER),
        },
    )


def _column(row: Scenario, base: Reading) -> Column:
    changes = changes_from_plain(row.changes)
    says = [words.what_if(change, base.problem) for change in changes]
    if row.solution is None:
        return Column(row.name, says, row, None, progress.step_words(row))
    try:
        problem = changed(base.problem, changes)
    except ScenarioError:  # it was made by another version of these rules
        problem = base.problem
    found = Reading(problem, trying.solution_of(row))
    cohorts = [
        change
        for change in compare(base.solution, found.solution, base.problem)
        if change.kind in ("added", "dropped", "moved", "resized")
    ]
    told = tuple(words.all_told(cohorts, base.problem))
    return Column(row.name, says, row, found, changes=told)


def _rows(columns: list[Column]) -> list[dict[str, Any]]:
    """Label → one cell a column, and how it differs from the plan as it is."""

    def met(reading: Reading) -> float:
        need, found = reading.totals()
        return found[-1] if need else 0.0

    def missing(reading: Reading) -> float:
        need, found = reading.totals()
        return need[-1] - found[-1] if need else 0.0

    lines: list[tuple[str, Any, Any]] = [
        (_("People needed by the end"), lambda r: r.totals()[0][-1], _whole),
        (_("Of them met"), met, _whole),
        (_("Missing"), missing, _whole),
        (_("Roles at the odds asked for"), lambda r: r.on_track, number),
        (_("Cohorts"), lambda r: len(r.solution.cohorts), number),
        (_("Learners"), lambda r: r.learners, number),
        (_("Cost"), lambda r: r.solution.cost, money),
        (_("Proven gap"), lambda r: r.solution.gap, lambda value: percent(value, 1)),
    ]
    rows = []
    for label, value, shown in lines:
        values = [value(each.reading) if each.reading else None for each in columns]
        rows.append(_line(label, columns, values, shown))
    return rows


def _whole(value: float) -> str:
    return number(value, 0)


def _odds(columns: list[Column], base: Reading) -> list[dict[str, Any]]:
    """Role → the odds in each column; those asked for beside its name."""
    found = [
        {line.key: line for line in each.reading.roles} if each.reading else {} for each in columns
    ]
    rows = []
    for line in base.roles:
        values = [each[line.key].odds.odds if line.key in each else None for each in found]
        row = _line(line.title, columns, values, percent, _points)
        row["asked"] = line.confidence
        rows.append(row)
    return rows


def _points(difference: float) -> str:
    return _("%(n)s points") % {"n": number(100 * difference, 0)}


def _line(
    label: str,
    columns: list[Column],
    values: list[float | None],
    shown: Any,
    apart: Any = None,
) -> dict[str, Any]:
    base = values[0]
    cells = []
    for column, value in zip(columns, values, strict=True):
        difference = ""
        if base is not None and value is not None and shown(value) != shown(base):
            difference = ("+" if value > base else "−") + (apart or shown)(abs(value - base))
        text = "–" if value is None else shown(value)
        cells.append({"title": column.title, "text": text, "difference": difference})
    return {"label": label, "cells": cells}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest, plan: UUID) -> HttpResponse:
    actor = request.actor
    row = access.plan(actor, plan, role=Role.MEMBER)
    row, reading = ready_plan(request, plan)
    form = ScenarioForm(request.POST if request.method == "POST" else None, problem=reading.problem)
    if request.method == "POST" and tried(
        form,
        lambda data: trying.try_scenario(
            row, actor=actor, name=data["name"], changes=form.changes()
        ),
    ):
        return redirect(_page(row))
    return render(request, "plans/scenario_new.html", {"plan": row, "form": form})


@require_POST
def stop(request: ActingRequest, plan: UUID, scenario: UUID) -> HttpResponse:
    row = access.scenario(request.actor, plan, scenario, role=Role.MEMBER)
    trying.stop_scenario(row, actor=request.actor)
    return redirect(_page(row.plan))


@require_POST
def remove(request: ActingRequest, plan: UUID, scenario: UUID) -> HttpResponse:
    row = access.scenario(request.actor, plan, scenario, role=Role.MEMBER)
    trying.remove_scenario(row, actor=request.actor)
    return redirect(_page(row.plan))


def _page(plan: Plan) -> str:
    return reverse("plans:scenarios", kwargs={"plan": plan.public_id})
