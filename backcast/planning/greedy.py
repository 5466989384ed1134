"""The backward greedy that a spreadsheet does, to hold the plan against.

From the last quarter back: what is needed in a role, an area and a quarter, and is not covered by
those hired then, is given to the program with the least cost per expected hire whose graduates are
hired in that quarter, with as many learners as the mean yields call for (at least its smallest
cohort, in the latest month that is in time), and so on until it is covered or nothing fits; the rest is asked of the quarter before.
Mean yields, no margin of its own, nothing looked at twice.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from backcast.core.months import PER_QUARTER
from backcast.planning.formulation import (
    AFTER_THE_END,
    cumulative_needs,
    known_hires,
    margin_weight,
)
from backcast.planning.limits import externship_role, free_resources, limited_roles
from backcast.planning.odds import Cell, opening_left
from backcast.planning.problem import FundRule, Problem, Recruits
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import PlannedCohort, Serves
from backcast.planning.timing import Times, busy_months, possible_starts


@dataclass(frozen=True, slots=True)
class Greedy:
    """The greedy's cohorts, their cost, and the weighted person-quarters left open, counted as in
    ``Solution.unmet``."""

    cohorts: tuple[PlannedCohort, ...]
    cost: float
    unmet: float


class _State:
    """What has been started, covered and used up so far."""

    def __init__(self, problem: Problem, margins: Mapping[str, float]) -> None:
        self.problem = problem
        self.need, self.weights = cumulative_needs(problem)
        self.goal = {
            cell: (1 + margins.get(cell[0], 0.0)) * amounts for cell, amounts in self.need.items()
        }
        self.margins = margins
        self.covered: dict[Cell, list[float]] = {
            cell: [0.0] * problem.quarters for cell in self.need
        }
        self.hired: dict[Cell, list[float]] = {cell: [0.0] * problem.quarters for cell in self.need}
        self.running: dict[tuple[str, int], int] = defaultdict(int, busy_months(problem))
        self.free = free_resources(problem)
        self.forbidden = {(p.program, p.start) for p in problem.pins if p.kind == "forbid"}
        self.numbers: dict[tuple[str, int], int] = defaultdict(int)
        self.money = problem.budget.value if problem.budget else math.inf
        self.quarter_money = {row.quarter: row.amount.value for row in problem.quarter_budgets}
        self.limited = limited_roles(problem)
        self.places: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in problem.places:
            key = (row.role, row.area, row.quarter - problem.first)
            self.places[key] += row.places.value
        self.at_host: dict[tuple[str, str, int], float] = defaultdict(float)
        self.hosts: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for place in problem.hosts:
            month = place.month - problem.first_month
            self.at_host[place.role, place.host, month] += place.places.value
            self.hosts[place.role, place.area][place.host] = None
        self.cohorts: list[PlannedCohort] = []
        self.shared: dict[tuple[str, FundRule], float] = defaultdict(float)
        self.funds = {fund.id: fund.amount.value for fund in problem.funds}
        self.recruits = {row: row.people.value for row in problem.recruits}
        for known in known_hires(problem):
            for pool, share in known.pools:
                role, part = pool.roles[0]
                self.add((role, pool.areas[0]), known.hired, known.hires * share * part)
            if known.leaves is not None:
                self.add(known.leaves, known.hired, -known.hires)

    def add(self, cell: Cell, t: int, people: float) -> None:
        if cell in self.covered:
            self.hired[cell][t] += people
            for later in range(t, self.problem.quarters):
                self.covered[cell][later] += people

    def lacking(self, cell: Cell, t: int) -> float:
        """Cumulative need less cumulative supply."""
        return float(self.goal[cell][t]) - self.covered[cell][t]

    def wanted_in(self, cell: Cell, t: int, later: float) -> float:
        """What those hired in ``t`` should cover: this quarter's need, and the later quarters'
        that no one hired later covers."""
        before = float(self.goal[cell][t - 1]) if t else 0.0
        return later + float(self.goal[cell][t]) - before - self.hired[cell][t]

    def most_learners(self, program: ProgramOption, times: Times) -> int:
        """How many learners a cohort at these times could have, 0 where none may start."""
        if max(self.running[program.id, month] for month in times.months) >= program.parallel:
            return 0
        most = program.largest
        price = program.cost_per_learner.value
        quarter = (self.problem.first_month + times.start).quarter
        purse = min(self.money, self.quarter_money.get(quarter, math.inf)) - program.fixed_cost
        if purse < 0:
            return 0
        if price > 0 and purse < most * price:
            most = math.floor(purse / price + 1e-9)
        if (program.id, self.problem.first_month + times.start) in self.forbidden:
            return 0
        for row in self.recruiting(program, times):
            most = min(most, math.floor(self.recruits[row] + 1e-9))
        inside = range(times.start, min(times.ends + 1, self.problem.months))
        for use in program.uses:
            if min(self.free[use.resource][month] for month in inside) < use.amount.value - 1e-9:
                return 0
        role, each = externship_role(program), program.places_per_start
        if role in self.limited and each > 0:
            room = sum(amount for _, amount in self.places_for(program, times))
            most = min(most, math.floor(room / each + 1e-9))
        while most >= program.smallest and self.payers(program, times, most) is None:
            most -= 1
        return most if most >= program.smallest else 0

    def recruiting(self, program: ProgramOption, times: Times) -> list[Recruits]:
        """The rows from which the learners of a cohort would be recruited."""
        start = self.problem.first_month + times.start
        return [
            row
            for row in self.recruits
            if row.area == program.area
            and row.schedule in ("", program.schedule)
            and not program.upskills_from
            and row.month in (None, start)
            and row.quarter in (None, start.quarter)
        ]

    def payers(self, program: ProgramOption, times: Times, size: int) -> dict[str, float] | None:
        """What each fund would pay for a cohort, in their order; None where they do not pay it all."""
        start = self.problem.first_month + times.start
        cost = left = program.fixed_cost + size * program.cost_per_learner.value
        paid: dict[str, float] = {}
        for fund in self.problem.funds:
            if not fund.pays_for(program, start):
                continue
            most = self.funds[fund.id]
            for rule in fund.rules_for(program, start):
                value = rule.value.value
                if rule.kind == "per_learner":
                    most = min(most, value * size)
                elif rule.kind == "share_of_cost":
                    most = min(most, value * cost)
                else:
                    most = min(most, value * fund.amount.value - self.shared[fund.id, rule])
            paid[fund.id] = max(0.0, min(left, most))
            left -= paid[fund.id]
        return None if self.problem.funds and left > 1e-6 else paid

    def places_for(
        self, program: ProgramOption, times: Times
    ) -> list[tuple[list[tuple[str, str, int]], float]]:
        """Places that the learners could take: their keys (an area's quarter, or a host's months),
        and how many are left."""
        role, found = externship_role(program), []
        for area in self.problem.reached_areas(program):
            quarter = (role, area, times.ends // PER_QUARTER)
            found.append(([quarter], self.places[quarter]))
            for host in self.hosts.get((role, area), ()):
                months = [(role, host, m) for m in range(times.externship, times.ends + 1)]
                found.append((months, min(self.at_host[key] for key in months)))
        return found

    def start(self, program: ProgramOption, times: Times, size: int, wanted: Cell) -> None:
        for month in times.months:
            self.running[program.id, month] += 1
            for use in program.uses:
                if month < self.problem.months:
                    self.free[use.resource][month] -= use.amount.value
        cost = program.fixed_cost + size * program.cost_per_learner.value
        self.money -= cost
        for row in self.recruiting(program, times):
            self.recruits[row] -= size
        begins = self.problem.first_month + times.start
        paid = self.payers(program, times, size) or {}
        for fund in self.problem.funds:
            amount = paid.get(fund.id, 0.0)
            self.funds[fund.id] -= amount
            for rule in fund.rules_for(program, begins):
                self.shared[fund.id, rule] += amount
        when = self.problem.first_month + times.start
        if when.quarter in self.quarter_money:
            self.quarter_money[when.quarter] -= cost
        role, left = externship_role(program), size * program.places_per_start
        if role in self.limited:
            for keys, amount in self.places_for(program, times):
                taken = min(left, amount)
                for key in keys:
                    free = self.at_host if key in self.at_host else self.places
                    free[key] -= taken
                left -= taken
        hires, hired = size * program.mean_yield, times.hired
        leaves = opening_left(program)
        if leaves is not None:
            self.add(leaves, hired, -hires)
        serves, left_share = [], 1.0
        parts = sorted(program.roles, key=lambda part: part.role != wanted[0])
        for part in parts:
            share = min(part.share, left_share)
            cell = (part.role, wanted[1])
            if share > 0 and cell in self.need:
                serves.append(Serves(part.role, wanted[1], share, hires * share))
                self.add(cell, hired, hires * share)
                left_share -= share
        self.numbers[program.id, times.start] += 1
        self.cohorts.append(
            PlannedCohort(
                program.id,
                when,
                self.numbers[program.id, times.start],
                size,
                cost,
                self.problem.first + hired,
                hires,
                tuple(serves),
            )
        )


def backward_greedy(problem: Problem, margins: Mapping[str, float] | None = None) -> Greedy:
    """Plan backwards and greedily for the need plus ``margins`` (shares of it, by role)."""
    state = _State(problem, margins or {})
    serving: dict[Cell, list[tuple[float, ProgramOption, float]]] = defaultdict(list)
    for program in problem.programs:
        each = program.cost_per_learner.value + program.fixed_cost / program.largest
        for part in program.roles:
            gain = program.mean_yield * part.share
            for area in problem.reached_areas(program):
                serving[part.role, area].append((each / gain, program, gain))
    for options in serving.values():
        options.sort(key=lambda option: (option[0], option[1].id))
    starts: dict[tuple[str, int], list[Times]] = defaultdict(list)
    for program in problem.programs:
        for times in possible_starts(problem, program):
            starts[program.id, times.hired].append(times)
    later = dict.fromkeys(state.need, 0.0)
    for t in reversed(range(problem.quarters)):
        for cell in state.need:
            while state.wanted_in(cell, t, later[cell]) > 1e-9:
                if not _start_one(state, cell, t, later[cell], serving[cell], starts):
                    break
            later[cell] = max(0.0, state.wanted_in(cell, t, later[cell]))
    return Greedy(
        tuple(sorted(state.cohorts, key=lambda c: (c.start, c.program, c.number))),
        sum(cohort.cost for cohort in state.cohorts),
        _left_open(state),
    )


def _start_one(
    state: _State,
    cell: Cell,
    t: int,
    later: float,
    options: list[tuple[float, ProgramOption, float]],
    starts: Mapping[tuple[str, int], list[Times]],
) -> bool:
    for _, program, gain in options:
        for times in reversed(starts.get((program.id, t), [])):
            most = state.most_learners(program, times)
            if most:
                wanted = math.ceil(state.wanted_in(cell, t, later) / gain - 1e-9)
                state.start(program, times, max(program.smallest, min(most, wanted)), cell)
                return True
    return False


def _left_open(state: _State) -> float:
    total, problem = 0.0, state.problem
    for cell, amounts in state.need.items():
        kappa = margin_weight(problem.confidence_of(cell[0]))
        margin = state.margins.get(cell[0], 0.0)
        for t in range(problem.quarters):
            if amounts[t] <= 0 and state.lacking(cell, t) <= 0:
                continue
            weight = float(state.weights[cell][t])
            if t == problem.quarters - 1:
                weight *= 1 + AFTER_THE_END
            lacking = max(0.0, state.lacking(cell, t))
            spare = min(lacking, margin * float(amounts[t]))
            total += weight * (lacking - spare + kappa * spare)
    return total
