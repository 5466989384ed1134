"""Read a table from tab-separated text, CSV or XLSX, row by row, by the names of its columns."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from python_calamine import CalamineError, CalamineWorkbook

from backcast.frameworks.parsing.problems import CellProblem, FileProblem, Tally

Row = TypeVar("Row", bound=NamedTuple)
Converter = Callable[[str], Any]

#: A workbook is read whole by its library; beyond this the text release must be used.
WORKBOOK_LIMIT = 400 * 1024 * 1024
#: Cells that say "no value".
EMPTY = frozenset(("", "n/a", "N/A"))
_LINE_LIMIT = 1 << 20
#: Missing columns that a message names one by one.
_NAMED = 3


def heading(text: object) -> str:
    """A column's name with case, spaces and punctuation taken away.

    >>> heading("O*NET-SOC Code"), heading(" Source(s) ")
    ('onetsoccode', 'sources')
    """
    return re.sub(r"[^a-z0-9]", "", str(text).lower())


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: the headings it may stand under and how its text is read.

    ``convert`` raises ``CellProblem``. A field that is not ``required`` is ``None`` where the cell
    is empty or ``n/a``; a column that is ``optional`` may be missing from the file altogether.
    """

    name: str
    headings: tuple[str, ...]
    convert: Converter | None = None
    required: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Layout(Generic[Row]):
    """A table: what it is called, the type of its rows, and its fields in the type's order."""

    title: str
    row: type[Row]
    fields: tuple[Field, ...]

    def find(self, cells: Sequence[object], file: str, row: int = 1) -> list[int | None]:
        """Where each field stands in the heading row ``cells``; raises on a missing column."""
        names = [heading(cell) for cell in cells]
        places: list[int | None] = []
        missing = []
        for field in self.fields:
            place = next(
                (names.index(heading(name)) for name in field.headings if heading(name) in names),
                None,
            )
            places.append(place)
            if place is None and not field.optional:
                missing.append(field.headings[0])
        if missing:
            found = ", ".join(str(cell).strip() for cell in cells if str(cell).strip())[:200]
            named = ", ".join(f"“{name}”" for name in missing[:_NAMED])
            if len(missing) > _NAMED:
                named += f" and {len(missing) - _NAMED} more"
            raise FileProblem(
                file,
                f"this is not a “{self.title}” table. Missing columns: {named}. "
                f"Found: {found or 'nothing'}.",
                "Check that the right file was chosen and that its first row holds the headings.",
                row=row,
            )
        return places


def read(
    layout: Layout[Row], path: Path, tally: Tally, *, sheet: str | None = None
) -> Iterator[Row]:
    """Yield the typed rows of the table in ``path``; refused rows are counted in ``tally``."""
    with lines(path, sheet=sheet) as rows:
        yield from convert(layout, rows, tally, path.name)


def convert(
    layout: Layout[Row],
    rows: Iterator[tuple[int, Sequence[str]]],
    tally: Tally,
    file: str,
) -> Iterator[Row]:
    """Turn numbered rows of text, headings first, into the typed rows of ``layout``."""
    try:
        first, cells = next(rows)
    except StopIteration:
        raise FileProblem(file, "the file is empty.", "Download it again.") from None
    places = layout.find(cells, file, first)
    width = len(cells)
    needed = max((place for place in places if place is not None), default=-1) + 1
    plan = [
        (place, field.convert, field.required)
        for place, field in zip(places, layout.fields, strict=True)
    ]
    make = layout.row._make
    for number, cells in rows:
        tally.read += 1
        tally.row = number
        if len(cells) < needed or len(cells) > width:
            _wrong_width(tally, number, len(cells), width)
            continue
        values: list[Any] = []
        try:
            for place, change, required in plan:
                if place is None:
                    values.append(None)
                    continue
                text = cells[place]
                if text in EMPTY:
                    if required:
                        raise CellProblem("missing", "the cell is empty.", "Fill it in.")
                    values.append(None)
                elif change is None:
                    values.append(text)
                else:
                    values.append(change(text))
        except CellProblem as problem:
            name = layout.fields[len(values)].headings[0]
            tally.refuse(number, name, problem.reason, problem.what, problem.remedy)
            continue
        yield make(values)


def _wrong_width(tally: Tally, number: int, found: int, width: int) -> None:
    if found < width:
        tally.refuse(
            number,
            "",
            "cut short",
            f"the row has {found} columns where {width} are expected.",
            "It may have been cut off; download the file again.",
        )
    else:
        tally.refuse(
            number,
            "",
            "too many columns",
            f"the row has {found} columns where {width} are expected.",
            "Look for a stray separator within a cell.",
        )


# -- opening files -------------------------------------------------------------------------


@contextmanager
def lines(path: Path, *, sheet: str | None = None) -> Iterator[Iterator[tuple[int, Sequence[str]]]]:
    """Open ``path`` by its kind and give its rows of text, numbered from 1 as a person counts."""
    if not path.is_file():
        raise FileProblem(path.name, "there is no such file.", "Check the name and the folder.")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        yield _workbook(path, sheet)
        return
    _refuse_other_kinds(path)
    with path.open("rb") as handle:
        start = handle.read(3)
        if start != b"\xef\xbb\xbf":
            handle.seek(0)
        text = _decoded(handle, path.name)
        if path.suffix.lower() == ".csv":
            yield _csv(text, path.name)
        else:
            yield _tabs(text)


def _tabs(text: Iterator[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, line in enumerate(text, 1):
        stripped = line.rstrip("\r\n")
        if stripped:
            yield number, stripped.split("\t")


def _csv(text: Iterator[str], file: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(text)
    number = 0
    try:
        for cells in reader:
            number += 1
            if any(cells):
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileProblem(
            file,
            f"the text is not well-formed CSV ({error}).",
            "Look for a quotation mark that is opened and not closed.",
            row=number + 1,
        ) from None


def _decoded(handle: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines as text; says in which row the first byte stands that is not UTF-8."""
    for number, raw in enumerate(handle, 1):
        if len(raw) > _LINE_LIMIT:
            raise FileProblem(
                file,
                "one line is longer than a million characters.",
                "This is not a table of text; choose the text release of the data.",
                row=number,
            )
        try:
            yield raw.decode()
        except UnicodeDecodeError as error:
            raise FileProblem(
                file,
                f"character {error.start + 1} is not UTF-8 "
                f"(byte {raw[error.start]:#04x}; the file may be in Windows-1252).",
                "Save it with the encoding UTF-8 and load it again.",
                row=number,
            ) from None


def _refuse_other_kinds(path: Path) -> None:
    with path.open("rb") as handle:
        start = handle.read(512)
    if not start:
        raise FileProblem(path.name, "the file is empty.", "Download it again.")
    if start.startswith(b"PK"):
        raise FileProblem(
            path.name,
            "this is a workbook or a zip archive, not text.",
            "Unpack it first, or give a workbook the ending .xlsx.",
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileProblem(path.name, "the text is in UTF-16.", "Save it with the encoding UTF-8.")
    if start.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        raise FileProblem(
            path.name,
            "this is a web page, not the data.",
            "The download went wrong; open the address in a browser and save the file itself.",
        )
    if b"\0" in start:
        raise FileProblem(
            path.name, "this is not a text file.", "Choose the text or XLSX release of the data."
        )


def _workbook(path: Path, sheet: str | None) -> Iterator[tuple[int, Sequence[str]]]:
    book = open_workbook(path)
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise FileProblem(
            path.name,
            f"there is no sheet “{sheet}” (sheets: {', '.join(names)[:200]}).",
            "Check that this is the right workbook.",
        )
    table = book.get_sheet_by_name(sheet or names[0])
    for number, cells in enumerate(table.iter_rows(), 1):
        if any(cell != "" for cell in cells):
            yield number, [cell_text(cell) for cell in cells]


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook, refusing damaged files and those too large to be read whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > WORKBOOK_LIMIT:
            raise FileProblem(
                path.name,
                f"the workbook holds {size // 2**20:,} MB, too much to open at once.",
                "Load the text release of the same data instead.",
            )
        return CalamineWorkbook.from_path(path)
    except (zipfile.BadZipFile, CalamineError) as error:
        raise FileProblem(
            path.name,
            f"the workbook cannot be opened ({error}).",
            "Open it in a spreadsheet program and save it as .xlsx, or download it again.",
        ) from None


def cell_text(cell: object) -> str:
    """A cell as text: whole numbers without a decimal point, everything else as it stands."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
