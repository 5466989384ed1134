"""The needs workbook that Backcast hands out: the needs so far, lists to choose from, how to fill it in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from backcast.core.quarters import Quarter
from backcast.core.spreadsheets import put_text
from backcast.demand.columns import (
    CAUSES,
    COLUMNS,
    EMPLOYMENTS,
    EXAMPLE,
    IMPORTANCES,
    OFFERS,
    SCHEDULES,
    SHEET,
    TITLE,
    quarter_words,
)
from backcast.demand.directory import Directory
from backcast.demand.figures import CEILING, QUARTERS_ASKED, Openings, Statement

_WIDTH = {"role": 30, "occupation": 42, "employer": 30, "site": 24, "quarter": 20, "ref": 38}
_ROWS = 500
_HEAD = PatternFill("solid", fgColor="1B2B4B")
_EXAMPLE = Font(italic=True, color="6B6B6B")


def write_needs(needs: Sequence[tuple[str, Statement]], directory: Directory, today: date) -> bytes:
    """The workbook with these needs (number, statement) filled in, ready to be read back."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    head_row(sheet, [TITLE[key] for key in COLUMNS])
    _write_row(sheet, 2, _example(directory, today), font=_EXAMPLE)
    number = 3
    for ref, statement in needs:
        for row in rows_of(ref, statement, directory, Quarter.of(today)):
            _write_row(sheet, number, row)
            number += 1
    if not needs and len(directory.employers) == 1:
        employer = directory.employers[0]
        for site in employer.sites:
            _write_row(sheet, number, {"employer": employer.name, "site": site.name})
            number += 1
    for index, key in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH.get(key, 15)
    sheet.freeze_panes = "D2"
    _lists(book, sheet, directory, today, max(number + _ROWS, _ROWS))
    _how_to(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def head_row(sheet: Worksheet, titles: Sequence[str]) -> None:
    """The row with the names of the columns."""
    sheet.append(list(titles))
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def rows_of(
    ref: str, statement: Statement, directory: Directory, now: Quarter
) -> Iterator[dict[str, Any]]:
    """One row for each quarter and reason from ``now`` on; the details stand in the first."""
    codes = {occupation.id: code for code, occupation in directory.occupations.items()}
    occupation = statement.occupation
    details: dict[str, Any] = {
        "start_by": statement.start_by
        if statement.start_by and Quarter.of(statement.start_by) >= now
        else None,
        "wage_low": statement.wage_low,
        "wage_high": statement.wage_high,
        "hours": statement.hours_per_week,
        "schedule": SCHEDULES[statement.schedule][0] if statement.schedule else None,
        "employment": EMPLOYMENTS[statement.employment][0] if statement.employment else None,
        "note": statement.note,
        "stand_in": statement.stand_in,
        "occupation": _occupation(codes.get(occupation.id, ""), occupation.name)
        if occupation
        else None,
    }
    for column, importance in IMPORTANCES.items():
        details[column] = "; ".join(
            r.item.name + (f" (level {r.level})" if r.level is not None else "")
            for r in statement.requirements
            if r.importance is importance
        )
    for offer in statement.offers:
        details[offer.kind] = "yes" if offer.quantity is None else offer.quantity
    for opening in statement.openings:
        if opening.quarter < now:
            continue
        yield {
            "employer": statement.employer.name,
            "site": statement.site.name if statement.site else None,
            "role": statement.role_title,
            "ref": ref,
            **_opening(opening),
            **details,
        }
        details = {}


def _occupation(code: str, name: str) -> str:
    """Code and title; the title alone for a region's own occupation, which has no code."""
    return f"{code} {name}" if code and code != name else name


def _opening(opening: Openings) -> dict[str, Any]:
    return {
        "quarter": quarter_words(opening.quarter),
        "cause": CAUSES[opening.cause][0],
        "likely": opening.likely,
        "low": None if opening.range_assumed else opening.low,
        "high": None if opening.range_assumed else opening.high,
        "confirmed": "yes" if opening.confirmed else None,
    }


def _example(directory: Directory, today: date) -> dict[str, Any]:
    site = next((s.name for e in directory.employers for s in e.sites), "Main site")
    code, occupation = next(
        ((c, o.name) for c, o in directory.occupations.items() if c == "31-1131.00"),
        ("31-1131.00", "Nursing Assistants"),
    )
    return {
        "employer": f"{EXAMPLE} – this row is not read; leave it or delete it",
        "site": site,
        "role": "Nursing assistant, nights",
        "occupation": f"{code} {occupation}",
        "quarter": quarter_words(Quarter.of(today) + 1),
        "cause": "New positions",
        "likely": 4,
        "low": 3,
        "high": 6,
        "wage_low": 19.5,
        "wage_high": 22,
        "hours": 36,
        "schedule": "Night",
        "employment": "Full time",
        "required": "Certified nursing assistant",
        "preferred": "Spanish",
        "externship_places": 3,
        "guaranteed_interviews": "yes",
    }


def _write_row(
    sheet: Worksheet, number: int, row: dict[str, Any], font: Font | None = None
) -> None:
    for index, key in enumerate(COLUMNS, start=1):
        value = row.get(key)
        if value is None or value == "":
            continue
        cell = sheet.cell(number, index)
        if isinstance(value, str):
            put_text(cell, value)
        else:
            cell.value = value
        if key == "start_by":
            cell.number_format = "yyyy-mm-dd"
        if font is not None:
            cell.font = font


def _lists(book: Workbook, sheet: Worksheet, directory: Directory, today: date, last: int) -> None:
    """A sheet of choices, and the drop-downs that point at it."""
    now = Quarter.of(today)
    choices: dict[str, list[str]] = {
        "employer": [e.name for e in directory.employers],
        "site": list(dict.fromkeys(s.name for e in directory.employers for s in e.sites)),
        "occupation": [_occupation(c, o.name) for c, o in sorted(directory.occupations.items())],
        "quarter": [quarter_words(now + n) for n in range(QUARTERS_ASKED + 4)],
        "cause": [names[0] for names in CAUSES.values()],
        "schedule": [names[0] for names in SCHEDULES.values()],
        "employment": [names[0] for names in EMPLOYMENTS.values()],
        "confirmed": ["yes"],
    }
    lists = book.create_sheet("Lists")
    keys = list(COLUMNS)
    for column, (key, values) in enumerate(choices.items(), start=1):
        letter = get_column_letter(column)
        lists.cell(1, column).value = TITLE[key]
        for row, value in enumerate(values, start=2):
            cell = lists.cell(row, column)
            cell.value = value
            cell.data_type = "s"
        if not values:
            continue
        rule = DataValidation(
            type="list",
            formula1=f"Lists!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=True,
            # Names may be written otherwise and are matched when the file is read.
            showErrorMessage=key not in ("employer", "site", "occupation"),
            errorTitle=TITLE[key],
            error="Choose one from the list.",
        )
        _apply(sheet, rule, keys.index(key) + 1, last)
    for key in ("likely", "low", "high"):
        rule = DataValidation(
            type="whole",
            operator="between",
            formula1="0",
            formula2=str(CEILING),
            allow_blank=True,
            errorTitle=TITLE[key],
            error="Write a whole number of people, 0 or more.",
        )
        _apply(sheet, rule, keys.index(key) + 1, last)


def _apply(sheet: Worksheet, rule: DataValidation, column: int, last: int) -> None:
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)


def _how_to(book: Workbook) -> None:
    lines = [
        ("One row", "One role, at one site, in one quarter, for one reason."),
        (
            "Several quarters",
            "Copy the row and change the quarter. Pay and the like need to stand only once.",
        ),
        (
            TITLE["role"],
            "What you call the job. The occupation links it to training; leave it empty if unsure.",
        ),
        (
            TITLE["likely"],
            "People you will most likely need to hire in that quarter. 0 takes back an earlier number.",
        ),
        (
            f"{TITLE['low']}, {TITLE['high']}",
            "How few and how many it may turn out to be. Left empty, a quarter less and a quarter more is used.",
        ),
        (TITLE["cause"], "Why: " + ", ".join(names[0] for names in CAUSES.values()) + "."),
        (TITLE["confirmed"], "Write yes only if a number of 1,000 or more is meant."),
        (
            f"{TITLE['required']}, {TITLE['preferred']}, {TITLE['instead']}",
            "Credentials and skills, with a semicolon between them. A level goes in brackets: Spanish (level 2).",
        ),
        ("What you can offer", ", ".join(TITLE[kind] for kind in OFFERS) + ": a number, or yes."),
        (
            TITLE["ref"],
            "Leave it as it is: it says which need you are changing. Empty means a new need.",
        ),
        ("The example row", "It is not read. Leave it or delete it."),
        ("Sending it back", "You see what was understood, row by row, before anything is saved."),
    ]
    how_to(book, lines)


def how_to(book: Workbook, lines: Sequence[tuple[str, str]]) -> None:
    """A sheet that says how to fill in the first one."""
    sheet = book.create_sheet("How to fill this in")
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 90
    for line in lines:
        sheet.append(line)
    for row in sheet.iter_rows():
        row[0].font = Font(bold=True)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
