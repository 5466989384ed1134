"""Jobs exist exactly when the change that asked for them is committed, and outlive their worker."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.db import connection, transaction

from backcast.core.jobs import DEAD_AFTER, RETRY, app, retry_orphans
from backcast.partners import messages


def jobs() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, args FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_is_rolled_back_with_its_change(db: None) -> None:
    with transaction.atomic():
        messages.queue(recipient="a@example.org", subject="Hello", text="Secret")
        assert [name for name, _status, _args in jobs()] == ["partners.send_message"]
        transaction.set_rollback(True)
    assert jobs() == []


def test_a_job_carries_ids_and_nothing_else(db: None) -> None:
    messages.queue(recipient="a@example.org", subject="Hello", text="Secret")
    [(_name, status, args)] = jobs()
    assert status == "todo"
    assert set(json.loads(str(args))) == {"message"}
    assert "Secret" not in str(args)


def test_every_job_of_the_project_is_known_to_the_worker() -> None:
    assert {"partners.send_message", "core.retry_orphans"} <= set(app.tasks)


def test_a_failed_job_is_tried_again_for_about_an_hour() -> None:
    waits = [2 ** (attempt + 1) for attempt in range(RETRY.max_attempts or 0)]
    assert 3600 < sum(waits) < 3 * 3600


def run(coroutine: Any) -> Any:
    """Run a coroutine, also beside a browser test, whose driver keeps a loop in this thread."""
    beside = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return asyncio.run(coroutine)
    finally:
        asyncio._set_running_loop(beside)


@pytest.mark.django_db(transaction=True)
def test_the_jobs_of_a_killed_worker_start_again() -> None:
    """One job of a worker that is silent for long, one of a worker that is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES"
            " (now() - make_interval(secs => %s)), (now()) RETURNING id",
            [DEAD_AFTER + 5],
        )
        workers = [row[0] for row in cursor.fetchall()]
        for worker in workers:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, status, worker_id, args)"
                " VALUES ('partners.send_message', 'default', 'doing', %s, '{}')",
                [worker],
            )

    class Context:
        """What the worker hands to a task that asks for it."""

    context: Any = Context()
    context.app = app
    assert run(retry_orphans.func(context, timestamp=0)) == 1
    assert [status for _name, status, _args in jobs()] == ["todo", "doing"]
