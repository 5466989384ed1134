"""Calendar quarters and program years.

Quarter arithmetic is calendar arithmetic: the second quarter after an exit is the second full
calendar quarter after the quarter of the exit, never 180 days (20 CFR 677.155). A program year
runs from 1 July to 30 June and is named by the year in which it starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

_PATTERN = re.compile(
    r"^\s*(\d{4})\s*[-\s]?\s*[Qq]([1-4])\s*$|^\s*[Qq]([1-4])\s*[-\s/]?\s*(\d{4})\s*$"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter; ``number`` is 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"A quarter is 1 to 4, not {self.number}.")
        if not 1 <= self.year <= 9999:
            raise ValueError(f"A year is 1 to 9999, not {self.year}.")

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2026-Q3``, ``2026 Q3``, ``2026Q3`` or ``Q3 2026``.

        Raises ``ValueError`` with a sentence that says how to write it.
        """
        found = _PATTERN.match(text)
        if not found:
            raise ValueError(f"“{text}” is not a quarter. Write it like 2026-Q3.")
        year, number = found[1] or found[4], found[2] or found[3]
        return cls(int(year), int(number))

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - timedelta(days=1)

    def __add__(self, quarters: int) -> Quarter:
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    def __sub__(self, other: Quarter) -> int:
        """Quarters from ``other`` to this one."""
        return (self.year - other.year) * 4 + self.number - other.number

    def __lt__(self, other: Quarter) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def range(self, count: int) -> Iterator[Quarter]:
        """This quarter and those after it, ``count`` in all."""
        return (self + step for step in range(count))


def quarter_after_exit(exit_day: date, number: int) -> Quarter:
    """The ``number``-th calendar quarter after the quarter of the exit (20 CFR 677.155)."""
    return Quarter.of(exit_day) + number


def program_year(day: date) -> int:
    """The program year that holds ``day``: 1 July to 30 June, named by its first year."""
    return day.year if day.month >= 7 else day.year - 1
