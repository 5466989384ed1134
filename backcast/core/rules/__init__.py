"""Dated rules of law and policy: each with the day it holds from, its source, and whether it was verified.

A rule is a list in ``NAME.yaml``. The entry in force on a day is the last that begins by then, so
that what was made earlier is judged by the rules of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as it holds from a day on; ``values`` are its figures by name."""

    since: date
    source: str
    verified: bool
    values: Mapping[str, Any]


@cache
def entries(name: str, rule: str) -> tuple[Entry, ...]:
    """Every entry of ``rule`` in ``NAME.yaml``, the oldest first."""
    read = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text())[rule]
    found = []
    for row in read:
        values = dict(row)
        since, source = values.pop("from"), values.pop("source")
        found.append(Entry(since, source, values.pop("verified"), values))
    return tuple(sorted(found, key=lambda entry: entry.since))


def in_force(name: str, rule: str, day: date) -> Entry:
    """The entry that holds on ``day``; the first one for days before any."""
    known = entries(name, rule)
    held = [entry for entry in known if entry.since <= day]
    return held[-1] if held else known[0]
