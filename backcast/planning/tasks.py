"""Background work of plans.

The solver is imported by the jobs themselves: every process that starts Django reads this file.
"""

from __future__ import annotations

from django.utils import timezone

from backcast.core.actor import Actor, acting, system
from backcast.core.jobs import RETRY, app
from backcast.partners.access import staff_again
from backcast.partners.models import Person
from backcast.planning.models import Plan, Scenario


@app.task(name="planning.solve_plan", queue="plans", retry=RETRY)
def solve_plan(plan: int) -> None:
    """Work a requested plan out, on behalf of who asked for it. Runs again after a killed worker."""
    from backcast.planning import actions

    with acting(system("planning")):
        row = Plan.objects.select_related("requested_by").filter(pk=plan).first()
    if row is None:
        return
    actions.solve_plan(plan, actor=actor_for(row), today=timezone.localdate())


@app.task(name="planning.run_assumption_test", queue="plans", retry=RETRY)
def run_assumption_test(plan: int) -> None:
    """Solve a plan again at half and twice each assumption. Goes on after a killed worker."""
    from backcast.planning import actions

    with acting(system("planning")):
        row = Plan.objects.select_related("requested_by").filter(pk=plan).first()
    if row is not None:
        actions.run_assumption_test(plan, actor=actor_for(row))


@app.task(name="planning.weigh_units", queue="plans", retry=RETRY)
def weigh_units(plan: int) -> None:
    """Plan again with one more of each limit that binds. Runs again after a killed worker."""
    from backcast.planning import weighing

    with acting(system("planning")):
        row = Plan.objects.select_related("requested_by").filter(pk=plan).first()
    if row is not None:
        weighing.weigh_units(plan, actor=actor_for(row))


@app.task(name="planning.raise_role", queue="plans", retry=RETRY)
def raise_role(plan: int, role: str) -> None:
    """Look for the cheapest way to higher odds of a role. Runs again after a killed worker."""
    from backcast.planning import weighing

    with acting(system("planning")):
        row = Plan.objects.select_related("requested_by").filter(pk=plan).first()
    if row is not None:
        weighing.raise_role(plan, role, actor=actor_for(row))


@app.task(name="planning.solve_scenario", queue="plans", retry=RETRY)
def solve_scenario(scenario: int) -> None:
    """Work a scenario out, on behalf of who asked for it. Runs again after a killed worker."""
    from backcast.planning import trying

    with acting(system("planning")):
        rows = Scenario.objects.select_related("plan", "requested_by")
        row = rows.filter(pk=scenario).first()
    if row is not None:
        trying.solve_scenario(scenario, actor=_for(row.requested_by, row.plan.region_id))


def actor_for(plan: Plan) -> Actor:
    """Who asked for the plan, while they are still staff of its region; else the system."""
    return _for(plan.requested_by, plan.region_id)


def _for(person: Person | None, region_id: int) -> Actor:
    return staff_again(person, region_id) or system("planning", region_id=region_id)
