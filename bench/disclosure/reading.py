"""Everything that a reader is shown of a publication, read back out of pages, charts, files and the API.

Reads text as a reader does: tables by their captions and headers, never the product's own objects.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from openpyxl import load_workbook

ALL = "*"
_CAUSES = {
    "New positions": "growth",
    "Retirement": "retirement",
    "People leaving": "turnover",
    "Promotion": "promotion",
}
#: What a chart of today's staff is called, before the role.
_GAP = "Today's staff at the level: "
#: measure, role, quarter, cause, labor area, skill
Place = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Fact:
    """A figure as it was shown. Without a value it was said that it is not shown."""

    place: Place
    value: float | None
    low: float | None = None
    high: float | None = None
    employers: int | None = None
    bound: str = "about"


@dataclass
class Read:
    """What one reader was shown, by channel; numbers on pages that no table accounts for."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)

    def add(self, channel: str, facts: Iterator[Fact]) -> None:
        self.facts.setdefault(channel, []).extend(facts)


def openings(role: str = ALL, quarter: str = ALL, cause: str = ALL, area: str = ALL) -> Place:
    return ("openings", role, quarter, cause, area, "")


class _Page(HTMLParser):
    """The tables of a page (caption, rows of cells), its charts' data, and its other words."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.charts: dict[str, Any] = {}
        self.words: list[str] = []
        self._skip: list[str] = []
        self._table = 0
        self._cell: list[str] | None = None
        self._caption: list[str] | None = None
        self._chart: str | None = None
        self._main = False
        self._heading: list[str] | None = None
        self._last = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "main":
            self._main = True
        if tag == "script":
            self._chart = given.get("id") or ""
        if tag in ("select", "style"):
            self._skip.append(tag)
        if tag in ("h2", "h3", "summary"):
            self._heading = []
        if tag == "table":
            self._table += 1
            self.tables.append((self._last, []))
        if tag == "caption":
            self._caption = []
        if tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag == "br" and self._cell is not None:
            self._cell.append("|")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = False
        if tag == "script":
            self._chart = None
        if self._skip and self._skip[-1] == tag:
            self._skip.pop()
        if tag in ("h2", "h3", "summary") and self._heading is not None:
            self._last = " ".join("".join(self._heading).split())
            self._heading = None
        if tag == "table":
            self._table -= 1
        if tag == "caption" and self._caption is not None:
            self.tables[-1] = (" ".join("".join(self._caption).split()), self.tables[-1][1])
            self._caption = None
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._chart is not None:
            if self._chart.endswith("-data"):
                self.charts[self._chart.removesuffix("-data")] = json.loads(data)
            return
        if self._heading is not None:
            self._heading.append(data)
        if self._caption is not None:
            self._caption.append(data)
        elif self._cell is not None:
            self._cell.append(data)
        elif self._main and not self._skip and not self._table:
            self.words.append(data)


def _quarter(text: str) -> str:
    """“January to March 2027” or the like, as 2027-Q1."""
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return text
    months = ["jan", "apr", "jul", "oct"]
    year = re.search(r"(\d{4})", text)
    first = text.strip()[:3].lower()
    if year and first in months:
        return f"{year[1]}-Q{months.index(first) + 1}"
    if (found := re.search(r"Q([1-4])", text)) and year:
        return f"{year[1]}-Q{found[1]}"
    raise ValueError(f"no quarter: {text!r}")


def _people(text: str) -> tuple[float | None, float | None, float | None]:
    """“31|24 to 40” as value and band; nothing where it is not shown."""
    if not text or "not shown" in text:
        return None, None, None
    value, _bar, band = text.partition("|")
    ends = [float(part.replace(",", "")) for part in re.findall(r"[\d,]+", band)]
    low, high = ends if len(ends) == 2 else (None, None)
    return float(value.replace(",", "")), low, high


def _share(text: str) -> tuple[float | None, str]:
    if not text or "not shown" in text:
        return None, "about"
    value = float(re.search(r"([\d.]+)\s*%", text)[1]) / 100  # type: ignore[index]
    return value, "at_most" if "most" in text else "at_least" if "least" in text else "about"


def page(text: str, chosen: str = ALL) -> tuple[list[Fact], list[Fact], set[str]]:
    """A published picture as a page: its facts, those of its chart, and numbers beside them."""
    read = _Page()
    read.feed(text)
    facts: list[Fact] = []
    for caption, rows in read.tables:
        facts += _table(caption, rows, chosen)
    drawn = []
    chart = read.charts.get("needed")
    if chart:
        series = chart["series"][0]
        for index, label in enumerate(chart["labels"]):
            low = series["low"][index] if series.get("low") else None
            high = series["high"][index] if series.get("high") else None
            place = openings(chosen, _quarter(label))
            drawn.append(Fact(place, series["values"][index], low, high))
    for name, drawing in read.charts.items():
        if name == "needed":
            continue
        if not name.startswith("gap-"):
            raise ValueError(f"A chart that nobody has thought of: {name}")
        # A bar is as long as what is written beside it says, and there is none without.
        for each in drawing["shares"]:
            value, _bound = _share(each["text"])
            if (value is None) != (each["value"] is None) or (
                value is not None and abs(value - each["value"] / 100) > 0.005
            ):
                raise ValueError(f"A bar says something else than its words: {each}")
    words = " ".join(read.words)
    loose = set(re.findall(r"\d[\d,.]*", words))
    return facts, drawn, loose


def _table(caption: str, rows: list[list[str]], chosen: str) -> Iterator[Fact]:
    header, body = rows[0], [row for row in rows[1:] if row]
    all_roles = lambda text: ALL if text == "All roles" else text  # noqa: E731
    if caption == "By role and quarter":
        for role, *cells in body:
            for title, text in zip(header[1:], cells, strict=True):
                quarter = ALL if title == "All quarters" else _quarter(title)
                yield Fact(openings(all_roles(role), quarter), *_people(text))
    elif caption == "By role and reason":
        for role, *cells in body:
            for title, text in zip(header[1:], cells, strict=True):
                cause = ALL if title == "All reasons" else _CAUSES[title]
                yield Fact(openings(all_roles(role), cause=cause), *_people(text))
    elif caption == "By role and labor area":
        for role, *cells in body:
            for area, text in zip(header[1:], cells, strict=True):
                yield Fact(openings(all_roles(role), area=area), *_people(text))
    elif caption == "By quarter and reason":
        for quarter, *cells in body:
            for title, text in zip(header[1:], cells, strict=True):
                cause = ALL if title == "All reasons" else _CAUSES[title]
                yield Fact(openings(chosen, _quarter(quarter), cause), *_people(text))
    elif caption == "Staff to train further":
        for role, text in body:
            yield Fact(("upskill", role, "", "", "", ""), _people(text)[0])
    elif caption.startswith(_GAP):
        for skill, said in body:
            value, bound = _share(said)
            place = ("share", caption.removeprefix(_GAP), "", "", "", skill)
            yield Fact(place, value, bound=bound)
    elif header[0] == "Skill":
        for skill, said, employers, _asked, needed in body:
            value, bound = _share(said)
            count = int(employers) if employers.isdigit() else None
            yield Fact(("share", caption, "", "", "", skill), value, employers=count, bound=bound)
            yield Fact(openings(caption), _people(needed)[0])
    elif caption.startswith("People needed by quarter"):
        for quarter, text in body:
            value, *ends = [float(x.replace(",", "")) for x in re.findall(r"[\d,]+", text)] or [
                None
            ]
            low, high = ends if len(ends) == 2 else (None, None)
            yield Fact(openings(chosen, _quarter(quarter)), value, low, high)
    elif caption in ("Who answered", "What is planned"):
        return
    else:
        raise ValueError(f"A table that nobody has thought of: {caption!r}")


def file(rows: list[list[Any]]) -> Iterator[Fact]:
    """The rows of a workbook or CSV file."""
    for measure, role, quarter, reason, area, skill, value, low, high, employers, _why in rows[1:]:
        what = ALL if role == "All roles" else role
        number = None if value in ("not shown", None, "") else value
        count = int(employers) if employers not in (None, "") else None
        if measure == "People needed":
            place = openings(
                what,
                ALL if quarter == "All quarters" else quarter,
                ALL if reason == "All reasons" else _CAUSES[reason],
                ALL if area == "All labor areas" else area,
            )
            ends = [float(x) if x not in (None, "") else None for x in (low, high)]
            yield Fact(place, None if number is None else float(number), *ends, employers=count)
        elif measure == "Staff to train further":
            place = ("upskill", what, "", "", "", "")
            yield Fact(place, None if number is None else float(number), employers=count)
        elif measure == "Staff at the level":
            share, bound = _share(str(value))
            yield Fact(("share", what, "", "", "", skill), share, employers=count, bound=bound)


def csv_rows(content: bytes) -> list[list[Any]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content), read_only=True).active
    rows = [["" if v is None else v for v in row] for row in sheet.iter_rows(values_only=True)]
    return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]


def answer(given: dict[str, Any]) -> Iterator[Fact]:
    """The API's answer."""
    for each in given["figures"]:
        names = ("role", "quarter", "cause", "labor_area")
        place = openings(*(each[name] or ALL for name in names))
        yield Fact(place, each["people"], each["low"], each["high"], each["employers"])
    for each in given["left_out"]:
        names = ("role", "quarter", "cause", "labor_area")
        yield Fact(openings(*(each[name] or ALL for name in names)), None)
    for each in given["upskill"]:
        place = ("upskill", each["role"] or ALL, "", "", "", "")
        yield Fact(place, each["people"], employers=each["employers"])
    for each in given["workforce"]:
        place = ("share", each["role"], "", "", "", each["skill"])
        yield Fact(place, each["share"], employers=each["employers"], bound=each["bound"])
