"""What goes out in a workbook comes back as it was; what cannot be used is said, row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.core.quarters import Quarter
from backcast.demand.columns import COLUMNS, EMPLOYMENTS, OFFERS, SCHEDULES, TITLE
from backcast.demand.directory import Directory, Employer, Reading
from backcast.demand.figures import (
    Cause,
    Importance,
    Named,
    Offer,
    Openings,
    Requirement,
    Statement,
    sorted_openings,
    usual_range,
)
from backcast.demand.reading import read_needs
from backcast.demand.refusals import FileRefused
from backcast.demand.workbook import write_needs

TODAY = date(2026, 11, 23)
NOW = Quarter.of(TODAY)
OCCUPATIONS = {
    "31-1131.00": Named(1, "Nursing Assistants"),
    "29-2061.00": Named(2, "Licensed Practical and Licensed Vocational Nurses"),
}
CREDENTIALS = (Named(11, "Certified nursing assistant"), Named(12, "Basic life support"))
COMPETENCIES = (Named(21, "Active Listening"), Named(22, "Monitoring"))
HOSPITAL = Employer(101, "Demo Hospital", (Named(201, "Main site"), Named(202, "Annex")))
CLINIC = Employer(102, "Démo Clinic, Inc.", (Named(203, "Front street"),))
DIRECTORY = Directory(
    (HOSPITAL, CLINIC), OCCUPATIONS, credentials=CREDENTIALS, competencies=COMPETENCIES
)

ROW: dict[str, Any] = {
    "employer": "Demo Hospital",
    "site": "Main site",
    "role": "Nursing assistant",
    "occupation": "31-1131.00",
    "quarter": "2027-Q1",
    "cause": "New positions",
    "likely": 4,
}


def workbook(*rows: dict[str, Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(TITLE.values()))
    for row in rows:
        sheet.append([row.get(key) for key in COLUMNS])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_file(*rows: dict[str, Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(TITLE.values())
    writer.writerows([[row.get(key, "") for key in COLUMNS] for row in rows])
    return out.getvalue().encode(encoding)


def read(*rows: dict[str, Any], directory: Directory = DIRECTORY) -> Reading:
    reading = read_needs(workbook(*rows), directory, TODAY)
    assert reading.rows_in == reading.rows_used + reading.rows_refused == len(rows)
    return reading


def refused(**changes: Any) -> str:
    """What is said of one row that is ``ROW`` but for ``changes``; nothing of it is used."""
    reading = read(ROW | changes)
    assert not reading.needs
    return "\n".join(map(str, reading.refusals))


# --- round trip -------------------------------------------------------------------------------

_words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")),
    min_size=1,
    max_size=40,
).filter(
    lambda t: (
        t[0].isalnum() and "Â" not in t and "Ã" not in t and "â" not in t and "\ufffd" not in t
    )
)


@st.composite
def _openings(draw: st.DrawFn) -> Openings:
    likely = draw(st.integers(0, 2000))
    assumed = draw(st.booleans())
    low, high = usual_range(likely)
    if not assumed:
        low, high = draw(st.integers(0, likely)), draw(st.integers(likely, 3000))
    return Openings(
        NOW + draw(st.integers(0, 11)),
        draw(st.sampled_from(list(Cause))),
        low,
        likely,
        high,
        range_assumed=assumed,
        confirmed=high >= 1000,
    )


@st.composite
def _requirements(draw: st.DrawFn) -> tuple[Requirement, ...]:
    items = draw(
        st.lists(
            st.sampled_from(
                [("credential", i) for i in CREDENTIALS] + [("competency", i) for i in COMPETENCIES]
            ),
            unique=True,
        )
    )
    made = [
        Requirement(
            kind, item, draw(st.sampled_from(list(Importance))), draw(st.none() | st.integers(0, 7))
        )
        for kind, item in items
    ]
    order = list(Importance)
    return tuple(sorted(made, key=lambda r: order.index(r.importance)))


@st.composite
def _statements(draw: st.DrawFn) -> Statement:
    employer = draw(st.sampled_from([HOSPITAL, CLINIC]))
    wages = sorted(draw(st.tuples(*[st.decimals("0.5", "99", places=2)] * 2)))
    offers = draw(st.lists(st.sampled_from(OFFERS), unique=True))
    return Statement(
        employer=Named(employer.id, employer.name),
        site=draw(st.sampled_from(employer.sites)),
        role_title=draw(_words),
        occupation=draw(st.none() | st.sampled_from(list(OCCUPATIONS.values()))),
        start_by=draw(st.none() | st.dates(TODAY, date(2030, 1, 1))),
        wage_low=wages[0] if draw(st.booleans()) else None,
        wage_high=wages[1] if draw(st.booleans()) else None,
        hours_per_week=draw(st.none() | st.decimals("0.1", "80", places=1)),
        schedule=draw(st.sampled_from(["", *SCHEDULES])),
        employment=draw(st.sampled_from(["", *EMPLOYMENTS])),
        note=draw(st.just("") | _words),
        stand_in=draw(st.just("") | _words),
        openings=sorted_openings(
            draw(st.lists(_openings(), min_size=1, max_size=6, unique_by=lambda o: o.key))
        ),
        requirements=draw(_requirements()),
        offers=tuple(
            Offer(kind, draw(st.none() | st.integers(1, 50))) for kind in OFFERS if kind in offers
        ),
    )


@given(st.lists(_statements(), max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_workbook_says_is_read_back_as_it_was(statements: list[Statement]) -> None:
    needs = [(f"ref-{n}", statement) for n, statement in enumerate(statements)]
    directory = Directory(
        DIRECTORY.employers,
        OCCUPATIONS,
        credentials=CREDENTIALS,
        competencies=COMPETENCIES,
        refs={ref: statement.employer.id for ref, statement in needs},
    )
    reading = read_needs(write_needs(needs, directory, TODAY), directory, TODAY)
    assert not reading.refusals
    assert reading.examples == 1
    assert [(need.ref, need.statement) for need in reading.needs] == needs


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(list(COLUMNS)),
            st.none()
            | st.text(max_size=20).filter(
                lambda t: not openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.search(t)
            )
            | st.integers(-5, 2_000_000)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.dates(date(1950, 1, 1), date(2100, 1, 1))
            | st.booleans(),
        ).map(lambda changes: ROW | changes),
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_row_is_used_or_refused_with_a_reason(rows: list[dict[str, Any]]) -> None:
    reading = read_needs(workbook(*rows), DIRECTORY, TODAY)
    assert reading.rows_in == reading.rows_used + reading.rows_refused
    used = {row for need in reading.needs for row in need.rows}
    complained = {refusal.row for refusal in reading.refusals}
    assert not used & complained
    assert len(used | complained) == reading.rows_in
    assert all(str(r.wrong) and str(r.remedy) for r in reading.refusals)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ","), ("utf-16", "\t"), ("utf-8", "|")],
)
def test_csv_is_read_in_whatever_encoding_people_save_it(encoding: str, delimiter: str) -> None:
    row = ROW | {"employer": "Démo Clinic, Inc.", "site": "Front street"}
    reading = read_needs(csv_file(row, encoding=encoding, delimiter=delimiter), DIRECTORY, TODAY)
    assert [need.statement.employer.name for need in reading.needs] == ["Démo Clinic, Inc."]
    assert any("Windows-1252" in str(r) for r in reading.remarks) == (encoding == "cp1252")


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"likely": -3},
            "Row 2, Most likely: -3 is below 0. Write how many people you need, or 0.",
        ),
        ({"likely": 2.5}, "Row 2, Most likely: 2.5 is not a whole number."),
        ({"likely": "four"}, "Row 2, Most likely: “four” is not a number. Write a whole number"),
        ({"likely": 41_984_198}, "Row 2, Most likely: 41984198 people are more than can be right."),
        ({"likely": 1200}, "Row 2, 1,000 or more is meant: 1,500 people in one quarter are very"),
        ({"likely": None}, "Row 2, Most likely: The cell is empty."),
        ({"low": 9}, "Row 2, At least: At least 9 is more than most likely 4."),
        ({"high": 1}, "Row 2, At most: At most 1 is less than most likely 4."),
        ({"quarter": "2025-Q1"}, "Row 2, Quarter: 2025-Q1 is over. Name a quarter from 2026-Q4 on"),
        ({"quarter": "next spring"}, "Row 2, Quarter: “next spring” is not a quarter. Write it"),
        ({"cause": "luck"}, "Row 2, Reason: “luck” is not known here. Write one of: New positions"),
        ({"cause": None}, "Row 2, Reason: The cell is empty. Say why"),
        ({"start_by": date(2026, 1, 5)}, "Row 2, Start by: 2026-01-05 is in the past."),
        ({"start_by": "soon"}, "Row 2, Start by: “soon” is not a date that can be read."),
        (
            {"wage_low": 45_000},
            "Row 2, Hourly pay from: 45000 dollars an hour are more than can be",
        ),
        ({"wage_low": 30, "wage_high": 20}, "Row 2, Hourly pay to: The pay goes down from 30.00"),
        ({"hours": 400}, "Row 2, Hours a week: “400” is not a number of hours in a week."),
        ({"occupation": "99-9999.00"}, "Row 2, Occupation: “99-9999.00” is not an occupation"),
        ({"occupation": "Nursing Asistants"}, "Did you mean “Nursing Assistants”?"),
        ({"employer": "Demo Hospitl"}, "Did you mean “Demo Hospital”?"),
        ({"employer": None}, "Row 2, Employer: The cell is empty."),
        ({"site": "Basement"}, "Row 2, Site: “Demo Hospital” has no site “Basement”. Write one of"),
        ({"role": None}, "Row 2, Role: The cell is empty."),
        ({"role": "x" * 200}, "Row 2, Role: The text has 200 letters. Write at most 160."),
        (
            {"role": "+1 nurse"},
            "Row 2, Role: “+1 nurse” starts with a sign that a spreadsheet would",
        ),
        (
            {"note": "@SUM(A1)"},
            "Row 2, Note: “@SUM(A1)” starts with a sign that a spreadsheet would",
        ),
        ({"role": '=HYPERLINK("x")'}, "Row 2, Role: The cell holds a formula"),
        ({"note": '=cmd|" /C calc"!A0'}, "Row 2, Note: The cell holds a formula"),
        (
            {"role": "EnfermerÃ­a"},
            "Row 2, Role: “EnfermerÃ­a” looks garbled; it may be “Enfermería”.",
        ),
        ({"role": "Enfermer\ufffda"}, "Row 2, Role: Letters of “Enfermer\ufffda” were lost"),
        ({"ref": "12345"}, "Row 2, Need number: There is no need with this number"),
        ({"required": "CPR; cpr"}, "Row 2, Must have: “cpr” is named twice."),
    ],
)
def test_a_row_that_cannot_be_used_says_field_reason_and_remedy(
    changes: dict[str, Any], message: str
) -> None:
    assert message in refused(**changes)


def test_a_thousand_openings_are_asked_back_and_not_refused() -> None:
    reading = read(ROW | {"likely": 1200, "confirmed": "yes"})
    (opening,) = reading.needs[0].statement.openings
    assert (opening.likely, opening.confirmed) == (1200, True)


def test_only_the_likely_number_is_needed_and_the_range_is_marked_as_assumed() -> None:
    (opening,) = read(ROW).needs[0].statement.openings
    assert (opening.low, opening.likely, opening.high, opening.range_assumed) == (3, 4, 5, True)


@pytest.mark.parametrize(
    "written",
    [
        "2027-Q1",
        "Q1 2027",
        "2027-Q1 (Jan–Mar)",
        "Jan–Mar 2027",
        "2027-02-14",
        "2/14/2027",
        date(2027, 2, 14),
    ],
)
def test_a_quarter_may_be_written_in_many_ways(written: Any) -> None:
    (opening,) = read(ROW | {"quarter": written}).needs[0].statement.openings
    assert opening.quarter == Quarter(2027, 1)


@pytest.mark.parametrize("written", ["2027-03-01", "3/1/2027", "March 1, 2027", date(2027, 3, 1)])
def test_dates_as_text_are_read_where_they_are_plain(written: Any) -> None:
    assert read(ROW | {"start_by": written}).needs[0].statement.start_by == date(2027, 3, 1)


def test_a_misspelt_legal_form_is_matched_and_said() -> None:
    reading = read(ROW | {"employer": "DEMO CLINIC", "site": None})
    assert reading.needs[0].statement.employer.id == CLINIC.id
    assert [str(r) for r in reading.remarks] == ["Row 2, Employer: Taken as “Démo Clinic, Inc.”."]


def test_a_soc_code_stands_for_its_only_occupation_and_never_for_one_of_several() -> None:
    aides, techs = Named(5, "Demo aides"), Named(6, "Demo technicians")
    own = Directory((HOSPITAL,), {"Demo aides": aides}, by_soc={"31-9999": (aides,)})
    assert (
        read(ROW | {"occupation": "31-9999"}, directory=own).needs[0].statement.occupation == aides
    )
    several = Directory((HOSPITAL,), {}, by_soc={"31-9999": (aides, techs)})
    reading = read(ROW | {"occupation": "31-9999"}, directory=several)
    assert "Did you mean “Demo aides / Demo technicians”?" in str(reading.refusals[0])


def test_two_employers_of_one_name_are_never_guessed_between() -> None:
    twins = Directory(
        (HOSPITAL, Employer(103, "The Demo Hospital LLC", HOSPITAL.sites)), OCCUPATIONS
    )
    reading = read(ROW | {"employer": "demo hospital, inc."}, directory=twins)
    assert "may be any of “Demo Hospital”; “The Demo Hospital LLC”" in str(reading.refusals[0])


def test_one_bad_row_keeps_the_whole_need_out() -> None:
    reading = read(ROW, ROW | {"quarter": "2027-Q2", "likely": -1}, ROW | {"role": "Another"})
    assert [need.rows for need in reading.needs] == [(4,)]
    assert [r.row for r in reading.refusals] == [2, 3]
    assert "Row 3 of the same need cannot be used." in str(reading.refusals[0])


def test_rows_of_one_need_that_contradict_are_refused_naming_both() -> None:
    reading = read(ROW | {"wage_low": 20}, ROW | {"quarter": "2027-Q2", "wage_low": 21})
    assert not reading.needs
    assert "Row 3, Hourly pay from: Row 2 says otherwise" in "\n".join(map(str, reading.refusals))


def test_a_repeated_row_is_refused_and_not_added_up() -> None:
    reading = read(ROW, ROW)
    assert not reading.needs
    assert "Row 2 already gives this quarter and reason." in "\n".join(map(str, reading.refusals))


def test_an_employer_sees_only_itself_in_the_directory() -> None:
    own = Directory((HOSPITAL,), OCCUPATIONS)
    reading = read(ROW | {"employer": CLINIC.name}, directory=own)
    assert "There is no employer" in str(reading.refusals[0])
    assert read(ROW | {"employer": None}, directory=own).needs


def test_a_requirement_that_no_list_knows_is_kept_in_the_employers_words() -> None:
    reading = read(ROW | {"required": "Certified Nursing Assistant; Night owl (level 2)"})
    first, second = reading.needs[0].statement.requirements
    assert (first.kind, first.item.id) == ("credential", 11)
    assert (second.kind, second.item.name, second.level) == ("words", "Night owl", 2)


def test_merged_cells_are_refused_where_they_touch() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(ROW, ROW | {"quarter": "2027-Q2"}, ROW | {"role": "Other"}))
    )
    book.active.merge_cells("A2:A3")
    reading = read_needs(saved(book), DIRECTORY, TODAY)
    assert [need.rows for need in reading.needs] == [(4,)]
    assert {r.row for r in reading.refusals if "merged" in str(r)} == {2, 3}


def test_a_formula_with_a_number_is_read_as_its_number() -> None:
    """A spreadsheet keeps the last result beside the formula; that is what the person saw."""
    source = zipfile.ZipFile(io.BytesIO(workbook(ROW | {"likely": "=3+4"})))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"<f>3+4</f><v />", b"<f>3+4</f><v>7</v>")
            target.writestr(name, content.replace(b"<f>3+4</f><v></v>", b"<f>3+4</f><v>7</v>"))
    (need,) = read_needs(out.getvalue(), DIRECTORY, TODAY).needs
    assert need.statement.openings[0].likely == 7


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a workbook or a CSV file"),
        (b"%PDF-1.7 not a table", "not a workbook or a CSV file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a workbook or a CSV file"),
        (b"<html><body>hello</body></html>", "not a workbook or a CSV file"),
        (b"PK\x03\x04 broken", "not a workbook or a CSV file"),
        (b"\xd0\xcf\x11\xe0 broken", "not a workbook or a CSV file"),
        (b"a,b,c\n1,2,3\n", "No row with the names of the columns was found."),
        (b'Employer,Site,Role,Quarter\n"open,1,2,3\n', "cannot be read"),
        (b"Employer,Site,Role,Role\na,b,c,d\n", "The column “Role” is there twice."),
        (b"Employer,Site,Role\n" + b"a,b,c\n" * 20_100, "at most 20000 can be read"),
    ],
)
def test_a_file_that_is_no_table_of_needs_is_refused_as_a_whole(
    content: bytes, message: str
) -> None:
    with pytest.raises(FileRefused, match=message):
        read_needs(content, DIRECTORY, TODAY)


def test_titles_above_the_header_and_unknown_columns_do_no_harm() -> None:
    content = b"Needs of this spring\n\n" + csv_file(ROW).replace(b"Employer,", b"Employer,", 1)
    content = content.replace(b"Need number\r\n", b"Need number,Mood\r\n").replace(
        b",4,", b",4,", 1
    )
    reading = read_needs(content, DIRECTORY, TODAY)
    assert [need.rows for need in reading.needs] == [(4,)]
    assert any("Mood" in str(remark) for remark in reading.remarks)
