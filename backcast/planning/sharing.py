"""Plans of large models: components are planned alone, then brought within what they share.

Alone, a component of a large model (``components.py``) is planned nearly as well as possible in
seconds, but all together take more of the shared limits than there is. So each shared limit may be
overdrawn at a price, and every component is planned anew at these prices while the others stay, again
and again; each time round the prices are higher, as routes of a circuit are negotiated where too many
want the same wire (McMurchie and Ebeling 1995). What is overdrawn at last is taken away. Threads work
on one plan, each on a component that the others have not taken.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from backcast.planning.formulation import INFINITE, Floats, Formulation
from backcast.planning.improvement import Layout, nothing_starts, plan_again, whole_sizes

Number = TypeVar("Number", bound=np.generic)

LEAST_SECONDS = 0.3
"""A component has so many seconds at least."""
NOTHING = 1e-6
WAIT = 0.1


@dataclass(frozen=True, slots=True)
class _Round:
    """Every component is planned once.

    ``price`` of overdrawing a limit by one, in what cohorts that use it cost for each unit of it;
    ``kernel``: so many times the cohorts of the relaxed plan may start, and those of the plan;
    ``share`` of the time of all threads that it may take.
    """

    price: float
    kernel: float
    share: float


ROUNDS = (
    _Round(0.0, 3.0, 0.08),
    _Round(0.5, 3.0, 0.085),
    _Round(1.0, 6.0, 0.085),
    _Round(2.0, 12.0, 0.085),
    _Round(4.0, math.inf, 0.085),
    _Round(8.0, math.inf, 0.06),
)
"""The first is without what is shared."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A component that a thread plans anew, and the plan that it starts from."""

    component: int
    seconds: float
    kernel: float
    layout: Layout
    values: Floats
    begun: bool


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
        seconds: float,
    ) -> None:
        self._hard = layout
        self._width = layout.rows.shape[1]
        self._limits = layout.rows[spanning]
        self._most = layout.row_upper[spanning]
        self._price = price
        self._layout = _overdrawn(layout, spanning)
        self._lock = threading.Lock()
        self._columns = np.bincount(layout.component[layout.cohorts])
        self._costs = [
            (start.cohorts, start.fixed, start.learners, start.each) for start in model.starts
        ]
        self._processor = threads * seconds
        self._round = -1
        self._waiting: list[int] = []
        self._usual = np.zeros(len(spanning))
        self._busy = 0
        self._threads, self._here = threads, 0
        self._made = False
        self._plan: Floats | None = None
        self.values = np.concatenate([layout.relaxed, np.zeros(len(spanning))])

    def plan(self, seed: int, should_stop: Callable[[], bool]) -> Floats | None:
        """Work with the other threads until every limit holds. The plan; ``None`` where there is none."""
        rng = np.random.default_rng(seed)
        while not should_stop():
            with self._lock:
                taken = self._next()
                if taken is None and not self._busy:
                    break
            if taken is None:
                time.sleep(WAIT)
                continue
            found = self._planned(taken, int(rng.integers(2**31 - 1)), should_stop)
            with self._lock:
                self._put(taken, found)
        return self._within(should_stop)

    def _next(self) -> _Taken | None:
        """The next component; a new round begins when the last one is over."""
        while not self._waiting and not self._busy and self._round + 1 < len(ROUNDS):
            self._round += 1
            self._begin()
        if not self._waiting:
            return None
        component = self._waiting.pop(0)
        self._busy += 1
        share = self._columns[component] / self._columns.sum()
        now = ROUNDS[self._round]
        return _Taken(
            component,
            max(LEAST_SECONDS, now.share * self._processor * float(share)),
            now.kernel,
            self._layout,
            self.values.copy(),
            self._round > 0,
        )

    def _begin(self) -> None:
        """Set the round's prices, and name its components: the largest first, they take longest."""
        if self._round == 1:
            self._overdraw()
            self._usual = self._usual_costs()
        if self._round > 0:
            if not self.values[self._width :].any():
                return
            prices = ROUNDS[self._round].price * self._usual
            objective = np.concatenate([self._hard.objective, prices])
            self._layout = replace(self._layout, objective=objective)
        self._waiting = [int(n) for n in np.argsort(-self._columns, kind="stable")]

    def _usual_costs(self) -> Floats:
        """What the planned cohorts that use a limit cost, for each unit of it."""
        cohorts = np.zeros(self._width)
        for column, fixed, learners, each in self._costs:
            cohorts[column] = fixed * self.values[column] + each * self.values[learners]
        amounts = abs(self._limits)
        used = amounts @ self.values[: self._width]
        spent = (amounts > 0).astype(np.float64) @ cohorts
        usual = np.divide(spent, used, out=np.zeros(len(used)), where=used > NOTHING)
        return np.where(usual > NOTHING, usual, self._price)

    def _planned(self, taken: _Taken, seed: int, should_stop: Callable[[], bool]) -> Floats | None:
        layout = taken.layout
        mine = layout.component == taken.component
        others = (layout.component >= 0) & ~mine
        never = layout.cohorts & ~layout.promising(taken.kernel) & (taken.values < NOTHING)
        found = plan_again(
            layout,
            taken.values,
            others | never,
            seconds=taken.seconds,
            seed=seed,
            should_stop=should_stop,
            begun=taken.begun,
        )
        if found is not None:
            return found[0]
        return None if taken.begun else nothing_starts(layout, taken.values, mine)

    def _put(self, taken: _Taken, found: Floats | None) -> None:
        """Put the component into the plan, where that makes it better; others may have changed since."""
        self._busy -= 1
        if found is None:
            return
        mine = self._layout.component == taken.component
        before = self.values.copy()
        self.values[mine] = found[mine]
        if taken.begun:
            self._overdraw()
            objective = self._layout.objective
            if float(objective @ self.values) > float(objective @ before):
                self.values = before

    def _within(self, should_stop: Callable[[], bool]) -> Floats | None:
        """Once all threads are here: the plan without the cohorts that still overdraw limits."""
        with self._lock:
            self._here += 1
        while not should_stop() and self._here < self._threads:
            time.sleep(WAIT)
        with self._lock:
            if not self._made:
                self._made = True
                self._overdraw()
                self._plan = whole_sizes(self._hard, self._without_what_overdraws())
            return None if self._plan is None else self._plan.copy()

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


def _overdrawn(layout: Layout, spanning: NDArray[np.int64]) -> Layout:
    """The layout with a column for each spanning limit: by how much it is overdrawn."""
    count, width = len(spanning), layout.rows.shape[1]
    over = coo_array(
        (-np.ones(count), (spanning, np.arange(count))), shape=(layout.rows.shape[0], count)
    )

    def more(values: NDArray[Number], fill: float) -> NDArray[Number]:
        return np.concatenate([values, np.full(count, fill, dtype=values.dtype)])

    rows = csr_array(hstack([layout.rows, over], format="csr"))
    return replace(
        layout,
        rows=rows,
        by_column=csc_array(rows),
        lower=more(layout.lower, 0.0),
        upper=more(layout.upper, INFINITE),
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
