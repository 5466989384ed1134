"""Tables of an O*NET release, as text or as the workbook of the same name.

Columns as in O*NET's data dictionaries of 27.0, 29.0 and 30.1. Workbooks carry further columns
(titles beside codes), which are ignored. Work Styles changed in 30.1: seven columns, scales WI and
DR; the rating layout takes both since everything beyond code, element, scale and value is optional.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from backcast.frameworks.parsing.codes import onet_code
from backcast.frameworks.parsing.convert import month, number, whole, yes, zone
from backcast.frameworks.parsing.problems import FileProblem, Tally
from backcast.frameworks.parsing.scales import KNOWN, LEVEL, Scale
from backcast.frameworks.parsing.tables import Field, Layout, read


class Occupation(NamedTuple):
    code: str
    title: str
    description: str


class Title(NamedTuple):
    """An alternate title; ``short`` is its usual abbreviation."""

    code: str
    title: str
    short: str | None
    sources: str | None


class ReportedTitle(NamedTuple):
    """A title that people in the occupation gave; ``shown`` where O*NET shows it to job seekers."""

    code: str
    title: str
    shown: bool


class Task(NamedTuple):
    code: str
    task_id: int
    statement: str
    kind: str | None
    incumbents: int | None
    date: dt.date | None
    source: str | None


class Activity(NamedTuple):
    """A detailed work activity (DWA) and the work activity (element) it belongs to."""

    element_id: str
    activity_id: str
    statement: str


class TaskActivity(NamedTuple):
    code: str
    task_id: int
    activity_id: str


class Technology(NamedTuple):
    code: str
    example: str
    commodity_code: int
    commodity: str
    hot: bool
    in_demand: bool | None


class JobZone(NamedTuple):
    code: str
    zone: int


class Related(NamedTuple):
    code: str
    related: str
    tier: str
    rank: int


class Element(NamedTuple):
    element_id: str
    name: str
    description: str


class Anchor(NamedTuple):
    """What one value of a scale looks like in practice, for one element."""

    element_id: str
    scale: str
    value: float
    description: str


class ScaleRow(NamedTuple):
    code: str
    name: str
    minimum: float
    maximum: float


class Rating(NamedTuple):
    """One value of one element for one occupation on one scale (never a mix of scales)."""

    code: str
    element_id: str
    element: str
    scale: str
    value: float
    n: int | None
    standard_error: float | None
    lower: float | None
    upper: float | None
    suppress: bool | None
    not_relevant: bool | None
    date: dt.date | None
    source: str | None


class Schooling(NamedTuple):
    """How many in a hundred people asked name one category of education, experience or training."""

    code: str
    scale: str
    category: int | None
    value: float | None
    n: int | None
    suppress: bool | None
    date: dt.date | None
    source: str | None


_CODE = Field("code", ("O*NET-SOC Code", "O*NET-SOC 2019 Code", "Code"), onet_code)
_DATE = Field("date", ("Date", "Date Updated"), month, required=False, optional=True)
_SOURCE = Field("source", ("Domain Source",), required=False, optional=True)

OCCUPATIONS = Layout(
    "Occupation Data",
    Occupation,
    (_CODE, Field("title", ("Title",)), Field("description", ("Description",))),
)
TITLES = Layout(
    "Alternate Titles",
    Title,
    (
        _CODE,
        Field("title", ("Alternate Title",)),
        Field("short", ("Short Title",), required=False),
        Field("sources", ("Source(s)",), required=False, optional=True),
    ),
)
REPORTED = Layout(
    "Sample of Reported Titles",
    ReportedTitle,
    (
        _CODE,
        Field("title", ("Reported Job Title",)),
        Field("shown", ("Shown in My Next Move",), yes),
    ),
)
TASKS = Layout(
    "Task Statements",
    Task,
    (
        _CODE,
        Field("task_id", ("Task ID",), whole),
        Field("statement", ("Task",)),
        Field("kind", ("Task Type",), required=False),
        Field("incumbents", ("Incumbents Responding",), whole, required=False, optional=True),
        _DATE,
        _SOURCE,
    ),
)
ACTIVITIES = Layout(
    "DWA Reference",
    Activity,
    (
        Field("element_id", ("Element ID",)),
        Field("activity_id", ("DWA ID",)),
        Field("statement", ("DWA Title",)),
    ),
)
TASK_ACTIVITIES = Layout(
    "Tasks to DWAs",
    TaskActivity,
    (_CODE, Field("task_id", ("Task ID",), whole), Field("activity_id", ("DWA ID",))),
)
TECHNOLOGY = Layout(
    "Technology Skills",
    Technology,
    (
        _CODE,
        Field("example", ("Example",)),
        Field("commodity_code", ("Commodity Code",), whole),
        Field("commodity", ("Commodity Title",)),
        Field("hot", ("Hot Technology",), yes),
        Field("in_demand", ("In Demand",), yes, required=False, optional=True),
    ),
)
JOB_ZONES = Layout("Job Zones", JobZone, (_CODE, Field("zone", ("Job Zone",), zone)))
RELATED = Layout(
    "Related Occupations",
    Related,
    (
        _CODE,
        Field("related", ("Related O*NET-SOC Code",), onet_code),
        Field("tier", ("Relatedness Tier",)),
        Field("rank", ("Index", "Related Index"), whole),
    ),
)
ELEMENTS = Layout(
    "Content Model Reference",
    Element,
    (
        Field("element_id", ("Element ID",)),
        Field("name", ("Element Name",)),
        Field("description", ("Description",)),
    ),
)
ANCHORS = Layout(
    "Level Scale Anchors",
    Anchor,
    (
        Field("element_id", ("Element ID",)),
        Field("scale", ("Scale ID",)),
        Field("value", ("Anchor Value",), number),
        Field("description", ("Anchor Description",)),
    ),
)
SCALES = Layout(
    "Scales Reference",
    ScaleRow,
    (
        Field("code", ("Scale ID",)),
        Field("name", ("Scale Name",)),
        Field("minimum", ("Minimum",), number),
        Field("maximum", ("Maximum",), number),
    ),
)


def _ratings(title: str) -> Layout[Rating]:
    return Layout(
        title,
        Rating,
        (
            _CODE,
            Field("element_id", ("Element ID",)),
            Field("element", ("Element Name",)),
            Field("scale", ("Scale ID",)),
            Field("value", ("Data Value",), number),
            Field("n", ("N",), whole, required=False, optional=True),
            Field("standard_error", ("Standard Error",), number, required=False, optional=True),
            Field("lower", ("Lower CI Bound",), number, required=False, optional=True),
            Field("upper", ("Upper CI Bound",), number, required=False, optional=True),
            Field("suppress", ("Recommend Suppress",), yes, required=False, optional=True),
            Field("not_relevant", ("Not Relevant",), yes, required=False, optional=True),
            _DATE,
            _SOURCE,
        ),
    )


#: Rating tables and the kind of competency that their elements are.
RATINGS: Mapping[str, str] = {
    "Skills": "skill",
    "Knowledge": "knowledge",
    "Abilities": "ability",
    "Work Activities": "activity",
    "Work Styles": "style",
}
EDUCATION = Layout(
    "Education, Training, and Experience",
    Schooling,
    (
        _CODE,
        Field("scale", ("Scale ID",)),
        Field("category", ("Category",), whole, required=False),
        Field("value", ("Data Value",), number, required=False),
        Field("n", ("N",), whole, required=False, optional=True),
        Field("suppress", ("Recommend Suppress",), yes, required=False, optional=True),
        _DATE,
        _SOURCE,
    ),
)
#: Required education, related work experience, training on site and on the job: shares of 100.
SHARES = frozenset(("RL", "RW", "PT", "OJ"))
RATING_LAYOUTS: Mapping[str, Layout[Rating]] = {title: _ratings(title) for title in RATINGS}

_TABLES: tuple[Layout[Any], ...] = (
    OCCUPATIONS,
    TITLES,
    REPORTED,
    TASKS,
    ACTIVITIES,
    TASK_ACTIVITIES,
    TECHNOLOGY,
    JOB_ZONES,
    RELATED,
    ELEMENTS,
    ANCHORS,
    SCALES,
    EDUCATION,
    *RATING_LAYOUTS.values(),
)
#: Every table that is read, by its title.
LAYOUTS: Mapping[str, Layout[Any]] = {layout.title: layout for layout in _TABLES}

#: Element ids of the content model by kind of competency; only elements without parts count.
_KINDS: tuple[tuple[str, str], ...] = (
    ("1.A.", "ability"),
    ("1.C.", "style"),
    ("1.D.", "style"),
    ("2.A.", "skill"),
    ("2.B.", "skill"),
    ("2.C.", "knowledge"),
    ("4.A.", "activity"),
)


def kind_of(element_id: str) -> str | None:
    """The kind of competency that an element is, or ``None`` (interests, work values, context)."""
    return next((kind for prefix, kind in _KINDS if element_id.startswith(prefix)), None)


class Release(NamedTuple):
    """The files of one O*NET release that Backcast reads, and those it leaves alone."""

    folder: Path
    version: str | None
    files: dict[str, Path]
    ignored: list[str]


_VERSION = re.compile(r"O\*NET[® ]*\s*(\d+\.\d+)\s+Database", re.IGNORECASE)


def find_release(folder: Path) -> Release:
    """Look through ``folder``; text is preferred where a table is there in both formats.

    The version is read from the release's Read Me, or else from the folder's name (``db_29_0``).
    Raises ``FileProblem`` when the folder is no O*NET release.
    """
    if not folder.is_dir():
        raise FileProblem(str(folder), "this is not a folder.", "Give the unpacked O*NET release.")
    files: dict[str, Path] = {}
    ignored: list[str] = []
    for path in sorted(
        folder.iterdir(), key=lambda path: (path.suffix.lower() != ".txt", path.name)
    ):
        title = path.stem.replace("_", " ")
        if path.suffix.lower() not in (".txt", ".xlsx"):
            continue
        if title in LAYOUTS:
            if title not in files:
                files[title] = path
        elif title.lower().replace(" ", "") != "readme":
            ignored.append(path.name)
    if OCCUPATIONS.title not in files:
        raise FileProblem(
            str(folder),
            "there is no “Occupation Data.txt” or “Occupation Data.xlsx” in this folder.",
            "Give the folder of an unpacked O*NET release "
            "(from https://www.onetcenter.org/database.html).",
        )
    return Release(folder, _version(folder), files, ignored)


def _version(folder: Path) -> str | None:
    for path in folder.glob("Read*Me*.txt"):
        with path.open("rb") as handle:
            found = _VERSION.search(handle.read(4096).decode("utf-8", "replace"))
        if found:
            return found[1]
    named = re.search(r"(\d{2})[._](\d)", folder.name)
    return f"{named[1]}.{named[2]}" if named else None


def read_ratings(
    layout: Layout[Rating],
    path: Path,
    tally: Tally,
    scales: Mapping[str, Scale] = KNOWN,
) -> Iterator[Rating]:
    """Ratings that may be used: not suppressed, on a known scale and within its bounds.

    A level (LV) is left out where the element is not relevant to the occupation; its importance
    stays. What is left out is counted by reason.
    """
    return _usable(read(layout, path, tally), tally, scales)


def _usable(rows: Iterator[Rating], tally: Tally, scales: Mapping[str, Scale]) -> Iterator[Rating]:
    for row in rows:
        at = tally.row
        if row.suppress:
            tally.refuse(at, "Recommend Suppress", "suppressed", "")
        elif row.not_relevant and row.scale == LEVEL:
            tally.refuse(at, "Not Relevant", "not relevant", "")
        elif row.scale not in scales:
            tally.refuse(
                at,
                "Scale ID",
                "unknown scale",
                f"the scale “{row.scale}” is not known.",
                "Load a release that has Scales Reference, or check the file.",
            )
        elif not scales[row.scale].minimum <= row.value <= scales[row.scale].maximum:
            scale = scales[row.scale]
            tally.refuse(
                at,
                "Data Value",
                "outside the scale",
                f"{row.value:g} is outside {scale.minimum:g} to {scale.maximum:g} "
                f"of the scale {scale.code} ({scale.name}).",
                "Check that the file belongs to this release.",
            )
        else:
            yield row


def usable_shares(rows: Iterator[Schooling], tally: Tally) -> Iterator[Schooling]:
    """Shares that may be used: of a category, not suppressed, from 0 to 100."""
    for row in rows:
        if row.scale not in SHARES or row.category is None or row.value is None:
            tally.refuse(tally.row, "Scale ID", "not a share", "")
        elif row.suppress:
            tally.refuse(tally.row, "Recommend Suppress", "suppressed", "")
        elif not 0 <= row.value <= 100:
            tally.refuse(
                tally.row,
                "Data Value",
                "outside the scale",
                f"{row.value:g} is no share of a hundred people.",
                "Check that the file belongs to this release.",
            )
        else:
            yield row


def read_elements(path: Path, tally: Tally) -> Iterator[tuple[Element, str]]:
    """Elements that are competencies, with their kind: those without parts of their own."""
    previous: Element | None = None
    at = 0
    for row in read(ELEMENTS, path, tally):
        if previous is not None:
            yield from _leaf(previous, row.element_id, at, tally)
        previous, at = row, tally.row
    if previous is not None:
        yield from _leaf(previous, "", at, tally)


def _leaf(element: Element, following: str, at: int, tally: Tally) -> Iterator[tuple[Element, str]]:
    kind = kind_of(element.element_id)
    if kind is None or following.startswith(f"{element.element_id}."):
        tally.refuse(at, "Element ID", "not a competency", "")
    else:
        yield element, kind
