"""An embedded PostgreSQL: the server's binaries from a wheel, run by us, in a folder of our own.

The server listens on a Unix socket only. Its data live in ``<home>/data``; the socket lives in a
short-named folder because socket paths are limited to about 100 characters. When we are root the
server runs as an unprivileged user, since PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

OWNER = "backcast_owner"
APP = "backcast_app"
WORKER = "backcast_worker"
DATABASE = "backcast"
SUPERUSER = "postgres"

_SOCKET_LIMIT = 100


class EmbeddedError(RuntimeError):
    """The embedded database cannot do what was asked; the message says why and what helps."""


def binaries() -> Path:
    """Return the folder that holds ``postgres``, ``initdb``, ``pg_dump`` and the rest.

    The wheel's Python module is not imported: only its files are used.
    """
    import importlib.util

    spec = importlib.util.find_spec("pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed. Run `make setup`, or name another server "
            "in DATABASE_URL and DATABASE_OWNER_URL."
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedError(f"No PostgreSQL server program in {folder}.")
    return folder


@dataclass(frozen=True, slots=True)
class _User:
    name: str
    uid: int
    gid: int


def _unprivileged() -> _User | None:
    """The user to run the server as: None means ourselves, which is right unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "backcast", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _User(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError("PostgreSQL does not run as root, and no unprivileged user was found.")


class Cluster:
    """One embedded server and its folder.

    ``home`` holds everything. ``durable=False`` trades safety for speed and is meant for tests.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.durable = durable
        self._user = _unprivileged()
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        self._base = self._reachable_base(digest)
        self.data = self._base / "data"
        self.log = self._base / "postgres.log"
        self.socket = self._socket_folder(digest)

    # -- where things live -----------------------------------------------------------------

    def _reachable_base(self, digest: str) -> Path:
        """``home`` itself, or a folder the unprivileged user can reach when ``home`` is not.

        Opening the modes of parent folders is not ours to do, so a cluster under, say, root's
        own home folder is kept in the system's state folder, and ``home/where`` says so.
        """
        if self._user is None or self._can_reach(self.home):
            return self.home
        return Path("/var/lib") / f"backcast-{digest}"

    def _can_reach(self, folder: Path) -> bool:
        assert self._user is not None
        for parent in folder.parents:
            if not parent.exists():
                continue
            info = parent.stat()
            if info.st_uid == self._user.uid and info.st_mode & 0o100:
                continue
            if info.st_gid == self._user.gid and info.st_mode & 0o010:
                continue
            if not info.st_mode & 0o001:
                return False
        return True

    def _socket_folder(self, digest: str) -> Path:
        candidate = self._base / "socket"
        if len(str(candidate / ".s.PGSQL.5432")) < _SOCKET_LIMIT:
            return candidate
        owner = self._user.uid if self._user else os.geteuid()
        return Path(tempfile.gettempdir()) / f"backcast-{owner}-{digest}"

    def _own(self, path: Path, mode: int = 0o700) -> None:
        path.mkdir(parents=True, exist_ok=True)
        if self._user:
            os.chown(path, self._user.uid, self._user.gid)
        elif path.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{path} belongs to another user.")
        path.chmod(mode)

    # -- running programs ------------------------------------------------------------------

    def _programs(self) -> Path:
        """The server's programs, where the unprivileged user can run them.

        In a checkout that only root may enter they are copied beside the data, once a version.
        """
        own = binaries()
        if self._user is None or (
            self._can_reach(own / "postgres") and (own / "postgres").stat().st_mode & 0o001
        ):
            return own
        package = own.parent.parent
        site = package.parent
        target = self._base / "programs"
        copied = target / package.name / own.relative_to(package)
        stamp = target / "from"
        made = (own / "postgres").stat()
        whence = f"{own} {made.st_size} {made.st_mtime_ns}"
        if stamp.exists() and stamp.read_text() == whence:
            return copied
        shutil.rmtree(target, ignore_errors=True)
        for folder in (package, *site.glob(f"{package.name}*.libs")):
            shutil.copytree(folder, target / folder.name, symlinks=True)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        stamp.write_text(whence)
        return copied

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs() / program), *arguments],
            **self._as_user(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )
        if done.returncode:
            raise EmbeddedError(f"{program} failed:\n{done.stdout.strip()}")

    def _as_user(self) -> dict[str, Any]:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))
        }
        environment["LC_ALL"] = "C.UTF-8"
        if self._user is None:
            return {"env": environment}
        return {
            "env": environment,
            "user": self._user.uid,
            "group": self._user.gid,
            "extra_groups": [],
        }

    # -- the life of the server ------------------------------------------------------------

    def prepare(self) -> None:
        """Create the data folder where there is none yet; safe to repeat after any interruption."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._own(self._base)
        self._own(self.socket)
        if self._base != self.home:
            (self.home / "where").write_text(f"{self._base}\n")
        if (self.data / "PG_VERSION").exists() and (self._base / "ready").exists():
            return
        if self.data.exists():
            shutil.rmtree(self.data)
        self._run(
            "initdb",
            "--pgdata",
            str(self.data),
            "--username",
            SUPERUSER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--data-checksums",
        )
        (self._base / "ready").write_text("initialised\n")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server as our child and return once it answers.

        Crash recovery may take as long as it needs: we wait while the process lives. A stale pid
        file is PostgreSQL's own to judge; since process numbers are reused, one whose number is
        not a ``postgres`` working on this data folder is removed.
        """
        self.prepare()
        self._drop_stale_pid_file()
        options = {
            "unix_socket_directories": str(self.socket),
            "listen_addresses": "",
            "port": "5432",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "max_wal_size": "2GB",
            "wal_compression": "on",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments: list[str] = [str(self._programs() / "postgres"), "-D", str(self.data)]
        for key, value in options.items():
            arguments += ["-c", f"{key}={value}"]
        self.log.touch()
        if self._user:
            os.chown(self.log, self._user.uid, self._user.gid)
        with self.log.open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                arguments,
                **self._as_user(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
            )
        while not self.answers():
            if process.poll() is not None:
                raise EmbeddedError(f"PostgreSQL stopped while starting.\n{self._last_lines()}")
            time.sleep(0.05)
        return process

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self, process: subprocess.Popen[bytes], *, seconds: float = 60) -> None:
        """End sessions and shut down cleanly (a fast shutdown)."""
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(10)

    def _drop_stale_pid_file(self) -> None:
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        if _is_postgres_on(pid, self.data):
            if self.answers():
                raise EmbeddedError(
                    f"Another Backcast is already using {self.home} (process {pid}). "
                    "Stop it first, or choose another folder with BACKCAST_HOME."
                )
            self._outlive(pid)
        pid_file.unlink(missing_ok=True)

    def _outlive(self, pid: int) -> None:
        """A server left by a killed parent that no longer answers is asked to end, then waited for."""
        os.kill(pid, signal.SIGQUIT)
        for _ in range(600):
            if not _is_postgres_on(pid, self.data):
                return
            time.sleep(0.1)
        raise EmbeddedError(f"A PostgreSQL server (process {pid}) does not end; stop it by hand.")

    def end_orphan(self) -> bool:
        """Stop a server whose Backcast was killed, so that a new one can start; True if one was."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return False
        if not _is_postgres_on(pid, self.data):
            return False
        os.kill(pid, signal.SIGINT)
        for _ in range(1200):
            if not _is_postgres_on(pid, self.data):
                return True
            time.sleep(0.05)
        raise EmbeddedError(f"A PostgreSQL server (process {pid}) does not end; stop it by hand.")

    def _last_lines(self, count: int = 20) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        except OSError:
            return ""

    # -- reaching it -----------------------------------------------------------------------

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='')}"


def _is_postgres_on(pid: int, data: Path) -> bool:
    """Is this process number really a ``postgres`` that works on this data folder?"""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return _ps_says(pid, data)
    except OSError:
        return False
    return bool(command) and b"postgres" in command[0] and str(data).encode() in command


def _ps_says(pid: int, data: Path) -> bool:
    if Path("/proc/self").exists():
        return False
    done = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
    )
    return "postgres" in done.stdout and str(data) in done.stdout


def database_roles(superuser_url: str, *, databases: Sequence[str] = (DATABASE,)) -> None:
    """Create the three roles and the databases; safe to repeat.

    ``owner`` owns the tables and migrates; ``app`` serves pages; ``worker`` runs jobs. Neither of
    the last two is a superuser or may bypass row-level security.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APP, WORKER):
            if role not in known:
                connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE")
        present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for database in databases:
            if database not in present:
                connection.execute(f'CREATE DATABASE "{database}" OWNER {OWNER}')
