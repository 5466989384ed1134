"""Titles as the search compares them."""

from __future__ import annotations

import re

from backcast.core.text import fold

_NOT_WORD = re.compile(r"[^a-z0-9+#]+")
_APOSTROPHE = re.compile(r"['’]")
_BRACKETED = re.compile(r"^(.*?)\s*\(([^()]+)\)$")


def folded(text: str) -> str:
    """Lower case, without accents and punctuation, words parted by single spaces.

    Unlike ``core.text.name_key`` it keeps the signs that tell titles apart (C++, C#), and drops “&”,
    since words are weighed here and “and” weighs nothing.

    >>> folded("Nurse's Aide (CNA) – Café")
    'nurses aide cna cafe'
    """
    plain = text.lower() if text.isascii() else fold(text)
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", plain)).strip()


def without_brackets(title: str) -> tuple[str, str | None]:
    """A title and what stands in brackets after it, usually its abbreviation.

    >>> without_brackets("Licensed Practical Nurse (LPN)")
    ('Licensed Practical Nurse', 'LPN')
    """
    found = _BRACKETED.match(title)
    return (found[1], found[2]) if found and found[1] else (title, None)
