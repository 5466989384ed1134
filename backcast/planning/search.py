"""Find the plan: needs first by their price, then cost, with a proven bound.

Both aims are one number: cost + price · weighted person-quarters left open. The price of an open
person-quarter is what a hire usually costs in the dearest role, and what is open at the end counts
for a year more, so that nothing is left open that a cohort of a usual price could fill.

The first plan is the best of what was announced, the backward greedy's, and in a small model a
rounding of the linear relaxation.
Inequalities that only whole cohorts keep (``inequalities.py``) lift the relaxation's bound. Then two
threads work until the proven gap is as small as was asked for: they improve the plan part by part
(``improvement.py``), and in the end HiGHS has the whole model with the inequalities in one of them.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backcast.planning.components import Apart, raise_bound, tighten_apart
from backcast.planning.formulation import Floats, Formulation, Matrix, cumulative_needs
from backcast.planning.greedy import backward_greedy
from backcast.planning.improvement import (
    KERNEL,
    Incumbent,
    Layout,
    from_kernel,
    improve,
    in_threads,
    layout_of,
    whole_sizes,
)
from backcast.planning.inequalities import Tight, tighten
from backcast.planning.problem import Problem
from backcast.planning.sharing import Common
from backcast.planning.solver import Relaxation, SolverError, minimise

ROUND_UP_FROM = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
"""A fraction of a cohort from this on is rounded up; each is tried."""

TIGHTENING = 0.2
FIRST_PLAN = 0.3
"""Of the time left, at most: for inequalities, and then for a first plan."""
ALONE = 0.45
"""Share of the time after which both threads go on from the better of their plans."""
WHOLE_AT_ONCE = 300
"""Up to so many whole columns HiGHS solves the whole faster than parts of it."""
MANY = 10_000
"""Above so many whole columns components are planned alone first, then brought within what they share."""
APART, RELAXED = 0.05, 0.4
"""Of the time for such a model, at most: for inequalities, and for the relaxation."""
OFFERED, ROUNDED = 0.06, 0.02
"""Its sizes become whole at most once in the first share of the time, and in the last."""
NEAR, PROVE_FROM, ALONE_BOUND = 0.03, 0.5, 0.75
"""From this gap on, as a share of worth, or this share of the time, proving components alone pays beside
improving, for at most this share of the time left; near its bound the plan is proven as a whole."""
PART_SECONDS = 3.0
"""A part is planned anew in so many seconds, at most, or in a sixtieth of the time."""
ANNOUNCED = 3.0
"""Seconds, at most, to find how much of what was announced can stay."""
LEAST_SECONDS = 1.0
"""With less time left the whole is not begun with."""
LISTEN = 0.1
"""Seconds between two looks at how the threads do."""

OnGap = Callable[[Floats | None, float, float], None]
"""Told the best plan so far, its worth and the bound."""
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


@dataclass(frozen=True, slots=True)
class _Task:
    """What is planned, the best so far, and ``until`` when (monotonic). ``stop`` and ``tell`` are called
    by the thread alone that was asked for a plan."""

    model: Formulation
    objective: Floats
    best: Incumbent
    until: float
    seed: int
    stop: ShouldStop
    tell: Callable[[], None]


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

    The gap is (worth − bound) / worth. Starting nothing is always allowed, so there is always a
    plan; ``SolverError`` only where not even the relaxation was solved in time.
    """
    until = time.monotonic() + seconds
    objective = model.money + price * model.open_needs
    best = Incumbent(objective, 0.9 * gap)

    def stop() -> bool:
        return should_stop is not None and should_stop()

    def tell() -> None:
        if on_gap is not None:
            on_gap(*best.snapshot())

    task = _Task(model, objective, best, until, seed, stop, tell)
    if sum(model.matrix.whole) > MANY:
        return _of_many(task, price)
    relaxation = Relaxation(model.matrix, objective, max(10.0, seconds))
    relaxed, linear = relaxation.values, relaxation.worth
    small = sum(model.matrix.whole) <= WHOLE_AT_ONCE
    start = _first(model, objective, relaxed, small)
    best.offer(start)
    best.raise_bound(linear)
    tell()
    if not best.proven() and time.monotonic() < until - LEAST_SECONDS and not stop():
        (_prove_small if small else _search)(task, relaxation)
    values, worth, bound = best.snapshot()
    return Found(start if values is None else values, relaxed, price, worth, bound)


def _prove_small(task: _Task, relaxation: Relaxation) -> None:
    """HiGHS with the whole of a small model, after the inequalities."""

    def raised(bound: float) -> None:
        task.best.raise_bound(bound)
        task.tell()

    share = TIGHTENING * (task.until - time.monotonic())
    tight = tighten(task.model, relaxation, seconds=share, stop=task.stop, on_bound=raised)
    if not task.best.proven() and not task.stop():
        _run([lambda: _prove(task, tight)], task)


def _prove(task: _Task, tight: Tight) -> None:
    """HiGHS with the whole, from the best plan."""
    best = task.best

    def enough() -> bool:
        return best.halt.is_set() or best.proven()

    if enough() or time.monotonic() > task.until - LEAST_SECONDS:
        return
    answer = minimise(
        tight.matrix,
        task.objective,
        whole=True,
        seconds=task.until - time.monotonic(),
        relative_gap=best.gap,
        start=best.snapshot()[0],
        seed=task.seed,
        threads=1,
        on_gap=lambda _, bound: best.raise_bound(bound),
        on_better=best.take,
        should_stop=enough,
    )
    best.offer(answer.values)
    best.raise_bound(answer.bound)
    if answer.proven:
        best.halt.set()


def _search(task: _Task, relaxation: Relaxation) -> None:
    """Two threads until the gap is proven, time is up or ``stop`` says so. One tightens the whole, the
    other its components, which is done in a tenth of the time, and begins to plan; then both improve the
    plan part by part. When it is near its bound or time runs out, one of them proves.
    """
    model, objective, best = task.model, task.objective, task.best
    until, seed = task.until, task.seed
    begun = time.monotonic()
    left = until - begun
    halt = best.halt.is_set
    plans: list[Floats | None] = [None, None]
    tights: list[tuple[Tight, Layout]] = []
    relaxed, reduced, duals = relaxation.values, relaxation.reduced_costs(), relaxation.duals()

    def improved(
        layout: Layout,
        number: int,
        end: float,
        near: float,
        done: Callable[[], bool] = lambda: False,
    ) -> None:
        improve(
            layout,
            best,
            plans,
            number,
            seed=seed + number,
            each=max(PART_SECONDS, left / 60),
            alone=begun + ALONE * left,
            until=end,
            near=near,
            done=done,
        )

    def first(layout: Layout, number: int) -> None:
        """A plan of the kernel, as ``number``'s own where it is better than the best."""

        def taken(values: Floats) -> None:
            if float(objective @ values) < best.snapshot()[1]:
                plans[number] = values

        found = from_kernel(
            layout,
            KERNEL,
            seconds=max(1.0, FIRST_PLAN * left),
            seed=seed + number,
            should_stop=halt,
            on_better=taken,
        )
        if found is None:
            return
        taken(found)
        rounded = whole_sizes(layout, found)
        if rounded is not None:
            best.offer(rounded)

    def tighten_whole() -> None:
        share = TIGHTENING * left
        tight = tighten(model, relaxation, seconds=share, stop=halt, on_bound=best.raise_bound)
        layout = layout_of(
            model, tight.matrix, tight.relaxed, tight.relaxation.reduced_costs(), objective
        )
        tights.append((tight, layout))
        first(layout, 0)
        improved(layout, 0, until, 0.0)

    def plan_and_prove() -> None:
        apart = tighten_apart(
            model,
            objective,
            seconds=APART * left,
            stop=halt,
            on_bound=best.raise_bound,
            duals=duals,
        )
        layout = layout_of(model, apart.matrix, relaxed, reduced, objective)
        first(layout, 1)
        improved(layout, 1, until, 0.0, lambda: bool(tights))
        if halt() or not tights:
            return
        tight, layout = tights[0]
        improved(layout, 1, begun + PROVE_FROM * left, NEAR)
        if not halt():
            raise_bound(
                tight,
                objective,
                layout.cohorts,
                seconds=ALONE_BOUND * (until - time.monotonic()),
                on_bound=best.raise_bound,
                should_stop=lambda: halt() or best.proven(),
                seed=seed,
            )
            improved(layout, 1, until, NEAR)
            _prove(task, tight)

    _run((tighten_whole, plan_and_prove), task)


def _run(works: Sequence[Callable[[], None]], task: _Task) -> None:
    """The works side by side, until all are done, the gap is proven, or ``stop`` says so."""
    best, tell = task.best, task.tell
    threads = in_threads(works, best)
    told = best.snapshot()[1:]
    try:
        while any(thread.is_alive() for thread in threads):
            threads[-1].join(LISTEN)
            now = best.snapshot()[1:]
            if now != told:
                told = now
                tell()
            if best.proven() or task.stop():
                best.halt.set()
    finally:
        best.halt.set()
        for thread in threads:
            thread.join()
    if best.fault is not None and not isinstance(best.fault, SolverError):
        raise best.fault
    tell()


def _of_many(task: _Task, price: float) -> Found:
    """Plan a large model (``sharing.py``). One thread begins with the relaxation of the whole."""
    model, objective, best = task.model, task.objective, task.best
    until, seed = task.until, task.seed
    begun = time.monotonic()
    left = until - begun
    start = _at_hand(model, objective)
    best.offer(start)
    best.raise_bound(0.0)
    task.tell()
    relaxed: list[Floats] = []
    layouts: list[Layout] = []
    common: list[Common] = []
    plans: list[Floats | None] = [None, None]
    ready = threading.Event()
    halt = best.halt.is_set

    def tighten_all(duals: Floats | None = None) -> Apart:
        return tighten_apart(
            model,
            objective,
            seconds=APART * left,
            stop=halt,
            on_bound=best.raise_bound,
            duals=duals,
        )

    def relax_whole() -> None:
        try:
            whole = Relaxation(model.matrix, objective, RELAXED * left)
        except SolverError:
            return
        alone = best.snapshot()[2]
        best.raise_bound(whole.worth)
        relaxed.append(whole.values)
        if whole.worth > (1 + NEAR) * alone:  # what is shared binds: at its prices, then
            tighten_all(whole.duals())

    each = max(1.0, left / 600)

    def work(number: int) -> None:
        if number == 0:
            relax_whole()
            while not (halt() or ready.wait(LISTEN)):
                pass
        else:
            apart = tighten_all()
            layout = layout_of(model, apart.matrix, apart.relaxed, apart.reduced, objective)
            layouts.append(layout)
            common.append(Common(model, layout, apart.spanning, price, 2, left))
            ready.set()
        if halt():
            return
        within = common[0].plan(seed + number, halt)
        if within is not None:
            best.offer(within)
            plans[number] = within
        improve(
            layouts[0],
            best,
            plans,
            number,
            seed=seed + number,
            each=each,
            alone=begun,
            until=until - ROUNDED * left,
            near=0.0,
            pause=OFFERED * left,
            others_stay=True,
        )

    _run((lambda: work(0), lambda: work(1)), task)
    values, worth, bound = best.snapshot()
    plan = start if values is None else values
    return Found(plan, relaxed[0] if relaxed else plan, price, worth, bound)


def _first(model: Formulation, objective: Floats, relaxed: Floats, small: bool) -> Floats:
    """The best of what is at hand: the announced cohorts, the backward greedy's, and of a small
    model a rounding of the relaxed plan."""
    plans = _known(model, objective)
    if small or not plans:
        plans.append(_rounded(model, objective, relaxed))
    return min(plans, key=lambda values: float(objective @ values))


def _known(model: Formulation, objective: Floats) -> list[Floats]:
    """The plans of the announced cohorts and of the backward greedy, as far as there are any."""
    known = (_announced(model, objective), _greedy(model, objective))
    return [values for values in known if values is not None]


def _at_hand(model: Formulation, objective: Floats) -> Floats:
    """The better of the announced cohorts and the backward greedy's; else nothing starts."""
    plans = _known(model, objective)
    if not plans:
        nothing = _pinned(model, objective, _no_cohorts(model))[0]
        if nothing is None:
            raise SolverError("Not even a plan without cohorts was found. Give it more seconds.")
        return nothing
    return min(plans, key=lambda values: float(objective @ values))


def _announced(model: Formulation, objective: Floats) -> Floats | None:
    """The plan of the announced cohorts, or of as many of them as the limits still allow."""
    if not model.problem.announced:
        return None
    rows = {
        (row.program, row.start - model.problem.first_month): row for row in model.problem.announced
    }
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    for start in model.starts:
        row = rows.get((start.program.id, start.month))
        for column, amount in (
            (start.cohorts, row.cohorts if row else 0),
            (start.learners, row.learners if row else 0),
        ):
            upper[column] = min(upper[column], max(amount, lower[column]))
    matrix = replace(model.matrix, lower=lower, upper=upper)
    try:
        answer = minimise(matrix, objective, whole=True, seconds=ANNOUNCED, relative_gap=1e-3)
    except SolverError:
        return None
    values = answer.values
    whole = np.array(matrix.whole, dtype=bool)
    values[whole] = np.round(values[whole])
    return values


def _greedy(model: Formulation, objective: Floats) -> Floats | None:
    """The backward greedy's cohorts with hires and places planned best; ``None`` where they break a
    limit that the greedy does not know."""
    problem = model.problem
    margins: dict[str, float] = {}
    need, _ = cumulative_needs(problem)
    for (cell, t), column in model.spare.items():
        if need[cell][t] > 0:
            margins[cell[0]] = model.matrix.upper[column] / float(need[cell][t])
    size: dict[tuple[str, int], list[int]] = defaultdict(list)
    for cohort in backward_greedy(problem, margins).cohorts:
        size[cohort.program, cohort.start - problem.first_month].append(cohort.size)
    lower, upper = list(model.matrix.lower), list(model.matrix.upper)
    for start in model.starts:
        mine = size.pop((start.program.id, start.month), [])
        lower[start.cohorts] = upper[start.cohorts] = len(mine)
        lower[start.learners] = upper[start.learners] = sum(mine)
    if size:
        return None
    return _solve(model, objective, replace(model.matrix, lower=lower, upper=upper))[0]


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
