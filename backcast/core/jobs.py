"""Background work: the queue lives in PostgreSQL beside what the jobs are about.

A job is deferred on Django's connection, so it exists exactly when the change that asked for it is
committed. Its arguments are ids only; a job says itself who acts (``core.actor.acting``). Jobs may
run twice when a worker is killed: write them so that the second run does nothing.

A room's jobs stand in its ``tasks.py``:

    @app.task(name="planning.solve", retry=RETRY)
    def solve(plan: int) -> None: ...

    solve.defer(plan=plan.pk)
"""

from __future__ import annotations

import procrastinate
from procrastinate.contrib.django import app as django_app

#: The queue; tasks register with it.
app: procrastinate.App = django_app

#: A job that fails is tried again after 2, 4, 8, … seconds, the last time after about an hour.
RETRY = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)

#: A worker that gave no sign of life for so long (seconds) is dead; its jobs start again.
DEAD_AFTER = 30


@app.periodic(cron="* * * * *", periodic_id="retry_orphans")
@app.task(name="core.retry_orphans", queueing_lock="core.retry_orphans", pass_context=True)
async def retry_orphans(context: procrastinate.JobContext, timestamp: int) -> int:
    """Start again the jobs whose worker was killed; returns how many."""
    manager = context.app.job_manager
    orphans = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER))
    for job in orphans:
        await manager.retry_job(job)
    return len(orphans)
