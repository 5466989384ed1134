"""What one answer says, as values, and what follows from a field that is written into it.

Nothing here knows of Django. A field has a name (``q.2027-Q1.growth.likely``); ``put`` reads what
somebody typed into it and returns the answer that then is, or raises what to say. The same names
stand in pages, in the history and in the tests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from backcast.core.quarters import Quarter
from backcast.demand.figures import ASK_FROM, CEILING, Cause
from backcast.demand.refusals import N_, Sentence, say

#: More next steps than these are not asked for.
STEPS_ASKED = 3
#: Characters of a line in own words, and of a note.
LINE, NOTE = 300, 4000


class Confidence(StrEnum):
    """How sure an employer is of a quarter."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


#: Where only the likely number is given: how far it may be off, by how sure the employer is.
SPREAD = {Confidence.HIGH: 0.10, Confidence.MEDIUM: 0.25, Confidence.LOW: 0.50}

TOPICS: dict[str, tuple[str, ...]] = {
    "expectation": (
        "weekends",
        "nights",
        "on_call",
        "overtime",
        "lifting",
        "driving",
        "background",
        "drug_test",
        "shots",
        "two_languages",
        "other",
    ),
    "starting": (
        "few_apply",
        "lack_skills",
        "lack_credential",
        "language",
        "pay",
        "schedule",
        "transport",
        "child_care",
        "clearance",
        "other",
    ),
    "staying": (
        "pay",
        "schedule",
        "strain",
        "no_step_up",
        "other_employers",
        "child_care",
        "transport",
        "housing",
        "other",
    ),
}
OFFERS = (
    "externship_places",
    "paid_learning",
    "guaranteed_interviews",
    "mentors",
    "tuition",
    "release_time",
    "flexible_shifts",
)
#: Offers that are a yes without a number.
WITHOUT_NUMBER = frozenset({"flexible_shifts"})


@dataclass(frozen=True, slots=True)
class Cell:
    """People needed in one quarter for one reason."""

    low: int
    likely: int
    high: int
    confidence: Confidence = Confidence.MEDIUM
    range_assumed: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class CareerStep:
    """A next job, its pay, and after how many months."""

    title: str = ""
    after_months: int | None = None
    wage: Decimal | None = None


Key = tuple[Quarter, Cause]


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that one answer says; empty and ``None`` mean that it was not said."""

    not_ours: bool = False
    staff_now: int | None = None
    vacancies: int | None = None
    wage_low: Decimal | None = None
    wage_high: Decimal | None = None
    refill_share: int | None = None
    upskill: int | None = None
    upskill_words: str = ""
    note: str = ""
    cells: Mapping[Key, Cell] = field(default_factory=dict)
    #: (topic, kind) → own words, for the kind ``other``.
    points: Mapping[tuple[str, str], str] = field(default_factory=dict)
    steps: tuple[CareerStep, ...] = ()
    offers: Mapping[str, int | None] = field(default_factory=dict)
    #: ``c<id of a competency>`` or ``l<key of a profile's line>`` → percent of present staff.
    skills: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self == Said()

    @property
    def stance(self) -> str:
        """``yes``: people are needed; ``nobody``: none; ``not_ours``: no such job; else empty."""
        if self.not_ours:
            return "not_ours"
        if not self.cells:
            return ""
        return "yes" if any(cell.high for cell in self.cells.values()) else "nobody"

    @property
    def has_numbers(self) -> bool:
        """Does it say how many people, be it none? Only then can it be sent."""
        return self.not_ours or bool(self.cells)

    @property
    def people(self) -> tuple[int, int, int]:
        """At least, most likely and at most, over all quarters and reasons."""
        cells = self.cells.values()
        return sum(c.low for c in cells), sum(c.likely for c in cells), sum(c.high for c in cells)


def part_of(name: str) -> str:
    """The group of questions to which a field belongs."""
    head = name.split(".")[0]
    if head in ("point", "words", "step", "note", "wage_low", "wage_high"):
        return "work"
    return {"skill": "skills", "offer": "offers"}.get(head, "numbers")


def part_said(said: Said, part: str) -> Said:
    """Only what belongs to one group of questions."""
    match part:
        case "work":
            return Said(
                wage_low=said.wage_low,
                wage_high=said.wage_high,
                points=said.points,
                steps=said.steps,
                note=said.note,
            )
        case "skills":
            return Said(skills=said.skills)
        case "offers":
            return Said(offers=said.offers)
        case "numbers":
            return replace(
                said,
                wage_low=None,
                wage_high=None,
                points={},
                steps=(),
                note="",
                skills={},
                offers={},
            )
    return said


#: What is said once for all places of an employer where a job is done.
FOR_ALL_PLACES = ("work", "skills")


def is_for_all_places(name: str) -> bool:
    """Is the field asked once for all places?"""
    return name == "refill_share" or part_of(name) in FOR_ALL_PLACES


def as_elsewhere(said: Said, other: Said) -> Said:
    """With what the other place says of the groups that are the same everywhere, if this says none."""
    if said.refill_share is None:
        said = replace(said, refill_share=other.refill_share)
    if part_said(said, "work").is_empty:
        said = replace(
            said,
            wage_low=other.wage_low,
            wage_high=other.wage_high,
            points=other.points,
            steps=other.steps,
            note=other.note,
        )
    return said if said.skills else replace(said, skills=other.skills)


class Refused(ValueError):
    """What was typed cannot be kept; ``text`` says why and how to mend it."""

    def __init__(self, text: Sentence) -> None:
        self.text = text
        super().__init__(str(text))


class AskedBack(Refused):
    """It can be kept if the person says that it is meant; ``number`` is what is asked about."""

    def __init__(self, text: Sentence, number: int) -> None:
        super().__init__(text)
        self.number = number


def assumed_range(likely: int, confidence: Confidence) -> tuple[int, int]:
    """Low and high where only the likely number was said, rounded outward; 0 stays 0."""
    off = SPREAD[confidence]
    low = math.floor(round(likely * (1 - off), 6))
    high = math.ceil(round(likely * (1 + off), 6))
    return low, min(max(high, likely), CEILING)


def spread_evenly(total: int, quarters: int) -> list[int]:
    """``total`` over the quarters, as even as whole people can be, the earlier ones first."""
    return [total * (step + 1) // quarters - total * step // quarters for step in range(quarters)][
        ::-1
    ]


def carried(said: Said, asked: Iterable[Quarter]) -> Said:
    """What an earlier answer still says in a wave that asks for these quarters.

    Numbers for quarters that both waves ask for are kept, all others fall away; nobody confirms
    again what was confirmed then.
    """
    wanted = set(asked)
    return replace(said, cells={key: cell for key, cell in said.cells.items() if key[0] in wanted})


# --- fields ---------------------------------------------------------------------------------------

_NUMBER = re.compile(r"^\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})+$|^\d+$")
_WHOLE = N_("Write a whole number such as 4.")


def put(
    said: Said, name: str, text: str, asked: tuple[Quarter, ...], *, confirmed: bool = False
) -> Said:
    """The answer with ``text`` in the field ``name``; raises ``Refused`` or ``AskedBack``.

    ``asked`` are the quarters of the wave. ``KeyError`` where there is no such field.
    """
    return _writer(name, asked)(said, " ".join(text.split()) if name != "note" else text, confirmed)


def get(said: Said, name: str, asked: tuple[Quarter, ...]) -> str:
    """What stands in the field ``name``, as text; empty where nothing was said."""
    parts = name.split(".")
    match parts:
        case ["stance"]:
            return said.stance
        case ["q", quarter, cause, bound]:
            cell = said.cells.get((Quarter.parse(quarter), Cause(cause)))
            if cell is None or (bound != "likely" and cell.range_assumed):
                return ""
            return str(getattr(cell, bound))
        case ["sure", quarter]:
            there = [c for (q, _), c in said.cells.items() if str(q) == quarter]
            return str(there[0].confidence) if there else ""
        case ["sure"]:
            levels = {cell.confidence for cell in said.cells.values()}
            return str(levels.pop()) if len(levels) == 1 else ""
        case ["total", cause]:
            cells = [cell for (_, c), cell in said.cells.items() if c == cause]
            return str(sum(cell.likely for cell in cells)) if cells else ""
        case ["point", topic, kind]:
            return "1" if (topic, kind) in said.points else ""
        case ["words", topic]:
            return said.points.get((topic, "other"), "")
        case ["step", index, part]:
            place = int(index)
            value = getattr(said.steps[place], part) if place < len(said.steps) else None
            return _text(value)
        case ["offer", kind]:
            return "1" if kind in said.offers else ""
        case ["offer", kind, "number"]:
            return _text(said.offers.get(kind))
        case ["skill", key]:
            return _text(said.skills.get(key))
        case _:
            return _text(getattr(said, name))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


Write = Callable[[Said, str, bool], Said]


def _writer(name: str, asked: tuple[Quarter, ...]) -> Write:
    parts = name.split(".")
    match parts:
        case ["stance"]:
            return lambda said, text, _c: _stance(said, text, asked)
        case ["staff_now" | "vacancies" | "upskill" as one]:
            most = CEILING if one == "vacancies" else 1_000_000
            return lambda said, text, _c: _with(said, one, _whole(text, most))
        case ["wage_low" | "wage_high" as one]:
            return lambda said, text, _c: _pay(said, one, text)
        case ["refill_share"]:
            return lambda said, text, _c: replace(said, refill_share=_percent(text))
        case ["upskill_words"]:
            return lambda said, text, _c: replace(said, upskill_words=_line(text))
        case ["note"]:
            return lambda said, text, _c: replace(said, note=_line(text.strip(), NOTE))
        case ["q", quarter, ("growth" | "retirement" | "turnover" | "promotion") as cause, bound]:
            key = (_asked(quarter, asked), Cause(cause))
            if bound == "likely":
                return lambda said, text, ok: _likely(said, key, text, ok)
            if bound in ("low", "high"):
                return lambda said, text, ok: _bound(said, key, bound, text, ok)
        case ["sure", quarter]:
            only = _asked(quarter, asked)
            return lambda said, text, ok: _sure(said, text, ok, lambda key: key[0] == only)
        case ["sure"]:
            return lambda said, text, ok: _sure(said, text, ok, lambda key: True)
        case ["total", ("growth" | "retirement" | "turnover" | "promotion") as cause]:
            return lambda said, text, ok: _total(said, Cause(cause), text, asked, ok)
        case ["point", topic, kind] if kind in TOPICS.get(topic, ()):
            return lambda said, text, _c: _point(said, topic, kind, bool(text))
        case ["words", topic] if topic in TOPICS:
            return lambda said, text, _c: _own_words(said, topic, _line(text))
        case ["step", index, ("title" | "after_months" | "wage") as part] if index in map(
            str, range(STEPS_ASKED)
        ):
            return lambda said, text, _c: _career(said, int(index), part, text)
        case ["offer", kind] if kind in OFFERS:
            return lambda said, text, _c: _offer(said, kind, bool(text))
        case ["offer", kind, "number"] if kind in OFFERS and kind not in WITHOUT_NUMBER:
            return lambda said, text, _c: _offered(said, kind, text)
        case ["skill", key] if re.fullmatch(r"c\d+|l[0-9a-f-]{36}", key):
            return lambda said, text, _c: _skill(said, key, text)
    raise KeyError(name)


def _asked(text: str, asked: tuple[Quarter, ...]) -> Quarter:
    for quarter in asked:
        if str(quarter) == text:
            return quarter
    raise KeyError(text)


def _stance(said: Said, text: str, asked: tuple[Quarter, ...]) -> Said:
    if text == "not_ours":
        return replace(said, not_ours=True)
    if text == "nobody":
        nobody = Cell(0, 0, 0, Confidence.HIGH, range_assumed=True)
        cells = {(quarter, cause): nobody for quarter in asked for cause in Cause}
        return replace(said, not_ours=False, cells=cells)
    if text not in ("yes", ""):
        raise KeyError(text)
    cells = dict(said.cells) if said.people[2] else {}
    return replace(said, not_ours=False, cells=cells)


def _whole(text: str, most: int = CEILING) -> int | None:
    if not text:
        return None
    if text.startswith("-"):
        raise Refused(say(N_("A number of people cannot be less than 0.")))
    if not _NUMBER.match(text):
        raise Refused(say(_WHOLE))
    number = int(re.sub(r"\D", "", text))
    if number > most:
        raise Refused(
            say(N_("That is more than can be right. Write at most %(most)s."), most=f"{most:,}")
        )
    return number


def _percent(text: str) -> int | None:
    if not text:
        return None
    number = text.removesuffix("%").strip()
    if not number.isascii() or not number.isdigit() or int(number) > 100:
        raise Refused(say(N_("Write a number from 0 to 100.")))
    return int(number)


def _money(text: str) -> Decimal | None:
    text = text.replace("$", "").replace(" ", "")
    if not text:
        return None
    if re.fullmatch(r"\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    try:
        pay = Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused(say(N_("Write the pay an hour in dollars, such as 19.50."))) from None
    if not pay.is_finite() or not 0 < pay <= 1000:
        raise Refused(
            say(N_("Write the pay for one hour, in dollars: more than 0 and at most 1,000."))
        )
    return pay


def _line(text: str, most: int = LINE) -> str:
    if len(text) > most:
        raise Refused(
            say(
                N_("This is too long by %(n)s characters. Write at most %(most)s."),
                n=len(text) - most,
                most=most,
            )
        )
    return text.replace("\x00", "")


def _with(said: Said, name: str, value: Any) -> Said:
    changed: dict[str, Any] = {name: value}
    return replace(said, **changed)


def _pay(said: Said, name: str, text: str) -> Said:
    after = _with(said, name, _money(text))
    if after.wage_low is not None and after.wage_high is not None:
        if name == "wage_low" and after.wage_low > after.wage_high:
            raise Refused(say(N_("This is more than the highest pay. Write the lower pay here.")))
        if after.wage_low > after.wage_high:
            raise Refused(say(N_("This is less than the lowest pay. Write the higher pay here.")))
    return after


def _with_cell(said: Said, key: Key, cell: Cell | None) -> Said:
    cells = dict(said.cells)
    if cell is None:
        cells.pop(key, None)
    else:
        cells[key] = cell
    return replace(said, cells=cells)


def _confidence_of(said: Said, quarter: Quarter) -> Confidence:
    return next(
        (c.confidence for (q, _), c in said.cells.items() if q == quarter), Confidence.MEDIUM
    )


def _meant(cell: Cell, before: Cell | None, confirmed: bool) -> Cell:
    """The cell, if it is plausible or somebody says that it is meant."""
    if cell.high < ASK_FROM:
        return replace(cell, confirmed=False)
    already = before is not None and before.confirmed and cell.high <= before.high
    if not confirmed and not already:
        number = cell.likely if cell.likely >= ASK_FROM else cell.high
        raise AskedBack(
            say(
                N_("%(number)s people in one quarter is very many. Is that what you mean?"),
                number=f"{number:,}",
            ),
            number,
        )
    return replace(cell, confirmed=True)


def _cell(likely: int, confidence: Confidence) -> Cell:
    low, high = assumed_range(likely, confidence)
    return Cell(low, likely, high, confidence, range_assumed=True)


def _likely(said: Said, key: Key, text: str, confirmed: bool) -> Said:
    likely = _whole(text)
    if likely is None:
        return _with_cell(said, key, None)
    before = said.cells.get(key)
    cell = _cell(likely, before.confidence if before else _confidence_of(said, key[0]))
    if before and not before.range_assumed and before.low <= likely <= before.high:
        cell = replace(before, likely=likely)
    return _with_cell(said, key, _meant(cell, before, confirmed))


def _bound(said: Said, key: Key, bound: str, text: str, confirmed: bool) -> Said:
    number = _whole(text)
    before = said.cells.get(key)
    if before is None:
        if number is None:
            return said
        raise Refused(say(N_("Write the most likely number first.")))
    low, high = assumed_range(before.likely, before.confidence)
    other = (
        None if before.range_assumed else before.high,
        None if before.range_assumed else before.low,
    )
    low_said = number if bound == "low" else other[1]
    high_said = number if bound == "high" else other[0]
    if low_said is not None and low_said > before.likely:
        raise Refused(say(N_("“At least” cannot be more than the most likely number.")))
    if high_said is not None and high_said < before.likely:
        raise Refused(say(N_("“At most” cannot be less than the most likely number.")))
    cell = replace(
        before,
        low=low if low_said is None else low_said,
        high=high if high_said is None else high_said,
        range_assumed=low_said is None and high_said is None,
    )
    return _with_cell(said, key, _meant(cell, before, confirmed))


def _sure(said: Said, text: str, confirmed: bool, wanted: Callable[[Key], bool]) -> Said:
    if not text:
        return said
    if text not in list(Confidence):
        raise KeyError(text)
    level = Confidence(text)
    cells = dict(said.cells)
    touched = [key for key in cells if wanted(key)]
    if not touched:
        raise Refused(say(N_("Write how many people first, then how sure you are.")))
    for key in touched:
        cell = replace(cells[key], confidence=level)
        if cell.range_assumed:
            low, high = assumed_range(cell.likely, level)
            cell = replace(cell, low=low, high=high)
        cells[key] = _meant(cell, cells[key], confirmed or cell.likely >= ASK_FROM)
    return replace(said, cells=cells)


def _total(
    said: Said, cause: Cause, text: str, asked: tuple[Quarter, ...], confirmed: bool
) -> Said:
    total = _whole(text)
    if total is None:
        return replace(said, cells={k: c for k, c in said.cells.items() if k[1] is not cause})
    if total >= ASK_FROM and not confirmed:
        before = sum(cell.likely for key, cell in said.cells.items() if key[1] == cause)
        if total > before or before < ASK_FROM:
            raise AskedBack(
                say(
                    N_("%(number)s people is very many. Is that what you mean?"),
                    number=f"{total:,}",
                ),
                total,
            )
    after = said
    for quarter, likely in zip(asked, spread_evenly(total, len(asked)), strict=True):
        cell = _cell(likely, _confidence_of(said, quarter))
        after = _with_cell(after, (quarter, cause), _meant(cell, None, confirmed))
    return after


def _point(said: Said, topic: str, kind: str, there: bool) -> Said:
    points = dict(said.points)
    if there:
        points.setdefault((topic, kind), "")
    else:
        points.pop((topic, kind), None)
    return replace(said, points=points)


def _own_words(said: Said, topic: str, text: str) -> Said:
    points = dict(said.points)
    if text or (topic, "other") in points:
        points[topic, "other"] = text
    return replace(said, points=points)


def _career(said: Said, index: int, part: str, text: str) -> Said:
    steps = list(said.steps)
    while len(steps) <= index:
        steps.append(CareerStep())
    value: Any
    if part == "title":
        value = _line(text, 160)
    elif part == "wage":
        value = _money(text)
    else:
        value = _whole(text, 240)
    changed: dict[str, Any] = {part: value}
    steps[index] = replace(steps[index], **changed)
    while steps and steps[-1] == CareerStep():
        steps.pop()
    return replace(said, steps=tuple(steps))


def _offer(said: Said, kind: str, there: bool) -> Said:
    offers = dict(said.offers)
    if there:
        offers.setdefault(kind, None)
    else:
        offers.pop(kind, None)
    return replace(said, offers=offers)


def _offered(said: Said, kind: str, text: str) -> Said:
    number = _whole(text)
    if number == 0:
        return _offer(said, kind, False)
    if number is None and kind not in said.offers:
        return said
    return replace(said, offers={**said.offers, kind: number})


def _skill(said: Said, key: str, text: str) -> Said:
    skills = dict(said.skills)
    share = _percent(text)
    if share is None:
        skills.pop(key, None)
    else:
        skills[key] = share
    return replace(said, skills=skills)
