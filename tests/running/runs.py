"""Start a real ``backcast run`` on a home of its own, and look at what it started."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import psutil

from backcast.core.embedded import APP, Cluster
from backcast.core.home import leftovers
from tests.database import put_migrated

ROOT = Path(__file__).resolve().parent.parent.parent
#: A hanging run fails its test after so many seconds; how long things take is not judged.
PATIENCE = 240


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a person's shell: nothing of the tests' own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BACKCAST_", "DATABASE_", "DJANGO_", "PYTEST"))
    }
    return kept | more


@contextlib.contextmanager
def short_home(*, migrated: bool = False) -> Iterator[Path]:
    """A folder whose path is short enough for a socket and open to the server's own user.

    ``migrated`` puts a database in it whose tables are there already, where a run of tests kept one.
    """
    folder = Path(tempfile.mkdtemp(prefix="bcrun-"))
    folder.chmod(0o711)
    if migrated:
        put_migrated(Cluster(folder / "postgres"))
    try:
        yield folder
    finally:
        for process in leftovers(folder):
            with contextlib.suppress(psutil.Error):
                process.kill()
        Cluster(folder / "postgres").end_orphan()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(what: str, holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.1)


def backcast(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "backcast.cli.main", *arguments],
        cwd=ROOT,
        env=clean_environment(BACKCAST_HOME=str(home), COLUMNS="200", NO_COLOR="1", **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )


class Run:
    """A ``backcast run`` as a person starts it, in a process group of its own."""

    def __init__(self, home: Path, *options: str, **more: str) -> None:
        self.home = home
        self.address = ""
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backcast.cli.main", "run", "--port", "0", *options],
            cwd=ROOT,
            env=clean_environment(
                BACKCAST_HOME=str(home), BACKCAST_REGION_SIZE="0.1", COLUMNS="200", **more
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                self.lines.append(line.rstrip("\n"))
                found = re.search(r"open at (http://\S+)", line)
                if found:
                    self.address = found[1]

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_until_open(self) -> Run:
        wait_for("an address", lambda: self.address or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        return self

    def _ask(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        host, port = self.address.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def status(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> int:
        """The HTTP status of a page; 0 where nothing answers."""
        try:
            return self._ask(path, headers).status
        except (OSError, http.client.HTTPException):
            return 0

    def redirect(self, path: str, headers: Mapping[str, str]) -> str | None:
        """Where a page sends one."""
        return self._ask(path, headers).getheader("Location")

    def answers(self) -> bool:
        return 0 < self.status("/accounts/login/") < 500

    # -- what runs -------------------------------------------------------------------------

    def _marked(self, part: str) -> list[psutil.Process]:
        found = []
        for process in leftovers(self.home):
            with contextlib.suppress(psutil.Error):
                if part in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def web(self) -> list[psutil.Process]:
        """The web server's main process first, then what it started."""
        return sorted(self._marked("granian"), key=lambda p: p.pid) + self._marked(
            "multiprocessing"
        )

    def worker(self) -> psutil.Process:
        """The worker; it starts when pages answer."""
        wait_for("the worker", lambda: self._marked("procrastinate"))
        (process,) = self._marked("procrastinate")
        return process

    def guard(self) -> psutil.Process | None:
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if "backcast.core.guard" in process.cmdline():
                    return process
        return None

    def postmaster(self) -> int:
        pid_file = Cluster(self.home / "postgres").data / "postmaster.pid"
        return int(pid_file.read_text().splitlines()[0])

    def database_url(self) -> str:
        return Cluster(self.home / "postgres").url(APP)

    # -- how it ends -----------------------------------------------------------------------

    def interrupt(self) -> int:
        """Ctrl-C, as a terminal sends it: to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._reader.join(10)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(10)


def nothing_runs(home: Path) -> bool:
    """No process of this home is left, its database included."""
    cluster = Cluster(home / "postgres")
    return not leftovers(home) and not cluster.answers()
