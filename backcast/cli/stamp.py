"""Remember that a home is prepared for exactly this code, so that the next start need not look.

The stamp lies with the embedded database, and names everything that preparing depends on. Whatever
works on the database from the command line takes it away.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from backcast.core.embedded import Cluster
from backcast.core.home import ROOT

_NAME = "prepared.json"


def fingerprint(home: Path) -> str:
    """Changes with any file of ours, the locked packages, the front end and what was asked for."""
    digest = hashlib.sha256()
    digest.update(f"{sys.version}|{os.environ.get('BACKCAST_REGION_SIZE', '')}|{home}".encode())
    files = sorted((ROOT / "backcast").rglob("*"))
    for path in [*files, ROOT / "requirements/base.txt", ROOT / "node_modules/.package-lock.json"]:
        if path.is_file() and path.suffix != ".pyc":
            status = path.stat()
            digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def read(home: Path, cluster: Cluster) -> list[list[str]] | None:
    """How to sign in, as the last preparation said; None where preparing is called for."""
    try:
        kept = json.loads((cluster.data.parent / _NAME).read_text())
        signs: list[list[str]] = kept["signs"]
        known = kept["fingerprint"] == fingerprint(home)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return signs if known and (home / "static" / ".collected").exists() else None


def write(home: Path, cluster: Cluster, signs: list[list[str]]) -> None:
    path = cluster.data.parent / _NAME
    path.write_text(json.dumps({"fingerprint": fingerprint(home), "signs": signs}))


def forget(cluster: Cluster) -> None:
    (cluster.data.parent / _NAME).unlink(missing_ok=True)
