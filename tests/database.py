"""The database of a test run: one throw-away server, one migrated template, a copy for each worker.

``python -m tests.database HOME`` starts the server and makes the template. It is run by whichever
worker needs the database first; what it starts is ended by ``end``. Since migrating takes a while,
the folder of a freshly migrated server is kept in ``.cache`` and copied until a migration changes.
"""

from __future__ import annotations

import fcntl
import hashlib
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


def _fingerprint() -> str:
    """Changes with anything that the migrated database depends on."""
    digest = hashlib.sha256()
    backcast = ROOT / "backcast"
    for path in [
        *sorted(backcast.glob("*/migrations/*.py")),
        *(backcast / "core" / name for name in ("grants.sql", "security.py", "upgrade.py")),
        backcast / "core" / "embedded.py",
        backcast / "settings.py",
        ROOT / "requirements" / "base.txt",
    ]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _copy(source: Path, target: Path) -> None:
    """Copy a server's folder with its owner; only ever of a server that is stopped."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _kept() -> Path:
    return ROOT / ".cache" / "test-database" / _fingerprint()


def put_migrated(server: Cluster) -> bool:
    """Give a server that has no folder yet a copy of the migrated one; False where none is kept."""
    if not _kept().is_dir():
        return False
    server.data.parent.mkdir(parents=True)
    _copy(_kept(), server.data)
    if server._user:  # the copy may have been carried here by somebody else
        owner = f"{server._user.uid}:{server._user.gid}"
        subprocess.run(["chown", "-R", owner, str(server.data)], check=True)
    (server.data.parent / "ready").touch()
    return True


def _make_template(home: Path) -> None:
    server = cluster(home)
    if put_migrated(server):
        server.start()
    else:
        _migrate(server)
        _keep(server, _kept())
    (home / "template").touch()


def _keep(server: Cluster, kept: Path) -> None:
    """Put a copy of the stopped server's folder aside for the next run, and start it again."""
    server.end_orphan()
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in sorted(kept.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-2]:
        shutil.rmtree(old, ignore_errors=True)
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
    _copy(server.data, fresh)
    try:
        fresh.rename(kept)
    except OSError:  # another run was first
        shutil.rmtree(fresh, ignore_errors=True)
    server.start()


def _migrate(server: Cluster) -> None:
    server.start()
    database_roles(server.url(SUPERUSER, "postgres"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.db import connections

    from backcast.core.upgrade import migrate

    django.setup()
    migrate(server.url(OWNER))
    connections.close_all()


if __name__ == "__main__":
    _make_template(Path(sys.argv[1]))
