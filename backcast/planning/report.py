"""Write workbooks: a solved plan, and the template with its example.

Text that people entered is written as text and marked so: a cell that begins with = + - or @ is
never a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.core.spreadsheets import put_text
from backcast.planning.codec import to_plain
from backcast.planning.figures import Figure, StageYield
from backcast.planning.problem import NeedCell, Problem
from backcast.planning.solution import NeedOdds, Solution

_HEAD = PatternFill("solid", fgColor="DFE1E2")


def fill(page: Any, rows: Iterable[Sequence[object]], widths: Sequence[int] = ()) -> None:
    """Write rows below one another; the first is the heading, and stays in view."""
    for n, row in enumerate(rows, start=1):
        for m, value in enumerate(row, start=1):
            cell = page.cell(row=n, column=m)
            if isinstance(value, Quarter | Month):
                value = str(value)
            if isinstance(value, str):
                put_text(cell, value)
            else:
                cell.value = value
            if n == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "A2"
    for m, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(m)].width = width


def write_plan(path: Path | IO[bytes], problem: Problem, plan: Solution) -> None:
    """Write the plan as a workbook: summary, cohorts, odds, shortfalls, sources."""
    book = Workbook()
    page = book.active
    if page is None:  # a new workbook has one sheet
        raise RuntimeError("The workbook has no sheet.")
    page.title = "Summary"
    fill(page, _summary(problem, plan), (44, 22, 60))
    pages: list[tuple[str, Iterable[Sequence[object]], tuple[int, ...]]] = [
        ("Cohorts", _cohorts(problem, plan), (14, 44, 30, 18, 12, 10, 10, 14, 14, 14, 60, 30)),
        ("Odds", _odds(problem, plan), (30, 24, 12, *[12] * 10)),
        ("Shortfalls", _shortfalls(problem, plan), (12, 30, 24, 12, 12, 16, 90)),
    ]
    if plan.worths:
        pages.append(("One more", _worths(plan), (60, 16, 18, 12, 12, 14, 14, 10, 90)))
    if plan.raised:
        pages.append(("Higher odds", _raised(problem, plan), (30, 12, 12, 12, 14, 50, 10, 110)))
    if plan.pins:
        pages.append(("Pins", _pins(problem, plan), (44, 12, 10, 10, 12, 24, 40, 70)))
    if plan.host_use:
        pages.append(("Hosts", _hosts(problem, plan), (36, 30, 12, 12, 12)))
    if plan.fund_use:
        pages.append(("Funds", _funds(problem, plan), (36, 44, 12, 16)))
    pages.append(("Sources", _sources(problem), (40, 30, 16, 14, 70, 24)))
    for name, rows, widths in pages:
        fill(book.create_sheet(name), rows, widths)
    book.save(path)


def _summary(problem: Problem, plan: Solution) -> list[list[object]]:
    rows: list[list[object]] = [
        ["What", "Value", "Meaning"],
        ["Plan", problem.title, ""],
        ["From", problem.first, ""],
        ["To", problem.last, ""],
        ["Cohorts to start", len(plan.cohorts), ""],
        ["Learners to start", sum(cohort.size for cohort in plan.cohorts), ""],
        ["Cost in dollars", round(plan.cost, 2), "of all cohorts"],
        *([f"Paid by {fund}", paid, ""] for fund, paid in paid_by_fund(problem, plan).items()),
        ["Odds asked for", problem.confidence, "that a role's need is met over the whole plan"],
        [
            "Proven gap",
            round(plan.gap, 6),
            "of cost and open needs at their price, at most this much could be saved",
        ],
        ["Seconds", round(plan.seconds, 2), "to find the plan"],
        ["Variables", plan.variables, f"{plan.integers} of them whole numbers"],
        ["Constraints", plan.constraints, ""],
        ["Futures", plan.futures, "simulated for the odds"],
        ["Memory in MB", round(plan.memory_mb, 1), "largest while planning"],
    ]
    for role in problem.roles:
        try:
            row = plan.role_odds(role.id)
        except KeyError:
            continue
        told = f"±{1.96 * row.error:.1%}; {row.supply:,.0f} expected of {row.need:,.0f} needed"
        rows.append([f"Odds: {role.title}", round(row.odds, 4), told])
    rows += [["Note", "", note] for note in plan.notes]
    return rows


def _cohorts(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield [
        "Program",
        "Title",
        "Provider",
        "Area",
        "Start",
        "Cohort",
        "Learners",
        "Cost in dollars",
        "Hired in",
        "Expected hires",
        "For",
        "Support",
    ]
    supports = {support.id: support.title for support in problem.supports}
    programs = {program.id: program for program in problem.programs}
    for cohort in plan.cohorts:
        program = programs[cohort.program]
        serves = "; ".join(f"{p.role} in {p.area}: {p.hires:.1f}" for p in cohort.serves)
        yield [
            program.id,
            program.title,
            program.provider,
            program.area,
            cohort.start,
            cohort.number,
            cohort.size,
            round(cohort.cost, 2),
            cohort.hire_quarter,
            round(cohort.hires, 2),
            serves,
            supports.get(cohort.support, ""),
        ]


def _odds(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield [
        "Role",
        "Area",
        "By the end of",
        "Need",
        "Need 5 %",
        "Need 95 %",
        "Supply",
        "Supply 5 %",
        "Supply 95 %",
        "Odds",
        "Simulation error",
        "Odds from",
        "Odds to",
    ]
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}

    def line(row: NeedOdds) -> list[object]:
        numbers = (
            row.need,
            row.need_low,
            row.need_high,
            row.supply,
            row.supply_low,
            row.supply_high,
        )
        return [
            roles[row.role],
            "all" if row.area is None else areas[row.area],
            row.quarter,
            *(round(value, 2) for value in numbers),
            *(round(value, 4) for value in (row.odds, row.error, row.low, row.high)),
        ]

    for row in plan.odds:
        yield line(row)


def _shortfalls(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield ["Kind", "Role", "Area", "By the end of", "People", "Reason", "In words"]
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    for row in plan.shortfalls:
        yield [
            row.kind,
            roles[row.role],
            areas[row.area],
            row.quarter,
            round(row.missing, 2),
            row.reason,
            row.sentence,
        ]


def _worths(plan: Solution) -> Iterable[list[object]]:
    yield [
        "One more unit",
        "Shadow value in dollars",
        "Worth in dollars, planned again",
        "Hires more",
        "Missing at the end, more",
        "Person-quarters missing, more",
        "Cost in dollars, more",
        "Cohorts more",
        "In words",
    ]
    for one in plan.worths:
        numbers = (one.shadow, one.solved, one.hires, one.missing, one.waiting, one.cost)
        yield [one.unit.title, *numbers, one.cohorts, one.sentence]


def _raised(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield [
        "Role",
        "Odds now",
        "Asked for",
        "Odds then",
        "Cost in dollars, more",
        "Beyond the limits",
        "How many",
        "In words",
    ]
    roles = {role.id: role.title for role in problem.roles}
    for way in plan.raised:
        said = " ".join((way.sentence, *way.changes))
        odds = (round(odds, 4) for odds in (way.before, way.target, way.after))
        beyond = way.unit.title if way.unit else ""
        yield [roles[way.role], *odds, way.cost, beyond, way.count or "", said]


def _pins(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield ["Program", "Month", "Kind", "Holds", "Cohorts", "By", "Why", "What is in the way"]
    titles = {program.id: program.title for program in problem.programs}
    for pin, told in zip(problem.pins, plan.pins, strict=True):
        yield [
            titles.get(pin.program, pin.program),
            pin.start,
            pin.kind,
            "yes" if told.held else "no",
            told.cohorts,
            pin.by,
            pin.why,
            told.sentence,
        ]


def _funds(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield ["Fund", "Program", "Start", "Dollars"]
    funds = {fund.id: fund.title for fund in problem.funds}
    programs = {program.id: program.title for program in problem.programs}
    for use in plan.fund_use:
        yield [
            funds.get(use.fund, use.fund),
            programs.get(use.program, use.program),
            use.start,
            use.amount,
        ]


def _hosts(problem: Problem, plan: Solution) -> Iterable[list[object]]:
    yield ["Host", "Role", "Month", "Learners", "Places"]
    hosts = {row.host: row.title for row in problem.hosts}
    roles = {role.id: role.title for role in problem.roles}
    for use in plan.host_use:
        yield [
            hosts.get(use.host, use.host),
            roles.get(use.role, use.role),
            use.month,
            round(use.learners, 2),
            round(use.places, 2),
        ]


def _sources(problem: Problem) -> Iterable[list[object]]:
    yield ["Of", "Number", "Value", "Basis", "Source", "Assumption"]
    groups: tuple[tuple[str, Sequence[Any]], ...] = (
        ("Program", problem.programs),
        ("Supply", problem.supply),
    )
    if problem.budget is not None:
        yield _source("Plan", "budget", problem.budget)
    for budget in problem.quarter_budgets:
        yield _source(f"Budget {budget.quarter}", "amount", budget.amount)
    for places in problem.places:
        name = f"Places {places.role} {places.area} {places.quarter}"
        yield _source(name, "places", places.places)
    for host in problem.hosts:
        name = f"Host {host.host} {host.role} {host.month}"
        yield _source(name, "places", host.places)
    for resource in problem.resources:
        yield _source(f"Resource {resource.id}", "amount", resource.amount)
        for month in resource.months:
            yield _source(f"Resource {resource.id} {month.month}", "amount", month.amount)
    for holiday in problem.holidays:
        yield _source(f"Holiday {holiday.title} {holiday.month}", "weeks", holiday.weeks)
    for recruits in problem.recruits:
        name = " ".join(filter(None, ("Recruits", recruits.area, recruits.schedule)))
        yield _source(f"{name} {recruits.month or recruits.quarter}", "people", recruits.people)
    for fund in problem.funds:
        yield _source(f"Fund {fund.id}", "amount", fund.amount)
        for rule in fund.rules:
            since = f"{rule.kind.replace('_', ' ')}, from {rule.since or 'the beginning'} on"
            yield _source(f"Fund {fund.id}", since, rule.value)
    for support in problem.supports:
        yield _source(f"Support {support.id}", "cost per learner", support.cost_per_learner)
        if support.capacity is not None:
            yield _source(f"Support {support.id}", "capacity", support.capacity)
        yield [
            f"Support {support.id}",
            f"brings through {support.stage}: {support.low:g} to {support.high:g}, "
            f"likely {support.likely:g}",
            round(support.mean, 4),
            support.basis,
            support.source,
            support.assumption,
        ]
    for cohort in problem.running:
        yield _source(f"Running cohort {cohort.id}", "people", cohort.people)
    for kind, rows in groups:
        for row in rows:
            for part in fields(row):
                value = getattr(row, part.name)
                if isinstance(value, Figure):
                    yield _source(f"{kind} {row.id}", part.name.replace("_", " "), value)
            for use in getattr(row, "uses", ()):
                yield _source(f"{kind} {row.id}", f"uses {use.resource}", use.amount)
            for stage in row.stages:
                yield _stage(f"{kind} {row.id}", stage)
    for need in problem.needs:
        yield _need(need)


def _source(of: str, name: str, figure: Figure) -> list[object]:
    return [of, name, figure.value, figure.basis, figure.source, figure.assumption]


def _stage(of: str, stage: StageYield) -> list[object]:
    counted = f"stage {stage.stage}: {round(stage.successes, 1):g} of {round(stage.trials, 1):g}"
    if (stage.prior_a, stage.prior_b) != (1.0, 1.0):
        counted += f", before them {stage.prior_mean:.0%} like {stage.prior_people:.0f} people"
    return [of, counted, round(stage.mean, 4), stage.basis, stage.source, stage.assumption]


def _need(need: NeedCell) -> list[object]:
    name = f"{need.low:g} to {need.high:g}, likely {need.likely:g}"
    of = f"Need {need.id}: {need.role} in {need.area}, {need.quarter}"
    return [of, name, round(need.mean, 3), need.basis, need.source, need.assumption]


def plain_summary(problem: Problem, plan: Solution) -> dict[str, object]:
    """What ``--json`` prints about a plan: the summary, without the cohorts."""
    roles = []
    for role in problem.roles:
        try:
            row = plan.role_odds(role.id)
        except KeyError:
            continue
        roles.append(
            {
                "role": role.id,
                "title": role.title,
                "need": row.need,
                "supply": row.supply,
                "odds": row.odds,
                "odds_error": row.error,
                "confidence": problem.confidence_of(role.id),
            }
        )
    return {
        "title": problem.title,
        "first": str(problem.first),
        "last": str(problem.last),
        "cohorts": len(plan.cohorts),
        "learners": sum(cohort.size for cohort in plan.cohorts),
        "cost": plan.cost,
        "cost_bound": plan.cost_bound,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "variables": plan.variables,
        "integers": plan.integers,
        "constraints": plan.constraints,
        "memory_mb": plan.memory_mb,
        "rounds": plan.rounds,
        "roles": roles,
        "shortfalls": len(plan.shortfalls),
        "missing_at_end": sum(
            row.missing
            for row in plan.shortfalls
            if row.kind == "need" and row.quarter == problem.last
        ),
        "pins_that_cannot_hold": [
            {"program": pin.program, "month": str(pin.start), "why": pin.sentence}
            for pin in plan.pins
            if not pin.held
        ],
        "paid_by_fund": paid_by_fund(problem, plan),
        "one_more": to_plain(plan.worths),
        "higher_odds": to_plain(plan.raised),
        "notes": list(plan.notes),
    }


def paid_by_fund(problem: Problem, plan: Solution) -> dict[str, float]:
    """Dollars of each fund by its title; none where no fund is stated."""
    dollars = dict.fromkeys((fund.id for fund in problem.funds), 0.0)
    for use in plan.fund_use:
        dollars[use.fund] += use.amount
    return {fund.title: round(dollars[fund.id], 2) for fund in problem.funds}
