"""What a framework says, whatever the format: statements, their order, levels and matches."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from backcast.frameworks.parsing.problems import FileProblem

Json = Any
JsonObject = Mapping[str, Json]

#: Ids that we make for what has none of its own (associations, levels) follow from their ends.
_NAMESPACE = UUID("6d0b7c0e-5d9b-4a6f-9f0e-5c4b8f8f2d11")
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Match:
    """The same thing elsewhere: its title, its id there, and its address."""

    title: str
    identifier: str
    uri: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One competency (or credential, or heading). ``extra`` is what only Backcast knows of it."""

    identifier: str
    uri: str
    text: str
    kind: str = ""
    description: str = ""
    code: str = ""
    parents: tuple[str, ...] = ()
    levels: Mapping[int, str] = field(default_factory=dict)
    matches: tuple[Match, ...] = ()
    extra: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of statements under one title."""

    identifier: str
    uri: str
    title: str
    creator: str
    changed: dt.datetime
    description: str = ""
    language: str = ""
    statements: tuple[Statement, ...] = ()
    extra: JsonObject = field(default_factory=dict)


def made_id(*parts: object) -> str:
    """An id that follows from ``parts``: the same each time."""
    return str(uuid5(_NAMESPACE, " ".join(map(str, parts))))


def parse(content: bytes, name: str) -> dict[str, Json]:
    """One JSON object. Raises ``FileProblem`` for anything else, however odd."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
        _check(found)
    except UnicodeError:
        raise FileProblem(name, "the text is not UTF-8.", "Save it again as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FileProblem(
            name, f"this is not JSON that can be read ({what[:200]}).", "Export the file again."
        ) from None
    if not isinstance(found, dict):
        raise FileProblem(name, "the file does not hold one JSON object.", "Export it again.")
    return found


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is not a number of JSON")


def _check(value: Json) -> None:
    """What no text of JSON may hold, or no database keeps: depth, odd characters, endless numbers."""
    level: list[Json] = [value]
    for _depth in range(_DEEPEST):
        inner: list[Json] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.keys()
                inner += each.values()
            elif isinstance(each, list):
                inner += each
            elif isinstance(each, str):
                if "\0" in each:
                    raise ValueError("a text holds the character NUL")
                each.encode()
            elif isinstance(each, float) and each - each != 0:
                raise ValueError("a number is too large")
        if not inner:
            return
        level = inner
    raise RecursionError


def write_json(value: JsonObject) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def take(raw: JsonObject, keys: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Json]]:
    """Texts of ``raw`` by our names (``keys``: our name → theirs), and everything else as it is.

    What is empty, or no text where one is expected, stays with the rest, so that nothing is lost.
    """
    found: dict[str, str] = {}
    rest = dict(raw)
    for name, key in keys.items():
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            found[name] = value
            del rest[key]
    return found, rest


def give(values: Mapping[str, Json], keys: Mapping[str, str], rest: JsonObject) -> dict[str, Json]:
    """The inverse of ``take``."""
    return {**{keys[name]: value for name, value in values.items() if value}, **rest}


def in_order(statements: Iterable[Statement]) -> list[Statement]:
    """Parents before their parts, otherwise as they come. Assumes that there is no cycle."""
    waiting = list(statements)
    names = {each.identifier for each in waiting}
    done: set[str] = set()
    ordered: list[Statement] = []
    while waiting:
        left = []
        for each in waiting:
            if all(parent in done or parent not in names for parent in each.parents):
                ordered.append(each)
                done.add(each.identifier)
            else:
                left.append(each)
        if len(left) == len(waiting):
            return ordered + left
        waiting = left
    return ordered


def find_cycle(above: Mapping[str, Sequence[str]]) -> list[str]:
    """One ring of ids, each below the next and the last below the first; empty where there is none."""
    state: dict[str, int] = {}
    for start in above:
        if state.get(start):
            continue
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            node, at = stack.pop()
            if at == 0:
                state[node] = 1
                path.append(node)
            parents = above.get(node, ())
            if at < len(parents):
                stack.append((node, at + 1))
                parent = parents[at]
                if state.get(parent) == 1:
                    return path[path.index(parent) :]
                if not state.get(parent):
                    stack.append((parent, 0))
            else:
                state[node] = 2
                path.pop()
    return []
