"""Modules out of a pasted outline or a workbook."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from backcast.training.modules.outline import (
    HEADERS,
    Outlined,
    Taught,
    read_text,
    read_workbook,
    template,
)
from backcast.training.reading import UnreadableFileError

PASTED = """
1. Safety and hygiene (12 hours)
  - Wash hands before and after care
  • Put on gloves and gown

Module 2: Vital signs – 20.5 hrs
\tTake a pulse
Skills lab\t30
Externship
"""


def test_a_pasted_outline_becomes_modules_with_hours_and_what_is_learned() -> None:
    modules, problems = read_text(PASTED)
    assert not problems
    assert modules == [
        Outlined(
            "Safety and hygiene",
            Decimal(12),
            [Taught("Wash hands before and after care"), Taught("Put on gloves and gown")],
        ),
        Outlined("Module 2: Vital signs", Decimal("20.5"), [Taught("Take a pulse")]),
        Outlined("Skills lab", Decimal(30)),
        Outlined("Externship"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing here"),
        ("  - Take a pulse", "before any module"),
        ("x" * 250, "too long"),
        ("x" * 100_001, "at most 100,000"),
    ],
)
def test_what_is_no_outline_is_refused_with_its_line(text: str, said: str) -> None:
    modules, problems = read_text(text)
    assert not modules
    assert said in str(problems[0])
    assert str(problems[0]).startswith("Row 1")


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    modules, problems = read_text(text)
    assert bool(modules) != bool(problems)


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADERS, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def test_a_workbook_says_what_each_module_does(tmp_path: Path) -> None:
    path = write(
        tmp_path / "modules.xlsx",
        ("Safety", 12, "Wash hands", "I, P", None),
        (None, None, "Put on gloves", "ipa", 3),
        ("Lab", None, None, None, None),
    )
    modules, problems = read_workbook(path)
    assert not problems
    assert modules == [
        Outlined(
            "Safety", Decimal(12), [Taught("Wash hands", "IP"), Taught("Put on gloves", "IPA", 3)]
        ),
        Outlined("Lab"),
    ]


def test_all_that_is_wrong_in_a_workbook_is_said_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "modules.xlsx",
        (None, None, "Wash hands", None, None),
        ("Safety", "many", "Put on gloves", "X", "high"),
    )
    modules, problems = read_workbook(path)
    assert not modules
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "Module"),
        (3, "Hours"),
        (3, "I, P, A"),
        (3, "Level"),
    ]


def test_the_template_has_the_columns_and_no_data(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template("Nurse aide"))
    assert [cell.value for cell in load_workbook(path)["Modules"][1]] == list(HEADERS)
    with pytest.raises(UnreadableFileError, match="data below"):
        read_workbook(path)
