"""The foreground process that keeps everything running: database, web server, worker.

It starts them in order, shows their logs on one screen, restarts what ends unasked, and stops them
in order when asked to. When it is itself killed, its guard ends them (``backcast.core.guard``).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from backcast.cli import stamp
from backcast.cli.frame import Stop, err, out
from backcast.core.embedded import APP, SUPERUSER, WORKER, Cluster, EmbeddedError, database_roles
from backcast.core.guard import DONE
from backcast.core.home import MARK, Hold, Running, end_leftovers, marked
from backcast.core.supervision import Child, WillNotStart
from backcast.core.upgrade import refuse_ways_around

_COLOURS = {"backcast": "bold", "web": "cyan", "worker": "magenta", "database": "blue"}
_FIRST_PORT, _LAST_PORT = 8000, 8099


class _Asked(Exception):
    """Somebody asked us to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``port`` None means 8000 or the next free one; 0 means any free one."""

    home: Path
    host: str = "127.0.0.1"
    port: int | None = None
    workers: int = 1
    production: bool = False
    embedded: bool = True


class Runner:
    """One run, from taking the home to giving it back."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.environment = marked(options.home)
        self.stopping = threading.Event()
        self.cluster = Cluster(options.home / "postgres")
        self.server: subprocess.Popen[bytes] | None = None
        self.children: list[Child] = []
        self._guard: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        self._printing = threading.Lock()
        self.quiet = True

    # -- the whole -------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until asked to stop; raises ``Stop``, ``Taken`` or ``EmbeddedError`` otherwise."""
        with self._signals():
            hold = Hold(self.options.home, seconds=2)
            try:
                self._run(hold)
            except _Asked:
                pass
            except WillNotStart as error:
                raise Stop(f"Stopped: {error}") from error
            finally:
                self._stop_all()
                self._dismiss_guard()
                hold.release()

    def _run(self, hold: Hold) -> None:
        hold.say(Running(os.getpid()))
        if end_leftovers(self.options.home):
            self.say("backcast", "ended what a killed run had left running")
        self._post_guard(hold)
        if self.options.embedded:
            self._start_database()
        signs = self._prepared() or self._prepare()
        port = free_port(self.options.host, self.options.port)
        address = f"http://{_reachable(self.options.host)}:{port}"
        self.environment.setdefault("BACKCAST_URL", address)
        # Pages first; the worker would only take the processors away from them.
        web = self._web(port)
        self.children.append(web)
        web.start(self.say)
        while not web.was_ready:
            self._tend(hold)
        hold.say(Running(os.getpid(), address))
        self.quiet = False
        self._welcome(address, signs)
        self.children.append(self._worker())
        self.children[-1].start(self.say)
        while True:
            self._tend(hold)

    def _tend(self, hold: Hold) -> None:
        if self.stopping.wait(0.1):
            raise _Asked
        if self.server is not None and self.server.poll() is not None:
            self._restart_database()
        if self._guard is not None and self._guard.poll() is not None:
            self._post_guard(hold)
        for child in self.children:
            child.tend(self.say)

    # -- its parts -------------------------------------------------------------------------

    def _start_database(self) -> None:
        self._check()
        self.server = self.cluster.start()
        database_roles(self.cluster.url(SUPERUSER, "postgres"))

    def _restart_database(self) -> None:
        """The database ended unasked: bring it back; it recovers by itself what was committed."""
        self.say("backcast", "the database ended; starting it again")
        for wait in (0.2, 0.5, 1, 2, 4, 8):
            try:
                self.server = self.cluster.start()
            except EmbeddedError as error:
                # Its own processes may still be letting go of the memory they share.
                problem = error
                if self.stopping.wait(wait):
                    raise _Asked from None
            else:
                self.say("backcast", "the database answers again")
                return
        raise problem

    def _prepared(self) -> list[list[str]] | None:
        """Nothing to do since the last run? Row security is looked at all the same."""
        if self.options.production or not self.options.embedded:
            return None
        signs = stamp.read(self.options.home, self.cluster)
        if signs is not None:
            refuse_ways_around({role: self.cluster.url(role) for role in (APP, WORKER)})
        return signs

    def _prepare(self) -> list[list[str]]:
        """Migrate and so on in a process of its own; returns how to sign in as whom."""
        self._check()
        with tempfile.TemporaryDirectory(prefix="backcast-") as folder:
            answer = Path(folder) / "answer.json"
            process = subprocess.Popen(
                [sys.executable, "-m", "backcast.cli.prepare", str(answer)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            while process.poll() is None:
                if self.stopping.wait(0.05):
                    process.terminate()
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(20)
                    process.kill()
                    process.wait()
                    raise _Asked
            if process.returncode:
                raise Stop("", code=process.returncode if process.returncode > 0 else 1)
            signs: list[list[str]] = json.loads(answer.read_text())
        if self.options.embedded:
            stamp.write(self.options.home, self.cluster, signs)
        return signs

    def _web(self, port: int) -> Child:
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws",
            "--host", self.options.host, "--port", str(port),
            "--workers", str(self.options.workers), "--blocking-threads", "4",
            "--respawn-failed-workers", "--respawn-interval", "0.5",
            "--workers-kill-timeout", "10", "--log-level", "warning",
        ]  # fmt: skip
        if not self.options.production:
            # Paths can hold a link's secret, so they are shown in a demonstration only.
            command += ["--access-log", "--access-log-fmt", "%(method)s %(path)s %(status)d"]
        return Child(
            "web",
            [*command, "backcast.web.wsgi:application"],
            {**self.environment, "BACKCAST_PROCESS": "app"},
            ready=lambda: answers(_reachable(self.options.host), port),
        )

    def _worker(self) -> Child:
        started = time.monotonic()
        return Child(
            "worker",
            # Several at once, so that no mail waits for a plan; plans hold a lock of their own.
            [
                *(sys.executable, "-m", "backcast.cli.main", "manage", "procrastinate", "worker"),
                *("--concurrency", "3"),
            ],
            {**self.environment, "BACKCAST_PROCESS": "worker"},
            ready=lambda: time.monotonic() - started > 10,
        )

    # -- the guard -------------------------------------------------------------------------

    def _post_guard(self, hold: Hold) -> None:
        if self._pipe >= 0:
            os.close(self._pipe)
        reads, self._pipe = os.pipe()
        # The guard does not carry the home's mark: it must not end itself.
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "backcast.core.guard", str(self.options.home), str(reads)],
            env={name: value for name, value in self.environment.items() if name != MARK},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(reads, hold.descriptor),
            start_new_session=True,
        )
        os.close(reads)

    def _dismiss_guard(self) -> None:
        if self._guard is None:
            return
        with contextlib.suppress(OSError):
            os.write(self._pipe, DONE)
        os.close(self._pipe)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(5)

    # -- stopping --------------------------------------------------------------------------

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Take Ctrl-C, a closed terminal and a polite kill as the wish to stop."""

        def ask(number: int, frame: FrameType | None) -> None:
            self.stopping.set()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, ask) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _check(self) -> None:
        if self.stopping.is_set():
            raise _Asked

    def _stop_all(self) -> None:
        if self.children:
            self.say("backcast", "stopping")
        for child in self.children:
            child.stop()
        if self.server is not None:
            self.cluster.stop(self.server)

    # -- the screen ------------------------------------------------------------------------

    def say(self, name: str, line: str) -> None:
        """Show one line of one process. Static files and our own knocking are not worth one."""
        if name == "web" and (" /static/" in line or (self.quiet and line.startswith("GET / "))):
            return
        with self._printing, contextlib.suppress(OSError):
            err.print(f"{name:>8} │ ", style=_COLOURS.get(name, ""), end="")
            err.print(line, markup=False, soft_wrap=True)

    def _welcome(self, address: str, signs: list[list[str]]) -> None:
        with self._printing, contextlib.suppress(OSError):
            out.print(
                f"\n[bold]Backcast is open at {address}[/bold] (the first page after"
                f" {_seconds_since_start()} s)",
                soft_wrap=True,
            )
            if signs:
                out.print("Sign in with one of these addresses:", soft_wrap=True)
                width = max(len(who) for who, *_ in signs)
                for who, address_of, *note in signs:
                    more = f"  {note[0]}" if note else ""
                    out.print(f"  {who:<{width}}  {address_of}{more}", markup=False, soft_wrap=True)
                out.print(f"The code for signing in lands in the outbox: {address}/outbox/")
            out.print(f"Ctrl-C stops everything. The data stay in {self.options.home}.")
            sys.stdout.flush()


def _seconds_since_start() -> int:
    """Since ``make run`` was typed, whose setting up counts too, or else since this process began."""
    try:
        started = float(os.environ["BACKCAST_STARTED"])
    except (KeyError, ValueError):
        started = psutil.Process().create_time()
    return max(0, round(time.time() - started))


def free_port(host: str, wanted: int | None) -> int:
    """The port to serve on; raises ``Stop`` where the wanted one is taken."""
    if wanted is not None:
        found = _bind(host, wanted)
        if found is None:
            raise Stop(f"Port {wanted} is taken on {host}. Choose another one with --port.")
        return found
    for port in range(_FIRST_PORT, _LAST_PORT + 1):
        if _bind(host, port) is not None:
            return port
    raise Stop(f"Ports {_FIRST_PORT} to {_LAST_PORT} are all taken. Choose one with --port.")


def _bind(host: str, port: int) -> int | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            trial.listen(1)
        except OSError:
            return None
        return int(trial.getsockname()[1])


def _reachable(host: str) -> str:
    """An address on this machine for a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104


def answers(host: str, port: int) -> bool:
    """Does a web server answer there, with something other than an error of its own?"""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
