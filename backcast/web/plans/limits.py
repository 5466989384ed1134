"""The limits that a plan kept to, each with how much there was and where that comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backcast.planning.figures import Figure
from backcast.planning.problem import Problem
from backcast.web.dates import month_words
from backcast.web.templatetags.backcast import money, number

_KINDS = {
    "instructor": gettext_lazy("Instructors"),
    "lab": gettext_lazy("Lab"),
    "room": gettext_lazy("Room"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: of which kind, what it is, how much in words, and the figure that says so.

    ``anchor``: where links to it lead; empty for what nothing links to.
    """

    kind: str
    what: str
    amount: str
    figure: Figure
    anchor: str = ""


def fund_anchor(title: str) -> str:
    return "limit-" + slugify(f"fund {title}", allow_unicode=True)


def places_anchor(host: str, role: str) -> str:
    """Of the places of a host, or (without one) of all hosts together."""
    return "limit-" + slugify(f"places {host} {role}", allow_unicode=True)


def limits_of(problem: Problem) -> Iterator[Limit]:
    """Limits as stated, those of several months or quarters in one row with their range."""
    areas = {area.id: area.title for area in problem.areas}
    roles = {role.id: role.title for role in problem.roles}
    if problem.budget is not None:
        whole = money(problem.budget.value)
        yield Limit(_("Money"), _("The whole plan"), whole, problem.budget)
    for budget in problem.quarter_budgets:
        yield Limit(_("Money"), str(budget.quarter), money(budget.amount.value), budget.amount)
    for fund in problem.funds:
        many = len(fund.rules)
        rules = ngettext("%(n)s rule", "%(n)s rules", many) % {"n": many} if many else ""
        amount = ", ".join(filter(None, (money(fund.amount.value), rules)))
        yield Limit(_("Fund"), fund.title, amount, fund.amount, fund_anchor(fund.title))
    for resource in problem.resources:
        figures = [resource.amount, *(row.amount for row in resource.months)]
        what = f"{resource.title} ({areas.get(resource.area, resource.area)})"
        yield Limit(str(_KINDS[resource.kind]), what, _range(figures), figures[0])
    hosts: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for place in problem.hosts:
        hosts[place.title, roles.get(place.role, place.role)].append(place.places)
    for (title, role), figures in hosts.items():
        amount = _("%(range)s places in %(months)s months") % {
            "range": _range(figures),
            "months": number(len(figures)),
        }
        anchor = places_anchor(title, role)
        yield Limit(_("Host"), f"{title}: {role}", amount, figures[0], anchor)
    offered: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for row in problem.places:
        offered[roles.get(row.role, row.role)][areas.get(row.area, row.area)].append(row.places)
    for role, by_area in offered.items():
        anchor = places_anchor("", role)
        for area, figures in by_area.items():
            amount = _("%(range)s places in %(quarters)s quarters") % {
                "range": _range(figures),
                "quarters": number(len(figures)),
            }
            what = f"{role} ({area})"
            yield Limit(_("Externship places"), what, amount, figures[0], anchor)
            anchor = ""
    recruits: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for pool in problem.recruits:
        recruits[areas.get(pool.area, pool.area), pool.schedule].append(pool.people)
    for (area, schedule), figures in recruits.items():
        what = f"{area}, {schedule}" if schedule else area
        yield Limit(_("People to recruit"), what, _range(figures), figures[0])
    for holiday in problem.holidays:
        weeks = _("%(n)s weeks in %(month)s") % {
            "n": _count(holiday.weeks.value),
            "month": month_words(holiday.month),
        }
        what = f"{holiday.title} ({areas[holiday.area]})" if holiday.area else holiday.title
        yield Limit(_("Without classes"), what, weeks, holiday.weeks)
    for support in problem.supports:
        cost = _("%(cost)s a learner") % {"cost": money(support.cost_per_learner.value)}
        if support.capacity is not None:
            cost += ", " + _("for %(n)s at once") % {"n": _count(support.capacity.value)}
        yield Limit(_("Support"), support.title, cost, support.cost_per_learner)


def _range(figures: Iterable[Figure]) -> str:
    values = [figure.value for figure in figures]
    low, high = _count(min(values)), _count(max(values))
    return low if low == high else f"{low}–{high}"


def _count(value: float) -> str:
    """With a decimal only where it says something."""
    return number(value, 0 if abs(value - round(value)) < 0.05 else 1)
