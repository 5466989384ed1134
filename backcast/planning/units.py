"""One natural unit of each limit of a plan, and the problem with so many more of it.

A unit stands wherever the limit stands already: one more place at a host in the months in which it
has any, one more instructor in every month, ten more people to recruit in the months that are limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backcast.planning.figures import Figure
from backcast.planning.limits import limited_roles
from backcast.planning.problem import Problem, Resource
from backcast.planning.solution import LimitKind, ReasonCode, Unit

MONEY = 10_000.0
"""Dollars in one unit of a budget or a fund."""
PEOPLE = 10.0
"""People in one unit of those who can be recruited, or who can have a support."""
_NOTE = "one unit more, to see what it brings"

#: Why a need stays open → the kinds of limit that say so.
OF_REASON: dict[ReasonCode, tuple[LimitKind, ...]] = {
    "budget": ("budget", "quarter_budget", "fund"),
    "externship": ("places",),
    "hosts": ("host",),
    "instructors": ("resource",),
    "labs": ("resource",),
    "rooms": ("resource",),
    "recruits": ("recruits",),
    "capacity": ("at_once",),
    "several": ("resource", "host", "places", "recruits", "at_once", "budget", "fund"),
}


def units_of(problem: Problem) -> tuple[Unit, ...]:
    """One unit of every limit that the problem has."""
    return tuple(_units(problem))


def _units(problem: Problem) -> Iterator[Unit]:
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    for row in problem.resources:
        yield Unit("resource", 1, f"One more {row.kind} ({row.title})", row.id, area=row.area)
    limited = limited_roles(problem)
    hosts = {(row.host, row.role, row.title) for row in problem.hosts if row.places.value > 0}
    for host, role, title in sorted(hosts):
        where = f"One more place a month at {title} for {roles.get(role, role)}"
        yield Unit("host", 1, where, host, role=role)
    by_host = {row.role for row in problem.hosts}
    places = {(p.role, p.area) for p in problem.places if p.places.value > 0}
    for role, area in sorted(places):
        if role in limited and role not in by_host:
            where = f"{roles.get(role, role)} in {areas.get(area, area)}"
            yield Unit("places", 1, f"One more place a quarter for {where}", role=role, area=area)
    for area, schedule in sorted({(row.area, row.schedule) for row in problem.recruits}):
        when = f" for {schedule} classes" if schedule else ""
        title = f"{PEOPLE:g} more people to recruit in {areas.get(area, area)}{when}"
        yield Unit("recruits", PEOPLE, title, area=area, schedule=schedule)
    for program in problem.programs:
        if program.parallel >= 1:
            title = f"One more cohort at once of {program.title} ({program.provider})"
            yield Unit("at_once", 1, title, program.id)
    for support in problem.supports:
        if support.capacity is not None:
            title = f"{support.title} for {PEOPLE:g} more learners at once"
            yield Unit("support", PEOPLE, title, support.id)
    if problem.budget is not None:
        yield Unit("budget", MONEY, f"${MONEY:,.0f} more in the budget")
    for money in problem.quarter_budgets:
        title = f"${MONEY:,.0f} more for cohorts that start in {money.quarter}"
        yield Unit("quarter_budget", MONEY, title, quarter=money.quarter)
    for fund in problem.funds:
        yield Unit("fund", MONEY, f"${MONEY:,.0f} more of {fund.title}", fund.id)


def with_more(problem: Problem, unit: Unit, times: int = 1) -> Problem:
    """The problem with ``times`` units more."""
    by = unit.amount * times

    def more(figure: Figure) -> Figure:
        source = f"{figure.source}; {figure.value:g}, {_NOTE}"
        return replace(figure, value=figure.value + by, source=source)

    match unit.kind:
        case "resource":

            def grown(row: Resource) -> Resource:
                months = tuple(replace(m, amount=more(m.amount)) for m in row.months)
                return replace(row, amount=more(row.amount), months=months)

            rows = (grown(row) if row.id == unit.target else row for row in problem.resources)
            return replace(problem, resources=tuple(rows))
        case "host":
            hosts = (
                replace(row, places=more(row.places))
                if (row.host, row.role) == (unit.target, unit.role) and row.places.value > 0
                else row
                for row in problem.hosts
            )
            return replace(problem, hosts=tuple(hosts))
        case "places":
            places = (
                replace(row, places=more(row.places))
                if (row.role, row.area) == (unit.role, unit.area) and row.places.value > 0
                else row
                for row in problem.places
            )
            return replace(problem, places=tuple(places))
        case "recruits":
            recruits = (
                replace(row, people=more(row.people))
                if (row.area, row.schedule) == (unit.area, unit.schedule)
                else row
                for row in problem.recruits
            )
            return replace(problem, recruits=tuple(recruits))
        case "at_once":
            programs = (
                replace(row, at_once=more(row.at_once)) if row.id == unit.target else row
                for row in problem.programs
            )
            return replace(problem, programs=tuple(programs))
        case "support":
            supports = (
                replace(row, capacity=more(row.capacity))
                if row.id == unit.target and row.capacity is not None
                else row
                for row in problem.supports
            )
            return replace(problem, supports=tuple(supports))
        case "budget":
            whole = problem.budget
            return replace(problem, budget=None if whole is None else more(whole))
        case "quarter_budget":
            quarters = (
                replace(row, amount=more(row.amount)) if row.quarter == unit.quarter else row
                for row in problem.quarter_budgets
            )
            return replace(problem, quarter_budgets=tuple(quarters))
        case "fund":
            funds = (
                replace(row, amount=more(row.amount)) if row.id == unit.target else row
                for row in problem.funds
            )
            return replace(problem, funds=tuple(funds))
