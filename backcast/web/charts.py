"""Charts as data: what is drawn and the table that says the same come from one object.

Draw one with ``<c-chart :chart="chart" id="supply" title="…" summary="…" />``. Roles name the
palette: ``demand`` ink, ``supply`` teal, ``gap`` amber, ``quiet`` grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backcast.web.listing import display

Text = str | Promise
Role = Literal["demand", "supply", "gap", "quiet"]
Number = int | float


class Chart(Protocol):
    """What ``<c-chart>`` draws: ``payload`` for the script, ``header`` and ``rows`` for the table."""

    kind: str

    def payload(self) -> dict[str, Any]: ...
    def header(self) -> list[str]: ...
    def rows(self) -> list[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Series:
    """Values by quarter; ``None`` where there is none. ``low`` and ``high`` make a light band."""

    name: Text
    values: Sequence[Number | None]
    role: Role
    shape: Literal["bar", "line"] = "bar"
    low: Sequence[Number | None] | None = None
    high: Sequence[Number | None] | None = None
    #: Bars with the same name are stacked.
    stack: str = ""


@dataclass(frozen=True)
class OverTime:
    """Bars, lines and bands over quarters; ``unit`` says what is counted ("people")."""

    quarters: Sequence[Text]
    series: Sequence[Series]
    unit: Text
    kind: str = "over-time"

    def payload(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "labels": [str(quarter) for quarter in self.quarters],
            "unit": str(self.unit),
            "series": [
                {
                    "name": str(each.name),
                    "values": list(each.values),
                    "role": each.role,
                    "shape": each.shape,
                    "stack": each.stack,
                    "low": list(each.low) if each.low is not None else None,
                    "high": list(each.high) if each.high is not None else None,
                }
                for each in self.series
            ],
        }

    def header(self) -> list[str]:
        return [_("Quarter"), *(f"{each.name} ({self.unit})" for each in self.series)]

    def rows(self) -> list[list[str]]:
        return [
            [str(quarter), *(self._said(each, index) for each in self.series)]
            for index, quarter in enumerate(self.quarters)
        ]

    def _said(self, series: Series, index: int) -> str:
        said = display(series.values[index])
        if series.low is not None and series.high is not None:
            low, high = display(series.low[index]), display(series.high[index])
            return _("%(value)s (%(low)s to %(high)s)") % {"value": said, "low": low, "high": high}
        return said


@dataclass(frozen=True, slots=True)
class Span:
    """A bar of a timeline: ``row`` is its line, ``text`` what stands in it ("24 people")."""

    row: Text
    start: date
    end: date
    text: Text
    role: Role = "supply"


@dataclass(frozen=True)
class Timeline:
    """Cohorts (or other spans) on a line of time, one line for each ``row``."""

    spans: Sequence[Span]
    row_label: Text
    kind: str = "timeline"

    def payload(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rows": list(dict.fromkeys(str(span.row) for span in self.spans)),
            "spans": [
                {
                    "row": str(span.row),
                    "start": span.start.isoformat(),
                    "end": span.end.isoformat(),
                    "text": str(span.text),
                    "role": span.role,
                    "dates": f"{display(span.start)} – {display(span.end)}",
                }
                for span in self.spans
            ],
        }

    def header(self) -> list[str]:
        return [str(self.row_label), _("Starts"), _("Ends"), _("What")]

    def rows(self) -> list[list[str]]:
        return [
            [str(span.row), display(span.start), display(span.end), str(span.text)]
            for span in self.spans
        ]


@dataclass(frozen=True, slots=True)
class Swing:
    """How a result moves with one assumption: ``low`` and ``high`` are the results at its ends."""

    name: Text
    low: Number
    high: Number
    low_when: Text
    high_when: Text


@dataclass(frozen=True)
class Tornado:
    """Bars around ``base``, the result as planned; the widest should come first."""

    base: Number
    swings: Sequence[Swing]
    unit: Text
    kind: str = "tornado"

    def payload(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "base": self.base,
            "unit": str(self.unit),
            "words": {"base": _("As planned")},
            "swings": [
                {
                    "name": str(swing.name),
                    "low": swing.low,
                    "high": swing.high,
                    "lowWhen": str(swing.low_when),
                    "highWhen": str(swing.high_when),
                }
                for swing in self.swings
            ],
        }

    def header(self) -> list[str]:
        return [_("Assumption"), _("At one end"), _("As planned"), _("At the other end")]

    def rows(self) -> list[list[str]]:
        return [
            [
                str(swing.name),
                f"{display(swing.low)} {self.unit} ({swing.low_when})",
                f"{display(self.base)} {self.unit}",
                f"{display(swing.high)} {self.unit} ({swing.high_when})",
            ]
            for swing in self.swings
        ]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a whole is there, in percent; ``None`` where it is not shown. ``text`` says it."""

    name: str
    value: int | None
    text: str


@dataclass(frozen=True)
class Shares:
    """A line for each name: what is there, and what is missing to 100 percent."""

    shares: Sequence[Share]
    label: Text
    there: Text
    missing: Text
    kind: str = "shares"

    def payload(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "words": {"there": str(self.there), "missing": str(self.missing)},
            "shares": [
                {"name": each.name, "value": each.value, "text": each.text} for each in self.shares
            ],
        }

    def header(self) -> list[str]:
        return [str(self.label), str(self.there)]

    def rows(self) -> list[list[str]]:
        return [[each.name, each.text] for each in self.shares]


@dataclass(frozen=True, slots=True)
class Link:
    """So much flows from one place to another; ``role`` colours the band."""

    source: str
    target: str
    value: Number
    role: Role = "supply"


@dataclass(frozen=True)
class Sankey:
    """Bands between places, as wide as what flows; sources stand left, targets right.

    A place may not be both; ``source_label`` and ``target_label`` head the table.
    """

    links: Sequence[Link]
    unit: Text
    source_label: Text
    target_label: Text
    kind: str = "sankey"

    def payload(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "unit": str(self.unit),
            "sources": list(dict.fromkeys(link.source for link in self.links)),
            "targets": list(dict.fromkeys(link.target for link in self.links)),
            "links": [
                {
                    "source": link.source,
                    "target": link.target,
                    "value": round(link.value, 2),
                    "role": link.role,
                }
                for link in self.links
            ],
        }

    def header(self) -> list[str]:
        return [
            str(self.source_label),
            str(self.target_label),
            str(self.unit).capitalize(),
        ]

    def rows(self) -> list[list[str]]:
        return [[link.source, link.target, display(round(link.value, 1))] for link in self.links]
