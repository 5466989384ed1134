"""Rows out of the INSERT statements of a SQL dump, read as a stream.

Understands what PostgreSQL, MySQL and SQL Server write: several rows in one statement, quoted
names, doubled quotes, ``N'…'`` and ``E'…'`` texts, NULL, and casts around a literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 1 << 20
_WORD = r"[^\s,();:'\"`\[\].]+(?:\.\d+)?(?=[\s,();:.])"


def _tokens_of(backslash: bool) -> re.Pattern[str]:
    # A closing quote is not followed by another: that would be a doubled one, cut by a chunk's end.
    text = r"'(?:[^'\\]|''|\\.)*'(?!')" if backslash else r"'(?:[^']|'')*'(?!')"
    return re.compile(
        rf"(?P<space>\s+|--[^\n]*\n|/\*.*?\*/)|(?P<escaped>[eE]'(?:[^'\\]|''|\\.)*'(?!'))"
        rf"|(?P<text>[nN]?{text})|(?P<name>\"[^\"]+\"|`[^`]+`|\[[^\]]+\])"
        rf"|(?P<word>{_WORD})|(?P<mark>[,();.])",
        re.DOTALL,
    )


_STANDARD = _tokens_of(backslash=False)
_MYSQL = _tokens_of(backslash=True)
_INSERT = re.compile(r"^\s*insert\s+(?:into\s+)?[\"`\[\w.]+", re.IGNORECASE | re.MULTILINE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "", "Z": ""}


class DumpError(ValueError):
    """The dump breaks off or is not what it looks like; the message says where."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one INSERT: the bare table name, its columns where named, and its values."""

    table: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


def looks_like_one(head: str) -> bool:
    """Do the first characters of a file look like a SQL dump with INSERT statements?"""
    found = _INSERT.search(head)
    return found is not None and (found.start() == 0 or ";" in head or "--" in head)


def records(chunks: Iterator[str]) -> Iterator[Record]:
    """Every row that the statements insert, in order. Raises ``DumpError``."""
    tokens = _Tokens(chunks)
    count = 0
    token = tokens.next()
    while token is not None:
        if token == ("word", "INSERT"):
            table, columns, token = _opening(tokens)
            while token == ("mark", "("):
                values = _values(tokens, count + 1)
                count += 1
                if columns and len(values) != len(columns):
                    raise DumpError(
                        f"Record {count} of the dump has {len(values)} values for {len(columns)} "
                        "columns. Export the table again."
                    )
                yield Record(table, columns, values)
                token = tokens.next()
                if token == ("mark", ","):
                    token = tokens.next()
        else:
            token = tokens.next()


_Token = tuple[str, str]


class _Tokens:
    """Tokens out of chunks of text; only the token at hand and a chunk are kept in memory."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._fill()
        self._pattern = _MYSQL if "`" in self._buffer[:65_536] else _STANDARD

    def _fill(self) -> None:
        chunk = next(self._chunks, "")
        self._ended = not chunk
        self._buffer = self._buffer[self._at :] + (chunk or "\n")
        self._at = 0
        if len(self._buffer) > _LONGEST + len(chunk):
            start = " ".join(self._buffer[:60].split())
            raise DumpError(f"A text in the dump never ends; it starts with {start}…")

    def next(self) -> _Token | None:
        """The next token that is not white space, words of SQL in capitals; None at the end."""
        while True:
            found = self._pattern.match(self._buffer, self._at)
            if found and (found.end() < len(self._buffer) or self._ended):
                self._at = found.end()
                kind = found.lastgroup or ""
                if kind != "space":
                    return _read(kind, found.group(), self._pattern is _MYSQL)
            elif not self._ended:
                self._fill()
            elif self._buffer[self._at :].strip():
                if self._buffer[self._at] in "'\"`[":
                    start = " ".join(self._buffer[self._at : self._at + 60].split())
                    raise DumpError(f"The dump breaks off inside a text: {start}…")
                self._at += 1
            else:
                return None


def _read(kind: str, raw: str, backslash: bool) -> _Token:
    if kind == "escaped" or (kind == "text" and backslash):
        body = raw[raw.index("'") + 1 : -1].replace("''", "'")
        return "text", re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)
    if kind == "text":
        return "text", raw[raw.index("'") + 1 : -1].replace("''", "'")
    if kind == "name":
        return "name", raw[1:-1]
    return kind, raw.upper() if raw.upper() in _KEYWORDS else raw


_KEYWORDS = {"INSERT", "INTO", "VALUES", "NULL", "CAST", "CONVERT", "AS"}


def _opening(tokens: _Tokens) -> tuple[str, tuple[str, ...], _Token | None]:
    """From behind INSERT to the first row: table, columns, and the token that opens the row."""
    table = ""
    columns: list[str] = []
    token = tokens.next()
    while token is not None and token not in (("mark", "("), ("word", "VALUES"), ("mark", ";")):
        if token[0] in ("name", "word") and token[1] != "INTO":
            table = token[1]
        token = tokens.next()
    if token == ("mark", "("):
        token = tokens.next()
        while token is not None and token != ("mark", ")"):
            if token[0] in ("name", "word"):
                columns.append(token[1])
            token = tokens.next()
    while token is not None and token not in (("word", "VALUES"), ("mark", ";")):
        token = tokens.next()
    return table, tuple(columns), tokens.next() if token == ("word", "VALUES") else token


def _values(tokens: _Tokens, count: int) -> tuple[str, ...]:
    """The values of one row, the opening bracket already taken."""
    values: list[str] = []
    value: str | None = None
    depth = 0
    while True:
        token = tokens.next()
        if token is None:
            raise DumpError(f"The dump breaks off in record {count}. Export the table again.")
        kind, text = token
        if kind == "mark" and text == "(":
            depth += 1
            value = None  # what stood before the bracket was a function's name
        elif kind == "mark" and text in ",)" and depth == 0:
            values.append(value or "")
            value = None
            if text == ")":
                return tuple(values)
        elif kind == "mark" and text == ")":
            depth -= 1
        elif value is None and kind in ("text", "word", "name"):
            value = "" if kind == "word" and text == "NULL" else text.strip()
