"""Rank what a search has found: which thing do the words most likely mean?

Pure: texts in, scores out. Two views of likeness are averaged: trigrams of letters, which forgive
spelling, and whole words weighted by how rare they are (inverse document frequency), which know
that “phlebotomy” says more than “technician”. An occupation has many titles; each that is like the
query votes for it with its likeness to the fifth power, so that a few close titles outweigh many
distant ones. On reported titles taken out of the index this put the right occupation first in 62 of
100 cases and among the first five in 82, against 51 and 80 for the best single title.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

_POWER = 5
#: What a title that *is* the query counts beyond its vote.
EXACT = 3.0
#: How much a word counts that only begins like the word being typed.
_BEGINNING = 0.8
#: Separates a title from its abbreviation in a folded column.
BAR = "|"


@dataclass(frozen=True, slots=True)
class Scored(Generic[Key]):
    """A thing, its score, and the text that spoke for it most."""

    key: Key
    score: float
    text: str


class Words:
    """How rare each word is among ``texts``."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        self.texts = 0
        for text in texts:
            self.texts += 1
            counts.update(set(stems(text.replace(BAR, " "))))
        self.counts = counts

    def weight(self, word: str) -> float:
        """Inverse document frequency; a word never seen weighs most."""
        return math.log(1 + (self.texts + 1) / (self.counts[word] + 1))


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """The words of a folded text without plural endings.

    >>> stems("nursing aides and secretaries")
    ('nursing', 'aide', 'and', 'secretary')
    """
    return tuple(map(_stem, text.split()))


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@lru_cache(maxsize=8192)
def trigrams(text: str) -> frozenset[str]:
    """Three-letter pieces of each word, padded as PostgreSQL's pg_trgm pads them."""
    pieces: set[str] = set()
    for word in text.split():
        padded = f"  {word} "
        pieces.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return frozenset(pieces)


def likeness(query: str, text: str, words: Words) -> float:
    """How alike two folded texts are, 0 to 1; the last word of the query may be unfinished."""
    mine, other = trigrams(query), trigrams(text)
    shared = len(mine & other)
    letters = shared / (len(mine) + len(other) - shared) if shared else 0.0
    return (letters + _by_words(stems(query), stems(text), words)) / 2


def _by_words(query: Sequence[str], text: Sequence[str], words: Words) -> float:
    if not query or not text:
        return 0.0
    there = set(text)
    weights = {word: words.weight(word) ** 2 for word in {*query, *text}}
    found = sum(weights[word] for word in set(query) & there)
    last = query[-1]
    if last not in there and any(word.startswith(last) for word in text):
        found += _BEGINNING * min(
            weights[last], max(weights[word] for word in text if word.startswith(last))
        )
    lengths = sum(weights[w] for w in set(query)) * sum(weights[w] for w in there)
    return min(1.0, found / math.sqrt(lengths))


def rank(
    query: str,
    candidates: Iterable[tuple[Key, str, float]],
    words: Words,
    *,
    vote: bool = True,
) -> list[Scored[Key]]:
    """Order what was found. ``candidates`` are ``(key, folded text, weight)``.

    With ``vote`` all texts of a key count together; without, its best one. Ties keep the order in
    which keys were first given, so equal input gives equal output.
    """
    scores: dict[Key, float] = {}
    best: dict[Key, tuple[float, str]] = {}
    for key, text, weight in candidates:
        variants = text.split(BAR)
        alike = max(likeness(query, variant, words) for variant in variants)
        exact = query in variants or text.replace(BAR, " ") == query
        score = weight * (alike**_POWER + (EXACT if exact else 0.0))
        scores[key] = scores.get(key, 0.0) + score if vote else max(scores.get(key, 0.0), score)
        if score > best.get(key, (-1.0, ""))[0]:
            best[key] = (score, text)
    order = sorted(scores, key=lambda key: -scores[key])
    return [Scored(key, scores[key], best[key][1]) for key in order]


def no_words() -> Words:
    """For lists too short to know which words are rare: all weigh the same."""
    return Words(())
