"""A profile as workbook, CASE package and CTDL-ASN graph: it comes back as it was."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings

from backcast.demand.interchange import profile_framework, profile_workbook
from backcast.demand.interchange.asks import Ask, Sheet
from backcast.demand.profiles.values import Necessity, Subject
from backcast.frameworks.interchange import case, ctdl
from tests.demand.interchange.strategies import sheets
from tests.frameworks.interchange.test_case import as_bytes, errors, package

NOW = dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)


@given(sheets)
def test_a_profile_comes_back_from_a_case_package(sheet: Sheet) -> None:
    framework = profile_framework.framework_of(sheet, "Test Region", NOW)
    raw = case.write(case.package_of(framework))
    assert errors(raw) == []
    again = case.understood(case.read(json.dumps(raw).encode()).package)
    assert profile_framework.sheet_of(again) == sheet


@given(sheets)
def test_a_profile_comes_back_from_a_ctdl_graph(sheet: Sheet) -> None:
    framework = profile_framework.framework_of(sheet, "Test Region", NOW)
    raw = ctdl.write(ctdl.graph_of(framework))
    again = ctdl.understood(ctdl.read(json.dumps(raw).encode()).graph)
    assert profile_framework.sheet_of(again) == sheet


@settings(max_examples=25)
@given(sheets)
def test_a_profile_comes_back_from_its_workbook(sheet: Sheet) -> None:
    reading = profile_workbook.read(profile_workbook.write(sheet), sheet.role)
    assert reading.refusals == ()
    assert reading.sheet.asks == sheet.asks
    assert reading.rows_in == len(reading.rows) == len(sheet.asks)


def csv(*rows: str) -> bytes:
    head = "What is asked for,What it is,How needed,Accepted instead of,Importance,Level at hire,Level after six months"
    return "\n".join([head, *rows]).encode()


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (",,,,,,", "", ""),
        (",Skill or knowledge,,,3,,", "What is asked for", "The cell is empty"),
        ("Lift,Juggling,,,,,", "What it is", "“Juggling” is not known here"),
        ("Lift,,,,9,,", "Importance, 1 to 5", "“9” is not an importance"),
        ("Lift,,,,x,,", "Importance, 1 to 5", "“x” is not a number"),
        ("Lift,,,,,high,", "Level at hire", "“high” is not a number"),
        ("Lift,,,,,4,2", "Level after six months", "falls from 4.0 to 2.0"),
        ("CNA,Credential,Accepted instead,,,,", "Accepted instead of", "does not say which"),
        ("Greet,,,,,,", "What is asked for", "Row 2 asks for the same"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_with_their_place(
    row: str, field: str, words: str
) -> None:
    reading = profile_workbook.read(csv("greet,,Required,,,,", row), "Aide")
    if not field:
        assert reading.refusals == ()
        return
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.field) == (3, field)
    assert words in str(refusal)
    assert reading.rows_in == len(reading.rows) + 1


def test_what_is_accepted_instead_is_tied_by_name() -> None:
    reading = profile_workbook.read(
        csv(
            "Nurse aide certificate,Credential,Required,,,,",
            "Army medic certificate,Credential,Accepted instead,nurse aide CERTIFICATE,,,",
        ),
        "Aide",
    )
    first, second = reading.sheet.asks
    assert (second.necessity, second.instead_of) == (Necessity.INSTEAD, first.key)


def test_text_that_a_spreadsheet_would_run_is_refused() -> None:
    sheet = Sheet("Aide", asks=(Ask(Subject.WORDS, "=1+1 equals two"),))
    reading = profile_workbook.read(profile_workbook.write(sheet), "Aide")
    assert [each.row for each in reading.refusals] == [2]


def test_statements_of_other_systems_become_required_competencies() -> None:
    found: Any = case.understood(case.read(as_bytes(package())).package)
    asks = profile_framework.sheet_of(found).asks
    assert [(ask.name, ask.subject, ask.necessity) for ask in asks][1] == (
        "Takes a pulse",
        Subject.COMPETENCY,
        Necessity.REQUIRED,
    )
