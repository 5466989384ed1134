"""From the model's values back to cohorts, to where today's supply is counted, and to batches."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backcast.core.months import Month
from backcast.planning.formulation import (
    Floats,
    Formulation,
    Pool,
    Start,
    known_hires,
    pools_of,
)
from backcast.planning.odds import Batch, hiring, known_batches, opening_left, program_keys
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.solution import FundUse, HostUse, PlannedCohort, Serves, SupplyUse

SMALLEST_SHARE = 1e-4
Divided = tuple[tuple[str, str, float], ...]


class Division:
    """How the hires of each pool and quarter are divided among roles and areas."""

    def __init__(self, model: Formulation, values: Floats) -> None:
        self._problem = model.problem
        self._flows: dict[tuple[Pool, int], list[tuple[str, str, float]]] = defaultdict(list)
        for (pool, t, role, area), column in model.flows.items():
            self._flows[pool, t].append((role, area, max(0.0, float(values[column]))))
        self._hires: dict[tuple[Pool, int], float] = defaultdict(float)
        for start in model.starts:
            people = float(values[start.learners])
            for pool, share in pools_of(model.problem, start.program) if people > 0 else ():
                self._hires[pool, start.hired] += people * start.gain * share
        for known in known_hires(model.problem):
            for pool, share in known.pools:
                self._hires[pool, known.hired] += known.hires * share

    def of_pool(self, pool: Pool, t: int, share: float) -> Divided:
        """Shares of the hires, ``share`` in all at most; parts too small to matter are folded in."""
        flows = self._flows.get((pool, t), [])
        moved = sum(amount for _, _, amount in flows)
        if moved <= 0:
            return ()
        whole = moved if len(pool.roles) == 1 else max(moved, self._hires[pool, t])
        kept = [(r, a, v) for r, a, v in flows if v / whole >= SMALLEST_SHARE]
        scale = moved / sum(v for _, _, v in kept)
        return tuple((r, a, share * v * scale / whole) for r, a, v in kept)

    def of_pools(self, pools: Iterable[tuple[Pool, float]], t: int) -> Divided:
        return tuple(part for pool, share in pools for part in self.of_pool(pool, t, share))

    def of_program(self, program: ProgramOption, t: int) -> Divided:
        return self.of_pools(pools_of(self._problem, program), t)


def relaxed_batches(model: Formulation, values: Floats) -> tuple[Batch, ...]:
    """Batches of a relaxed plan, whose cohorts may be fractions."""
    division = Division(model, values)
    out = []
    for start in model.starts:
        people = float(values[start.learners])
        if people > 1e-6:
            program = start.program
            keys = program_keys(program.id, program.stages)
            serves = division.of_program(program, start.hired)
            out.append(
                Batch(
                    people,
                    program.stages,
                    keys,
                    start.hired,
                    serves,
                    start.support,
                    opening_left(program),
                    hiring(model.problem, program, start.month),
                    max(1, math.ceil(people / program.largest)),
                )
            )
    return (*out, *known_batches(model.problem, supply_use_of(model, values)))


def cohorts_of(model: Formulation, values: Floats) -> tuple[PlannedCohort, ...]:
    """The cohorts to start, by start and program. Learners are spread evenly over the cohorts."""
    problem = model.problem
    division = Division(model, values)
    out: list[PlannedCohort] = []
    numbers: dict[tuple[str, int], int] = defaultdict(int)
    for start in model.starts:
        count, learners = round(values[start.cohorts]), round(values[start.learners])
        if count < 1 or learners < 1:
            continue
        serves = division.of_program(start.program, start.hired)
        for size in spread(learners, count):
            numbers[start.program.id, start.month] += 1
            number = numbers[start.program.id, start.month]
            out.append(_cohort(problem, start, number, size, serves))
    return tuple(sorted(out, key=lambda c: (c.start, c.program, c.number)))


@dataclass(frozen=True, slots=True)
class SoFar:
    """A plan at a glance: its cohorts and learners, what they cost, and people missing at its end."""

    cohorts: int
    learners: int
    cost: float
    missing: float


def so_far(model: Formulation, values: Floats) -> SoFar:
    """A glance at a plan while it is being worked out; cheap enough for every better one."""
    started = [(start, float(values[start.cohorts])) for start in model.starts]
    running = [(start, n, float(values[start.learners])) for start, n in started if n > 0.5]
    last = model.problem.quarters - 1
    return SoFar(
        round(sum(n for _start, n, _learners in running)),
        round(sum(learners for _start, _n, learners in running)),
        sum(start.fixed * n + start.each * learners for start, n, learners in running),
        sum(max(0.0, float(values[x])) for (_cell, t), x in model.missing.items() if t == last),
    )


def spread(learners: int, count: int) -> Sequence[int]:
    """Sizes of ``count`` cohorts for ``learners`` people, differing by one at most."""
    base, more = divmod(learners, count)
    return [base + 1] * more + [base] * (count - more)


def _cohort(
    problem: Problem, start: Start, number: int, size: int, serves: Divided
) -> PlannedCohort:
    program = start.program
    hires = size * start.gain
    return PlannedCohort(
        program=program.id,
        start=problem.first_month + start.month,
        number=number,
        size=size,
        cost=start.fixed + size * start.each,
        hire_quarter=problem.first + start.hired,
        hires=hires,
        serves=tuple(Serves(role, area, share, hires * share) for role, area, share in serves),
        support=start.support.id if start.support else "",
    )


def fund_use_of(model: Formulation, values: Floats) -> tuple[FundUse, ...]:
    """Dollars of each fund by program and month of the start."""
    dollars: dict[tuple[str, str, Month], float] = defaultdict(float)
    for (fund, number), column in model.paid.items():
        start = model.starts[number]
        key = (fund, start.program.id, model.problem.first_month + start.month)
        dollars[key] += max(0.0, float(values[column]))
    return tuple(
        FundUse(*key, round(amount, 2)) for key, amount in sorted(dollars.items()) if amount >= 0.01
    )


def supply_use_of(model: Formulation, values: Floats) -> tuple[SupplyUse, ...]:
    """Where the plan counts today's completers and the running cohorts."""
    division = Division(model, values)
    out = []
    for known in known_hires(model.problem):
        divided = division.of_pools(known.pools, known.hired)
        serves = tuple(
            Serves(role, area, share, known.hires * share) for role, area, share in divided
        )
        out.append(SupplyUse(known.id, known.hires, serves))
    return tuple(out)


def host_use_of(model: Formulation, values: Floats) -> tuple[HostUse, ...]:
    """Learners at each host by month, of the places that it has."""
    problem = model.problem
    places: dict[tuple[str, str, Month], float] = defaultdict(float)
    for row in problem.hosts:
        places[row.host, row.role, row.month] += row.places.value
    learners: dict[tuple[str, str, Month], float] = defaultdict(float)
    for (host, role), there in model.placed.items():
        for months, column in there:
            for month in months:
                learners[host, role, problem.first_month + month] += max(0.0, float(values[column]))
    return tuple(
        HostUse(*key, round(amount, 6), places[key])
        for key, amount in sorted(learners.items())
        if amount > 1e-6
    )


def values_by_cell(
    columns: Mapping[tuple[tuple[str, str], int], int], values: Floats
) -> dict[tuple[tuple[str, str], int], float]:
    """The columns' values under their (role, area) and quarter."""
    return {key: max(0.0, float(values[column])) for key, column in columns.items()}
