"""Better plans from a plan: part of it is let go of and planned again, the rest stays.

Which cohorts start is what is hard; their sizes follow. So plans are searched for in which sizes may
be fractions, and become whole at last (``whole_sizes``), which costs next to nothing.

A first plan chooses among the cohorts alone that the relaxed plan uses, and those that come nearest to
it: the kernel (Angelelli, Mansini and Speranza 2010). *Large neighbourhood search* (Shaw 1998) then
lets go of components (``components.py``), of months, or of what two plans have different, and HiGHS
plans that part anew. How much is let go of grows where a part is solved at once, and shrinks where
time runs out on it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from backcast.planning.components import Labels, components_of, joined, rows_of
from backcast.planning.formulation import Floats, Formulation, Matrix
from backcast.planning.inequalities import matrix_of, sparse
from backcast.planning.solver import SolverError, minimise

Mask = NDArray[np.bool_]

KERNEL = 1.0
"""Cohorts in the kernel of a first plan: so many times those of the relaxed plan."""
WIDER = (1.0, 1.0, 2.0, math.inf)
"""The same of a part that is planned anew; one of them by chance."""
FIRST_PART, SMALLEST_PART, LARGEST_PART = 80, 40, 2_000
"""Columns of cohorts let go of at once: at first, at least, at most."""
EVEN = 0.2
"""Of the chance with which components are let go of, this share is even; the rest follows how much
dearer the plan is there than the relaxed one."""
FEASIBLE = 1e-6
"""Limits hold to this share."""
WORTH_ROUNDING = 5e-4
"""Sizes become whole when the plan is better by this share of its worth."""


class Incumbent:
    """The best plan so far and the best bound, shared between threads. ``gap``: (worth − bound) /
    worth at which the plan is proven well enough."""

    def __init__(self, objective: Floats, gap: float) -> None:
        self._objective = objective
        self.gap = gap
        self._lock = threading.Lock()
        self.lock = threading.Lock()
        """Held while several threads' plans are put together."""
        self.values: Floats | None = None
        self.worth = math.inf
        self.bound = -math.inf
        self.halt = threading.Event()
        self.fault: BaseException | None = None

    def offer(self, values: Floats) -> bool:
        """Take a plan if it is better."""
        worth = float(self._objective @ values)
        with self._lock:
            better = worth < self.worth - 1e-9 * max(1.0, abs(worth))
            if better:
                self.values, self.worth = values, worth
        return better

    def take(self, values: Floats, _: float) -> None:
        """Take a plan as HiGHS hands it over, with its worth."""
        self.offer(values)

    def raise_bound(self, bound: float) -> None:
        with self._lock:
            if math.isfinite(bound):
                self.bound = max(self.bound, bound)

    def snapshot(self) -> tuple[Floats | None, float, float]:
        """Values, worth and bound that belong together."""
        with self._lock:
            return self.values, self.worth, min(self.bound, self.worth)

    def proven(self) -> bool:
        values, worth, bound = self.snapshot()
        return values is not None and worth - bound <= self.gap * max(abs(worth), 1.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """The matrix as a sparse one, what its columns are, and the relaxed plan."""

    rows: csr_array
    by_column: csc_array
    """``rows``, read by columns: a part of a large model is cut out of it in no time."""
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    objective: Floats
    relaxed: Floats
    whole: Mask
    cohorts: Mask
    learners: Mask
    month: NDArray[np.int64]
    """Month of start of cohorts and learners; −1 for other columns."""
    sizes: NDArray[np.int64]
    """For a column of cohorts that of their learners; −1 for others."""
    component: Labels
    rank: NDArray[np.int64]
    """Place of a column of cohorts among those that promise most: the relaxed plan's first, then by
    what one more would cost."""
    kernel: int
    """Cohorts of the relaxed plan."""

    def promising(self, factor: float) -> Mask:
        """Columns of cohorts in a kernel that is so many times as large as the relaxed plan."""
        return self.cohorts & (self.rank < factor * self.kernel)


def layout_of(
    model: Formulation, matrix: Matrix, relaxed: Floats, reduced: Floats, objective: Floats
) -> Layout:
    """Of ``matrix``, the model's with inequalities; values and reduced costs of its relaxed plan."""
    width = len(matrix.lower)
    month, sizes = np.full(width, -1), np.full(width, -1)
    cohorts, learners = np.zeros(width, dtype=bool), np.zeros(width, dtype=bool)
    for start in model.starts:
        month[[start.cohorts, start.learners]] = start.month
        cohorts[start.cohorts] = learners[start.learners] = True
        sizes[start.cohorts] = start.learners
    rows = sparse(matrix)
    columns = np.flatnonzero(cohorts)
    used = relaxed[columns]
    order = columns[np.lexsort((reduced[columns], -used))]
    rank = np.full(width, width)
    rank[order] = np.arange(len(order))
    return Layout(
        rows,
        csc_array(rows),
        np.array(matrix.lower),
        np.array(matrix.upper),
        np.array(matrix.row_lower),
        np.array(matrix.row_upper),
        objective,
        relaxed,
        np.array(matrix.whole, dtype=bool),
        cohorts,
        learners,
        month,
        sizes,
        components_of(matrix, rows),
        rank,
        max(1, int((used > 1e-6).sum())),
    )


@dataclass(slots=True)
class _Part:
    """Columns and rows that are planned anew."""

    matrix: Matrix
    columns: NDArray[np.int64]


def part_of(layout: Layout, values: Floats, fixed: Mask) -> _Part:
    """The model with columns ``fixed`` at ``values``; only cohorts are whole.

    Columns that no longer hang together with a free column of cohorts keep their values, too.
    """
    moving = np.flatnonzero(~fixed)
    label = joined(rows_of(layout.by_column[:, moving])[0])
    columns = moving[np.isin(label, np.unique(label[layout.cohorts[moving]]))]
    small, used = rows_of(layout.by_column[:, columns])
    rest = values.copy()
    rest[columns] = 0.0
    shift = layout.rows[used] @ rest
    matrix = matrix_of(
        small,
        layout.lower[columns],
        layout.upper[columns],
        layout.row_lower[used] - shift,
        layout.row_upper[used] - shift,
        layout.cohorts[columns],
    )
    return _Part(matrix, columns)


def plan_again(
    layout: Layout,
    values: Floats,
    fixed: Mask,
    *,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
    begun: bool = True,
) -> tuple[Floats, bool] | None:
    """The plan with all but ``fixed`` planned anew (sizes may be fractions), and whether that part is
    proven the best.

    ``begun``: the cohorts of ``values`` are whole, and are where the search begins.
    """
    part = part_of(layout, values, fixed)
    if not any(part.matrix.whole):
        return None
    try:
        answer = minimise(
            part.matrix,
            layout.objective[part.columns],
            whole=True,
            seconds=seconds,
            relative_gap=1e-4,
            start=values[part.columns] if begun else None,
            seed=seed,
            threads=1,
            should_stop=should_stop,
        )
    except SolverError:
        return None
    out = values.copy()
    out[part.columns] = answer.values
    chosen = part.columns[layout.cohorts[part.columns]]
    out[chosen] = np.round(out[chosen])
    return out, answer.proven


def whole_sizes(layout: Layout, values: Floats, seconds: float = 3.0) -> Floats | None:
    """The plan with the same cohorts and whole sizes: each up or down, as is best together; down
    where that takes too long, which always fits."""
    lower, upper = layout.lower.copy(), layout.upper.copy()
    lower[layout.cohorts] = upper[layout.cohorts] = np.round(values[layout.cohorts])
    sizes = layout.learners
    down = np.floor(values[sizes] + 1e-6)
    for up in (np.ceil(values[sizes] - 1e-6), down):
        lower[sizes] = np.minimum(down, layout.upper[sizes])
        upper[sizes] = np.minimum(up, layout.upper[sizes])
        matrix = matrix_of(layout.rows, lower, upper, layout.row_lower, layout.row_upper, sizes)
        try:
            found = minimise(
                matrix,
                layout.objective,
                whole=bool((up != down).any()),
                seconds=seconds,
                relative_gap=1e-4,
                threads=1,
            ).values
        except SolverError:
            continue
        found[layout.whole] = np.round(found[layout.whole])
        return found
    return None


def from_kernel(
    layout: Layout,
    factor: float,
    *,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
    on_better: Callable[[Floats], None],
) -> Floats | None:
    """A first plan out of the kernel; sizes may be fractions."""
    upper = layout.upper.copy()
    upper[layout.cohorts & ~layout.promising(factor)] = 0.0
    try:
        found = minimise(
            matrix_of(
                layout.rows,
                layout.lower,
                upper,
                layout.row_lower,
                layout.row_upper,
                layout.cohorts,
            ),
            layout.objective,
            whole=True,
            seconds=seconds,
            relative_gap=1e-3,
            seed=seed,
            threads=1,
            should_stop=should_stop,
            on_better=lambda values, _: on_better(values),
        ).values
    except SolverError:
        return None
    found[layout.cohorts] = np.round(found[layout.cohorts])
    return found


def nothing_starts(layout: Layout, values: Floats, mine: Mask) -> Floats:
    """The plan without any cohort in the columns ``mine``."""
    upper = layout.upper.copy()
    upper[layout.cohorts & mine] = 0.0
    part = part_of(replace(layout, upper=upper), values, (layout.component >= 0) & ~mine)
    answer = minimise(
        part.matrix, layout.objective[part.columns], whole=False, seconds=30.0, threads=1
    )
    out = values.copy()
    out[part.columns] = answer.values
    return out


def with_sizes(layout: Layout, cohorts: Mask) -> Mask:
    """The columns of cohorts, and those of their learners."""
    out = cohorts.copy()
    out[layout.sizes[np.flatnonzero(cohorts)]] = True
    return out


def _among(
    layout: Layout, rng: np.random.Generator, values: Floats, size: float, free: Mask
) -> Mask:
    """Of ``free`` what lies in some components, about ``size`` columns: those first, by chance, in
    which the plan is much dearer than the relaxed one."""
    counts = np.bincount(layout.component[free], minlength=int(layout.component.max()) + 1)
    there = np.flatnonzero(counts)
    dearer = np.bincount(
        layout.component[layout.component >= 0],
        (layout.objective * (values - layout.relaxed))[layout.component >= 0],
        minlength=len(counts),
    )[there]
    chance = np.maximum(dearer, 0.0) + 1e-9
    chance = (1 - EVEN) * chance / chance.sum() + EVEN / len(there)
    order = rng.choice(there, size=len(there), replace=False, p=chance / chance.sum())
    enough = int(np.searchsorted(np.cumsum(counts[order]), size)) + 1
    return free & np.isin(layout.component, order[:enough])


def _some_months(layout: Layout, rng: np.random.Generator) -> Mask:
    last = int(layout.month.max())
    length = int(rng.integers(6, 16))
    first = int(rng.integers(-length // 2, max(1, last - length // 2)))
    return layout.cohorts & (layout.month >= first) & (layout.month < first + length)


def improve(
    layout: Layout,
    best: Incumbent,
    plans: list[Floats | None],
    number: int,
    *,
    seed: int,
    each: float,
    alone: float,
    until: float,
    near: float,
    pause: float = 0.0,
    others_stay: bool = False,
    done: Callable[[], bool] = lambda: False,
) -> None:
    """Search neighbourhoods until ``best.halt`` is set, ``until`` (monotonic), the plan is within
    the share ``near`` of its bound, or ``done`` says so.

    ``pause``: seconds, at least, between two plans whose sizes become whole. ``others_stay``: components
    of which nothing is let go of stay as they are, sizes and all: parts of a large model stay small, and
    what threads find in different components is put together.

    Each thread has a plan of its own in ``plans`` until ``alone``, so that they do not both end in the
    same place; then all go on from the better one.
    """
    rng = np.random.default_rng(seed)
    size = float(FIRST_PART)
    promised, rested = math.inf, time.monotonic() + pause
    while not (best.halt.is_set() or done()) and time.monotonic() < until:
        own = plans[number]
        if own is None or others_stay or time.monotonic() > alone:
            own = min(
                (plan for plan in plans if plan is not None),
                key=lambda plan: float(layout.objective @ plan),
                default=own,
            )
        if own is None:
            own = best.snapshot()[0]
        if own is None:
            return
        _, worth, bound = best.snapshot()
        if worth - bound <= near * abs(worth):
            break
        free = let_go(layout, rng, own, size, plans[number - 1] if len(plans) > 1 else None)
        held = layout.cohorts if rng.random() < 0.5 else layout.cohorts | layout.learners
        before, begun = float(layout.objective @ own), time.monotonic()
        fixed = held & ~with_sizes(layout, free)
        if others_stay:
            fixed |= ~np.isin(layout.component, np.unique(layout.component[free]))
        found = plan_again(
            layout,
            own,
            fixed,
            seconds=min(each, until - begun),
            seed=int(rng.integers(2**31 - 1)),
            should_stop=best.halt.is_set,
        )
        spent = time.monotonic() - begun
        after = before if found is None else float(layout.objective @ found[0])
        better = after < before - 1e-6 * abs(before)
        if better and found is not None:
            if others_stay:
                after = _put_together(layout, best, plans, found[0], ~fixed)
            else:
                plans[number] = found[0]
            worse = after >= min(worth, promised) - WORTH_ROUNDING * abs(worth)
            if not worse and time.monotonic() >= rested:
                promised, rested = after, time.monotonic() + pause
                now = plans[number]
                _offer(layout, best, found[0] if now is None else now)
        elif found is not None and found[1] and spent < each / 2:
            size = min(LARGEST_PART, size * 1.15)
        elif found is None or not found[1]:
            size = max(SMALLEST_PART, size * 0.85)
    last = plans[number]
    if last is not None and float(layout.objective @ last) < best.snapshot()[1]:
        _offer(layout, best, last)


def _put_together(
    layout: Layout, best: Incumbent, plans: list[Floats | None], found: Floats, mine: Mask
) -> float:
    """Put what was found in columns ``mine`` into the plan that all threads go on from, where that makes
    it better and the limits allow it. What that plan is worth now."""
    with best.lock:
        base = plans[0]
        both = found if base is None else base.copy()
        both[mine] = found[mine]
        activity = layout.rows @ both
        slack = FEASIBLE * np.maximum(1.0, np.abs(activity))
        worth = math.inf if base is None else float(layout.objective @ base)
        if float(layout.objective @ both) < worth and np.all(
            (activity >= layout.row_lower - slack) & (activity <= layout.row_upper + slack)
        ):
            plans[:] = [both] * len(plans)
            return float(layout.objective @ both)
        return worth


def let_go(
    layout: Layout,
    rng: np.random.Generator,
    own: Floats,
    size: float,
    other: Floats | None,
) -> Mask:
    """Columns of cohorts to plan anew: of components, of months, or where two plans differ."""
    near = layout.promising(float(rng.choice(WIDER))) | (layout.cohorts & (own > 0.5))
    kind = rng.random()
    if other is not None and kind < 0.15:
        differ = layout.cohorts & (np.abs(own - other) > 0.5)
        if differ.any():
            return _among(layout, rng, own, 2 * size, differ)
    if kind < 0.55:
        return _among(layout, rng, own, size, near)
    some = near & _some_months(layout, rng)
    return _among(layout, rng, own, size, some) if some.any() else near


def _offer(layout: Layout, best: Incumbent, values: Floats) -> None:
    found = whole_sizes(layout, values)
    if found is not None:
        best.offer(found)


def in_threads(works: Sequence[Callable[[], None]], best: Incumbent) -> list[threading.Thread]:
    """Start the works side by side. What one of them raises is kept in ``best.fault``."""

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            best.fault = error
            best.halt.set()

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    return threads
