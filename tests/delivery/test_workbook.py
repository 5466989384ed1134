"""Past cohorts by workbook: handed out with the program's stages, taken back whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from backcast.delivery.workbook import day, headers, read, template

STAGES = ("completed", "hired")
TITLES = {"completed": "completed", "hired": "hired"}
TODAY = date(2026, 11, 23)


def filled(folder: Path, *rows: list[Any]) -> Path:
    path = folder / "cohorts.xlsx"
    path.write_bytes(template("Demo Aide", STAGES, TITLES))
    book = load_workbook(path)
    for row in rows:
        book["Cohorts"].append(row)
    book.save(path)
    return path


def test_what_is_filled_in_comes_back(tmp_path: Path) -> None:
    path = filled(tmp_path, [date(2025, 1, 6), "Day", 20, "2025-12-01", 16, 4, 9, None])
    (found,), problems = read(path, STAGES, TITLES, today=TODAY)
    assert problems == []
    assert (found.row, found.starts_on, found.label, found.enrolled) == (
        2,
        date(2025, 1, 6),
        "Day",
        20,
    )
    assert found.as_of == date(2025, 12, 1)
    assert found.results == {"completed": (16, 4), "hired": (9, None)}


def test_every_problem_names_row_column_and_what_to_do(tmp_path: Path) -> None:
    path = filled(
        tmp_path,
        ["soon", "", 20, "", 16, 4, 9, ""],
        ["2025-01-06", "", 0, "", 16, 4, 9, ""],
        ["2025-02-03", "", 20, "", 18, 4, "", ""],
        ["2025-03-03", "", 20, "", "many", 4, "", ""],
        ["2025-04-07", "=1+1", 20, "", 16, 4, "", ""],
        ["2025-05-05", "a", 20, "", 16, 4, "", ""],
        ["5/5/2025", "A", 20, "", 16, 4, "", ""],
    )
    _found, problems = read(path, STAGES, TITLES, today=TODAY)
    told = [(problem.row, problem.column) for problem in problems]
    assert told == [
        (2, "First day"),
        (3, "Learners who started"),
        (4, "Completed: came through"),
        (5, "Completed: came through"),
        (8, "First day"),
    ]
    assert "“soon” is not a date. Write it like" in str(problems[0])


def test_a_missing_column_and_an_empty_sheet_are_said(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("First day,Learners who started\n2025-01-06,20\n")
    assert "Completed: came through" in str(read(path, STAGES, TITLES, today=TODAY)[1][0])
    path.write_text(",".join(headers(STAGES, TITLES)) + "\n")
    assert "no cohort" in str(read(path, STAGES, TITLES, today=TODAY)[1][0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-09-02", date(2025, 9, 2)),
        ("9/2/2025", date(2025, 9, 2)),
        ("2025-09-02T00:00:00", date(2025, 9, 2)),
        ("Sep 2, 2025", date(2025, 9, 2)),
        ("2025-13-02", None),
        ("", None),
    ],
)
def test_dates_as_text_are_read(text: str, found: date | None) -> None:
    assert day(text) == found
