"""``backcast run``: it comes up, survives the death of any of its parts, and ends cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import psutil
import psycopg
import pytest

from backcast.core.embedded import SUPERUSER, Cluster
from tests.running.runs import Run, backcast, nothing_runs, short_home, wait_for

pytestmark = pytest.mark.xdist_group("running")


def keep(run: Run, word: str) -> None:
    """Commit a row as the pages do; once this returns, the row was acknowledged."""
    with psycopg.connect(run.database_url()) as connection:
        connection.execute(
            "INSERT INTO core_cache (cache_key, value, expires)"
            " VALUES (%s, 'kept', now() + interval '1 day')",
            [word],
        )


def kept(run: Run) -> set[str]:
    with psycopg.connect(run.database_url()) as connection:
        return {
            key
            for (key,) in connection.execute(
                "SELECT cache_key FROM core_cache WHERE value = 'kept'"
            ).fetchall()
        }


def test_a_run_survives_the_death_of_any_of_its_processes_and_of_itself() -> None:
    with short_home(migrated=True) as home:
        run = Run(home).wait_until_open()
        assert run.answers()
        assert re.search(r"the first page after \d+ s", run.said)
        keep(run, "first")
        _every_part_may_die(run)
        _a_second_run_on_the_same_home_says_so(run)

        # The runner and its guard both die: nothing is there to tidy up, the next run does it.
        guard = run.guard()
        assert guard is not None
        keep(run, "before both died")
        guard.kill()
        run.kill()
        assert not nothing_runs(home)
        run = Run(home).wait_until_open()
        assert "ended what a killed run had left running" in run.said
        assert {"first", "before both died", "through the crash"} <= kept(run)
        assert run.answers()

        # The runner alone dies: its guard ends everything, at once.
        keep(run, "before the runner died")
        run.kill()
        wait_for("the guard to tidy up", lambda: nothing_runs(home))
        run = Run(home).wait_until_open()
        assert "before the runner died" in kept(run)
        assert run.answers()

        # Ctrl-C ends it all, and says nothing went wrong.
        assert run.interrupt() == 0, run.said
        assert nothing_runs(home)
        assert not (home / "running.json").exists()
        assert "Traceback" not in run.said

        _a_role_that_could_bypass_row_security_stops_the_next_start(home)


def _a_role_that_could_bypass_row_security_stops_the_next_start(home: Path) -> None:
    cluster = Cluster(home / "postgres")
    server = cluster.start()
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute("ALTER ROLE backcast_worker BYPASSRLS")
    cluster.stop(server)
    refused = backcast("run", home=home)
    assert refused.returncode == 1
    assert "backcast_worker has BYPASSRLS" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert nothing_runs(home)


def _every_part_may_die(run: Run) -> None:
    main, *rest = run.web()
    # The process that answers pages.
    serving = [p for p in psutil.Process(main.pid).children() if p.is_running()]
    serving[-1].kill()
    wait_for("pages after a serving process died", run.answers)
    # The web server itself; what it leaves behind must not answer in its stead.
    main.kill()
    wait_for("the web server to be replaced", lambda: main.pid not in {p.pid for p in run.web()})
    wait_for("pages after the web server died", run.answers)
    for process in rest:
        wait_for("the old web processes to end", lambda p=process: not _lives(p))
    # The worker.
    worker = run.worker()
    worker.kill()
    wait_for("a new worker", lambda: [p for p in run._marked("procrastinate") if p != worker])
    # The database.
    keep(run, "through the crash")
    old = run.postmaster()
    os.kill(old, signal.SIGKILL)
    wait_for("the database again", lambda: _replaced(run, old))
    wait_for("pages after the database died", run.answers)
    assert {"first", "through the crash"} <= kept(run)
    # The guard.
    guard = run.guard()
    assert guard is not None
    guard.kill()
    wait_for("a new guard", lambda: run.guard() not in (None, guard))


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _replaced(run: Run, old: int) -> bool:
    try:
        return run.postmaster() != old and bool(kept(run))
    except (OSError, ValueError, IndexError, psycopg.Error):
        return False


def _a_second_run_on_the_same_home_says_so(run: Run) -> None:
    second = backcast("run", home=run.home)
    assert second.returncode == 1
    assert f"already running on {run.home}" in second.stderr
    assert run.address in second.stderr
    assert "Traceback" not in second.stderr
    assert run.answers()


def test_a_run_that_is_interrupted_while_it_sets_up_ends_cleanly() -> None:
    with short_home() as home:
        run = Run(home)
        wait_for("the database to be made", (home / "postgres" / "ready").exists)
        assert run.interrupt() == 0, run.said
        assert nothing_runs(home)
        assert "Traceback" not in run.said
        assert Run(home).wait_until_open().interrupt() == 0


def test_a_port_that_is_taken_is_named() -> None:
    with short_home(migrated=True) as home, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = backcast("run", "--port", str(port), home=home)
        assert done.returncode == 1
        assert f"Port {port} is taken" in done.stderr
        assert nothing_runs(home)


def test_a_demonstration_does_not_listen_to_other_machines(tmp_path: Path) -> None:
    done = backcast("run", "--host", "0.0.0.0", home=tmp_path)
    assert done.returncode == 1
    assert "this machine only" in done.stderr
