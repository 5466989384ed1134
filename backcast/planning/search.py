"""Find the plan: needs first by their price, then cost, with a proven bound.

Both aims are one number: cost + price · weighted person-quarters left open. The price of an open
person-quarter is what a hire usually costs in the dearest role, and what is open at the end counts
for a year more, so that nothing is left open that a cohort of a usual price could fill.

The linear relaxation gives a bound, and is rounded to whole cohorts and learners in several ways;
HiGHS goes on from the best of them until the proven gap is as small as was asked for.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from backcast.planning.formulation import Floats, Formulation, Matrix
from backcast.planning.problem import Problem
from backcast.planning.solver import SolverError, minimise

ROUND_UP_FROM = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
"""A fraction of a cohort from this on is rounded up; each is tried."""

OnGap = Callable[[float, float], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A plan of whole cohorts. ``worth`` = cost + price · open need; no plan has less than
    ``bound``. ``relaxed``: the values when fractions of cohorts are allowed."""

    values: Floats
    relaxed: Floats
    price: float
    worth: float
    bound: float


def price_of_open_need(problem: Problem) -> float:
    """Dollars for one weighted person-quarter left open: over the roles, the largest median cost
    per expected hire of the programs that lead there. 1 where nothing costs anything."""
    costs: dict[str, list[float]] = defaultdict(list)
    for program in problem.programs:
        each = program.cost_per_learner.value + program.fixed_cost / program.largest
        for part in program.roles:
            costs[part.role].append(each / program.mean_yield)
    usual = max((statistics.median(values) for values in costs.values()), default=0.0)
    return usual if usual > 0 else 1.0


def relax(model: Formulation, price: float, seconds: float) -> Floats:
    """Values of the linear relaxation."""
    objective = model.money + price * model.open_needs
    return minimise(model.matrix, objective, whole=False, seconds=seconds).values


def best_plan(
    model: Formulation,
    *,
    seconds: float,
    gap: float,
    price: float,
    seed: int = 0,
    on_gap: OnGap | None = None,
    should_stop: ShouldStop | None = None,
) -> Found:
    """Solve the model within about ``seconds``, until the gap is proven, or ``should_stop`` says so.

    The gap is (worth − bound) / cost. Starting nothing is always allowed, so there is always a
    plan; ``SolverError`` only where not even the relaxation was solved in time.
    """
    begun = time.monotonic()
    objective = model.money + price * model.open_needs
    relaxed = relax(model, price, max(10.0, seconds))
    bound = float(objective @ relaxed)
    start = _rounded(model, objective, relaxed)
    worth = float(objective @ start)
    if on_gap is not None:
        on_gap(worth, bound)
    cost = max(float(model.money @ start), 1.0)
    left = seconds - (time.monotonic() - begun)
    if worth - bound <= gap * cost or left < 1.0 or (should_stop is not None and should_stop()):
        return Found(start, relaxed, price, worth, bound)
    try:
        answer = minimise(
            model.matrix,
            objective,
            whole=True,
            seconds=left,
            absolute_gap=0.9 * gap * cost,
            start=start,
            seed=seed,
            on_gap=on_gap,
            should_stop=should_stop,
        )
    except SolverError:
        return Found(start, relaxed, price, worth, bound)
    bound = max(bound, min(answer.bound, answer.objective))
    if answer.objective > worth:
        return Found(start, relaxed, price, worth, bound)
    return Found(answer.values, relaxed, price, answer.objective, bound)


def _rounded(model: Formulation, objective: Floats, relaxed: Floats) -> Floats:
    """The best of several roundings of the relaxation: whole cohorts first, then whole learners.

    With cohorts fixed, sizes and flows are planned again; with sizes fixed, the flows. Rounding
    sizes down always fits the limits; so does starting nothing.
    """
    best, worth, cohorts = _pinned(model, objective, _no_cohorts(model))
    for mark in ROUND_UP_FROM:
        counts = _whole_cohorts(model, relaxed, mark)
        values, found, matrix = _pinned(model, objective, counts)
        if values is not None and (best is None or found < worth):
            best, worth, cohorts = values, found, matrix
    if best is None:
        raise SolverError("Not even a plan without cohorts was found. Give it more seconds.")
    sized: Floats | None = None
    worth = float("inf")
    for mark in (1e-6, 0.3, 0.5, 0.7, 1.0):
        lower, upper = list(cohorts.lower), list(cohorts.upper)
        for start in model.starts:
            size = float(np.floor(best[start.learners] + 1 - mark + 1e-7))
            lower[start.learners] = upper[start.learners] = size
        values, found, _ = _solve(model, objective, replace(cohorts, lower=lower, upper=upper))
        if values is not None and found < worth:
            sized, worth = values, found
    if sized is None:
        raise SolverError("No whole numbers of learners were found. Give it more seconds.")
    return sized


def _no_cohorts(model: Formulation) -> dict[int, float]:
    return {start.cohorts: 0.0 for start in model.starts}


def _whole_cohorts(model: Formulation, relaxed: Floats, mark: float) -> dict[int, float]:
    """Numbers of cohorts, rounded up from ``mark`` on, as far as the program can run at once."""
    counts: dict[int, float] = {}
    running: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for start in model.starts:
        program = start.program
        mine = running[program.id]
        busy = sum(n for ends, n in mine if ends >= start.month)
        room = max(0.0, model.matrix.upper[start.cohorts] - busy)
        counts[start.cohorts] = min(room, float(np.floor(relaxed[start.cohorts] + 1 - mark + 1e-9)))
        mine.append((start.ends, counts[start.cohorts]))
    return counts


def _pinned(
    model: Formulation, objective: Floats, counts: dict[int, float]
) -> tuple[Floats | None, float, Matrix]:
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    for column, count in counts.items():
        lower[column] = upper[column] = count
    return _solve(model, objective, replace(model.matrix, lower=lower, upper=upper))


def _solve(
    model: Formulation, objective: Floats, matrix: Matrix
) -> tuple[Floats | None, float, Matrix]:
    try:
        answer = minimise(matrix, objective, whole=False, seconds=30.0)
    except SolverError:
        return None, float("inf"), matrix
    return answer.values, answer.objective, matrix
