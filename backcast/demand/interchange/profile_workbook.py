"""A profile as a workbook: handed out, changed in a spreadsheet, and taken back as a new draft."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from backcast.core.spreadsheets import put_text
from backcast.core.text import name_key
from backcast.demand import cells
from backcast.demand.cells import Unclear, shown
from backcast.demand.interchange.asks import Ask, Sheet, uuid_of
from backcast.demand.profiles.values import Learned, Necessity, Subject
from backcast.demand.refusals import N_, Refusal, Remark, say
from backcast.demand.tables import Cell, Row, read_table

SHEET = "Profile"
#: Column → its headings; the first is the one that Backcast writes.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("What is asked for", "Name", "Line"),
    "subject": ("What it is", "Type"),
    "necessity": ("How needed", "Needed"),
    "instead_of": ("Accepted instead of",),
    "importance": ("Importance, 1 to 5", "Importance"),
    "level_at_hire": ("Level at hire",),
    "level_later": ("Level after six months", "Level later"),
    "scale": ("Scale of levels", "Scale"),
    "learned": ("Learned",),
    "source": ("Source",),
    "uri": ("Address", "URI"),
    "code": ("Code",),
    "key": ("Line number (leave as it is)", "Line number"),
}
TITLE = {key: names[0] for key, names in COLUMNS.items()}
SUBJECTS: Mapping[Subject, tuple[str, ...]] = {
    Subject.COMPETENCY: ("Skill or knowledge", "skill", "knowledge", "competency"),
    Subject.CREDENTIAL: ("Credential", "certificate", "license", "degree"),
    Subject.WORDS: ("In own words", "words", "other"),
}
NECESSITIES: Mapping[Necessity, tuple[str, ...]] = {
    Necessity.REQUIRED: ("Required", "must have"),
    Necessity.PREFERRED: ("Preferred", "nice to have"),
    Necessity.NOT_NEEDED: ("Not needed",),
    Necessity.INSTEAD: ("Accepted instead",),
}
LEARNED: Mapping[Learned, tuple[str, ...]] = {
    Learned.BEFORE: ("Before hire",),
    Learned.ON_THE_JOB: ("On the job",),
    Learned.EITHER: ("Either",),
}
_CHOICES: Mapping[str, Mapping[Any, tuple[str, ...]]] = {
    "subject": SUBJECTS,
    "necessity": NECESSITIES,
    "learned": LEARNED,
}
_WIDTH = {"name": 60, "uri": 30, "key": 38, "instead_of": 30, "source": 30}
_ROWS = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """What the workbook says. ``rows_in`` = used + refused; ``stay`` are the lines of refused rows."""

    sheet: Sheet
    rows: tuple[int, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    rows_in: int
    stay: frozenset[UUID] = frozenset()


def write(sheet: Sheet) -> bytes:
    """The workbook with the lines of the profile, and lists to choose from."""
    # Here, since few pages write a workbook and every process would wait for the library.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = SHEET
    page.append([TITLE[key] for key in COLUMNS])
    for cell in page[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1B2B4B")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    names = {ask.key: ask.name for ask in sheet.asks}
    for number, ask in enumerate(sheet.asks, start=2):
        for column, value in enumerate(_row(ask, names).values(), start=1):
            cell = page.cell(number, column)
            if isinstance(value, str):
                put_text(cell, value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value
    for index, key in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(index)].width = _WIDTH.get(key, 18)
        if key in _CHOICES:
            words = ",".join(names_[0] for names_ in _CHOICES[key].values())
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            rule.add(f"{get_column_letter(index)}2:{get_column_letter(index)}{_ROWS}")
            page.add_data_validation(rule)
    page.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(ask: Ask, names: Mapping[UUID | None, str]) -> dict[str, Any]:
    return {
        "name": ask.name,
        "subject": SUBJECTS[ask.subject][0],
        "necessity": NECESSITIES[ask.necessity][0],
        "instead_of": names.get(ask.instead_of, "") if ask.instead_of else "",
        "importance": ask.importance,
        "level_at_hire": ask.level_at_hire,
        "level_later": ask.level_later,
        "scale": ask.scale,
        "learned": LEARNED[ask.learned][0],
        "source": ask.source,
        "uri": ask.uri,
        "code": ask.code,
        "key": str(ask.key) if ask.key else "",
    }


def read(content: bytes, role: str) -> Reading:
    """Read a workbook or CSV file with these columns. Raises ``FileRefused``."""
    table = read_table(content, COLUMNS, sheet=SHEET, enough=2)
    asks: list[tuple[int, Ask, str]] = []
    refusals: list[Refusal] = []
    seen: dict[tuple[Subject, str], int] = {}
    for row in table.rows:
        wrong = [*row.broken]
        ask = _ask(row, wrong)
        if ask is not None and not wrong:
            place = ask.subject, name_key(ask.name)
            if place in seen:
                wrong.append(
                    Refusal(
                        row.number,
                        TITLE["name"],
                        say(N_("Row %(row)s asks for the same."), row=seen[place]),
                        say(N_("Keep one of the two rows.")),
                    )
                )
            else:
                seen[place] = row.number
                other = str(row.cells.get("instead_of") or "").strip()
                asks.append((row.number, ask, other))
        refusals += wrong
    kept = _tied(asks, refusals)
    used = {number for number, _ask in kept}
    numbers = {row.number: uuid_of(str(row.cells.get("key") or "").strip()) for row in table.rows}
    return Reading(
        Sheet(role, asks=tuple(ask for _number, ask in kept)),
        tuple(number for number, _ask in kept),
        tuple(sorted(refusals, key=lambda each: each.row)),
        tuple(table.remarks),
        len(table.rows),
        frozenset(key for number, key in numbers.items() if key and number not in used),
    )


def _ask(row: Row, wrong: list[Refusal]) -> Ask | None:
    c = row.cells
    found: dict[str, Any] = {}

    def attempt(key: str, read_: Any, *arguments: Any, **options: Any) -> None:
        try:
            found[key] = read_(c.get(key), key, *arguments, **options)
        except Unclear as problem:
            if TITLE[key] not in {refusal.field for refusal in wrong}:
                wrong.append(Refusal(row.number, TITLE[key], problem.wrong, problem.remedy))

    attempt("name", cells.words, 300, needed=True)
    attempt("subject", cells.choice, SUBJECTS)
    attempt("necessity", cells.choice, NECESSITIES)
    attempt("importance", _importance)
    attempt("level_at_hire", _level)
    attempt("level_later", _level)
    attempt("learned", cells.choice, LEARNED)
    for key, longest in (("scale", 3), ("source", 300), ("uri", 300), ("code", 60)):
        attempt(key, cells.words, longest)
    if wrong:
        return None
    hire, later = found["level_at_hire"], found["level_later"]
    if hire is not None and later is not None and later < hire:
        wrong.append(
            Refusal(
                row.number,
                TITLE["level_later"],
                say(N_("The level falls from %(hire)s to %(later)s."), hire=hire, later=later),
                say(N_("The level after six months is at least the one at hire.")),
            )
        )
    return Ask(
        found["subject"] or Subject.COMPETENCY,
        found["name"],
        found["uri"],
        found["code"],
        necessity=found["necessity"] or Necessity.REQUIRED,
        importance=found["importance"],
        level_at_hire=hire,
        level_later=later,
        scale=found["scale"],
        learned=found["learned"] or Learned.EITHER,
        key=uuid_of(str(c.get("key") or "").strip()),
        source=found["source"],
    )


def _importance(cell: Cell, key: str) -> int | None:
    value = _level(cell, key)
    if value is None:
        return None
    if value not in (1, 2, 3, 4, 5):
        raise Unclear(
            key,
            say(N_("“%(text)s” is not an importance."), text=shown(cell)),
            say(N_("Write a whole number from 1 to 5.")),
        )
    return int(value)


def _level(cell: Cell, key: str) -> float | None:
    if cell is None:
        return None
    try:
        value = float(str(cell).replace(",", ".")) if not isinstance(cell, bool) else float("nan")
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise Unclear(
            key,
            say(N_("“%(text)s” is not a number."), text=shown(cell)),
            say(N_("Write a number of the scale, or leave the cell empty.")),
        )
    return value


def _tied(asks: Sequence[tuple[int, Ask, str]], refusals: list[Refusal]) -> list[tuple[int, Ask]]:
    """Say which credential each “accepted instead” stands in for; refuse what names none."""
    named: dict[str, list[Ask]] = defaultdict(list)
    keyed = [(number, replace(ask, key=ask.key or uuid4()), other) for number, ask, other in asks]
    for _number, ask, _other in keyed:
        if ask.subject is Subject.CREDENTIAL:
            named[name_key(ask.name)].append(ask)
    kept = []
    for number, ask, other in keyed:
        if ask.necessity is not Necessity.INSTEAD:
            kept.append((number, ask))
            continue
        found = [each for each in named[name_key(other)] if each.key != ask.key]
        if len(found) != 1 or ask.subject is Subject.COMPETENCY:
            refusals.append(
                Refusal(
                    number,
                    TITLE["instead_of"],
                    say(N_("It does not say which credential it is accepted instead of.")),
                    say(
                        N_("Write the name of a credential of this list; a skill cannot stand in.")
                    ),
                )
            )
            continue
        kept.append((number, replace(ask, instead_of=found[0].key)))
    return kept
