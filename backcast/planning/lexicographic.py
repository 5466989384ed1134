"""Needs first, then cost: two objectives in their order, with a proven bound for each.

1. The linear relaxation gives the least weighted need that must stay open: U.
2. Cost is made small among plans that leave at most U + tolerance open. Where no plan of whole
   cohorts does, the least that whole cohorts must leave open is found first.
3. On large models cohorts are whole from the start and learners only at the end: with the numbers
   of cohorts kept, the sizes are made whole. A bound without whole learners stays a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from backcast.planning.formulation import Floats, Formulation, Matrix
from backcast.planning.solver import Answer, SolverError, minimise

SMALL_MODEL = 300
"""Up to this many program starts, learners are whole numbers from the start."""

OnGap = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A plan. ``least_open`` are the values of the plan that leaves the least need open, as far as
    one was found; the bounds hold for every plan (cost: for every plan as good on needs)."""

    values: Floats
    least_open: Floats
    unmet_bound: float
    cost_bound: float


def best_plan(
    model: Formulation,
    *,
    seconds: float,
    gap: float,
    tolerance: float,
    seed: int = 0,
    start: Floats | None = None,
    on_gap: OnGap | None = None,
) -> Found:
    """Solve the model within about ``seconds``. Slack makes sure that there is a plan."""
    slack = tolerance * model.all_need
    small = len(model.starts) <= SMALL_MODEL
    work = model.matrix if small else _loose_sizes(model)
    floor = minimise(model.matrix, model.open_needs, whole=False, seconds=max(10.0, seconds))
    ceiling = floor.objective + slack
    unmet_bound, least = floor.objective, floor.values
    aim = gap if small else gap / 2

    def report(step: str) -> Callable[[float, float], None] | None:
        if on_gap is None:
            return None
        tell = on_gap
        return lambda best, bound: tell(step, best, bound)

    def cheapest(most: float, limit: float, begin: Floats | None) -> Answer:
        return minimise(
            work,
            model.money,
            whole=True,
            seconds=limit,
            relative_gap=aim,
            at_most=(model.open_needs, most),
            start=begin,
            seed=seed,
            on_gap=report("cost"),
        )

    try:
        answer = cheapest(ceiling + 1e-9 * max(1.0, ceiling), 0.5 * seconds, start)
    except SolverError:
        first = minimise(
            work,
            model.open_needs,
            whole=True,
            seconds=0.3 * seconds,
            absolute_gap=slack / 2,
            start=start if start is not None else _nothing(model),
            seed=seed,
            on_gap=report("needs"),
        )
        unmet_bound, least = max(unmet_bound, first.bound), first.values
        ceiling = first.objective + slack
        answer = cheapest(ceiling + 1e-6 * max(1.0, ceiling), 0.4 * seconds, first.values)
    if not small:
        answer = _whole_sizes(model, answer, ceiling, 0.3 * seconds, gap, seed)
    return Found(answer.values, least, unmet_bound, answer.bound)


def _loose_sizes(model: Formulation) -> Matrix:
    learners = {start.learners for start in model.starts}
    flags = [flag and n not in learners for n, flag in enumerate(model.matrix.whole)]
    return replace(model.matrix, whole=flags)


def _nothing(model: Formulation) -> Floats:
    """Start no cohort at all: always allowed."""
    return np.zeros(len(model.matrix.lower))


def _whole_sizes(
    model: Formulation, loose: Answer, ceiling: float, seconds: float, gap: float, seed: int
) -> Answer:
    """Whole learners for the cohorts found. Rounding up never leaves more need open; where places
    or money forbid it, rounding down always fits."""
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    up, down = loose.values.copy(), loose.values.copy()
    for start in model.starts:
        count = float(round(loose.values[start.cohorts]))
        size = loose.values[start.learners]
        lower[start.cohorts] = upper[start.cohorts] = count
        up[start.cohorts] = down[start.cohorts] = count
        up[start.learners] = np.ceil(size - 1e-6)
        down[start.learners] = np.floor(size + 1e-6)
    fixed = replace(model.matrix, lower=lower, upper=upper)
    tries: tuple[tuple[Matrix, Floats, float], ...] = (
        (fixed, up, ceiling + 1e-6 * max(1.0, ceiling)),
        (fixed, down, _open_after(model, fixed, down)),
    )
    for matrix, begin, most in tries:
        try:
            answer = minimise(
                matrix,
                model.money,
                whole=True,
                seconds=seconds / 2,
                relative_gap=gap / 4,
                at_most=(model.open_needs, most),
                start=begin,
                seed=seed,
            )
        except SolverError:
            continue
        return replace(answer, bound=loose.bound, proven=False)
    raise SolverError("No whole numbers of learners were found in time. Give it more seconds.")


def _open_after(model: Formulation, fixed: Matrix, sizes: Floats) -> float:
    """The least need left open when every size is as given."""
    lower, upper = list(fixed.lower), list(fixed.upper)
    for start in model.starts:
        lower[start.learners] = upper[start.learners] = float(sizes[start.learners])
    pinned = replace(fixed, lower=lower, upper=upper)
    answer = minimise(pinned, model.open_needs, whole=False, seconds=30.0)
    return answer.objective * (1 + 1e-6) + 1e-6
