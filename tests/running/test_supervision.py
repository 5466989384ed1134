"""Processes are kept running, shown on one screen and ended with all they started."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from backcast.core.supervision import Child, WillNotStart
from tests.running.runs import wait_for


class Screen:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.patience = 0.5
        child.stop()


def child(code: str, children: list[Child], **more: object) -> Child:
    made = Child("part", [sys.executable, "-u", "-c", code], dict(os.environ), **more)  # type: ignore[arg-type]
    children.append(made)
    return made


SLEEP = "import time; print('up'); time.sleep(600)"


def test_what_a_process_says_is_shown_with_its_name(screen: Screen, children: list[Child]) -> None:
    part = child("import sys; print('one'); print('two', file=sys.stderr)", children)
    part.start(screen)
    wait_for("both lines", lambda: screen.of("part") == ["one", "two"])


def test_a_process_that_is_killed_comes_back(screen: Screen, children: list[Child]) -> None:
    part = child(SLEEP, children)
    part.start(screen)
    wait_for("a first line", lambda: screen.of("part"))
    part.tend(screen)
    assert part.was_ready
    assert part.process is not None
    first = part.process.pid
    os.kill(first, signal.SIGKILL)

    def back() -> bool:
        part.tend(screen)
        return part.process is not None and part.process.pid != first

    wait_for("a new process", back)
    assert any("killed by SIGKILL" in line for line in screen.of("backcast"))


def test_what_a_killed_process_started_ends_with_it(screen: Screen, children: list[Child]) -> None:
    part = child(
        "import subprocess, sys, time;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid);"
        "time.sleep(600)",
        children,
    )
    part.start(screen)
    wait_for("the grandchild", lambda: screen.of("part"))
    grandchild = psutil.Process(int(screen.of("part")[0]))
    part.tend(screen)
    assert part.process is not None
    part.process.kill()

    def gone() -> bool:
        part.tend(screen)
        return not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE

    wait_for("the grandchild to end", gone)


def test_a_process_that_cannot_start_is_given_up(screen: Screen, children: list[Child]) -> None:
    part = child("raise SystemExit(7)", children, ready=lambda: False)
    part.start(screen)

    def tend_on() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            part._again_at = 0.0  # no need to wait for the back-off here
            part.tend(screen)
            time.sleep(0.01)

    with pytest.raises(WillNotStart, match=r"part ended 3 times while starting \(exit code 7\)"):
        tend_on()


def test_a_process_that_does_not_listen_is_ended_all_the_same(
    screen: Screen, children: list[Child]
) -> None:
    part = child(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf'); time.sleep(600)",
        children,
    )
    part.patience = 0.2
    part.start(screen)
    wait_for("a first line", lambda: screen.of("part"))
    assert part.process is not None
    pid = part.process.pid
    part.stop()
    assert not psutil.pid_exists(pid)
    assert part.process is None
