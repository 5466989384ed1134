"""The guard of a run: outlives a runner that was killed, just long enough to end its children.

``python -m backcast.core.guard HOME PIPE`` reads from a pipe that only the runner writes to. A
word means that the runner has ended everything itself; a bare end of the pipe means that it was
killed. The guard inherits the lock on the home, so that no new run starts in between.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from backcast.core.home import end_leftovers

DONE = b"done"


def watch(folder: Path, pipe: int) -> None:
    """Return when the runner has ended well, or after tidying up behind it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if os.read(pipe, len(DONE)) != DONE:
        end_leftovers(folder)
        (folder / "running.json").unlink(missing_ok=True)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]))
