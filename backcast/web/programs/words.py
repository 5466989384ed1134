"""Programs in words: figures with their unit and where they come from, stages, lengths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backcast.delivery.evidence import Yield
from backcast.training.models import Program, ProgramBasis, Stage
from backcast.web.listing import display
from backcast.web.templatetags.backcast import money

#: Figures of a program as its page shows them, in groups: (group, [(field, unit)]).
GROUPS: tuple[tuple[Promise, tuple[tuple[str, Promise | str], ...]], ...] = (
    (
        gettext_lazy("How long it takes"),
        (
            ("weeks", gettext_lazy("weeks")),
            ("clock_hours", gettext_lazy("hours")),
            ("lead_weeks", gettext_lazy("weeks")),
            ("hire_weeks", gettext_lazy("weeks")),
        ),
    ),
    (
        gettext_lazy("What it costs"),
        (("total_cost", "$"), ("cost_per_cohort", "$")),
    ),
    (
        gettext_lazy("Cohorts"),
        (
            ("min_size", gettext_lazy("learners")),
            ("max_size", gettext_lazy("learners")),
            ("at_once", gettext_lazy("cohorts")),
            ("externship_places_per_learner", ""),
        ),
    ),
)

MISSING: dict[str, Promise] = {
    "area_id": gettext_lazy("the labor area"),
    "weeks": gettext_lazy("how many weeks it takes"),
    "total_cost": gettext_lazy("the cost for one learner"),
    "min_size": gettext_lazy("the smallest cohort"),
    "max_size": gettext_lazy("the largest cohort"),
    "at_once": gettext_lazy("how many cohorts can run at once"),
    "occupations": gettext_lazy("the occupations it leads to"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as shown: an empty ``value`` means that nobody has said it yet."""

    label: str
    value: str
    unit: str
    basis: str
    source: str


def figure_groups(program: Program, bases: Iterable[ProgramBasis]) -> list[tuple[str, list[Line]]]:
    """The program's figures in groups, each with where it comes from."""
    known = {basis.field: basis for basis in bases}
    groups = []
    for title, fields in GROUPS:
        lines = []
        for name, unit in fields:
            value = getattr(program, name)
            basis = known.get(name)
            label = str(Program._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            is_money = unit == "$"
            lines.append(
                Line(
                    label=label[:1].upper() + label[1:],
                    value="" if value is None else money(value) if is_money else plain(value),
                    unit="" if is_money or value is None else str(unit),
                    basis=basis.basis if basis and value is not None else "",
                    source=basis.source if basis else "",
                )
            )
        groups.append((str(title), lines))
    return groups


def plain(value: Any) -> str:
    """A number without zeros behind the point: ``7.5``, ``24``."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    return display(value)


def length(program: Program) -> str:
    """``24 weeks``, or nothing."""
    if program.weeks is None:
        return ""
    weeks = float(program.weeks)
    return ngettext("%(n)s week", "%(n)s weeks", 1 if weeks == 1 else 2) % {"n": f"{weeks:g}"}


def months(numbers: Iterable[int]) -> str:
    """The months in which cohorts may start, in words."""
    named = [str(MONTHS[number]) for number in numbers]
    return ", ".join(named) if named else _("Any month")


def stage_title(stage: str) -> str:
    return str(Stage(stage).label)


@dataclass(frozen=True, slots=True)
class YieldLine:
    """A stage's yield as shown: its middle, where it lies in 8 of 10 cases, and the data."""

    title: str
    mean: float
    low: float
    high: float
    basis: str
    data: str
    source: str
    open_note: str
    any_job: bool


def yield_lines(yields: Iterable[Yield]) -> list[YieldLine]:
    lines = []
    for each in yields:
        low, high = each.interval
        data = ""
        if each.trials:
            data = _("%(came)s of %(of)s") % {"came": each.successes, "of": each.trials}
        elif each.prior.a + each.prior.b > 2:
            data = _("counts like %(n)s people") % {"n": f"{each.prior.a + each.prior.b:g}"}
        open_note = ""
        if each.open_cohorts:
            open_note = ngettext(
                "%(n)s cohort is left out: someone is still in this stage",
                "%(n)s cohorts are left out: someone is still in this stage",
                each.open_cohorts,
            ) % {"n": each.open_cohorts}
        lines.append(
            YieldLine(
                title=stage_title(each.stage),
                mean=each.mean,
                low=low,
                high=high,
                basis=each.basis,
                data=data,
                source=each.source,
                open_note=open_note,
                any_job=each.basis == "published",
            )
        )
    return lines


def people(count: int | None, floor: int) -> str:
    """A published count; small ones are not shown."""
    if count is None:
        return _("not published")
    return _("fewer than %(n)s") % {"n": floor} if count < floor else display(count)
