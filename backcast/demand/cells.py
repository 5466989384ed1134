"""What a cell says: one function for each sort of answer; ``Unclear`` says why not and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from backcast.core.quarters import Quarter
from backcast.core.text import name_key
from backcast.demand.refusals import N_, Sentence, say
from backcast.demand.tables import Cell

T = TypeVar("T")

_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%d %B %Y", "%d %b %Y")
_MONTHS = {"jan mar": 1, "apr jun": 2, "jul sep": 3, "oct dec": 4}
_QUARTER = re.compile(r"^(\d{4})\s*-?\s*Q([1-4])\s*\(.*\)$", re.IGNORECASE)


class Unclear(Exception):
    """The cell in column ``key`` cannot be used."""

    def __init__(self, key: str, wrong: Sentence, remedy: Sentence) -> None:
        self.key, self.wrong, self.remedy = key, wrong, remedy
        super().__init__(f"{wrong} {remedy}")


def shown(cell: Cell) -> str:
    """The cell as a message quotes it."""
    text = str(cell)
    return text if len(text) <= 40 else text[:39] + "…"


def words(cell: Cell, key: str, longest: int, *, needed: bool = False) -> str:
    """Text of at most ``longest`` signs, runs of spaces made one."""
    text = "" if cell is None else " ".join(str(cell).split())
    if needed and not text:
        raise Unclear(key, say(N_("The cell is empty.")), say(N_("Fill it in.")))
    if len(text) > longest:
        raise Unclear(
            key,
            say(N_("The text has %(length)s letters."), length=len(text)),
            say(N_("Write at most %(longest)s."), longest=longest),
        )
    return text


def people(cell: Cell, key: str, ceiling: int) -> int | None:
    """A whole number of people from 0 to ``ceiling``; ``None`` where the cell is empty."""
    if cell is None:
        return None
    number = _decimal(cell)
    if number is None:
        raise Unclear(
            key,
            say(N_("“%(text)s” is not a number."), text=shown(cell)),
            say(N_("Write a whole number such as 4.")),
        )
    if number < 0:
        raise Unclear(
            key,
            say(N_("%(text)s is below 0."), text=shown(cell)),
            say(N_("Write how many people you need, or 0.")),
        )
    if number != number.to_integral_value():
        raise Unclear(
            key,
            say(N_("%(text)s is not a whole number."), text=shown(cell)),
            say(N_("People are counted whole: write a number such as 4.")),
        )
    if number > ceiling:
        raise Unclear(
            key,
            say(N_("%(text)s people are more than can be right."), text=shown(cell)),
            say(N_("Write at most %(ceiling)s."), ceiling=f"{ceiling:,}"),
        )
    return int(number)


def money(cell: Cell, key: str) -> Decimal | None:
    """Dollars an hour, more than 0 and at most 1,000."""
    if cell is None:
        return None
    number = _decimal(cell)
    if number is None or number <= 0:
        raise Unclear(
            key,
            say(N_("“%(text)s” is not an hourly pay."), text=shown(cell)),
            say(N_("Write dollars an hour, such as 21.50.")),
        )
    if number > 1000:
        raise Unclear(
            key,
            say(N_("%(text)s dollars an hour are more than can be right."), text=shown(cell)),
            say(N_("Write dollars an hour, not a year, such as 21.50.")),
        )
    return number.quantize(Decimal("0.01"))


def hours(cell: Cell, key: str) -> Decimal | None:
    """Hours a week, more than 0 and at most 80, to a tenth."""
    if cell is None:
        return None
    number = _decimal(cell)
    if number is None or not 0 < number <= 80:
        raise Unclear(
            key,
            say(N_("“%(text)s” is not a number of hours in a week."), text=shown(cell)),
            say(N_("Write a number from 1 to 80, such as 36.")),
        )
    return number.quantize(Decimal("0.1"))


def day(cell: Cell, key: str, today: date) -> date | None:
    """A date from ``today`` on, within ten years."""
    if cell is None:
        return None
    found = cell if isinstance(cell, date) else _day_of(str(cell))
    if found is None:
        raise Unclear(
            key,
            say(N_("“%(text)s” is not a date that can be read."), text=shown(cell)),
            say(
                N_("Write it as year-month-day, like %(example)s."),
                example=f"{today.year + 1}-03-01",
            ),
        )
    if found < today:
        raise Unclear(
            key,
            say(N_("%(day)s is in the past."), day=found),
            say(N_("Write a day from today on, or leave the cell empty.")),
        )
    if found.year > today.year + 10:
        raise Unclear(
            key,
            say(N_("%(day)s is more than ten years away."), day=found),
            say(N_("Check the year.")),
        )
    return found


def quarter(cell: Cell, key: str, now: Quarter) -> Quarter:
    """A quarter from ``now`` on, within ten years; a date stands for the quarter it lies in."""
    found = _quarter_of(cell)
    if found is None:
        raise Unclear(
            key,
            say(N_("The cell is empty."))
            if cell is None
            else say(N_("“%(text)s” is not a quarter."), text=shown(cell)),
            say(N_("Write it like %(example)s."), example=str(now + 1)),
        )
    if found < now:
        raise Unclear(
            key,
            say(N_("%(quarter)s is over."), quarter=found),
            say(N_("Name a quarter from %(now)s on, or take the row out."), now=now),
        )
    if found - now > 40:
        raise Unclear(
            key,
            say(N_("%(quarter)s is more than ten years away."), quarter=found),
            say(N_("Check the year.")),
        )
    return found


def choice(cell: Cell, key: str, choices: Mapping[T, Sequence[str]]) -> T | None:
    """The choice whose name or code the cell holds."""
    if cell is None:
        return None
    wanted = name_key(str(cell))
    for value, names in choices.items():
        if wanted == name_key(str(value)) or wanted in map(name_key, names):
            return value
    raise Unclear(
        key,
        say(N_("“%(text)s” is not known here."), text=shown(cell)),
        say(
            N_("Write one of: %(choices)s."),
            choices=", ".join(names[0] for names in choices.values()),
        ),
    )


def agreed(cell: Cell, key: str) -> bool | None:
    """Yes or no; ``None`` where the cell is empty."""
    if cell is None or isinstance(cell, bool):
        return cell
    text = name_key(str(cell))
    if text in {"yes", "y", "x", "true", "1", "si"}:
        return True
    if text in {"no", "n", "false", "0"}:
        return False
    raise Unclear(
        key,
        say(N_("“%(text)s” is neither yes nor no."), text=shown(cell)),
        say(N_("Write yes or no.")),
    )


def _decimal(cell: Cell) -> Decimal | None:
    if isinstance(cell, (bool, date)):
        return None
    text = str(cell).replace("$", "").replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day_of(text: str) -> date | None:
    for pattern in _DATES:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day, no time
        except ValueError:
            continue
    return None


def _quarter_of(cell: Cell) -> Quarter | None:
    if cell is None:
        return None
    if isinstance(cell, date):
        return Quarter.of(cell)
    text = str(cell).strip()
    written = _QUARTER.match(text)
    try:
        if written:
            return Quarter(int(written[1]), int(written[2]))
        return Quarter.parse(text)
    except ValueError:
        pass
    months = re.match(r"^([a-z]{3}) ([a-z]{3}) (\d{4})$", name_key(text))
    if months and f"{months[1]} {months[2]}" in _MONTHS:
        return Quarter(int(months[3]), _MONTHS[f"{months[1]} {months[2]}"])
    found = _day_of(text)
    return Quarter.of(found) if found else None
