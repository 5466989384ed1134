"""What a plan promises, as people outside the region's staff may read it: sums that give no employer away.

A sum is shown only where enough employers stand behind it and none of them makes up most of it.
What is left, all rows together, must pass the same test, since it is total less rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rule:
    """``employers`` at least behind a sum, none with more than ``largest`` of it; rounded to ``step``."""

    since: date
    employers: int
    largest: float
    step: int
    source: str


RULES: tuple[Rule, ...] = (
    Rule(
        since=date(2021, 1, 1),
        employers=3,
        largest=0.6,
        step=5,
        source="Three contributors and a dominance limit, as U.S. statistical agencies practice it",
    ),
)


def rule_on(day: date, rules: Sequence[Rule] = RULES) -> Rule:
    """The rule of that day. Raises ``ValueError`` before the first."""
    held = [rule for rule in rules if rule.since <= day]
    if not held:
        raise ValueError(f"No rule says what may be shown on {day}.")
    return max(held, key=lambda rule: rule.since)


@dataclass(frozen=True, slots=True)
class RolePart:
    """A role of a plan: people needed in all, and by employer; people expected; odds."""

    role: str
    title: str
    by_employer: Mapping[int, float]
    needed: float
    expected: float
    odds: float


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role as shown. ``roles`` above 1, or an empty title: several that cannot stand alone."""

    title: str
    roles: int
    employers: int
    needed: int
    expected: int
    odds: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """Lines that may be shown, by people needed; none where not even their sum may be."""

    lines: tuple[RoleLine, ...]
    employers: int
    needed: int
    expected: int


def promise(parts: Iterable[RolePart], rule: Rule) -> Promise | None:
    """The plan's roles as far as they may be shown; None where nothing may be."""
    wanted = [part for part in parts if part.needed > 0]
    shown = sorted((p for p in wanted if _may_show(p.by_employer, rule)), key=lambda p: p.needed)
    rest = [p for p in wanted if not _may_show(p.by_employer, rule)]
    while rest and shown and not _may_show(_together(rest), rule):
        rest.append(shown.pop(0))
    everybody = _together([*shown, *rest])
    if not _may_show(everybody, rule) or (rest and not _may_show(_together(rest), rule)):
        return None
    lines = [
        RoleLine(
            p.title,
            1,
            _count(p.by_employer),
            rounded(p.needed, rule.step),
            rounded(p.expected, rule.step),
            p.odds,
        )
        for p in reversed(shown)
    ]
    if rest:
        lines.append(
            RoleLine(
                "",
                len(rest),
                _count(_together(rest)),
                rounded(sum(p.needed for p in rest), rule.step),
                rounded(sum(p.expected for p in rest), rule.step),
                None,
            )
        )
    return Promise(
        tuple(lines),
        _count(everybody),
        sum(line.needed for line in lines),
        sum(line.expected for line in lines),
    )


def rounded(people: float, step: int) -> int:
    """To the nearest ``step``; what is above 0 stays above it."""
    return max(step, round(people / step) * step) if people > 0 else 0


def _together(parts: Iterable[RolePart]) -> dict[int, float]:
    sums: defaultdict[int, float] = defaultdict(float)
    for part in parts:
        for employer, people in part.by_employer.items():
            sums[employer] += people
    return sums


def _count(by_employer: Mapping[int, float]) -> int:
    return sum(people > 0 for people in by_employer.values())


def _may_show(by_employer: Mapping[int, float], rule: Rule) -> bool:
    total = sum(by_employer.values())
    return (
        _count(by_employer) >= rule.employers and max(by_employer.values()) <= rule.largest * total
    )
