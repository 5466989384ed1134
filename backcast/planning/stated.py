"""What staff state of a region's limits, as the planning problem takes it.

Rows that name nothing of the problem are left out; what lies outside its months is cut off. A fund
that may pay for nothing in the plan stays with 0 dollars, since leaving it out would lift the limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.core.text import plain_number
from backcast.partners.models import Region
from backcast.planning import models
from backcast.planning.figures import Basis, Figure
from backcast.planning.keys import area_key, program_key, role_key
from backcast.planning.problem import (
    Fund,
    FundRule,
    FundRuleKind,
    Holiday,
    HostPlaces,
    Problem,
    QuarterBudget,
    Recruits,
    Resource,
    ResourceKind,
    ResourceMonth,
)
from backcast.planning.programs import ProgramOption, SupportOption, Uses
from backcast.training.models import Stage

PERCENT = 100
Host = tuple[int, str]
"""An employer and a role in which it takes learners."""


def current(model: type[models.Limit], region: Region) -> QuerySet[Any]:
    """The rows of one kind of limit that hold in a region; row security applies."""
    return model._default_manager.filter(region=region, archived_at=None).order_by("pk")


def hosts_of(region: Region) -> set[Host]:
    """Employers that say, by month, whom they can take: what they offer with a need is that already."""
    rows = current(models.HostCapacity, region).select_related("occupation")
    return {(row.employer_id, role_key(row.occupation)) for row in rows}


def with_limits(problem: Problem, region: Region) -> Problem:
    """The problem with what staff of the region state beside needs and programs."""
    shared = list(current(models.SharedResource, region).prefetch_related("changes", "uses"))
    uses = _uses(shared)
    return replace(
        problem,
        programs=tuple(_using(program, uses) for program in problem.programs),
        resources=tuple(_resources(problem, shared)),
        hosts=tuple(_hosts(problem, region)),
        holidays=tuple(_holidays(problem, region)),
        recruits=tuple(_recruits(problem, region)),
        quarter_budgets=tuple(_quarter_budgets(problem, region)),
        funds=tuple(_funds(problem, region)),
        supports=tuple(_supports(problem, region)),
    )


def _figure(row: models.Limit, value: Decimal | float) -> Figure:
    return Figure(float(value), cast(Basis, row.basis), row.source)


def _months(problem: Problem, first: date, last: date) -> Iterator[Month]:
    """The problem's months from one day's month to another's."""
    begin = max(Month.of(first), problem.first_month)
    end = min(Month.of(last), problem.first_month + (problem.months - 1))
    return begin.range(max(0, end - begin + 1))


def _resources(problem: Problem, shared: Iterable[models.SharedResource]) -> Iterator[Resource]:
    for row in shared:
        changed = {
            month: ResourceMonth(month, _figure(row, change.amount))
            for change in row.changes.all()
            for month in _months(problem, change.first_month, change.last_month)
        }
        yield Resource(
            f"R{row.pk}",
            row.name,
            cast(ResourceKind, row.kind),
            area_key(row.area_id),
            _figure(row, row.amount),
            tuple(changed[month] for month in sorted(changed)),
        )


def _uses(shared: Iterable[models.SharedResource]) -> dict[str, tuple[Uses, ...]]:
    found: dict[str, list[Uses]] = defaultdict(list)
    for row in shared:
        for use in row.uses.all():
            uses = Uses(f"R{row.pk}", _figure(row, use.amount))
            found[program_key(use.program_id)].append(uses)
    return {program: tuple(uses) for program, uses in found.items()}


def _using(program: ProgramOption, uses: dict[str, tuple[Uses, ...]]) -> ProgramOption:
    return replace(program, uses=uses[program.id]) if program.id in uses else program


def _hosts(problem: Problem, region: Region) -> Iterator[HostPlaces]:
    """One row a host, role, area and month; several statements of the same are added up."""
    roles = {role.id for role in problem.roles}
    found: dict[tuple[str, str, str, Month], list[models.HostCapacity]] = defaultdict(list)
    rows = current(models.HostCapacity, region).select_related("occupation", "employer")
    for row in rows:
        role = role_key(row.occupation)
        if role in roles:
            for month in _months(problem, row.first_month, row.last_month):
                found[f"H{row.employer_id}", role, area_key(row.area_id), month].append(row)
    for (host, role, area, month), stated in found.items():
        figure = Figure(
            float(sum(row.supervisors * row.learners_each for row in stated)),
            cast(Basis, stated[0].basis),
            "; ".join(
                f"{plain_number(row.supervisors)} supervisors × "
                f"{plain_number(row.learners_each)}: {row.source}"
                for row in stated
            ),
        )
        yield HostPlaces(host, stated[0].employer.name, area, role, month, figure)


def _holidays(problem: Problem, region: Region) -> Iterator[Holiday]:
    for row in current(models.Holiday, region):
        for month in _months(problem, row.month, row.month):
            area = area_key(row.area_id) if row.area_id else ""
            yield Holiday(row.name, month, _figure(row, row.weeks), area)


def _recruits(problem: Problem, region: Region) -> Iterator[Recruits]:
    """One row an area, schedule and quarter; several statements of the same are added up."""
    found: dict[tuple[str, str, Quarter], list[models.Recruitment]] = defaultdict(list)
    for row in current(models.Recruitment, region):
        for quarter in problem.calendar():
            if row.first_quarter <= quarter.first_day <= row.last_quarter:
                found[area_key(row.area_id), row.schedule, quarter].append(row)
    for (area, schedule, quarter), stated in found.items():
        people = Figure(
            sum(row.people for row in stated),
            cast(Basis, stated[0].basis),
            "; ".join(dict.fromkeys(row.source for row in stated)),
        )
        yield Recruits(area, schedule, people, quarter=quarter)


def _quarter_budgets(problem: Problem, region: Region) -> Iterator[QuarterBudget]:
    quarters = set(problem.calendar())
    for row in current(models.QuarterMoney, region).order_by("quarter"):
        if Quarter.of(row.quarter) in quarters:
            yield QuarterBudget(Quarter.of(row.quarter), _figure(row, row.amount))


def _funds(problem: Problem, region: Region) -> Iterator[Fund]:
    known = {program.id for program in problem.programs}
    roles = {role.id for role in problem.roles}
    rows = current(models.FundingSource, region)
    for row in rows.prefetch_related("programs", "occupations", "areas", "rules"):
        programs, no_program = _of(known, (program_key(one.pk) for one in row.programs.all()))
        serves, no_role = _of(roles, (role_key(one) for one in row.occupations.all()))
        yield Fund(
            f"F{row.pk}",
            row.name,
            _figure(row, 0 if no_program or no_role else row.amount),
            tuple(_rules(row, known)),
            programs,
            serves,
            tuple(area_key(one.pk) for one in row.areas.all()),
            Month.of(row.first_month) if row.first_month else None,
            Month.of(row.last_month) if row.last_month else None,
        )


def _of(known: set[str], named: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Which of the named ones are known, and whether something was named and none of it is."""
    names: Sequence[str] = tuple(dict.fromkeys(named))
    found = tuple(name for name in names if name in known)
    return found, bool(names) and not found


def _rules(fund: models.FundingSource, known: set[str]) -> Iterator[FundRule]:
    for row in fund.rules.all():
        named = (program_key(row.program_id),) if row.program_id else ()
        if named and named[0] not in known:
            continue
        dollars = row.kind == models.FundingRule.Kind.PER_LEARNER
        yield FundRule(
            cast(FundRuleKind, row.kind),
            _figure(fund, row.value if dollars else row.value / PERCENT),
            Month.of(row.since) if row.since else None,
            named,
        )


def _supports(problem: Problem, region: Region) -> Iterator[SupportOption]:
    known = {program.id for program in problem.programs}
    stages = {stage.stage for program in problem.programs for stage in program.stages}
    for row in current(models.SupportOffer, region).prefetch_related("programs"):
        programs, none_of_them = _of(known, (program_key(one.pk) for one in row.programs.all()))
        stage = str(Stage(row.stage).label)
        if none_of_them or stage not in stages:
            continue
        yield SupportOption(
            id=f"B{row.pk}",
            title=row.name,
            cost_per_learner=_figure(row, row.cost_per_learner),
            stage=stage,
            low=float(row.low) / PERCENT,
            likely=float(row.likely) / PERCENT,
            high=float(row.high) / PERCENT,
            basis=cast(Basis, row.basis),
            source=row.source,
            capacity=None if row.capacity is None else _figure(row, row.capacity),
            programs=programs,
        )
