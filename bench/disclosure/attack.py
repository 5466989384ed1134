"""The narrowest interval that anyone can work out for anyone's number, exactly. Shares no code with the product.

An attacker is an employer that knows its own numbers, or someone who knows none. It knows where everybody
has nothing (for numbers above 0), what each answer weighs, and every figure that is shown, rounded as it
is shown. For each attacker, each other employer and each sum a linear program finds the lowest and the
highest number that fit. Programs whose answer cannot be the narrowest are not solved:

- what others have in the cells of an employer could all be its own, so that no interval is narrower than
  that (``_swaps``);
- what is possible in the eyes of all attackers at once is possible in each one's (``_Pair.everybody``);
- what is found possible for one sum of an employer says something of all its sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Key = tuple[str, ...]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_MOST = 1e6
_TINY = 1e-6


@dataclass(frozen=True)
class World:
    """Employers × cells, what one person of an employer's own count comes to, and what is shown."""

    employers: tuple[str, ...]
    cells: tuple[Key, ...]
    numbers: Floats
    scale: Floats
    #: name of a shown figure → its cells, lowest, highest
    shown: Mapping[Key, tuple[Flags, float, float]]
    #: name of a sum that is attacked → its cells
    targets: Mapping[Key, Flags]


@dataclass(frozen=True)
class Found:
    """The narrowest interval, in an employer's own people, and how many programs it took."""

    width: float
    low: float
    high: float
    truth: float
    attacker: str
    employer: str
    place: Key
    considered: int
    programs: int

    def __str__(self) -> str:
        if self.employer == "":
            return f"none of {self.considered} numbers can be attacked"
        if self.width > _MOST / 1000:
            return f"no interval has an upper end ({self.considered} considered)"
        who = self.attacker or "an outsider"
        return (
            f"{self.width:.2f} ({self.low:.1f} to {self.high:.1f}, truly {self.truth:.1f}; {who} on"
            f" {self.employer} at {'/'.join(self.place)}; {self.considered} intervals considered,"
            f" {self.programs} programs solved)"
        )


class _Pair:
    """The programs about one employer: its cells, and everybody else's in one."""

    def __init__(self, world: World, employer: int, *, knows_who: bool) -> None:
        self.world, self.employer = world, employer
        count = len(world.cells)
        own = world.numbers[employer]
        self.others = world.numbers.sum(axis=0) - own
        rest = np.delete(world.numbers, employer, axis=0)
        self.most = rest.max(axis=0, initial=0.0)
        self.holders = (rest > 0).sum(axis=0)
        self.knows_who = knows_who
        self.upper = np.where(own > 0, _MOST, 0.0) if knows_who else np.full(count, _MOST)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * count, len(world.shown)
        model.col_cost_ = np.zeros(2 * count)
        model.col_lower_, model.col_upper_ = np.zeros(2 * count), np.full(2 * count, _MOST)
        starts, columns = [0], []
        low, high = [], []
        for inside, least, most in world.shown.values():
            places = np.flatnonzero(inside)
            columns += [*places, *(places + count)]
            starts.append(len(columns))
            low.append(least)
            high.append(most)
        model.row_lower_, model.row_upper_ = np.array(low), np.array(high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        model.a_matrix_.index_ = np.array(columns, dtype=np.int32)
        model.a_matrix_.value_ = np.ones(len(columns))
        self.solver = highspy.Highs()
        self.solver.silent()
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(model)

    def everybody(self, target: Floats) -> tuple[float, float, list[Floats]]:
        """An interval that lies within that of each attacker."""
        fixed = (self.holders <= 1) if self.knows_who else np.zeros(len(self.holders), dtype=bool)
        lower = np.where(fixed, self.others, self.most)
        upper = np.where(fixed, self.others, _MOST)
        return self._ends(target, lower, upper)

    def attacker(self, who: int, target: Floats) -> tuple[float, float, list[Floats]]:
        known = self.world.numbers[who] if who >= 0 else np.zeros(len(self.others))
        third = self.holders - (known > 0) > 0
        upper = np.where(third, _MOST, known) if self.knows_who else np.full(len(known), _MOST)
        return self._ends(target, known, upper)

    def _ends(
        self, target: Floats, lower: Floats, upper: Floats
    ) -> tuple[float, float, list[Floats]]:
        """The lowest and the highest that fit, and the victim's cells then."""
        solver, count = self.solver, len(target)
        every = np.arange(2 * count, dtype=np.int32)
        solver.changeColsBounds(
            2 * count,
            every,
            np.concatenate([np.zeros(count), lower]),
            np.concatenate([self.upper, upper]),
        )
        solver.changeColsCost(2 * count, every, np.concatenate([target, np.zeros(count)]))
        ends, points = [], []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            solver.changeObjectiveSense(sense)
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                solver.clearSolver()
                solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise RuntimeError(str(solver.getModelStatus()))
            ends.append(solver.getInfo().objective_function_value)
            points.append(np.asarray(solver.getSolution().col_value)[:count])
        return ends[0], ends[1], points


def narrowest(
    world: World,
    *,
    knows_who: bool = True,
    size: Callable[[float, float, float], float] = lambda low, high, truth: high - low,
    only: Iterable[int] | None = None,
) -> Found:
    """Over all attackers, employers and targets. ``size`` says how wide an interval is.

    ``knows_who``: attacked are numbers above 0, by those who know where everybody has nothing; else
    numbers of 0, by those who do not.
    """
    victims = list(range(len(world.employers))) if only is None else list(only)
    names = list(world.targets)
    inside = np.array([world.targets[name] for name in names], dtype=np.float64)
    truth = (world.numbers @ inside.T) / world.scale[:, None]
    wanted = truth > _TINY if knows_who else truth <= _TINY
    lows, highs = _swaps(world, inside, victims, knows_who=knows_who)
    best, programs = np.inf, 0
    found: tuple[float, float, float, int, int, int] | None = None

    def sizes(row: int) -> Floats:
        """What is sure of each target of a victim; done with are those not wanted or solved."""
        told = zip(lows[row], highs[row], truth[victims[row]], strict=True)
        sure = np.array([size(low, high, true) for low, high, true in told])
        return np.where(wanted[victims[row]] & ~solved[row], sure, np.inf)

    solved = np.zeros(lows.shape, dtype=np.bool_)
    order = np.argsort([sizes(row).min(initial=np.inf) for row in range(len(victims))])
    for row in map(int, order):
        victim, pair = victims[row], None
        while (sure := sizes(row)).min(initial=np.inf) < best - _TINY:
            column = int(sure.argmin())
            solved[row, column] = True
            pair = pair or _Pair(world, victim, knows_who=knows_who)
            target = inside[column] / world.scale[victim]
            low, high, points = pair.everybody(target)
            programs += 2
            # What is possible for this target is possible for all others of the victim.
            for point in points:
                reached = inside @ point / world.scale[victim]
                lows[row] = np.minimum(lows[row], reached)
                highs[row] = np.maximum(highs[row], reached)
            true = float(truth[victim, column])
            if size(low, high, true) >= best - _TINY:
                continue
            for who in [-1, *range(len(world.employers))]:
                if who == victim or (who >= 0 and not (world.numbers[who] > 0).any()):
                    continue
                low, high, _points = pair.attacker(who, target)
                programs += 2
                if not low - 1e-4 <= true <= high + 1e-4:
                    raise RuntimeError(f"{names[column]}: {true} is not in {low} to {high}.")
                if size(low, high, true) < best:
                    best, found = size(low, high, true), (low, high, true, who, victim, column)
    considered = int(wanted[victims].sum()) * len(world.employers)
    if found is None:
        return Found(np.inf, 0, np.inf, 0, "", "", (), considered, programs)
    low, high, true, who, victim, column = found
    return Found(
        best,
        low,
        high,
        true,
        world.employers[who] if who >= 0 else "",
        world.employers[victim],
        names[column],
        considered,
        programs,
    )


def _swaps(
    world: World, inside: Floats, victims: Sequence[int], *, knows_who: bool
) -> tuple[Floats, Floats]:
    """What each target of a victim may be at least and at most: it may trade places, cell by cell."""
    numbers = world.numbers
    total, has = numbers.sum(axis=0), numbers > 0
    holders = has.sum(axis=0)
    lows, highs = np.zeros((len(victims), len(inside))), np.zeros((len(victims), len(inside)))
    for row, victim in enumerate(victims):
        # What is left of a cell in the eyes of the largest other employer.
        others = np.delete(numbers, victim, axis=0)
        left = total - others.max(axis=0, initial=0.0)
        if knows_who:
            third = holders - has[victim] >= 2
            own = numbers[victim]
            top = np.where(has[victim], np.where(third, left, own), 0.0)
            bottom = np.where(has[victim] & ~third, own, 0.0)
        else:
            top, bottom = left, np.zeros(len(total))
        scale = world.scale[victim]
        lows[row], highs[row] = inside @ bottom / scale, inside @ top / scale
    return lows, highs
