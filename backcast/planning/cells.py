"""How a cell of the planning workbook is read, and what is said where it cannot be."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.figures import BASES
from backcast.planning.problem import FUND_RULE_KINDS

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
