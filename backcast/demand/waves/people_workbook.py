"""The workbook in which people are named who are to be asked: whom we know, lists, how to fill it in."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from backcast.core.spreadsheets import put_text
from backcast.demand.columns import EXAMPLE
from backcast.demand.waves.people import (
    COLUMNS,
    LANGUAGES,
    PARTS,
    SHEET,
    TITLE,
    ReadPerson,
)
from backcast.demand.workbook import head_row, how_to

_WIDTH = {"employer": 36, "name": 26, "email": 34, "language": 14, "parts": 46}
_ROWS = 1000


def write_people(people: Sequence[ReadPerson], employers: Sequence[str]) -> bytes:
    """The workbook with these people filled in, and a row for each employer that has none."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    head_row(sheet, list(TITLE.values()))
    _row(
        sheet,
        2,
        [
            f"{EXAMPLE} – this row is not read; leave it or delete it",
            "Ana Ruiz",
            "ana.ruiz@example.org",
            "Spanish",
            "How many people; Skills",
        ],
        Font(italic=True, color="6B6B6B"),
    )
    number = 3
    for one in people:
        parts = "" if set(one.parts) == set(PARTS) else "; ".join(PARTS[p][0] for p in one.parts)
        row = [one.employer.name, one.name, one.email, LANGUAGES[one.language][0], parts]
        _row(sheet, number, row)
        number += 1
    named = {one.employer.name for one in people}
    for name in employers:
        if name not in named:
            _row(sheet, number, [name])
            number += 1
    for index, key in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH[key]
    sheet.freeze_panes = "B2"
    _lists(book, sheet, employers, number + _ROWS)
    how_to(
        book,
        [
            (
                "One row",
                "One person of one employer. Several people of an employer have a row each.",
            ),
            (TITLE["employer"], "As it is called here; choose it from the list."),
            (TITLE["email"], "The link to the questions goes there. It needs no account."),
            (TITLE["language"], "English or Spanish. Empty means English."),
            (
                TITLE["parts"],
                "Which questions are theirs: "
                + "; ".join(names[0] for names in PARTS.values())
                + ". Several with a semicolon between them; empty means all.",
            ),
            ("The example row", "It is not read. Leave it or delete it."),
            ("Rows with an employer only", "They ask nobody. Fill them in, or leave them."),
            (
                "Sending it back",
                "You see what was understood, row by row, before anybody is asked.",
            ),
        ],
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(sheet: Worksheet, number: int, values: Sequence[str], font: Font | None = None) -> None:
    for column, value in enumerate(values, start=1):
        if value:
            cell = sheet.cell(number, column)
            put_text(cell, value)
            if font is not None:
                cell.font = font


def _lists(book: Workbook, sheet: Worksheet, employers: Sequence[str], last: int) -> None:
    lists = book.create_sheet("Lists")
    choices = {
        "employer": list(employers),
        "language": [names[0] for names in LANGUAGES.values()],
        "parts": [names[0] for names in PARTS.values()],
    }
    for column, (key, values) in enumerate(choices.items(), start=1):
        letter = get_column_letter(column)
        put_text(lists.cell(1, column), TITLE[key])
        for row, value in enumerate(values, start=2):
            put_text(lists.cell(row, column), value)
        if values:
            rule = DataValidation(
                type="list",
                formula1=f"Lists!${letter}$2:${letter}${len(values) + 1}",
                allow_blank=True,
                # Names may be written otherwise, and several groups may stand in one cell.
                showErrorMessage=key == "language",
                errorTitle=TITLE[key],
                error="Choose one from the list.",
            )
            at = get_column_letter(list(COLUMNS).index(key) + 1)
            rule.add(f"{at}2:{at}{last}")
            sheet.add_data_validation(rule)
