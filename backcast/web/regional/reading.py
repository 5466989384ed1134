"""A regional picture as tables, chart and file. All of them read the same ``Picture``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.disclosure import ALL
from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause
from backcast.demand.models import NeedQuarter
from backcast.demand.regional import access
from backcast.demand.regional.picture import Figure, Picture, SkillShare
from backcast.web.charts import OverTime, Series, Share, Shares
from backcast.web.dates import quarter_words
from backcast.web.templatetags.backcast import number, percent

NOT_SHOWN = gettext_lazy("not shown")
CAUSES: dict[str, Promise | str] = {
    Cause.GROWTH.value: NeedQuarter.Cause.GROWTH.label,
    Cause.RETIREMENT.value: NeedQuarter.Cause.RETIREMENT.label,
    Cause.TURNOVER.value: NeedQuarter.Cause.TURNOVER.label,
    Cause.PROMOTION.value: NeedQuarter.Cause.PROMOTION.label,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table; without ``text`` it is not shown."""

    text: str
    band: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first column names the rows."""

    title: str
    corner: str
    header: list[str]
    rows: list[tuple[str, list[Cell]]]


def cell(picture: Picture, figure: Figure | None, label: str) -> Cell:
    if figure is None:
        return Cell("0" if picture.full else "", label=label)
    return Cell(number(round(figure.value), 0), band(figure), label)


def band(figure: Figure) -> str:
    return _("%(low)s to %(high)s") % {
        "low": number(int(figure.low), 0),
        "high": number(-int(-figure.high), 0),
    }


def by_quarter(picture: Picture) -> Grid:
    header = [*map(quarter_words, picture.quarters), _("All quarters")]
    keys = [*map(str, picture.quarters), ALL]
    return Grid(
        _("By role and quarter"),
        _("Role"),
        header,
        [
            (
                title,
                [
                    cell(picture, picture.figure(role, quarter), label)
                    for quarter, label in zip(keys, header, strict=True)
                ],
            )
            for role, title in _roles(picture)
        ],
    )


def by_cause(picture: Picture) -> Grid:
    header = [*map(str, CAUSES.values()), _("All reasons")]
    keys = [*CAUSES, ALL]
    return Grid(
        _("By role and reason"),
        _("Role"),
        header,
        [
            (
                title,
                [
                    cell(picture, picture.figure(role, cause=cause), label)
                    for cause, label in zip(keys, header, strict=True)
                ],
            )
            for role, title in _roles(picture)
        ],
    )


def by_area(picture: Picture) -> Grid | None:
    if not picture.by_area or not picture.areas:
        return None
    return Grid(
        _("By role and labor area"),
        _("Role"),
        [area.title for area in picture.areas],
        [
            (
                title,
                [
                    cell(picture, picture.figure(role, area=area.key), area.title)
                    for area in picture.areas
                ],
            )
            for role, title in _roles(picture)
        ],
    )


def by_quarter_and_cause(picture: Picture, role: str) -> Grid:
    """One role, or all, in full detail."""
    header = [*map(str, CAUSES.values()), _("All reasons")]
    keys = [*CAUSES, ALL]
    return Grid(
        _("By quarter and reason"),
        _("Quarter"),
        header,
        [
            (
                quarter_words(quarter),
                [
                    cell(picture, picture.figure(role, str(quarter), cause), label)
                    for cause, label in zip(keys, header, strict=True)
                ],
            )
            for quarter in picture.quarters
        ],
    )


def _roles(picture: Picture) -> list[tuple[str, str]]:
    return [*((role.key, role.title) for role in picture.roles), (ALL, _("All roles"))]


def over_time(picture: Picture, role: str) -> OverTime:
    """People needed by quarter, with their band; a gap where a figure is not shown."""
    figures = [picture.figure(role, str(quarter)) for quarter in picture.quarters]
    return OverTime(
        [quarter_words(quarter) for quarter in picture.quarters],
        [
            Series(
                _("People needed"),
                [round(each.value) if each else None for each in figures],
                "demand",
                shape="line",
                low=[int(each.low) if each else None for each in figures],
                high=[-int(-each.high) if each else None for each in figures],
            )
        ],
        _("people"),
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill: the share of today's staff who have it, beside the new people who are to have it."""

    skill: str
    share: str
    meter: int | None
    employers: int | None
    asked: str
    needed: Cell


def share_words(each: SkillShare) -> str:
    if each.value is None:
        return ""
    said = percent(each.value)
    if each.bound == "at_most":
        return _("at most %(share)s") % {"share": said}
    if each.bound == "at_least":
        return _("at least %(share)s") % {"share": said}
    return said


def gaps(picture: Picture, asked: dict[tuple[str, str], str]) -> list[tuple[str, list[Gap]]]:
    """Role by role, the skills that fewest of today's staff have first."""
    found = []
    for role in picture.roles:
        needed = cell(picture, picture.figure(role.key), "")
        mine = [each for each in picture.shares if each.role == role.key]
        mine.sort(key=lambda each: (each.value is None, each.value or 0, each.skill))
        if mine:
            found.append(
                (
                    role.title,
                    [
                        Gap(
                            each.skill,
                            share_words(each),
                            None if each.value is None else round(each.value * 100),
                            each.employers,
                            asked.get((each.role, each.skill), ""),
                            needed,
                        )
                        for each in mine
                    ],
                )
            )
    return found


def gap_charts(found: list[tuple[str, list[Gap]]]) -> list[tuple[str, Shares, list[Gap]]]:
    """Each role with a chart of the shares of today's staff; what is not shown has no bar."""
    return [
        (
            role,
            Shares(
                [Share(each.skill, each.meter, each.share or str(NOT_SHOWN)) for each in skills],
                _("Skill"),
                _("Staff at the level"),
                _("Not yet at the level"),
            ),
            skills,
        )
        for role, skills in found
    ]


def header(picture: Picture) -> list[str]:
    """The header of the file."""
    found = [
        _("Measure"),
        _("Role"),
        _("Quarter"),
        _("Reason"),
        _("Labor area"),
        _("Skill"),
        _("Value"),
        _("From"),
        _("To"),
        _("Employers"),
    ]
    return [*found, _("Stated by those who answered") if picture.full else _("Why not shown")]


def rows(picture: Picture) -> Iterator[Sequence[Any]]:
    """Everything that the page shows, and that something is not shown."""
    roles = {role.key: role.title for role in picture.roles} | {ALL: _("All roles")}
    areas = {area.key: area.title for area in picture.areas} | {ALL: _("All labor areas")}
    for role, quarter, cause, area in picture.addresses():
        figure = picture.figure(role, quarter, cause, area)
        yield [
            _("People needed"),
            roles[role],
            _("All quarters") if quarter == ALL else str(Quarter.parse(quarter)),
            _("All reasons") if cause == ALL else str(CAUSES[cause]),
            areas[area],
            "",
            *_numbers(picture, figure),
        ]
    for key, title in _roles(picture):
        figure = picture.upskill.get(key)
        if figure is None and (picture.full or key == ALL):
            continue
        yield [
            _("Staff to train further"),
            title,
            "",
            "",
            "",
            "",
            *_numbers(picture, figure, banded=False),
        ]
    for each in picture.shares:
        said = share_words(each) or str(NOT_SHOWN)
        row = [
            _("Staff at the level"),
            roles[each.role],
            "",
            "",
            "",
            each.skill,
            said,
            None,
            None,
            each.employers,
            None if picture.full or each.value is not None else access.why_hidden(),
        ]
        yield row
    if picture.full:
        return
    notes = [(access.POLICY_TERM, access.policy(picture.rule_since))]
    if picture.too_large:
        notes.append((_("By role and labor area"), access.why_no_areas()))
    for name, words in notes:
        yield [name, "", "", "", "", "", words, None, None, None, None]


def _numbers(picture: Picture, figure: Figure | None, *, banded: bool = True) -> list[Any]:
    if figure is None:
        return (
            [0, 0, 0, 0, 0]
            if picture.full
            else [str(NOT_SHOWN), None, None, None, access.why_hidden()]
        )
    low, high = (int(figure.low), -int(-figure.high)) if banded else (None, None)
    found = [round(figure.value), low, high, figure.employers]
    return [*found, round(figure.stated or 0) if picture.full else None]
