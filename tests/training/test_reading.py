"""Reading tables: encodings, headers, merged cells, dumps, and files that are no tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from backcast.training import sqldump
from backcast.training.reading import UnreadableFileError, open_table


def written(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def cells(path: Path) -> list[dict[str, str]]:
    return [row.cells for row in open_table(path).rows]


def test_a_file_that_is_not_utf8_is_read_as_windows_1252_and_says_so(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "name,county\nEcole Santé,Bergen\n".encode("cp1252")))
    assert [row.cells["name"] for row in table.rows] == ["Ecole Santé"]
    assert "Windows-1252" in table.remarks[0]


def test_utf8_with_and_without_a_mark_and_utf16_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = written(tmp_path, "name,county\nSanté,Bergen\n".encode(encoding))
        assert cells(path) == [{"name": "Santé", "county": "Bergen"}]


def test_a_file_of_neither_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="CSV UTF-8"):
        open_table(written(tmp_path, b"name,county\nA\x81\x8dB,Bergen\n"))


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="not a text file"):
        open_table(written(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        open_table(written(tmp_path, b"  \n"))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = written(tmp_path, b"name,county\n" + b"x" * 3_000_000)
    with pytest.raises(UnreadableFileError, match="at most 2 MB"):
        open_table(path, limit_mb=2)


def test_a_damaged_workbook_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="save it again"):
        open_table(written(tmp_path, b"PK\x03\x04not really", "list.xlsx"))


def test_semicolons_and_tabs_part_columns_too(tmp_path: Path) -> None:
    assert cells(written(tmp_path, b"name;county\nA, B;Bergen\n")) == [
        {"name": "A, B", "county": "Bergen"}
    ]
    assert cells(written(tmp_path, b"name\tcounty\nA\tBergen\n"))[0]["county"] == "Bergen"


def test_a_preamble_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, b"State list 2026,,\n,,\nid,name,county\n1,Aide,Bergen\n")
    table = open_table(path)
    assert table.columns == ("id", "name", "county")
    assert "2 rows above" in table.remarks[0]
    assert [row.number for row in table.rows] == [4]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = written(tmp_path, b'id,name\n1,"two\nlines"\n2,Aide\n')
    assert [(row.number, row.cells["id"]) for row in open_table(path).rows] == [(2, "1"), (3, "2")]


def test_a_comma_without_quotation_marks_shows_as_surplus(tmp_path: Path) -> None:
    (row,) = open_table(written(tmp_path, b"id,name\n1,Aide, evening\n")).rows
    assert row.surplus == 1


def test_a_quotation_mark_that_never_closes_names_the_row(tmp_path: Path) -> None:
    path = written(tmp_path, b'id,name\n1,"' + b"x" * 200_000)
    with pytest.raises(UnreadableFileError, match=r"Row 2.*quotation mark"):
        list(open_table(path).rows)


def test_columns_with_one_name_or_none_are_told_apart(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"id,name,name,,x\n1,a,b,c,d\n"))
    assert table.columns == ("id", "name", "name (2)", "column 4", "x")


def test_a_workbook_gives_numbers_and_dates_as_plain_text(tmp_path: Path) -> None:
    from datetime import date

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "cip", "cost", "starts", "x"])
    sheet.append([7, 51.3801, 1200.0, date(2026, 9, 1), True])
    book.create_sheet("notes")
    book.save(tmp_path / "list.xlsx")
    table = open_table(tmp_path / "list.xlsx")
    (row,) = table.rows
    assert list(row.cells.values()) == ["7", "51.3801", "1200", "2026-09-01", "True"]
    assert "Only the sheet" in table.remarks[0]


def test_rows_merged_with_the_row_above_are_marked(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "name"], [1, "Aide"], [2, None], [3, "Other"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "list.xlsx")
    rows = list(open_table(tmp_path / "list.xlsx").rows)
    assert [row.merged for row in rows] == [False, True, False]


# -- SQL dumps -------------------------------------------------------------------------------------

DUMP = """-- a dump
CREATE TABLE programs (id int, name text);
INSERT INTO public.programs (id, "name", cost, note) VALUES
  (1, 'Nurse''s aide; evening (A), part 1', 1200.50, NULL),
  (2, N'Santé', -3, 'x');
INSERT INTO other (a) VALUES (1);
INSERT INTO public.programs (id, name, cost, note) VALUES (3, CAST(N'2021-01-01' AS DateTime), 5, '');
"""


def test_a_sql_dump_gives_rows_with_quotes_nulls_and_casts(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, DUMP.encode(), "dump.sql"))
    assert table.columns == ("id", "name", "cost", "note")
    assert [tuple(row.cells.values()) for row in table.rows] == [
        ("1", "Nurse's aide; evening (A), part 1", "1200.50", ""),
        ("2", "Santé", "-3", "x"),
        ("3", "2021-01-01", "5", ""),
    ]
    assert "programs" in table.remarks[-1]


def test_mysql_and_sql_server_dumps_are_read(tmp_path: Path) -> None:
    mysql = b"INSERT INTO `p` (`id`,`name`) VALUES (1,'It\\'s'),(2,'a\\nb');\n"
    assert cells(written(tmp_path, mysql, "d.sql")) == [
        {"id": "1", "name": "It's"},
        {"id": "2", "name": "a\nb"},
    ]
    server = b"INSERT [dbo].[p] ([id], [name]) VALUES (1, N'A')\nINSERT [dbo].[p] ([id], [name]) VALUES (2, N'B')\n"
    assert [row["name"] for row in cells(written(tmp_path, server, "d.sql"))] == ["A", "B"]


def test_a_dump_that_breaks_off_says_where(tmp_path: Path) -> None:
    path = written(tmp_path, b"INSERT INTO p (id, name) VALUES (1, 'A'), (2, 'B", "d.sql")
    with pytest.raises(UnreadableFileError, match="breaks off"):
        list(open_table(path).rows)


def test_a_dump_row_with_too_few_values_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"INSERT INTO p (id, name) VALUES (1, 'A'), (2);", "d.sql")
    with pytest.raises(UnreadableFileError, match="1 values for 2 columns"):
        list(open_table(path).rows)


@example(rows=[(0, "'")], size=1)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 999), st.text(st.characters(exclude_categories=["Cs", "Cc"]))),
        min_size=1,
        max_size=8,
    ),
    size=st.integers(1, 40),
)
def test_any_text_survives_a_dump_whatever_the_chunks(
    rows: list[tuple[int, str]], size: int
) -> None:
    quoted = [(number, text.replace("'", "''")) for number, text in rows]
    values = ", ".join(f"({number}, '{text}')" for number, text in quoted)
    dump = f"INSERT INTO p (id, name) VALUES {values};\n"
    chunks = iter([dump[at : at + size] for at in range(0, len(dump), size)])
    found = [record.values for record in sqldump.records(chunks)]
    assert found == [(str(number), text.strip()) for number, text in rows]
