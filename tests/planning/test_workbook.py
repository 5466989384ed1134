"""Reading the workbook: every refusal names row, field and remedy, and all come at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.cells import CellError, months, number, quarter
from backcast.planning.complaints import Complaint
from backcast.planning.problem import Problem
from backcast.planning.report import write_plan
from backcast.planning.schedule import Options, solve
from backcast.planning.sheets import WorkbookError
from backcast.planning.template import write_template
from backcast.planning.workbook import read_workbook
from tests.planning.verifier import broken_limits

Change = Callable[[Any], object]
FIRST = Quarter(2027, 1)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "needs.xlsx"
    write_template(path, FIRST)
    return path


def changed(path: Path, *changes: Change) -> Path:
    made = openpyxl.load_workbook(path)
    for change in changes:
        change(made)
    made.save(path)
    return path


def put(sheet: str, row: int, column: str, value: object) -> Change:
    def change(made: Any) -> None:
        page = made[sheet]
        headings = [cell.value for cell in page[1]]
        page.cell(row=row, column=headings.index(column) + 1).value = value

    return change


def complaints(path: Path) -> tuple[Complaint, ...]:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    return caught.value.complaints


def test_the_template_can_be_solved_as_it_stands(book: Path) -> None:
    problem = read_workbook(book)
    plan = solve(problem, Options(seconds=10, futures=500))
    assert broken_limits(problem, plan) == []
    assert plan.cohorts
    assert problem.programs[0].externship_stage == "credentialed"
    assert problem.programs[2].roles[0].share == 0.7
    assert [pin.held for pin in plan.pins] == [True, True]
    assert plan.host_use
    assert problem.resources[0].in_month(Month(2027, 6)) == 2
    assert problem.hosts[0].places.value == 6
    assert problem.running[0].stage == "credentialed"
    assert sum(use.amount for use in plan.fund_use) == pytest.approx(plan.cost, abs=5)
    assert problem.funds[1].rules[1].since == Month(2028, 1)
    yearly = [row.completers.value for row in problem.supply if row.role == "CNA"]
    assert sum(yearly) == 16 * problem.quarters / 4
    assert {stage.shared_key for p in problem.programs for stage in p.stages} == {
        None,
        "demo-college-hired",
    }


@pytest.mark.parametrize(
    ("change", "where", "field", "says"),
    [
        (put("Needs", 3, "likely", -4), "Needs, row 3", "low, likely, high", "cannot be right"),
        (put("Needs", 3, "likely", 99), "Needs, row 3", "low, likely, high", "do not rise"),
        (put("Needs", 3, "high", 1e12), "Needs, row 3", "low, likely, high", "cannot be right"),
        (put("Needs", 3, "likely", None), "Needs, row 3", "likely", "empty"),
        (put("Needs", 3, "likely", "ten"), "Needs, row 3", "likely", "“ten” is not a number"),
        (put("Needs", 3, "quarter", "2025-Q1"), "Needs, row 3", "quarter", "in the past"),
        (put("Needs", 3, "quarter", "2040-Q1"), "Needs, row 3", "quarter", "after the plan"),
        (put("Needs", 3, "quarter", "03/04/2027"), "Needs, row 3", "quarter", "can mean"),
        (put("Needs", 3, "quarter", "soon"), "Needs, row 3", "quarter", "not a quarter"),
        (put("Needs", 3, "role", "XYZ"), "Needs, row 3", "role", "not a known role"),
        (put("Needs", 3, "area", "XYZ"), "Needs, row 3", "area", "not a known area"),
        (put("Needs", 3, "basis", "rumour"), "Needs, row 3", "basis", "not a basis"),
        (put("Needs", 3, "quarter", "2027-Q1"), "Needs, row 3", "employer, role", "repeats row 2"),
        (put("Needs", 3, "likely", "=1+1"), "Needs, row 3", "likely", "formula"),
        (put("Programs", 2, "cost per learner", None), "Programs, row 2", "cost per", "empty"),
        (put("Programs", 2, "cost basis", None), "Programs, row 2", "cost basis", "empty"),
        (
            put("Programs", 2, "cost per learner", 41_984_198),
            "Programs, row 2",
            "cost per learner",
            "41,984,198",
        ),
        (put("Programs", 2, "roles", "CNA:lots"), "Programs, row 2", "roles", "not a number"),
        (put("Programs", 2, "starts", "spring"), "Programs, row 2", "starts", "not a month"),
        (
            put("Programs", 2, "starts", "2027-02, 03/04/2027"),
            "Programs, row 2",
            "starts",
            "can mean",
        ),
        (put("Programs", 2, "weeks", 0), "Programs, row 2", "weeks", "cannot be right"),
        (put("Programs", 2, "smallest cohort", 99), "Programs, row 2", "smallest", "larger"),
        (put("Programs", 3, "code", "p1"), "Programs, row 3", "code", "repeats row 2"),
        (
            put("Programs", 2, "places after stage", "hired"),
            "Programs, row 2",
            "places",
            "no stage",
        ),
        (put("Stages", 2, "came through", 500), "Stages, row 2", "came through", "only 100"),
        (put("Stages", 2, "program", "P9"), "Stages, row 2", "program", "not a known program"),
        (put("Stages", 9, "came through", 22), "", "", ""),
        (put("Stages", 4, "came through", 57), "Programs, row 3", "stage hired", "two different"),
        (put("Areas", 2, "adjoining", "MOON"), "Areas, row 2", "adjoining", "not a known area"),
        (put("Roles", 3, "confidence", 80), "Roles, row 3", "confidence", "between 0 and 1"),
        (put("Plan", 4, "value", 2.5), "Plan, row 4", "quarters", "not whole"),
        (put("Plan", 3, "value", "someday"), "Plan, row 3", "first quarter", "not a quarter"),
        (put("Plan", 5, "setting", "colour"), "Plan, row 5", "setting", "not a setting"),
        (put("Plan", 6, "value", -5), "Plan, row 6", "budget", "cannot be right"),
        (put("Supply", 2, "came through", 90), "Supply, row 2", "came through", "only 70"),
        (put("Places", 2, "places", -1), "Places, row 2", "places", "cannot be right"),
        (put("Programs", 2, "exam weeks", -1), "Programs, row 2", "exam weeks", "cannot be right"),
        (
            put("Programs", 3, "externship weeks", 99),
            "Programs, row 3",
            "externship weeks",
            "longer",
        ),
        (put("Resources", 2, "kind", "cook"), "Resources, row 2", "kind", "not a kind"),
        (put("Resources", 2, "amount", -1), "Resources, row 2", "amount", "cannot be right"),
        (put("Resources", 3, "amount", -1), "Resources, row 3", "amount", "cannot be right"),
        (put("Resources", 3, "months", "soon"), "Resources, row 3", "months", "not a month"),
        (put("Resources", 3, "months", None), "Resources, row 3", "code", "repeats row 2"),
        (put("Resources", 2, "months", "2027-09"), "Resources, row 2", "months", "no row of NURSE"),
        (put("Resources", 4, "area", "MOON"), "Resources, row 4", "area", "not a known area"),
        (put("Uses", 2, "resource", "COOK"), "Uses, row 2", "resource", "not a known resource"),
        (put("Uses", 2, "program", "P9"), "Uses, row 2", "program", "not a known program"),
        (put("Hosts", 2, "months", None), "Hosts, row 2", "months", "empty"),
        (put("Hosts", 2, "role", "XYZ"), "Hosts, row 2", "role", "not a known role"),
        (
            put("Hosts", 3, "host", "CLINIC"),
            "Hosts, row 3",
            "host, role, months",
            "stands in row 2",
        ),
        (put("Hosts", 2, "supervisors", -3), "Hosts, row 2", "places", "cannot be right"),
        (put("Holidays", 2, "weeks", 30), "Holidays, row 2", "weeks", "cannot be right"),
        (put("Running", 2, "next stage", "asleep"), "Running, row 2", "next stage", "none of"),
        (put("Running", 2, "start", "2027-03"), "Running, row 2", "start", "not before"),
        (put("Pins", 2, "kind", "maybe"), "Pins, row 2", "kind", "not a kind"),
        (put("Pins", 2, "cohorts", 1.5), "Pins, row 2", "cohorts", "not whole"),
        (put("Pins", 2, "cohorts", 0), "Pins, row 2", "cohorts", "Pin 1 or more"),
        (put("Pins", 2, "program", "P9"), "Pins, row 2", "program", "not a known program"),
        (put("Pins", 2, "month", "2027"), "Pins, row 2", "month", "not a month"),
        (put("Announced", 2, "learners", -4), "Announced, row 2", "cohorts, learners", "cannot be"),
        (
            put("Programs", 2, "upskills from", "XYZ"),
            "Programs, row 2",
            "upskills from",
            "not a known",
        ),
        (
            put("Programs", 2, "upskills from", "CNA"),
            "Programs, row 2",
            "upskills from",
            "same role",
        ),
        (put("Recruits", 2, "period", "soon"), "Recruits, row 2", "period", "not a month"),
        (put("Recruits", 2, "people", -1), "Recruits, row 2", "people", "cannot be right"),
        (put("Recruits", 3, "period", "2027-Q2"), "Recruits, row 3", "period", "there twice"),
        (put("Funds", 2, "amount", -1), "Funds, row 2", "amount", "cannot be right"),
        (put("Funds", 2, "programs", "P1, P9"), "Funds, row 2", "programs", "not a known program"),
        (put("Funds", 2, "first", "2031"), "Funds, row 2", "first", "not a month"),
        (put("Funds", 3, "first", "2031-01"), "Funds, row 3", "last", "is before"),
        (put("Rules", 2, "fund", "GOLD"), "Rules, row 2", "fund", "not a known fund"),
        (put("Rules", 2, "kind", "some"), "Rules, row 2", "kind", "not a kind of rule"),
        (put("Rules", 4, "value", 50), "Rules, row 4", "value", "cannot be right"),
        (put("Rules", 3, "since", None), "Rules, row 3", "rule", "there twice"),
        (put("Rules", 5, "programs", "P7"), "Rules, row 5", "programs", "not a known program"),
        (put("Supports", 2, "stage", "graduated"), "Supports, row 2", "stage", "not a known stage"),
        (
            put("Supports", 2, "likely", 0.9),
            "Supports, row 2",
            "low, likely, high",
            "cannot be right",
        ),
        (put("Supports", 2, "cost per learner", -2), "Supports, row 2", "cost per", "cannot be"),
        (
            put("Supports", 2, "programs", "P9"),
            "Supports, row 2",
            "programs",
            "not a known program",
        ),
        (lambda made: made["Needs"].merge_cells("A3:A4"), "Needs, row 3", "A3:A4", "merged"),
        (lambda made: made.remove(made["Stages"]), "Sheet Stages", "", "missing"),
        (lambda made: made["Needs"].delete_cols(5), "Needs, row 1", "low", "column is missing"),
        (lambda made: made["Needs"].delete_rows(2, 99), "Sheet Needs", "", "no needs"),
    ],
)
def test_what_is_wrong_is_named_by_row_field_and_remedy(
    book: Path, change: Change, where: str, field: str, says: str
) -> None:
    changed(book, change)
    if not where:  # a change that is fine
        read_workbook(book)
        return
    found = complaints(book)
    match = [c for c in found if c.where == where and field in c.field and says in str(c)]
    assert match, [str(complaint) for complaint in found]
    assert all(complaint.remedy or "Write" in complaint.message for complaint in match)


def test_everything_wrong_is_listed_at_once(book: Path) -> None:
    changed(
        book,
        put("Needs", 2, "likely", "many"),
        put("Needs", 5, "quarter", "yesterday"),
        put("Programs", 2, "cost per learner", None),
        put("Areas", 3, "adjoining", "MOON"),
    )
    rows = {complaint.where for complaint in complaints(book)}
    assert {"Needs, row 2", "Needs, row 5", "Programs, row 2", "Areas, row 3"} <= rows


def test_a_refused_area_does_not_make_every_other_row_wrong(book: Path) -> None:
    changed(book, put("Areas", 2, "title", None))
    assert [complaint.where for complaint in complaints(book)] == ["Areas, row 2"]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("2027-Q2", Quarter(2027, 2)),
        ("Q2 2027", Quarter(2027, 2)),
        (date(2027, 5, 9), Quarter(2027, 2)),
        ("2027-05-09", Quarter(2027, 2)),
        ("25/05/2027", Quarter(2027, 2)),
        ("05/25/2027", Quarter(2027, 2)),
        ("01/02/2027", Quarter(2027, 1)),
        ("May 2027", Quarter(2027, 2)),
        ("9 Sept 2027", Quarter(2027, 3)),
    ],
)
def test_a_date_as_text_is_taken_where_it_can_mean_one_quarter_only(
    raw: object, meant: Quarter
) -> None:
    assert quarter(raw) == meant


@pytest.mark.parametrize("raw", ["03/04/2027", "13/13/2027", "2027", "Ma 2027", "", "May 27"])
def test_a_date_that_can_mean_more_or_nothing_is_refused(raw: str) -> None:
    with pytest.raises(CellError, match="2027-Q1"):
        quarter(raw)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("2027-09", "2027-09"),
        ("2027-9, Jan 2028", "2027-09 2028-01"),
        ("2027-Q3", "2027-07 2027-08 2027-09"),
        ("Q3 2027, 2027-08", "2027-07 2027-08 2027-09"),
        (date(2027, 5, 9), "2027-05"),
        ("2027-05-09", "2027-05"),
    ],
)
def test_starts_are_months_or_any_month_of_a_quarter(raw: object, meant: str) -> None:
    assert " ".join(map(str, months(raw))) == meant


def test_numbers_may_carry_commas_and_a_dollar_sign_but_no_words() -> None:
    assert number("$1,250.50") == 1250.5
    assert number(" 12 ") == 12
    for raw in ("1.250,50", "12 people", "1,25", True, date(2027, 1, 1), "nan", float("inf")):
        with pytest.raises(CellError):
            number(raw)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "needs.xlsx"
    text.write_bytes("Rolle;Bedarf\nPflege;ü".encode("latin-1"))
    assert "not an .xlsx" in complaints(text)[0].message
    assert "no such file" in complaints(tmp_path / "nothing.xlsx")[0].message


def test_a_file_above_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.xlsx"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    (complaint,) = complaints(large)
    assert "200 MB" in complaint.message
    assert "50 MB" in complaint.message


def _plan_of(problem: Problem, tmp_path: Path) -> Any:
    out = tmp_path / "plan.xlsx"
    write_plan(out, problem, solve(problem, Options(seconds=10, futures=300)))
    return openpyxl.load_workbook(out)


def test_the_plan_workbook_says_where_each_number_comes_from(book: Path, tmp_path: Path) -> None:
    problem = read_workbook(book)
    made = _plan_of(problem, tmp_path)
    assert made.sheetnames == [
        *("Summary", "Cohorts", "Odds", "Shortfalls", "Pins", "Hosts", "Funds", "Sources")
    ]
    sources = list(made["Sources"].iter_rows(min_row=2, values_only=True))
    figures = sum(len(p.stages) for p in problem.programs) + len(problem.needs)
    assert len(sources) > figures
    assert {row[3] for row in sources} <= {"stated", "published", "observed", "assumed"}
    assert all(row[4] for row in sources)
    assert made["Cohorts"].max_row > 1


def test_text_that_looks_like_a_formula_is_written_as_text(book: Path, tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://x.example","go")'
    made = openpyxl.load_workbook(book)
    cell = made["Programs"]["B2"]
    cell.value = evil
    cell.data_type = "s"
    made["Programs"]["C2"].value = "@SUM(A1)"
    made.save(book)
    written = _plan_of(read_workbook(book), tmp_path)
    cells = [c for page in written.worksheets for row in page.iter_rows() for c in row]
    assert any(c.value == evil and c.data_type == "s" and c.quotePrefix for c in cells)
    assert any(c.value == "@SUM(A1)" and c.quotePrefix for c in cells)
    assert not any(c.data_type == "f" for c in cells)
