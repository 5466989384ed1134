"""Plans: ask for one, watch it being worked out, read it, open every number to its source."""

from __future__ import annotations

import math
from collections import defaultdict
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.demand.models import Need
from backcast.planning import access, actions, weighing
from backcast.planning.changes import ChangeKind, compare
from backcast.planning.documents import problem_to_json, solution_to_json
from backcast.planning.hires import enough
from backcast.planning.models import Plan
from backcast.training.models import Program
from backcast.web.dates import month_words, quarter_words
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.plans import binding, charts, progress, standing, words
from backcast.web.plans.forms import PlanForm
from backcast.web.plans.limits import limits_of, places_anchor
from backcast.web.plans.reading import FIGURES, Reading
from backcast.web.profiles.stage import profile_stage, profiles_stage
from backcast.web.templatetags.backcast import money, percent

#: Changes told on the plan page; the rest opens on demand.
FIRST_CHANGES = 6
#: Decisions told on the plan page, the soonest first.
NEXT_DECISIONS = 5


@require_safe
def plan_list(request: ActingRequest) -> HttpResponse:
    rows = (
        access.plans(request.actor)
        .select_related("requested_by")
        .annotate(name=Concat(Value("plan "), Cast("number", CharField())))
    )
    listing = Listing(
        _("Plans"),
        [
            Column("number", _("Plan"), str, sort="number", link=_url),
            Column("state", _("State"), lambda plan: plan.get_status_display(), sort="status"),
            Column(
                "standing",
                _("How it stands"),
                lambda plan: plan.get_standing_display() if plan.status == "ready" else "",
                sort="standing",
            ),
            Column("first", _("From"), lambda plan: quarter_words(plan.first_quarter)),
            Column("quarters", _("Quarters"), lambda plan: plan.quarters, numeric=True),
            Column("sure", _("How sure"), lambda plan: percent(plan.confidence), numeric=True),
            Column(
                "budget",
                _("Budget"),
                lambda plan: money(plan.budget) if plan.budget is not None else _("no limit"),
                numeric=True,
            ),
            Column("made", _("Made"), lambda plan: plan.finished_at, sort="finished_at"),
            Column("by", _("Asked for by"), lambda plan: str(plan.requested_by or "")),
        ],
        search=("name", "requested_by__name"),
        default_sort="-number",
        filename="plans",
        empty_title=_("No plan yet"),
        empty_text=_(
            "A plan says which cohorts to start, when and how large, so that what employers need "
            "is met. It takes what is stated, published and observed, and a minute of work."
        ),
        empty_action=(_("Make the first plan"), reverse("plans:new")),
        intro=_("Which cohorts to start so that what employers need is met."),
        archived=False,
    )
    may = request.actor.may(Role.MEMBER)
    return listing_response(
        request,
        listing,
        rows,
        actions=[
            *([(_("Make a plan"), reverse("plans:new"))] if may else []),
            (_("What funders see"), reverse("overview:promise")),
        ],
    )


def _url(plan: Plan) -> str:
    return reverse("plans:detail", kwargs={"plan": plan.public_id})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest) -> HttpResponse:
    access.require_planner(request.actor)
    now = Quarter.of(timezone.localdate())
    last = access.plans(request.actor).order_by("-number").first()
    chosen = actions.settings_of(last) if last else None
    hires = request.actor.region_id is not None and enough(request.actor.region_id)
    form = PlanForm(request.POST or None, now=now, chosen=chosen, hires=hires)
    if request.method == "POST" and form.is_valid():
        plan = actions.request_plan(actor=request.actor, chosen=form.settings())
        return redirect(_url(plan))
    plannable = Need.objects.filter(region=request.actor.region_id).plannable().count()
    return render(request, "plans/new.html", {"form": form, "needs": plannable})


@require_POST
def again(request: ActingRequest, plan: UUID) -> HttpResponse:
    """Plan again with the same settings; a first quarter that has passed moves to the next."""
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    return redirect(_url(actions.plan_again(row, actor=request.actor, today=timezone.localdate())))


@require_POST
def stop(request: ActingRequest, plan: UUID) -> HttpResponse:
    """Stop the work on a plan; the best plan so far is kept."""
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    actions.stop_plan(row, actor=request.actor)
    return redirect(_url(row))


@require_safe
def detail(request: ActingRequest, plan: UUID) -> HttpResponse:
    row = access.plan(request.actor, plan)
    if row.status != Plan.Status.READY:
        response = render(
            request,
            "plans/waiting.html",
            {
                "plan": row,
                "poll": _url(row),
                "step": progress.step_words(row),
                "elapsed": progress.elapsed(row, timezone.now()),
                "closing": progress.closing(row.trace),
                "may_plan": request.actor.may(Role.MEMBER),
            },
        )
        if request.htmx and not row.is_busy:  # type: ignore[attr-defined]
            response["HX-Refresh"] = "true"
        return response
    if request.htmx and request.headers.get("HX-Target") == "working":  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true"})
    reading = Reading.of(row)
    changes = _changes(row, reading)
    stands = standing.panel(request.actor, row)
    sensitivity: dict[str, Any] = row.sensitivity or {}
    record: dict[str, Any] = row.problem or {}
    return render(
        request,
        "plans/detail.html",
        {
            "plan": row,
            "reading": reading,
            "standing": stands,
            "roles": [(line, *words.STATES[line.state]) for line in reading.roles],
            "reasons": _reasons(reading),
            "one_more": binding.panel(row),
            "met": charts.met_over_time(reading),
            "timeline": charts.timeline(reading.programs),
            "timeline_lines": charts.MOST_LINES,
            "spending": charts.spending(reading),
            "changes": changes[:FIRST_CHANGES],
            "more_changes": changes[FIRST_CHANGES:],
            "out_of_date": actions.is_out_of_date(row),
            "left_out": record.get("left_out", []),
            "unplaced": record.get("unplaced_needs", 0),
            "decisions": _decisions(reading, stands["decided"]),
            "places": [(line, quarter_words(line.fullest)) for line in reading.places()],
            "funds": reading.funds(),
            "broken_pins": _broken_pins(reading),
            "scenarios": list(access.scenarios(row).values_list("name", "status")),
            "sensitivity": sensitivity,
            "tornado": charts.tornado(sensitivity.get("moves", [])),
            "may_plan": request.actor.may(Role.MEMBER),
            "bases": reading.bases(),
            "horizon": (quarter_words(reading.problem.first), quarter_words(reading.problem.last)),
            "links": {
                "need": (_("needs"), reverse("needs:list")),
                **profiles_stage(request.actor),
                "program": (_("programs"), reverse("programs:list")),
                "plan": _("this plan"),
                "cohort": (_("below"), "#cohorts") if reading.solution.cohorts else None,
            },
        },
    )


#: Which changes a reader wants to know first.
_RANK: tuple[ChangeKind, ...] = (
    "cost",
    "odds",
    "shortfall_opened",
    "shortfall_closed",
    "dropped",
    "added",
    "moved",
    "resized",
    "shortfall_elsewhere",
)


def _changes(plan: Plan, reading: Reading) -> list[str]:
    """What changed since the plan before, in words; nothing for a first plan."""
    before = plan.previous
    if before is None or before.solution is None:
        return []
    changes = compare(actions.solution_of(before), reading.solution, reading.problem)
    ranked = sorted(changes, key=lambda change: _RANK.index(change.kind))
    return words.all_told(ranked, reading.problem)


def _decisions(reading: Reading, decided: set[tuple[str, Month]]) -> list[dict[str, Any]]:
    """What to decide on next, with whether its day has passed; what is scheduled is decided."""
    today = timezone.localdate()
    return [
        {"of": each, "start": month_words(each.start), "late": each.by < today}
        for each in reading.decisions
        if (each.option.id, each.start) not in decided
    ][:NEXT_DECISIONS]


def _broken_pins(reading: Reading) -> list[str]:
    """What people fixed and the limits keep from holding, and why."""
    titles = {option.id: option.title for option in reading.problem.programs}
    return [
        f"{titles.get(told.program, told.program)}, {month_words(told.start)}: {told.sentence}"
        for told in reading.solution.pins
        if not told.held
    ]


def _reasons(reading: Reading) -> list[dict[str, Any]]:
    """What is in the way: reason → roles and people missing at the end, the most first."""
    found: dict[str, dict[str, Any]] = {}
    for line in reading.roles:
        for row in reading.shortfalls_of(line.key):
            if row.quarter != reading.problem.last:
                continue
            entry = found.setdefault(
                row.reason,
                {
                    "reason": words.reason(row),
                    "remedy": words.remedy(row),
                    "missing": 0.0,
                    "spare": 0.0,
                    "roles": {},
                },
            )
            entry["missing" if row.kind == "need" else "spare"] += row.missing
            entry["roles"][line.key] = line.title
    for entry in found.values():  # less than a person is told as one
        entry["missing"], entry["spare"] = math.ceil(entry["missing"]), math.ceil(entry["spare"])
    return sorted(found.values(), key=lambda entry: (-entry["missing"], -entry["spare"]))


@require_safe
def role(request: ActingRequest, plan: UUID, role: str) -> HttpResponse:
    """One role of a plan: need and supply over time, by area, who asks, who trains, what is short."""
    row, reading = ready_plan(request, plan)
    rows = reading.odds_of(role)
    if not rows:
        raise Http404
    areas = []
    for key, title in reading.areas.items():
        mine = reading.odds_of(role, key)
        if mine:
            last = mine[-1]
            short = next((s for s in reading.shortfalls_of(role) if s.area == key), None)
            areas.append(
                {
                    "title": title,
                    "last": last,
                    "reason": words.reason(short) if short else "",
                    "remedy": words.remedy(short) if short else "",
                }
            )
    cells: dict[int, list[Any]] = defaultdict(list)
    for cell in reading.needs_of(role):
        cells[int(cell.id[1:].split("-", 1)[0])].append(cell)
    current = {
        need.pk: need for need in Need.objects.filter(pk__in=list(cells), region=row.region_id)
    }
    needs = [
        {
            "need": current.get(pk),
            "source": mine[0].source,
            "basis": mine[0].basis,
            "area": reading.areas.get(mine[0].area, ""),
            "low": sum(cell.low for cell in mine),
            "likely": sum(cell.likely for cell in mine),
            "high": sum(cell.high for cell in mine),
        }
        for pk, mine in cells.items()
    ]
    programs = [
        line
        for option in reading.problem.programs
        if any(share.role == role for share in option.roles)
        and (line := reading.program(option.id)) is not None
    ]
    programs.sort(key=lambda line: (-line.learners, line.option.title))
    summary = next(each for each in reading.roles if each.key == role)
    coming = reading.coming(role)
    return render(
        request,
        "plans/role.html",
        {
            "plan": row,
            "line": summary,
            "state": words.STATES[summary.state],
            "surer": binding.role_panel(row, role, summary.odds),
            "may_plan": request.actor.may(Role.MEMBER),
            "out_of_date": actions.is_out_of_date(row),
            "chart": charts.role_over_time(rows),
            "areas": sorted(areas, key=lambda each: each["last"].odds),
            "needs": sorted(needs, key=lambda each: -each["likely"]),
            "programs": programs,
            "coming": coming,
            "people_coming": sum(line.people for line in coming),
            "places": sum(p.places.value for p in reading.problem.places if p.role == role),
            "places_anchor": places_anchor("", reading.role_titles[role]),
            "horizon": (quarter_words(reading.problem.first), quarter_words(reading.problem.last)),
            "links": {
                "need": _("this role"),
                **profile_stage(request.actor, {need.occupation_id for need in current.values()}),
                "program": (_("below"), "#programs"),
                "plan": (_("this plan"), _url(row)),
                "cohort": (_("of the plan"), _url(row) + "#cohorts"),
            },
        },
    )


@require_safe
def program(request: ActingRequest, plan: UUID, program: str) -> HttpResponse:
    """One program of a plan: its cohorts, its yields with their data, its figures with their basis."""
    row, reading = ready_plan(request, plan)
    line = reading.program(program)
    if line is None:
        raise Http404
    option = line.option
    record = Program.objects.filter(pk=int(program[1:]), region=row.region_id).first()
    figures = [
        {
            "label": words.FIELDS[name][0],
            "unit": words.FIELDS[name][1],
            "figure": getattr(option, name),
        }
        for name in FIGURES
        if getattr(option, name) is not None
    ]
    return render(
        request,
        "plans/program.html",
        {
            "plan": row,
            "line": line,
            "option": option,
            "record": record,
            "area": reading.areas.get(option.area, ""),
            "reached": [reading.areas[key] for key in reading.problem.reached_areas(option)[1:]],
            "roles": [
                {"key": share.role, "title": reading.role_titles[share.role], "share": share.share}
                for share in option.roles
            ],
            "figures": figures,
            "cohorts": [
                {
                    "cohort": cohort,
                    "start": month_words(cohort.start),
                    "hire": quarter_words(cohort.hire_quarter),
                }
                for cohort in line.cohorts
            ],
            "links": {
                "need": (_("of the plan"), reverse("needs:list")),
                "program": (
                    _("this program"),
                    reverse("programs:program", kwargs={"program": record.public_id}),
                )
                if record
                else None,
                "plan": (_("this plan"), _url(row)),
                "cohort": _("below") if line.cohorts else _("none here"),
            },
        },
    )


@require_safe
def sources(request: ActingRequest, plan: UUID) -> HttpResponse:
    """Where the plan's numbers come from: by basis, by assumption, and what was left out."""
    row, reading = ready_plan(request, plan)
    assumed: dict[str, dict[str, Any]] = {}
    for option in reading.problem.programs:
        for name in FIGURES:
            figure = getattr(option, name)
            if figure is not None and figure.assumption:
                _count(assumed, figure.assumption, figure.value, figure.source)
        for stage in option.stages:
            if stage.assumption:
                share = stage.prior_a / (stage.prior_a + stage.prior_b)
                _count(assumed, stage.assumption, share, stage.source if not stage.trials else "")
    for place in reading.problem.places:
        if place.places.assumption:
            _count(assumed, place.places.assumption, None, place.places.source)
    for cell in reading.problem.needs:
        if cell.assumption:
            _count(assumed, cell.assumption, None, cell.source)
    record: dict[str, Any] = row.problem or {}
    return render(
        request,
        "plans/sources.html",
        {
            "plan": row,
            "bases": reading.bases(),
            "limits": list(limits_of(reading.problem)),
            "assumed": [
                {"name": words.assumption(name), **entry} for name, entry in assumed.items()
            ],
            "left_out": record.get("left_out", []),
            "solution": reading.solution,
            "problem": reading.problem,
        },
    )


def _count(found: dict[str, dict[str, Any]], name: str, value: float | None, source: str) -> None:
    entry = found.setdefault(name, {"count": 0, "low": value, "high": value, "source": source})
    entry["count"] += 1
    entry["source"] = entry["source"] or source
    if value is not None:
        entry["low"] = min(entry["low"], value)
        entry["high"] = max(entry["high"], value)


@require_POST
def test_assumptions(request: ActingRequest, plan: UUID) -> HttpResponse:
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    actions.request_assumption_test(row, actor=request.actor)
    messages.info(
        request,
        _("Planning again with each assumption at half and at twice. This takes some minutes."),
    )
    return redirect(_url(row) + "#assumptions")


@require_safe
def export(request: ActingRequest, plan: UUID, form: str) -> HttpResponse:
    """The plan as a workbook, or as the JSON that the command line writes."""
    row, reading = ready_plan(request, plan)
    solution = weighing.with_weighed(row, reading.solution)
    name = f"plan-{row.number}"
    if form == "json":
        return HttpResponse(
            solution_to_json(solution),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
        )
    if form == "problem.json":
        return HttpResponse(
            problem_to_json(reading.problem),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}-problem.json"'},
        )
    if form == "xlsx":
        from backcast.planning.report import write_plan  # slow to import, and seldom asked for

        book = BytesIO()
        write_plan(book, reading.problem, solution)
        return HttpResponse(
            book.getvalue(),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
        )
    if form == "pdf":
        from backcast.planning.board import Approval, board_pdf

        made = timezone.localdate(row.finished_at) if row.finished_at else None
        approval = (
            Approval(row.approver, timezone.localdate(row.approved_at))
            if row.approved_at and row.approver
            else None
        )
        return HttpResponse(
            board_pdf(reading.problem, solution, made, approval),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
        )
    if form == "ics":
        from backcast.planning.calendar import plan_calendar

        return HttpResponse(
            plan_calendar(reading.problem, reading.solution, str(row.public_id), row.finished_at),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
        )
    raise Http404


def ready_plan(request: ActingRequest, public_id: UUID) -> tuple[Plan, Reading]:
    """A plan that can be read; 404 while it is being worked out."""
    row = access.plan(request.actor, public_id)
    if row.status != Plan.Status.READY:
        raise Http404
    return row, Reading.of(row)
