"""JSON for the planning types: keys are field names, quarters are written ``2026-Q3``, months
``2026-09``.

Reading is strict: an unknown or missing key, or a value of the wrong kind, is refused with the
path to it, because a plan that was read wrongly looks just like one that was read rightly.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from backcast.core.months import Month
from backcast.core.quarters import Quarter

T = TypeVar("T")


class CodecError(ValueError):
    """The JSON does not say what the type asks for; the message gives the path."""


def to_plain(value: Any) -> Any:
    """Dataclasses, tuples, quarters and months as dicts, lists and strings, for ``json.dumps``."""
    if isinstance(value, Quarter | Month):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: to_plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: object, path: str = "$") -> T:
    """Build a ``kind`` from what ``to_plain`` gave. Raises ``CodecError`` with the path."""
    return cast(T, _read(kind, plain, path))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, plain: object, path: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = get_args(kind)
        if plain is None and type(None) in options:
            return None
        return _read(next(o for o in options if o is not type(None)), plain, path)
    if origin is Literal:
        if plain not in get_args(kind):
            raise CodecError(f"{path}: “{plain}” is none of {', '.join(map(str, get_args(kind)))}.")
        return plain
    if origin is tuple:
        if not isinstance(plain, list | tuple):
            raise CodecError(f"{path}: expected a list.")
        item = get_args(kind)[0]
        return tuple(_read(item, part, f"{path}[{i}]") for i, part in enumerate(plain))
    if kind in (Quarter, Month):
        if not isinstance(plain, str):
            like = "a quarter like 2026-Q3" if kind is Quarter else "a month like 2026-09"
            raise CodecError(f"{path}: expected {like}.")
        try:
            return kind.parse(plain)
        except ValueError as error:
            raise CodecError(f"{path}: {error}") from error
    if is_dataclass(kind):
        return _read_dataclass(kind, plain, path)
    return _read_scalar(kind, plain, path)


def _read_dataclass(kind: Any, plain: object, path: str) -> Any:
    if not isinstance(plain, dict):
        raise CodecError(f"{path}: expected an object with the fields of {kind.__name__}.")
    parts = {part.name: part for part in fields(kind)}
    unknown = sorted(set(plain) - set(parts))
    if unknown:
        raise CodecError(f"{path}: unknown field {', '.join(unknown)}.")
    missing = sorted(
        name
        for name, part in parts.items()
        if name not in plain and part.default is MISSING and part.default_factory is MISSING
    )
    if missing:
        raise CodecError(f"{path}: missing field {', '.join(missing)}.")
    hints = _hints(kind)
    values = {name: _read(hints[name], plain[name], f"{path}.{name}") for name in plain}
    try:
        return kind(**values)
    except CodecError:
        raise
    except ValueError as error:
        raise CodecError(f"{path}: {error}") from error


def _read_scalar(kind: Any, plain: object, path: str) -> Any:
    if kind is float and isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(plain)
    if kind is int and isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    if kind is bool and isinstance(plain, bool):
        return plain
    if kind is str and isinstance(plain, str):
        return plain
    raise CodecError(f"{path}: expected {kind.__name__}, not {type(plain).__name__}.")
