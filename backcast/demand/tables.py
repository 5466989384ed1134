"""Tables out of files as people send them: XLSX, XLS, ODS and CSV in whatever encoding.

``read_table`` takes the bytes and gives rows with the number that the person sees beside them.
It knows nothing of what the columns mean, and nothing of Django.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineSheet, CalamineWorkbook

from backcast.core.spreadsheets import may_run
from backcast.core.text import name_key
from backcast.demand.refusals import N_, FileRefused, Refusal, Remark, Sentence, say

Cell = str | int | float | bool | date | None

#: More rows than anyone states by hand; more is a file of something else.
ROW_LIMIT = 20_000
#: A workbook that swells beyond this many bytes when it is opened was made to do harm.
UNPACKED_LIMIT = 400 * 1024 * 1024
_HEADER_SEARCH = 25


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as the spreadsheet counts it; ``cells`` by column key; ``broken`` are refusals."""

    number: int
    cells: Mapping[str, Cell]
    broken: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that hold anything, the keys of the columns that were found, and what to remark."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


def begins_as_text(text: str) -> bool:
    """False where a spreadsheet would run the text instead of showing it."""
    return not may_run(text) or bool(re.fullmatch(r"[+\-]?[$\d.,\s%]+", text))


def read_table(
    content: bytes, columns: Mapping[str, Sequence[str]], *, sheet: str = "", enough: int = 3
) -> Table:
    """Read the first sheet whose header names at least ``enough`` of ``columns``.

    ``columns`` maps each key to the headings under which it is known. ``sheet`` names the sheet to
    look at first. Raises ``FileRefused``.
    """
    known = {name_key(name): key for key, names in columns.items() for name in names}
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _read_workbook(content, columns, known, sheet, enough)
    return _read_csv(content, columns, known, enough)


# --- workbooks ----------------------------------------------------------------------------------


def _not_a_table() -> FileRefused:
    return FileRefused(
        say(N_("This is not a workbook or a CSV file that can be read.")),
        say(N_("Save it again as .xlsx or .csv and send that.")),
    )


def _read_workbook(
    content: bytes,
    columns: Mapping[str, Sequence[str]],
    known: Mapping[str, str],
    wanted: str,
    enough: int,
) -> Table:
    if content[:2] == b"PK":
        _check_zip(content)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        names = list(book.sheet_names)
        names.sort(key=lambda name: name_key(name) != name_key(wanted))
        best: tuple[int, str, CalamineSheet, list[list[object]], int] | None = None
        for name in names:
            found = book.get_sheet_by_name(name)
            if found.total_height > ROW_LIMIT + _HEADER_SEARCH:
                head: list[list[object]] = [
                    list(row)
                    for row in found.to_python(skip_empty_area=False, nrows=_HEADER_SEARCH)
                ]
                if _header_row(head, known)[1] >= enough:
                    raise _too_many(found.total_height)
                continue
            rows: list[list[object]] = [list(row) for row in found.to_python(skip_empty_area=False)]
            at, hits = _header_row(rows[:_HEADER_SEARCH], known)
            if hits >= enough and (best is None or hits > best[0]):
                best = (hits, name, found, rows, at)
                if name_key(name) == name_key(wanted):
                    break
    except FileRefused:
        raise
    except Exception as error:  # calamine raises many kinds for files that are broken
        if "password" in str(error).lower() or type(error).__name__ == "PasswordError":
            raise FileRefused(
                say(N_("The workbook is locked with a password.")),
                say(N_("Take the password off and send it again.")),
            ) from None
        raise _not_a_table() from None
    if best is None:
        raise _no_header(columns)
    _hits, name, found, rows, at = best
    merged = found.merged_cell_ranges or []
    formulas = _formulas(content, name) if content[:2] == b"PK" else {}
    numbered = ((number, row) for number, row in enumerate(rows, start=1) if number > at + 1)
    return _table(rows[at], at + 1, numbered, columns, known, merged, formulas)


def _check_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise _not_a_table() from None
    if unpacked > UNPACKED_LIMIT:
        raise FileRefused(
            say(N_("The workbook grows beyond %(limit)s MB when it is opened."), limit=400),
            say(N_("Copy the rows into a new workbook and send that.")),
        )
    if "[Content_Types].xml" not in names and "mimetype" not in names:
        raise _not_a_table()


def _formulas(content: bytes, name: str) -> dict[tuple[int, int], str]:
    """Cells that hold a formula, by (row, column) from 1, where the file is XLSX."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except Exception:  # another kind of workbook (ODS), or one that only calamine forgives
        return {}
    try:
        if name not in book.sheetnames:
            return {}
        return {
            (cell.row, cell.column): str(cell.value)
            for row in book[name].iter_rows(max_row=ROW_LIMIT + _HEADER_SEARCH)
            for cell in row
            if cell.data_type == "f" and cell.row is not None and cell.column is not None
        }
    finally:
        book.close()


# --- CSV ----------------------------------------------------------------------------------------


def _read_csv(
    content: bytes, columns: Mapping[str, Sequence[str]], known: Mapping[str, str], enough: int
) -> Table:
    text, remark = _decode(content)
    sample = text[:20_000]
    if sample.lstrip()[:1] == "<" or not sample.strip():
        raise _not_a_table()
    best: tuple[int, str] = (0, ",")
    for delimiter in (",", ";", "\t", "|"):
        head: list[list[object]] = [
            list(row)
            for row in csv.reader(sample.splitlines()[:_HEADER_SEARCH], delimiter=delimiter)
        ]
        hits = _header_row(head, known)[1]
        if hits > best[0]:
            best = (hits, delimiter)
    if best[0] < enough:
        raise _no_header(columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best[1], strict=True)
    rows: list[tuple[int, list[object]]] = []
    try:
        before = 0
        for line in reader:
            rows.append((before + 1, list(line)))
            before = reader.line_num
            if len(rows) > ROW_LIMIT + _HEADER_SEARCH:
                raise _too_many(text.count("\n"))
    except csv.Error as error:
        raise FileRefused(
            say(N_("Line %(line)s cannot be read (%(why)s)."), line=before + 1, why=error),
            say(N_("Look for a quotation mark that is opened and not closed, and save again.")),
        ) from None
    at, _hits = _header_row([row for _number, row in rows[:_HEADER_SEARCH]], known)
    table = _table(rows[at][1], rows[at][0], iter(rows[at + 1 :]), columns, known, [], {})
    return Table(table.rows, table.columns, (*remark, *table.remarks))


def _decode(content: bytes) -> tuple[str, tuple[Remark, ...]]:
    """The text, and a remark where the encoding had to be guessed."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise _not_a_table() from None
    if b"\x00" in content[:100_000] or content[:4] in (b"%PDF", b"\x89PNG", b"GIF8"):
        raise _not_a_table()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused(
            say(N_("The letters of this file are in an encoding that cannot be read.")),
            say(N_("Save it as “CSV UTF-8” or as .xlsx and send that.")),
        ) from None
    remark = Remark(
        0,
        "",
        say(N_("Not UTF-8; read as Windows-1252. Check names with accents before you go on.")),
    )
    return text, (remark,)


# --- both ---------------------------------------------------------------------------------------


def _header_row(rows: Sequence[Sequence[object]], known: Mapping[str, str]) -> tuple[int, int]:
    """Index of the row that names the most columns, and how many it names."""
    best = (0, 0)
    for index, row in enumerate(rows):
        hits = len(
            {
                known[name_key(cell)]
                for cell in row
                if isinstance(cell, str) and name_key(cell) in known
            }
        )
        if hits > best[1]:
            best = (index, hits)
    return best


def _no_header(columns: Mapping[str, Sequence[str]]) -> FileRefused:
    names = ", ".join(names[0] for names in columns.values())
    return FileRefused(
        say(N_("No row with the names of the columns was found.")),
        say(
            N_("Start from the workbook that you can get here. Its columns are: %(names)s."),
            names=names,
        ),
    )


def _too_many(rows: int) -> FileRefused:
    return FileRefused(
        say(
            N_("The file has %(rows)s rows; at most %(limit)s can be read."),
            rows=rows,
            limit=ROW_LIMIT,
        ),
        say(N_("Send it in parts.")),
    )


def _table(
    header: Sequence[object],
    header_number: int,
    rows: Iterator[tuple[int, list[object]]],
    columns: Mapping[str, Sequence[str]],
    known: Mapping[str, str],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    formulas: Mapping[tuple[int, int], str],
) -> Table:
    places: dict[int, str] = {}
    remarks: list[Remark] = []
    for index, cell in enumerate(header):
        title = str(cell).strip() if cell is not None else ""
        key = known.get(name_key(title)) if title else None
        if key is None:
            if title:
                remarks.append(
                    Remark(
                        header_number, title, say(N_("This column is not known and was not read."))
                    )
                )
            continue
        if key in places.values():
            raise FileRefused(
                say(N_("The column “%(name)s” is there twice."), name=title),
                say(N_("Keep one of the two and send the file again.")),
                field=title,
            )
        places[index] = key
    titles = {key: columns[key][0] for key in places.values()}
    result: list[Row] = []
    for number, cells in rows:
        broken: list[Refusal] = list(_merged_refusals(number, merged, places, titles))
        values: dict[str, Cell] = {}
        for index, key in places.items():
            raw = cells[index] if index < len(cells) else None
            value = _cell(raw)
            formula = formulas.get((number, index + 1))
            problem = _unsafe(value, formula)
            if problem:
                broken.append(Refusal(number, titles[key], *problem))
                value = None
            values[key] = value
        beyond = [c for c in cells[len(header) :] if _cell(c) is not None]
        if beyond and any(v is not None for v in values.values()):
            broken.append(
                Refusal(
                    number,
                    "",
                    say(N_("The row has more cells than there are columns.")),
                    say(N_("Put text that holds a comma between quotation marks.")),
                )
            )
        if broken or any(value is not None for value in values.values()):
            result.append(Row(number, values, tuple(broken)))
    if len(result) > ROW_LIMIT:
        raise _too_many(len(result))
    return Table(tuple(result), tuple(places.values()), tuple(remarks))


def _merged_refusals(
    number: int,
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    places: Mapping[int, str],
    titles: Mapping[str, str],
) -> Iterator[Refusal]:
    for (top, left), (bottom, right) in merged:
        if not top + 1 <= number <= bottom + 1:
            continue
        touched = [titles[key] for index, key in places.items() if left <= index <= right]
        if touched:
            yield Refusal(
                number,
                touched[0],
                say(
                    N_(
                        "The cell is merged with others, so it is not clear to which rows it belongs."
                    )
                ),
                say(N_("Unmerge the cells and fill in each of them.")),
            )


def _cell(raw: object) -> Cell:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, (bool, int, date)):
        return raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) < 1e15 else raw
    if isinstance(raw, (time, timedelta)):
        return str(raw)
    text = str(raw).replace("\xa0", " ").strip() if raw is not None else ""
    return text or None


def _unsafe(value: Cell, formula: str | None) -> tuple[Sentence, Sentence] | None:
    """What is wrong with a cell whatever its column means, and the remedy; ``None``: nothing."""
    if formula is not None and not isinstance(value, (int, float, date)):
        return (
            say(N_("The cell holds a formula (%(formula)s)."), formula=formula[:40]),
            say(N_("Write the value itself.")),
        )
    if not isinstance(value, str):
        return None
    if not begins_as_text(value):
        return (
            say(N_("“%(text)s” starts with a sign that a spreadsheet would run."), text=value[:40]),
            say(N_("Start the text with a letter or a number.")),
        )
    if "\ufffd" in value:
        return (
            say(N_("Letters of “%(text)s” were lost when the file was saved."), text=value[:40]),
            say(N_("Write it again and save the file as .xlsx or “CSV UTF-8”.")),
        )
    if any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in value):
        return (
            say(N_("The text holds signs that cannot be shown.")),
            say(N_("Write it again by hand.")),
        )
    mended = _mended(value)
    if mended is not None:
        return (
            say(
                N_("“%(text)s” looks garbled; it may be “%(mended)s”."),
                text=value[:40],
                mended=mended[:40],
            ),
            say(N_("Save the file as .xlsx or “CSV UTF-8” and send it again.")),
        )
    return None


def _mended(text: str) -> str | None:
    """What ``text`` was before UTF-8 was read as Windows-1252; ``None`` where that did not happen."""
    if not re.search("[ÂÃâ]", text):
        return None
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return mended if mended != text else None
