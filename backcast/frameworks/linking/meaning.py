"""Word vectors of our own: a text means the sum of what its words mean.

The vectors started as those that MiniLM gives to single word pieces and were then taught, on names
and descriptions of skills and occupations, which texts mean the same. Their lengths say how much a
word matters. ``docs/methods/linking.md`` tells from what; ``bench/linking/train.py`` does it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.frameworks.linking.wordpiece import WordPiece

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights")
_MOST_PIECES = 8
_MOST_WORDS = 60_000


class Meaning:
    """Vectors of words, put together from those of their pieces and remembered."""

    def __init__(self, pieces: WordPiece, matrix: NDArray[np.int8], scale: Floats) -> None:
        self.pieces, self.matrix, self.scale = pieces, matrix, scale.astype(np.float32)
        self.size = matrix.shape[1]
        self._rows: dict[str, int] = {}
        self._known = np.zeros((1024, self.size), np.float32)

    def words(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Where the vectors of ``words`` stand in ``self.table``."""
        if len(self._rows) > _MOST_WORDS:
            self._rows.clear()
        rows = self._rows
        for word in words:
            if word not in rows:
                if len(rows) == len(self._known):
                    self._known = np.concatenate([self._known, np.zeros_like(self._known)])
                self._known[len(rows)] = self._word(word)
                rows[word] = len(rows)
        return np.array([rows[word] for word in words], np.int64)

    @property
    def table(self) -> Floats:
        """The vectors of all words met so far."""
        return self._known

    def _word(self, word: str) -> Floats:
        numbers = self.pieces.text(word, _MOST_PIECES)
        vector: Floats = (self.matrix[numbers] * self.scale[numbers, None]).sum(axis=0)
        return vector

    def texts(self, texts: Sequence[Sequence[str]]) -> Floats:
        """One row of length one for each text, given as its words; zero where it has none."""
        numbers = self.words([word for words in texts for word in words])
        starts = np.cumsum([0, *map(len, texts)])
        ones = np.ones(len(numbers), np.float32)
        sums = sparse.csr_array((ones, numbers, starts), shape=(len(texts), len(self.table)))
        return unit(np.asarray(sums @ self.table))


def unit(rows: Floats) -> Floats:
    """Rows of length one; a row of zeros stays."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    found: Floats = rows / np.maximum(lengths, 1e-9)[:, None]
    return found


@lru_cache(maxsize=1)
def vocabulary() -> WordPiece:
    """The pieces that MiniLM knows."""
    return WordPiece((WEIGHTS / "pieces.txt").read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def meaning() -> Meaning:
    """The vectors that come with Backcast."""
    with np.load(WEIGHTS / "words.npz", allow_pickle=False) as file:
        return Meaning(vocabulary(), file["matrix"], file["scale"])
