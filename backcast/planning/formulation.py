"""The mixed-integer model of a plan: variables, limits, and the two things to make small.

For each program and start month there is a whole number of cohorts and a whole number of
learners in them. Graduates of programs that lead to the same roles from the same areas are pooled;
a pool's hires flow to the areas they can reach. Everything that can fall short has slack, so the
model always has a solution.

    learners          min · n ≤ s ≤ max · n                       per program and start
    at once           Σ n over cohorts still running ≤ at_once    per program and month
    pool              Σ flows = Σ s · yield · share + supply      per pool and quarter of hire
    need              C(t) + u(t) + v(t) ≥ (1 + m) D(t)           per role, area and quarter
    places            Σ learners who need a place ≤ places        per role, area and quarter
    money             Σ cost ≤ budget                             in all, and per quarter

C is cumulative supply, D the cumulative mean need, m the role's safety margin, u what is missing of
the need, v ≤ m D what is missing of the margin only. First Σ w (u + κ v) is made small, then cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backcast.core.months import PER_QUARTER
from backcast.planning.odds import Cell, need_cells
from backcast.planning.problem import Problem, ProgramOption, StageYield
from backcast.planning.timing import possible_starts

Floats = NDArray[np.float64]
INFINITE = float("inf")
AFTER_THE_END = 4
"""What is open when the plan ends is counted for so many quarters more: it stays open."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which limits hold. Letting go of one shows what it costs."""

    capacity: bool = True
    externship: bool = True
    budget: bool = True
    sizes: bool = True


@dataclass(frozen=True, slots=True)
class Pool:
    """Graduates who are interchangeable: the same roles (with shares) and the same areas."""

    roles: tuple[tuple[str, float], ...]
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Cohorts of a program that start in a month; ``cohorts`` and ``learners`` are columns.

    ``month`` and ``ends`` (the last in which they run) count months, ``hired`` quarters, from the
    problem's first.
    """

    program: ProgramOption
    month: int
    ends: int
    hired: int
    cohorts: int
    learners: int

    @property
    def quarter(self) -> int:
        """The quarter of the start, whose money they take."""
        return self.month // PER_QUARTER


@dataclass(slots=True)
class Matrix:
    """Columns and rows under construction."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, lower: float, upper: float, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, lower: float, terms: Sequence[tuple[int, float]], upper: float) -> int:
        self.starts.append(len(self.index))
        for column, value in terms:
            self.index.append(column)
            self.value.append(value)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1


@dataclass(frozen=True, slots=True)
class Formulation:
    """The model, and what its columns mean."""

    problem: Problem
    matrix: Matrix
    starts: tuple[Start, ...]
    flows: Mapping[tuple[Pool, int, str, str], int]
    """(pool, quarter of hire, role, area) → column of hires."""
    missing: Mapping[tuple[Cell, int], int]
    spare: Mapping[tuple[Cell, int], int]
    open_needs: Floats
    """Objective: weighted person-quarters missing."""
    money: Floats
    """Objective: dollars."""
    all_need: float
    """Weighted person-quarters of need, margin included: the scale of the first objective."""


def pools_of(problem: Problem, program: ProgramOption) -> tuple[tuple[Pool, float], ...]:
    """The pools that a program's hires enter, with the share that enters each."""
    areas = problem.reached_areas(program)
    roles = tuple((part.role, part.share) for part in program.roles)
    if sum(share for _, share in roles) <= 1 + 1e-9:
        return tuple((Pool(((role, 1.0),), areas), share) for role, share in roles)
    return ((Pool(roles, areas), 1.0),)


def supply_mean(row_completers: float, stages: Sequence[StageYield]) -> float:
    out = row_completers
    for stage in stages:
        out *= stage.mean
    return out


def cumulative_needs(problem: Problem) -> tuple[dict[Cell, Floats], dict[Cell, Floats]]:
    """Cumulative mean need and its weight, per role and area, one entry per quarter.

    The weight of a cumulative need is the mean of its cells' weights, by people.
    """
    need = {cell: np.zeros(problem.quarters) for cell in need_cells(problem)}
    weighted = {cell: np.zeros(problem.quarters) for cell in need}
    for row in problem.needs:
        t = row.quarter - problem.first
        need[row.role, row.area][t] += row.mean
        weighted[row.role, row.area][t] += row.mean * row.weight
    weights: dict[Cell, Floats] = {}
    for cell, amounts in need.items():
        need[cell] = np.cumsum(amounts)
        total = np.cumsum(weighted[cell])
        weights[cell] = np.divide(
            total, need[cell], out=np.ones(problem.quarters), where=need[cell] > 0
        )
    return need, weights


def margin_weight(confidence: float) -> float:
    """κ: what a missing person of the margin weighs beside a missing person of the need.

    The expected number missing falls by P(need > supply) for one more person: about ½ where supply
    equals the mean need, and 1 − confidence where the margin is full; κ is the mean of the two.
    """
    return (0.5 + (1 - confidence)) / 2


def formulate(
    problem: Problem, margins: Mapping[str, float], limits: Limits | None = None
) -> Formulation:
    """Build the model for the roles' safety margins (shares of the need; absent is none)."""
    limits = limits or Limits()
    matrix = Matrix()
    starts = _starts(problem, matrix, limits)
    flows = _pools(problem, matrix, starts)
    missing, spare, open_terms, all_need = _needs(problem, matrix, flows, margins)
    if limits.externship:
        _places(problem, matrix, starts)
    money_terms = {
        column: value
        for start in starts
        for column, value in (
            (start.cohorts, start.program.fixed_cost),
            (start.learners, start.program.cost_per_learner.value),
        )
    }
    if limits.budget:
        _budgets(problem, matrix, starts)
    width = len(matrix.lower)
    open_needs, money = np.zeros(width), np.zeros(width)
    for column, value in open_terms.items():
        open_needs[column] = value
    for column, value in money_terms.items():
        money[column] = value
    return Formulation(problem, matrix, starts, flows, missing, spare, open_needs, money, all_need)


def _starts(problem: Problem, matrix: Matrix, limits: Limits) -> tuple[Start, ...]:
    starts: list[Start] = []
    cells = set(need_cells(problem))
    for program in problem.programs:
        reached = problem.reached_areas(program)
        useful = any((part.role, area) in cells for part in program.roles for area in reached)
        parallel = program.parallel if limits.capacity else 10_000
        if not useful or parallel < 1:
            continue
        mine: dict[int, tuple[int, int]] = {}
        most, least = program.largest, program.smallest
        for times in possible_starts(problem, program):
            cohorts = matrix.column(0, parallel, whole=True)
            learners = matrix.column(0, parallel * most, whole=True)
            matrix.row(-INFINITE, [(learners, 1), (cohorts, -most)], 0)
            if limits.sizes and least > 1:
                matrix.row(0, [(learners, 1), (cohorts, -least)], INFINITE)
            starts.append(Start(program, times.start, times.ends, times.hired, cohorts, learners))
            mine[times.start] = (times.ends, cohorts)
        if limits.capacity:
            _at_once(matrix, parallel, mine)
    return tuple(starts)


def _at_once(matrix: Matrix, parallel: int, mine: Mapping[int, tuple[int, int]]) -> None:
    """Only windows that end at a start can bind: later ones hold fewer of the same cohorts."""
    for t in mine:
        running = [column for s, (ends, column) in mine.items() if s <= t <= ends]
        if len(running) > 1:
            matrix.row(-INFINITE, [(column, 1) for column in running], parallel)


def _pools(
    problem: Problem, matrix: Matrix, starts: Sequence[Start]
) -> dict[tuple[Pool, int, str, str], int]:
    cells = set(need_cells(problem))
    people: dict[tuple[Pool, int], list[tuple[int, float]]] = defaultdict(list)
    known: dict[tuple[Pool, int], float] = defaultdict(float)
    gains: dict[str, list[tuple[Pool, float]]] = {}
    for start in starts:
        program = start.program
        if program.id not in gains:
            through = program.mean_yield
            gains[program.id] = [
                (pool, through * part) for pool, part in pools_of(problem, program)
            ]
        for pool, gain in gains[program.id]:
            people[pool, start.hired].append((start.learners, gain))
    for row in problem.supply:
        pool = Pool(((row.role, 1.0),), problem.near(row.area))
        known[pool, row.quarter - problem.first] += supply_mean(row.completers.value, row.stages)
    flows: dict[tuple[Pool, int, str, str], int] = {}
    for pool, t in sorted({*people, *known}, key=lambda key: (key[1], key[0].roles, key[0].areas)):
        columns: dict[str, list[int]] = {}
        for role, _ in pool.roles:
            for area in pool.areas:
                if (role, area) in cells:
                    column = matrix.column(0, INFINITE)
                    flows[pool, t, role, area] = column
                    columns.setdefault(role, []).append(column)
        if not columns:
            continue
        terms = people[pool, t]
        hires = [(column, -gain) for column, gain in terms]
        out = [(column, 1.0) for group in columns.values() for column in group]
        single = len(pool.roles) == 1
        matrix.row(known[pool, t] if single else -INFINITE, [*out, *hires], known[pool, t])
        if not single:
            for role, share in pool.roles:
                if share < 1 and role in columns:
                    part = [(column, -gain * share) for column, gain in terms]
                    matrix.row(-INFINITE, [*((c, 1.0) for c in columns[role]), *part], 0)
    return flows


def _needs(
    problem: Problem,
    matrix: Matrix,
    flows: Mapping[tuple[Pool, int, str, str], int],
    margins: Mapping[str, float],
) -> tuple[dict[tuple[Cell, int], int], dict[tuple[Cell, int], int], dict[int, float], float]:
    into: dict[tuple[Cell, int], list[int]] = defaultdict(list)
    for (_, t, role, area), column in flows.items():
        into[(role, area), t].append(column)
    need, weights = cumulative_needs(problem)
    missing: dict[tuple[Cell, int], int] = {}
    spare: dict[tuple[Cell, int], int] = {}
    objective: dict[int, float] = {}
    all_need = 0.0
    for cell, amounts in need.items():
        margin = margins.get(cell[0], 0.0)
        kappa = margin_weight(problem.confidence_of(cell[0]))
        before: int | None = None
        for t in range(problem.quarters):
            total = matrix.column(0, INFINITE)
            terms = [(total, 1.0), *((column, -1.0) for column in into[cell, t])]
            if before is not None:
                terms.append((before, -1.0))
            matrix.row(0, terms, 0)
            before = total
            if amounts[t] <= 0:
                continue
            weight = float(weights[cell][t])
            if t == problem.quarters - 1:
                weight *= 1 + AFTER_THE_END
            row = [(total, 1.0)]
            missing[cell, t] = matrix.column(0, INFINITE)
            objective[missing[cell, t]] = weight
            row.append((missing[cell, t], 1.0))
            spare[cell, t] = matrix.column(0, float(margin * amounts[t]))
            objective[spare[cell, t]] = weight * kappa
            row.append((spare[cell, t], 1.0))
            matrix.row(float((1 + margin) * amounts[t]), row, INFINITE)
            all_need += weight * float(amounts[t]) * (1 + kappa * margin)
    return missing, spare, objective, all_need


def _places(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> None:
    open_places: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in problem.places:
        open_places[row.role, row.area, row.quarter - problem.first] += row.places.value
    limited = {row.role for row in problem.places}
    wanted: dict[tuple[str, tuple[str, ...], int], list[tuple[int, float]]] = defaultdict(list)
    for start in starts:
        program = start.program
        role = externship_role(program)
        if role in limited and program.places_per_start > 0:
            key = (role, problem.reached_areas(program), start.ends // PER_QUARTER)
            wanted[key].append((start.learners, program.places_per_start))
    used: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for (role, areas, t), terms in wanted.items():
        columns = []
        for area in areas:
            if open_places.get((role, area, t), 0) > 0:
                columns.append(matrix.column(0, INFINITE))
                used[role, area, t].append(columns[-1])
        taken = [*((column, 1.0) for column in columns), *((c, -v) for c, v in terms)]
        matrix.row(0, taken, 0)
    for place, columns in used.items():
        matrix.row(-INFINITE, [(column, 1.0) for column in columns], open_places[place])


def externship_role(program: ProgramOption) -> str:
    """The role in which the program's learners take their places."""
    return program.externship_role or program.roles[0].role


def _budgets(problem: Problem, matrix: Matrix, starts: Sequence[Start]) -> None:
    def money(which: Sequence[Start]) -> list[tuple[int, float]]:
        out = []
        for start in which:
            if start.program.fixed_cost:
                out.append((start.cohorts, start.program.fixed_cost))
            out.append((start.learners, start.program.cost_per_learner.value))
        return out

    if problem.budget is not None:
        matrix.row(-INFINITE, money(starts), problem.budget.value)
    for row in problem.quarter_budgets:
        t = row.quarter - problem.first
        matrix.row(-INFINITE, money([s for s in starts if s.quarter == t]), row.amount.value)
