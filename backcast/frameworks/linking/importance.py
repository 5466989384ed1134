"""How much a word counts in a text: how often it stands in a requirement, counted in postings."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_COUNTED = Path(__file__).with_name("weights") / "importance.json"
#: The share of a word that was never counted.
_UNSEEN = 0.35


@lru_cache(maxsize=1)
def _shares() -> dict[str, float]:
    found: dict[str, float] = json.loads(_COUNTED.read_text(encoding="utf-8"))
    return found


def importance(stems: list[str]) -> NDArray[np.float32]:
    """The square root of the share of its places in which each stem belongs to a requirement."""
    shares = _shares()
    return np.sqrt(np.array([shares.get(stem, _UNSEEN) for stem in stems], np.float32))
