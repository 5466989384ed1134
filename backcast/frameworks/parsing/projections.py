"""BLS employment projections: Table 1.10 (separations and openings) and Table 1.7 (entry).

The workbook counts in thousands of people; rows here count people. Openings are a yearly average
and are the sum of labour force exits, occupational transfers and the yearly change in employment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from backcast.frameworks.parsing.codes import soc_code
from backcast.frameworks.parsing.convert import number
from backcast.frameworks.parsing.problems import CellProblem, FileProblem, Tally
from backcast.frameworks.parsing.tables import Field, Layout, convert, lines, open_workbook

SEPARATIONS = "Table 1.10"
CHARACTERISTICS = "Table 1.7"


class Projection(NamedTuple):
    """One occupation in the nation; counts are people, rates are percent of employment a year."""

    title: str
    soc: str
    summary: bool
    employment: int
    employment_projected: int
    change: int
    change_percent: float
    exit_rate: float
    transfer_rate: float
    exits: int
    transfers: int
    openings: int


class Entry(NamedTuple):
    """What people usually bring or get when they start in an occupation."""

    soc: str
    education: str | None
    experience: str | None
    training: str | None


class Years(NamedTuple):
    base: int
    target: int


def thousands(text: str) -> int:
    """Thousands with one decimal, as people."""
    return round(number(text) * 1000)


def kind(text: str) -> bool:
    """True for a summary of several occupations, False for a single one (“Line item”)."""
    if text in ("Summary", "Line item"):
        return text == "Summary"
    raise CellProblem(
        "occupation type", f"“{text}” is not a type of row.", "Known: Summary, Line item."
    )


def _without_years(text: str) -> str:
    return re.sub(r",? ?(\d{4}[-–]\d{2,4}|\d{4})( annual average)?|\(\d\)", "", text).strip()


_LAYOUT = Layout(
    SEPARATIONS,
    Projection,
    (
        Field("title", ("National Employment Matrix title",)),
        Field("soc", ("National Employment Matrix code",), soc_code),
        Field("summary", ("Occupation type",), kind),
        Field("employment", ("Employment base",), thousands),
        Field("employment_projected", ("Employment projected",), thousands),
        Field("change", ("Employment change, numeric",), thousands),
        Field("change_percent", ("Employment change, percent",), number),
        Field("exit_rate", ("Labor force exit rate",), number),
        Field("transfer_rate", ("Occupational transfer rate",), number),
        Field("exits", ("Labor force exits",), thousands),
        Field("transfers", ("Occupational transfers",), thousands),
        Field("openings", ("Occupational openings",), thousands),
    ),
)
_ENTRY_LAYOUT = Layout(
    CHARACTERISTICS,
    Entry,
    (
        Field("soc", ("National Employment Matrix code",), soc_code),
        Field("education", ("Typical education needed for entry",), required=False),
        Field("experience", ("Work experience in a related occupation",), required=False),
        Field(
            "training",
            ("Typical on-the-job training needed to attain competency in the occupation",),
            required=False,
        ),
    ),
)


def years(path: Path) -> Years:
    """The base and target year, from the title of Table 1.10 (“… projected 2022-32 …”)."""
    for _, cells in _table(path, SEPARATIONS):
        found = re.search(r"(\d{4})[-–](\d{2,4})", cells[0])
        if found:
            base = int(found[1])
            return Years(
                base, int(found[2]) if len(found[2]) == 4 else base // 100 * 100 + int(found[2])
            )
        break
    raise FileProblem(
        path.name,
        f"the title of {SEPARATIONS} names no years.",
        "Give the workbook as BLS publishes it.",
    )


def read_projections(path: Path, tally: Tally) -> Iterator[Projection]:
    """Every occupation and summary of Table 1.10."""
    return convert(_LAYOUT, _body(path, SEPARATIONS), tally, path.name)


def read_entry(path: Path) -> Mapping[str, Entry]:
    """Typical education, experience and training by SOC code, where the workbook has Table 1.7."""
    if CHARACTERISTICS not in open_workbook(path).sheet_names:
        return {}
    rows = convert(_ENTRY_LAYOUT, _body(path, CHARACTERISTICS), Tally(path.name), path.name)
    return {row.soc: row for row in rows}


def _table(path: Path, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
    if path.suffix.lower() != ".xlsx":
        raise FileProblem(
            path.name, "projections are read from a workbook.", "Give BLS's occupation.xlsx."
        )
    with lines(path, sheet=sheet) as rows:
        yield from rows


def _body(path: Path, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The table without its title and its notes, and with years taken out of its headings."""
    started = False
    width = 0
    for number_, cells in _table(path, sheet):
        if not started:
            names = [_without_years(cell) for cell in cells]
            if not any(name.endswith("Matrix code") for name in names):
                continue
            started, width = True, sum(bool(cell) for cell in cells)
            plain = [place for place, name in enumerate(names) if name == "Employment"]
            for place, name in zip(
                plain, ("Employment base", "Employment projected"), strict=False
            ):
                names[place] = name
            yield number_, names
        elif sum(bool(cell) for cell in cells) > 1:
            yield number_, cells[:width] if len(cells) > width else cells
    if not started:
        raise FileProblem(
            path.name, f"{sheet} has no heading row.", "Give the workbook as BLS publishes it."
        )
