"""Keep a few processes running in the foreground: start, watch, restart, stop; logs on one screen.

Knows nothing of what the processes do. Each is the leader of a session of its own, so that Ctrl-C
reaches the supervisor alone, and so that whatever a killed one leaves behind can be ended with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Say = Callable[[str, str], None]
"""``say(name, line)`` shows one line of the process with this name."""

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
#: Having run for so long, a process that ends is restarted without delay again.
_SETTLED = 60.0
#: A process that ends so often without ever having been ready will not come up by trying again.
_TRIES = 3


class WillNotStart(RuntimeError):
    """A process ended again and again while starting; its last lines are on the screen."""


@dataclass
class Child:
    """A process to keep running. ``ready`` tells whether it does its work yet."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    #: How long it may take to end when asked to, in seconds.
    patience: float = 20.0
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    was_ready: bool = field(default=False, init=False)
    _started: float = field(default=0.0, init=False)
    _wait: float = field(default=_FIRST_WAIT, init=False)
    _again_at: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)
    _reader: threading.Thread | None = field(default=None, init=False)

    def start(self, say: Say) -> None:
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            start_new_session=True,
        )
        self._started = time.monotonic()
        self._reader = threading.Thread(
            target=_relay, args=(self.process, self.name, say), daemon=True
        )
        self._reader.start()

    def tend(self, say: Say) -> None:
        """See how the process fares; restart it when it has ended and its wait is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._again_at:
                say("backcast", f"starting {self.name} again")
                self.start(say)
            return
        if _ended(self.process.pid):
            self._bury(say, now)
        elif not self.was_ready and self.ready():
            self.was_ready = True
        elif now - self._started > _SETTLED:
            self._wait = _FIRST_WAIT

    def _bury(self, say: Say, now: float) -> None:
        assert self.process is not None
        end_session(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        if not self.was_ready:
            self._failures += 1
            if self._failures >= _TRIES:
                raise WillNotStart(
                    f"{self.name} ended {self._failures} times while starting"
                    f" ({_how(code)}). Its last lines above say why."
                )
        say("backcast", f"{self.name} ended ({_how(code)}); again in {self._wait:g} s")
        self._again_at = now + self._wait
        self._wait = min(self._wait * 2, _LONGEST_WAIT)

    def stop(self) -> None:
        """Ask the process to end, wait as long as it may take, then insist."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        end_session(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._reader:
            self._reader.join(2)
        self.process = None


def _ended(pid: int) -> bool:
    """Has our child ended? Leaves it unreaped, so that its number cannot be given away yet."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def end_session(leader: int, number: int) -> None:
    """Signal the whole process group of a leader that has not been reaped yet."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _how(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _relay(process: subprocess.Popen[str], name: str, say: Say) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            say(name, line.rstrip("\n"))
