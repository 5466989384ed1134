"""Link texts to the items of an index: find candidates, weigh the evidence, say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.frameworks.linking import features, lexical
from backcast.frameworks.linking.encoder import Encoder, default
from backcast.frameworks.linking.features import Candidates, Floats, Ints
from backcast.frameworks.linking.index import Index
from backcast.frameworks.linking.items import LinkingError, Match, Mode
from backcast.frameworks.linking.meaning import meaning
from backcast.frameworks.linking.memory import Memory
from backcast.frameworks.linking.rank import model
from backcast.frameworks.linking.spans import is_long, spans
from backcast.frameworks.linking.words import Word, words


class Proposed(NamedTuple):
    """How many items each way of looking proposes for a text."""

    words: int = 40
    meaning: int = 40
    parts: int = 30
    encoder: int = 30


#: Fewer are faster; ``bench/linking`` prints what they cost.
PROPOSED = Proposed()
#: Parts of a text by which the encoder proposes.
_MOST_PARTS = 16
#: Items with many names take long to compare, so fewer of them are proposed.
_NAMES, _FEWEST = 10, 0.4
_CHUNK = 16
#: Texts worked on at a time; what memory needs does not depend on how many there are.
BATCH = 64


@dataclass(frozen=True, slots=True)
class _Batch:
    """Texts read: words, their weights, their parts as word vectors, the encoder's passages."""

    words: list[list[Word]]
    asked: sparse.csr_array
    parts: list[Floats]
    places: list[list[tuple[int, int]]]
    passages: list[Floats]


def link(
    index: Index,
    texts: Sequence[str],
    top: int = 10,
    mode: Mode = "best",
    memory: Memory | None = None,
    encoder: Encoder | None = None,
) -> list[list[Match]]:
    """The ``top`` items that each text most likely means, the likeliest first.

    A long text is cut into spans first; an item counts with the span that speaks for it most.
    """
    return [matches for _, matches in stream(index, texts, top, mode, memory, encoder)]


def stream(
    index: Index,
    texts: Iterable[str],
    top: int = 10,
    mode: Mode = "best",
    memory: Memory | None = None,
    encoder: Encoder | None = None,
) -> Iterator[tuple[str, list[Match]]]:
    """Each text with its matches, in order, at bounded memory however many there are."""
    if mode == "best":
        encoder = encoder or default()
        if encoder.name != index.encoder:
            raise LinkingError(
                f"The index was made with the encoder {index.encoder}, not with {encoder.name}. "
                "Make it again with this one, or use the mode “fast”."
            )
    waiting = iter(texts)
    while batch := list(islice(waiting, BATCH)):
        pieces: list[str] = []
        counts = []
        for text in batch:
            cut = list(dict.fromkeys(s.text for s in spans(text))) if is_long(text) else [text]
            pieces += cut
            counts.append(len(cut))
        found = (
            matches
            for start in range(0, len(pieces), BATCH)
            for matches in _linked(
                index,
                pieces[start : start + BATCH],
                top,
                mode,
                memory,
                encoder if mode == "best" else None,
            )
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


def evidence(
    index: Index,
    texts: Sequence[str],
    encoder: Encoder | None,
    more: Sequence[Iterable[int]] | None = None,
) -> tuple[Candidates, Floats, Ints, list[list[Word]], list[list[tuple[int, int]]], list[Floats]]:
    """Candidates of every text (``more`` names further ones) and what speaks for each."""
    batch = _read(index, texts, encoder)
    found = _candidates(index, batch, more)
    if not len(found.item):
        columns = len(features.LEXICAL) + len(features.MEANING)
        columns += len(features.ENCODER) if encoder else 0
        empty = np.zeros((0, columns), np.float32)
        return found, empty, np.zeros(0, np.int32), batch.words, batch.places, batch.parts
    by_words = features.lexical_evidence(index, batch.words, batch.asked, found)
    tables = [by_words.table, features.meaning_evidence(index, batch.parts, found)]
    if encoder:
        tables.append(features.encoder_evidence(index, batch.passages, found))
    table = np.concatenate(tables, axis=1)
    return found, table, by_words.name, batch.words, batch.places, batch.parts


def _read(index: Index, texts: Sequence[str], encoder: Encoder | None) -> _Batch:
    read = [words(text) for text in texts]
    asked = lexical.query(index.lexicon, [[word.stem for word in each] for each in read])
    asked.data = index.lexicon.importance[asked.indices]
    sense = meaning()
    numbers = sense.words([word.low for each in read for word in each])
    vectors = sense.table[numbers]
    starts = np.cumsum([0, *map(len, read)])
    pairs = [features.parts(vectors[begin:end]) for begin, end in pairwise(starts)]
    full = [place for place, each in enumerate(read) if each]
    passages: list[Floats] = [np.zeros((1, index.encoded.shape[1]), np.float32)] * len(texts)
    if encoder and full:
        rows = encoder.passages([texts[place] for place in full])
        for place, row in zip(full, rows, strict=True):
            passages[place] = row
    return _Batch(read, asked, [p for p, _ in pairs], [p for _, p in pairs], passages)


def _candidates(index: Index, batch: _Batch, more: Sequence[Iterable[int]] | None) -> Candidates:
    by_words = sparse.csr_array(batch.asked @ index.lexicon.bm25)
    whole = np.stack([part[0] for part in batch.parts])
    by_meaning = whole @ index.centres.T
    rows: list[Ints] = []
    items: list[Ints] = []
    scores: list[Floats] = []
    dense = np.zeros(len(index), np.float32)
    count = len(batch.words)
    labels = index.labels.T
    encoded = None
    if PROPOSED.encoder and any(len(each) > 1 or each.any() for each in batch.passages):
        encoded = index.encoded.T
    by_parts = by_encoder = np.zeros((0, 0), np.float32)
    share = min(1.0, max(_FEWEST, _NAMES * len(index) / len(index.names)))
    most = Proposed(*(round(share * each) for each in PROPOSED))
    for row, text in enumerate(batch.words):
        if row % _CHUNK == 0:
            some = slice(row, row + _CHUNK)
            by_parts = _nearest([_short(batch, at) for at in range(*some.indices(count))], labels)
            if encoded is not None:
                passages = [_some(each) for each in batch.passages[some]]
                by_encoder = _nearest(passages, encoded)
        if not text:
            continue
        part = slice(by_words.indptr[row], by_words.indptr[row + 1])
        here, bm25 = by_words.indices[part], by_words.data[part]
        proposed: list[NDArray[Any]] = [
            here[_highest(bm25, most.words)],
            _highest(by_meaning[row], most.meaning),
            _highest(by_parts[row % _CHUNK], most.parts),
        ]
        if encoded is not None:
            proposed.append(_highest(by_encoder[row % _CHUNK], most.encoder))
        if more is not None:
            proposed.append(np.array(list(more[row]), np.int64))
        item = np.unique(np.concatenate(proposed)).astype(np.int32)
        dense[here] = bm25
        rows.append(np.full(len(item), row, np.int32))
        items.append(item)
        scores.append(dense[item])
        dense[here] = 0
    if not rows:
        none = np.zeros(0, np.int32)
        return Candidates(none, none, np.zeros(0, np.float32))
    return Candidates(np.concatenate(rows), np.concatenate(items), np.concatenate(scores))


def _short(batch: _Batch, row: int) -> Floats:
    """The whole text and its parts of three words."""
    size = min(3, len(batch.words[row]))
    places = batch.places[row]
    return batch.parts[row][[at for at, (a, b) in enumerate(places) if not at or b - a == size]]


def _some(passages: Floats) -> Floats:
    return passages[:: -(-len(passages) // _MOST_PARTS)]


def _nearest(texts: list[Floats], items: Floats) -> Floats:
    """Texts × items: how near the nearest part of each text comes."""
    starts = np.cumsum([0, *(len(each) for each in texts[:-1])])
    found: Floats = np.maximum.reduceat(np.concatenate(texts) @ items, starts, axis=0)
    return found


def _highest(scores: Floats, count: int) -> NDArray[np.int64]:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]


def _linked(
    index: Index,
    texts: list[str],
    top: int,
    mode: Mode,
    memory: Memory | None,
    encoder: Encoder | None,
) -> list[list[Match]]:
    recalled = memory.recall(index, texts) if memory else [{} for _ in texts]
    found, table, name, read, places, parts = evidence(index, texts, encoder, recalled)
    weighing = model(index.kind, mode)
    scores = weighing.score(table)
    if memory:
        added = [
            recalled[row].get(int(item), 0.0)
            for row, item in zip(found.row, found.item, strict=True)
        ]
        scores = scores + np.array(added, np.float32)
    starts = np.searchsorted(found.row, np.arange(len(texts) + 1))
    answers = []
    for row, text in enumerate(texts):
        here = slice(starts[row], starts[row + 1])
        item, score = found.item[here], scores[here]
        order = np.lexsort((item, -score))[:top]
        probability = weighing.probability(score, score.max(initial=-1e9))
        answers.append(
            [
                Match(
                    index.label(item[at]),
                    index.ids[item[at]],
                    float(score[at]),
                    float(probability[at]),
                    _because(
                        index,
                        text,
                        read[row],
                        places[row],
                        parts[row],
                        int(item[at]),
                        int(name[here][at]),
                    ),
                )
                for at in order
            ]
        )
    return answers


def _because(
    index: Index,
    text: str,
    read: list[Word],
    places: list[tuple[int, int]],
    parts: Floats,
    item: int,
    name: int,
) -> tuple[str, ...]:
    """The words in common with the name; where there are none, those that come nearest in meaning."""
    lexicon = index.lexicon
    tokens = set(lexicon.tokens[lexicon.starts[name] : lexicon.starts[name + 1]].tolist())
    known = lexicon.vocabulary
    shared = dict.fromkeys(text[w.start : w.end] for w in read if known.get(w.stem) in tokens)
    if shared:
        return (*shared, index.names[name])
    own = slice(index.first[item], index.first[item + 1])
    alike = index.senses[own].astype(np.float32) @ parts.T
    nearest, part = np.unravel_index(int(alike.argmax()), alike.shape)
    begin, end = places[int(part)]
    said = (text[word.start : word.end] for word in read[begin:end])
    return (*said, index.names[own.start + int(nearest)])
