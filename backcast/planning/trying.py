"""What people do with scenarios: try one beside a plan, stop it, put it away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.core.jobs import app
from backcast.partners.access import require_staff
from backcast.planning.actions import problem_of, solver_lock
from backcast.planning.actions import solution_of as solution_of_plan
from backcast.planning.approving import locked
from backcast.planning.complaints import ProblemError
from backcast.planning.documents import solution_from_json, solution_to_json
from backcast.planning.models import Plan, Scenario
from backcast.planning.scenarios import (
    ScenarioChange,
    ScenarioError,
    changed,
    changes_from_plain,
    changes_to_plain,
)
from backcast.planning.solution import Solution
from backcast.planning.watching import Watch, ask_to_stop, begin

if TYPE_CHECKING:
    from backcast.planning.schedule import Options

log = structlog.get_logger()

#: Scenarios kept side by side; more are no longer read.
MOST = 6


def try_scenario(
    plan: Plan, *, actor: Actor, name: str, changes: Sequence[ScenarioChange], queue: bool = True
) -> Scenario:
    """Keep a scenario of a plan that is ready, and queue its work. Raises ``ValidationError``."""
    with acting(actor, "planning.try_scenario"):
        fresh = locked(plan, actor, "try_scenario")
        if not changes:
            raise ValidationError(_("Change at least one thing."))
        if fresh.scenarios.filter(archived_at=None).count() >= MOST:
            raise ValidationError(
                _("There are %(n)d scenarios already. Remove one first.") % {"n": MOST}
            )
        try:
            changed(problem_of(fresh), changes)
        except ScenarioError as error:
            raise ValidationError(str(error)) from error
        row = Scenario(
            plan=fresh,
            name=" ".join(name.split()),
            changes=changes_to_plain(changes),
            requested_by_id=actor.person_id,
        )
        row.clean_fields(exclude=["plan", "requested_by", "solution", "stop_asked_by", *_UNSET])
        row.validate_constraints()
        row.save()
        if queue:
            app.configure_task(
                "planning.solve_scenario",
                queueing_lock=f"scenario:{row.pk}",
                lock=solver_lock(fresh.region_id),
            ).defer(scenario=row.pk)
    return row


_UNSET = ("started_at", "finished_at", "stop_asked_at", "trace", "changes")


def solve_scenario(scenario_id: int, *, actor: Actor, options: Options | None = None) -> Scenario:
    """Work a scenario out. Safe to run again: one that is ready or failed stays as it is."""
    from backcast.planning.schedule import Options, solve

    with acting(actor, "planning.start_scenario"):
        rows = Scenario.objects.select_for_update(of=("self",)).select_related("plan")
        row = rows.get(pk=scenario_id)
        if not row.is_busy:
            return row
        begin(row)
        row.save()
        base = solution_of_plan(row.plan)
    watch = Watch(row, actor)
    options = options or Options(seconds=30, gap=max(0.01, base.gap), rounds=2)
    try:
        problem = changed(problem_of(row.plan), changes_from_plain(row.changes))
        solution = solve(problem, options, watch.tell, watch.should_stop)
    except (ScenarioError, ProblemError) as error:
        return _finish(scenario_id, actor, trouble=str(error))
    except Exception:
        log.exception("scenario could not be worked out", scenario=str(row.public_id))
        _finish(
            scenario_id,
            actor,
            trouble=_("Something went wrong while working it out. Remove it and try again."),
        )
        raise
    return _finish(scenario_id, actor, solution=solution)


def solution_of(row: Scenario) -> Solution:
    """What a scenario that is ready says. Raises ``ValueError`` where there is nothing yet."""
    if row.solution is None:
        raise ValueError("The scenario is not ready.")
    return solution_from_json(json.dumps(row.solution))


def _finish(
    scenario_id: int, actor: Actor, *, solution: Solution | None = None, trouble: str = ""
) -> Scenario:
    with acting(actor, "planning.finish_scenario"):
        rows = Scenario.objects.select_for_update(of=("self",)).select_related("plan")
        row = rows.get(pk=scenario_id)
        if row.is_busy:
            row.status = row.Status.FAILED if solution is None else row.Status.READY
            row.solution = None if solution is None else json.loads(solution_to_json(solution))
            row.trouble, row.progress, row.finished_at = trouble, 100, timezone.now()
            row.save()
    return row


def stop_scenario(row: Scenario, *, actor: Actor) -> Scenario:
    """Ask the worker to stop and keep the best so far; one not yet begun is called off."""
    with acting(actor, "planning.stop_scenario"):
        fresh = _locked(row, actor)
        ask_to_stop(fresh, actor, _("It was called off before work on it began."))
    return fresh


def remove_scenario(row: Scenario, *, actor: Actor) -> Scenario:
    """Put a scenario away; one in work is stopped."""
    with acting(actor, "planning.remove_scenario"):
        fresh = _locked(row, actor)
        ask_to_stop(fresh, actor, _("It was called off before work on it began."))
        fresh.archived_at = timezone.now()
        fresh.save()
    return fresh


def _locked(row: Scenario, actor: Actor) -> Scenario:
    require_staff(actor, Role.MEMBER)
    rows = Scenario.objects.select_for_update(of=("self",)).select_related("plan")
    fresh = rows.filter(pk=row.pk, plan__region=actor.region_id).first()
    if fresh is None:
        raise Http404
    return fresh
