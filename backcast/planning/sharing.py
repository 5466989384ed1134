"""Plans of large models: components are planned alone, then brought within what they share.

Alone, a component of a large model (``components.py``) is planned nearly as well as possible in
seconds, but all together take more of the shared limits than there is. So each shared limit may be
overdrawn at a price. Parts of several components are then planned anew together, most often those
that meet in a limit that is overdrawn, while the prices of such limits rise, as routes of a circuit
are negotiated where too many want the same wire (McMurchie and Ebeling 1995). Two threads work on one
plan, each on components that the other has not taken.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack

from backcast.planning.formulation import INFINITE, Floats, Formulation
from backcast.planning.improvement import (
    FIRST_PART,
    LARGEST_PART,
    SMALLEST_PART,
    WIDER,
    Layout,
    Mask,
    let_go,
    nothing_starts,
    plan_again,
    whole_sizes,
    with_sizes,
)

Number = TypeVar("Number", bound=np.generic)

FIRST_PRICE = 0.5
"""Of what cohorts that use a limit cost for each unit of it: the price of overdrawing it by one."""
FORCED = 20.0
"""Prices are so many times as high where components give up what they overdraw."""
AT_LIMITS = 0.6
"""Share of parts that lie around an overdrawn limit, while any is."""
AROUND = 7
"""Months, at most, that such a part reaches beyond the cohorts in the limit."""
ALONE_SECONDS, GIVING_SECONDS = 0.3, 1.0
"""A component has so many seconds at least to be planned alone, and at most to give up what it overdraws."""
NOTHING = 1e-6
WAIT = 0.1


@dataclass(frozen=True, slots=True)
class _Taken:
    """A part that a thread plans anew: the plan it starts from, and what may change."""

    layout: Layout
    values: Floats
    fixed: Mask
    components: NDArray[np.int64]


class Common:
    """One plan that several threads improve; limits that span components may be overdrawn in it.

    ``values`` are those of the model's columns and, after them, by how much each limit is overdrawn.
    """

    def __init__(
        self,
        model: Formulation,
        layout: Layout,
        spanning: NDArray[np.int64],
        price: float,
        threads: int,
    ) -> None:
        self._hard = layout
        self._width = layout.rows.shape[1]
        self._limits = layout.rows[spanning]
        self._most = np.array(layout.matrix.row_upper)[spanning]
        self._prices = np.zeros(len(spanning))
        self._price = price
        self._layout = _overdrawn(layout, spanning)
        self._busy = np.zeros(int(layout.component.max()) + 1, dtype=bool)
        self._lock = threading.Lock()
        self._waiting = _largest_first(layout)
        self._columns = int(layout.cohorts.sum())
        self._costs = [
            (start.cohorts, start.fixed, start.learners, start.each) for start in model.starts
        ]
        self._left = len(self._waiting)
        self._ready = threading.Event()
        self._giving: list[int] | None = None
        self._threads, self._here = threads, 0
        self._made = False
        self._plan: Floats | None = None
        self.values = np.concatenate([layout.relaxed, np.zeros(len(spanning))])

    # --- components alone -----------------------------------------------------------------------

    def plan_alone(self, seconds: float, seed: int, should_stop: Callable[[], bool]) -> None:
        """Plan components without what they share, until all are planned; ``seconds`` for all of them.

        Returns when other threads, too, have planned theirs.
        """
        while not should_stop():
            with self._lock:
                if not self._waiting:
                    break
                component, columns = self._waiting.pop(0)
                values = self.values.copy()
            mine = self._layout.component == component
            found = plan_again(
                self._layout,
                values,
                (self._layout.component >= 0) & ~mine,
                seconds=max(ALONE_SECONDS, seconds * columns / self._columns),
                seed=seed,
                should_stop=should_stop,
                begun=False,
            )
            planned = nothing_starts(self._layout, values, mine) if found is None else found[0]
            with self._lock:
                self.values[mine] = planned[mine]
                self._left -= 1
                if self._left == 0:
                    self._begin()
        while not (should_stop() or self._ready.wait(WAIT)):
            pass

    def _begin(self) -> None:
        """All components are planned: set a price for what they overdraw."""
        self._overdraw()
        cohorts = np.zeros(self._width)
        for column, fixed, learners, each in self._costs:
            cohorts[column] = fixed * self.values[column] + each * self.values[learners]
        amounts = abs(self._limits)
        used = amounts @ self.values[: self._width]
        spent = (amounts > 0).astype(np.float64) @ cohorts
        usual = np.divide(spent, used, out=np.zeros(len(used)), where=used > NOTHING)
        self._set_prices(FIRST_PRICE * np.where(usual > NOTHING, usual, self._price))
        self._ready.set()

    # --- within what they share -----------------------------------------------------------------

    def bring_within(
        self, *, seed: int, each: float, until: float, should_stop: Callable[[], bool]
    ) -> Floats | None:
        """Plan parts anew until ``until`` (monotonic); then components give up what they overdraw, and
        at last cohorts are taken away. A plan within all limits, or ``None`` where none was found.
        """
        rng = np.random.default_rng(seed)
        size = 2.0 * FIRST_PART
        while not should_stop() and time.monotonic() < until and self.overdrawn:
            taken = self._take(rng, size)
            if taken is None:
                time.sleep(WAIT)
                continue
            since = time.monotonic()
            found = self._planned(taken, min(each, max(0.1, until - since)), rng, should_stop)
            if found is not None and found[1] and time.monotonic() - since < each / 2:
                size = min(LARGEST_PART, size * 1.15)
            elif found is None or not found[1]:
                size = max(SMALLEST_PART, size * 0.85)
        self._give_up(rng, should_stop)
        return self._within(should_stop)

    @property
    def overdrawn(self) -> bool:
        """Is any limit?"""
        return bool(self.values[self._width :].any())

    def _give_up(self, rng: np.random.Generator, should_stop: Callable[[], bool]) -> None:
        """Each component that overdraws a limit in turn, at prices at which nothing is worth it."""
        with self._lock:
            if self._giving is None:
                self._set_prices(FORCED * self._prices)
                limits = np.flatnonzero(self.values[self._width :])
                meeting = np.unique(self._layout.component[self._limits[limits].indices])
                self._giving = [int(n) for n in rng.permutation(meeting)]
        while not should_stop():
            with self._lock:
                if not self._giving:
                    return
                free = [n for n in self._giving if not self._busy[n]]
                if free:
                    self._giving.remove(free[0])
                    self._busy[free[0]] = True
                    layout, values = self._layout, self.values.copy()
            if not free:
                time.sleep(WAIT)
                continue
            others = (layout.component >= 0) & (layout.component != free[0])
            taken = _Taken(layout, values, others, np.array(free[:1]))
            self._planned(taken, GIVING_SECONDS, rng, should_stop)

    def _within(self, should_stop: Callable[[], bool]) -> Floats | None:
        """Once all threads are here: the plan without the cohorts that still overdraw limits."""
        with self._lock:
            self._here += 1
        while not should_stop() and self._here < self._threads:
            time.sleep(WAIT)
        with self._lock:
            if not self._made:
                self._made = True
                values = self._without_what_overdraws()
                self._plan = whole_sizes(self._hard, values)
            return None if self._plan is None else self._plan.copy()

    def _take(self, rng: np.random.Generator, size: float) -> _Taken | None:
        with self._lock:
            layout, values = self._layout, self.values.copy()
            busy = self._busy.copy()
            free = self._free(rng, layout, values, size)
            free &= ~busy[layout.component]
            components = np.unique(layout.component[free])
            if not len(components):
                return None
            self._busy[components] = True
        held = layout.cohorts if rng.random() < 0.5 else layout.cohorts | layout.learners
        others = (layout.component >= 0) & ~np.isin(layout.component, components)
        return _Taken(layout, values, (held & ~with_sizes(layout, free)) | others, components)

    def _free(self, rng: np.random.Generator, layout: Layout, values: Floats, size: float) -> Mask:
        """Columns of cohorts to plan anew."""
        weights = np.maximum(values[self._width :], 0.0) * self._prices
        if weights.sum() <= NOTHING or rng.random() > AT_LIMITS:
            return let_go(layout, rng, values, size, None)
        limit = int(rng.choice(len(weights), p=weights / weights.sum()))
        row = self._limits
        columns = row.indices[row.indptr[limit] : row.indptr[limit + 1]]
        meeting = rng.permutation(np.unique(layout.component[columns]))
        months = layout.month[columns]
        months = months[months >= 0]
        wider = int(rng.integers(AROUND))
        near = layout.promising(float(rng.choice(WIDER))) | (layout.cohorts & (values > 0.5))
        if len(months):
            near &= (layout.month >= months.min() - wider) & (layout.month <= months.max() + wider)
        counts = np.bincount(layout.component[near], minlength=len(self._busy))[meeting]
        enough = int(np.searchsorted(np.cumsum(counts), size)) + 1
        return near & np.isin(layout.component, meeting[:enough])

    def _planned(
        self,
        taken: _Taken,
        seconds: float,
        rng: np.random.Generator,
        should_stop: Callable[[], bool],
    ) -> tuple[Floats, bool] | None:
        """Plan a part anew, and put it back where that makes the plan better."""
        found = plan_again(
            taken.layout,
            taken.values,
            taken.fixed,
            seconds=seconds,
            seed=int(rng.integers(2**31 - 1)),
            should_stop=should_stop,
        )
        with self._lock:
            self._busy[taken.components] = False
            if found is not None:
                objective = self._layout.objective
                mine = np.isin(self._layout.component, taken.components)
                before = self.values.copy()
                self.values[mine] = found[0][mine]
                self._overdraw()
                if float(objective @ self.values) > float(objective @ before):
                    self.values = before
        return found

    def _overdraw(self) -> None:
        over = self._limits @ self.values[: self._width] - self._most
        self.values[self._width :] = np.where(over > NOTHING, over, 0.0)

    def _without_what_overdraws(self) -> Floats:
        """The plan without as many cohorts as overdraw limits; flows are as they were."""
        layout = self._hard
        values = self.values[: self._width].copy()
        for limit in np.flatnonzero(self.values[self._width :]):
            row = slice(self._limits.indptr[limit], self._limits.indptr[limit + 1])
            columns, amounts = self._limits.indices[row], self._limits.data[row]
            cohorts = np.asarray(columns[layout.cohorts[columns]], dtype=np.int64)
            if not len(cohorts):  # what is placed somewhere: nothing starts where it comes from
                meeting = np.unique(layout.component[columns])
                cohorts = np.flatnonzero(layout.cohorts & np.isin(layout.component, meeting))
            for column in cohorts[np.argsort(values[layout.sizes[cohorts]], kind="stable")]:
                if float(amounts @ values[columns]) <= self._most[limit] + NOTHING:
                    break
                values[[column, layout.sizes[column]]] = 0.0
        return values

    def _set_prices(self, prices: Floats) -> None:
        self._prices = prices
        objective = np.concatenate([self._hard.objective, prices])
        self._layout = replace(self._layout, objective=objective)


def _overdrawn(layout: Layout, spanning: NDArray[np.int64]) -> Layout:
    """The layout with a column for each spanning limit: by how much it is overdrawn."""
    count, width = len(spanning), layout.rows.shape[1]
    over = coo_array(
        (-np.ones(count), (spanning, np.arange(count))), shape=(layout.rows.shape[0], count)
    )
    matrix = replace(
        layout.matrix,
        lower=[*layout.matrix.lower, *[0.0] * count],
        upper=[*layout.matrix.upper, *[INFINITE] * count],
        whole=[*layout.matrix.whole, *[False] * count],
    )

    def more(values: NDArray[Number], fill: float) -> NDArray[Number]:
        return np.concatenate([values, np.full(count, fill, dtype=values.dtype)])

    return replace(
        layout,
        matrix=matrix,
        rows=csr_array(hstack([layout.rows, over], format="csr")),
        objective=more(layout.objective, 0.0),
        relaxed=more(layout.relaxed, 0.0),
        whole=more(layout.whole, False),
        cohorts=more(layout.cohorts, False),
        learners=more(layout.learners, False),
        month=more(layout.month, -1),
        sizes=more(layout.sizes, -1),
        component=more(layout.component, -1),
        rank=more(layout.rank, width + count),
    )


def _largest_first(layout: Layout) -> list[tuple[int, int]]:
    """(component, its columns of cohorts), the largest first: they take longest."""
    counts = np.bincount(layout.component[layout.cohorts])
    order = np.argsort(-counts, kind="stable")
    return [(int(n), int(counts[n])) for n in order]
