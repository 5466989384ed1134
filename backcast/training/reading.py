"""Tables as people send them: CSV, workbooks, and SQL dumps, read row by row.

Every reader gives the same thing: column names, then rows of text by column name, each with the
number that a person sees beside it. Nothing here knows of Django.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from backcast.training import sqldump

_PEEK = 30
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
#: A workbook is a ZIP file; one that unpacks to more than this many times the limit is refused.
_UNPACKED = 10


class UnreadableFileError(ValueError):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` as a spreadsheet shows it (in a SQL dump, the number of the record).

    ``surplus`` counts filled cells to the right of the last column; ``merged`` tells that cells of
    the row are merged with the row above, so that their text is not here.
    """

    number: int
    cells: dict[str, str]
    surplus: int = 0
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, the rows still to be read, and remarks on how the file was read."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    remarks: tuple[str, ...] = ()


def open_table(path: Path, *, limit_mb: float | None = None) -> Table:
    """Open a CSV file, a workbook (XLSX, XLS, ODS) or a SQL dump; the content decides, not the name.

    Raises ``UnreadableFileError``: too large, empty, no header row, not text, or a damaged workbook.
    """
    size = path.stat().st_size
    if limit_mb is not None and size > limit_mb * 1024 * 1024:
        raise UnreadableFileError(
            f"The file has {size / 1024 / 1024:,.0f} MB; at most {limit_mb:g} MB are read. "
            "Split it, or remove columns that are not needed."
        )
    with path.open("rb") as file:
        head = file.read(65_536)
    if not head.strip():
        raise UnreadableFileError("The file is empty. Send one with a header row and data below.")
    if head.startswith(_SPREADSHEETS):
        return _workbook(path, limit_mb)
    encoding, remarks = _encoding(path, head)
    if sqldump.looks_like_one(head.decode(encoding, "ignore")):
        return _dump(path, encoding, remarks)
    return _csv(path, encoding, remarks)


# -- text ------------------------------------------------------------------------------------------


def _encoding(path: Path, head: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-8 where the whole file is UTF-8, UTF-16 by its mark, otherwise Windows-1252."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", ()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    if b"\x00" in head:
        raise UnreadableFileError(
            "This is not a text file or a workbook. Send a CSV file, an XLSX workbook or a SQL dump."
        )
    for encoding, remarks in (
        ("utf-8", ()),
        (
            "cp1252",
            ("The file is not UTF-8; it was read as Windows-1252. Check accented letters.",),
        ),
    ):
        if _decodes(path, encoding):
            return encoding, remarks
    raise UnreadableFileError(
        "The file's letters cannot be read: it is neither UTF-8 nor Windows-1252. Open it in the "
        "program that made it and save it as “CSV UTF-8”."
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _csv(path: Path, encoding: str, remarks: tuple[str, ...]) -> Table:
    return _table(_csv_rows(path, encoding), remarks)


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str], bool]]:
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(32_768)
        file.seek(0)
        delimiter = max(",;\t|", key=lambda mark: (sample.count(mark), mark == ","))
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableFileError(
                    f"Row {number + 1} cannot be read ({error}). Look for a quotation mark that "
                    "is never closed."
                ) from error
            number += 1
            yield number, [cell.replace("\0", "").strip() for cell in cells], False


def _dump(path: Path, encoding: str, remarks: tuple[str, ...]) -> Table:
    def records() -> Iterator[sqldump.Record]:
        with path.open(encoding=encoding, newline="") as file:
            yield from sqldump.records(iter(lambda: file.read(65_536), ""))

    try:
        found = records()
        first = next(found)
    except StopIteration:
        raise UnreadableFileError(
            "The SQL dump has no INSERT … VALUES rows. Export the table with its data."
        ) from None
    except sqldump.DumpError as error:
        raise UnreadableFileError(str(error)) from error
    columns = _names(first.columns or [f"column {n}" for n in range(1, len(first.values) + 1)])

    def rows() -> Iterator[Row]:
        number = 0
        try:
            for record in chain([first], found):
                if record.table != first.table:
                    continue
                number += 1
                yield _row(number, columns, list(record.values))
        except sqldump.DumpError as error:
            raise UnreadableFileError(str(error)) from error

    return Table(columns, rows(), (*remarks, f"Rows of the table “{first.table}” were read."))


# -- workbooks -------------------------------------------------------------------------------------


def _workbook(path: Path, limit_mb: float | None) -> Table:
    if limit_mb is not None and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > limit_mb * 1024 * 1024 * _UNPACKED:
            raise UnreadableFileError(
                f"The workbook unpacks to {unpacked / 1024 / 1024:,.0f} MB, which is too much. "
                "Save the sheet as CSV and send that."
            )
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheet = next(
            (sheet for sheet in map(book.get_sheet_by_name, book.sheet_names) if sheet.height > 1),
            None,
        )
    except (CalamineError, OSError) as error:
        raise UnreadableFileError(
            "The workbook cannot be opened. Open it in a spreadsheet program and save it again as "
            f"XLSX. ({error})"
        ) from error
    if sheet is None:
        raise UnreadableFileError("The workbook has no sheet with a header row and data below it.")
    others = [name for name in book.sheet_names if name != sheet.name]
    remarks = (f"Only the sheet “{sheet.name}” was read.",) if others else ()
    return _table(_sheet_rows(sheet), remarks)


def _sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str], bool]]:
    under: set[int] = set()
    for (top, _left), (bottom, _right) in sheet.merged_cell_ranges or []:
        under.update(range(top + 1, min(bottom, top + 100_000) + 1))
    first = sheet.start[0] if sheet.start else 0
    for offset, cells in enumerate(sheet.iter_rows()):
        index = first + offset
        yield index + 1, [_text(cell) for cell in cells], index in under


def _text(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value).strip()


# -- rows to a table -------------------------------------------------------------------------------


def _table(raw: Iterator[tuple[int, list[str], bool]], remarks: tuple[str, ...]) -> Table:
    """Find the header among the first rows; what stands above it is a preamble."""
    peeked = list(islice(raw, _PEEK))
    widest = max((sum(map(bool, cells)) for _, cells, _ in peeked), default=0)
    for position, (_, cells, _) in enumerate(peeked):  # noqa: B007
        filled = [cell for cell in cells if cell]
        if len(filled) >= max(2, 0.6 * widest) and not any(map(_is_number, filled)):
            break
    else:
        raise UnreadableFileError(
            "No header row was found. The first row should name the columns, with data below."
        )
    while cells and not cells[-1]:
        cells.pop()
    columns = _names(cells)

    def rows() -> Iterator[Row]:
        for number, values, merged in chain(peeked[position + 1 :], raw):
            if any(values) or merged:
                yield _row(number, columns, values, merged)

    if position:
        remarks = (*remarks, f"{position} rows above the column names were passed over.")
    return Table(columns, rows(), remarks)


def _row(number: int, columns: Sequence[str], values: list[str], merged: bool = False) -> Row:
    surplus = sum(1 for value in values[len(columns) :] if value)
    values += [""] * (len(columns) - len(values))
    return Row(number, dict(zip(columns, values, strict=False)), surplus, merged)


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Column names made unique; a column without one is called by its number."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = base = " ".join(cell.split()) or f"column {position}"
        again = 1
        while name in names:
            again += 1
            name = f"{base} ({again})"
        names.append(name)
    return tuple(names)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").lstrip("$"))
    except ValueError:
        return False
    return True
