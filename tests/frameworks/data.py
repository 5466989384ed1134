"""Where the public data is, for tests marked ``data``."""

from __future__ import annotations

import os
from pathlib import Path


def public(name: str) -> Path:
    """A file or folder of the public data; such tests are skipped where it is not set."""
    return Path(os.environ["BACKCAST_DATA"]) / name
