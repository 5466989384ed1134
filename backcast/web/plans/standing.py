"""A plan's way from draft to approved, and its cohorts into the calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backcast.core.actor import Actor, Role
from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.delivery.models import ScheduledCohort
from backcast.planning import access, approving
from backcast.planning.keys import program_key
from backcast.planning.lifecycle import State, state_of, steps_for
from backcast.planning.models import Plan, PlanCohort
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of
from backcast.web.plans.forms import ApprovalForm

TONES = {"draft": "quiet", "proposed": "warn", "approved": "good", "superseded": "quiet"}


def panel(actor: Actor, plan: Plan) -> dict[str, Any]:
    """What the plan's page says of its standing, and what the actor can do next; one query."""
    cohorts = list(
        PlanCohort.objects.filter(plan=plan)
        .values_list("program_id", "start", "scheduled__status")
        .order_by()
    )
    announced = [status for _program, _start, status in cohorts if status]
    month = timezone.localdate().replace(day=1)
    return {
        "state": str(state_of(plan.status, plan.standing)),
        "label": plan.get_standing_display(),
        "tone": TONES[plan.standing],
        "steps": steps_for(actor, state_of(plan.status, plan.standing)),
        "announced": len(announced),
        "started": announced.count(ScheduledCohort.Status.STARTED),
        "called_off": announced.count(ScheduledCohort.Status.CALLED_OFF),
        "to_announce": sum(not status and start >= month for _program, start, status in cohorts),
        "decided": {
            (program_key(program), Month.of(start)) for program, start, status in cohorts if status
        },
    }


def _page(plan: Plan) -> str:
    return reverse("plans:detail", kwargs={"plan": plan.public_id})


@require_POST
def propose(request: ActingRequest, plan: UUID) -> HttpResponse:
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    try:
        approving.propose_plan(row, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The plan is proposed. An administrator can approve it."))
    return redirect(_page(row))


@require_POST
def take_back(request: ActingRequest, plan: UUID) -> HttpResponse:
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    try:
        approving.take_back_plan(row, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The plan is a draft again."))
    return redirect(_page(row))


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: ActingRequest, plan: UUID) -> HttpResponse:
    actor = request.actor
    row = access.plan(actor, plan, role=Role.ADMINISTRATOR)
    posted = request.method == "POST"
    form = ApprovalForm(request.POST if posted else None, initial={"approver": str(request.user)})
    if posted and tried(
        form,
        lambda data: approving.approve_plan(
            row, actor=actor, approver=data["approver"], note=data["note"]
        ),
    ):
        messages.success(request, _("The plan is approved. Now its cohorts can be scheduled."))
        return redirect(_page(row))
    if not posted and state_of(row.status, row.standing) is not State.PROPOSED:
        messages.error(request, _("Only a proposed plan can be approved."))
        return redirect(_page(row))
    last = access.approved_plan(row.region_id)
    return render(
        request,
        "plans/approve.html",
        {"plan": row, "form": form, "last": last, "out_of_date": _out_of_date(row)},
    )


def _out_of_date(plan: Plan) -> bool:
    from backcast.planning import actions

    return actions.is_out_of_date(plan)


@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: ActingRequest, plan: UUID) -> HttpResponse:
    """Choose cohorts of the approved plan and announce them."""
    actor = request.actor
    row = access.plan(actor, plan, role=Role.MEMBER)
    today = timezone.localdate()
    wrong = ""
    if request.method == "POST":
        chosen = {int(key) for key in request.POST.getlist("cohort") if key.isdecimal()}
        try:
            if not chosen:
                raise ValidationError(_("Choose at least one cohort."))
            made = approving.schedule_cohorts(row, actor=actor, cohorts=chosen, today=today)
        except ValidationError as error:
            wrong = words_of(error)
        else:
            text = ngettext(
                "%(n)s cohort was scheduled.", "%(n)s cohorts were scheduled.", len(made)
            )
            messages.success(request, text % {"n": len(made)})
            return redirect(_page(row))
    elif "schedule_cohorts" not in steps_for(actor, state_of(row.status, row.standing)):
        messages.error(request, _("Only cohorts of an approved plan can be scheduled."))
        return redirect(_page(row))
    soon = Quarter.of(today) + 2
    cohorts = list(
        PlanCohort.objects.filter(plan=row, start__gte=today.replace(day=1))
        .select_related("program__provider", "scheduled")
        .order_by("start", "program__name_folded", "number")
    )
    return render(
        request,
        "plans/schedule.html",
        {
            "plan": row,
            "wrong": wrong,
            "cohorts": [
                {"cohort": each, "soon": Quarter.of(each.start) <= soon} for each in cohorts
            ],
            "open": sum(each.scheduled_id is None for each in cohorts),
            "chosen": any(
                each.scheduled_id is None and Quarter.of(each.start) <= soon for each in cohorts
            ),
        },
    )
