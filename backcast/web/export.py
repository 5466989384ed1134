"""Tables as files: XLSX and CSV, with types kept and without formulas that run by themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from backcast.core.spreadsheets import safe_text

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell_value(value: Any) -> str | int | float | Decimal | date | datetime | time | None:
    """A value as a workbook can hold it: numbers and dates as they are, all else as safe text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.replace(tzinfo=None)
    if isinstance(value, int | float | Decimal | date | time):
        return value
    return safe_text(str(value))


def xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a frozen, bold header row and a filter on it."""
    # Here, since few pages write a workbook and every process would wait for the library.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    widths = [min(max(len(text) + 3, 12), 40) for text in header]
    first, body = [], [[cell_value(value) for value in row] for row in rows]
    for row in body[:200]:
        for index, value in enumerate(row):
            widths[index] = max(widths[index], min(len(str(value or "")) + 2, 60))
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for text in header:
        cell = WriteOnlyCell(sheet, value=safe_text(text))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="12293D")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        first.append(cell)
    sheet.append(first)
    for row in body:
        sheet.append(row)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(body) + 1}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte-order mark, so that spreadsheets read accents rightly; dates as ISO 8601."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe_text(text) for text in header])
    for row in rows:
        writer.writerow([_csv_value(cell_value(value)) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else value


def _sheet_title(title: str) -> str:
    kept = "".join(char for char in title if char not in "[]:*?/\\'")
    return kept[:31].strip() or "Sheet1"


def file_response(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """``content`` as a file to keep, never shown or stored by the browser or a proxy."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{get_valid_filename(filename)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def table_response(
    kind: str, filename: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """The table as ``xlsx`` or ``csv``, named for what it is and the day it was made."""
    stem = f"{filename}-{timezone.localdate():%Y-%m-%d}"
    if kind == "xlsx":
        return file_response(xlsx(title, header, rows), f"{stem}.xlsx", _XLSX)
    return file_response(csv_bytes(header, rows), f"{stem}.csv", "text/csv; charset=utf-8")
