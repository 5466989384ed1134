"""What a need says, as values: openings by quarter and reason, requirements, offers, changes.

Nothing here knows of Django or the database. People are counted in persons, pay in dollars an
hour, quarters are calendar quarters.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from backcast.core.quarters import Quarter
from backcast.core.text import plain_number

#: From this number of people in one quarter on, the person is asked whether it is meant.
ASK_FROM = 1_000
#: More than this in one quarter for one role at one place is refused.
CEILING = 100_000
#: Quarters that the form asks for, the current one included.
QUARTERS_ASKED = 8


class Cause(StrEnum):
    """Why people are needed. The four stay apart; training somebody further is no opening."""

    GROWTH = "growth"
    RETIREMENT = "retirement"
    TURNOVER = "turnover"
    PROMOTION = "promotion"


class Importance(StrEnum):
    REQUIRED = "required"
    PREFERRED = "preferred"
    INSTEAD = "accepted_instead"


@dataclass(frozen=True, slots=True)
class Named:
    """A row of another room, with the name under which people know it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Openings:
    """People needed in one quarter for one reason: at least, most likely, at most.

    ``range_assumed``: only ``likely`` was said; the range is ``usual_range``. ``confirmed``: asked
    whether a number from ``ASK_FROM`` on is meant, the person said yes.
    """

    quarter: Quarter
    cause: Cause
    low: int
    likely: int
    high: int
    range_assumed: bool = False
    confirmed: bool = False

    @property
    def key(self) -> tuple[Quarter, Cause]:
        return self.quarter, self.cause

    @property
    def text(self) -> str:
        """The three numbers as the history keeps them: ``low/likely/high``."""
        return f"{self.low}/{self.likely}/{self.high}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What somebody must have or know: a credential, a competency, or the employer's own words.

    ``level`` is the competency's level at hire on its own scale; ``None``: not said.
    """

    kind: str  # "credential", "competency" or "words"
    item: Named
    importance: Importance
    level: int | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        return self.kind, self.item.id, self.item.name.casefold() if self.kind == "words" else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the employer offers. ``quantity`` in the unit of its kind; ``None``: yes, no number."""

    kind: str
    quantity: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that one need says. ``None`` and empty mean that it was not said."""

    employer: Named
    site: Named | None
    role_title: str
    occupation: Named | None = None
    start_by: date | None = None
    wage_low: Decimal | None = None
    wage_high: Decimal | None = None
    hours_per_week: Decimal | None = None
    schedule: str = ""
    employment: str = ""
    note: str = ""
    #: Where the numbers come from when the employer did not state them itself; empty: it did.
    stand_in: str = ""
    openings: tuple[Openings, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    offers: tuple[Offer, ...] = ()

    def needs_people(self, now: Quarter) -> bool:
        """Does it ask for anyone in a quarter that is not over?"""
        return any(o.high > 0 and o.quarter >= now for o in self.openings)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two statements. ``subject`` says which of its kind."""

    field: str
    subject: str
    before: str
    after: str


def usual_range(likely: int) -> tuple[int, int]:
    """Low and high where only the likely number was said: a quarter less and a quarter more.

    Rounded outward, so that a small number has a range too; 0 stays 0. It is an assumption, shown
    as one, and the person may write better numbers.
    """
    return math.floor(likely * 0.75), math.ceil(likely * 1.25)


def sorted_openings(openings: Iterable[Openings]) -> tuple[Openings, ...]:
    order = list(Cause)
    return tuple(sorted(openings, key=lambda o: (o.quarter, order.index(o.cause))))


def merge(said: Statement, update: Statement) -> Statement:
    """``said`` with everything that ``update`` says instead.

    What ``update`` leaves open stays. Openings are replaced quarter by quarter and reason by
    reason; requirements and offers item by item. A number of 0 takes openings away.
    """
    openings = {o.key: o for o in said.openings} | {o.key: o for o in update.openings}
    requirements = {r.key: r for r in said.requirements}
    for r in update.requirements:
        before = requirements.get(r.key)
        level = before.level if before and r.level is None else r.level
        requirements[r.key] = replace(r, level=level)
    offers = {o.kind: o for o in said.offers}
    for offer in update.offers:
        kept = offers.get(offer.kind)
        offers[offer.kind] = replace(offer, note=offer.note or (kept.note if kept else ""))
    return Statement(
        employer=said.employer,
        site=update.site or said.site,
        role_title=update.role_title or said.role_title,
        occupation=update.occupation or said.occupation,
        start_by=update.start_by or said.start_by,
        wage_low=said.wage_low if update.wage_low is None else update.wage_low,
        wage_high=said.wage_high if update.wage_high is None else update.wage_high,
        hours_per_week=said.hours_per_week
        if update.hours_per_week is None
        else update.hours_per_week,
        schedule=update.schedule or said.schedule,
        employment=update.employment or said.employment,
        note=update.note or said.note,
        stand_in=update.stand_in or said.stand_in,
        openings=sorted_openings(o for o in openings.values() if o.high > 0),
        requirements=tuple(requirements.values()),
        offers=tuple(o for o in offers.values() if o.quantity != 0),
    )


def differences(before: Statement, after: Statement) -> tuple[Change, ...]:
    """What changed from ``before`` to ``after``, in the order in which the form asks."""
    return tuple(_differences(before, after))


def _differences(before: Statement, after: Statement) -> Iterator[Change]:
    for field in ("role_title", "site", "occupation"):
        yield from _field(before, after, field)
    old = {o.key: o for o in before.openings}
    new = {o.key: o for o in after.openings}
    for key in sorted(old.keys() | new.keys(), key=lambda k: (k[0], list(Cause).index(k[1]))):
        was, now = old.get(key), new.get(key)
        texts = (was.text if was else "", now.text if now else "")
        if texts[0] != texts[1]:
            yield Change("openings", f"{key[0]} {key[1]}", *texts)
    for field in ("start_by", "wage_low", "wage_high", "hours_per_week", "schedule", "employment"):
        yield from _field(before, after, field)
    had = {r.key: r for r in before.requirements}
    has = {r.key: r for r in after.requirements}
    for requirement in [*had, *(k for k in has if k not in had)]:
        texts = (_requirement(had.get(requirement)), _requirement(has.get(requirement)))
        if texts[0] != texts[1]:
            item = (has.get(requirement) or had[requirement]).item
            yield Change("requirement", item.name, *texts)
    gave = {o.kind: o for o in before.offers}
    gives = {o.kind: o for o in after.offers}
    for kind in [*gave, *(k for k in gives if k not in gave)]:
        texts = (_offer(gave.get(kind)), _offer(gives.get(kind)))
        if texts[0] != texts[1]:
            yield Change("offer", kind, *texts)
    yield from _field(before, after, "note")
    yield from _field(before, after, "stand_in")


def _field(before: Statement, after: Statement, field: str) -> Iterator[Change]:
    texts = _text(getattr(before, field)), _text(getattr(after, field))
    if texts[0] != texts[1]:
        yield Change(field, "", *texts)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Decimal):
        return plain_number(value)
    return str(value)


def _requirement(requirement: Requirement | None) -> str:
    if requirement is None:
        return ""
    level = f" {requirement.level}" if requirement.level is not None else ""
    return f"{requirement.importance}{level}"


def _offer(offer: Offer | None) -> str:
    if offer is None:
        return ""
    number = "yes" if offer.quantity is None else str(offer.quantity)
    return f"{number} {offer.note}".strip()


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """SHA-256 over rows in any order: it changes when, and only when, a row does."""
    lines = sorted("\x1f".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()
