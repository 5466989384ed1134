"""Sentence encoders: what turns a text into vectors whose neighbours mean the like.

Anything with the three members of ``Encoder`` may take MiniLM's place: hand it to ``Index.build``
and to ``link``. An index remembers the name of its encoder and refuses another.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from backcast.frameworks.linking.meaning import WEIGHTS, unit, vocabulary

Floats = NDArray[np.float32]

#: Another name for other weights: an index made with these must be made again.
NAME = "backcast-minilm-1"
#: The pieces with which a text begins and ends.
CLS, SEP = 101, 102
_LONGEST_NAME, LONGEST = 48, 128
_BATCH = 32
#: How many pieces the windows over a text hold.
WINDOWS = (1, 2, 3, 4, 6, 8)


class Encoder(Protocol):
    """Any encoder that linking can use. All rows it gives have length one."""

    @property
    def name(self) -> str:
        """Says which weights these are; vectors of two names are never compared."""

    def names(self, texts: Sequence[str]) -> Floats:
        """One row for each short text: what an item is called."""

    def passages(self, texts: Sequence[str]) -> list[Floats]:
        """For each text one or more rows: first the whole, then parts of it, if the encoder can."""


class MiniLM:
    """all-MiniLM-L6-v2, or weights taught from it, out of a file; nothing is downloaded."""

    def __init__(self, path: Path, name: str, threads: int) -> None:
        import onnxruntime

        self.name = name
        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    def names(self, texts: Sequence[str]) -> Floats:
        """The mean of the pieces' vectors."""
        found = np.zeros((len(texts), 384), np.float32)
        for places, states, lengths in self._states(texts, _LONGEST_NAME):
            for row, place in enumerate(places):
                found[place] = states[row, : lengths[row]].mean(axis=0)
        return unit(found)

    def passages(self, texts: Sequence[str]) -> list[Floats]:
        """The mean of all pieces, then of every few that stand together."""
        found: list[Floats] = [np.zeros((1, 384), np.float32)] * len(texts)
        for places, states, lengths in self._states(texts, LONGEST):
            for row, place in enumerate(places):
                found[place] = unit(_windows(states[row, : lengths[row]]))
        return found

    def _states(self, texts: Sequence[str], longest: int) -> Any:
        """Batches of texts of like length: their places, their vectors by piece, their lengths."""
        pieces = [[CLS, *vocabulary().text(text, longest - 2), SEP] for text in texts]
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            lengths = [len(pieces[place]) for place in places]
            numbers = np.zeros((len(places), max(lengths)), np.int64)
            for row, place in enumerate(places):
                numbers[row, : lengths[row]] = pieces[place]
            there = (np.arange(numbers.shape[1]) < np.array(lengths)[:, None]).astype(np.int64)
            [states] = self._session.run(
                None,
                {
                    "input_ids": numbers,
                    "attention_mask": there,
                    "token_type_ids": np.zeros_like(numbers),
                },
            )
            yield places, states, lengths


def _windows(states: Floats) -> Floats:
    inner = states[1:-1]
    sums = np.concatenate([np.zeros((1, states.shape[1]), np.float32), np.cumsum(inner, axis=0)])
    parts = [(sums[size:] - sums[:-size]) for size in WINDOWS if size < len(inner)]
    return np.concatenate([states.sum(axis=0, keepdims=True), *parts])


@lru_cache(maxsize=1)
def default() -> Encoder:
    """The weights that come with Backcast; ``bench/linking/tune.py`` makes them."""
    return MiniLM(WEIGHTS / "encoder.onnx", NAME, threads=min(2, os.cpu_count() or 1))
