"""What binds a plan: what one more of each limit brings, and the way to higher odds of a role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from backcast.core.actor import Role
from backcast.planning import access, weighing
from backcast.planning.models import Plan
from backcast.planning.solution import NeedOdds
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of

#: Odds that can be asked for, in percent.
CHOICES = (50, 60, 70, 75, 80, 85, 90, 95)


def panel(plan: Plan) -> dict[str, Any]:
    """What the plan page says of one more of each limit."""
    kept: dict[str, Any] = (plan.weighed or {}).get("units") or {}
    return {**kept, "rows": weighing.units_of_plan(plan)}


def role_panel(plan: Plan, role: str, odds: NeedOdds) -> dict[str, Any]:
    """What the page of a role says of higher odds: how it stands, and what can be asked for."""
    now = 100 * odds.odds
    return {**weighing.raised_in(plan, role), "choices": [c for c in CHOICES if c > now + 0.5]}


@require_POST
def units(request: ActingRequest, plan: UUID) -> HttpResponse:
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    weighing.request_units(row, actor=request.actor)
    return redirect(reverse("plans:detail", kwargs={"plan": plan}) + "#one-more")


@require_POST
def higher_odds(request: ActingRequest, plan: UUID, role: str) -> HttpResponse:
    row = access.plan(request.actor, plan, role=Role.MEMBER)
    text = request.POST.get("odds", "")
    target = int(text) / 100 if text.isdecimal() and len(text) < 4 else 0.0
    try:
        weighing.request_odds(row, actor=request.actor, role=role, target=target)
    except ValidationError as error:
        messages.error(request, words_of(error))
    page = reverse("plans:role", kwargs={"plan": plan, "role": role})
    return redirect(page + "#surer")
