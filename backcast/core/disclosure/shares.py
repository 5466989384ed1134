"""One share, put together from several contributors' own shares of their own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backcast.core.disclosure.rules import ShareRule


@dataclass(frozen=True, slots=True)
class Part:
    """A contributor's people, whose number others may know, and the share of them that counts."""

    contributor: str
    people: float
    share: float


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it may be shown: about ``value``, or at most or at least that."""

    value: float
    bound: Literal["about", "at_most", "at_least"]
    contributors: int


def share(parts: Sequence[Part], rule: ShareRule) -> Share | None:
    """The parts together, weighted by people; nothing where it would tell one contributor's share.

    Shares of different things add up to nothing, so that each is judged by itself. What others can
    work out takes account of the rounding and of everybody's number of people being known.
    """
    parts = [part for part in parts if part.people > 0]
    people = sum(part.people for part in parts)
    if len(parts) < rule.contributors:
        return None
    if max(part.people for part in parts) > rule.dominance * people:
        return None
    counted = sum(part.people * part.share for part in parts)
    low, high, shown = _shown(counted / people, len(parts), rule)
    return shown if _leaves_open(parts, low * people, high * people, rule) else None


def _leaves_open(parts: Sequence[Part], low: float, high: float, rule: ShareRule) -> bool:
    """Does it leave everybody's share open in all other eyes that between low and high people count?"""
    people = sum(part.people for part in parts)
    for attacker in parts:
        own = attacker.people * attacker.share
        least, most = low - own, high - own
        others = people - attacker.people
        for part in parts:
            if part is attacker:
                continue
            lowest = max(0.0, (least - (others - part.people)) / part.people)
            highest = min(1.0, most / part.people)
            if highest - lowest < rule.width:
                return False
    return True


def share_beside(before: Sequence[Part], now: Sequence[Part], rule: ShareRule) -> bool:
    """May the share of ``now`` be shown where that of ``before`` is out already?

    Where nobody changed; or enough did, and the difference leaves open what each of them said.
    """
    old, new = ({p.contributor: p for p in rows if p.people > 0} for rows in (before, now))
    shown, again = share(before, rule), share(now, rule)
    if shown is None or again is None:
        return True
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if not changed:
        return True
    for mine, theirs in ((new, old), (old, new)):
        parts = [mine[name] for name in changed if name in mine]
        if not parts:
            continue
        people = sum(part.people for part in parts)
        if len(changed) < rule.contributors or (
            max(part.people for part in parts) > rule.dominance * people
        ):
            return False
        least = most = 0.0
        for rows, sign in ((mine, 1), (theirs, -1)):
            whole = sum(part.people for part in rows.values())
            counted = sum(part.people * part.share for part in rows.values())
            low, high, _share = _shown(counted / whole, len(rows), rule)
            ends = (low * whole, high * whole)
            least += sign * ends[0 if sign > 0 else 1]
            most += sign * ends[1 if sign > 0 else 0]
        # Of those who were there the other time, nobody or everybody may have counted then.
        most += sum(theirs[name].people for name in changed if name in theirs)
        if not _leaves_open(parts, least, most, rule):
            return False
    return True


def _shown(value: float, count: int, rule: ShareRule) -> tuple[float, float, Share]:
    """What is said of the share, and the interval that this leaves open."""
    if value < rule.edge:
        return 0.0, rule.edge, Share(rule.edge, "at_most", count)
    if value > 1 - rule.edge:
        return 1 - rule.edge, 1.0, Share(1 - rule.edge, "at_least", count)
    said = round(value / rule.rounding) * rule.rounding
    half = rule.rounding / 2
    return said - half, said + half, Share(round(said, 6), "about", count)
