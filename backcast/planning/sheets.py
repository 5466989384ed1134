"""Open a workbook and read its sheets cell by cell, collecting every complaint by sheet and row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.cells import CellError, Value
from backcast.planning.complaints import Complaint, ProblemError
from backcast.planning.figures import Basis, Figure
from backcast.planning.layout import Sheet

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 120 * 1024 * 1024
MOST_ROWS = 50_000


class WorkbookError(ProblemError):
    """The workbook cannot be used; ``complaints`` lists every reason."""


@dataclass(slots=True)
class Row:
    """A row that was read: where it stands, and its values by heading."""

    sheet: str
    number: int
    values: dict[str, Value]

    @property
    def where(self) -> str:
        return f"{self.sheet}, row {self.number}"

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number_of(self, name: str, default: float = 0.0) -> float:
        value = self.values.get(name)
        return value if isinstance(value, float) else default

    def quarter(self) -> Quarter:
        return cast(Quarter, self.values["quarter"])

    def month(self, name: str) -> Month:
        return cast(Month, self.values[name])

    def maybe_month(self, name: str) -> Month | None:
        value = self.values.get(name)
        return value if isinstance(value, Month) else None

    def months(self, name: str) -> tuple[Month, ...]:
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def figure(self, name: str, basis: str = "basis", source: str = "source") -> Figure:
        return Figure(
            self.number_of(name), cast(Basis, self.text(basis) or "stated"), self.text(source)
        )

    def maybe_figure(self, name: str) -> Figure | None:
        return self.figure(name) if self.has(name) else None


@dataclass(slots=True)
class Reading:
    """What was read so far, and everything that was wrong."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    complaints: dict[Complaint, None] = field(default_factory=dict)
    """In order, each once."""
    places: dict[str, str] = field(default_factory=dict)
    """What the checks call a thing → its sheet and row."""

    def complain(self, where: str, field_name: str, message: str, remedy: str) -> None:
        self.complaints.setdefault(Complaint(where, field_name, message, remedy))

    def refused(self, sheet: str) -> bool:
        """Whether anything of this sheet was refused."""
        starts = (f"{sheet},", f"Sheet {sheet}")
        return any(complaint.where.startswith(starts) for complaint in self.complaints)


def open_book(path: Path) -> Any:
    name = path.name
    if not path.is_file():
        raise WorkbookError([Complaint(name, "", "There is no such file.", "Check its name.")])
    if path.stat().st_size > LARGEST_FILE:
        raise WorkbookError(
            [
                Complaint(
                    name,
                    "",
                    f"The file is {path.stat().st_size / 1024 / 1024:,.0f} MB; the most is 50 MB.",
                    "Take out what is not part of the plan, or split it.",
                )
            ]
        )
    remedy = "Save it as an Excel workbook (.xlsx), or start from “backcast plan template”."
    not_one = WorkbookError([Complaint(name, "", "This is not an .xlsx workbook.", remedy)])
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise WorkbookError(
                [Complaint(name, "", "Unpacked, the file is larger than 120 MB.", remedy)]
            )
        return openpyxl.load_workbook(path, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise not_one from error


def heading_of(raw: object) -> str:
    return " ".join(str(raw or "").replace("_", " ").lower().split())


def read_sheet(book: Any, sheet: Sheet, reading: Reading) -> None:
    reading.rows[sheet.name] = []
    found = {name.strip().lower(): name for name in book.sheetnames}.get(sheet.name.lower())
    if found is None:
        if sheet.required:
            reading.complain(
                f"Sheet {sheet.name}",
                "",
                "It is missing.",
                "Add it, or start from “backcast plan template”.",
            )
        return
    page = book[found]
    for merged in page.merged_cells.ranges:
        reading.complain(
            f"{sheet.name}, row {merged.min_row}",
            str(merged),
            "Cells are merged.",
            "Unmerge them and fill in every cell.",
        )
    if page.max_row > MOST_ROWS:
        reading.complain(
            f"Sheet {sheet.name}",
            "",
            f"It has {page.max_row:,} rows; the most is {MOST_ROWS:,}.",
            "Delete the rows that are not part of the plan.",
        )
        return
    lines = page.iter_rows()
    header = next(lines, ())
    at = {}
    for n, cell in enumerate(header):
        heading = heading_of(cell.value)
        if heading in at:
            reading.complain(f"{sheet.name}, row 1", heading, "It is there twice.", "Keep one.")
        if heading:
            at[heading] = n
    missing = [c.name for c in sheet.columns if c.required and c.name not in at]
    for name in missing:
        reading.complain(
            f"{sheet.name}, row 1", name, "This column is missing.", "Add it with this heading."
        )
    if missing:
        return
    for cells in lines:
        _read_row(sheet, at, cells, reading)


def _read_row(sheet: Sheet, at: dict[str, int], cells: Any, reading: Reading) -> None:
    if all(cell.value is None or str(cell.value).strip() == "" for cell in cells):
        return
    row = Row(sheet.name, next(cell.row for cell in cells if cell.value is not None), {})
    good = True
    for column in sheet.columns:
        cell = (
            cells[at[column.name]] if column.name in at and at[column.name] < len(cells) else None
        )
        value = None if cell is None else cell.value
        if value is None or (isinstance(value, str) and not value.strip()):
            if column.required:
                good = False
                reading.complain(
                    row.where, column.name, "This cell is empty.", f"Fill it in: {column.help}."
                )
            continue
        kind = cell.data_type if cell is not None else "n"
        if kind == "f":
            good = False
            reading.complain(
                row.where,
                column.name,
                "This cell holds a formula.",
                "Copy it and paste it as a value.",
            )
            continue
        if kind == "e":
            good = False
            reading.complain(row.where, column.name, f"This cell shows {value}.", "Mend it.")
            continue
        try:
            row.values[column.name] = column.read(value)
        except CellError as error:
            good = False
            reading.complain(row.where, column.name, error.message, error.remedy)
    if good:
        reading.rows[sheet.name].append(row)


def codes(written: str) -> tuple[str, ...]:
    """Codes that are named with commas."""
    return tuple(part.strip() for part in written.split(",") if part.strip())


def unique(rows: Iterable[Row], key: tuple[str, ...], reading: Reading, remedy: str) -> list[Row]:
    """The rows without those that repeat an earlier one's key."""
    seen: dict[tuple[str, ...], Row] = {}
    out = []
    for row in rows:
        name = tuple(str(row.values.get(part) or "").lower() for part in key)
        if name in seen:
            reading.complain(
                row.where,
                ", ".join(key),
                f"This repeats row {seen[name].number}.",
                remedy,
            )
        else:
            seen[name] = row
            out.append(row)
    return out
