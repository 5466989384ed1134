"""The demonstration's first plan: worked out, approved by a made-up board, and two scenarios beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from backcast.core.actor import Actor, acting
from backcast.core.months import Month
from backcast.planning import trying
from backcast.planning.actions import problem_of, solve_plan
from backcast.planning.approving import approve_plan, propose_plan, schedule_cohorts
from backcast.planning.models import Plan, PlanCohort
from backcast.planning.scenarios import ScenarioChange
from backcast.planning.schedule import Progress

BOARD = "Demo Alder Workforce Board, by its chair"
NOTE = "Made up, like everything in a demonstration."
#: Cohorts that start so soon are scheduled at once.
MONTHS = 6


def first_plan(
    plan: Plan,
    *,
    actor: Actor,
    today: date,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Work it out, approve it, schedule its next cohorts and ask for two scenarios. Safe to repeat."""
    solved = solve_plan(plan.pk, actor=actor, today=today, on_progress=on_progress)
    if solved.status != Plan.Status.READY or solved.standing != Plan.Standing.DRAFT:
        return solved
    with acting(actor, "demonstration.decide"):
        propose_plan(solved, actor=actor)
        solved = approve_plan(solved, actor=actor, approver=BOARD, note=NOTE)
        coming = PlanCohort.objects.filter(plan=solved, start__gte=today.replace(day=1))
        next_start = coming.order_by("start").values_list("start", flat=True).first() or today
        until = max(Month.of(today) + MONTHS, Month.of(next_start))
        soon = coming.filter(start__lt=(until + 1).first_day)
        keys = list(soon.values_list("pk", flat=True))
        schedule_cohorts(solved, actor=actor, cohorts=keys, today=today)
        for name, change in _scenarios(solved):
            trying.try_scenario(solved, actor=actor, name=name, changes=[change])
    return solved


def _scenarios(plan: Plan) -> list[tuple[str, ScenarioChange]]:
    """Demand falls by a third; the provider with most programs drops out."""
    providers = [option.provider for option in problem_of(plan).programs]
    found = [("Demand falls by a third", ScenarioChange("demand", 0.67))]
    if providers:
        largest = max(sorted(set(providers)), key=providers.count)
        found.append((f"{largest} drops out", ScenarioChange("without", provider=largest)))
    return found
