"""A thin layer over HiGHS: one matrix and one objective in, values and a proven bound out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from backcast.planning.formulation import INFINITE, Matrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answer:
    """Values of the columns; no feasible plan has an objective below ``bound``."""

    values: Floats
    objective: float
    bound: float
    proven: bool


class SolverError(RuntimeError):
    """HiGHS gave no plan at all, which slack in every limit ought to exclude."""


def minimise(
    matrix: Matrix,
    objective: Floats,
    *,
    whole: bool,
    seconds: float,
    relative_gap: float = 0.0,
    absolute_gap: float = 0.0,
    at_most: tuple[Floats, float] | None = None,
    start: Floats | None = None,
    seed: int = 0,
    threads: int = 0,
    effort: float | None = None,
    on_gap: Callable[[float, float], None] | None = None,
    on_better: Callable[[Floats, float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Answer:
    """Minimise ``objective`` over the matrix.

    ``whole`` asks for whole numbers where the matrix says so; without it the linear relaxation is
    solved. ``at_most``: one more row, coefficients and upper limit. ``start``: values to begin
    from. ``on_gap`` is told the best objective and the bound now and then, ``on_better`` each better
    plan. ``should_stop`` is asked often while whole numbers are searched for; once it says yes, the
    best so far is the answer. ``threads``: 0 lets HiGHS choose; solves that run side by side in
    threads of this process take 1 each. ``effort``: share of the time for HiGHS's own heuristics.
    """
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", max(0.5, seconds))
    solver.setOptionValue("mip_rel_gap", relative_gap)
    solver.setOptionValue("mip_abs_gap", max(absolute_gap, 1e-9))
    solver.setOptionValue("random_seed", seed)
    solver.setOptionValue("threads", threads)
    if effort is not None:
        solver.setOptionValue("mip_heuristic_effort", effort)
    solver.passModel(_model(matrix, objective, whole, at_most))
    if start is not None and whole:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        solver.setSolution(given)
    solver.setOptionValue("mip_min_logging_interval", 1.0)
    if on_gap is not None and whole:
        tell = on_gap
        solver.cbMipLogging.subscribe(
            lambda event: tell(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)
        )
    if on_better is not None and whole:
        better = on_better
        solver.cbMipImprovingSolution.subscribe(
            lambda event: better(
                np.array(event.data_out.mip_solution), event.data_out.objective_function_value
            )
        )
    if should_stop is not None and whole:
        asked = should_stop
        solver.cbMipInterrupt.subscribe(lambda event: event.interrupt(asked()))
    try:
        solver.run()
    finally:
        solver.disableCallbacks()
    info = solver.getInfo()
    values = np.asarray(solver.getSolution().col_value, dtype=np.float64)
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not feasible or len(values) != len(objective):
        raise SolverError(
            f"The solver stopped without a plan ({solver.getModelStatus()}). Give it more seconds."
        )
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    worth = float(objective @ values)
    bound = float(info.mip_dual_bound) if whole else worth
    return Answer(values, worth, bound if np.isfinite(bound) else 0.0, proven)


class Relaxation:
    """The linear relaxation, kept warm while rows are added and taken away."""

    def __init__(self, matrix: Matrix, objective: Floats, seconds: float) -> None:
        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.passModel(_model(matrix, objective, False, None))
        self._rows = len(matrix.row_lower)
        self.values: Floats = np.zeros(len(objective))
        self.worth = -INFINITE
        if not self.solve(seconds):
            raise SolverError("The relaxation was not solved in time. Give it more seconds.")

    def solve(self, seconds: float) -> bool:
        """Solve again. ``False``, and nothing changed, where time was too short."""
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(0.5, seconds))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        self.values = np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        self.worth = float(self._solver.getInfo().objective_function_value)
        return True

    def add(self, rows: Sequence[tuple[float, Sequence[tuple[int, float]]]]) -> None:
        """Add rows Σ terms ≥ least, given as (least, terms)."""
        for least, terms in rows:
            columns = np.array([column for column, _ in terms], dtype=np.int32)
            weights = np.array([weight for _, weight in terms], dtype=np.float64)
            self._solver.addRow(least, INFINITE, len(terms), columns, weights)

    def duals(self) -> Floats:
        """What one more of each row's limit would change the worth by."""
        return np.asarray(self._solver.getSolution().row_dual, dtype=np.float64)

    def reduced_costs(self) -> Floats:
        """What one more of each column would add to the worth, in place of others."""
        return np.asarray(self._solver.getSolution().col_dual, dtype=np.float64)

    def duals_of_added(self) -> Floats:
        return np.asarray(self._solver.getSolution().row_dual, dtype=np.float64)[self._rows :]

    def drop(self, added: NDArray[np.int64]) -> None:
        """Take away some of the added rows, counted from the first added."""
        if len(added):
            self._solver.deleteRows(len(added), (added + self._rows).astype(np.int32))


def _model(
    matrix: Matrix, objective: Floats, whole: bool, at_most: tuple[Floats, float] | None
) -> highspy.HighsLp:
    starts, index, value = list(matrix.starts), list(matrix.index), list(matrix.value)
    lower, upper = list(matrix.row_lower), list(matrix.row_upper)
    if at_most is not None:
        columns = np.flatnonzero(at_most[0])
        starts.append(len(index))
        index += columns.tolist()
        value += at_most[0][columns].tolist()
        lower.append(-INFINITE)
        upper.append(at_most[1])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(matrix.lower), len(lower)
    model.col_cost_ = objective
    model.col_lower_, model.col_upper_ = np.array(matrix.lower), np.array(matrix.upper)
    model.row_lower_, model.row_upper_ = np.array(lower), np.array(upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array([*starts, len(index)], dtype=np.int32)
    model.a_matrix_.index_ = np.array(index, dtype=np.int32)
    model.a_matrix_.value_ = np.array(value)
    if whole:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[flag] for flag in matrix.whole]
    return model
