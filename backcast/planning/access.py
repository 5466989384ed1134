"""The only way to reach plans on someone's behalf: staff reach plans, others what one says to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.http import Http404

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import Need
from backcast.partners.access import require, require_staff
from backcast.planning.models import Plan, PlanCohort, PlanNeed, PlanPin, PlanPromise, Scenario
from backcast.training.models import Program

#: What is left out where only a line about each plan is shown.
HEAVY = ("problem", "solution", "sensitivity", "trace")


def plans(actor: Actor) -> QuerySet[Plan]:
    """The plans of the actor's region, without what they are made of; staff only (404)."""
    require_staff(actor)
    return Plan.objects.filter(region=actor.region_id).defer(*HEAVY)


def require_planner(actor: Actor) -> None:
    """Those who may ask for plans: staff, viewers excepted."""
    require_staff(actor, Role.MEMBER)


def plan(actor: Actor, public_id: UUID, *, role: Role = Role.VIEWER) -> Plan:
    """One plan, whole: 404 to everyone but the region's staff, 403 below ``role``."""
    require_staff(actor)
    found = (
        Plan.objects.filter(region=actor.region_id, public_id=public_id)
        .select_related("region", "previous", "requested_by", "stop_asked_by", "proposed_by")
        .first()
    )
    if found is None:
        raise Http404
    require(actor, role)
    return found


def scenarios(plan: Plan) -> QuerySet[Scenario]:
    """The scenarios of a plan that the actor has reached, in the order in which they were tried."""
    return Scenario.objects.filter(plan=plan, archived_at=None).select_related("requested_by")


def scenario(actor: Actor, plan_id: UUID, public_id: UUID, *, role: Role = Role.VIEWER) -> Scenario:
    """One scenario of a plan: 404 to everyone but the region's staff, 403 below ``role``."""
    require_staff(actor)
    found = (
        Scenario.objects.filter(
            plan__region=actor.region_id,
            plan__public_id=plan_id,
            public_id=public_id,
            archived_at=None,
        )
        .select_related("plan")
        .first()
    )
    if found is None:
        raise Http404
    require(actor, role)
    return found


def pins(actor: Actor) -> QuerySet[PlanPin]:
    """What people fixed for the plans of the actor's region; staff only (404)."""
    require_staff(actor)
    rows = PlanPin.objects.filter(region=actor.region_id, archived_at=None)
    return rows.select_related("program__provider", "by")


def latest_plan(region_id: int | None, *, whole: bool = False) -> Plan | None:
    """The newest plan that is ready; row security applies."""
    rows = Plan.objects.filter(region=region_id, status=Plan.Status.READY)
    return (rows if whole else rows.defer(*HEAVY)).order_by("-number").first()


def approved_plan(region_id: int | None) -> Plan | None:
    """The plan that holds; row security applies."""
    rows = Plan.objects.filter(region=region_id, standing=Plan.Standing.APPROVED)
    return rows.defer(*HEAVY).first()


def newest_promise(actor: Actor) -> PlanPromise | None:
    """What the approved plan promises, or the newest one where none is approved: for the region's
    staff and funders (404)."""
    if not (actor.is_staff or actor.kind is Kind.FUNDER):
        raise Http404
    return (
        PlanPromise.objects.filter(region=actor.region_id)
        .order_by(F("approved_at").desc(nulls_last=True), "-number")
        .prefetch_related("roles")
        .first()
    )


@dataclass(frozen=True, slots=True)
class NeedState:
    """What the newest plan that knows a need says of it. ``odds`` is a share, or None."""

    state: str
    label: str
    odds: float | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Cohorts that the newest plan asks of some programs; ``number`` and ``made`` are the plan's."""

    number: int
    made: datetime
    cohorts: list[PlanCohort]


def asked(actor: Actor, program: Program | None = None) -> Asked | None:
    """What the region's newest plan asks of programs that the actor may see; None without a plan.

    Staff see the cohorts of any program, a provider those of its own; everyone else gets none.
    """
    if not (actor.is_staff or actor.kind is Kind.PROVIDER):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number, made FROM planning_newest_plan()")
        newest = cursor.fetchone()
    if newest is None:
        return None
    key, number, made = newest
    rows = PlanCohort.objects.filter(plan_id=key).select_related("program")
    if not actor.is_staff:
        rows = rows.filter(program__provider=actor.organisation_id or 0)
    if program is not None:
        rows = rows.filter(program=program)
    return Asked(number, made, list(rows.order_by("start", "program__name_folded", "number")))


def need_states(needs: QuerySet[Need]) -> Counter[str]:
    """How many of these needs are in which state, by the newest plan that knows each."""
    newest = (
        PlanNeed.objects.filter(need__in=needs).order_by("need_id", "-plan_id").distinct("need_id")
    )
    return Counter(newest.values_list("state", flat=True))


def need_state(actor: Actor, need: Need) -> NeedState | None:
    """What the plan says of a need that the actor may see; None while no plan knows it.

    ``stale``: the need has changed since the plan was made.
    """
    row = (
        PlanNeed.objects.filter(need=need, need__region=actor.region_id)
        .order_by("-plan_id")
        .first()
    )
    if row is None:
        return None
    stale = need.updated_at > row.made_at
    return NeedState(row.state, row.get_state_display(), row.odds, stale)
