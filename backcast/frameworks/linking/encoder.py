"""Sentence encoders: what turns a text into a vector whose neighbours mean the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """Any encoder that linking can use. An index remembers ``name`` and asks for the same again."""

    @property
    def name(self) -> str:
        """Says which weights these are; vectors of two names are never compared."""

    @property
    def size(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length one for each text."""
