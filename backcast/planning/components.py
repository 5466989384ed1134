"""Parts of the model that hang together only by what they share, and the bound of planning each alone.

Programs for different roles meet in shared limits: money, instructors, hosts. With what is shared
taken out the model falls into components. Each is a small problem that HiGHS solves at once, with a
price on what it takes of the shared limits (Lagrangian relaxation; Geoffrion 1974): with y ≤ 0 the
duals of the shared rows S x ≤ b,

    z(c) = min (objective − Sᵀ y) x over the whole plans of component c,    Σ z(c) + y b ≤ any plan.

Each z(c) also is an inequality (objective − Sᵀ y) x ≥ z(c) on the columns of its component; all of them
added to the relaxation give new duals, and again new inequalities.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from backcast.planning.formulation import Floats, Formulation, Matrix
from backcast.planning.inequalities import (
    Family,
    Inequality,
    Tight,
    broken_of,
    families_of,
    matrix_of,
    sparse,
    with_rows,
)
from backcast.planning.solver import Relaxation, SolverError, minimise

Labels = NDArray[np.int64]

SMALLEST_GAIN = 1e-4
"""Rounds end when one lifts the bound by less than this share of it."""
ROUNDING = 1e-7
"""Prices are as exact as the solver; a bound made of them is lowered by this share."""
ENOUGH = 1e-3
"""A component is solved to this share of its best plan."""


def components_of(matrix: Matrix, rows: csr_array) -> Labels:
    """The number of each column's component: 0, 1, … for those with whole columns; −1 for others."""
    own = np.ones(rows.shape[0], dtype=bool)
    own[matrix.shared] = False
    label = joined(rows[np.flatnonzero(own)])
    whole = np.array(matrix.whole, dtype=bool)
    found, numbers = np.unique(label[whole], return_inverse=True)
    out = np.full(rows.shape[1], -1)
    number = dict(zip(found.tolist(), range(len(found)), strict=True))
    for column, mark in enumerate(label.tolist()):
        out[column] = number.get(mark, -1)
    assert numbers.size == 0 or out[whole].min() >= 0
    return out


def joined(rows: csr_array) -> Labels:
    """A label for each column; columns that rows join, one by one, have the same."""
    height, width = rows.shape
    entries = rows.tocoo()
    graph = coo_array(
        (np.ones(len(entries.row)), (entries.row, entries.col + height)),
        shape=(height + width, height + width),
    )
    return np.asarray(connected_components(graph, directed=False)[1][height:], dtype=np.int64)


def rows_of(columns: csr_array | csc_array) -> tuple[csr_array, Labels]:
    """The rows in which these columns have anything, and their numbers."""
    entries = columns.tocoo()
    used, row = np.unique(entries.row, return_inverse=True)
    shape = (len(used), columns.shape[1])
    rows = csr_array(coo_array((entries.data, (row, entries.col)), shape=shape))
    return rows, used.astype(np.int64)


def raise_bound(
    tight: Tight,
    objective: Floats,
    whole: NDArray[np.bool_],
    *,
    seconds: float,
    on_bound: Callable[[float], None],
    should_stop: Callable[[], bool],
    seed: int = 0,
) -> None:
    """Plan the components alone, round by round, while that lifts the bound, which ``on_bound`` hears.

    ``whole``: columns that are whole here; where only cohorts are, and sizes may be fractions, the bound
    holds as well and comes much sooner. The inequalities found stay in ``tight.relaxation``.
    """
    until = time.monotonic() + seconds
    rows = sparse(tight.matrix)
    component = components_of(tight.matrix, rows)
    count = int(component.max()) + 1
    own = np.ones(rows.shape[0], dtype=bool)
    own[tight.matrix.shared] = False
    matrix = replace(tight.matrix, whole=whole.tolist())
    parts = [_part(matrix, rows, np.flatnonzero(own), component == n) for n in range(count)]
    parts.sort(key=lambda part: len(part[1]))  # the small ones leave their time to the large ones
    shared = rows[tight.matrix.shared]
    while count > 1 and not should_stop():
        before = tight.relaxation.worth
        prices = np.minimum(tight.relaxation.duals()[tight.matrix.shared], 0.0)
        priced = objective - shared.T @ prices
        bound, cuts = before, []
        for n, (part, columns) in enumerate(parts):
            left = until - time.monotonic()
            if left <= 0 or should_stop():
                break
            least = _least(part, priced[columns], 2 * left / (count - n + 1), seed, should_stop)
            if least is not None:
                # The relaxed plan is the best of each component at these prices.
                bound += max(0.0, least - float(priced[columns] @ tight.relaxation.values[columns]))
                terms = [(int(c), float(priced[c])) for c in columns if priced[c] != 0.0]
                cuts.append((least, terms))
        on_bound(bound - ROUNDING * abs(bound))
        left = until - time.monotonic()
        if left < 1.0 or should_stop():
            return
        tight.relaxation.add(cuts)
        if not tight.relaxation.solve(left):
            return
        on_bound(tight.relaxation.worth)
        if tight.relaxation.worth - before < SMALLEST_GAIN * abs(before):
            return
        if time.monotonic() >= until:
            return


@dataclass(frozen=True, slots=True)
class Apart:
    """Each component's relaxation alone: the matrix with the inequalities that bind there, values and
    reduced costs; ``spanning``: the rows that components share, left out of it; ``bound``: no plan is
    worth less."""

    matrix: Matrix
    relaxed: Floats
    reduced: Floats
    spanning: NDArray[np.int64]
    bound: float


def spanning_rows(rows: csr_array, component: Labels) -> NDArray[np.bool_]:
    """Which rows hold columns of several components."""
    entries = rows.tocoo()
    least = np.full(rows.shape[0], np.iinfo(np.int64).max)
    most = np.full(rows.shape[0], np.iinfo(np.int64).min)
    np.minimum.at(least, entries.row, component[entries.col])
    np.maximum.at(most, entries.row, component[entries.col])
    return np.asarray(least < most)


def tighten_apart(
    model: Formulation,
    objective: Floats,
    *,
    seconds: float,
    stop: Callable[[], bool],
    on_bound: Callable[[float], None],
    duals: Floats | None = None,
) -> Apart:
    """As ``inequalities.tighten`` for a model so large that its relaxation takes long: each component
    alone, without what it shares with others, or at the prices ``duals`` (of all rows) for it.
    """
    until = time.monotonic() + seconds
    matrix = model.matrix
    rows = sparse(matrix)
    component = components_of(matrix, rows)
    spanning = spanning_rows(rows, component)
    at = np.flatnonzero(spanning)
    prices = np.zeros(len(at)) if duals is None else np.minimum(duals[at], 0.0)
    priced = objective - rows[at].T @ prices
    families: dict[int, list[Family]] = defaultdict(list)
    for family in families_of(model):
        there = np.unique(component[family.columns()])
        if len(there) == 1:  # what spans several components is left to them
            families[int(there[0])].append(family)
    own = np.flatnonzero(~spanning)
    numbers = [*range(int(component.max()) + 1), *([-1] if (component < 0).any() else [])]
    parts = [_part(matrix, rows, own, component == n) for n in numbers]
    alone = [
        _Alone(part, priced, columns, max(1.0, until - time.monotonic())) for part, columns in parts
    ]
    bound = float(prices @ np.array(matrix.row_upper)[at])
    bound += sum(one.relaxation.worth for one in alone)
    on_bound(bound - ROUNDING * abs(bound))
    values, reduced = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    place = np.zeros(rows.shape[1], dtype=np.int64)
    kept: list[Inequality] = []
    for n, one in zip(numbers, alone, strict=True):
        values[one.columns] = one.relaxation.values
        place[one.columns] = np.arange(len(one.columns))
        left = until - time.monotonic()
        if families[n] and left > 0 and not stop():
            found, gained = one.tightened(families[n], values, place, left)
            kept += found
            bound += gained
            on_bound(bound - ROUNDING * abs(bound))
        reduced[one.columns] = one.relaxation.reduced_costs()
    bound -= ROUNDING * abs(bound)
    return Apart(with_rows(matrix, kept), values, reduced, at, bound)


class _Alone:
    """The relaxation of one component."""

    def __init__(
        self, part: Matrix, priced: Floats, columns: NDArray[np.int64], seconds: float
    ) -> None:
        self.columns = columns
        self.relaxation = Relaxation(part, priced[columns], seconds)

    def tightened(
        self, families: Sequence[Family], values: Floats, place: NDArray[np.int64], seconds: float
    ) -> tuple[list[Inequality], float]:
        """The inequalities that bind, and what they lift its worth by.

        ``values`` of the model, of which those of the component change; ``place``: column → column here.
        """
        until = time.monotonic() + seconds
        relaxation = self.relaxation
        begun = best = relaxation.worth
        kept: list[Inequality] = []
        idle = 0
        while idle < 2 and time.monotonic() < until:
            values[self.columns] = relaxation.values
            found = [cut for family in families for cut in broken_of(family, values)]
            if not found:
                break
            relaxation.add(
                [(cut.least, [(int(place[c]), v) for c, v in cut.terms]) for cut in found]
            )
            if not relaxation.solve(until - time.monotonic()):
                break
            kept += found
            binding = np.abs(relaxation.duals_of_added()) > 1e-9
            relaxation.drop(np.flatnonzero(~binding))
            kept = [cut for cut, binds in zip(kept, binding, strict=True) if binds]
            idle = idle + 1 if relaxation.worth - best < SMALLEST_GAIN * abs(begun) else 0
            best = max(best, relaxation.worth)
        values[self.columns] = relaxation.values
        return kept, best - begun


def _least(
    matrix: Matrix,
    objective: Floats,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
) -> float | None:
    """What no whole plan of a component is below; ``None`` where nothing was proven in time."""
    try:
        answer = minimise(
            matrix,
            objective,
            whole=True,
            seconds=seconds,
            relative_gap=ENOUGH,
            seed=seed,
            threads=1,
            should_stop=should_stop,
        )
    except SolverError:
        return None
    slack = 1e-9 * max(1.0, abs(answer.bound))
    return answer.bound - slack if answer.bound > 0 else None


def _part(
    matrix: Matrix, rows: csr_array, own: NDArray[np.int64], mine: NDArray[np.bool_]
) -> tuple[Matrix, NDArray[np.int64]]:
    """A component's columns and the rows that hold them."""
    columns = np.flatnonzero(mine)
    small, used = rows_of(rows[own][:, columns])
    kept = own[used]
    part = matrix_of(
        small,
        np.array(matrix.lower)[columns],
        np.array(matrix.upper)[columns],
        np.array(matrix.row_lower)[kept],
        np.array(matrix.row_upper)[kept],
        np.array(matrix.whole)[columns],
    )
    return part, columns
