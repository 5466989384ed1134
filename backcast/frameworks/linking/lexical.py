"""Which items share words with a text: BM25 over items, and how much of one name a text holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.core.text import fold
from backcast.frameworks.linking.importance import importance
from backcast.frameworks.linking.words import stems

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all names: how rare each is, how much it counts in a text.

    ``tokens[starts[i]:starts[i + 1]]`` are the words of name ``i``.
    """

    vocabulary: dict[str, int]
    idf: Floats
    importance: Floats
    starts: Ints
    tokens: Ints
    bm25: sparse.csr_array  # words × items


def build(names: Sequence[str], owner: Ints, extra: Sequence[str], items: int) -> Lexicon:
    """Read the names (``owner[i]`` is the item of name ``i``) and one more text for each item."""
    vocabulary: dict[str, int] = {}
    lists = [
        [vocabulary.setdefault(s, len(vocabulary)) for s in stems(name) or [fold(name)]]
        for name in names
    ]
    counts: list[Counter[int]] = [Counter() for _ in range(items)]
    for item, tokens in zip(owner, lists, strict=True):
        counts[item].update(set(tokens))
    for item, text in enumerate(extra):
        counts[item].update({vocabulary.setdefault(s, len(vocabulary)) for s in stems(text)})
    size = len(vocabulary)
    held = np.zeros(size, np.float32)
    for count in counts:
        held[list(count)] += 1
    idf = np.log1p((items - held + 0.5) / (held + 0.5)).astype(np.float32)
    lengths = np.array([sum(count.values()) for count in counts], np.float32)
    norm = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean() if items else 1), 1e-9))
    rows = np.concatenate([np.fromiter(c, np.int32, len(c)) for c in counts])
    columns = np.repeat(np.arange(items), [len(count) for count in counts])
    frequency = np.concatenate([np.fromiter(c.values(), np.float32, len(c)) for c in counts])
    values = idf[rows] * frequency * (_K1 + 1) / (frequency + norm[columns])
    return Lexicon(
        vocabulary,
        idf,
        importance(list(vocabulary)),
        np.cumsum([0, *map(len, lists)]).astype(np.int32),
        np.array([token for tokens in lists for token in tokens], np.int32),
        sparse.csr_array((values.astype(np.float32), (rows, columns)), shape=(size, items)),
    )


def query(lexicon: Lexicon, texts: Sequence[Sequence[str]]) -> sparse.csr_array:
    """Texts (as stems) × words, 1 where a text has a word that some name has."""
    known = [sorted({lexicon.vocabulary.get(s, -1) for s in text} - {-1}) for text in texts]
    starts = np.cumsum([0, *map(len, known)])
    columns = np.array([token for tokens in known for token in tokens], np.int32)
    return sparse.csr_array(
        (np.ones(len(columns), np.float32), columns, starts),
        shape=(len(texts), len(lexicon.idf)),
    )


def coverage(lexicon: Lexicon, names: Ints, present: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """For each name: which share of its words' weight is present, and how much weight that is."""
    begin, end = lexicon.starts[names], lexicon.starts[names + 1]
    length = end - begin
    total = int(length.sum())
    if total == 0:
        return np.zeros(len(names), np.float32), np.zeros(len(names), np.float32)
    offsets = np.cumsum(length) - length
    places = np.arange(total, dtype=np.int32) - np.repeat(offsets - begin, length)
    tokens = lexicon.tokens[places]
    weights = lexicon.idf[tokens]
    row = np.repeat(np.arange(len(names)), length)
    whole = np.bincount(row, weights, len(names)).astype(np.float32)
    found = np.bincount(row, weights * present[tokens], len(names)).astype(np.float32)
    return (found / np.maximum(whole, 1e-6)).astype(np.float32), found
