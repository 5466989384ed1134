"""What is wrong with a problem, all of it at once, each with the field and how to mend it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from backcast.core.quarters import Quarter
from backcast.planning.complaints import Complaint, ProblemError
from backcast.planning.figures import Figure, StageYield
from backcast.planning.problem import NeedCell, Problem
from backcast.planning.programs import ProgramOption

COST_PER_LEARNER_CEILING = 250_000.0
COST_PER_COHORT_CEILING = 5_000_000.0
PEOPLE_CEILING = 1_000_000.0
LONGEST_WEEKS = 520.0
MOST_QUARTERS = 60


def complaints_about(problem: Problem) -> tuple[Complaint, ...]:
    """Everything that keeps the problem from being planned; empty when it can be."""
    return tuple(_all(problem))


def refuse_if_wrong(problem: Problem) -> None:
    """Raise ``ProblemError`` with every complaint, if there is any."""
    found = complaints_about(problem)
    if found:
        raise ProblemError(found)


def _all(problem: Problem) -> Iterator[Complaint]:
    if not 1 <= problem.quarters <= MOST_QUARTERS:
        yield Complaint(
            "Plan", "quarters", f"{problem.quarters} quarters.", f"Plan 1 to {MOST_QUARTERS}."
        )
        return
    yield from _confidence("Plan", problem.confidence)
    for name, ids in (
        ("area", [area.id for area in problem.areas]),
        ("role", [role.id for role in problem.roles]),
        ("program", [program.id for program in problem.programs]),
        ("need", [need.id for need in problem.needs]),
        ("supply", [row.id for row in problem.supply] + [row.id for row in problem.running]),
        ("resource", [resource.id for resource in problem.resources]),
        ("fund", [fund.id for fund in problem.funds]),
        ("support", [support.id for support in problem.supports]),
    ):
        for twice in (code for code, count in Counter(ids).items() if count > 1):
            yield Complaint(
                f"{name.capitalize()} {twice}", "id", "It is there twice.", "Keep one of them."
            )
    areas = {area.id for area in problem.areas}
    roles = {role.id for role in problem.roles}
    for area in problem.areas:
        yield from _known(f"Area {area.id}", "adjoining", area.adjoining, areas, "area")
    for role in problem.roles:
        if role.confidence is not None:
            yield from _confidence(f"Role {role.id}", role.confidence)
    if not problem.needs:
        yield Complaint("Needs", "", "There are no needs.", "State at least one.")
    for program in problem.programs:
        yield from _program(program, areas, roles)
    for need in problem.needs:
        yield from _need(need, problem, areas, roles)
    yield from _supply_and_places(problem, areas, roles)
    yield from _resources(problem, areas)
    yield from _hosts_and_holidays(problem, areas, roles)
    yield from _running(problem)
    yield from _pins(problem)
    yield from _recruits(problem, areas)
    yield from _funds(problem, areas, roles)
    yield from _supports(problem)
    yield from _shared_keys(problem)


def _confidence(where: str, value: float) -> Iterator[Complaint]:
    if not 0 < value < 1:
        yield Complaint(
            where,
            "confidence",
            f"It is {value:g}.",
            "Write a number between 0 and 1, for example 0.8.",
        )


def _known(
    where: str, field: str, codes: Iterable[str], known: set[str], what: str
) -> Iterator[Complaint]:
    for code in codes:
        if code not in known:
            yield Complaint(
                where,
                field,
                f"“{code}” is not a known {what}.",
                f"Use one of the {what}s listed, or add it to them.",
            )


def _between(
    where: str, field: str, figure: Figure | None, least: float, most: float, remedy: str
) -> Iterator[Complaint]:
    if figure is not None and not least <= figure.value <= most:
        yield Complaint(where, field, f"{figure.value:,.10g} cannot be right.", remedy)


def _program(program: ProgramOption, areas: set[str], roles: set[str]) -> Iterator[Complaint]:
    where = f"Program {program.id}"
    yield from _known(where, "area", (program.area,), areas, "area")
    yield from _known(where, "serves_areas", program.serves_areas, areas, "area")
    yield from _known(where, "roles", (part.role for part in program.roles), roles, "role")
    if not program.roles:
        yield Complaint(where, "roles", "It leads to no role.", "Name at least one.")
    if len({part.role for part in program.roles}) < len(program.roles):
        yield Complaint(where, "roles", "A role is named twice.", "Name each role once.")
    for part in program.roles:
        if not 0 < part.share <= 1:
            yield Complaint(
                where,
                "roles",
                f"The share of {part.role} is {part.share:g}.",
                "Write a share above 0, up to 1.",
            )
    if program.upskills_from:
        yield from _known(where, "upskills_from", (program.upskills_from,), roles, "role")
        if program.upskills_from in {part.role for part in program.roles}:
            yield Complaint(
                where,
                "upskills_from",
                f"It trains people from {program.upskills_from} to the same role.",
                "Name the role in which its learners work now.",
            )
    if not program.stages:
        yield Complaint(
            where, "stages", "It has no stages.", "State at least one, from enrolled to hired."
        )
    if program.externship_role:
        yield from _known(where, "externship_role", (program.externship_role,), roles, "role")
    names = {stage.stage for stage in program.stages}
    if program.externship_stage and program.externship_stage not in names:
        yield Complaint(
            where,
            "externship_stage",
            f"“{program.externship_stage}” is none of its stages.",
            f"Use one of: {', '.join(sorted(names))}.",
        )
    weeks = f"Write weeks, 0 to {LONGEST_WEEKS:g}."
    if not 0 < program.weeks.value <= LONGEST_WEEKS:
        yield Complaint(
            where,
            "weeks",
            f"{program.weeks.value:g} weeks cannot be right.",
            f"Write more than 0 and up to {LONGEST_WEEKS:g}.",
        )
    for field, amount in (
        ("lead_weeks", program.lead_weeks),
        ("recruit_weeks", program.recruit_weeks),
        ("screen_weeks", program.screen_weeks),
        ("clearance_weeks", program.clearance_weeks),
        ("exam_weeks", program.exam_weeks),
        ("hire_weeks", program.hire_weeks),
        ("hire_spread", program.hire_spread),
        ("externship_weeks", program.externship_weeks),
    ):
        yield from _between(where, field, amount, 0, LONGEST_WEEKS, weeks)
    if program.externship_weeks and program.externship_weeks.value > program.weeks.value:
        yield Complaint(
            where,
            "externship_weeks",
            f"The externship ({program.externship_weeks.value:g} weeks) is longer than the program "
            f"({program.weeks.value:g}).",
            "Count the externship's weeks among the program's.",
        )
    for field, figure, least in (
        ("min_size", program.min_size, 1),
        ("max_size", program.max_size, 1),
        ("at_once", program.at_once, 0),
    ):
        remedy = f"Write a whole number from {least} to 10,000."
        yield from _between(where, field, figure, least, 10_000, remedy)
    if program.min_size.value > program.max_size.value:
        yield Complaint(
            where,
            "min_size",
            f"The smallest cohort ({program.min_size.value:g}) is larger than the largest "
            f"({program.max_size.value:g}).",
            "Swap them or mend one.",
        )
    yield from _between(
        where,
        "cost_per_learner",
        program.cost_per_learner,
        0,
        COST_PER_LEARNER_CEILING,
        f"Mend it, or leave the program out: a learner costs 0 to {COST_PER_LEARNER_CEILING:,.0f} "
        "dollars.",
    )
    yield from _between(
        where,
        "cost_per_cohort",
        program.cost_per_cohort,
        0,
        COST_PER_COHORT_CEILING,
        f"Mend it: a cohort costs 0 to {COST_PER_COHORT_CEILING:,.0f} dollars beside its learners.",
    )
    yield from _between(
        where,
        "externship_places_per_learner",
        program.externship_places_per_learner,
        0,
        100,
        "Write how many places a learner takes up, 0 to 100.",
    )


def _quarter(where: str, quarter: Quarter, problem: Problem) -> Iterator[Complaint]:
    if quarter < problem.first:
        yield Complaint(
            where,
            "quarter",
            f"{quarter} is in the past: the plan begins in {problem.first}.",
            f"Move it to {problem.first} or later, or take it out.",
        )
    elif quarter > problem.last:
        yield Complaint(
            where,
            "quarter",
            f"{quarter} is after the plan's last quarter, {problem.last}.",
            "Plan more quarters, or take it out.",
        )


def _need(
    need: NeedCell, problem: Problem, areas: set[str], roles: set[str]
) -> Iterator[Complaint]:
    where = f"Need {need.id}"
    yield from _known(where, "role", (need.role,), roles, "role")
    yield from _known(where, "area", (need.area,), areas, "area")
    yield from _quarter(where, need.quarter, problem)
    numbers = (need.low, need.likely, need.high)
    if not all(math.isfinite(n) and 0 <= n <= PEOPLE_CEILING for n in numbers):
        yield Complaint(
            where,
            "low, likely, high",
            f"{need.low:g}, {need.likely:g}, {need.high:g} cannot be right.",
            f"Write people, 0 to {PEOPLE_CEILING:,.0f}.",
        )
    elif not need.low <= need.likely <= need.high:
        yield Complaint(
            where,
            "low, likely, high",
            f"{need.low:g}, {need.likely:g}, {need.high:g} do not rise.",
            "Low is at most likely, and likely at most high.",
        )
    if not 0 < need.weight <= 1_000_000:
        yield Complaint(
            where, "weight", f"It is {need.weight:g}.", "Write a weight above 0; 1 is usual."
        )


def _supply_and_places(problem: Problem, areas: set[str], roles: set[str]) -> Iterator[Complaint]:
    people = f"Write people, 0 to {PEOPLE_CEILING:,.0f}."
    for row in problem.supply:
        where = f"Supply {row.id}"
        yield from _known(where, "role", (row.role,), roles, "role")
        yield from _known(where, "area", (row.area,), areas, "area")
        yield from _quarter(where, row.quarter, problem)
        yield from _between(where, "completers", row.completers, 0, PEOPLE_CEILING, people)
    for places in problem.places:
        where = f"Externship places {places.role} {places.area} {places.quarter}"
        yield from _known(where, "role", (places.role,), roles, "role")
        yield from _known(where, "area", (places.area,), areas, "area")
        yield from _between(where, "places", places.places, 0, PEOPLE_CEILING, people)
    money = "Write dollars, 0 or more."
    yield from _between("Plan", "budget", problem.budget, 0, 1e13, money)
    for budget in problem.quarter_budgets:
        where = f"Budget of {budget.quarter}"
        yield from _quarter(where, budget.quarter, problem)
        yield from _between(where, "amount", budget.amount, 0, 1e13, money)


def _resources(problem: Problem, areas: set[str]) -> Iterator[Complaint]:
    known = {resource.id for resource in problem.resources}
    remedy = "Write how many there are, 0 to 100,000."
    for resource in problem.resources:
        where = f"Resource {resource.id}"
        yield from _known(where, "area", (resource.area,), areas, "area")
        yield from _between(where, "amount", resource.amount, 0, 100_000, remedy)
        for row in resource.months:
            yield from _between(f"{where} {row.month}", "amount", row.amount, 0, 100_000, remedy)
    for program in problem.programs:
        for use in program.uses:
            where = f"Use of {use.resource} by {program.id}"
            yield from _known(where, "resource", (use.resource,), known, "resource")
            yield from _between(
                where,
                "amount",
                use.amount,
                0,
                10_000,
                "Write how many a cohort takes, 0 to 10,000.",
            )
        if len({use.resource for use in program.uses}) < len(program.uses):
            yield Complaint(
                f"Program {program.id}", "uses", "A resource is named twice.", "Name each once."
            )


def _hosts_and_holidays(problem: Problem, areas: set[str], roles: set[str]) -> Iterator[Complaint]:
    people = f"Write people, 0 to {PEOPLE_CEILING:,.0f}."
    for row in problem.hosts:
        where = f"Host {row.host} {row.role} {row.month}"
        yield from _known(where, "role", (row.role,), roles, "role")
        yield from _known(where, "area", (row.area,), areas, "area")
        yield from _between(where, "places", row.places, 0, PEOPLE_CEILING, people)
    for holiday in problem.holidays:
        where = f"Holiday {holiday.title} {holiday.month}"
        if holiday.area:
            yield from _known(where, "area", (holiday.area,), areas, "area")
        yield from _between(
            where, "weeks", holiday.weeks, 0, 5, "Write weeks of one month, 0 to 5."
        )


def _running(problem: Problem) -> Iterator[Complaint]:
    programs = {program.id: program for program in problem.programs}
    for cohort in problem.running:
        where = f"Running cohort {cohort.id}"
        yield from _known(where, "program", (cohort.program,), set(programs), "program")
        yield from _between(
            where, "people", cohort.people, 0, PEOPLE_CEILING, "Write the people still in it."
        )
        program = programs.get(cohort.program)
        names = [stage.stage for stage in program.stages] if program else []
        if program and cohort.stage not in names:
            yield Complaint(
                where,
                "next_stage",
                f"“{cohort.stage}” is none of its program's stages.",
                f"Use one of: {', '.join(names)}.",
            )
        if cohort.start >= problem.first_month:
            yield Complaint(
                where,
                "start",
                f"{cohort.start} is not before the plan's first month, {problem.first_month}.",
                "Pin it instead, or take it out.",
            )


def _pins(problem: Problem) -> Iterator[Complaint]:
    """Pins that cannot hold are told with the plan; only what contradicts itself is refused."""
    for (program, start), count in Counter((p.program, p.start) for p in problem.pins).items():
        if count > 1:
            yield Complaint(
                f"Pin {program} {start}",
                "program, month",
                "It is there twice.",
                "Keep one of them.",
            )
    for pin in problem.pins:
        where = f"Pin {pin.program} {pin.start}"
        if pin.kind == "pin" and not 1 <= pin.cohorts <= 10_000:
            yield Complaint(
                where, "cohorts", f"{pin.cohorts} cohorts.", "Pin 1 or more, or forbid the month."
            )
        if pin.size is not None and not 1 <= pin.size <= 10_000:
            yield Complaint(
                where, "size", f"{pin.size} learners.", "Write 1 or more, or leave it empty."
            )
    for told in problem.announced:
        if told.cohorts < 0 or told.learners < 0:
            yield Complaint(
                f"Announced {told.program} {told.start}",
                "cohorts, learners",
                f"{told.cohorts} cohorts with {told.learners} learners cannot be right.",
                "Write what was announced, 0 or more.",
            )


def _recruits(problem: Problem, areas: set[str]) -> Iterator[Complaint]:
    people = f"Write people, 0 to {PEOPLE_CEILING:,.0f}."
    seen: set[tuple[str, str, str]] = set()
    for row in problem.recruits:
        when = str(row.month or row.quarter or "")
        where = " ".join(filter(None, ("Recruits", row.area, row.schedule, when)))
        yield from _known(where, "area", (row.area,), areas, "area")
        yield from _between(where, "people", row.people, 0, PEOPLE_CEILING, people)
        if (row.month is None) == (row.quarter is None):
            yield Complaint(
                where, "period", "It names no month or quarter, or both.", "Name one of the two."
            )
        if (row.area, row.schedule, when) in seen:
            yield Complaint(where, "period", "It is there twice.", "Keep one of them.")
        seen.add((row.area, row.schedule, when))


def _funds(problem: Problem, areas: set[str], roles: set[str]) -> Iterator[Complaint]:
    for fund in problem.funds:
        where = f"Fund {fund.id}"
        yield from _between(where, "amount", fund.amount, 0, 1e13, "Write dollars, 0 or more.")
        yield from _known(where, "roles", fund.roles, roles, "role")
        yield from _known(where, "areas", fund.areas, areas, "area")
        if fund.first and fund.last and fund.last < fund.first:
            yield Complaint(
                where, "last", f"{fund.last} is before {fund.first}.", "Swap them or mend one."
            )
        seen: set[tuple[str, tuple[str, ...], str]] = set()
        for rule in fund.rules:
            named = f"Rule of {fund.id} {rule.kind} {rule.since or ''}".strip()
            if rule.kind == "per_learner":
                remedy = "Write dollars for a learner, 0 or more."
                yield from _between(named, "value", rule.value, 0, 1e9, remedy)
            else:
                remedy = "Write a share between 0 and 1, for example 0.5."
                yield from _between(named, "value", rule.value, 0, 1, remedy)
            key = (rule.kind, rule.programs, str(rule.since))
            if key in seen:
                yield Complaint(named, "rule", "It is there twice.", "Keep one of them.")
            seen.add(key)


def _supports(problem: Problem) -> Iterator[Complaint]:
    stages = {stage.stage for program in problem.programs for stage in program.stages}
    for support in problem.supports:
        where = f"Support {support.id}"
        if problem.programs:
            yield from _known(where, "stage", (support.stage,), stages, "stage")
        yield from _between(
            where,
            "cost_per_learner",
            support.cost_per_learner,
            0,
            COST_PER_LEARNER_CEILING,
            f"A learner's support costs 0 to {COST_PER_LEARNER_CEILING:,.0f} dollars.",
        )
        yield from _between(
            where, "capacity", support.capacity, 0, PEOPLE_CEILING, "Write learners at once."
        )
        if not 0 <= support.low <= support.likely <= support.high <= 1:
            yield Complaint(
                where,
                "low, likely, high",
                f"{support.low:g}, {support.likely:g}, {support.high:g} cannot be right.",
                "Of those who would not come through: shares from 0 to 1 that rise.",
            )


def _shared_keys(problem: Problem) -> Iterator[Complaint]:
    """One shared key is one posterior: two different ones under one name are a mistake."""
    seen: dict[str, StageYield] = {}
    rows = [(f"Program {p.id}", p.stages) for p in problem.programs]
    rows += [(f"Supply {s.id}", s.stages) for s in problem.supply]
    for where, stages in rows:
        for stage in stages:
            if stage.shared_key is None:
                continue
            other = seen.setdefault(stage.shared_key, stage)
            if (other.a, other.b) != (stage.a, stage.b):
                yield Complaint(
                    where,
                    f"stage {stage.stage}",
                    f"“{stage.shared_key}” stands for two different yields.",
                    "Give both the same counts, or two different keys.",
                )
