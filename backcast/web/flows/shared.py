"""A published flow as chart, table and file. All of them read the same ``Shared``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backcast.demand.regional import access as regional
from backcast.planning.flows import Shared
from backcast.training.flows import INSIDE
from backcast.web.charts import Link, Sankey


def chart(seen: Shared) -> Sankey:
    links = [
        Link(
            each.name,
            seen.title,
            each.hires,
            "demand" if each.kind in INSIDE else "supply" if each.kind == "program" else "quiet",
        )
        for each in seen.sources
        if each.hires
    ]
    return Sankey(links, _("people a year"), _("From"), _("To"))


def banded(value: tuple[int, int, int] | None) -> tuple[int, str] | None:
    """A number and its range in words; below 0 it is said as a number above it."""
    if value is None:
        return None
    ends = sorted(abs(each) for each in value[1:]) if value[0] < 0 else list(value[1:])
    if value[0] < 0 < value[2]:
        ends = [0, -value[1]]
    text = _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}
    return abs(value[0]), text


def header() -> list[str]:
    return [
        _("Measure"),
        _("From"),
        _("To"),
        _("People"),
        _("From about"),
        _("To about"),
        _("Employers"),
        _("Why not shown"),
    ]


def rows(seen: Shared) -> Iterator[Sequence[Any]]:
    """Everything that the page shows, and that something is not shown."""
    hidden = regional.why_hidden()
    hired = _("Hired in %(year)s") % {"year": seen.year}
    told = _("not shown")
    for each in seen.sources:
        yield [
            hired,
            each.name,
            seen.title,
            told if each.hires is None else each.hires,
            None,
            None,
            each.employers,
            hidden if each.hires is None or not each.kind else None,
        ]
    yield [
        hired,
        _("All sources"),
        seen.title,
        told if seen.total is None else seen.total,
        None,
        None,
        None,
        hidden if seen.total is None else None,
    ]
    for name, value in ((_("Openings"), seen.openings), (_("Missing"), seen.missing)):
        yield [
            name,
            "",
            seen.title,
            *(value or (told, None, None)),
            None,
            None if value else hidden,
        ]
    yield [
        regional.POLICY_TERM, regional.policy(seen.rule_since), "", None, None, None, None, None
    ]  # fmt: skip
