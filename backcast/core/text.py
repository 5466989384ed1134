"""Text as people look for it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """``text`` without case and accents and with single spaces, as stored in folded columns.

    >>> fold("  São  PAULO ")
    'sao paulo'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())
