"""Text as people look for it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_APOSTROPHE = re.compile(r"['’]")
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """``text`` without case and accents and with single spaces, as stored in folded columns.

    >>> fold("  São  PAULO ")
    'sao paulo'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())


def name_key(text: str) -> str:
    """How names are compared that people type: folded, without punctuation, “&” read as “and”.

    >>> name_key("St. John’s Health & Care, Inc.")
    'st johns health and care inc'
    """
    plain = _APOSTROPHE.sub("", fold(text)).replace("&", " and ")
    return _NOT_WORD.sub(" ", plain).strip()


def plain_number(value: Decimal) -> str:
    """A decimal as people write it: ``2`` and ``0.5``, not ``2.00``."""
    return f"{value.normalize():f}"
