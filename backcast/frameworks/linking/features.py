"""What speaks for each candidate: a row of numbers for every pair of a text and an item.

Everything is computed for a batch of texts at once. Names are compared word by word with the words
of the text, each weighted by how rare it is among the items and by how often such a word belongs to
a requirement at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from backcast.frameworks.linking.index import Index
from backcast.frameworks.linking.meaning import unit
from backcast.frameworks.linking.words import Word

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

#: The columns of a row, in order.
LEXICAL = (
    "bm25",  # BM25 over all names of the item, by the length of the text
    "share",  # share of the best name's weight that the text holds
    "found",  # weight of the words in common with the best name
    "whole",  # the text holds the whole name
    "close",  # how closely its words stand together
    "cosine",  # likeness of text and best name, both ways
    "votes",  # likeness of all names to the fifth power
    "label_share",  # share and weight as above, for the label
    "label_found",
    "is_label",  # the best name is the label
    "length",  # words of the best name
    "spread",  # how widespread the item is
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs ``(row, item)``, sorted by row, with what BM25 says of each."""

    row: Ints
    item: Ints
    bm25: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of the candidates, and the name of each that met the text best."""

    table: Floats
    name: Ints


def ragged(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """``begin[i] … begin[i] + count[i] - 1`` for all i in a row, and where each i starts there."""
    offsets = (np.cumsum(count) - count).astype(np.int32)
    places = np.arange(int(count.sum()), dtype=np.int32)
    return places + np.repeat(begin - offsets, count), offsets


def lexical_evidence(
    index: Index,
    texts: Sequence[Sequence[Word]],
    asked: sparse.csr_array,
    found: Candidates,
) -> Evidence:
    """Compare all names of all candidates with their texts. ``asked`` holds the words' weights."""
    lexicon = index.lexicon
    rows = len(texts)
    used = np.unique(asked.indices)
    column = np.zeros(len(lexicon.idf), np.int32)
    column[used] = np.arange(1, len(used) + 1)
    weight = np.zeros((rows, len(used) + 1), np.float32)
    place = np.zeros((rows, len(used) + 1), np.int32)
    row_of = np.repeat(np.arange(rows), np.diff(asked.indptr))
    weight[row_of, column[asked.indices]] = asked.data
    for number, words in enumerate(texts):
        for at in range(len(words) - 1, -1, -1):
            token = lexicon.vocabulary.get(words[at].stem)
            if token is not None:
                place[number, column[token]] = at
    length_of_text = np.sqrt(
        np.bincount(row_of, (asked.data * lexicon.idf[asked.indices]) ** 2, rows)
    )
    weight_of_text = np.bincount(row_of, asked.data * lexicon.idf[asked.indices], rows)

    first = index.first[found.item]
    names, by_item = ragged(first, index.first[found.item + 1] - first)
    counts = index.first[found.item + 1] - first
    start = lexicon.starts[names]
    length = lexicon.starts[names + 1] - start
    tokens_at, by_name = ragged(start, length)
    tokens = lexicon.tokens[tokens_at]
    row = np.repeat(np.repeat(found.row, counts), length)
    columns = column[tokens]
    idf = lexicon.idf[tokens]
    there = weight[row, columns]
    held = there > 0
    places = place[row, columns]
    whole = np.add.reduceat(idf, by_name)
    overlap = np.add.reduceat(idf * there, by_name)
    share = np.add.reduceat(idf * held, by_name) / whole
    squares = np.add.reduceat(idf * idf, by_name)
    dot = np.add.reduceat(idf * idf * there, by_name)
    last = np.maximum.reduceat(np.where(held, places, -1), by_name)
    begin = np.minimum.reduceat(np.where(held, places, 1 << 20), by_name)
    matched = np.add.reduceat(held.astype(np.int32), by_name)
    cosine = dot / np.maximum(np.sqrt(squares) * np.repeat(length_of_text[found.row], counts), 1e-6)
    good = share * np.sqrt(overlap) * (0.5 + 0.5 * share)
    # the best name of each item: the first that reaches the maximum
    best = np.maximum.reduceat(good, by_item)
    reaches = np.flatnonzero(good >= np.repeat(best, counts))
    group = np.repeat(np.arange(len(found.item)), counts)[reaches]
    name_at = reaches[np.unique(group, return_index=True)[1]]
    close = matched / np.maximum(last - begin + 1, matched).clip(1)
    table = np.stack(
        [
            found.bm25 / np.maximum(weight_of_text[found.row], 1.0),
            share[name_at],
            np.sqrt(overlap[name_at]),
            share[name_at] > 0.999,
            close[name_at],
            cosine[name_at],
            np.sqrt(np.add.reduceat(cosine**5, by_item)),
            share[by_item],
            np.sqrt(overlap[by_item]),
            name_at == by_item,
            np.log(length[name_at]),
            np.log1p(index.weights[found.item]),
        ],
        axis=1,
    ).astype(np.float32)
    return Evidence(table, names[name_at])


#: Further columns: what the word vectors and the encoder say.
MEANING = (
    "sense",  # the whole text beside the label
    "sense_part",  # the part of the text that comes nearest to the label
    "sense_item",  # the whole text beside all names and the description
    "sense_name",  # the whole text beside its nearest name
    "sense_name_part",  # the nearest part beside the nearest name
    "sense_votes",  # all names to the fifth power
)
ENCODER = (
    "encoded",  # as the first two, by the sentence encoder
    "encoded_part",
    "encoded_parts",  # the mean over all parts
)
_SIZES = (1, 2, 3, 4)


def parts(vectors: Floats) -> tuple[Floats, list[tuple[int, int]]]:
    """The whole text, then every few words that stand together, and which words these are."""
    count = len(vectors)
    sums = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), np.cumsum(vectors, axis=0)])
    rows, places = [sums[-1:]], [(0, count)]
    for size in _SIZES:
        if size < count:
            rows.append(sums[size:] - sums[:-size])
            places += [(at, at + size) for at in range(count - size + 1)]
    return unit(np.concatenate(rows)), places


def meaning_evidence(index: Index, texts: Sequence[Floats], found: Candidates) -> Floats:
    """Compare candidates with their texts by word vectors; ``texts`` are their ``parts``."""
    table = np.zeros((len(found.item), len(MEANING)), np.float32)
    starts = np.searchsorted(found.row, np.arange(len(texts) + 1))
    for row, text in enumerate(texts):
        here = slice(starts[row], starts[row + 1])
        item = found.item[here]
        if not len(item):
            continue
        first = index.first[item]
        names, by_item = ragged(first, index.first[item + 1] - first)
        alike = index.senses[names].astype(np.float32) @ text.T
        nearest = alike.max(axis=1)
        label = alike[by_item]
        table[here] = np.stack(
            [
                label[:, 0],
                label.max(axis=1),
                index.centres[item] @ text[0],
                np.maximum.reduceat(alike[:, 0], by_item),
                np.maximum.reduceat(nearest, by_item),
                np.sqrt(np.add.reduceat(nearest.clip(0) ** 5, by_item)),
            ],
            axis=1,
        )
    return table


def encoder_evidence(index: Index, texts: Sequence[Floats], found: Candidates) -> Floats:
    """Compare candidates with their texts by the encoder; ``texts`` are its passages."""
    table = np.zeros((len(found.item), len(ENCODER)), np.float32)
    starts = np.searchsorted(found.row, np.arange(len(texts) + 1))
    for row, text in enumerate(texts):
        here = slice(starts[row], starts[row + 1])
        alike = index.encoded[found.item[here]] @ text.T
        if len(alike):
            table[here] = np.stack([alike[:, 0], alike.max(axis=1), alike.mean(axis=1)], axis=1)
    return table
