"""What the plan page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from backcast.core.months import Month
from backcast.planning.solution import NeedOdds
from backcast.web.charts import OverTime, Role, Series, Span, Swing, Timeline, Tornado
from backcast.web.dates import quarter_words
from backcast.web.plans import words
from backcast.web.plans.reading import ProgramLine, Reading
from backcast.web.templatetags.backcast import number

#: A timeline longer than this is no longer read; the table below it has every cohort.
MOST_LINES = 24
MOST_SWINGS = 12
FUND_ROLES: Sequence[Role] = ("supply", "demand", "gap", "quiet")


def met_over_time(reading: Reading) -> OverTime:
    """All roles together: people needed so far, of them met, and still missing."""
    need, met = reading.totals()
    return OverTime(
        [quarter_words(quarter) for quarter in reading.quarters],
        [
            Series(_("Met"), [round(value) for value in met], "supply", stack="need"),
            Series(
                _("Still missing"),
                [round(n - m) for n, m in zip(need, met, strict=True)],
                "gap",
                stack="need",
            ),
            Series(_("Needed so far"), [round(value) for value in need], "demand", shape="line"),
        ],
        _("people"),
    )


def role_over_time(rows: Sequence[NeedOdds]) -> OverTime:
    """One role: need and expected supply, both so far, each with its band of futures."""
    return OverTime(
        [quarter_words(row.quarter) for row in rows],
        [
            Series(
                _("Needed so far"),
                [round(row.need, 1) for row in rows],
                "demand",
                shape="line",
                low=[round(row.need_low, 1) for row in rows],
                high=[round(row.need_high, 1) for row in rows],
            ),
            Series(
                _("Expected so far"),
                [round(row.supply, 1) for row in rows],
                "supply",
                shape="line",
                low=[round(row.supply_low, 1) for row in rows],
                high=[round(row.supply_high, 1) for row in rows],
            ),
        ],
        _("people"),
    )


def timeline(lines: Sequence[ProgramLine]) -> Timeline:
    """Cohorts of the programs with most learners, one line a program."""
    spans = []
    for line in lines[:MOST_LINES]:
        starts: dict[Month, list[int]] = {}
        for cohort in line.cohorts:
            starts.setdefault(cohort.start, []).append(cohort.size)
        for start, sizes in sorted(starts.items()):
            end = start.first_day + timedelta(weeks=max(1.0, line.option.weeks.value))
            spans.append(
                Span(
                    f"{line.option.title}, {line.option.provider}",
                    start.first_day,
                    end,
                    _("%(cohorts)s × %(people)s learners")
                    % {"cohorts": len(sizes), "people": number(sum(sizes) / len(sizes), 0)}
                    if len(sizes) > 1
                    else _("%(people)s learners") % {"people": sizes[0]},
                )
            )
    return Timeline(spans, _("Program"))


def spending(reading: Reading) -> OverTime:
    """Money by the quarter in which cohorts start: of each fund where there are any."""
    funds = [
        Series(
            fund.title,
            [round(dollars) for dollars in fund.by_quarter],
            FUND_ROLES[n % len(FUND_ROLES)],
            stack="funds",
        )
        for n, fund in enumerate(reading.funds())
    ]
    whole = Series(_("Cohorts that start"), [round(c) for c in reading.spending()], "supply")
    return OverTime(
        [quarter_words(quarter) for quarter in reading.quarters], funds or [whole], _("dollars")
    )


def tornado(moves: Sequence[Mapping[str, Any]]) -> Tornado | None:
    """People missing at the end, at half and at twice each assumption; the widest swing first."""
    by: dict[str, dict[float, float]] = {}
    base = 0.0
    for move in moves:
        by.setdefault(move["assumption"], {})[move["factor"]] = move["missing_after"]
        base = move["missing_before"]
    swings = [
        Swing(
            words.assumption(name),
            round(ends[0.5], 1),
            round(ends[2.0], 1),
            _("at half"),
            _("at twice"),
        )
        for name, ends in by.items()
        if len(ends) == 2
    ]
    if not swings:
        return None
    swings.sort(key=lambda swing: -abs(swing.high - swing.low))
    return Tornado(round(base, 1), swings[:MOST_SWINGS], _("people missing at the end"))
