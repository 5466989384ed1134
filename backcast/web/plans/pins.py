"""Fix cohorts on the timeline of a plan: pin one, move one, say that none is wanted, let go again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backcast.core.actor import Role
from backcast.core.months import Month
from backcast.planning import access, actions, pinning
from backcast.planning.keys import program_key
from backcast.planning.models import PlanPin
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import PinOutcome
from backcast.training.models import Program
from backcast.web.dates import month_words, quarter_words
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried
from backcast.web.plans.forms import PinForm
from backcast.web.plans.reading import Reading
from backcast.web.plans.views import ready_plan


@dataclass(frozen=True, slots=True)
class Block:
    """Cohorts of a program that start together, or an empty stretch before them (no ``start``)."""

    months: int
    start: Month | None = None
    cohorts: int = 0
    size: int = 0
    pin: PlanPin | None = None

    @property
    def when(self) -> str:
        return month_words(self.start) if self.start else ""


@dataclass(slots=True)
class Lane:
    """One line of the timeline: what does not overlap in time. The first of a program names it.

    ``may_start``: the months to which its cohorts could move.
    """

    option: ProgramOption
    first: bool
    may_start: tuple[Month, ...]
    blocks: list[Block] = field(default_factory=list)
    end: int = 0


def lanes(reading: Reading, pins: dict[tuple[str, Month], PlanPin]) -> list[Lane]:
    """The plan's cohorts, one lane or more a program; forbidden months stand there as marks."""
    starts: dict[str, dict[Month, list[int]]] = defaultdict(lambda: defaultdict(list))
    for cohort in reading.solution.cohorts:
        starts[cohort.program][cohort.start].append(cohort.size)
    for program, month in pins:
        if program in reading.options:
            starts[program].setdefault(month, [])
    found: list[Lane] = []
    ordered = sorted(starts, key=lambda key: reading.options[key].title)
    for key in ordered:
        option = reading.options[key]
        own: list[Lane] = []
        may_start = reading.may_start(key)
        for month, sizes in sorted(starts[key].items()):
            at = month - reading.problem.first_month
            if not 0 <= at < reading.problem.months:
                continue
            length = min(_months(option) if sizes else 1, reading.problem.months - at)
            lane = next((each for each in own if each.end <= at), None)
            if lane is None:
                lane = Lane(option, not own, may_start)
                own.append(lane)
            if at > lane.end:
                lane.blocks.append(Block(at - lane.end))
            size = round(sum(sizes) / len(sizes)) if sizes else 0
            lane.blocks.append(Block(length, month, len(sizes), size, pins.get((key, month))))
            lane.end = at + length
        found += own
    return found


def _months(option: ProgramOption) -> int:
    return max(1, round(option.weeks.value * 12 / 52))


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ActingRequest, plan: UUID) -> HttpResponse:
    actor = request.actor
    row, reading = ready_plan(request, plan)
    may_plan = actor.may(Role.MEMBER)
    if request.method == "POST":
        access.plan(actor, plan, role=Role.MEMBER)
    months = list(reading.problem.first_month.range(reading.problem.months))
    form = PinForm(request.POST if request.method == "POST" else None, reading=reading)
    if request.method == "POST" and tried(form, lambda data: _fix(request, data)):
        messages.success(request, _("Kept. Plan again to see what it changes."))
        return redirect(_page(plan))
    pins = list(access.pins(actor))
    found = {(program_key(pin.program_id), Month.of(pin.month)): pin for pin in pins}
    outcomes = {(told.program, told.start): told for told in reading.solution.pins}
    return render(
        request,
        "plans/pins.html",
        {
            "plan": row,
            "form": form,
            "lanes": lanes(reading, found),
            "quarters": [
                (label, len(list(group)))
                for label, group in groupby(months, key=lambda month: quarter_words(month.quarter))
            ],
            "months": [(str(month), month_words(month)) for month in months],
            "pins": list(_told(pins, outcomes, reading)),
            "may_plan": may_plan,
            "out_of_date": actions.is_out_of_date(row),
        },
    )


def _told(
    pins: Sequence[PlanPin], outcomes: dict[tuple[str, Month], PinOutcome], reading: Reading
) -> Iterator[dict[str, Any]]:
    """Each pin with what became of it in this plan."""
    for pin in pins:
        told = outcomes.get((program_key(pin.program_id), Month.of(pin.month)))
        known = any(
            (each.program, each.start, each.kind)
            == (program_key(pin.program_id), Month.of(pin.month), pin.kind)
            for each in reading.problem.pins
        )
        yield {
            "pin": pin,
            "when": month_words(pin.month),
            "outcome": told if known else None,
        }


def _fix(request: ActingRequest, data: dict[str, Any]) -> None:
    program = Program.objects.filter(
        pk=int(data["program"][1:]), region=request.actor.region_id
    ).first()
    if program is None:
        raise Http404
    month = Month.parse(data["month"])
    if data["kind"] == PlanPin.Kind.FORBID:
        pinning.forbid_cohort(program, actor=request.actor, month=month, why=data["why"])
        return
    pinning.pin_cohort(
        program,
        actor=request.actor,
        month=month,
        why=data["why"],
        cohorts=data["cohorts"] or 1,
        size=data["size"],
        instead_of=Month.parse(data["instead_of"]) if data["instead_of"] else None,
    )


@require_POST
def let_go(request: ActingRequest, plan: UUID, pin: UUID) -> HttpResponse:
    access.plan(request.actor, plan, role=Role.MEMBER)
    found = access.pins(request.actor).filter(public_id=pin).first()
    if found is None:
        raise Http404
    pinning.let_go(found, actor=request.actor)
    messages.success(request, _("Let go. The next plan decides."))
    return redirect(_page(plan))


def _page(plan: UUID) -> str:
    return reverse("plans:pins", kwargs={"plan": plan})
