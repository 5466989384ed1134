"""Rows of an eligible-training-provider list, made into programs or refused with a reason.

Every row comes out exactly once: as a ``CleanProgram`` or as a ``Refusal``. Nothing is guessed in
silence: what a program's figure rests on is told with it.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from backcast.core.spreadsheets import may_run
from backcast.core.text import name_key
from backcast.training.assumptions import Assumptions
from backcast.training.columns import PROGRAM_FIELDS, words_apart
from backcast.training.lengths import LengthError, weeks_of
from backcast.training.reading import Row

#: Reason → what it means, in the order in which a row is examined.
REASONS: Mapping[str, str] = {
    "merged_cells": "Cells are merged with the row above",
    "shifted_columns": "More cells than columns",
    "unreadable_text": "Letters lost to a wrong encoding",
    "formula": "A formula where a text should be",
    "missing_field": "A needed field is empty",
    "too_long": "A number of the list that is too long",
    "duplicate_identical": "The same row again",
    "duplicate_differing": "The same program again, with differences",
    "bad_cip": "Not a CIP code",
    "unknown_cip": "CIP code not in the loaded version",
    "missing_provider": "The provider is not known",
    "provider_not_approved": "The provider is suspended or pending",
    "program_not_approved": "The program is not approved",
    "no_county": "No county",
    "outside_region": "County outside the region",
    "bad_number": "Not a number, or below 0",
    "absurd_number": "A number beyond what is possible",
    "absurd_cost": "Cost above the ceiling",
    "missing_cost": "No cost, and nothing assumed for it",
    "missing_length": "No length, and nothing assumed for it",
}

#: Beyond these a number is a slip of typing, whatever the assumptions say.
MOST_DOLLARS = 99_999_999
MOST_HOURS = 20_000
MOST_WEEKS = 520
MOST_LEARNERS = 2_000

_TITLES = {field.key: field.title for field in PROGRAM_FIELDS}
_PARTS = ("tuition", "fees", "books", "tools", "other_costs")
_NOTHING = {"", "-", "--", "n/a", "na", "none", "null", "select one", "unknown", "tbd"}
_APPROVED = {"", "approved", "active", "eligible", "1", "true", "yes", "y"}
_MODES = {
    "in person": "in_person", "classroom": "in_person", "1": "in_person",
    "online": "online", "distance": "online", "distance learning": "online", "2": "online",
    "hybrid": "hybrid", "blended": "hybrid", "3": "hybrid",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of a provider, by the number that the list uses for it."""

    id: str
    name: str
    status: str = ""
    county: str = ""
    state: str = ""
    city: str = ""
    street: str = ""
    zip: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not used: what is wrong in which field, and how to mend it."""

    row: int
    reason: str
    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one figure comes from. ``assumption`` is the name of the entry that it rests on."""

    field: str
    basis: str
    source: str
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class CleanProgram:
    """A program of the list. Money in dollars a learner, times in weeks; None is unknown."""

    row: int
    source_id: str
    name: str
    cip: str
    provider: Provider
    area: str
    mode: str
    description: str
    website: str
    credential: str
    figures: Mapping[str, Decimal | None]
    starts: tuple[int, ...]
    stages: tuple[str, ...]
    origins: tuple[Origin, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a list is held against.

    - ``areas``: folded county → name of its labour area; ``state`` the region's (counties of other
      states are outside it);
    - ``cips``: the codes of the loaded version, or None where none is loaded;
    - ``cip_changes``: old code → the one that replaced it;
    - ``providers``: those known from elsewhere, by the list's number for them.
    """

    source: str
    areas: Mapping[str, str]
    state: str = ""
    cips: Collection[str] | None = None
    cip_changes: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)


class _RefusedError(Exception):
    def __init__(self, reason: str, field: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason, self.field, self.message, self.remedy = reason, field, message, remedy


def clean(
    rows: Iterable[Row], columns: Mapping[str, str], rules: Rules
) -> Iterator[CleanProgram | Refusal]:
    """One result a row, in order. ``columns`` gives for each field the column that holds it."""
    seen: dict[str, tuple[int, array[int]]] = {}
    for row in rows:
        try:
            yield _program(row, columns, rules, seen)
        except _RefusedError as refused:
            yield Refusal(
                row.number, refused.reason, refused.field, refused.message, refused.remedy
            )


def _program(
    row: Row,
    columns: Mapping[str, str],
    rules: Rules,
    seen: dict[str, tuple[int, array[int]]],
) -> CleanProgram:
    values = {key: row.cells.get(column, "") for key, column in columns.items()}
    _whole(row, values)
    _first_time(row, values, columns, seen)
    cip = restore_cip(values["cip"])
    if cip is None:
        raise _RefusedError(
            "bad_cip", "CIP code", f"“{values['cip']}” is not a CIP code.", "Write it like 51.3801."
        )
    cip = rules.cip_changes.get(cip, cip)
    if rules.cips is not None and cip not in rules.cips:
        raise _RefusedError(
            "unknown_cip", "CIP code", f"{cip} is not in the CIP version that is loaded.",
            "Use the code of the loaded version, or name its replacement under “cip_changes”.",
        )  # fmt: skip
    provider = _provider(values, rules)
    if words_apart(values.get("status", "")) not in _APPROVED:
        raise _RefusedError(
            "program_not_approved", "Program status", f"The program is “{values['status']}”.",
            "Load it again when it has been approved.",
        )  # fmt: skip
    area = _area(provider, rules)
    figures, origins, remarks = _figures(values, cip, rules)
    return CleanProgram(
        row=row.number,
        source_id=values["source_id"],
        name=tidy(values["name"])[:200],
        cip=cip,
        provider=provider,
        area=area,
        mode=_MODES.get(words_apart(values.get("mode", "")), ""),
        description=tidy(values.get("description", ""), lines=True),
        website=web_address(values.get("website", "") or provider.website),
        credential=_credential(values),
        figures=figures,
        starts=rules.assumptions.starts,
        stages=rules.assumptions.order(cip),
        origins=tuple(origins),
        remarks=tuple(remarks),
    )


def _nothing(text: str) -> bool:
    """Does the cell say that nothing was entered?"""
    return " ".join(text.lower().split()) in _NOTHING


def _whole(row: Row, values: Mapping[str, str]) -> None:
    """The row is one row, its letters are letters, and what is needed is there."""
    if row.merged:
        raise _RefusedError(
            "merged_cells", "", "Cells of this row are merged with the row above.",
            "Unmerge them in the workbook and fill in each row.",
        )  # fmt: skip
    if row.surplus:
        raise _RefusedError(
            "shifted_columns", "", f"The row has {row.surplus} filled cells too many.",
            "Put quotation marks around texts that hold a comma.",
        )  # fmt: skip
    for key in ("name", "provider_name"):
        text = values.get(key, "")
        if "\ufffd" in text:
            raise _RefusedError(
                "unreadable_text", _TITLES[key], f"“{text[:60]}” has letters that were lost.",
                "Export the list again as UTF-8.",
            )  # fmt: skip
        if may_run(text) and len(text) > 1:
            raise _RefusedError(
                "formula", _TITLES[key],
                f"“{text[:60]}” starts with “{text[0]}”, which a spreadsheet would run.",
                "Type the text itself.",
            )  # fmt: skip
    for key in ("source_id", "name", "cip"):
        if _nothing(values.get(key, "")):
            raise _RefusedError(
                "missing_field", _TITLES[key], f"{_TITLES[key]} is empty.", "Fill it in."
            )
    for key in ("source_id", "provider_id"):
        if len(values.get(key, "")) > 60:
            raise _RefusedError(
                "too_long", _TITLES[key], f"“{values[key][:30]}…” has more than 60 characters.",
                "Check that this column holds the number.",
            )  # fmt: skip


def _first_time(
    row: Row,
    values: Mapping[str, str],
    columns: Mapping[str, str],
    seen: dict[str, tuple[int, array[int]]],
) -> None:
    """Refuse a program number that an earlier row had, and say in which columns the two differ."""
    number = values["source_id"]
    digests = array("L", (zlib.crc32(cell.encode()) for cell in row.cells.values()))
    earlier = seen.get(number)
    if earlier is None:
        seen[number] = (row.number, digests)
        return
    first, known = earlier
    differing = [name for name, a, b in zip(row.cells, known, digests, strict=True) if a != b]
    if not differing:
        raise _RefusedError(
            "duplicate_identical", _TITLES["source_id"],
            f"Program {number} is the same as in row {first}.", "Nothing to do; row "
            f"{first} is used.",
        )  # fmt: skip
    titles = {column: _TITLES[key] for key, column in columns.items()}
    named = ", ".join(titles.get(name, name) for name in differing[:6])
    raise _RefusedError(
        "duplicate_differing", _TITLES["source_id"],
        f"Program {number} is already in row {first}, but differs in: {named}.",
        f"Row {first} is used. Remove the row that is out of date.",
    )  # fmt: skip


def restore_cip(text: str) -> str | None:
    """``51.3801`` out of ``513801``, ``51.3801``, ``1.0101`` or ``10101``; None where it is none.

    Spreadsheets drop zeros at both ends: 01.0101 → 1.0101, and 51.3800 → 51.38.
    """
    whole, dot, part = text.strip().strip("'\"").partition(".")
    if not dot:
        digits = whole.zfill(6)
        whole, part = digits[:2], digits[2:]
    whole, part = whole.zfill(2), part.ljust(4, "0")
    if len(whole) == 2 and len(part) == 4 and (whole + part).isdigit() and (whole + part).isascii():
        return f"{whole}.{part}"
    return None


def restore_zip(text: str, state: str = "") -> str:
    """A ZIP code of five digits, zeros at the front put back; ZIP+4 is kept."""
    first, dash, rest = text.strip().partition("-")
    return f"{first.zfill(5)}{dash}{rest}" if first.isdigit() and len(first) <= 5 else text.strip()


def _provider(values: Mapping[str, str], rules: Rules) -> Provider:
    """The provider by number, the row's own details first; refused where unknown or not approved."""
    number = values.get("provider_id", "")
    known = rules.providers.get(number)
    given = {
        name: "" if _nothing(values.get(key, "")) else tidy(values.get(key, ""))
        for key, name in (
            ("provider_name", "name"), ("county", "county"), ("state", "state"),
            ("city", "city"), ("street", "street"), ("zip", "zip"), ("website", "website"),
        )
    }  # fmt: skip
    if known is None and not given["name"]:
        who = f"Provider {number}" if number else "The provider"
        raise _RefusedError(
            "missing_provider", _TITLES["provider_name"],
            f"{who} has no name in this row and is not known from elsewhere.",
            "Load the list of providers with it, or fill in the provider's name and county.",
        )  # fmt: skip
    for status in (values.get("provider_status", ""), known.status if known else ""):
        if words_apart(status) not in _APPROVED:
            name = given["name"] or (known.name if known else "")
            raise _RefusedError(
                "provider_not_approved", _TITLES["provider_status"],
                f"The provider {name} is “{status}”.",
                "Load the program again when its provider has been approved.",
            )  # fmt: skip
    back = known or Provider(number, "")
    state = (given["state"] or back.state)[:2].upper()
    return Provider(
        id=number or name_key(given["name"])[:60],
        name=(given["name"] or back.name)[:200],
        county=given["county"] or back.county,
        state=state,
        city=(given["city"] or back.city)[:80],
        street=(given["street"] or back.street)[:200],
        zip=restore_zip(given["zip"] or back.zip)[:10],
        website=given["website"] or back.website,
    )


def _area(provider: Provider, rules: Rules) -> str:
    county = name_key(provider.county).removesuffix(" county")
    if not county or _nothing(provider.county):
        raise _RefusedError(
            "no_county", _TITLES["county"], f"{provider.name} has no county.",
            "Fill in the county, so that the program belongs to a labor area.",
        )  # fmt: skip
    area = rules.areas.get(county)
    foreign = bool(rules.state and provider.state and provider.state != rules.state)
    if area is None or foreign:
        place = provider.county + (f", {provider.state}" if foreign else "")
        raise _RefusedError(
            "outside_region", _TITLES["county"], f"“{place}” is in no labor area of the region.",
            "Correct the county, or add it to a labor area.",
        )  # fmt: skip
    return area


def number_of(text: str, title: str, most: int = MOST_DOLLARS) -> Decimal | None:
    """A number from 0 to ``most`` out of ``$1,200.50``; None where nothing stands."""
    if _nothing(text):
        return None
    try:
        value = Decimal(text.replace("$", "").replace(",", "").replace(" ", ""))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise _RefusedError(
            "bad_number", title, f"“{text[:40]}” is not a number of 0 or more.",
            "Write a number, like 1200.50.",
        )  # fmt: skip
    if value > most:
        raise _RefusedError(
            "absurd_number", title, f"{value:,.0f} is more than can be ({most:,}).",
            "Correct it with the provider.",
        )  # fmt: skip
    return value


def _figures(
    values: Mapping[str, str], cip: str, rules: Rules
) -> tuple[dict[str, Decimal | None], list[Origin], list[str]]:
    figures: dict[str, Decimal | None] = {}
    origins: list[Origin] = []
    remarks: list[str] = []
    assumed = rules.assumptions
    hours = number_of(values.get("clock_hours", ""), _TITLES["clock_hours"], MOST_HOURS) or None
    if hours is not None:
        hours = Decimal(max(1, round(hours)))
        origins.append(Origin("clock_hours", "published", rules.source))
    figures["clock_hours"] = hours

    stated = number_of(values.get("weeks", ""), _TITLES["weeks"], MOST_WEEKS) or None
    try:
        length = weeks_of(stated, hours, values.get("length_band", ""), assumed, cip)
    except LengthError as error:
        raise _RefusedError(
            "missing_length", _TITLES["clock_hours"], str(error),
            "Fill in the clock hours or the weeks.",
        ) from None  # fmt: skip
    figures["weeks"] = length.weeks
    origins.append(Origin("weeks", length.basis, length.source or rules.source, length.assumption))
    _cost(values, hours, length.weeks, cip, rules, figures, origins, remarks)
    for key in ("min_size", "max_size"):
        given = number_of(values.get(key, ""), _TITLES[key], MOST_LEARNERS) or None
        figures[key] = None if given is None else Decimal(max(1, round(given)))
        if given is not None:
            origins.append(Origin(key, "published", rules.source))
    for key in (
        "min_size", "max_size", "at_once", "lead_weeks", "hire_weeks", "cost_per_cohort",
        "externship_places_per_learner",
    ):  # fmt: skip
        entry = assumed.find(key, cip)
        if figures.get(key) is None and entry is not None:
            figures[key] = Decimal(str(entry.value))
            origins.append(Origin(key, "assumed", entry.source, entry.name))
    smallest, largest = figures.get("min_size"), figures.get("max_size")
    if smallest is not None and largest is not None and smallest > largest:
        figures["min_size"] = largest
        remarks.append("The smallest cohort was lowered to the largest.")
    if assumed.starts:
        origins.append(Origin("starts", "assumed", f"Assumed: {assumed.starts_why}", "starts"))
    if assumed.stages:
        origins.append(Origin("stages", "assumed", f"Assumed: {assumed.stages_why}", "stages"))
    return figures, origins, remarks


def _cost(
    values: Mapping[str, str],
    hours: Decimal | None,
    weeks: Decimal,
    cip: str,
    rules: Rules,
    figures: dict[str, Decimal | None],
    origins: list[Origin],
    remarks: list[str],
) -> None:
    """The cost of one learner: what the list says, the larger where total and parts disagree.

    A total of zero with parts of zero means that nobody entered it: then the cost is assumed from
    the clock hours and marked so, or the row is refused.
    """
    parts = {key: number_of(values.get(key, ""), _TITLES[key]) for key in _PARTS}
    summed = sum((part for part in parts.values() if part), Decimal(0))
    total = number_of(values.get("total_cost", ""), _TITLES["total_cost"]) or Decimal(0)
    cost = max(summed, total)
    ceiling = rules.assumptions.find("cost_ceiling", cip)
    if ceiling is not None and cost > Decimal(str(ceiling.value)):
        shown = f"{cost:,.0f}"
        other = f" (the parts add up to {summed:,.0f})" if summed != cost else ""
        raise _RefusedError(
            "absurd_cost", _TITLES["total_cost"],
            f"The cost of one learner is {shown} dollars{other}; the ceiling is "
            f"{ceiling.value:,.0f}.",
            "Correct the cost with the provider, or raise “cost_ceiling”.",
        )  # fmt: skip
    figures.update({key: part or None for key, part in parts.items()})
    if cost > 0:
        figures["total_cost"] = cost
        origins.append(Origin("total_cost", "published", rules.source))
        if summed and total and abs(summed - total) >= 1:
            remarks.append(
                f"The total of {total:,.0f} disagrees with its parts, which add up to "
                f"{summed:,.0f}; the larger was taken."
            )
        return
    entry = rules.assumptions.find("missing_cost_per_clock_hour", cip)
    if entry is None:
        raise _RefusedError(
            "missing_cost", _TITLES["total_cost"],
            "The cost is 0 or empty, which means that nobody entered it.",
            "Fill in the cost, or assume one with “missing_cost_per_clock_hour”.",
        )  # fmt: skip
    per_week = rules.assumptions.find("hours_per_week", cip)
    taken = hours or weeks * Decimal(str(per_week.value if per_week else 0))
    if not taken:
        raise _RefusedError(
            "missing_cost", _TITLES["total_cost"],
            "The cost is 0 or empty, and there are no clock hours to assume one from.",
            "Fill in the cost or the clock hours.",
        )  # fmt: skip
    figures["total_cost"] = (taken * Decimal(str(entry.value))).quantize(Decimal("1"))
    origins.append(Origin("total_cost", "assumed", entry.source, entry.name))
    remarks.append("The list has no cost; one was assumed from the clock hours.")


def _credential(values: Mapping[str, str]) -> str:
    named = [
        tidy(values.get(key, ""))
        for key in ("credential", "licence")
        if not _nothing(values.get(key, ""))
    ]
    return "; ".join(dict.fromkeys(named))[:300]


def tidy(text: str, *, lines: bool = False) -> str:
    """White space tidied, quotation marks around the whole removed, doubled ones made single."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"')
    if lines:
        return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    return " ".join(text.split())


def web_address(text: str) -> str:
    """An address that a link may lead to, or nothing: only http and https."""
    text = text.strip()
    if not text or " " in text or "." not in text or "@" in text:
        return ""
    if "://" not in text:
        text = f"http://{text}"
    return text[:500] if text.lower().startswith(("http://", "https://")) else ""
