"""What can be wrong with a file or a row, said so that a person can mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Reasons that are a rule of the source, not a fault of the file.
BY_RULE: Mapping[str, str] = MappingProxyType(
    {
        "suppressed": "the source recommends not to use the value (Recommend Suppress = Y)",
        "not relevant": "a level has no meaning where the item is not relevant to the occupation",
        "not a share": "it states no share of the people asked by category",
        "no match": "the crosswalk says that there is no match",
        "not a competency": "a heading of the content model, or an element of another kind",
        "not released": "the source has not released the concept, or withdrew it",
        "duplicate": "the same row stands in the file more than once",
    }
)


class FileProblem(Exception):
    """A whole file cannot be used: which one, where, why, and what to do about it."""

    def __init__(self, file: str, what: str, remedy: str, *, row: int | None = None) -> None:
        self.file, self.what, self.remedy, self.row = file, what, remedy, row
        place = f"{file}, row {row}" if row else file
        super().__init__(f"{place}: {what} {remedy}")


class CellProblem(ValueError):
    """A cell cannot be read; raised by converters, completed by the reader with the place."""

    def __init__(self, reason: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.reason, self.what, self.remedy = reason, what, remedy


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not used."""

    file: str
    row: int
    field: str
    reason: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}"
        if self.field:
            place += f", {self.field}"
        return f"{place}: {self.what} {self.remedy}".rstrip()


@dataclass(slots=True)
class Tally:
    """Rows of one file: ``read == used + sum(refused.values())`` holds after every row.

    ``row`` is the row of the file being read, counted as a person counts. The first ``keep``
    refusals of each reason are kept whole; the others are only counted.
    """

    file: str
    keep: int = 20
    row: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[Refusal] = field(default_factory=list)

    @property
    def used(self) -> int:
        return self.read - self.refused.total()

    @property
    def faults(self) -> int:
        """Refused rows that point to damage, leaving out those that the source's rules drop."""
        return sum(count for reason, count in self.refused.items() if reason not in BY_RULE)

    def refuse(
        self, row: int, field_name: str, reason: str, what: str, remedy: str = "", *, count: int = 1
    ) -> None:
        self.refused[reason] += count
        if self.refused[reason] <= self.keep and reason not in BY_RULE:
            self.examples.append(Refusal(self.file, row, field_name, reason, what, remedy))

    def check(self, *, share: float = 0.05, floor: int = 5) -> None:
        """Raise ``FileProblem`` when so many rows are faulty that the file cannot be trusted.

        A few bad rows are normal in public files; more than ``share`` of them (and more than
        ``floor``), or none that can be used at all, mean a damaged download or another file.
        """
        if self.faults and not self.used:
            raise FileProblem(self.file, "no row could be used.", self._first())
        if self.faults > max(floor, share * self.read):
            raise FileProblem(
                self.file,
                f"{self.faults:,} of {self.read:,} rows cannot be read, so nothing was loaded.",
                f"{self._first()} Download the file again, or check that it is the right one.",
            )

    def _first(self) -> str:
        return f"The first is: {self.examples[0]}" if self.examples else ""
