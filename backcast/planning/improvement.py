"""Better plans from a plan: part of it is let go of and planned again, the rest stays.

*Relax and fix* (Pochet and Wolsey 2006, ch. 3) makes a first plan: months after months, the cohorts
of a few months become whole while later ones may still be fractions; or roles after roles. *Large neighbourhood search*
(Shaw 1998) then lets go of some months, of some roles, or of all sizes in some roles, and HiGHS
plans that part anew. How much is let go of grows where a part is solved at once, and shrinks where
time runs out on it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from backcast.planning.formulation import Floats, Formulation, Matrix
from backcast.planning.inequalities import sparse
from backcast.planning.solver import SolverError, minimise

Mask = NDArray[np.bool_]

WINDOWS = (9, 6)
"""Months that become whole together in a first plan, by thread."""
MANY = 2_000
"""Whole columns of the roles that become whole together."""
FIRST_PART = 400
SMALLEST_PART = 60
LARGEST_PART = 4_000
"""Whole columns let go of at once: at first, at least, at most."""


class Incumbent:
    """The best plan so far and the best bound, shared between threads."""

    def __init__(self, objective: Floats, gap: float) -> None:
        self._objective = objective
        self.gap = gap
        self._lock = threading.Lock()
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
        return values is not None and worth - bound <= self.gap


@dataclass(frozen=True, slots=True)
class Layout:
    """The matrix as a sparse one, and what its whole columns are."""

    matrix: Matrix
    rows: csr_array
    objective: Floats
    whole: Mask
    month: NDArray[np.int64]
    """Month of start of cohorts and learners; −1 for other columns."""
    role: NDArray[np.int64]
    """Number of the program's first role; −1 for other columns."""
    learners: Mask


def layout_of(model: Formulation, matrix: Matrix, objective: Floats) -> Layout:
    width = len(matrix.lower)
    month, role = np.full(width, -1), np.full(width, -1)
    learners = np.zeros(width, dtype=bool)
    roles: dict[str, int] = {}
    for start in model.starts:
        number = roles.setdefault(start.program.roles[0].role, len(roles))
        for column in (start.cohorts, start.learners):
            month[column], role[column] = start.month, number
        learners[start.learners] = True
    whole = np.array(matrix.whole, dtype=bool)
    return Layout(matrix, sparse(matrix), objective, whole, month, role, learners)


@dataclass(slots=True)
class _Part:
    """Columns and rows that are planned anew."""

    matrix: Matrix
    columns: NDArray[np.int64]


def part_of(layout: Layout, values: Floats, free: Mask) -> _Part:
    """The model with whole columns outside ``free`` fixed at ``values``.

    Columns that no longer hang together with a free whole one keep their values, too.
    """
    fixed = layout.whole & ~free
    moving = np.flatnonzero(~fixed)
    rows = layout.rows[:, moving].tocoo()
    height = rows.shape[0]
    graph = coo_array(
        (np.ones(len(rows.row)), (rows.row, rows.col + height)),
        shape=(height + len(moving), height + len(moving)),
    )
    _, label = connected_components(graph, directed=False)
    wanted = np.isin(label[height:], np.unique(label[height:][layout.whole[moving]]))
    columns = moving[wanted]
    rest = values.copy()
    rest[columns] = 0.0
    shift = layout.rows @ rest
    small = layout.rows[:, columns]
    used = np.flatnonzero(np.diff(small.indptr))
    small = small[used]
    matrix = Matrix(
        lower=np.array(layout.matrix.lower)[columns].tolist(),
        upper=np.array(layout.matrix.upper)[columns].tolist(),
        whole=layout.whole[columns].tolist(),
        row_lower=(np.array(layout.matrix.row_lower) - shift)[used].tolist(),
        row_upper=(np.array(layout.matrix.row_upper) - shift)[used].tolist(),
        starts=small.indptr[:-1].tolist(),
        index=small.indices.tolist(),
        value=small.data.tolist(),
    )
    return _Part(matrix, columns)


def plan_again(
    layout: Layout,
    values: Floats,
    free: Mask,
    *,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
    begun: bool = True,
) -> tuple[Floats, bool] | None:
    """The plan with the free part planned anew, and whether that part is proven the best.

    ``begun``: the free part of ``values`` is whole already, and is where the search begins.
    """
    part = part_of(layout, values, free)
    if not any(part.matrix.whole):
        return None
    try:
        answer = minimise(
            part.matrix,
            layout.objective[part.columns],
            whole=True,
            seconds=seconds,
            relative_gap=1e-3,
            start=values[part.columns] if begun else None,
            seed=seed,
            threads=1,
            should_stop=should_stop,
        )
    except SolverError:
        return None
    return _put_back(layout, part, values, answer.values), answer.proven


def _put_back(layout: Layout, part: _Part, values: Floats, planned: Floats) -> Floats:
    out = values.copy()
    out[part.columns] = planned
    whole = part.columns[layout.whole[part.columns]]
    out[whole] = np.round(out[whole])
    return out


def role_by_role(
    layout: Layout,
    relaxed: Floats,
    *,
    size: int,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
) -> Floats | None:
    """A first plan: some roles become whole after others, which keep their relaxed values till then.

    What the limits hold for the rest is what the relaxed plan leaves, so every step has a plan: if
    time is too short for roles, nothing starts for them.
    """
    until = time.monotonic() + seconds
    counts = np.bincount(layout.role[layout.whole & (layout.role >= 0)])
    order = np.random.default_rng(seed).permutation(np.flatnonzero(counts))
    group = np.cumsum(counts[order]) // size
    values = relaxed
    for n in np.unique(group):
        left = until - time.monotonic()
        if should_stop() or left <= 0:
            return None
        free = layout.whole & np.isin(layout.role, order[group == n])
        found = plan_again(
            layout,
            values,
            free,
            seconds=left / (1 + int(group[-1] - n)),
            seed=seed,
            should_stop=should_stop,
            begun=False,
        )
        values = _nothing_starts(layout, values, free) if found is None else found[0]
    return values


def _nothing_starts(layout: Layout, values: Floats, free: Mask) -> Floats:
    part = part_of(layout, values, free)
    for n, whole in enumerate(part.matrix.whole):
        if whole:
            part.matrix.upper[n] = 0.0
    answer = minimise(
        part.matrix, layout.objective[part.columns], whole=False, seconds=30.0, threads=1
    )
    return _put_back(layout, part, values, answer.values)


def relax_and_fix(
    layout: Layout,
    relaxed: Floats,
    *,
    window: int,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
) -> Floats | None:
    """A first plan; ``None`` where it came to nothing in time. ``relaxed``: the relaxed plan.

    Where time is too short for a window, its cohorts are rounded down, which always fits.
    """
    until = time.monotonic() + seconds
    lower, upper = np.array(layout.matrix.lower), np.array(layout.matrix.upper)
    cohorts = layout.whole & ~layout.learners & (layout.month >= 0)
    months = np.unique(layout.month[cohorts])
    firsts = range(0, len(months), window)
    values = relaxed

    def solved(whole: Mask, seconds: float) -> Floats | None:
        matrix = replace(
            layout.matrix, lower=lower.tolist(), upper=upper.tolist(), whole=whole.tolist()
        )
        start = values.copy()
        start[whole] = np.floor(start[whole] + 1e-6)
        try:
            return minimise(
                matrix,
                layout.objective,
                whole=bool(whole.any()),
                seconds=seconds,
                relative_gap=5e-3,
                start=start,
                seed=seed,
                threads=1,
                should_stop=should_stop,
            ).values
        except SolverError:
            return None

    for n, first in enumerate(firsts):
        left = until - time.monotonic()
        if should_stop() or left <= 0:
            return None
        now = cohorts & np.isin(layout.month, months[first : first + window])
        found = solved(now, left / (len(firsts) - n + 1))
        if found is not None:
            values = found
        lower[now] = upper[now] = np.floor(values[now] + (1e-6 if found is None else 0.5))
    nothing = np.zeros(len(lower), dtype=bool)
    for up in (0.5, 1e-6):
        sizes = layout.learners
        whole_sizes = np.floor(values[sizes] + up)
        lower[sizes] = upper[sizes] = np.minimum(whole_sizes, np.array(layout.matrix.upper)[sizes])
        found = solved(nothing, max(1.0, until - time.monotonic()))
        if found is not None:
            found[layout.whole] = np.round(found[layout.whole])
            return found
    return None


@dataclass(slots=True)
class _Kind:
    """A way to let go, and how many whole columns it lets go of now."""

    choose: Callable[[Layout, np.random.Generator, float], Mask]
    size: float = FIRST_PART
    tried: int = 0
    better: int = field(default=0)


def some_months(layout: Layout, rng: np.random.Generator, size: float) -> Mask:
    """All that starts in a few neighbouring months, or that of some roles only."""
    last = int(layout.month.max())
    length = int(rng.integers(4, 10))
    first = int(rng.integers(0, max(1, last + 2 - length)))
    window = (layout.month >= first) & (layout.month < first + length)
    return window & _some_roles(layout, rng, size, window)


def some_roles(layout: Layout, rng: np.random.Generator, size: float) -> Mask:
    """All that leads to a few roles."""
    return _some_roles(layout, rng, size, layout.month >= 0)


def some_sizes(layout: Layout, rng: np.random.Generator, size: float) -> Mask:
    """The sizes of many cohorts, and all that leads to a few roles."""
    sizes = layout.learners & _some_roles(layout, rng, 2 * size, layout.learners)
    return sizes | _some_roles(layout, rng, size / 2, layout.month >= 0)


def _some_roles(layout: Layout, rng: np.random.Generator, size: float, among: Mask) -> Mask:
    counts = np.bincount(layout.role[among])
    order = rng.permutation(np.flatnonzero(counts))
    enough = int(np.searchsorted(np.cumsum(counts[order]), size)) + 1
    return among & np.isin(layout.role, order[:enough])


def improve(
    layout: Layout, best: Incumbent, *, seed: int, each: float, until: float, near: float
) -> None:
    """Search neighbourhoods of the best plan until ``best.halt`` is set, ``until`` (monotonic), or
    the plan is within the share ``near`` of its bound."""
    rng = np.random.default_rng(seed)
    kinds = [_Kind(some_sizes), _Kind(some_months), _Kind(some_sizes), _Kind(some_roles)]
    everything = int(layout.whole.sum())
    turn = 0
    while not best.halt.is_set() and time.monotonic() < until:
        values, worth, bound = best.snapshot()
        if values is None or worth - bound <= near * abs(worth):
            return
        kind = kinds[turn % len(kinds)]
        turn += 1
        free = kind.choose(layout, rng, min(kind.size, everything))
        begun = time.monotonic()
        found = plan_again(
            layout,
            values,
            free,
            seconds=min(each, until - begun),
            seed=seed + turn,
            should_stop=best.halt.is_set,
        )
        kind.tried += 1
        better = found is not None and best.offer(found[0])
        kind.better += better
        spent = time.monotonic() - begun
        if found is not None and found[1] and spent < each / 2 and not better:
            kind.size = min(LARGEST_PART, kind.size * 1.25)
        elif found is None or (not found[1] and not better):
            kind.size = max(SMALLEST_PART, kind.size * 0.8)


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
