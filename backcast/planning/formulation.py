"""The mixed-integer model of a plan: variables, limits, and the two things to make small.

For each program and start month there is a whole number of cohorts and a whole number of
learners in them. Graduates of programs that lead to the same roles from the same areas are pooled;
a pool's hires flow to the areas they can reach. Everything that can fall short has slack, so the
model always has a solution.

    learners          min · n ≤ s ≤ max · n                       per program and start
    at once           Σ n over cohorts still running ≤ at_once    per program and month
    pool              Σ flows = Σ s · yield · share + supply      per pool and quarter of hire
    need              C(t) + u(t) + v(t) ≥ (1 + m) D(t)           per role, area and quarter

and what stands in ``limits.py``: places, hosts, instructors, labs, rooms, money, pins.

C is cumulative supply, D the cumulative mean need, m the role's safety margin, u what is missing of
the need, v ≤ m D what is missing of the margin only. First Σ w (u + κ v) is made small, then cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backcast.core.months import PER_QUARTER
from backcast.planning.figures import StageYield, mean_yield
from backcast.planning.limits import (
    budget_limits,
    calm_terms,
    fund_limits,
    pin_limits,
    pin_weight,
    place_limits,
    recruit_limits,
    resource_limits,
    spread_terms,
    support_limits,
)
from backcast.planning.odds import Cell, need_cells, opening_left
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption, SupportOption
from backcast.planning.timing import busy_months, possible_starts, running_times

Floats = NDArray[np.float64]
INFINITE = float("inf")
AFTER_THE_END = 4
"""What is open when the plan ends is counted for so many quarters more: it stays open."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which limits hold. Letting go of one shows what it costs."""

    capacity: bool = True
    externship: bool = True
    hosts: bool = True
    instructors: bool = True
    labs: bool = True
    rooms: bool = True
    recruits: bool = True
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

    ``month``, ``externship`` (its first) and ``ends`` (the last in which they run) count months,
    ``hired`` quarters, from the problem's first. A learner costs ``each``, brings ``gain`` expected
    hires and takes up ``places``; a cohort costs ``fixed`` beside its learners. Cohorts with a
    ``support`` are columns of their own.
    """

    program: ProgramOption
    month: int
    externship: int
    ends: int
    hired: int
    cohorts: int
    learners: int
    each: float
    fixed: float
    gain: float
    places: float
    support: SupportOption | None = None

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
    shared: list[int] = field(default_factory=list)
    """Rows of what programs of all roles draw on together: money, instructors, hosts, supports."""

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

    def shared_row(self, terms: Sequence[tuple[int, float]], upper: float) -> int:
        """Σ terms ≤ upper, of something that is shared."""
        self.shared.append(self.row(-INFINITE, terms, upper))
        return self.shared[-1]


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
    """Objective: weighted person-quarters missing, and pins that do not hold."""
    money: Floats
    """Objective: dollars, and the little that spread of risk and calm weigh beside them."""
    all_need: float
    """Weighted person-quarters of need, margin included: the scale of the first objective."""
    placed: Mapping[tuple[str, str], Sequence[tuple[range, int]]]
    """(host, role) → months and column of learners who have their externship there."""
    pin_short: Mapping[int, int]
    """Number of a pin → column of its cohorts that do not start."""
    paid: Mapping[tuple[str, int], int]
    """(fund, number of the start) → column of dollars."""

    def unmet(self, values: Floats) -> float:
        """Weighted person-quarters of need left open."""
        columns = [*self.missing.values(), *self.spare.values()]
        return float(self.open_needs[columns] @ values[columns]) if columns else 0.0


def pools_of(problem: Problem, program: ProgramOption) -> tuple[tuple[Pool, float], ...]:
    """The pools that a program's hires enter, with the share that enters each."""
    areas = problem.reached_areas(program)
    roles = tuple((part.role, part.share) for part in program.roles)
    if sum(share for _, share in roles) <= 1 + 1e-9:
        return tuple((Pool(((role, 1.0),), areas), share) for role, share in roles)
    return ((Pool(roles, areas), 1.0),)


@dataclass(frozen=True, slots=True)
class KnownHires:
    """Hires expected without this plan: of a row of supply, or of a cohort that is running."""

    id: str
    pools: tuple[tuple[Pool, float], ...]
    hired: int
    hires: float
    leaves: Cell | None = None
    """The role and area in which those who are hired leave an opening."""


def known_hires(problem: Problem) -> Iterator[KnownHires]:
    """What today's supply and the running cohorts bring within the plan."""
    for row in problem.supply:
        pool = Pool(((row.role, 1.0),), problem.near(row.area))
        hires = supply_mean(row.completers.value, row.stages)
        yield KnownHires(row.id, ((pool, 1.0),), row.quarter - problem.first, hires)
    programs = {program.id: program for program in problem.programs}
    for cohort in problem.running:
        program = programs[cohort.program]
        hired = running_times(problem, program, cohort).hired
        if hired < problem.quarters:
            hires = supply_mean(cohort.people.value, program.stages_from(cohort.stage))
            pools, leaves = pools_of(problem, program), opening_left(program)
            yield KnownHires(cohort.id, pools, hired, hires, leaves)


def supply_mean(row_completers: float, stages: Sequence[StageYield]) -> float:
    return row_completers * mean_yield(stages)


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
    missing, spare, open_terms, all_need = _needs(problem, matrix, starts, flows, margins)
    placed = place_limits(problem, matrix, starts, limits)
    resource_limits(problem, matrix, starts, limits)
    money_terms: dict[int, float] = {}
    for start in starts:
        money_terms[start.cohorts], money_terms[start.learners] = start.fixed, start.each
    paid: dict[tuple[str, int], int] = {}
    if limits.budget:
        budget_limits(problem, matrix, starts)
        paid = fund_limits(problem, matrix, starts)
    if limits.recruits:
        recruit_limits(problem, matrix, starts)
    support_limits(problem, matrix, starts)
    pin_short = pin_limits(problem, matrix, starts)
    heaviest = pin_weight(problem)
    open_terms |= dict.fromkeys(pin_short.values(), heaviest)
    money_terms |= spread_terms(problem, matrix, starts) | calm_terms(problem, matrix, starts)
    width = len(matrix.lower)
    open_needs, money = np.zeros(width), np.zeros(width)
    for column, value in open_terms.items():
        open_needs[column] = value
    for column, value in money_terms.items():
        money[column] = value
    return Formulation(
        problem,
        matrix,
        starts,
        flows,
        missing,
        spare,
        open_needs,
        money,
        all_need,
        placed,
        pin_short,
        paid,
    )


def _starts(problem: Problem, matrix: Matrix, limits: Limits) -> tuple[Start, ...]:
    starts: list[Start] = []
    cells = set(need_cells(problem))
    busy = busy_months(problem)
    pinned = {pin.program for pin in problem.pins if pin.kind == "pin"}
    for program in problem.programs:
        reached = problem.reached_areas(program)
        useful = any((part.role, area) in cells for part in program.roles for area in reached)
        parallel = program.parallel if limits.capacity else 10_000
        if not (useful or program.id in pinned) or parallel < 1:
            continue
        mine: dict[int, tuple[int, list[int]]] = {}
        most, least = program.largest, program.smallest
        ways = [_Way.of(program, support) for support in (None, *problem.offered_to(program))]
        for times in possible_starts(problem, program):
            room = max(0, parallel - busy.get((program.id, times.start), 0))
            columns = mine.setdefault(times.start, (times.ends, []))[1]
            for way in ways:
                cohorts = matrix.column(0, room, whole=True)
                learners = matrix.column(0, room * most, whole=True)
                matrix.row(-INFINITE, [(learners, 1), (cohorts, -most)], 0)
                if limits.sizes and least > 1:
                    matrix.row(0, [(learners, 1), (cohorts, -least)], INFINITE)
                starts.append(
                    Start(
                        program,
                        times.start,
                        times.externship,
                        times.ends,
                        times.hired,
                        cohorts,
                        learners,
                        way.each,
                        program.fixed_cost,
                        way.gain,
                        way.places,
                        way.support,
                    )
                )
                columns.append(cohorts)
        if limits.capacity:
            _at_once(matrix, mine, [parallel - busy.get((program.id, t), 0) for t in mine])
    return tuple(starts)


@dataclass(frozen=True, slots=True)
class _Way:
    """What a learner of a program costs, brings and takes up, with a support or without."""

    support: SupportOption | None
    each: float
    gain: float
    places: float

    @classmethod
    def of(cls, program: ProgramOption, support: SupportOption | None) -> _Way:
        extra = support.cost_per_learner.value if support else 0.0
        return cls(
            support,
            program.cost_per_learner.value + extra,
            program.mean_yield_with(support),
            program.places_per_start_with(support),
        )


def _at_once(
    matrix: Matrix, mine: Mapping[int, tuple[int, Sequence[int]]], rooms: Sequence[int]
) -> None:
    """Only windows that end at a start can bind: later ones hold fewer of the same cohorts."""
    for t, room in zip(mine, rooms, strict=True):
        running = [c for s, (ends, columns) in mine.items() if s <= t <= ends for c in columns]
        if len(running) > 1:
            matrix.row(-INFINITE, [(column, 1) for column in running], max(0, room))


def _pools(
    problem: Problem, matrix: Matrix, starts: Sequence[Start]
) -> dict[tuple[Pool, int, str, str], int]:
    cells = set(need_cells(problem))
    people: dict[tuple[Pool, int], list[tuple[int, float]]] = defaultdict(list)
    known: dict[tuple[Pool, int], float] = defaultdict(float)
    parts: dict[str, tuple[tuple[Pool, float], ...]] = {}
    for start in starts:
        program = start.program
        if program.id not in parts:
            parts[program.id] = pools_of(problem, program)
        for pool, share in parts[program.id]:
            people[pool, start.hired].append((start.learners, start.gain * share))
    for known_supply in known_hires(problem):
        for pool, share in known_supply.pools:
            known[pool, known_supply.hired] += known_supply.hires * share
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
                    row = [*((c, 1.0) for c in columns[role]), *part]
                    matrix.row(-INFINITE, row, known[pool, t] * share)
    return flows


def _needs(
    problem: Problem,
    matrix: Matrix,
    starts: Sequence[Start],
    flows: Mapping[tuple[Pool, int, str, str], int],
    margins: Mapping[str, float],
) -> tuple[dict[tuple[Cell, int], int], dict[tuple[Cell, int], int], dict[int, float], float]:
    into: dict[tuple[Cell, int], list[int]] = defaultdict(list)
    for (_, t, role, area), column in flows.items():
        into[(role, area), t].append(column)
    out_of: dict[tuple[Cell, int], list[tuple[int, float]]] = defaultdict(list)
    for start in starts:
        leaves = opening_left(start.program)
        if leaves is not None:
            out_of[leaves, start.hired].append((start.learners, start.gain))
    known_out: dict[tuple[Cell, int], float] = defaultdict(float)
    for known in known_hires(problem):
        if known.leaves is not None:
            known_out[known.leaves, known.hired] += known.hires
    left = {cell for cell, _ in (*out_of, *known_out)}
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
            total = matrix.column(-INFINITE if cell in left else 0, INFINITE)
            terms = [(total, 1.0), *((column, -1.0) for column in into[cell, t]), *out_of[cell, t]]
            if before is not None:
                terms.append((before, -1.0))
            matrix.row(-known_out[cell, t], terms, -known_out[cell, t])
            before = total
            if amounts[t] <= 0 and cell not in left:
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
