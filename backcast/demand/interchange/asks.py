"""One requirement, whatever it stands in: a need, a profile, a job posting, a framework, a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backcast.demand.profiles.values import Learned, Necessity, Subject


@dataclass(frozen=True, slots=True)
class Ask:
    """A requirement by name, with its address and code where a framework gives them.

    ``scale`` is the code of the scale on which the levels are. ``key`` is the line's, where it has
    one; ``instead_of`` the key of the line that it may stand in for. ``kind`` is the kind of
    competency or credential in words, ``set`` the framework or issuer that it comes from.
    ``unclear`` are the fields whose values could not be understood, with those values.
    """

    subject: Subject
    name: str
    uri: str = ""
    code: str = ""
    set: str = ""
    kind: str = ""
    necessity: Necessity = Necessity.REQUIRED
    importance: int | None = None
    level_at_hire: float | None = None
    level_later: float | None = None
    scale: str = ""
    learned: Learned = Learned.EITHER
    key: UUID | None = None
    instead_of: UUID | None = None
    source: str = ""
    unclear: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The requirements of a role: one version of a profile, as it is handed around."""

    role: str
    id: str = ""
    uri: str = ""
    number: int = 0
    status: str = ""
    occupation: str = ""
    occupation_code: str = ""
    asks: tuple[Ask, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


#: The fields of a requirement that a reader is told of where they cannot be understood.
_TOLD = (
    "subject",
    "necessity",
    "importance",
    "level_at_hire",
    "level_later",
    "scale",
    "learned",
)


def says(ask: Ask) -> dict[str, Any]:
    """What a requirement says beyond its name, as JSON; what is not said is left out."""
    told: dict[str, Any] = {"subject": ask.subject.value, "necessity": ask.necessity.value}
    for name in ("importance", "level_at_hire", "level_later", "scale", "source", "set", "code"):
        value = getattr(ask, name)
        if value not in (None, ""):
            told[name] = value
    if ask.learned is not Learned.EITHER:
        told["learned"] = ask.learned.value
    for name in ("key", "instead_of"):
        value = getattr(ask, name)
        if value is not None:
            told[name] = str(value)
    return told


def said(told: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``says``; what cannot be understood is among ``unclear``."""
    found: dict[str, Any] = {}
    for name, kind in (("subject", Subject), ("necessity", Necessity), ("learned", Learned)):
        value = told.get(name)
        if isinstance(value, str) and value in {each.value for each in kind}:
            found[name] = kind(value)
    if _number(told.get("importance")) and told["importance"] in (1, 2, 3, 4, 5):
        found["importance"] = int(told["importance"])
    for name in ("level_at_hire", "level_later"):
        if _number(told.get(name)):
            found[name] = float(told[name])
    for name in ("scale", "source", "set", "code"):
        if isinstance(told.get(name), str):
            found[name] = told[name][:300]
    for name in ("key", "instead_of"):
        key = uuid_of(told.get(name))
        if key is not None:
            found[name] = key
    unclear = tuple(
        (name, str(told[name])[:80])
        for name in _TOLD
        if told.get(name) not in (None, "") and name not in found
    )
    return {**found, "unclear": unclear} if unclear else found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0


def uuid_of(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
