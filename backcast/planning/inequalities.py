"""Inequalities that every plan of whole cohorts keeps, and that fractions of cohorts do not.

A need filled by whole cohorts is a lot-sizing problem with backlog: hires come in lots, and what is
open is carried on. Take a role, some areas A, and the quarters after q and up to t (q may be before
the first). Hires of those quarters, what was spare at q, and what is open at t cover the growth of
the need:

    Σ gain · s + I(q) + U(t) ≥ B,    s ≤ most · n,    I(q) = C(q) + U(q) − R(q) ≥ 0

R is the need with its margin, C supply, U = u + v what is open, B the growth of R less the supply
known already. For a lot δ and f = B/δ − ⌊B/δ⌋, mixed-integer rounding (Nemhauser and Wolsey 1990)
gives

    Σ min(gain · s, δ f G(gain · most / δ) · n) + I(q) + U(t) ≥ δ f ⌈B/δ⌉
    G(a) = ⌊a⌋ + min(1, (a − ⌊a⌋) / f)

where each start may stand with its learners or with its cohorts, whichever is less in the relaxed
plan: the (k, l, S, I) inequalities of Pochet and Wolsey (Production Planning by Mixed Integer
Programming, 2006, ch. 10) for several programs. δ is tried as the hires of one whole cohort of each
program, and halves and thirds of it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from backcast.planning.formulation import INFINITE, Floats, Formulation, Matrix, Pool
from backcast.planning.solver import Relaxation

Whole = NDArray[np.int64]
Term = tuple[int, float]

LOTS = (1.0, 2.0, 3.0)
"""A lot is the hires of one whole cohort of a program, or one of these parts of it."""
SMALLEST_BREACH = 1e-3
"""An inequality is worth adding when the relaxed plan breaks it by this share of its right side."""
SMALLEST_GAIN = 1e-4
"""Rounds end when two lift the bound by less than this share of it."""


@dataclass(frozen=True, slots=True)
class Inequality:
    """Σ terms ≥ least."""

    least: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Tight:
    """The matrix with the inequalities that bind, the relaxed plan under them, and its worth.

    ``relaxation``, solved, holds the same rows."""

    matrix: Matrix
    relaxed: Floats
    bound: float
    relaxation: Relaxation


@dataclass(frozen=True, slots=True)
class _Need:
    """Rows of need of some cells in one quarter, added up."""

    least: float
    terms: tuple[Term, ...]
    open: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """What can be hired into some cells of a role, start by start, by quarter of hire."""

    hired: Whole
    cohorts: Whole
    learners: Whole
    gain: Floats
    lot: Floats
    """Hires of a full cohort."""
    known: Floats
    """Hires known already, by quarter."""
    needs: dict[int, _Need]

    def columns(self) -> Whole:
        """The columns that its inequalities may hold."""
        needs = [
            column
            for need in self.needs.values()
            for column in (*need.open, *(column for column, _ in need.terms))
        ]
        return np.concatenate([self.cohorts, self.learners, np.array(needs, dtype=np.int64)])


def sparse(matrix: Matrix) -> csr_array:
    starts = np.array([*matrix.starts, len(matrix.index)])
    shape = (len(matrix.starts), len(matrix.lower))
    return csr_array((np.array(matrix.value), np.array(matrix.index), starts), shape=shape)


def matrix_of(
    rows: csr_array,
    lower: Floats,
    upper: Floats,
    row_lower: Floats,
    row_upper: Floats,
    whole: NDArray[np.bool_],
) -> Matrix:
    """The matrix of these rows, as ``sparse`` reads it, and bounds of columns and of rows."""
    return Matrix(
        lower=lower.tolist(),
        upper=upper.tolist(),
        whole=whole.tolist(),
        row_lower=row_lower.tolist(),
        row_upper=row_upper.tolist(),
        starts=rows.indptr[:-1].tolist(),
        index=rows.indices.tolist(),
        value=rows.data.tolist(),
    )


def _entries(rows: csr_array, row: int) -> list[tuple[int, float]]:
    """Columns and weights of a row."""
    part = slice(rows.indptr[row], rows.indptr[row + 1])
    return list(zip(rows.indices[part].tolist(), rows.data[part].tolist(), strict=True))


def tighten(
    model: Formulation,
    relaxation: Relaxation,
    *,
    seconds: float,
    stop: Callable[[], bool] = lambda: False,
    on_bound: Callable[[float], None] | None = None,
) -> Tight:
    """Add broken inequalities to the relaxation, round by round, while they lift its worth.

    ``relaxation`` holds the model's matrix and was solved.
    """
    begun = time.monotonic()
    families = families_of(model)
    kept: list[Inequality] = []
    bound = relaxation.worth
    idle = 0
    while idle < 2 and time.monotonic() - begun < seconds and not stop():
        found = [cut for family in families for cut in broken_of(family, relaxation.values)]
        if not found:
            break
        relaxation.add([(cut.least, cut.terms) for cut in found])
        if not relaxation.solve(max(1.0, seconds - (time.monotonic() - begun))):
            relaxation.drop(np.arange(len(kept), len(kept) + len(found)))
            relaxation.solve(seconds)
            break
        kept += found
        binding = np.abs(relaxation.duals_of_added()) > 1e-9
        relaxation.drop(np.flatnonzero(~binding))
        kept = [cut for cut, binds in zip(kept, binding, strict=True) if binds]
        gained = relaxation.worth - bound
        bound = max(bound, relaxation.worth)
        if on_bound is not None:
            on_bound(bound)
        idle = idle + 1 if gained < SMALLEST_GAIN * abs(bound) else 0
    relaxation.solve(max(1.0, seconds))  # what does not bind was dropped, so this takes no time
    return Tight(with_rows(model.matrix, kept), relaxation.values, bound, relaxation)


def with_rows(matrix: Matrix, kept: Iterable[Inequality]) -> Matrix:
    """The matrix and these inequalities."""
    more = replace(
        matrix,
        row_lower=list(matrix.row_lower),
        row_upper=list(matrix.row_upper),
        starts=list(matrix.starts),
        index=list(matrix.index),
        value=list(matrix.value),
    )
    for cut in kept:
        more.row(cut.least, cut.terms, INFINITE)
    return more


def families_of(model: Formulation) -> list[Family]:
    """One family for each role and each set of its areas that some pool reaches, each area alone,
    and all of them."""
    rows = sparse(model.matrix)
    columns = rows.tocsc()
    supplies = _supply_rows(model, rows)
    areas: dict[str, set[str]] = defaultdict(set)
    reached: dict[str, set[frozenset[str]]] = defaultdict(set)
    by_pool: dict[tuple[Pool, int, str], set[str]] = defaultdict(set)
    flows: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for (pool, t, role, area), column in model.flows.items():
        areas[role].add(area)
        by_pool[pool, t, role].add(area)
        flows[role, area].append((t, column))
    for (_, _, role), together in by_pool.items():
        reached[role].add(frozenset(together))
    out = []
    for role, all_areas in areas.items():
        sets = reached[role] | {frozenset((area,)) for area in all_areas} | {frozenset(all_areas)}
        for some in sorted(sets, key=sorted):
            into = [pair for area in sorted(some) for pair in flows[role, area]]
            needs = _needs_of(model, rows, columns, role, some)
            family = _family(model, rows, supplies, into, needs) if needs else None
            if family is not None:
                out.append(family)
    return out


def _supply_rows(model: Formulation, rows: csr_array) -> dict[int, list[int]]:
    """Column of a flow → rows Σ flows − Σ gain · learners ≤ known hires that hold it."""
    flow = np.zeros(rows.shape[1], dtype=bool)
    flow[list(model.flows.values())] = True
    learner = np.zeros(rows.shape[1], dtype=bool)
    learner[[start.learners for start in model.starts]] = True
    out: dict[int, list[int]] = defaultdict(list)
    there = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    for row in np.unique(there[flow[rows.indices] & (rows.data > 0)]):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        index, value = rows.indices[part], rows.data[part]
        plain = np.where(flow[index], value == 1.0, learner[index] & (value < 0))
        if plain.all() and np.isfinite(model.matrix.row_upper[row]):
            for column in index[flow[index]]:
                out[int(column)].append(int(row))
    return out


def _needs_of(
    model: Formulation, rows: csr_array, columns: csc_array, role: str, areas: frozenset[str]
) -> dict[int, _Need]:
    out: dict[int, _Need] = {}
    for t in range(model.problem.quarters):
        cells = [((role, area), t) for area in sorted(areas)]
        if not all(cell in model.missing for cell in cells):
            continue
        least, terms, still_open = 0.0, [], []
        for cell in cells:
            missing, spare = model.missing[cell], model.spare[cell]
            row = columns.indices[columns.indptr[missing]]
            least += model.matrix.row_lower[row]
            terms += _entries(rows, row)
            still_open += [missing, spare]
        out[t] = _Need(least, tuple(terms), tuple(still_open))
    return out


def _family(
    model: Formulation,
    rows: csr_array,
    supplies: dict[int, list[int]],
    into: list[tuple[int, int]],
    needs: dict[int, _Need],
) -> Family | None:
    """The hires into the flows ``into`` (quarter, column); ``None`` where a flow has no supply row.

    Of the rows that hold all the flows of a pool the one with the least gains is taken.
    """
    starts = {start.learners: start for start in model.starts}
    known = np.zeros(model.problem.quarters)
    hired, cohorts, learners, gain, lot = [], [], [], [], []
    open_flows = {column: t for t, column in into}
    while open_flows:
        first, t = next(iter(open_flows.items()))
        best: tuple[int, float, int] | None = None
        for row in supplies.get(first, ()):
            entries = _entries(rows, row)
            held = sum(column in open_flows for column, _ in entries)
            score = (-held, -sum(value for _, value in entries if value < 0), row)
            best = score if best is None else min(best, score)
        if best is None:
            return None
        known[t] += model.matrix.row_upper[best[2]]
        for column, value in _entries(rows, best[2]):
            if value > 0:
                open_flows.pop(column, None)
                continue
            start = starts[column]
            hired.append(t)
            cohorts.append(start.cohorts)
            learners.append(column)
            gain.append(-value)
            lot.append(-value * start.program.largest)
    if not hired:
        return None
    return Family(
        np.array(hired),
        np.array(cohorts),
        np.array(learners),
        np.array(gain),
        np.array(lot),
        known,
        needs,
    )


def broken_of(family: Family, values: Floats) -> list[Inequality]:
    """For each last quarter, the most broken inequality of all first quarters and lots."""
    out = []
    hires = family.gain * values[family.learners]
    whole = values[family.cohorts]
    least, spare, still_open = {-1: 0.0}, {-1: 0.0}, {}
    for t, need in family.needs.items():
        least[t] = need.least
        spare[t] = max(0.0, sum(values[c] * v for c, v in need.terms) - need.least)
        still_open[t] = float(values[list(need.open)].sum())
    known = np.concatenate([[0.0], np.cumsum(family.known)])
    for t in family.needs:
        best: tuple[float, int, NDArray[np.bool_], Floats, float] | None = None
        for q in least:
            if q >= t:
                continue
            growth = least[t] - least[q] - (known[t + 1] - known[q + 1])
            slack = spare[q] + still_open[t]
            if growth <= 1e-6 or slack >= growth:
                continue
            window = (family.hired > q) & (family.hired <= t)
            if not window.any():
                continue
            sizes = np.unique(family.lot[window].round(9))
            lots = np.unique(np.concatenate([sizes / part for part in LOTS]))
            lots = lots[lots > 1e-6]
            ratio = growth / lots
            f = ratio - np.floor(ratio)
            lots, ratio, f = (a[(f > 0.02) & (f < 0.999)] for a in (lots, ratio, f))
            if not lots.size:
                continue
            counts = family.lot[window][None, :] / lots[:, None]
            floors = np.floor(counts + 1e-9)
            rounded = floors + np.minimum(1.0, np.maximum(counts - floors, 0) / f[:, None])
            weights = (lots * f)[:, None] * rounded
            right = lots * f * np.ceil(ratio)
            left = np.minimum(hires[window][None, :], weights * whole[window][None, :]).sum(axis=1)
            breach = right - left - slack
            score = np.where(
                breach > SMALLEST_BREACH * right, breach / np.sqrt((weights**2).sum(axis=1) + 1), 0
            )
            top = int(score.argmax())
            if score[top] > 0 and (best is None or score[top] > best[0]):
                best = (float(score[top]), q, window, weights[top], float(right[top]))
        if best is not None:
            out.append(_written(family, hires, whole, t, *best[1:]))
    return out


def _written(
    family: Family,
    hires: Floats,
    whole: Floats,
    t: int,
    q: int,
    window: NDArray[np.bool_],
    weights: Floats,
    right: float,
) -> Inequality:
    terms: dict[int, float] = defaultdict(float)
    here = np.flatnonzero(window)
    for position, weight in zip(here, weights, strict=True):
        if hires[position] < weight * whole[position] - 1e-9:
            terms[int(family.learners[position])] += float(family.gain[position])
        else:
            terms[int(family.cohorts[position])] += float(weight)
    for column in family.needs[t].open:
        terms[column] += 1.0
    if q >= 0:
        for column, value in family.needs[q].terms:
            terms[column] += value
        right += family.needs[q].least
    return Inequality(right, tuple(terms.items()))
