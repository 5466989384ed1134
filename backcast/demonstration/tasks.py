"""Background work of the demonstration."""

from __future__ import annotations

from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.core.jobs import RETRY, app
from backcast.planning.models import Plan
from backcast.planning.tasks import actor_for


@app.task(name="demonstration.first_plan", queue="plans", retry=RETRY)
def first_plan(plan: int) -> None:
    """Work the first plan out and decide on it. Runs again after a killed worker."""
    from backcast.demonstration import deciding

    with acting(system("demonstration")):
        row = Plan.objects.select_related("requested_by", "region").filter(pk=plan).first()
    if row is not None:
        deciding.first_plan(row, actor=actor_for(row), today=timezone.localdate())
