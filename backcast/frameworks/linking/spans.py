"""Cut a long text into the pieces that may state a requirement.

Postings come as plain text, as HTML, as one line without a full stop. Every piece keeps its place
in the text, so that a page can show where it stood.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from backcast.frameworks.linking.items import Span

#: A piece longer than this is cut at a comma or, failing that, between words.
LONGEST = 400
#: Texts at most this long are linked as they are.
SHORT = 600
_HIDDEN = re.compile(
    r"<(script|style|head|svg|template)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})(?:\s[^<>]{0,2000})?/?>")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    ]
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_BULLETS = "•●▪■◦‣∙·*"
_BREAK = re.compile(
    r"[\r\n\u2028\u2029\v\f]+"  # lines
    rf"|[{re.escape(_BULLETS)}]+(?=\s)"  # bullets
    r"|(?<=[.!?;…])[\"'”’)\]]*\s+(?=[^\sa-z])"  # ends of sentences
    r"|;\s+|\t+|\s[–—|]\s"
)
_SOFT = re.compile(r",\s+|\s+(?:and|or|y|o|&)\s+|:\s+")
_LETTER = re.compile(r"[^\W\d_]{2}|[^\W\d_][+#]")
#: Pieces that are about the employer, pay or the law rather than about what is asked for.
_ASIDE = re.compile(
    r"^(?:https?://|www\.)\S+$|^\S+@\S+\.\S+$"
    r"|\b(?:equal opportunity|without regard to|reasonable accommodation|e-verify"
    r"|background check|drug (?:screen|test)|401\s?\(?k\)?|dental|paid time off|\bpto\b"
    r"|igualdad de oportunidades|apply now|click here|all rights reserved|cookies?)\b"
    r"|^(?:salary|pay|location|date posted|job type|compensation|benefits|salario)\s*:",
    re.I,
)


def spans(text: str) -> list[Span]:
    """The pieces of ``text`` that may state a requirement, in order; none for an empty text.

    >>> [each.text for each in spans("<ul><li>Draws blood</li><li>Keeps records &amp; files</li></ul>")]
    ['Draws blood', 'Keeps records & files']
    """
    found = []
    for start, end in _pieces(_blanked(text)):
        plain = _plain(text[start:end])
        if _LETTER.search(plain) and not _ASIDE.search(plain):
            found.append(Span(start, end, plain))
    return found


def is_long(text: str) -> bool:
    """Whether a text is cut before it is linked."""
    return len(text) > SHORT or "\n" in text.strip() or _TAG.search(text) is not None


def _blanked(text: str) -> str:
    """The text with markup turned into blanks or line ends of the same length."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * len(match.group())

    def tag(match: re.Match[str]) -> str:
        return (" " if match[2].lower() in _INLINE else "\n") * len(match.group())

    def entity(match: re.Match[str]) -> str:
        meant, length = html.unescape(match.group())[:1] or " ", len(match.group())
        return meant.ljust(length) if meant in _BULLETS else meant * length

    if "<" in text:
        text = _TAG.sub(tag, _HIDDEN.sub(blank, text))
    return _ENTITY.sub(entity, text) if "&" in text else text


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _BREAK.finditer(text):
        yield from _trimmed(text, begin, match.start())
        begin = match.end()
    yield from _trimmed(text, begin, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and not text[start].isalnum() and text[start] not in ".<(#":
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "•*-–—|,;:"):
        end -= 1
    while end - start > LONGEST:
        cut = _cut(text, start)
        last = cut
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            yield start, last
        start = cut
        while start < end and not text[start].isalnum():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int) -> int:
    """Where to part a piece that is too long."""
    window = text[start : start + LONGEST]
    places = [match.end() for match in _SOFT.finditer(window) if match.start() > LONGEST // 4]
    if places:
        return start + places[-1]
    blank = window.rfind(" ")
    return start + (blank + 1 if blank > 0 else LONGEST)


def _plain(piece: str) -> str:
    if "<" in piece:
        piece = _TAG.sub(" ", _HIDDEN.sub(" ", piece))
    if "&" in piece:
        piece = _ENTITY.sub(lambda match: html.unescape(match.group()), piece)
    return " ".join("".join(c if c.isprintable() else " " for c in piece).split())
