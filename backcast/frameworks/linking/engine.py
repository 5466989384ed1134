"""Link texts to the items of an index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from backcast.frameworks.linking import lexical
from backcast.frameworks.linking.index import Index
from backcast.frameworks.linking.items import Match, Mode
from backcast.frameworks.linking.memory import Memory
from backcast.frameworks.linking.spans import is_long, spans
from backcast.frameworks.linking.words import Word, words

#: How many items are looked at closely for each text.
_NEAR = 100
#: Texts worked on at a time; what memory needs does not depend on how many there are.
BATCH = 128


def link(
    index: Index,
    texts: Sequence[str],
    top: int = 10,
    mode: Mode = "best",
    memory: Memory | None = None,
) -> list[list[Match]]:
    """The ``top`` items that each text most likely means, the likeliest first.

    A long text is cut into spans first; an item counts with the span that speaks for it most.
    """
    return [matches for _, matches in stream(index, texts, top, mode, memory)]


def stream(
    index: Index,
    texts: Iterable[str],
    top: int = 10,
    mode: Mode = "best",
    memory: Memory | None = None,
) -> Iterator[tuple[str, list[Match]]]:
    """Each text with its matches, in order, at bounded memory however many there are."""
    waiting = iter(texts)
    while batch := list(islice(waiting, BATCH)):
        pieces: list[str] = []
        counts = []
        for text in batch:
            parts = [span.text for span in spans(text)] if is_long(text) else [text]
            pieces += parts
            counts.append(len(parts))
        found = (
            matches
            for start in range(0, len(pieces), BATCH)
            for matches in _linked(index, pieces[start : start + BATCH], top, mode, memory)
        )
        for text, count in zip(batch, counts, strict=True):
            yield text, _merged(list(islice(found, count)), top)


def _merged(parts: list[list[Match]], top: int) -> list[Match]:
    if len(parts) == 1:
        return parts[0]
    best: dict[str, Match] = {}
    for match in (match for matches in parts for match in matches):
        if match.id not in best or match.score > best[match.id].score:
            best[match.id] = match
    return sorted(best.values(), key=lambda match: -match.score)[:top]


def _linked(
    index: Index, texts: list[str], top: int, mode: Mode, memory: Memory | None
) -> list[list[Match]]:
    found = [words(text) for text in texts]
    asked = lexical.query(index.lexicon, [[word.stem for word in each] for each in found])
    scores = (asked @ index.lexicon.bm25).tocsr()
    recalled = memory.recall(index, texts) if memory else [{} for _ in texts]
    present = np.zeros(len(index.lexicon.idf), bool)
    answers = []
    for row, text in enumerate(texts):
        part = slice(scores.indptr[row], scores.indptr[row + 1])
        items, bm25 = scores.indices[part], scores.data[part]
        if len(items) > _NEAR:
            near = np.argpartition(-bm25, _NEAR)[:_NEAR]
            items, bm25 = items[near], bm25[near]
        extra = [item for item in recalled[row] if item not in set(items.tolist())]
        items = np.concatenate([items, np.array(extra, items.dtype)])
        bm25 = np.concatenate([bm25, np.zeros(len(extra), bm25.dtype)])
        tokens = asked.indices[asked.indptr[row] : asked.indptr[row + 1]]
        present[tokens] = True
        answers.append(_ranked(index, text, found[row], items, bm25, present, recalled[row], top))
        present[tokens] = False
    return answers


def _ranked(
    index: Index,
    text: str,
    found: list[Word],
    items: np.ndarray,
    bm25: np.ndarray,
    present: np.ndarray,
    recalled: dict[int, float],
    top: int,
) -> list[Match]:
    if not len(items):
        return []
    begin, count = index.first[items], index.first[items + 1] - index.first[items]
    offsets = np.cumsum(count) - count
    names = np.arange(count.sum(), dtype=np.int32) - np.repeat(offsets - begin, count)
    share, weight = lexical.coverage(index.lexicon, names, present)
    good = share * np.sqrt(weight)
    best = np.maximum.reduceat(good, offsets)
    score = 1.2 * best + 0.05 * bm25 - 5.0
    score += [recalled.get(int(item), 0.0) for item in items]
    order = np.lexsort((items, -score))[:top]
    answers = []
    for place in order:
        item = int(items[place])
        name = names[
            offsets[place] + int(good[offsets[place] : offsets[place] + count[place]].argmax())
        ]
        mine = index.lexicon.tokens[index.lexicon.starts[name] : index.lexicon.starts[name + 1]]
        because = _because(index, text, found, set(mine.tolist()), index.names[name])
        value = float(score[place])
        answers.append(
            Match(index.label(item), index.ids[item], value, 1 / (1 + math.exp(-value)), because)
        )
    return answers


def _because(
    index: Index, text: str, found: list[Word], tokens: set[int], name: str
) -> tuple[str, ...]:
    known = index.lexicon.vocabulary
    shared = dict.fromkeys(
        text[word.start : word.end] for word in found if known.get(word.stem) in tokens
    )
    return (*shared, name)
