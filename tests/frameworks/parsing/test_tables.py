"""Reading tables: what is accepted, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.frameworks.parsing import onet
from backcast.frameworks.parsing.problems import FileProblem, Tally
from backcast.frameworks.parsing.tables import read

HEAD = "O*NET-SOC Code\tTitle\tDescription\n"
GOOD = "31-9092.00\tMedical Assistants\tDo things.\n"


def occupations(path: Path) -> tuple[list[onet.Occupation], Tally]:
    tally = Tally(path.name)
    return list(read(onet.OCCUPATIONS, path, tally)), tally


def write(folder: Path, content: str | bytes, name: str = "Occupation Data.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_rows_are_typed_and_counted(tmp_path: Path) -> None:
    rows, tally = occupations(write(tmp_path, HEAD + GOOD))
    assert rows == [onet.Occupation("31-9092.00", "Medical Assistants", "Do things.")]
    assert (tally.read, tally.used, tally.refused.total()) == (1, 1, 0)


def test_columns_are_found_by_name_in_any_order_and_case(tmp_path: Path) -> None:
    path = write(tmp_path, "DESCRIPTION\tExtra\ttitle\tO*net-SOC code\nd\tx\tt\t11-1011.00\n")
    rows, _ = occupations(path)
    assert rows == [onet.Occupation("11-1011.00", "t", "d")]


def test_a_mark_before_the_first_heading_is_ignored(tmp_path: Path) -> None:
    rows, _ = occupations(write(tmp_path, "\ufeff" + HEAD + GOOD))
    assert len(rows) == 1


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    rows, _ = occupations(write(tmp_path, (HEAD + GOOD).replace("\n", "\r\n")))
    assert rows[0].description == "Do things."


def test_a_workbook_gives_the_same_rows_as_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD + GOOD).splitlines():
        sheet.append(line.split("\t"))
    path = tmp_path / "Occupation Data.xlsx"
    book.save(path)
    assert occupations(path)[0] == occupations(write(tmp_path, HEAD + GOOD))[0]


@pytest.mark.parametrize(
    ("line", "field", "reason", "words"),
    [
        ("31-9092.00\tMedical", "", "cut short", "2 columns where 3 are expected"),
        ("31-9092.00\ta\tb\tc", "", "too many columns", "4 columns where 3 are expected"),
        ("319092\ta\tb", "O*NET-SOC Code", "code", "“319092” is not an occupation code"),
        ("31-9092.00\t\tb", "Title", "missing", "the cell is empty"),
        ("31-9092.00\tn/a\tb", "Title", "missing", "the cell is empty"),
    ],
)
def test_a_bad_row_names_its_row_field_and_remedy(
    tmp_path: Path, line: str, field: str, reason: str, words: str
) -> None:
    rows, tally = occupations(write(tmp_path, f"{HEAD}{GOOD}{line}\n{GOOD}"))
    assert len(rows) == 2
    assert tally.refused == {reason: 1}
    (refusal,) = tally.examples
    assert (refusal.row, refusal.field) == (3, field)
    assert words in str(refusal)
    assert "Occupation Data.txt, row 3" in str(refusal)
    assert refusal.remedy


def test_another_table_is_refused_by_its_headings(tmp_path: Path) -> None:
    path = write(tmp_path, "Employer\tJob\nAcme\tWelder\n")
    with pytest.raises(FileProblem, match=r"columns: “O\*NET-SOC Code”, .*Found: Employer, Job"):
        occupations(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04rest", "a workbook or a zip archive"),
        ("Title\n".encode("utf-16"), "UTF-16"),
        (b"\n<!DOCTYPE html><title>404</title>", "a web page"),
        (b"\x89PNG\x00\x00", "not a text file"),
        ((HEAD + "31-9092.00\tCaf\xe9\tb\n").encode("latin-1"), "row 2: character 15 is not UTF-8"),
    ],
)
def test_other_kinds_of_files_and_encodings_are_named(
    tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(FileProblem, match=words):
        occupations(write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"nothing\.txt: there is no such file"):
        occupations(tmp_path / "nothing.txt")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="cannot be opened"):
        occupations(write(tmp_path, b"PK not really", "Occupation Data.xlsx"))


def test_an_endless_line_is_refused_without_reading_on(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="longer than a million characters"):
        occupations(write(tmp_path, HEAD + "x" * (2 << 20)))


def test_a_quotation_mark_left_open_is_named(tmp_path: Path) -> None:
    big = 'O*NET-SOC Code,Title,Description\n31-9092.00,"open,' + "x" * 200_000 + "\n"
    with pytest.raises(FileProblem, match="quotation mark"):
        occupations(write(tmp_path, big, "Occupation Data.csv"))


def test_a_file_that_is_mostly_faulty_is_refused_as_a_whole(tmp_path: Path) -> None:
    _, tally = occupations(write(tmp_path, HEAD + GOOD * 10 + "x\n" * 10))
    with pytest.raises(FileProblem, match="10 of 20 rows cannot be read, so nothing was loaded"):
        tally.check()


def test_a_few_faulty_rows_do_not_stop_a_file(tmp_path: Path) -> None:
    _, tally = occupations(write(tmp_path, HEAD + GOOD * 100 + "x\n" * 3))
    tally.check()
    assert tally.used == 100


def test_rows_left_out_by_rule_are_no_faults() -> None:
    tally = Tally("Skills.txt", read=100)
    tally.refuse(2, "Recommend Suppress", "suppressed", "", count=60)
    tally.check()
    assert (tally.used, tally.faults, tally.examples) == (40, 0, [])


@given(
    st.lists(st.lists(st.text(alphabet='ab1\t\n-.\\" n/', max_size=12), max_size=5), max_size=20)
)
def test_rows_in_are_rows_used_plus_rows_refused(lines: list[list[str]]) -> None:
    from backcast.frameworks.parsing.tables import convert

    rows = [(1, HEAD.rstrip("\n").split("\t"))] + [(n, line) for n, line in enumerate(lines, 2)]
    tally = Tally("any")
    used = list(convert(onet.OCCUPATIONS, iter(rows), tally, "any"))
    assert tally.read == len(lines)
    assert tally.read == len(used) + tally.refused.total()
