"""Background work of plans.

The solver is imported by the jobs themselves: every process that starts Django reads this file.
"""

from __future__ import annotations

from django.utils import timezone

from backcast.core.actor import Actor, acting, system
from backcast.core.jobs import RETRY, app
from backcast.partners.access import staff_again
from backcast.planning.models import Plan


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


def actor_for(plan: Plan) -> Actor:
    """Who asked for the plan, while they are still staff of its region; else the system."""
    return staff_again(plan.requested_by, plan.region_id) or system(
        "planning", region_id=plan.region_id
    )
