"""Past cohorts as a workbook: a template with a program's own stages, and reading it back.

One row a cohort. All complaints come together, each with row, column and remedy; where there is one
nothing is taken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from backcast.core.spreadsheets import may_run
from backcast.delivery.cohorts import CohortError, check_dates, stage_rows
from backcast.training.columns import words_apart
from backcast.training.reading import Row, open_table

STARTS, LABEL, ENROLLED, AS_OF = "First day", "Name", "Learners who started", "Counted on"
PASSED, FAILED = "came through", "did not"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, and how to mend it. ``row`` as the spreadsheet shows it."""

    row: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"Row {self.row}, {self.column}" if self.column else f"Row {self.row}"
        return f"{where}: {self.message} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One cohort as the workbook says it."""

    row: int
    starts_on: date
    label: str
    enrolled: int
    as_of: date
    results: dict[str, tuple[int | None, int | None]]


def headers(stages: Sequence[str], titles: Mapping[str, str]) -> list[str]:
    """The columns of a program's workbook."""
    columns = [STARTS, LABEL, ENROLLED, AS_OF]
    for stage in stages:
        columns += [f"{titles[stage].capitalize()}: {which}" for which in (PASSED, FAILED)]
    return columns


def template(program: str, stages: Sequence[str], titles: Mapping[str, str]) -> bytes:
    """An XLSX workbook to fill in, with the program's stages as columns and a sheet of help."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Cohorts"
    sheet.append(headers(stages, titles))
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 24
    sheet.freeze_panes = "A2"
    guide = book.create_sheet("How to fill in")
    for line in (
        f"Past cohorts of {program}",
        "One row for each group that started together. Dates like 2025-09-02.",
        "For each stage: how many came through, and how many did not.",
        "Those who came through a stage are those who enter the next one.",
        "Whoever is in neither number is still in the stage.",
        "Leave both cells empty where nobody knows. Empty is not zero.",
    ):
        guide.append([line])
    guide.column_dimensions["A"].width = 80
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(
    path: Path,
    stages: Sequence[str],
    titles: Mapping[str, str],
    *,
    today: date,
    limit_mb: float | None = None,
) -> tuple[list[CohortRow], list[Problem]]:
    """The cohorts of a workbook or CSV file, or everything that is wrong with it.

    Raises ``UnreadableFileError`` where it is no table.
    """
    table = open_table(path, limit_mb=limit_mb)
    wanted = headers(stages, titles)
    columns = {words_apart(name): name for name in table.columns}
    missing = [
        name for name in wanted if words_apart(name) not in columns and name not in (LABEL, AS_OF)
    ]
    if missing:
        return [], [
            Problem(
                1, missing[0], "This column is missing.", "Download the workbook and fill that in."
            )
        ]
    found: list[CohortRow] = []
    problems: list[Problem] = []
    seen: dict[tuple[date, str], int] = {}
    for row in table.rows:
        values = {name: row.cells.get(columns.get(words_apart(name), ""), "") for name in wanted}
        cohort = _cohort(row, values, stages, titles, today, problems)
        if cohort is None:
            continue
        key = (cohort.starts_on, cohort.label.casefold())
        if key in seen:
            problems.append(
                Problem(
                    row.number,
                    STARTS,
                    f"Row {seen[key]} has the same first day and name.",
                    "Give one of them a name of its own, or remove it.",
                )
            )
        seen.setdefault(key, row.number)
        found.append(cohort)
    if not found and not problems:
        problems.append(Problem(2, "", "There is no cohort.", "Fill in a row for each cohort."))
    return found, problems


def _cohort(
    row: Row,
    values: Mapping[str, str],
    stages: Sequence[str],
    titles: Mapping[str, str],
    today: date,
    problems: list[Problem],
) -> CohortRow | None:
    before = len(problems)

    def complain(column: str, message: str, remedy: str) -> None:
        problems.append(Problem(row.number, column, message, remedy))

    def whole(column: str) -> int | None:
        text = values[column].replace(",", "").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,6}(\.0+)?", text):
            complain(column, f"“{text[:30]}” is not a number of people.", "Write a whole number.")
            return None
        return int(float(text))

    if row.merged:
        complain("", "Cells are merged with the row above.", "Unmerge them and fill in each row.")
        return None
    if may_run(values[LABEL]):
        complain(LABEL, f"It starts with “{values[LABEL][0]}”.", "Type a plain name.")
    starts_on = day(values[STARTS])
    if starts_on is None:
        complain(STARTS, f"“{values[STARTS][:30]}” is not a date.", "Write it like 2025-09-02.")
    as_of = day(values[AS_OF]) if values[AS_OF] else today
    if as_of is None:
        complain(AS_OF, f"“{values[AS_OF][:30]}” is not a date.", "Write it like 2025-09-02.")
    enrolled = whole(ENROLLED)
    if not enrolled and len(problems) == before:
        complain(ENROLLED, "The number of learners is missing or 0.", "Write a whole number.")
    results = {}
    names = iter(headers(stages, titles)[4:])
    for stage in stages:
        results[stage] = (whole(next(names)), whole(next(names)))
    if len(problems) > before or starts_on is None or as_of is None or not enrolled:
        return None
    cohort = CohortRow(row.number, starts_on, values[LABEL][:80], enrolled, as_of, results)
    for check in (
        lambda: check_dates(starts_on, as_of, today),
        lambda: stage_rows(stages, enrolled, results, titles),
    ):
        try:
            check()
        except CohortError as error:
            for name, message in error.complaints:
                complain(_column(name, stages, titles), message, "")
    return cohort if len(problems) == before else None


def _column(name: str, stages: Sequence[str], titles: Mapping[str, str]) -> str:
    for stage in stages:
        if name == f"{stage}_passed":
            return f"{titles[stage].capitalize()}: {PASSED}"
    return {"starts_on": STARTS, "as_of": AS_OF}.get(name, name)


def day(text: str) -> date | None:
    """A date out of ``2025-09-02``, ``9/2/2025`` or ``2025-09-02T00:00:00``; None where none."""
    text = text.strip()
    for pattern in ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y-%m-%dT%H:%M:%S", "%b %d, %Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
