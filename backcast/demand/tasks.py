"""Background work of demand."""

from __future__ import annotations

from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.core.jobs import RETRY, app
from backcast.demand.models import Publishing, Wave
from backcast.partners.access import staff_again


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


@app.task(name="demand.publish_wave", retry=RETRY)
def publish_wave(wave: int) -> None:
    """Work out what others may see of a wave, on behalf of who asked. Runs again after a killed worker."""
    from backcast.demand.regional import actions

    with acting(system("regional")):
        row = Publishing.objects.select_related("requested_by").filter(wave=wave).first()
    if row is None:
        return
    actor = staff_again(row.requested_by, row.region_id)
    actions.carry_out_publishing(wave, actor=actor or system("regional", region_id=row.region_id))
