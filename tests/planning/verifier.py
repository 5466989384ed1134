"""Check a plan against every limit, from the plan and the problem alone.

Shares nothing with the model: it reads the raw figures and recomputes calendar, sizes, money,
people and places its own way. Only the problem's and the plan's types are imported.
"""

from __future__ import annotations

from collections import defaultdict

from backcast.planning.problem import Problem, Solution


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
    wants: dict[tuple[str, int, frozenset[str]], float] = defaultdict(float)
    for cohort in plan.cohorts:
        p = programs[cohort.program]
        start = cohort.start.year * 12 + cohort.start.number - 1 - zero * 3
        name = f"{p.id} in {cohort.start}"
        hires_by_start[p.id, start] += 1
        if not p.min_size.value <= cohort.size <= p.max_size.value:
            broken.append(f"{name}: {cohort.size} learners")
        lead = p.lead_weeks.value if p.lead_weeks else 0.0
        if start * 13 < 3 * lead - 1e-6:
            broken.append(f"{name}: starts before {lead} weeks have passed")
        if p.starts and cohort.start not in p.starts:
            broken.append(f"{name}: not a permitted start")
        weeks = p.weeks.value
        after = weeks + (p.hire_weeks.value if p.hire_weeks else 0.0)
        hired = int((start * 13 + 3 * after) / 39 + 1e-9)
        if _index(cohort.hire_quarter.year, cohort.hire_quarter.number) - zero != hired:
            broken.append(f"{name}: hired in {cohort.hire_quarter}")
        if hired >= problem.quarters:
            broken.append(f"{name}: hired after the end")
        last = start
        while (last - start + 1) * 13 < 3 * weeks - 1e-6:
            last += 1
        for month in range(start, last + 1):
            running[p.id, month] += 1
        cost = cohort.size * p.cost_per_learner.value
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
            through *= (stage.successes + stage.prior_a) / total
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
            wants[role, last // 3, frozenset(reach)] += places
    for (program, t), count in running.items():
        if count > programs[program].at_once.value:
            broken.append(f"{program}: {count} cohorts at once in month {t}")
    if problem.budget and spent > problem.budget.value + 0.01:
        broken.append(f"spends {spent} of {problem.budget.value}")
    for row in problem.quarter_budgets:
        money = spent_by[row.quarter.year, row.quarter.number]
        if money > row.amount.value + 0.01:
            broken.append(f"spends {money} in {row.quarter}")
    broken += _places(problem, zero, wants)
    if abs(spent - plan.cost) > 0.01:
        broken.append(f"the plan says that it costs {plan.cost}, it costs {spent}")
    supplied = {s.id: s for s in problem.supply}
    for use in plan.supply_use:
        own = supplied[use.supply]
        if sum(part.share for part in use.serves) > 1 + 1e-5:
            broken.append(f"supply {use.supply} is counted twice")
        if any(p.area not in near[own.area] or p.role != own.role for p in use.serves):
            broken.append(f"supply {use.supply} is counted where it cannot work")
    return broken


def _places(
    problem: Problem, zero: int, wants: dict[tuple[str, int, frozenset[str]], float]
) -> list[str]:
    """By Hall's condition: learners confined to a set of areas need that many places in it."""
    limited = {row.role for row in problem.places}
    free: dict[tuple[str, int, str], float] = defaultdict(float)
    for row in problem.places:
        t = _index(row.quarter.year, row.quarter.number) - zero
        free[row.role, t, row.area] += row.places.value
    broken = []
    areas = [a.id for a in problem.areas]
    for role in limited:
        for t in {key[1] for key in wants if key[0] == role}:
            for mask in range(1, 2 ** len(areas)):
                group = {areas[n] for n in range(len(areas)) if mask >> n & 1}
                asked = sum(
                    v for (r, q, s), v in wants.items() if (r, q) == (role, t) and s <= group
                )
                have = sum(free[role, t, area] for area in group)
                if asked > have + 1e-4:
                    broken.append(f"{role} in quarter {t}: {asked} places asked, {have} there")
    return broken
