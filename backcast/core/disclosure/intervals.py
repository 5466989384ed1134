"""What someone can work out from the figures that are shown: one linear program, asked many times."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from backcast.core.disclosure.tables import Flags, Floats

_INFINITE = float(highspy.kHighsInf)
_TINY = 1e-7


class Region:
    """How the finest cells may differ from the truth without any shown figure changing.

    A movement ``d`` keeps every shown sum. Rows are shown addresses; hiding one lets go of its row.
    """

    def __init__(self, members: Floats, shown: Flags, cap: float) -> None:
        self.shown = shown.copy()
        # Addresses that are hidden from the start need no row.
        self._addresses = np.flatnonzero(shown)
        self._row = {int(address): row for row, address in enumerate(self._addresses)}
        members = members[self._addresses]
        rows, columns = members.shape
        self._columns = np.arange(columns, dtype=np.int32)
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("threads", 1)
        # What was possible before mostly still is: the primal method goes on from there.
        solver.setOptionValue("simplex_strategy", 4)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = np.zeros(columns)
        model.col_lower_ = np.zeros(columns)
        model.col_upper_ = np.full(columns, cap)
        model.row_lower_ = model.row_upper_ = np.zeros(rows)
        starts = np.zeros(rows + 1, dtype=np.int32)
        starts[1:] = np.cumsum((members != 0).sum(axis=1))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = np.nonzero(members)[1].astype(np.int32)
        model.a_matrix_.value_ = members[np.nonzero(members)]
        solver.passModel(model)
        self._solver = solver

    def hide(self, address: int) -> None:
        self.shown[address] = False
        self._solver.changeRowBounds(self._row[address], -_INFINITE, _INFINITE)

    def _solved(self) -> bool:
        """Solve; where the last basis leads astray, from the beginning and by the dual method."""
        optimal = highspy.HighsModelStatus.kOptimal
        self._solver.run()
        if self._solver.getModelStatus() == optimal:
            return True
        self._solver.clearSolver()
        self._solver.setOptionValue("simplex_strategy", 1)
        self._solver.run()
        self._solver.setOptionValue("simplex_strategy", 4)
        return bool(self._solver.getModelStatus() == optimal)

    def farthest(self, target: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """The movement that raises the target's cells the most, and what each shown row costs it."""
        solver, count = self._solver, len(self._columns)
        solver.changeColsBounds(count, self._columns, lower, upper)
        solver.changeColsCost(count, self._columns, target)
        prices = np.zeros(len(self.shown))
        if not self._solved():
            # Nothing is known then, so that no figure may be taken to be harmless.
            prices[self._addresses] = 1.0
            return np.zeros(count), prices
        answer = solver.getSolution()
        moved = np.asarray(answer.col_value)
        moved[np.abs(moved) < _TINY] = 0.0
        prices[self._addresses] = np.abs(np.asarray(answer.row_dual))
        return moved, prices


class Witnesses:
    """Movements that were found, and for whom each is possible, so that few programs are solved.

    A movement is possible in the eyes of an attacker where what others have stays at 0 or more, and
    where it leaves alone the cells that are the attacker's alone.
    """

    def __init__(self, matrix: Floats, sums: Floats, owners: NDArray[np.int64]) -> None:
        self._matrix, self._sums, self._owners = matrix, sums, owners
        self._count = 0
        self._moves = np.zeros((64, matrix.shape[1]))
        self._possible = np.zeros((64, matrix.shape[0]), dtype=np.bool_)
        self.needed: list[Floats] = []

    def add(self, moved: Floats) -> None:
        down = np.flatnonzero(moved < 0)
        others = self._sums[down] - self._matrix[:, down]
        possible = np.asarray((others + moved[down] >= -_TINY).all(axis=1))
        owners = self._owners[np.flatnonzero(moved)]
        possible[owners[owners >= 0]] = False
        if self._count == len(self._moves):
            self._moves = np.vstack([self._moves, np.zeros_like(self._moves)])
            self._possible = np.vstack([self._possible, np.zeros_like(self._possible)])
        self._moves[self._count], self._possible[self._count] = moved, possible
        self._count += 1

    def certified(self, target: Flags, base: Floats, need: float) -> Flags:
        """Attackers for whom some known movement raises the target by what is needed."""
        gains = self._moves[: self._count] @ target
        raised = np.flatnonzero(gains > 0)
        if not len(raised):
            return np.zeros(len(base), dtype=np.bool_)
        enough = self._possible[raised] & (base[None, :] + gains[raised, None] >= need - _TINY)
        sure = enough.any(axis=0)
        rest = sure & (base < need - _TINY)
        while rest.any():
            best = int((enough & rest).sum(axis=1).argmax())
            self.needed.append(self._moves[raised[best]])
            rest &= ~enough[best]
        return np.asarray(sure)
