"""What people do with what binds a plan: have one more unit of it tried, and ask for higher odds.

Both run in the worker, one after another, and are kept in ``Plan.weighed``:

    units   {state, done, of, step, trouble, rows: UnitWorth…}
    raised  role → {state, target, trouble, found: RaisedOdds}

where state is working, ready or failed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, acting
from backcast.core.jobs import app
from backcast.planning.actions import problem_of, solution_of, solver_lock
from backcast.planning.approving import locked
from backcast.planning.codec import from_plain, to_plain
from backcast.planning.models import Plan
from backcast.planning.solution import RaisedOdds, Solution, UnitWorth

log = structlog.get_logger()


def request_units(plan: Plan, *, actor: Actor, queue: bool = True) -> Plan:
    """Queue planning again with one more of each limit that binds; once at a time."""
    with acting(actor, "planning.request_units"):
        fresh = locked(plan, actor, "try_scenario")
        weighed = _weighed(fresh)
        if weighed["units"].get("state") == "working":
            return fresh
        weighed["units"] = {"state": "working", "done": 0, "of": 0, "step": "", "rows": []}
        fresh.weighed = weighed
        fresh.save()
        if queue:
            app.configure_task(
                "planning.weigh_units",
                queueing_lock=f"units:{plan.pk}",
                lock=solver_lock(fresh.region_id),
            ).defer(plan=plan.pk)
    return fresh


def request_odds(plan: Plan, *, actor: Actor, role: str, target: float, queue: bool = True) -> Plan:
    """Queue the search for the cheapest way to raise a role's odds. Raises ``ValidationError``."""
    with acting(actor, "planning.request_odds"):
        fresh = locked(plan, actor, "try_scenario")
        try:
            now = solution_of(fresh).role_odds(role).odds
        except KeyError:
            raise ValidationError(_("Nobody is needed in this role.")) from None
        if not now < target <= 0.99:
            raise ValidationError(
                _("Choose odds above those of today, %(now)s%%, up to 99%%.")
                % {"now": round(100 * now)}
            )
        weighed = _weighed(fresh)
        if weighed["raised"].get(role, {}).get("state") == "working":
            return fresh
        weighed["raised"][role] = {"state": "working", "target": target}
        fresh.weighed = weighed
        fresh.save()
        if queue:
            app.configure_task(
                "planning.raise_role",
                queueing_lock=f"raise:{plan.pk}:{role}",
                lock=solver_lock(fresh.region_id),
            ).defer(plan=plan.pk, role=role)
    return fresh


def weigh_units(plan_id: int, *, actor: Actor, seconds: float = 4.0) -> None:
    """Plan again with one more of each limit, keeping how far it is. Safe to run again."""
    from backcast.planning.worth import Depth, worth_of_units

    plan = _plan(plan_id, actor)
    if _weighed(plan)["units"].get("state") != "working":
        return

    def tell(step: str, done: int, of: int) -> None:
        _keep_units(plan_id, actor, {"state": "working", "done": done, "of": of, "step": step})

    try:
        rows = worth_of_units(problem_of(plan), solution_of(plan), Depth(seconds=seconds), tell)
    except Exception:
        log.exception("what binds could not be worked out", plan=str(plan.public_id))
        _keep_units(plan_id, actor, {"state": "failed"})
        raise
    _keep_units(
        plan_id,
        actor,
        {"state": "ready", "done": len(rows), "of": len(rows), "rows": to_plain(rows)},
    )


def raise_role(plan_id: int, role: str, *, actor: Actor, seconds: float = 3.0) -> None:
    """Look for the cheapest way to the odds that were asked for. Safe to run again."""
    from backcast.planning.raising import raise_odds
    from backcast.planning.worth import Depth

    plan = _plan(plan_id, actor)
    asked = _weighed(plan)["raised"].get(role, {})
    if asked.get("state") != "working":
        return
    depth = Depth(seconds=seconds)
    try:
        found = raise_odds(problem_of(plan), solution_of(plan), role, asked["target"], depth)
    except Exception:
        log.exception("odds could not be raised", plan=str(plan.public_id), role=role)
        _keep_role(plan_id, actor, role, {**asked, "state": "failed"})
        raise
    _keep_role(plan_id, actor, role, {**asked, "state": "ready", "found": to_plain(found)})


def with_weighed(plan: Plan, solution: Solution) -> Solution:
    """The plan's solution with what was found of what binds it."""
    return replace(
        solution,
        worths=units_of_plan(plan),
        raised=tuple(
            from_plain(RaisedOdds, one["found"])
            for one in _weighed(plan)["raised"].values()
            if one.get("state") == "ready"
        ),
    )


def units_of_plan(plan: Plan) -> tuple[UnitWorth, ...]:
    return from_plain(tuple[UnitWorth, ...], _weighed(plan)["units"].get("rows") or [])


def raised_in(plan: Plan, role: str) -> dict[str, Any]:
    """What was asked for a role and how it stands: ``state``, ``target``, and ``found`` once ready."""
    one = dict(_weighed(plan)["raised"].get(role) or {})
    if one.get("state") == "ready":
        one["found"] = from_plain(RaisedOdds, one["found"])
    return one


def _weighed(plan: Plan) -> dict[str, Any]:
    kept: dict[str, Any] = plan.weighed or {}
    return {"units": dict(kept.get("units") or {}), "raised": dict(kept.get("raised") or {})}


def _plan(plan_id: int, actor: Actor) -> Plan:
    with acting(actor, "planning.weigh"):
        return Plan.objects.get(pk=plan_id)


def _keep_units(plan_id: int, actor: Actor, units: dict[str, Any]) -> None:
    with acting(actor, "planning.weigh"):
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan_id)
        weighed = _weighed(plan)
        weighed["units"] = units
        Plan.objects.filter(pk=plan_id).update(weighed=weighed)


def _keep_role(plan_id: int, actor: Actor, role: str, one: dict[str, Any]) -> None:
    with acting(actor, "planning.weigh"):
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan_id)
        weighed = _weighed(plan)
        weighed["raised"][role] = one
        Plan.objects.filter(pk=plan_id).update(weighed=weighed)
