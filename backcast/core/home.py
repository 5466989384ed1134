"""The folder that a Backcast lives in: who is running on it, and what a killed run left behind.

``BACKCAST_HOME`` names it; a checkout's own is ``var``. One Backcast runs on a home at a time: it
holds a lock that the system takes away when its process ends, however that happens.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from backcast.core.embedded import SUPERUSER, Cluster, EmbeddedError, database_roles

ROOT = Path(__file__).resolve().parent.parent.parent

#: Every process that a run starts carries this variable with the home's path, and so do its own.
MARK = "BACKCAST_CHILD_OF"


class Taken(RuntimeError):
    """Another Backcast runs on this home; the message names its process and address."""


def home() -> Path:
    return Path(os.environ.get("BACKCAST_HOME") or ROOT / "var").resolve()


def cluster() -> Cluster:
    """The embedded server of this home."""
    return Cluster(home() / "postgres")


def embedded() -> bool:
    """True where no outside database is named."""
    return not os.environ.get("DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Running:
    """What a running Backcast says of itself in ``running.json``."""

    pid: int
    address: str = ""


class Hold:
    """The lock on a home. Kept while any process that inherited its descriptor lives."""

    def __init__(self, folder: Path, *, seconds: float = 0.0) -> None:
        """Take the lock, waiting at most ``seconds``; raises ``Taken``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = _holder(folder)
                # A killed run's guard is still tidying up: that takes a moment, so wait for it.
                gone = holder is not None and not psutil.pid_exists(holder.pid)
                if time.monotonic() > until + (60 if gone else 0):
                    os.close(self.descriptor)
                    raise Taken(_taken(folder, holder)) from None
                time.sleep(0.1)
            else:
                return

    def say(self, running: Running) -> None:
        """Tell others who holds this home and at which address it serves."""
        path = self.folder / "running.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(running)))
        fresh.replace(path)

    def release(self) -> None:
        (self.folder / "running.json").unlink(missing_ok=True)
        os.close(self.descriptor)


def _holder(folder: Path) -> Running | None:
    try:
        return Running(**json.loads((folder / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _taken(folder: Path, holder: Running | None) -> str:
    who = f"process {holder.pid}" if holder else "another process"
    where = f" at {holder.address}" if holder and holder.address else ""
    return (
        f"Backcast is already running on {folder} ({who}{where}).\n"
        "Use that one, stop it first, or choose another folder with BACKCAST_HOME."
    )


def marked(folder: Path) -> dict[str, str]:
    """The environment of a child of this home's run."""
    return {**os.environ, "BACKCAST_HOME": str(folder), MARK: str(folder)}


def leftovers(folder: Path) -> list[psutil.Process]:
    """Processes that carry this home's mark, apart from ourselves."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(folder):
                found.append(process)
    return found


def end_leftovers(folder: Path, *, spare: frozenset[int] = frozenset()) -> int:
    """End what a killed run left running on this home (its database too); return how many.

    Only to be called by whoever holds the lock, so that nothing of a living run is touched.
    """
    found = [process for process in leftovers(folder) if process.pid not in spare]
    for process in found:
        _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(found, timeout=5)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)
    return len(found) + Cluster(folder / "postgres").end_orphan()


def _signal(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)


@contextlib.contextmanager
def serving() -> Iterator[bool]:
    """Have this home's database answer for the length of the block.

    Yields True where the embedded server was started for it (and is stopped afterwards), False
    where an outside server is named or a running Backcast already serves.
    """
    if not embedded():
        yield False
        return
    server = cluster()
    try:
        hold = Hold(home())
    except Taken:
        for _ in range(100):
            if server.answers():
                break
            time.sleep(0.1)
        else:
            raise EmbeddedError(
                f"Backcast is starting or stopping on {home()}, and its database does not answer"
                " yet. Try again in a moment."
            ) from None
        yield False
        return
    try:
        hold.say(Running(os.getpid()))
        end_leftovers(home())
        process = server.start()
        try:
            database_roles(server.url(SUPERUSER, "postgres"))
            yield True
        finally:
            server.stop(process)
    finally:
        hold.release()
