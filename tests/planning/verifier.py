"""Check a plan against every limit, from the plan and the problem alone.

Shares nothing with the model: it reads the raw figures and recomputes calendar, sizes, money,
people and places its own way. Only the problem's and the plan's types are imported.
"""

from __future__ import annotations

from collections import defaultdict

from scipy.optimize import linprog

from backcast.core.months import Month
from backcast.planning.figures import Figure
from backcast.planning.problem import Holiday, Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import Solution


def _index(year: int, number: int) -> int:
    return year * 4 + number - 1


def broken_limits(problem: Problem, plan: Solution) -> list[str]:
    """One sentence per limit that the plan breaks; empty when it keeps them all."""
    broken: list[str] = []
    zero = _index(problem.first.year, problem.first.number)
    programs = {p.id: p for p in problem.programs}
    near = {a.id: {a.id, *a.adjoining} for a in problem.areas}
    spent, spent_by = 0.0, defaultdict(float)
    running: dict[tuple[str, int], int] = defaultdict(int)
    hires_by_start: dict[tuple[str, int], int] = defaultdict(int)
    wants: dict[tuple[str, int, int, frozenset[str]], float] = defaultdict(float)
    used: dict[tuple[str, int], float] = defaultdict(float)
    supported: dict[tuple[str, int], int] = defaultdict(int)
    recruited: list[tuple[str, str, Month, int]] = []
    for cohort in plan.cohorts:
        p = programs[cohort.program]
        start = cohort.start.year * 12 + cohort.start.number - 1 - zero * 3
        name = f"{p.id} in {cohort.start}"
        hires_by_start[p.id, start] += 1
        if not p.min_size.value <= cohort.size <= p.max_size.value:
            broken.append(f"{name}: {cohort.size} learners")
        lead = _sum(p.lead_weeks, p.recruit_weeks, p.screen_weeks, p.clearance_weeks)
        if start * 13 < 3 * lead - 1e-6:
            broken.append(f"{name}: starts before {lead} weeks have passed")
        if p.starts and cohort.start not in p.starts:
            broken.append(f"{name}: not a permitted start")
        last, work = _run(problem, p, start)
        hired = int(work / 39 + 1e-9)
        if _index(cohort.hire_quarter.year, cohort.hire_quarter.number) - zero != hired:
            broken.append(f"{name}: hired in {cohort.hire_quarter}")
        if hired >= problem.quarters:
            broken.append(f"{name}: hired after the end")
        if sum(h.weeks.value for h in problem.holidays if _falls(problem, h, p, start)) >= 4:
            broken.append(f"{name}: starts in the holidays")
        for month in range(start, last + 1):
            running[p.id, month] += 1
            for use in p.uses:
                used[use.resource, month] += use.amount.value
        bought = next((s for s in problem.supports if s.id == cohort.support), None)
        if cohort.support and (bought is None or (bought.programs and p.id not in bought.programs)):
            broken.append(f"{name}: may not have the support {cohort.support}")
        for month in range(start, last + 1):
            supported[cohort.support, month] += cohort.size
        if not p.upskills_from:
            recruited.append((p.area, p.schedule, cohort.start, cohort.size))
        cost = cohort.size * p.cost_per_learner.value
        cost += cohort.size * bought.cost_per_learner.value if bought else 0.0
        cost += p.cost_per_cohort.value if p.cost_per_cohort else 0.0
        if abs(cost - cohort.cost) > 0.01:
            broken.append(f"{name}: costs {cost}, not {cohort.cost}")
        spent += cost
        spent_by[cohort.start.year, (cohort.start.number + 2) // 3] += cost
        reach = near[p.area] | set(p.serves_areas)
        through = 1.0
        places = cohort.size * (
            p.externship_places_per_learner.value if p.externship_places_per_learner else 0.0
        )
        for stage in p.stages:
            if stage.stage == p.externship_stage:
                places *= through
            total = stage.trials + stage.prior_a + stage.prior_b
            share = (stage.successes + stage.prior_a) / total
            if bought and bought.stage == stage.stage:
                share += (bought.low + 4 * bought.likely + bought.high) / 6 * (1 - share)
            through *= share
        if abs(through * cohort.size - cohort.hires) > 1e-6:
            broken.append(f"{name}: expects {cohort.hires} hires")
        by_role: dict[str, float] = defaultdict(float)
        for part in cohort.serves:
            by_role[part.role] += part.share
            if part.area not in reach:
                broken.append(f"{name}: serves {part.area}, which it cannot reach")
            if part.share < -1e-9 or abs(part.share * cohort.hires - part.hires) > 1e-6:
                broken.append(f"{name}: share {part.share} gives {part.hires}")
        for role, share in by_role.items():
            allowed = max((r.share for r in p.roles if r.role == role), default=0.0)
            if share > allowed + 1e-5:
                broken.append(f"{name}: {share} of its hires for {role}, not {allowed}")
        if sum(by_role.values()) > 1 + 1e-5:
            broken.append(f"{name}: graduates are counted twice")
        if places:
            role = p.externship_role or p.roles[0].role
            long = p.externship_weeks.value if p.externship_weeks else 0.0
            first = last
            while (last - first + 1) * 13 < 3 * long - 1e-6 and first > start:
                first -= 1
            wants[role, first, last, frozenset(reach)] += places
    seen: set[str] = set()
    for on in problem.running:
        if on.cohort and on.cohort in seen:
            continue
        seen.add(on.cohort)
        p = programs[on.program]
        last, _ = _run(problem, p, on.start.year * 12 + on.start.number - 1 - zero * 3)
        for month in range(last + 1):
            running[p.id, month] += 1
            for use in p.uses:
                used[use.resource, month] += use.amount.value
    broken += _resources(problem, zero, used)
    broken += _pins(problem, plan)
    broken += _funds(problem, plan)
    for offer in problem.supports:
        for (code, month), learners in supported.items():
            if offer.capacity and code == offer.id and learners > offer.capacity.value + 1e-6:
                broken.append(f"{learners} learners have {code} in month {month}")
    for recruits in problem.recruits:
        came = sum(
            size
            for area, schedule, start, size in recruited
            if area == recruits.area
            and recruits.schedule in ("", schedule)
            and recruits.month in (None, start)
            and (
                recruits.quarter is None
                or (start.year, (start.number + 2) // 3)
                == (recruits.quarter.year, recruits.quarter.number)
            )
        )
        if came > recruits.people.value + 1e-6:
            broken.append(f"{came} people recruited, not {recruits}")
    for (program, t), count in running.items():
        before = sum(on.program == program for on in problem.running)
        if count > max(programs[program].at_once.value, before):
            broken.append(f"{program}: {count} cohorts at once in month {t}")
    if problem.budget and spent > problem.budget.value + 0.01:
        broken.append(f"spends {spent} of {problem.budget.value}")
    for row in problem.quarter_budgets:
        money = spent_by[row.quarter.year, row.quarter.number]
        if money > row.amount.value + 0.01:
            broken.append(f"spends {money} in {row.quarter}")
    broken += _places(problem, zero, wants, plan)
    if abs(spent - plan.cost) > 0.01:
        broken.append(f"the plan says that it costs {plan.cost}, it costs {spent}")
    supplied = {s.id: s for s in problem.supply}
    started = {on.id: on for on in problem.running}
    for row in plan.supply_use:
        if sum(part.share for part in row.serves) > 1 + 1e-5:
            broken.append(f"supply {row.supply} is counted twice")
        if row.supply in started:
            p = programs[started[row.supply].program]
            reach, roles = near[p.area] | set(p.serves_areas), {r.role for r in p.roles}
        else:
            own = supplied[row.supply]
            reach, roles = near[own.area], {own.role}
        if any(part.area not in reach or part.role not in roles for part in row.serves):
            broken.append(f"supply {row.supply} is counted where it cannot work")
    return broken


def _sum(*figures: Figure | None) -> float:
    return sum(figure.value for figure in figures if figure)


def _falls(problem: Problem, holiday: Holiday, p: ProgramOption, month: int) -> bool:
    """Whether a holiday of the program's area falls into a month, counted from the first."""
    first = problem.first.year * 12 + problem.first.number * 3 - 3
    when = holiday.month.year * 12 + holiday.month.number - 1
    return when - first == month and holiday.area in ("", p.area)


def _run(problem: Problem, p: ProgramOption, start: int) -> tuple[int, float]:
    """The last month of a cohort, and when its graduates first work in thirteenths of a month."""
    taught, month, idle = 0.0, start, 0.0
    while True:
        off = sum(h.weeks.value for h in problem.holidays if _falls(problem, h, p, month))
        off = min(off, 13 / 3)
        idle += off
        taught += 13 / 3 - off
        if taught >= p.weeks.value - 1e-6:
            break
        month += 1
    work = start * 13 + 3 * (p.weeks.value + idle + _sum(p.exam_weeks, p.hire_weeks))
    return month, work


def _resources(problem: Problem, zero: int, used: dict[tuple[str, int], float]) -> list[str]:
    broken = []
    for resource in problem.resources:
        special = {
            row.month.year * 12 + row.month.number - 1 - zero * 3: row.amount.value
            for row in resource.months
        }
        for month in range(3 * problem.quarters):
            have = special.get(month, resource.amount.value)
            if used[resource.id, month] > have + 1e-6 and used[resource.id, month] > sum(
                use.amount.value
                for on in problem.running
                for p in problem.programs
                if p.id == on.program
                for use in p.uses
                if use.resource == resource.id
            ):
                broken.append(
                    f"{resource.id} in month {month}: {used[resource.id, month]} of {have}"
                )
    return broken


def _pins(problem: Problem, plan: Solution) -> list[str]:
    """Pins hold, or are told not to, with a reason."""
    broken = []
    if len(plan.pins) != len(problem.pins):
        broken.append("not every pin is told")
    for pin, told in zip(problem.pins, plan.pins, strict=False):
        mine = [c for c in plan.cohorts if c.program == pin.program and c.start == pin.start]
        wanted = 0 if pin.kind == "forbid" else pin.cohorts
        holds = len(mine) == wanted and all(pin.size in (None, c.size) for c in mine)
        if told.held != holds or (told.sentence == "") != holds or len(mine) > wanted:
            broken.append(f"pin of {pin.program} in {pin.start}: {told}, {len(mine)} start")
    return broken


def _funds(problem: Problem, plan: Solution) -> list[str]:
    """Every cohort is paid for, and every fund keeps to its amount and its rules."""
    if not problem.funds:
        return ["a fund that is not there pays"] if plan.fund_use else []
    broken = []
    programs = {p.id: p for p in problem.programs}
    cost: dict[tuple[str, Month], float] = defaultdict(float)
    people: dict[tuple[str, Month], int] = defaultdict(int)
    paid: dict[tuple[str, Month], float] = defaultdict(float)
    for cohort in plan.cohorts:
        cost[cohort.program, cohort.start] += cohort.cost
        people[cohort.program, cohort.start] += cohort.size
    for use in plan.fund_use:
        paid[use.program, use.start] += use.amount
    for key in {*cost, *paid}:
        if abs(cost[key] - paid[key]) > 1 + 1e-4 * cost[key]:
            broken.append(f"{key} costs {cost[key]}, and {paid[key]} is paid")
    for fund in problem.funds:
        mine = [use for use in plan.fund_use if use.fund == fund.id]
        if sum(use.amount for use in mine) > fund.amount.value + 1:
            broken.append(f"{fund.id} pays more than it has")
        by_rule: dict[int, float] = defaultdict(float)
        for use in mine:
            p, key = programs[use.program], (use.program, use.start)
            allowed = (
                fund.programs in ((), (p.id,)) or p.id in fund.programs,
                not fund.roles or {r.role for r in p.roles} & set(fund.roles),
                not fund.areas or p.area in fund.areas,
                not fund.first or fund.first <= use.start,
                not fund.last or use.start <= fund.last,
            )
            if not all(allowed):
                broken.append(f"{fund.id} may not pay for {key}")
            for n, rule in enumerate(fund.rules):
                later = [
                    other.since
                    for other in fund.rules
                    if (other.kind, other.programs) == (rule.kind, rule.programs)
                    and other.since
                    and other.since <= use.start
                    and (rule.since is None or other.since > rule.since)
                ]
                begun = rule.since is None or rule.since <= use.start
                if later or not begun or (rule.programs and p.id not in rule.programs):
                    continue
                most = {
                    "per_learner": rule.value.value * people[key],
                    "share_of_cost": rule.value.value * cost[key],
                    "share_of_fund": fund.amount.value,
                }[rule.kind]
                if use.amount > most + 1:
                    broken.append(f"{fund.id} pays {use.amount} for {key}, not {most}")
                if rule.kind == "share_of_fund":
                    by_rule[n] += use.amount
        for n, amount in by_rule.items():
            if amount > fund.rules[n].value.value * fund.amount.value + 1:
                broken.append(f"{fund.id} pays {amount} under {fund.rules[n]}")
    return broken


def _places(
    problem: Problem,
    zero: int,
    wants: dict[tuple[str, int, int, frozenset[str]], float],
    plan: Solution,
) -> list[str]:
    """Whether all learners fit: a transport of learners to areas' quarters and hosts' months."""
    broken = []
    for told in plan.host_use:
        if told.learners > told.places + 1e-4:
            broken.append(f"{told.host} in {told.month}: {told.learners} of {told.places}")
    for role in {row.role for row in problem.places} | {row.role for row in problem.hosts}:
        asked = [(key, amount) for key, amount in wants.items() if key[0] == role]
        columns: list[tuple[int, list[tuple[object, ...]]]] = []
        free: dict[tuple[object, ...], float] = defaultdict(float)
        for row in problem.places:
            if row.role == role:
                t = _index(row.quarter.year, row.quarter.number) - zero
                free["area", row.area, t] += row.places.value
        for at in problem.hosts:
            if at.role == role:
                month = at.month.year * 12 + at.month.number - 1 - zero * 3
                free["host", at.host, month] += at.places.value
        hosts = {(at.host, at.area) for at in problem.hosts if at.role == role}
        for n, ((_, first, last, reach), _amount) in enumerate(asked):
            columns += [(n, [("area", area, last // 3)]) for area in reach]
            columns += [
                (n, [("host", host, month) for month in range(first, last + 1)])
                for host, area in hosts
                if area in reach
            ]
        if not asked:
            continue
        limits = sorted({key for _, keys in columns for key in keys}, key=str)
        lacking = linprog(
            c=[0.0] * len(columns) + [1.0] * len(asked),
            A_ub=[
                [float(limit in keys) for _, keys in columns] + [0.0] * len(asked)
                for limit in limits
            ],
            b_ub=[free[limit] for limit in limits],
            A_eq=[
                [float(n == who) for who, _ in columns] + [float(n == m) for m in range(len(asked))]
                for n in range(len(asked))
            ],
            b_eq=[amount for _, amount in asked],
        ).fun
        if lacking > 1e-4:
            broken.append(f"{role}: {lacking} learners find no place")
    return broken
