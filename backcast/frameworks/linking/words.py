"""Words as linking compares them: without case, accents and endings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from backcast.core.text import fold

_WORD = re.compile(r"\.net\b|[^\W_]+(?:[+#]+|(?:[.’'][^\W_]+)*)")
_STEMMER = snowballstemmer.stemmer("english")

#: Words that say nothing about what is asked for.
STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "do",
        "does",
        "etc",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "if",
        "in",
        "including",
        "into",
        "is",
        "it",
        "its",
        "like",
        "may",
        "me",
        "more",
        "most",
        "must",
        "my",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "other",
        "our",
        "own",
        "per",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "up",
        "upon",
        "us",
        "very",
        "via",
        "was",
        "we",
        "well",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "will",
        "with",
        "within",
        "would",
        "you",
        "your",
        "yourself",
        "ability",
        "able",
        "apply",
        "candidate",
        "excellent",
        "experience",
        "experienced",
        "familiar",
        "familiarity",
        "good",
        "great",
        "ideal",
        "in-depth",
        "including",
        "job",
        "knowledge",
        "level",
        "looking",
        "minimum",
        "plus",
        "position",
        "preferred",
        "proficiency",
        "proficient",
        "proven",
        "qualification",
        "qualifications",
        "required",
        "requirement",
        "requirements",
        "requires",
        "responsibilities",
        "role",
        "skill",
        "skills",
        "skilled",
        "solid",
        "strong",
        "understanding",
        "year",
        "years",
    ]
)


class Word(NamedTuple):
    """A word of a text: its stem, itself in lower case, where it stands."""

    stem: str
    low: str
    start: int
    end: int


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word.

    >>> stem("developing"), stem("nurses"), stem("c++")
    ('develop', 'nurs', 'c++')
    """
    return str(_STEMMER.stemWord(word)) if word.isalpha() else word


def words(text: str) -> list[Word]:
    """The words of a text in order, those of no meaning left out.

    >>> [word.stem for word in words("Writing C# and Node.js, e.g. for Kaffee-Röster")]
    ['write', 'c#', 'node.js', 'e.g', 'kaffe', 'roster']
    """
    found = []
    low = text.lower()
    if len(low) != len(text):  # a letter whose lower case is longer; places would shift
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for match in _WORD.finditer(low):
        word = match.group()
        if word in STOP:
            continue
        plain = word if word.isascii() else fold(word)
        found.append(Word(stem(plain), word, match.start(), match.end()))
    return found


def stems(text: str) -> list[str]:
    """The stems alone."""
    return [word.stem for word in words(text)]
