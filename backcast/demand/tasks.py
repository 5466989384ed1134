"""Background work of demand."""

from __future__ import annotations

from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.core.jobs import app
from backcast.demand.models import Wave


@app.periodic(cron="7 * * * *", periodic_id="freeze_due_waves")
@app.task(name="demand.freeze_due_waves", queueing_lock="demand.freeze_due_waves")
def freeze_due_waves(timestamp: int) -> int:
    """Freeze every open wave whose last day is over; returns how many. Run twice, it does nothing."""
    from backcast.demand.waves import actions

    with acting(system("waves")):
        due = list(
            Wave.objects.filter(
                status=Wave.Status.OPEN, closes_on__lt=timezone.localdate()
            ).order_by("pk")
        )
    for wave in due:
        actions.freeze_wave(wave, actor=system("waves", region_id=wave.region_id))
    return len(due)
