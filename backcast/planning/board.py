"""The plan on paper, for a board: a page of decisions, one of odds, one of what binds, and sources.

A tagged PDF (PDF/UA-1): a screen reader finds headings, tables and their head rows. The layout stands
in ``board.typ``; everything that people wrote reaches it as data.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import typst

from backcast.planning.figures import BASES, Figure
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.report import paid_by_fund
from backcast.planning.solution import PlannedCohort, ReasonCode, Solution

#: Programs on the page of decisions, roles on the page of odds, and places named of one reason.
MOST_PROGRAMS, MOST_ROLES, MOST_PLACES, MOST_SOURCES = 20, 22, 8, 60
#: Limits on the page of what binds.
MOST_UNITS = 8
#: Months of start named of one program.
MOST_STARTS = 9

_REASONS: dict[ReasonCode, tuple[str, str]] = {
    "no_program": (
        "No program leads there",
        "Ask providers to open one nearby, or let an online program serve these areas.",
    ),
    "lead_time": (
        "It comes too soon",
        "No cohort can be trained in time: fill these openings in other ways, or start sooner.",
    ),
    "capacity": (
        "The programs are full",
        "Let programs run more cohorts at once, or larger ones.",
    ),
    "externship": (
        "Externship places are too few",
        "Ask employers for more places in the quarters in which cohorts end.",
    ),
    "hosts": (
        "Hosts have too few externship places",
        "Ask these hosts for one more supervisor, or find another host, in the months that are full.",
    ),
    "instructors": (
        "Instructors are too few",
        "Share instructors among programs, or hire one for the months that are full.",
    ),
    "labs": ("Labs are too few", "Use another site's lab, or its evenings and weekends."),
    "rooms": ("Rooms are too few", "Use another site's rooms, or their evenings and weekends."),
    "recruits": (
        "Too few people can be recruited",
        "Recruit further away, or offer the program at another time of the day.",
    ),
    "budget": ("The budget is used up", "More money would start more cohorts."),
    "minimum_size": (
        "Less than a whole cohort is missing",
        "Let programs start smaller cohorts, or share one with the next area.",
    ),
    "several": (
        "Several limits bind together",
        "Letting go of one alone would not help: look at budget, programs and places together.",
    ),
    "price": (
        "It would cost more than it counts for",
        "Give the need a higher priority if it should be met all the same.",
    ),
}


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the plan, by name, and when."""

    by: str
    on: date


def board_pdf(
    problem: Problem,
    plan: Solution,
    made: date | None = None,
    approval: Approval | None = None,
) -> bytes:
    """The plan as a tagged PDF. ``made``: the day to print; none is printed without it. Without
    ``approval`` the page of decisions says that the plan is a draft."""
    template = Path(__file__).with_name("board.typ")
    pdf = typst.compile(
        template,
        root=template.parent,
        sys_inputs={
            "plan": json.dumps(contents(problem, plan, made, approval), ensure_ascii=False)
        },
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    if not isinstance(pdf, bytes):  # one document without an output path comes back as bytes
        raise TypeError("The plan was not set as one PDF.")
    return pdf


def contents(
    problem: Problem,
    plan: Solution,
    made: date | None = None,
    approval: Approval | None = None,
) -> dict[str, Any]:
    """What the pages say, as plain values."""
    day = f"{_day(made)} · " if made else ""
    return {
        "title": f"{problem.title}: plan for {_span(problem)}",
        "footer": f"{day}{problem.title} · {_span(problem)} · Backcast",
        "facts": _facts(problem, plan),
        "standing": f"Approved by {approval.by} on {_day(approval.on)}."
        if approval
        else "Draft, not approved.",
        "decisions": _decisions(problem, plan),
        "odds": _odds(problem, plan),
        "binds": _binds(problem, plan),
        "annex": _annex(problem, plan),
    }


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _span(problem: Problem) -> str:
    first, last = problem.first_month, problem.first_month + (problem.months - 1)
    return f"{first.words} to {last.words}"


def _facts(problem: Problem, plan: Solution) -> list[dict[str, str]]:
    learners = sum(cohort.size for cohort in plan.cohorts)
    rows = _role_rows(problem, plan)
    kept = sum(row.reaches(problem.confidence_of(row.role)) for row in rows)
    return [
        {"value": f"{len(plan.cohorts):,}", "label": "cohorts to start"},
        {"value": f"{learners:,}", "label": "learners to start"},
        {"value": f"${plan.cost:,.0f}", "label": "cost of all cohorts"},
        {"value": f"{kept} of {len(rows)}", "label": "roles at the odds asked for"},
    ]


def _decisions(problem: Problem, plan: Solution) -> dict[str, Any]:
    titles = {program.id: program for program in problem.programs}
    mine: dict[str, list[PlannedCohort]] = defaultdict(list)
    for cohort in plan.cohorts:
        mine[cohort.program].append(cohort)
    order = sorted(mine.items(), key=lambda each: (min(c.start for c in each[1]), each[0]))
    largest = sorted(order, key=lambda each: -sum(c.size for c in each[1]))[:MOST_PROGRAMS]
    shown = [each for each in order if each in largest]
    rows = [
        [
            f"{titles[code].title} ({titles[code].provider})",
            f"{len(cohorts)}",
            f"{sum(c.size for c in cohorts):,}",
            _starts(cohorts),
            f"{sum(c.hires for c in cohorts):,.0f}",
            f"${sum(c.cost for c in cohorts):,.0f}",
        ]
        for code, cohorts in shown
    ]
    left = len(order) - len(shown)
    first = min((cohort.start for cohort in plan.cohorts), default=None)
    return {
        "heading": "What to decide",
        "sentence": (
            f"To meet what employers need from {_span(problem)}, start these cohorts. The first "
            f"one starts in {first.words}."
            if first
            else "The plan starts no cohort: the odds and what is in the way follow."
        ),
        "head": ["Program", "Cohorts", "Learners", "Starts", "Hires expected", "Cost"],
        "rows": rows,
        "none": "No cohort is to be started.",
        "more": " ".join(_after_decisions(problem, plan, titles, left)),
    }


def _after_decisions(
    problem: Problem, plan: Solution, titles: dict[str, ProgramOption], left: int
) -> Iterator[str]:
    supports = {support.id: support.title for support in problem.supports}
    if left:
        yield f"{left} more programs with fewer learners are in the plan's workbook."
    paid = [f"{fund} ${dollars:,.0f}" for fund, dollars in paid_by_fund(problem, plan).items()]
    if paid:
        yield f"Who pays: {', '.join(paid)}."
    bought = Counter(cohort.support for cohort in plan.cohorts if cohort.support)
    if bought:
        told = (f"{supports.get(name, name)} for {n}" for name, n in bought.items())
        yield f"Support bought for cohorts, in their cost: {', '.join(told)}."
    for pin in plan.pins:
        if not pin.held:
            name = titles[pin.program].title if pin.program in titles else pin.program
            yield f"What was fixed for {name} in {pin.start.words} could not hold: {pin.sentence}"


def _starts(cohorts: list[PlannedCohort]) -> str:
    counts = Counter(cohort.start for cohort in cohorts)
    told = [f"{start.short} × {n}" if n > 1 else start.short for start, n in sorted(counts.items())]
    return ", ".join(told[:MOST_STARTS]) + (" …" if len(told) > MOST_STARTS else "")


def _role_rows(problem: Problem, plan: Solution) -> list[Any]:
    rows = []
    for role in problem.roles:
        try:
            rows.append(plan.role_odds(role.id))
        except KeyError:
            continue
    return rows


def _odds(problem: Problem, plan: Solution) -> dict[str, Any]:
    titles = {role.id: role.title for role in problem.roles}
    rows = sorted(_role_rows(problem, plan), key=lambda row: (row.odds, titles[row.role]))
    return {
        "heading": "How sure it is",
        "sentence": (
            "The odds that enough people are hired and stay by the end of the plan, from "
            f"{plan.futures:,} simulated futures in which yields and needs turn out as they may. "
            "The mark on each bar is what was asked for."
        ),
        "head": ["Role", "Needed", "Expected", "Odds", "Asked for", ""],
        "rows": [
            {
                "role": titles[row.role],
                "needed": f"{row.need:,.0f} ({row.need_low:,.0f}–{row.need_high:,.0f})",
                "expected": f"{row.supply:,.0f} ({row.supply_low:,.0f}–{row.supply_high:,.0f})",
                "odds": f"{row.odds:.0%}",
                "asked": f"{problem.confidence_of(row.role):.0%}",
                "share": row.odds,
                "mark": problem.confidence_of(row.role),
                "kept": row.reaches(problem.confidence_of(row.role)),
            }
            for row in rows[:MOST_ROLES]
        ],
        "note": (
            "In brackets: nine of ten futures lie in this range. The odds carry a simulation error "
            f"of at most {max((row.error for row in rows), default=0.0):.1%} (standard error)."
            + (
                f" {len(rows) - MOST_ROLES} more roles are in the workbook."
                if len(rows) > MOST_ROLES
                else ""
            )
        ),
    }


def _binds(problem: Problem, plan: Solution) -> dict[str, Any]:
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    at_end = [row for row in plan.shortfalls if row.quarter == problem.last and row.kind == "need"]
    found: dict[ReasonCode, list[tuple[float, str]]] = defaultdict(list)
    for row in at_end:
        place = f"{roles.get(row.role, row.role)} in {areas.get(row.area, row.area)}"
        found[row.reason].append((row.missing, f"{place}: {row.missing:,.1f}"))
    ordered = sorted(found.items(), key=lambda each: -sum(missing for missing, _ in each[1]))
    missing = sum(row.missing for row in at_end)
    return {
        "heading": "What is in the way",
        "sentence": (
            "Expected to be missing when the plan ends, for these reasons: " + _people(missing)
            if at_end
            else "Nobody is expected to be missing at the end of the plan."
        ),
        "more": _one_more(plan),
        "rows": [
            {
                "reason": _REASONS[reason][0],
                "missing": _people(sum(n for n, _ in places)),
                "remedy": _REASONS[reason][1],
                "where": "; ".join(text for _, text in sorted(places, reverse=True)[:MOST_PLACES])
                + (
                    f"; and {len(places) - MOST_PLACES} more." if len(places) > MOST_PLACES else "."
                ),
            }
            for reason, places in ordered
        ],
    }


def _people(missing: float) -> str:
    """People missing, at least one where any part of one is."""
    people = math.ceil(missing)
    return f"{people:,} {'person' if people == 1 else 'people'}."


def _one_more(plan: Solution) -> dict[str, Any]:
    """What one more of each limit brings, and the ways to higher odds; empty where nobody asked."""
    helpful = [one for one in plan.worths if one.solved >= 1][:MOST_UNITS]
    return {
        "heading": "What one more would bring",
        "sentence": "Each was added to the plan alone, and the plan made again with it.",
        "rows": [one.sentence for one in helpful],
        "raised_heading": "How to be surer",
        "raised": [way.sentence for way in plan.raised],
    }


def _annex(problem: Problem, plan: Solution) -> dict[str, Any]:
    figures = list(_figures(problem))
    count = Counter(basis for basis, _source, _assumption in figures)
    known = Counter((basis, source) for basis, source, _a in figures if basis != "assumed")
    assumed = Counter(
        (assumption.replace("_", " ") or "–", source)
        for basis, source, assumption in figures
        if basis == "assumed"
    )
    return {
        "heading": "Where the numbers come from",
        "sentence": (
            f"The plan is proven to be within {plan.gap:.2%} of the best possible one on the same "
            f"figures. It rests on {len(figures):,} figures: "
            + ", ".join(f"{count[basis]:,} {basis}" for basis in BASES if count[basis])
            + "."
        ),
        "sections": [
            {
                "heading": "What is assumed",
                "widths": [2, 5, 1],
                "head": ["Assumption", "Why", "Figures"],
                "rows": [
                    [name, source, f"{n:,}"]
                    for (name, source), n in assumed.most_common(MOST_SOURCES)
                ],
                "none": "Nothing is assumed.",
            },
            {
                "heading": "What is stated, published or observed",
                "widths": [1, 6, 1],
                "head": ["Basis", "Source", "Figures"],
                "rows": [
                    [basis, source, f"{n:,}"]
                    for (basis, source), n in known.most_common(MOST_SOURCES)
                ],
                "none": "Everything is assumed.",
            },
        ],
        "notes": list(plan.notes),
    }


def _figures(problem: Problem) -> list[tuple[str, str, str]]:
    """Basis, source and assumption of every input number."""
    found: list[tuple[str, str, str]] = [
        (need.basis, need.source, need.assumption) for need in problem.needs
    ]
    for program in problem.programs:
        found += [(s.basis, s.source, s.assumption) for s in program.stages]
        for part in fields(program):
            figure = getattr(program, part.name)
            if isinstance(figure, Figure):
                found.append((figure.basis, figure.source, figure.assumption))
        found += [_known(use.amount) for use in program.uses]
    found += [_known(row.completers) for row in problem.supply]
    found += [_known(cohort.people) for cohort in problem.running]
    found += [_known(place.places) for place in problem.places]
    found += [_known(host.places) for host in problem.hosts]
    for resource in problem.resources:
        found += [_known(resource.amount), *(_known(row.amount) for row in resource.months)]
    found += [_known(recruits.people) for recruits in problem.recruits]
    for fund in problem.funds:
        found += [_known(fund.amount), *(_known(rule.value) for rule in fund.rules)]
    for support in problem.supports:
        found.append(_known(support.cost_per_learner))
        found.append((support.basis, support.source, support.assumption))
        if support.capacity is not None:
            found.append(_known(support.capacity))
    found += [_known(holiday.weeks) for holiday in problem.holidays]
    found += [_known(money.amount) for money in problem.quarter_budgets]
    if problem.budget is not None:
        found.append(_known(problem.budget))
    return found


def _known(figure: Figure) -> tuple[str, str, str]:
    return figure.basis, figure.source, figure.assumption
