"""Cut words into the pieces that an encoder knows (WordPiece, as BERT uncased does it)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_UNKNOWN = "[UNK]"
_LONGEST = 100


class WordPiece:
    """The longest piece that fits first, word by word; words once cut are remembered."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._unknown = self.numbers[_UNKNOWN]
        self._known: dict[str, tuple[int, ...]] = {}

    def text(self, text: str, longest: int) -> list[int]:
        """The pieces of a text, at most ``longest``."""
        found: list[int] = []
        for word in _words(text):
            found += self.word(word)
            if len(found) >= longest:
                return found[:longest]
        return found

    def word(self, word: str) -> tuple[int, ...]:
        """The pieces of one plain word."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 200_000:
                self._known.clear()
            known = self._known[word] = self._cut(word)
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST:
            return (self._unknown,)
        found = []
        start = 0
        while start < len(word):
            end = len(word)
            prefix = "##" if start else ""
            while end > start:
                number = self.numbers.get(prefix + word[start:end])
                if number is not None:
                    break
                end -= 1
            else:
                return (self._unknown,)
            found.append(number)
            start = end
        return tuple(found)


def _words(text: str) -> list[str]:
    """Words and marks of a text, in lower case and without accents."""
    low = text.lower()
    if not low.isascii():
        bare = unicodedata.normalize("NFD", low)
        low = "".join(char for char in bare if unicodedata.category(char) != "Mn")
    spaced = []
    for char in low:
        if char.isalnum():
            spaced.append(char)
        elif char.isspace():
            spaced.append(" ")
        elif char.isprintable():
            spaced.append(f" {char} ")
    return "".join(spaced).split()
