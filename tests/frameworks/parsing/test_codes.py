"""Codes, crosswalks, wages and projections."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.frameworks.parsing import codes, crosswalks, projections, wages
from backcast.frameworks.parsing.problems import CellProblem, FileProblem, Tally
from tests.frameworks.data import public

OEWS_HEAD = (
    "AREA,AREA_TITLE,AREA_TYPE,OCC_CODE,OCC_TITLE,TOT_EMP,EMP_PRSE,H_MEAN,A_MEAN,H_PCT10,H_PCT25,"
    "H_MEDIAN,H_PCT75,H_PCT90,A_PCT10,A_PCT25,A_MEDIAN,A_PCT75,A_PCT90,LOC_QUOTIENT\n"
)


def test_combined_codes_lead_to_what_wages_are_published_under() -> None:
    assert codes.published_soc("31-1122.00") == "31-1120"
    assert codes.published_soc("29-2012") == "29-2010"
    assert codes.published_soc("31-9092.00") == "31-9092"
    assert codes.parts_of("31-1120") == ("31-1121", "31-1122")
    assert codes.parts_of("31-9092") == ("31-9092",)


@pytest.mark.parametrize(
    ("given_text", "code"),
    [("51.0801", "51.0801"), ("1.0101", "01.0101"), ("51.08", "51.0800"), ("10101", "01.0101")],
)
def test_lost_zeros_of_a_cip_code_are_restored(given_text: str, code: str) -> None:
    assert codes.cip_code(given_text) == code


@given(st.integers(1, 99), st.integers(0, 9999))
def test_a_cip_code_survives_being_read_again(series: int, rest: int) -> None:
    code = f"{series:02}.{rest:04}"
    assert codes.cip_code(codes.cip_code(code)) == code
    assert codes.cip_code(f"{series}.{rest:04}") == code


@pytest.mark.parametrize("text", ["nursing", "51,0801", "511.0801", ""])
def test_what_is_no_cip_code_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CellProblem) as caught:
        codes.cip_code(text)
    assert "51.0801" in caught.value.remedy


def test_teachers_of_a_subject_are_told_from_those_who_practise_it() -> None:
    assert codes.is_teaching("25-1071")
    assert not codes.is_teaching("25-2021")
    assert not codes.is_teaching("29-1141")


def test_rows_without_a_match_are_left_out_of_the_crosswalk(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text(
        "SOC2018Code,SOC2018Title,CIP2020Code,CIP2020Title\n"
        "31-9092,Medical Assistants,51.0801,Medical/Clinical Assistant.\n"
        "31-9095,Pharmacy Aides,99.9999,NO MATCH\n99-9999,NO MATCH,53.0203,Certificate.\n",
        encoding="utf-8",
    )
    tally = Tally(path.name)
    (row,) = crosswalks.read_cip_soc(path, tally)
    assert row == ("31-9092", "Medical Assistants", "51.0801", "Medical/Clinical Assistant")
    assert tally.refused == {"no match": 2}


def wage_row(figures: str) -> str:
    return f'35620,"New York-Newark, NY-NJ-PA",4,31-9092,Medical Assistants,{figures},1.02\n'


def wages_of(tmp_path: Path, text: str) -> tuple[list[wages.Wage], Tally]:
    path = tmp_path / "oews.csv"
    path.write_text(OEWS_HEAD + text, encoding="utf-8")
    tally = Tally(path.name)
    return list(wages.read_wages(path, tally)), tally


def test_markers_for_hidden_and_top_coded_wages_are_told_apart(tmp_path: Path) -> None:
    (row,), _ = wages_of(tmp_path, wage_row("**,*,*,*,-,20.00,21.5,#,#,*,40000,44000,#,#"))
    assert row.employment is None
    assert (row.hourly_mean, row.hourly_10, row.hourly_25) == (None, None, 20.0)
    assert (row.hourly_75, row.annual_90) == (wages.TOP, wages.TOP)
    assert (row.area, row.area_kind) == ("0035620", "M")


def test_percentiles_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    rows, tally = wages_of(tmp_path, wage_row("10,1,1,1,30,20,25,26,27,1,2,3,4,5"))
    assert not rows
    assert "hourly percentiles of 31-9092 do not rise (30, 20" in tally.examples[0].what


def test_a_negative_wage_is_refused(tmp_path: Path) -> None:
    _, tally = wages_of(tmp_path, wage_row("10,1,-1,1,1,2,3,4,5,1,2,3,4,5"))
    assert tally.examples[0].field == "Hourly mean wage"
    assert "below zero" in tally.examples[0].what


@pytest.mark.parametrize(
    ("title", "states"),
    [
        ("Philadelphia-Camden-Wilmington, PA-NJ-DE-MD", ("PA", "NJ", "DE", "MD")),
        ("New Jersey", ("NJ",)),
        ("National", ()),
        ("Northwest Nowhere nonmetropolitan area", ()),
        ("Washington", ("WA",)),
    ],
)
def test_states_are_read_from_an_areas_title(title: str, states: tuple[str, ...]) -> None:
    assert wages.states_of(title) == states


def projections_book(tmp_path: Path, row: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Table 1.10"
    sheet.append(["Table 1.10 Occupational separations and openings, projected 2022-32"])
    sheet.append(
        [
            "2022 National Employment Matrix title",
            "2022 National Employment Matrix code",
            "Occupation type",
            "Employment, 2022",
            "Employment, 2032",
            "Employment change, numeric, 2022-32",
            "Employment change, percent, 2022-32",
            "Labor force exit rate, 2022-32 annual average",
            "Occupational transfer rate, 2022-32 annual average",
            "Total occupational separations rate, 2022-32 annual average",
            "Labor force exits, 2022-32 annual average",
            "Occupational transfers, 2022-32 annual average",
            "Total occupational separations, 2022-32 annual average",
            "Occupational openings, 2022-32 annual average",
        ]
    )
    sheet.append(row)
    sheet.append(["Source: made up"])
    path = tmp_path / "occupation.xlsx"
    book.save(path)
    return path


def test_projections_count_people_not_thousands(tmp_path: Path) -> None:
    values = ["  Aides", "31-1120", "Line item", 3715.5, 4520.1, 804.6, 21.7]
    path = projections_book(tmp_path, [*values, 6.9, 8.2, 15.1, 284.2, 335.8, 620.0, 700.5])
    tally = Tally(path.name)
    (row,) = projections.read_projections(path, tally)
    assert (row.title, row.soc, row.summary) == ("Aides", "31-1120", False)
    assert (row.employment, row.exits, row.openings) == (3_715_500, 284_200, 700_500)
    assert projections.years(path) == (2022, 2032)
    assert tally.read == 1


def test_a_bad_cell_of_the_projections_names_its_row(tmp_path: Path) -> None:
    values = ["  Aides", "31-1120", "Line item", "lots", 4520.1, 804.6, 21.7]
    path = projections_book(tmp_path, [*values, 6.9, 8.2, 15.1, 284.2, 335.8, 620.0, 700.5])
    tally = Tally(path.name)
    assert list(projections.read_projections(path, tally)) == []
    assert (tally.examples[0].row, tally.examples[0].reason) == (3, "number")


def test_another_workbook_is_not_taken_for_projections(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(FileProblem, match=r"no sheet “Table 1\.10”"):
        list(projections.read_projections(path, Tally("x")))


def test_a_broken_list_of_industries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "naics.json"
    path.write_text('{"62": "Health Care", "x": "Nothing", "611": ""}')
    tally = Tally(path.name)
    assert list(crosswalks.read_industries(path, tally)) == [("62", "Health Care")]
    assert tally.refused == {"code": 1, "missing": 1}
    path.write_text("[")
    with pytest.raises(FileProblem, match="not JSON"):
        list(crosswalks.read_industries(path, tally))


@pytest.mark.data
def test_the_published_files_are_read_whole() -> None:
    tally = Tally("cip")
    rows = list(crosswalks.read_cip_soc(public("crosswalks/soc2018_cip2020_crosswalk.csv"), tally))
    assert tally.read == len(rows) + tally.refused["no match"]
    assert ("31-9092", "51.0801") in {(row.soc, row.cip) for row in rows}
    tally = Tally("oews")
    found = list(wages.read_wages(public("oews-2025/oews_2025_nj_and_us.csv"), tally))
    assert len(found) == tally.read == 3000
    book = public("projections/bls_employment_projections_2022_32.xlsx")
    tally = Tally("projections")
    nurses = {row.soc: row for row in projections.read_projections(book, tally)}["29-1141"]
    yearly = nurses.exits + nurses.transfers + nurses.change / 10
    assert nurses.openings == pytest.approx(yearly, abs=200)
    assert projections.read_entry(book)["31-1120"].education
