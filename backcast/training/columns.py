"""Which column of a list means what: fields, a suggestion by likeness, and a checked choice.

The suggestion is only that. A person confirms it, and the confirmed choice can be kept and used
for the next list of the same make.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from backcast.core.text import name_key

#: A column less alike than this is not suggested.
LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a list may bring. ``names`` are headers under which lists often have it."""

    key: str
    title: str
    names: tuple[str, ...] = ()
    needed: bool = False
    hint: str = ""


PROGRAM_FIELDS: tuple[Field, ...] = (
    Field(
        "source_id",
        "Program number",
        ("program id", "programid", "course id", "id"),
        True,
        "The number by which the list knows the program. Loading again finds it by this.",
    ),
    Field("name", "Program name", ("official name", "program title", "course name", "title"), True),
    Field(
        "cip",
        "CIP code",
        ("cip code", "cipcode", "cip 2020"),
        True,
        "Like 51.3801. Zeros lost at the front are put back.",
    ),
    Field("provider_id", "Provider number", ("provider id", "school id", "institution id")),
    Field(
        "provider_name",
        "Provider name",
        ("provider", "school name", "institution", "name", "training provider"),
    ),
    Field("provider_status", "Provider status", ("provider status name", "provider approval")),
    Field("status", "Program status", ("status name", "program approval", "eligibility status")),
    Field("county", "County", ("county name",)),
    Field("state", "State", ("provider state", "state code")),
    Field("city", "City", ("town", "provider city")),
    Field("street", "Street", ("address", "street 1", "address line 1")),
    Field("zip", "ZIP code", ("zip code", "zipcode", "postal code")),
    Field("website", "Website", ("url", "web address", "web site", "program url")),
    Field("tuition", "Tuition", ("tuition cost", "in-state tuition")),
    Field("fees", "Fees", ("fee", "registration fees")),
    Field("books", "Books", ("books materials cost", "books and materials", "textbooks")),
    Field("tools", "Supplies and tools", ("supplies tools cost", "supplies", "tools")),
    Field("other_costs", "Other costs", ("other cost", "additional costs")),
    Field("total_cost", "Total cost", ("totalcost", "cost", "total program cost")),
    Field("clock_hours", "Clock hours", ("total clock hours", "hours", "contact hours")),
    Field("weeks", "Weeks", ("length in weeks", "duration weeks", "program length weeks")),
    Field(
        "length_band",
        "Length band",
        ("calendar length id", "calendarlengthid", "length code"),
        hint="A code for a range of lengths. The assumptions say what each code means.",
    ),
    Field("mode", "How it is taught", ("mode", "delivery mode", "program format", "format")),
    Field("credential", "Credential", ("industry credential name", "credential name")),
    Field("licence", "License", ("license awarded name", "license name", "licence name")),
    Field("description", "Description", ("program description", "course description")),
    Field("min_size", "Smallest group", ("minimum size", "minimum enrollment", "min class size")),
    Field("max_size", "Largest group", ("maximum size", "capacity", "seats", "max class size")),
)

PROVIDER_FIELDS: tuple[Field, ...] = (
    Field("provider_id", "Provider number", ("provider id", "id"), True),
    Field("provider_name", "Provider name", ("name", "provider", "school name"), True),
    Field("provider_status", "Provider status", ("status name", "status")),
    Field("county", "County", ("county name",)),
    Field("state", "State", ("state code",)),
    Field("city", "City", ("town",)),
    Field("street", "Street", ("street 1", "address")),
    Field("zip", "ZIP code", ("zip code", "zipcode")),
    Field("website", "Website", ("url", "web address")),
)

OUTCOME_FIELDS: tuple[Field, ...] = (
    Field("provider_id", "Provider number", ("provider id", "school id"), True),
    Field("cip", "CIP code", ("cip code", "cipcode"), True),
    Field(
        "completers",
        "People who completed",
        ("num completed 2", "completers", "number completed"),
        True,
    ),
    Field(
        "employed_share",
        "Share of them employed",
        ("per employed 2", "employment rate", "percent employed"),
        hint="In the second quarter after they left, in any job. Between 0 and 1.",
    ),
    Field("employed", "Number of them employed", ("num employed", "number employed", "employed n")),
    Field("wage", "Average quarterly wage", ("avg quarterly wage 2", "average wage")),
    Field("wage_people", "People behind the wage", ("num used wage calc 2",)),
)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "programs": PROGRAM_FIELDS,
    "providers": PROVIDER_FIELDS,
    "outcomes": OUTCOME_FIELDS,
}


class MappingError(ValueError):
    """The chosen columns cannot be used; ``complaints`` says for each field what to mend."""

    def __init__(self, complaints: Mapping[str, str]) -> None:
        self.complaints = dict(complaints)
        super().__init__(" ".join(complaints.values()))


def words_apart(text: str) -> str:
    """The key of a header or a code, whose words may run together.

    >>> words_apart("NumCompleted2"), words_apart("Tuition & fees")
    ('num completed 2', 'tuition and fees')
    """
    return name_key(re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", text))


def likeness(header: str, field: Field) -> float:
    """0 to 1: how alike a header is to the names that the field goes by."""
    asked = words_apart(header)
    best = 0.0
    for name in (field.title, field.key, *field.names):
        known = words_apart(name)
        if asked == known or asked.replace(" ", "") == known.replace(" ", ""):
            return 1.0
        best = max(best, 0.99 * SequenceMatcher(None, asked, known).ratio())
    return best


def suggest(columns: Sequence[str], fields: Iterable[Field]) -> dict[str, str]:
    """Field → column for the likeliest pairs; no column and no field is used twice."""
    pairs = sorted(
        (
            (-likeness(column, field), order, position, field.key, column)
            for order, field in enumerate(fields)
            for position, column in enumerate(columns)
        ),
    )
    chosen: dict[str, str] = {}
    for score, _order, _position, key, column in pairs:
        if -score < LIKENESS:
            break
        if key not in chosen and column not in chosen.values():
            chosen[key] = column
    return chosen


def check(
    chosen: Mapping[str, str], columns: Sequence[str], fields: Sequence[Field]
) -> dict[str, str]:
    """The choice without empty entries. Raises ``MappingError``: missing, unknown, or used twice."""
    titles = {field.key: field.title for field in fields}
    kept = {key: column for key, column in chosen.items() if column}
    complaints: dict[str, str] = {}
    used: dict[str, str] = {}
    for key, column in kept.items():
        if key not in titles:
            complaints[key] = f"“{key}” is not a field. Choose among: {', '.join(titles)}."
        elif column not in columns:
            complaints[key] = (
                f"{titles[key]}: the file has no column “{column}”. It has: {', '.join(columns)}."
            )
        elif column in used:
            complaints[key] = (
                f"{titles[key]}: the column “{column}” is already used for "
                f"{titles[used[column]]}. Choose another, or none."
            )
        used.setdefault(column, key)
    for field in fields:
        if field.needed and field.key not in kept:
            complaints[field.key] = f"{field.title}: choose the column that holds it."
    if complaints:
        raise MappingError(complaints)
    return kept
