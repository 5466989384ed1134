"""Rows of published outcomes, made into counts of people or refused with a reason.

States publish a share of completers who were employed in the second quarter after, in any job. The
share times the number of completers is a whole number, so the count can be recovered. −99999 means
that the state suppressed the figure; 0 is zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from backcast.training.cleaning import Refusal, restore_cip
from backcast.training.columns import OUTCOME_FIELDS
from backcast.training.reading import Row

#: Figures about fewer people than this are not shown, and a plan does not rest on them.
FLOOR = 10

REASONS: Mapping[str, str] = {
    "merged_cells": "Cells are merged with the row above",
    "shifted_columns": "More cells than columns",
    "missing_field": "A needed field is empty",
    "bad_cip": "Not a CIP code",
    "no_such_provider": "No program of this provider is on the list",
    "bad_number": "Not a number, below 0, or beyond what is possible",
    "no_completers": "The number who completed is suppressed",
    "not_people": "Share and number do not make whole people",
    "duplicate_identical": "The same provider and field of study again",
}

_SUPPRESSED = Decimal(-99999)
_TITLES = {field.key: field.title for field in OUTCOME_FIELDS}


@dataclass(frozen=True, slots=True)
class CleanOutcome:
    """Counts for a provider and field of study; ``employed`` is None where suppressed."""

    row: int
    provider_id: str
    cip: str
    completers: int
    employed: int | None
    suppressed: bool
    quarterly_wage: Decimal | None
    wage_people: int | None

    @property
    def is_small(self) -> bool:
        return self.completers < FLOOR


class _RefusedError(Exception):
    def __init__(self, reason: str, field: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason, self.field, self.message, self.remedy = reason, field, message, remedy


def clean(
    rows: Iterable[Row],
    columns: Mapping[str, str],
    providers: Collection[str],
    cip_changes: Mapping[str, str] | None = None,
) -> Iterator[CleanOutcome | Refusal]:
    """One result a row, in order. ``providers`` are the list's numbers of those that are known."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        try:
            yield _outcome(row, columns, providers, cip_changes or {}, seen)
        except _RefusedError as refused:
            yield Refusal(
                row.number, refused.reason, refused.field, refused.message, refused.remedy
            )


def _outcome(
    row: Row,
    columns: Mapping[str, str],
    providers: Collection[str],
    cip_changes: Mapping[str, str],
    seen: dict[tuple[str, str], int],
) -> CleanOutcome:
    values = {key: row.cells.get(column, "").strip() for key, column in columns.items()}
    if row.merged:
        raise _RefusedError(
            "merged_cells", "", "Cells of this row are merged with the row above.",
            "Unmerge them and fill in each row.",
        )  # fmt: skip
    if row.surplus:
        raise _RefusedError(
            "shifted_columns", "", f"The row has {row.surplus} filled cells too many.",
            "Put quotation marks around texts that hold a comma.",
        )  # fmt: skip
    for key in ("provider_id", "cip", "completers"):
        if not values.get(key):
            raise _RefusedError(
                "missing_field", _TITLES[key], f"{_TITLES[key]} is empty.", "Fill it in."
            )
    cip = restore_cip(values["cip"])
    if cip is None:
        raise _RefusedError(
            "bad_cip", _TITLES["cip"], f"“{values['cip']}” is not a CIP code.",
            "Write it like 51.3801.",
        )  # fmt: skip
    cip = cip_changes.get(cip, cip)
    provider = values["provider_id"]
    if provider not in providers:
        raise _RefusedError(
            "no_such_provider", _TITLES["provider_id"],
            f"No program of provider {provider} is on the list.",
            "Load the list of programs first. If it is loaded, nothing is missing.",
        )  # fmt: skip
    if (provider, cip) in seen:
        raise _RefusedError(
            "duplicate_identical", _TITLES["provider_id"],
            f"Provider {provider} with {cip} is already in row {seen[provider, cip]}.",
            "Remove one of the two rows.",
        )  # fmt: skip
    completers = _count(values["completers"], "completers")
    if completers is None:
        raise _RefusedError(
            "no_completers", _TITLES["completers"], "The number who completed is suppressed.",
            "Nothing to do: without it no count can be recovered.",
        )  # fmt: skip
    employed = _employed(values, completers)
    seen[provider, cip] = row.number
    wage = _number(values.get("wage", ""), "wage")
    return CleanOutcome(
        row=row.number,
        provider_id=provider,
        cip=cip,
        completers=completers,
        employed=employed,
        suppressed=employed is None,
        quarterly_wage=wage,
        wage_people=None if wage is None else _count(values.get("wage_people", ""), "wage_people"),
    )


def _employed(values: Mapping[str, str], completers: int) -> int | None:
    """How many of the completers were employed; None where the state suppressed it."""
    counted = _count(values.get("employed", ""), "employed")
    if counted is None:
        share = _number(values.get("employed_share", ""), "employed_share")
        if share is None:
            return None
        people = share * completers
        counted = round(people)
        if share > 1 or abs(people - counted) > Decimal("0.001"):
            raise _RefusedError(
                "not_people", _TITLES["employed_share"],
                f"A share of {share:.4f} of {completers} people is {people:.2f} people.",
                "Write the share as a number between 0 and 1, like 0.875.",
            )  # fmt: skip
    if counted > completers:
        raise _RefusedError(
            "not_people", _TITLES["employed"],
            f"{counted} are employed, but only {completers} completed.", "Correct one of the two.",
        )  # fmt: skip
    return counted


def _number(text: str, key: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "").replace("$", ""))
    except InvalidOperation:
        value = Decimal(-1)
    if value == _SUPPRESSED:
        return None
    if not value.is_finite() or not 0 <= value < 10_000_000:
        raise _RefusedError(
            "bad_number", _TITLES[key], f"“{text[:40]}” is not a number that can be.",
            "Write a number of 0 or more. −99999 means that the state suppressed it.",
        )  # fmt: skip
    return value


def _count(text: str, key: str) -> int | None:
    value = _number(text, key)
    if value is None:
        return None
    if value != int(value):
        raise _RefusedError(
            "bad_number", _TITLES[key], f"“{text[:40]}” is not a number of people.",
            "Write a whole number.",
        )  # fmt: skip
    return int(value)
