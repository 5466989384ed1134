"""What the data do not say: a readable file of assumptions, each with its value, unit and reason.

A plan shows every one of them that it rests on. An assumption may hold for some fields of study
only (``cip``: prefixes such as ``51``); the entry with the longest prefix that fits is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar


class AssumptionError(ValueError):
    """The file cannot be used; the message names the entry and what to mend."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that somebody has to believe: ``why`` says why this one."""

    name: str
    value: float
    unit: str
    why: str
    cip: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"Assumed: {self.why}"


@dataclass(frozen=True, slots=True)
class StagePrior:
    """What is believed of a stage before any cohort is seen: ``came_through`` of ``of`` people."""

    stage: str
    came_through: float
    of: float
    why: str
    cip: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"yield.{self.stage}"

    @property
    def source(self) -> str:
        return f"Assumed: {self.why}"


_Entry = TypeVar("_Entry", Assumption, StagePrior)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything that is assumed for a region's list.

    ``bands`` gives weeks for each code of a length band; ``starts`` the calendar months (1 to 12)
    in which a cohort may start; ``stages`` the order of stages, those of ``stages_for`` first.
    """

    entries: tuple[Assumption, ...] = ()
    priors: tuple[StagePrior, ...] = ()
    bands: Mapping[str, float] | None = None
    bands_why: str = ""
    starts: tuple[int, ...] = ()
    starts_why: str = ""
    stages: tuple[str, ...] = ()
    stages_for: tuple[tuple[str, tuple[str, ...]], ...] = ()
    stages_why: str = ""

    def find(self, name: str, cip: str = "") -> Assumption | None:
        """The entry of this name that fits the CIP code best; None where there is none."""
        return _best([entry for entry in self.entries if entry.name == name], cip)

    def prior(self, stage: str, cip: str = "") -> StagePrior | None:
        return _best([entry for entry in self.priors if entry.stage == stage], cip)

    def order(self, cip: str) -> tuple[str, ...]:
        """The stages of a program of this field of study, in order."""
        fitting = [(p, s) for p, s in self.stages_for if cip.startswith(p)]
        return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else self.stages


def _best(entries: Sequence[_Entry], cip: str) -> _Entry | None:
    """The entry whose prefix fits the code most closely; one without prefixes fits every code."""
    best: _Entry | None = None
    longest = -1
    for entry in entries:
        fits = [len(prefix) for prefix in entry.cip if cip.startswith(prefix)]
        length = max(fits, default=-1) if entry.cip else 0
        if length > longest:
            best, longest = entry, length
    return best


def read(plain: object) -> Assumptions:
    """Assumptions out of what the YAML file says. Raises ``AssumptionError``."""
    if not isinstance(plain, dict):
        raise AssumptionError("The file of assumptions is empty or not a list of named parts.")
    known = {"about", "assumptions", "yields", "length_bands", "starts", "stages"}
    if unknown := sorted(set(plain) - known):
        raise AssumptionError(
            f"Unknown part “{unknown[0]}”. Known are: {', '.join(sorted(known))}."
        )
    bands = plain.get("length_bands") or {}
    starts = plain.get("starts") or {}
    stages = plain.get("stages") or {}
    return Assumptions(
        entries=tuple(_entry(item) for item in plain.get("assumptions") or []),
        priors=tuple(_prior(item) for item in plain.get("yields") or []),
        bands={
            str(key): _number(value, f"length band {key}")
            for key, value in (bands.get("weeks") or {}).items()
        },
        bands_why=str(bands.get("why", "")),
        starts=tuple(int(month) for month in starts.get("months") or []),
        starts_why=str(starts.get("why", "")),
        stages=tuple(stages.get("default") or ()),
        stages_for=tuple(
            (str(prefix), tuple(order)) for prefix, order in (stages.get("cip") or {}).items()
        ),
        stages_why=str(stages.get("why", "")),
    )


def _entry(item: Any) -> Assumption:
    name = _text(item, "name", "an assumption")
    if item.get("basis", "assumed") != "assumed":
        raise AssumptionError(f"“{name}”: the basis of an assumption is “assumed”, nothing else.")
    return Assumption(
        name,
        _number(item.get("value"), name),
        _text(item, "unit", name),
        _text(item, "why", name),
        tuple(str(prefix) for prefix in item.get("cip") or ()),
    )


def _prior(item: Any) -> StagePrior:
    stage = _text(item, "stage", "a yield")
    came, of = _number(item.get("came_through"), stage), _number(item.get("of"), stage)
    if not 0 < came < of:
        raise AssumptionError(
            f"Yield of “{stage}”: {came:g} of {of:g} came through. The first must be above 0 and "
            "below the second."
        )
    return StagePrior(
        stage, came, of, _text(item, "why", stage), tuple(str(p) for p in item.get("cip") or ())
    )


def _text(item: Any, key: str, where: str) -> str:
    value = item.get(key) if isinstance(item, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise AssumptionError(f"“{where}” has no “{key}”. Every assumption says its {key}.")
    return " ".join(value.split())


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise AssumptionError(f"“{where}”: {value!r} is not a number of 0 or more.")
    return float(value)
