"""What linking takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["skills", "occupations"]
Mode = Literal["fast", "best"]


class LinkingError(Exception):
    """Something that a person can mend: a file that is no index, a folder that nobody knows."""


@dataclass(frozen=True, slots=True)
class Item:
    """A competency or occupation that text may be linked to, with every name it goes by.

    ``weight`` says how widespread it is (of how many occupations a skill is part, say).
    """

    id: str
    label: str
    alternates: tuple[str, ...] = ()
    description: str = ""
    kind: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """One suggestion: ``because`` holds the words of the text, then the name that they met."""

    label: str
    id: str
    score: float
    probability: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: ``text`` is ``whole[start:end]``, made plain."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said to a suggestion: does ``text`` mean the item ``id``?"""

    text: str
    id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Step:
    """How far the building of an index has come, 0 to 1."""

    name: str
    share: float
