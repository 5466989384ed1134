"""The limits of a plan beside sizes and needs, as rows of the model, and its last two aims.

    places       Σ learners who need a place = Σ their flows to areas and hosts
                 flows ≤ places                                  per role, area and quarter
                 flows of all who are there ≤ places             per host, role and month
    resources    Σ n · amount over cohorts running ≤ amount      per resource and month
    recruits     Σ s ≤ people who can be recruited               per area, schedule and month or quarter
    support      Σ s with it, while they run, ≤ capacity         per support and month
    money        Σ cost ≤ budget                                 in all, and per quarter of start
    funds        Σ paid = cost per start; Σ paid ≤ amount per fund; the fund's rules
    pins         Σ n + short = pinned, Σ s = size · Σ n          per pin

Spread of risk: what one provider brings a role beyond half of its need counts for a hundredth of its
cost. Calm: a learner or cohort more or less than announced counts for a fiftieth of its cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backcast.core.months import PER_QUARTER
from backcast.planning.problem import FundRule, Pin, Problem, ResourceKind
from backcast.planning.programs import ProgramOption
from backcast.planning.timing import running_times

if TYPE_CHECKING:
    from backcast.planning.formulation import Limits, Matrix, Start

INFINITE = float("inf")
LARGEST_SHARE = 0.5
SPREAD, CALM = 0.01, 0.02
"""What spread of risk and calm weigh, as shares of cost: less than the gap that plans are proven to."""

Placed = dict[tuple[str, str], list[tuple[range, int]]]


def externship_role(program: ProgramOption) -> str:
    """The role in which the program's learners take their places."""
    return program.externship_role or program.roles[0].role


def limited_roles(problem: Problem, *, externship: bool = True, hosts: bool = True) -> set[str]:
    """Roles whose places are limited: by hosts where any host names the role, else by areas."""
    by_host = {row.role for row in problem.hosts}
    by_area = {row.role for row in problem.places} - by_host
    return (by_host if hosts else set()) | (by_area if externship else set())


def place_limits(
    problem: Problem, matrix: Matrix, starts: Sequence[Start], limits: Limits
) -> Placed:
    """Learners to places. Returns (host, role) → months and columns of the learners there."""
    limited = limited_roles(problem, externship=limits.externship, hosts=limits.hosts)
    if not limited:
        return {}
    in_area: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in problem.places:
        in_area[row.role, row.area, row.quarter - problem.first] += row.places.value
    at_host: dict[tuple[str, str, int], float] = defaultdict(float)
    hosts: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for place in problem.hosts:
        at_host[place.host, place.role, place.month - problem.first_month] += place.places.value
        hosts[place.role, place.area][place.host] = None
    wanted: dict[tuple[str, tuple[str, ...], int, int], list[tuple[int, float]]] = defaultdict(list)
    for start in starts:
        role = externship_role(start.program)
        if role in limited and start.places > 0:
            reach = problem.reached_areas(start.program)
            wanted[role, reach, start.externship, start.ends].append((start.learners, start.places))
    areas_used: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    hosts_used: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    placed: Placed = defaultdict(list)
    for (role, areas, begin, end), terms in wanted.items():
        columns = []
        for area in areas:
            quarter = end // PER_QUARTER
            if in_area.get((role, area, quarter), 0.0) > 0:
                columns.append(matrix.column(0, INFINITE))
                areas_used[role, area, quarter].append(columns[-1])
            for host in hosts.get((role, area), ()):
                months = range(begin, end + 1)
                if min(at_host.get((host, role, month), 0.0) for month in months) > 0:
                    columns.append(matrix.column(0, INFINITE))
                    placed[host, role].append((months, columns[-1]))
                    for month in months:
                        hosts_used[host, role, month].append(columns[-1])
        matrix.row(0, [*((c, 1.0) for c in columns), *((c, -v) for c, v in terms)], 0)
    for used, free in ((areas_used, in_area), (hosts_used, at_host)):
        for key, columns in used.items():
            matrix.shared_row([(column, 1.0) for column in columns], free[key])
    return dict(placed)


def held_kinds(limits: Limits) -> set[ResourceKind]:
    """The kinds of resources that these limits keep to."""
    flags: dict[ResourceKind, bool] = {
        "instructor": limits.instructors,
        "lab": limits.labs,
        "room": limits.rooms,
    }
    return {kind for kind, holds in flags.items() if holds}


def free_resources(problem: Problem) -> dict[str, list[float]]:
    """What is left of each resource by month, beside the cohorts that are running; 0 at least."""
    months = list(problem.first_month.range(problem.months))
    free = {row.id: [row.in_month(month) for month in months] for row in problem.resources}
    programs = {program.id: program for program in problem.programs}
    for cohort in problem.running_once():
        program = programs[cohort.program]
        ends = min(running_times(problem, program, cohort).ends, problem.months - 1)
        for use in program.uses:
            for month in range(ends + 1):
                free[use.resource][month] -= use.amount.value
    return {key: [max(0.0, amount) for amount in amounts] for key, amounts in free.items()}


def resource_limits(
    problem: Problem, matrix: Matrix, starts: Sequence[Start], limits: Limits
) -> None:
    held = held_kinds(limits)
    free = free_resources(problem)
    counted = {row.id for row in problem.resources if row.kind in held}
    used: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    for start in starts:
        for use in start.program.uses:
            if use.resource in counted and use.amount.value > 0:
                for month in range(start.month, min(start.ends + 1, problem.months)):
                    used[use.resource, month].append((start.cohorts, use.amount.value))
    for (resource, month), terms in used.items():
        amount = free[resource][month]
        if sum(value * matrix.upper[column] for column, value in terms) > amount:
            matrix.shared_row(terms, amount)


def budget_limits(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> None:
    def money(which: Sequence[Start]) -> list[tuple[int, float]]:
        out = []
        for start in which:
            if start.fixed:
                out.append((start.cohorts, start.fixed))
            out.append((start.learners, start.each))
        return out

    if problem.budget is not None:
        matrix.shared_row(money(starts), problem.budget.value)
    for row in problem.quarter_budgets:
        t = row.quarter - problem.first
        matrix.shared_row(money([s for s in starts if s.quarter == t]), row.amount.value)


def fund_limits(
    problem: Problem, matrix: Matrix, starts: Sequence[Start]
) -> dict[tuple[str, int], int]:
    """Who pays for what. Returns (fund, number of the start) → column of dollars."""
    if not problem.funds:
        return {}
    paid: dict[tuple[str, int], int] = {}
    spent: dict[str, list[tuple[int, float]]] = defaultdict(list)
    shared: dict[tuple[str, FundRule], list[tuple[int, float]]] = defaultdict(list)
    for number, start in enumerate(starts):
        month = problem.first_month + start.month
        cost = [(start.learners, start.each), (start.cohorts, start.fixed)]
        cost = [(column, value) for column, value in cost if value > 0]
        if not cost:
            continue
        payers = []
        for fund in problem.funds:
            if not fund.pays_for(start.program, month):
                continue
            column = matrix.column(0, INFINITE)
            payers.append((column, 1.0))
            paid[fund.id, number] = column
            spent[fund.id].append((column, 1.0))
            for rule in fund.rules_for(start.program, month):
                value = rule.value.value
                if rule.kind == "per_learner":
                    matrix.row(-INFINITE, [(column, 1.0), (start.learners, -value)], 0)
                elif rule.kind == "share_of_cost":
                    part = [(own, -value * amount) for own, amount in cost]
                    matrix.row(-INFINITE, [(column, 1.0), *part], 0)
                else:
                    shared[fund.id, rule].append((column, 1.0))
        matrix.row(0, [*payers, *((column, -value) for column, value in cost)], 0)
    amounts = {fund.id: fund.amount.value for fund in problem.funds}
    for fund_id, terms in spent.items():
        matrix.shared_row(terms, amounts[fund_id])
    for (fund_id, rule), terms in shared.items():
        matrix.shared_row(terms, rule.value.value * amounts[fund_id])
    return paid


def recruit_limits(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> None:
    for row in problem.recruits:
        terms = [
            (start.learners, 1.0)
            for start in starts
            if start.program.area == row.area
            and row.schedule in ("", start.program.schedule)
            and not start.program.upskills_from
            and (row.month is None or problem.first_month + start.month == row.month)
            and (row.quarter is None or problem.first + start.quarter == row.quarter)
        ]
        if terms:
            matrix.shared_row(terms, row.people.value)


def support_limits(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> None:
    there: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    limited = {support.id: support.capacity for support in problem.supports if support.capacity}
    for start in starts:
        if start.support and start.support.id in limited:
            for month in range(start.month, min(start.ends + 1, problem.months)):
                there[start.support.id, month].append((start.learners, 1.0))
    for (support, _), terms in there.items():
        matrix.shared_row(terms, limited[support].value)


# --- what people have fixed or been told ----------------------------------------------------------


def pin_weight(problem: Problem) -> float:
    """Person-quarters that a pinned cohort counts for: more than the people of any cohort could."""
    most = max((program.largest for program in problem.programs), default=1)
    weight = max((need.weight for need in problem.needs), default=1.0)
    return 10 * most * weight * (problem.quarters + 4)


def starts_of(problem: Problem, starts: Sequence[Start], pin: Pin) -> list[Start]:
    month = pin.start - problem.first_month
    return [s for s in starts if s.program.id == pin.program and s.month == month]


def pin_limits(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> dict[int, int]:
    """Rows of the pins. Returns the number of each pin → column of cohorts that do not start."""
    short: dict[int, int] = {}
    for number, pin in enumerate(problem.pins):
        mine = starts_of(problem, starts, pin)
        if pin.kind == "forbid":
            for start in mine:
                matrix.upper[start.cohorts] = matrix.upper[start.learners] = 0.0
        elif mine:
            short[number] = matrix.column(0, pin.cohorts)
            cohorts = [(start.cohorts, 1.0) for start in mine]
            matrix.row(pin.cohorts, [*cohorts, (short[number], 1.0)], pin.cohorts)
            program = mine[0].program
            if pin.size is not None and program.smallest <= pin.size <= program.largest:
                learners = [(start.learners, 1.0) for start in mine]
                sized = [(column, -float(pin.size)) for column, _ in cohorts]
                matrix.row(0, [*learners, *sized], 0)
    return short


def calm_terms(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> dict[int, float]:
    """Columns for what differs from what was announced, and what they weigh in dollars."""
    terms: dict[int, float] = {}
    by: dict[tuple[str, int], list[Start]] = defaultdict(list)
    for start in starts:
        by[start.program.id, start.month].append(start)
    for told in problem.announced:
        mine = by.get((told.program, told.start - problem.first_month))
        if not mine:
            continue
        program, each = mine[0].program, max(mine[0].each, 1.0)
        whole = mine[0].fixed + each * program.smallest
        for columns, amount, worth in (
            ([start.learners for start in mine], told.learners, each),
            ([start.cohorts for start in mine], told.cohorts, whole),
        ):
            fewer, more = matrix.column(0, INFINITE), matrix.column(0, INFINITE)
            terms[fewer] = terms[more] = CALM * worth
            row = [*((column, 1.0) for column in columns), (fewer, 1.0), (more, -1.0)]
            matrix.row(amount, row, amount)
    return terms


def spread_terms(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> dict[int, float]:
    """Columns for what a provider brings a role beyond half of its need, where others could."""
    need: dict[str, float] = defaultdict(float)
    for cell in problem.needs:
        need[cell.role] += cell.mean
    brings: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    prices: dict[tuple[str, str], list[float]] = defaultdict(list)
    for start in starts:
        for part in start.program.roles:
            key = (part.role, start.program.provider)
            brings[key].append((start.learners, -start.gain * part.share))
            if start.gain > 0:
                prices[key].append(start.each / start.gain)
    providers: dict[str, int] = defaultdict(int)
    for role, _ in brings:
        providers[role] += 1
    terms: dict[int, float] = {}
    for (role, provider), row in brings.items():
        price = min(prices[role, provider], default=0.0)
        if providers[role] < 2 or need[role] <= 0 or price <= 0:
            continue
        beyond = matrix.column(0, INFINITE)
        terms[beyond] = SPREAD * price
        matrix.row(-LARGEST_SHARE * need[role], [*row, (beyond, 1.0)], INFINITE)
    return terms
