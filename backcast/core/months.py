"""Calendar months: when a cohort starts, and when places, rooms and instructors are free."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

from backcast.core.quarters import Quarter

_PATTERN = re.compile(r"^\s*(\d{4})\s*[-/]\s*(\d{1,2})\s*$")
PER_QUARTER = 3


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; ``number`` is 1 to 12."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12:
            raise ValueError(f"A month is 1 to 12, not {self.number}.")
        if not 1 <= self.year <= 9999:
            raise ValueError(f"A year is 1 to 9999, not {self.year}.")

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def first_of(cls, quarter: Quarter) -> Month:
        """The month with which a quarter begins."""
        return cls(quarter.year, PER_QUARTER * quarter.number - 2)

    @classmethod
    def all_of(cls, quarter: Quarter) -> tuple[Month, ...]:
        """The three months of a quarter."""
        return tuple(cls.first_of(quarter).range(PER_QUARTER))

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2027-09``. Raises ``ValueError`` with a sentence that says how to write it."""
        found = _PATTERN.match(text)
        if not found:
            raise ValueError(f"“{text}” is not a month. Write it like 2027-09.")
        return cls(int(found[1]), int(found[2]))

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, (self.number - 1) // PER_QUARTER + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - timedelta(days=1)

    def __add__(self, months: int) -> Month:
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __sub__(self, other: Month) -> int:
        """Months from ``other`` to this one."""
        return (self.year - other.year) * 12 + self.number - other.number

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def words(self) -> str:
        """As sentences name it: “September 2027”."""
        return f"{calendar.month_name[self.number]} {self.year}"

    @property
    def short(self) -> str:
        """As lists name it: “Sep 2027”."""
        return f"{calendar.month_abbr[self.number]} {self.year}"

    def range(self, count: int) -> Iterator[Month]:
        """This month and those after it, ``count`` in all."""
        return (self + step for step in range(count))
