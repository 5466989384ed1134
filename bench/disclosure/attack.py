"""The narrowest interval that anyone can work out for anyone's number, exactly. Shares no code with the product.

An attacker is an employer that knows its own numbers x, or an outsider who knows none. It knows where
everybody has nothing (for numbers above 0), what each answer weighs, and every figure that is shown,
rounded as it is shown. What it cannot rule out are the cells t (all employers together) with t ≥ x that
sum to what is shown, and with t = x where nobody else has anything. Of these a victim can have all that
the attacker has not, and, where no third employer has any, it must. So for every attacker, victim and sum

    highest = max Σ (t − x) over the victim's cells of the sum
    lowest  = min Σ (t − x) over those of them in which no third employer has anything

Both programs are over one polytope for each attacker, whoever the victim is. What was found possible
(``_Points``) is therefore tried on every other number of the same attacker, and of all attackers in
whose eyes it is possible; the truth itself is the first such point. A program is solved only for a
number that no known point shows to be wider than the narrowest solved one. Nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

Key = tuple[str, ...]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indexes = NDArray[np.int64]
_MOST = 1e6
_TINY = 1e-6
#: Intervals are looked for below the first of these, then below twice that, and so on up to the last;
#: how wide they are beyond that does not matter. People, or shares of the truth.
_WIDE = {"width": (10.0, 160.0), "above": (0.25, 4.0)}
#: So many doubtful intervals are looked at at once.
_BATCH = 400_000
#: Points that hold many numbers open at once are looked for so often before single ones are.
_ROUNDS = 8
#: In the place of an attacker: someone who knows no number.
OUTSIDER = -1


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
    """The narrowest interval, in an employer's own people, and how many programs it took.

    ``width`` is a share where it was asked how near the highest number lies above the truth.
    """

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
        if not self.considered:
            return "there is no number to attack"
        if self.employer == "":
            return f"none is narrower than {self.low:.4g} ({self.considered} intervals considered)"
        who = self.attacker or "an outsider"
        return (
            f"{self.width:.2f} ({self.low:.1f} to {self.high:.1f}, truly {self.truth:.1f}; {who} on"
            f" {self.employer} at {'/'.join(self.place)}; {self.considered} intervals considered,"
            f" {self.programs} programs solved)"
        )


@dataclass
class _Doubts:
    """Intervals that may be among the narrowest, a row each; ends in people of the sums."""

    attacker: Indexes
    victim: Indexes
    target: Indexes
    #: row × cell: the victim's cells of the sum, and those in which no third employer has anything
    own: csr_matrix
    sole: csr_matrix
    known: Floats
    known_sole: Floats
    scale: Floats
    truth: Floats
    low: Floats
    high: Floats
    solved: Flags

    def __len__(self) -> int:
        return len(self.attacker)

    def kept(self, rows: Flags) -> _Doubts:
        parts = {name: getattr(self, name)[rows] for name in self.__dataclass_fields__}
        return _Doubts(**parts)

    def learn(self, point: Floats) -> None:
        """That a point is possible in the eyes of all of these attackers widens their intervals."""
        self.high = np.maximum(self.high, self.own @ point - self.known)
        self.low = np.minimum(self.low, self.sole @ point - self.known_sole)

    def sizes(self, measure: str) -> Floats:
        """How wide each interval is at least."""
        if measure == "above":
            return np.asarray(self.high / np.maximum(self.truth, _TINY) - 1)
        return np.asarray((self.high - self.low) / self.scale)


class _Eyes:
    """What each attacker knows, as bounds of the cells."""

    def __init__(self, world: World, *, knows_who: bool) -> None:
        self.numbers = np.vstack([world.numbers, np.zeros(len(world.cells))])
        self.has = self.numbers > 0
        self.total = self.numbers.sum(axis=0)
        self.holders = self.has.sum(axis=0)
        self.knows_who = knows_who

    def bounds(self, who: int) -> tuple[Floats, Floats]:
        known = self.numbers[who]
        if not self.knows_who:
            return known, np.full(len(known), _MOST)
        return known, np.where(self.holders - self.has[who] > 0, _MOST, known)

    def everybody(self, but: Flags | None = None) -> tuple[Floats, Floats]:
        """What is possible within these is possible in the eyes of each attacker, but of some."""
        numbers, has = (
            (self.numbers, self.has) if but is None else (self.numbers[~but], self.has[~but])
        )
        lowest = numbers.max(axis=0)
        if not self.knows_who:
            return lowest, np.full(len(lowest), _MOST)
        # What one of them alone has it knows; what nobody has all know.
        few = (self.holders == 0) | ((self.holders == 1) & has.any(axis=0))
        return np.where(few, self.total, lowest), np.where(few, self.total, _MOST)


class _Program:
    """All cells that sum to what is shown; asked for the farthest of some, again and again."""

    def __init__(self, world: World) -> None:
        count = len(world.cells)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = count, len(world.shown)
        model.col_cost_ = np.zeros(count)
        model.col_lower_, model.col_upper_ = np.zeros(count), np.full(count, _MOST)
        rows = [np.flatnonzero(inside) for inside, _low, _high in world.shown.values()]
        model.row_lower_ = np.array([low for _inside, low, _high in world.shown.values()])
        model.row_upper_ = np.array([high for _inside, _low, high in world.shown.values()])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *map(len, rows)]).astype(np.int32)
        columns = np.concatenate(rows) if rows else np.zeros(0)
        model.a_matrix_.index_ = columns.astype(np.int32)
        model.a_matrix_.value_ = np.ones(len(columns))
        self._every = np.arange(count, dtype=np.int32)
        self._solver = highspy.Highs()
        self._solver.silent()
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(model)
        self.solved = 0

    def farthest(self, cost: Floats, lower: Floats, upper: Floats) -> Floats:
        solver, count = self._solver, len(self._every)
        # What was possible before still is where only the question changed: go on by the primal method.
        solver.setOptionValue("simplex_strategy", 4)
        solver.changeColsBounds(count, self._every, lower, upper)
        solver.changeColsCost(count, self._every, -cost)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            solver.clearSolver()
            solver.setOptionValue("simplex_strategy", 1)
            solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(str(solver.getModelStatus()))
        self.solved += 1
        return np.asarray(solver.getSolution().col_value)


def narrowest(
    world: World,
    *,
    knows_who: bool = True,
    measure: Literal["width", "above"] = "width",
    attackers: Sequence[int] | None = None,
    below: float | None = None,
) -> Found:
    """Over all attackers, employers and targets, as far as narrower than ``below``.

    ``knows_who``: attacked are numbers above 0, by those who know where everybody has nothing; else
    numbers of 0, by those who do not. ``measure``: how wide the interval is, or how far above the truth
    it ends. ``attackers``: rows of employers, or ``OUTSIDER``; all by default. An outsider never knows
    more than an employer.
    """
    search = _Search(world, knows_who=knows_who, measure=measure, attackers=attackers)
    limit, enough = _WIDE[measure]
    enough = enough if below is None else min(enough, below)
    limit = min(limit, enough)
    while True:
        found = search.below(limit)
        if found or limit >= enough:
            return found or search.nothing(limit)
        limit = min(2 * limit, enough)


class _Search:
    def __init__(
        self,
        world: World,
        *,
        knows_who: bool,
        measure: Literal["width", "above"],
        attackers: Sequence[int] | None,
    ) -> None:
        self.world, self.measure, self.knows_who = world, measure, knows_who
        self.eyes = _Eyes(world, knows_who=knows_who)
        outsider = len(world.employers)
        chosen = [OUTSIDER, *range(outsider)] if attackers is None else attackers
        self.attackers = np.array([outsider if who == OUTSIDER else who for who in chosen])
        self.names = list(world.targets)
        self.inside = np.array([world.targets[name] for name in self.names], dtype=np.bool_)
        self.program = _Program(world)
        self.considered = 0

    def nothing(self, limit: float) -> Found:
        return Found(np.inf, limit, np.inf, 0, "", "", (), self.considered, self.program.solved)

    def below(self, limit: float) -> Found | None:
        """The narrowest interval, if one is narrower than ``limit``."""
        self.considered, self.best = 0, limit
        self.found: Found | None = None
        self.points: list[Floats] = []
        left = [self._doubtful(batch) for batch in self._batches(limit)]
        doubts = self._split(_joined(left, len(self.world.cells)))
        while len(doubts):
            who = int(doubts.attacker[doubts.sizes(self.measure).argmin()])
            mine = doubts.attacker == who
            self._settle(doubts.kept(mine), *self.eyes.bounds(who))
            doubts = self._open(doubts.kept(~mine))
        return self.found

    def _batches(self, limit: float) -> Iterator[_Doubts]:
        blocks: list[_Doubts] = []
        for block in self._doubts(limit):
            blocks.append(block)
            if sum(map(len, blocks)) > _BATCH:
                yield _joined(blocks, len(self.world.cells))
                blocks = []
        yield _joined(blocks, len(self.world.cells))

    def _doubtful(self, doubts: _Doubts) -> _Doubts:
        """Of a batch, what is left after points that are possible in everybody's eyes."""
        for point in self.points:
            doubts.learn(point)
            doubts = self._open(doubts)
        return self._many(doubts, *self.eyes.everybody(), keep=True)

    def _split(self, doubts: _Doubts) -> _Doubts:
        """Let what only single employers have be free, in the eyes of the others.

        Employers are halved by each bit of their number, so that any two are in different halves once.
        """
        if not self.knows_who:
            return doubts
        everybody = np.arange(len(self.world.employers) + 1)
        for bit in range(int(everybody[-1]).bit_length()):
            for side in (0, 1):
                theirs = (everybody >> bit) & 1 == side
                rows = theirs[doubts.victim] & ~theirs[doubts.attacker]
                if rows.sum() > 1:
                    mine = self._many(doubts.kept(rows), *self.eyes.everybody(theirs))
                    doubts = _joined([doubts.kept(~rows), mine], len(self.world.cells))
        return doubts

    def _settle(self, doubts: _Doubts, lower: Floats, upper: Floats) -> None:
        """All that one attacker may know too well."""
        doubts = self._many(doubts, lower, upper)
        while len(doubts):
            row = int(doubts.sizes(self.measure).argmin())
            self._solve(doubts, row, lower, upper)
            doubts = self._open(doubts)

    def _open(self, doubts: _Doubts) -> _Doubts:
        wide = doubts.solved | (doubts.sizes(self.measure) >= self.best - _TINY)
        return doubts.kept(~wide) if wide.any() else doubts

    def _many(
        self, doubts: _Doubts, lower: Floats, upper: Floats, *, keep: bool = False
    ) -> _Doubts:
        """Look for points that hold many numbers wide at once; what is still open."""
        doubts = self._open(doubts)
        for _round in range(_ROUNDS):
            before = len(doubts)
            if before < 2:
                break
            lacks = np.maximum(doubts.known + doubts.scale * self.best, doubts.truth * 1.2)
            wanted = np.asarray(doubts.own.sum(axis=0)).ravel() > 0
            top = np.where(wanted, np.minimum(upper, self.eyes.total + lacks.max()), upper)
            costs = [(wanted.astype(np.float64), np.maximum(top, lower))]
            if doubts.sole.nnz:
                costs.append((-np.asarray(doubts.sole.sum(axis=0)).ravel(), upper))
            for cost, most in costs:
                point = self.program.farthest(cost, lower, most)
                doubts.learn(point)
                if keep:
                    self.points.append(point)
            doubts = self._open(doubts)
            if len(doubts) == before:
                break
        return doubts

    def _solve(self, doubts: _Doubts, row: int, lower: Floats, upper: Floats) -> None:
        """Both ends of one interval, exactly."""
        own = np.asarray(doubts.own[row].todense()).ravel()
        doubts.learn(self.program.farthest(own, lower, upper))
        if doubts.sizes(self.measure)[row] >= self.best:
            return
        if self.measure == "width" and doubts.sole[row].nnz:
            sole = np.asarray(doubts.sole[row].todense()).ravel()
            doubts.learn(self.program.farthest(-sole, lower, upper))
        doubts.solved[row] = True
        low, high = float(doubts.low[row]), float(doubts.high[row])
        true = float(doubts.truth[row])
        if not low - 1e-4 <= true <= high + 1e-4:
            raise RuntimeError(f"{true} is not in {low} to {high}.")
        size = float(doubts.sizes(self.measure)[row])
        if size < self.best:
            self.best = size
            self.found = self._told(doubts, row)

    def _told(self, doubts: _Doubts, row: int) -> Found:
        scale = float(doubts.scale[row])
        who = int(doubts.attacker[row])
        return Found(
            self.best,
            float(doubts.low[row]) / scale,
            float(doubts.high[row]) / scale,
            float(doubts.truth[row]) / scale,
            self.world.employers[who] if who < len(self.world.employers) else "",
            self.world.employers[int(doubts.victim[row])],
            self.names[int(doubts.target[row])],
            self.considered,
            self.program.solved,
        )

    # --- which intervals may be narrow ------------------------------------------------------------

    def _doubts(self, limit: float) -> Iterator[_Doubts]:
        """Intervals that the truth itself does not show to be wider than ``limit``."""
        if self.knows_who:
            for victim in range(len(self.world.employers)):
                yield self._about(victim, limit)
        else:
            yield from self._nothings(limit)

    def _about(self, victim: int, limit: float) -> _Doubts:
        eyes = self.eyes
        cells = np.flatnonzero(eyes.has[victim])
        sums, names = _different(self.inside[:, cells])
        who = self.attackers[self.attackers != victim]
        known = eyes.numbers[np.ix_(who, cells)]
        third = eyes.holders[cells] - 1 - eyes.has[np.ix_(who, cells)] > 0
        rest = eyes.total[cells] - known
        high, low = rest @ sums.T, (rest * ~third) @ sums.T
        own = eyes.numbers[victim, cells]
        truth = np.broadcast_to(sums @ own, high.shape)
        self.considered += int((self.inside[:, cells].any(axis=1)).sum()) * len(who)
        scale = float(self.world.scale[victim])
        size = high / truth - 1 if self.measure == "above" else (high - low) / scale
        narrow = size < min(limit, self.best)
        if self.measure == "width":
            narrow &= ~_contain(sums, ~third)
        rows, columns = np.nonzero(narrow)
        mine = sums[columns]
        sole = mine * ~third[rows]
        wide = len(self.world.cells)
        return _Doubts(
            attacker=who[rows],
            victim=np.full(len(rows), victim),
            target=names[columns],
            own=_spread(mine, cells, wide),
            sole=_spread(sole, cells, wide),
            known=(known @ sums.T)[rows, columns],
            known_sole=(sole * known[rows]).sum(axis=1),
            scale=np.full(len(rows), scale),
            truth=truth[rows, columns],
            low=low[rows, columns],
            high=high[rows, columns],
            solved=np.zeros(len(rows), dtype=np.bool_),
        )

    def _nothings(self, limit: float) -> Iterator[_Doubts]:
        """A number of 0 may be as high as what others have: the same for all that have nothing there."""
        eyes, world = self.eyes, self.world
        sums = self.inside.astype(np.float64)
        nothing = ~(world.numbers @ sums.T > _TINY)
        scale = np.where(nothing, world.scale[:, None], 0.0)
        for who in self.attackers:
            others = np.delete(scale, who, axis=0) if who < len(scale) else scale
            most = others.max(axis=0, initial=0.0)
            self.considered += int((others > 0).sum())
            known = sums @ eyes.numbers[who]
            high = sums @ eyes.total - known
            rows = np.flatnonzero((most > 0) & (high < limit * most))
            whom = np.where(np.arange(len(scale))[:, None] == who, 0.0, scale).argmax(axis=0)
            zero = np.zeros(len(rows))
            yield _Doubts(
                attacker=np.full(len(rows), who),
                victim=whom[rows],
                target=rows,
                own=csr_matrix(sums[rows]),
                sole=csr_matrix((len(rows), len(world.cells))),
                known=known[rows],
                known_sole=zero,
                scale=most[rows],
                truth=zero,
                low=zero,
                high=high[rows],
                solved=np.zeros(len(rows), dtype=np.bool_),
            )


def _different(inside: Flags) -> tuple[Floats, Indexes]:
    """Sums that hold different cells of somebody, and the first of each in the order of targets."""
    some = np.flatnonzero(inside.any(axis=1))
    rows, first = np.unique(inside[some], axis=0, return_index=True)
    return rows.astype(np.float64), some[first]


def _contain(sums: Floats, sole: Flags) -> Flags:
    """Attacker × sum: is a smaller sum within it that is as open at its lower end?

    Then the smaller one is not wider: what is in doubt of it is in doubt of the larger one.
    """
    alone = sole @ sums.T
    size = sums.sum(axis=1)
    inside = (sums @ sums.T == size[:, None]) & (size[:, None] < size[None, :])
    found = np.zeros(alone.shape, dtype=np.bool_)
    for column in np.flatnonzero(inside.any(axis=0)):
        smaller = np.flatnonzero(inside[:, column])
        found[:, column] = (alone[:, smaller] == alone[:, [column]]).any(axis=1)
    return found


def _spread(rows: Floats, cells: Indexes, wide: int) -> csr_matrix:
    """Rows over some cells as rows over all."""
    where, column = np.nonzero(rows)
    return csr_matrix((rows[where, column], (where, cells[column])), (len(rows), wide))


def _joined(blocks: Sequence[_Doubts], wide: int) -> _Doubts:
    parts = {}
    for name in _Doubts.__dataclass_fields__:
        each = [getattr(block, name) for block in blocks]
        if name in ("own", "sole"):
            parts[name] = vstack(each, format="csr") if each else csr_matrix((0, wide))
        else:
            parts[name] = np.concatenate(each) if each else np.zeros(0)
    return _Doubts(**parts)
