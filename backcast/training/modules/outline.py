"""Modules out of an outline as people have one: pasted text, or a workbook. Nothing here knows of Django.

Text: a line is a module, with its hours at the end where they are known; lines beneath it that are
indented or begin with a mark say what learners can do afterwards. A workbook has one row for each
thing learners can do, with the module beside it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from backcast.core.text import name_key
from backcast.training.reading import open_table

MODULE, HOURS, OUTCOME, HOW, LEVEL = (
    "Module", "Hours", "Learners can", "I, P, A", "Level",
)  # fmt: skip
HEADERS = (MODULE, HOURS, OUTCOME, HOW, LEVEL)
LONGEST = 100_000
MOST_HOURS = Decimal(9_999)
_MARK = re.compile(r"^(?:[-*•–—▪◦·]|\d+(?:\.\d+)+\.?|[a-z]\))\s+")
_NUMBERED = re.compile(r"^(?:\d+[.):]|[IVX]+[.):])\s+")
_AT_END = re.compile(
    r"[\s,;:–—(\[-]*\(?\b(\d{1,4}(?:[.,]\d+)?)\s*(?:clock\s+|contact\s+)?(?:hours?|hrs?\.?|h)\)?\]?$",
    re.IGNORECASE,
)
_TABBED = re.compile(r"\t+\s*(\d{1,4}(?:[.,]\d+)?)\s*$")


@dataclass(frozen=True, slots=True)
class Taught:
    """Something that learners can do after a module: letters of I, P, A, and a level if it is told."""

    text: str
    modes: str = "I"
    level: float | None = None


@dataclass(slots=True)
class Outlined:
    """A module as the outline has it."""

    title: str
    hours: Decimal | None = None
    outcomes: list[Taught] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one row, and how to mend it."""

    row: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"Row {self.row}, {self.column}" if self.column else f"Row {self.row}"
        return f"{where}: {self.message} {self.remedy}".strip()


def read_text(text: str) -> tuple[list[Outlined], list[Problem]]:
    """The modules of a pasted outline, or what is wrong with it."""
    if len(text) > LONGEST:
        return [], [
            Problem(
                1,
                "",
                f"The outline has {len(text):,} characters; at most {LONGEST:,} are read.",
                "Paste a part of it at a time.",
            )
        ]
    modules: list[Outlined] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.replace("\0", "").splitlines(), start=1):
        bare = line.strip()
        if not bare:
            continue
        marked = _MARK.match(bare)
        if marked or line[:1] in " \t":
            said = bare[marked.end() :].strip() if marked else bare
            if not modules:
                problems.append(
                    Problem(
                        number,
                        "",
                        f"“{said[:60]}” stands before any module.",
                        "Write the module's title in a line above it, at the left edge.",
                    )
                )
            elif said:
                modules[-1].outcomes.append(Taught(said[:300]))
            continue
        title, hours = _title(bare)
        if len(title) > 200:
            problems.append(
                Problem(
                    number,
                    "",
                    f"“{title[:60]}…” is too long for a module's title.",
                    "If it says what learners can do, put a dash in front of it.",
                )
            )
            continue
        modules.append(Outlined(title, hours))
    if not modules and not problems:
        problems.append(Problem(1, "", "There is nothing here.", "Paste one module a line."))
    return ([], problems) if problems else (modules, [])


def _title(line: str) -> tuple[str, Decimal | None]:
    found = _AT_END.search(line) or _TABBED.search(line)
    hours = None
    if found and line[: found.start()].strip():
        hours = Decimal(found[1].replace(",", "."))
        line = line[: found.start()]
    return _NUMBERED.sub("", line.strip()).strip() or line.strip(), hours or None


def template(program: str) -> bytes:
    """An XLSX workbook to fill in, with a sheet of help."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Modules"
    sheet.append(list(HEADERS))
    for letter, cell, width in zip("ABCDE", sheet[1], (36, 10, 70, 12, 10), strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    # In one cell: whoever reads a workbook takes its longest sheet.
    guide = book.create_sheet("How to fill in")
    guide["A1"] = "\n".join(
        (
            f"Modules of {program}",
            "One row for each thing that learners can do after a module.",
            "Leave Module and Hours empty where a row belongs to the module above it.",
            "I, P, A: introduced, practiced, assessed. Several may hold: IPA. Empty: introduced.",
            "Level: on the competency's own scale, 1 to 5 where it has none. It may stay empty.",
        )
    )
    guide["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    guide.column_dimensions["A"].width = 90
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_workbook(
    path: Path, *, limit_mb: float | None = None
) -> tuple[list[Outlined], list[Problem]]:
    """The modules of a workbook or CSV file, or everything that is wrong with it.

    Raises ``UnreadableFileError`` where it is no table.
    """
    table = open_table(path, limit_mb=limit_mb)
    columns = {name_key(name): name for name in table.columns}
    if name_key(MODULE) not in columns:
        return [], [
            Problem(1, MODULE, "This column is missing.", "Download the workbook and fill it in.")
        ]
    modules: list[Outlined] = []
    problems: list[Problem] = []
    for row in table.rows:
        cells = {
            name: row.cells.get(columns.get(name_key(name), ""), "").strip() for name in HEADERS
        }
        if any(cells.values()):
            _row(row.number, cells, modules, problems)
    if not modules and not problems:
        problems.append(Problem(2, "", "There is no module.", "Fill in a row for each."))
    return ([], problems) if problems else (modules, [])


def _row(
    number: int, cells: dict[str, str], modules: list[Outlined], problems: list[Problem]
) -> None:
    def complain(column: str, message: str, remedy: str) -> None:
        problems.append(Problem(number, column, message, remedy))

    hours = _number(cells[HOURS])
    if cells[HOURS] and (hours is None or not 0 < hours <= MOST_HOURS):
        complain(HOURS, f"“{cells[HOURS][:30]}” is not a number of hours.", "Write it like 12.5.")
    if cells[MODULE]:
        if len(cells[MODULE]) > 200:
            complain(MODULE, "The title is longer than 200 characters.", "Shorten it.")
        # A workbook often repeats the module's name in every row.
        if not modules or modules[-1].title != cells[MODULE]:
            modules.append(Outlined(cells[MODULE], hours))
    elif not modules:
        complain(MODULE, "The first row names no module.", "Write the module's title.")
        return
    if not cells[OUTCOME]:
        return
    if len(cells[OUTCOME]) > 300:
        complain(OUTCOME, "It is longer than 300 characters.", "Split it into several rows.")
    letters = re.sub(r"[\s,;/+]", "", cells[HOW].upper()) or "I"
    if not set(letters) <= set("IPA"):
        complain(HOW, f"“{cells[HOW][:20]}” is none of I, P and A.", "Write it like IPA or A.")
    level = _number(cells[LEVEL])
    if cells[LEVEL] and level is None:
        complain(LEVEL, f"“{cells[LEVEL][:20]}” is not a number.", "Write a level like 3.")
    if modules:
        modules[-1].outcomes.append(
            Taught(cells[OUTCOME], letters, None if level is None else float(level))
        )


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
