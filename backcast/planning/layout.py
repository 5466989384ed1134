"""The sheets and columns of the planning workbook, and how a single cell is read."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.figures import BASES
from backcast.planning.problem import FUND_RULE_KINDS, PIN_KINDS, RESOURCE_KINDS

Value = str | float | Quarter | Month | tuple[Month, ...] | None

_NUMBER = re.compile(r"^-?\$?\s*(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
_MONTHS = tuple(calendar.month_name)[1:]


class CellError(ValueError):
    """A cell cannot be read: what is wrong with it, and how to mend it."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message} {remedy}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how its cells are read, and a line of help for the template."""

    name: str
    read: Callable[[object], Value]
    help: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    required: bool = True


def text(raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool | datetime | date):
        raise CellError(f"“{raw}” is not text.", "Write a word or a code.")
    return " ".join(str(raw).split())


def number(raw: object) -> float:
    if isinstance(raw, bool):
        raise CellError(f"“{raw}” is not a number.", "Write digits, like 12.")
    if isinstance(raw, datetime | date):
        raise CellError("This is a date, not a number.", "Format the cell as a number.")
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise CellError("This is not a finite number.", "Write digits, like 12.")
        return float(raw)
    written = str(raw).strip()
    if not _NUMBER.match(written):
        raise CellError(
            f"“{written}” is not a number.", "Write digits, with a point for decimals: 1250.50."
        )
    return float(re.sub(r"[$,\s]", "", written))


def quarter(raw: object) -> Quarter:
    """A quarter, a real date, or text that can mean one quarter only."""
    if isinstance(raw, datetime):
        return Quarter.of(raw.date())
    if isinstance(raw, date):
        return Quarter.of(raw)
    written = str(raw).strip()
    found = _quarters_meant(written)
    if len(found) == 1:
        return found.pop()
    if found:
        raise CellError(
            f"“{written}” can mean {' or '.join(map(str, sorted(found)))}.",
            "Write the quarter, like 2027-Q1.",
        )
    raise CellError(f"“{written}” is not a quarter or a date.", "Write it like 2027-Q1.")


def _quarters_meant(written: str) -> set[Quarter]:
    try:
        return {Quarter.parse(written)}
    except ValueError:
        return {month.quarter for month in _months_meant(written)}


def months(raw: object) -> tuple[Month, ...]:
    """Months that are named with commas; a quarter stands for any month of it."""
    if isinstance(raw, datetime | date):
        return (Month(raw.year, raw.month),)
    found: list[Month] = []
    for written in filter(None, (part.strip() for part in str(raw).split(","))):
        try:
            found += Month.all_of(Quarter.parse(written))
            continue
        except ValueError:
            found.append(month(written))
    return tuple(sorted(set(found)))


def month(raw: object) -> Month:
    """A month, a real date, or text that can mean one month only."""
    if isinstance(raw, datetime | date):
        return Month(raw.year, raw.month)
    written = str(raw).strip()
    meant = _months_meant(written)
    if len(meant) == 1:
        return meant.pop()
    if meant:
        raise CellError(
            f"“{written}” can mean {' or '.join(map(str, sorted(meant)))}.",
            "Write the month, like 2027-09.",
        )
    raise CellError(
        f"“{written}” is not a month or a quarter.", "Write it like 2027-09, or 2027-Q3."
    )


def _months_meant(written: str) -> set[Month]:
    try:
        return {Month.parse(written)}
    except ValueError:
        pass
    candidates: list[tuple[int, int, int]] = []
    if iso := _ISO.match(written):
        candidates = [(int(iso[1]), int(iso[2]), int(iso[3]))]
    elif slashed := _SLASHED.match(written):
        first, second, year = int(slashed[1]), int(slashed[2]), int(slashed[3])
        candidates = [(year, first, second), (year, second, first)]
    else:
        words = written.lower().replace(",", " ").replace(".", " ").split()
        named = [n for n, name in enumerate(_MONTHS, 1) for w in words if _names_month(w, name)]
        years = [int(w) for w in words if re.fullmatch(r"\d{4}", w)]
        if len(named) == 1 and len(years) == 1 and len(words) <= 3:
            candidates = [(years[0], named[0], 1)]
    out = set()
    for year, number, day in candidates:
        try:
            out.add(Month.of(date(year, number, day)))
        except ValueError:
            continue
    return out


def _names_month(word: str, name: str) -> bool:
    return len(word) >= 3 and name.lower().startswith(word)


def basis(raw: object) -> str:
    written = text(raw).lower()
    if written not in BASES:
        raise CellError(f"“{written}” is not a basis.", f"Write one of: {', '.join(BASES)}.")
    return written


def whole(raw: object) -> float:
    amount = number(raw)
    if amount != int(amount):
        raise CellError(f"{amount:g} is not whole.", "Write a whole number.")
    return amount


def one_of(name: str, words: Sequence[str]) -> Callable[[object], Value]:
    """A reader of cells that hold one of these words."""

    def read(raw: object) -> Value:
        written = text(raw).lower()
        if written not in words:
            raise CellError(f"“{written}” is not a {name}.", f"Write one of: {', '.join(words)}.")
        return written

    return read


def rule_kind(raw: object) -> Value:
    """A kind of rule, written with spaces."""
    spaced = one_of("kind of rule", [kind.replace("_", " ") for kind in FUND_RULE_KINDS])
    return str(spaced(text(raw).replace("_", " "))).replace(" ", "_")


def period(raw: object) -> Value:
    """A quarter or a month."""
    try:
        return Quarter.parse(str(raw))
    except ValueError:
        return month(raw)


def setting(raw: object) -> str:
    """A value of the sheet Plan as text; a date becomes its quarter."""
    if isinstance(raw, datetime | date):
        return str(quarter(raw))
    return text(raw)


_B = Column("basis", basis, "stated, published, observed or assumed")
_S = Column("source", text, "where the numbers of this row come from")

PLAN = Sheet(
    "Plan",
    (
        Column("setting", text, "title, first quarter, quarters, confidence or budget"),
        Column("value", setting, "its value"),
        Column("basis", basis, "for the budget: stated or assumed", required=False),
        Column("source", text, "for the budget: who says so", required=False),
    ),
)
AREAS = Sheet(
    "Areas",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("adjoining", text, "codes of areas next to it, with commas", required=False),
    ),
)
ROLES = Sheet(
    "Roles",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what employers call it"),
        Column("confidence", number, "odds to reach for this role, 0 to 1", required=False),
    ),
)
PROGRAMS = Sheet(
    "Programs",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "name of the program"),
        Column("provider", text, "who runs it"),
        Column("area", text, "code of its area"),
        Column("roles", text, "role codes it leads to; with shares: CNA:0.7, HHA:0.3"),
        Column("weeks", number, "from the first day to the last, externship included"),
        Column("lead weeks", number, "to recruit and screen before a start", required=False),
        Column("hire weeks", number, "from the last day to the first day at work", required=False),
        Column("smallest cohort", number, "learners"),
        Column("largest cohort", number, "learners"),
        Column("at once", number, "cohorts that may run at the same time"),
        Column("cost per learner", number, "dollars; 0 only if it truly costs nothing"),
        Column("cost per cohort", number, "dollars beside the learners' cost", required=False),
        Column("cost basis", basis, "where the cost comes from: stated, published, assumed …"),
        Column("cost source", text, "who says so"),
        Column(
            "starts", months, "months (2027-09) or quarters (any month) to start; empty: any", False
        ),
        Column("places per learner", number, "externship places a learner takes up", False),
        Column("places after stage", text, "the stage that comes before the externship", False),
        Column("also serves", text, "codes of further areas (an online program)", False),
        _B,
        _S,
        Column("recruit weeks", number, "to recruit people, before a start", False),
        Column("screen weeks", number, "to screen them", False),
        Column("clearance weeks", number, "to get their clearances", False),
        Column("exam weeks", number, "from the last day to the exam's result", False),
        Column("externship weeks", number, "at the end of the program; empty: a month", False),
        Column("schedule", text, "when it meets: day, evening … as on the sheet Recruits", False),
        Column("upskills from", text, "role code in which its learners already work", False),
    ),
)
STAGES = Sheet(
    "Stages",
    (
        Column("program", text, "program code; its stages stand in their order"),
        Column("stage", text, "completed, credentialed, hired, retained …"),
        Column("came through", number, "of those who entered"),
        Column("entered", number, "how many entered"),
        Column("shared", text, "the same word wherever the same data stands", required=False),
        _B,
        _S,
    ),
)
NEEDS = Sheet(
    "Needs",
    (
        Column("employer", text, "who needs them", required=False),
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("quarter", quarter, "like 2027-Q1"),
        Column("low", number, "people, at least"),
        Column("likely", number, "people, most likely"),
        Column("high", number, "people, at most"),
        Column("weight", number, "how much it matters; empty: 1", required=False),
        _B,
        _S,
    ),
)
SUPPLY = Sheet(
    "Supply",
    (
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("completers per year", number, "people who complete today, without the plan"),
        Column("came through", number, "of completers counted: how many were hired"),
        Column("entered", number, "completers counted"),
        Column("shared", text, "the same word wherever the same data stands", required=False),
        _B,
        _S,
    ),
    required=False,
)
PLACES = Sheet(
    "Places",
    (
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("quarter", quarter, "like 2027-Q1"),
        Column("places", number, "externship places beside those on the sheet Hosts"),
        _B,
        _S,
    ),
    required=False,
)
BUDGETS = Sheet(
    "Budgets",
    (
        Column("quarter", quarter, "of the cohorts' start"),
        Column("amount", number, "dollars"),
        _B,
        _S,
    ),
    required=False,
)
RESOURCES = Sheet(
    "Resources",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "who or what it is"),
        Column("kind", one_of("kind", RESOURCE_KINDS), "instructor, lab or room"),
        Column("area", text, "code of its area"),
        Column("months", months, "months with another amount; empty: every other month", False),
        Column("amount", number, "how many there are"),
        _B,
        _S,
    ),
    required=False,
)
USES = Sheet(
    "Uses",
    (
        Column("program", text, "program code"),
        Column("resource", text, "resource code"),
        Column("amount", number, "how many each running cohort takes"),
        _B,
        _S,
    ),
    required=False,
)
HOSTS = Sheet(
    "Hosts",
    (
        Column("host", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("role", text, "role code"),
        Column("area", text, "area code"),
        Column("months", months, "months (2027-09) or quarters, with commas"),
        Column("supervisors", number, "supervisors who take learners then"),
        Column("learners each", number, "learners at once for each supervisor"),
        _B,
        _S,
    ),
    required=False,
)
HOLIDAYS = Sheet(
    "Holidays",
    (
        Column("title", text, "what people call it"),
        Column("months", months, "months (2027-12), with commas"),
        Column("weeks", number, "weeks without classes in each"),
        Column("area", text, "area code; empty: everywhere", required=False),
        _B,
        _S,
    ),
    required=False,
)
RUNNING = Sheet(
    "Running",
    (
        Column("code", text, "a short code of your own"),
        Column("program", text, "program code"),
        Column("start", month, "the month in which it started"),
        Column("people", number, "people who are in it now"),
        Column("next stage", text, "the stage that they must come through next"),
        _B,
        _S,
    ),
    required=False,
)
PINS = Sheet(
    "Pins",
    (
        Column("program", text, "program code"),
        Column("month", month, "like 2027-09"),
        Column("kind", one_of("kind", PIN_KINDS), "pin or forbid"),
        Column("cohorts", whole, "for a pin: how many start; empty: 1", required=False),
        Column("size", whole, "for a pin: learners in each; empty: as the plan likes", False),
        Column("by", text, "who fixed it", required=False),
        Column("why", text, "for what reason", required=False),
    ),
    required=False,
)
ANNOUNCED = Sheet(
    "Announced",
    (
        Column("program", text, "program code"),
        Column("month", month, "of the start that people were told"),
        Column("cohorts", whole, "how many were announced"),
        Column("learners", whole, "in all of them"),
    ),
    required=False,
)
RECRUITS = Sheet(
    "Recruits",
    (
        Column("area", text, "code of the programs' area"),
        Column("schedule", text, "as on the sheet Programs; empty: at any", required=False),
        Column("period", period, "a month (2027-09) or a quarter (2027-Q3) of the starts"),
        Column("people", number, "people who can be recruited"),
        _B,
        _S,
    ),
    required=False,
)
FUNDS = Sheet(
    "Funds",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "what people call it"),
        Column("amount", number, "dollars"),
        Column("programs", text, "codes it may pay for, with commas; empty: all", required=False),
        Column("roles", text, "role codes it may pay for; empty: all", required=False),
        Column("areas", text, "area codes it may pay for; empty: all", required=False),
        Column("first", month, "first month of starts it may pay for; empty: any", False),
        Column("last", month, "last month of starts it may pay for; empty: any", False),
        _B,
        _S,
    ),
    required=False,
)
RULES = Sheet(
    "Rules",
    (
        Column("fund", text, "fund code"),
        Column("kind", rule_kind, "per learner, share of cost, or share of fund"),
        Column("value", number, "dollars for a learner at most, or a share from 0 to 1 at most"),
        Column("since", month, "for starts from this month on; empty: always", required=False),
        Column("programs", text, "program codes, with commas; empty: all", required=False),
        _B,
        _S,
    ),
    required=False,
)
SUPPORTS = Sheet(
    "Supports",
    (
        Column("code", text, "a short code of your own"),
        Column("title", text, "child care, transport, coaching …"),
        Column("cost per learner", number, "dollars"),
        Column("stage", text, "the stage through which it brings more people"),
        Column("low", number, "of those who would not come through: the share it brings, at least"),
        Column("likely", number, "most likely"),
        Column("high", number, "at most"),
        Column("capacity", number, "learners who can have it at once; empty: any", False),
        Column("programs", text, "program codes, with commas; empty: all", required=False),
        _B,
        _S,
    ),
    required=False,
)
SHEETS = (
    PLAN,
    AREAS,
    ROLES,
    PROGRAMS,
    STAGES,
    NEEDS,
    SUPPLY,
    PLACES,
    BUDGETS,
    RESOURCES,
    USES,
    HOSTS,
    HOLIDAYS,
    RUNNING,
    PINS,
    ANNOUNCED,
    RECRUITS,
    FUNDS,
    RULES,
    SUPPORTS,
)
