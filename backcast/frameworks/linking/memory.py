"""Decisions that people made, as a help for the next ranking.

A text like one whose suggestion was accepted speaks for that item, a text like one whose suggestion
was rejected against it. Likeness is the cosine of the words, weighted by how rare they are, to the
second power: the nearest earlier texts count, distant ones hardly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from backcast.frameworks.linking.index import Index
from backcast.frameworks.linking.items import Decision
from backcast.frameworks.linking.lexical import query
from backcast.frameworks.linking.words import stems

#: What a decision on the very same text adds to the score or takes from it.
WEIGHT = 14.0
#: Less alike than this does not count.
_LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Memory:
    """Earlier texts as weighted words, and what was said of each: item number → votes."""

    texts: sparse.csr_array
    votes: list[dict[int, float]]

    @classmethod
    def learn(cls, index: Index, decisions: Iterable[Decision]) -> Memory:
        """Later decisions on the same text and item replace earlier ones; unknown ids are passed over."""
        numbers = {id: number for number, id in enumerate(index.ids)}
        found: dict[str, dict[int, float]] = defaultdict(dict)
        for each in decisions:
            if each.id in numbers:
                found[" ".join(each.text.split())][numbers[each.id]] = (
                    1.0 if each.accepted else -1.0
                )
        return cls(_weighted(index, list(found)), list(found.values()))

    def recall(self, index: Index, texts: list[str]) -> list[dict[int, float]]:
        """For each text: item number → what to add to its score."""
        if not self.votes:
            return [{} for _ in texts]
        alike = sparse.csr_array(_weighted(index, texts) @ self.texts.T)
        answers = []
        for row in range(len(texts)):
            sums: dict[int, float] = defaultdict(float)
            part = slice(alike.indptr[row], alike.indptr[row + 1])
            for past, cosine in zip(alike.indices[part], alike.data[part], strict=True):
                if cosine >= _LEAST:
                    for item, vote in self.votes[past].items():
                        sums[item] += vote * float(cosine) ** 2
            answers.append({item: WEIGHT * float(np.tanh(total)) for item, total in sums.items()})
        return answers


def _weighted(index: Index, texts: list[str]) -> sparse.csr_array:
    """Texts × words, each row of length one."""
    found = query(index.lexicon, [stems(text) for text in texts])
    found.data = index.lexicon.idf[found.indices]
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    found.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(found.indptr))
    return found
