"""The database of a test run: one throw-away server, one migrated template, a copy for each worker.

``python -m tests.database HOME`` starts the server and makes the template. It is run by whichever
worker needs the database first; what it starts is ended by ``end``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from backcast.core.embedded import DATABASE, OWNER, SUPERUSER, Cluster, database_roles

ROOT = Path(__file__).resolve().parent.parent
_PREFIX = "bctest-"


def new_home() -> Path:
    """Make a short-named folder for this run, and clear away those of runs that were killed."""
    top = Path(tempfile.gettempdir())
    for old in top.glob(f"{_PREFIX}*"):
        pid = old.name.removeprefix(_PREFIX).split("-")[0]
        if pid.isdigit() and not _alive(int(pid)) and old.stat().st_uid == os.geteuid():
            end(old)
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=top))
    home.chmod(0o711)  # the server's own user must be able to pass
    return home


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def cluster(home: Path) -> Cluster:
    return Cluster(home / "postgres", durable=False)


def end(home: Path) -> None:
    """Stop the server of this run, if it was started, and remove the folder."""
    cluster(home).end_orphan()
    shutil.rmtree(home, ignore_errors=True)


def database_for(home: Path, name: str) -> str:
    """A fresh copy of the migrated template; returns its name."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "template").exists():
            subprocess.run(
                [sys.executable, "-m", "tests.database", str(home)], cwd=ROOT, check=True
            )
        with psycopg.connect(
            cluster(home).url(SUPERUSER, "postgres"), autocommit=True
        ) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{DATABASE}" OWNER {OWNER}'.encode()
            )
    return name


def _make_template(home: Path) -> None:
    server = cluster(home)
    server.start()
    database_roles(server.url(SUPERUSER, "postgres"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.db import connections

    from backcast.core.upgrade import migrate

    django.setup()
    migrate(server.url(OWNER))
    connections.close_all()
    (home / "template").touch()


if __name__ == "__main__":
    _make_template(Path(sys.argv[1]))
