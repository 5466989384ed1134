"""From evidence to a score, and from a score to a probability.

A score is a weighted sum of the features; the weights, for each kind of item and each mode, are in
``weights/rank.json``, which ``bench/linking/fit.py`` writes. The probability that a suggestion is
right is a logistic function of its score and of how far it stays behind the best of its text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backcast.frameworks.linking.features import ENCODER, LEXICAL, MEANING
from backcast.frameworks.linking.items import Kind, Mode
from backcast.frameworks.linking.meaning import WEIGHTS

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the columns, and ``(constant, score, behind)`` of the logistic function."""

    weights: Floats
    logistic: tuple[float, float, float]

    def score(self, table: Floats) -> Floats:
        """The score of every row of features."""
        scores: Floats = table @ self.weights
        return scores

    def probability(self, scores: Floats, best: Floats) -> Floats:
        """How likely each is right; ``best`` is the highest score of the same text."""
        constant, slope, behind = self.logistic
        odds = np.clip(constant + slope * scores + behind * (best - scores), -30, 30)
        chances: Floats = (1 / (1 + np.exp(-odds))).astype(np.float32)
        return chances


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((WEIGHTS / "rank.json").read_text("utf-8"))
    return found


@lru_cache(maxsize=8)
def model(kind: Kind, mode: Mode) -> Model:
    """The weights for this kind of item in this mode."""
    kept: dict[str, float] = _file()[f"{kind}-{mode}"]  # type: ignore[assignment]
    columns = LEXICAL + MEANING + (ENCODER if mode == "best" else ())
    return Model(
        np.array([kept.get(name, 0.0) for name in columns], np.float32),
        (kept["constant"], kept["slope"], kept["behind"]),
    )
