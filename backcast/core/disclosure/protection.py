"""Which sums may be shown so that nobody learns what one contributor gave (docs/methods/disclosure.md)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backcast.core.disclosure.addresses import ALL, Address
from backcast.core.disclosure.intervals import Region, Witnesses
from backcast.core.disclosure.rules import Rule
from backcast.core.disclosure.tables import Flags, Floats, Table

Indexes = NDArray[np.int64]

_TINY = 1e-7
#: How often it is tried to protect many at once before each is looked at alone.
_ROUNDS = 12


@dataclass(frozen=True)
class Protected:
    """What may be shown: address → (value, contributors). Everything else of the table is withheld.

    A sum of 0 is withheld as well: it would say that everybody has nothing.
    """

    shown: dict[Address, tuple[float, int]]
    #: Withheld for its own sake, and withheld so that those cannot be worked out.
    primary: int
    complementary: int


def protect(table: Table, rule: Rule, withheld: Set[Address] = frozenset()) -> Protected:
    """Decide what of the table may be shown; ``withheld`` never is.

    First every address is judged by itself; then linear programs look at each contributor's number
    with the eyes of every other contributor, who knows its own, and hide more until no number can
    be known too closely.
    """
    alone = _may_stand_alone(table, rule)
    for address in withheld:
        if address in table.addresses:
            alone[table.index(address)] = False
    audit = _Audit(table, rule, alone)
    audit.close()
    shown = audit.shown
    step = rule.rounding
    return Protected(
        {
            table.addresses[index]: (
                round(float(table.sums[index]) / step) * step,
                int(table.counts[index]),
            )
            for index in np.flatnonzero(shown)
        },
        primary=int((~alone & (table.sums > 0)).sum()),
        complementary=int((alone & ~shown).sum()),
    )


def audited(table: Table, rule: Rule, alone: Flags, fixed: Flags) -> Flags:
    """Which of the addresses ``alone`` may stay, where those of ``fixed`` are known already.

    What is 0 is left out of this: who does not know where others have nothing cannot set the sums
    of a table in any relation that this one does not hold by itself.
    """
    audit = _Audit(table, rule, alone, fixed)
    audit.close(nothings=False)
    return audit.shown


def _may_stand_alone(table: Table, rule: Rule) -> Flags:
    """Addresses that could be shown if nothing else were."""
    sums, parts = table.sums, table.parts
    fine = (table.counts >= rule.contributors) & (sums >= max(rule.smallest, _TINY))
    fine &= table.largest <= rule.dominance * sums + _TINY
    scale = table.scale[:, None]
    # What is left of the sum for anybody else in the eyes of the largest other contributor.
    largest = _largest_other(parts)
    left = sums[None, :] - largest
    has = parts > 0
    close = np.where(has, parts + rule.closeness * parts, 0.0)
    wide = rule.width * scale
    fine &= (left >= np.maximum(close, wide) - _TINY).all(axis=0)
    # That it is shown tells that nobody has more than the largest share, nor, of three, less than
    # what two of that size leave.
    most = rule.dominance * sums
    least = np.where(table.counts == 3, np.maximum(0.0, sums - most - largest), 0.0)
    return np.asarray(fine & ((most - least >= wide - _TINY) | ~has).all(axis=0))


def _largest_other(parts: Floats) -> Floats:
    """For each contributor and address, the most that any other contributor has there."""
    if len(parts) < 2:
        return np.zeros_like(parts)
    order = np.sort(parts, axis=0)
    first, second = order[-1], order[-2]
    where = parts.argmax(axis=0)
    largest = np.tile(first, (len(parts), 1))
    largest[where, np.arange(parts.shape[1])] = second
    return np.asarray(largest)


class _Audit:
    """Look at each number with everybody's eyes and hide what gives it away."""

    def __init__(self, table: Table, rule: Rule, alone: Flags, fixed: Flags | None = None) -> None:
        self.table, self.rule, self.alone = table, rule, alone
        #: What is known already and cannot be hidden any more.
        self.fixed = np.zeros(len(alone), dtype=np.bool_) if fixed is None else fixed
        # The last row is someone who knows nothing of their own.
        self.matrix = np.vstack([table.matrix, np.zeros(len(table.cells))])
        self.has = self.matrix > 0
        self.sums = self.matrix.sum(axis=0)
        holders = self.has.sum(axis=0)
        self.owners = np.where(holders == 1, self.has.argmax(axis=0), -1)
        self.many = holders >= 3
        self.levels = np.array([sum(part == ALL for part in each) for each in table.addresses])
        most = float(table.parts.max(initial=0.0))
        wide = rule.width * float(table.scale.max(initial=1.0))
        self.cap = 4 * (wide + rule.closeness * most) + 1.0
        #: How far a cell may fall in everybody's eyes.
        self.floor = self.matrix.max(axis=0) - self.sums
        self.shown = alone.copy()
        self.witnesses: list[Witnesses] = []

    def close(self, *, nothings: bool = True) -> None:
        self._audit_numbers()
        if nothings:
            self._audit_nothings()
        self._show_again()

    def _audit_numbers(self) -> None:
        """Every number above 0, in the eyes of those who know where others have nothing."""
        table, rule = self.table, self.rule
        if not len(table.contributors):
            return
        region = Region(table.members, self.shown, self.cap)
        known = Witnesses(self.matrix, self.sums, self.owners)
        self.witnesses.append(known)
        parts = table.parts
        wide = rule.width * table.scale[:, None]
        drop = (table.matrix * self.many) @ table.members.T
        need = np.maximum(rule.closeness * parts, wide - drop)
        reach = (table.matrix > 0) @ (table.members * self.sums).T
        lacks = np.where(parts > 0, need - (reach - parts - _largest_other(parts)), 0.0)
        doubtful = self._at_once(region, known, lacks)
        whom, where = np.nonzero(doubtful)
        free = np.where(self.sums > 0, self.cap, 0.0)
        # Finest first: what is hidden for them often hides the rest.
        for index in np.lexsort((whom, where, self.levels[where])):
            contributor, address = int(whom[index]), int(where[index])
            target = (table.members[address] > 0) & self.has[contributor]
            base = (self.sums[target] - self.matrix[:, target]).sum(axis=1)
            self._secure(
                region,
                known,
                target,
                base - parts[contributor, address],
                float(need[contributor, address]),
                contributor,
                free,
            )
        self.shown = region.shown

    def _audit_nothings(self) -> None:
        """Every 0, in the eyes of those who know nothing of others."""
        table, rule = self.table, self.rule
        if not len(table.contributors):
            return
        region = Region(table.members, self.shown, self.cap)
        known = Witnesses(self.matrix, self.sums, np.full(len(table.cells), -1))
        self.witnesses.append(known)
        free = np.full(len(table.cells), self.cap)
        scale = np.where(table.parts > 0, 0.0, table.scale[:, None]).max(axis=0)
        doubtful = (scale > 0) & (table.sums - table.largest < rule.width * scale - _TINY)
        every = np.flatnonzero(doubtful)
        anywhere = np.ones(len(table.cells), dtype=np.bool_)
        wanted = self._wanted(every, rule.width * scale[every], anywhere)
        self._prepare(region, known, wanted, free)
        for address in np.flatnonzero(doubtful)[np.argsort(self.levels[doubtful], kind="stable")]:
            target = table.members[address] > 0
            if not target.any():
                continue
            base = (self.sums[target] - self.matrix[:, target]).sum(axis=1)
            self._secure(region, known, target, base, rule.width * scale[address], -1, free)
        self.shown = region.shown

    def _at_once(self, region: Region, known: Witnesses, lacks: Floats) -> Flags:
        """Which numbers are still in doubt after movements that hold many open in everybody's eyes.

        ``lacks``: by how much each must be able to rise beyond what the sums alone leave open.
        Nothing is hidden yet, so that what these movements protect costs nothing.
        """
        doubtful = lacks > _TINY
        has, members = self.has[:-1], self.table.members
        top = np.where((self.sums > 0) & (self.owners < 0), self.cap, 0.0)
        for _round in range(_ROUNDS):
            if not doubtful.any():
                break
            target = ((doubtful @ members) * has).any(axis=0) & (top > 0)
            most = np.where(target, np.minimum(top, lacks[doubtful].max()), top)
            moved, _prices = region.farthest(target.astype(np.float64), self.floor, most)
            met = doubtful & ((has * moved) @ members.T >= lacks - _TINY)
            if not met.any():
                break
            known.add(moved)
            known.needed.append(moved)
            doubtful &= ~met
        return np.asarray(doubtful)

    def _wanted(self, addresses: Indexes, needs: Floats, cells: Flags) -> Floats:
        """By how much each of the cells should rise for the finest of these addresses."""
        finest = self.levels[addresses] == self.levels[addresses].min(initial=99)
        rise = (self.table.members[addresses[finest]] * needs[finest, None]).max(axis=0, initial=0)
        return np.asarray(rise * cells)

    def _prepare(self, region: Region, known: Witnesses, wanted: Floats, upper: Floats) -> None:
        """Movements that raise many cells at once and are possible in everybody's eyes."""
        wanted = wanted.copy()
        for _round in range(_ROUNDS):
            target = wanted > 0
            if not target.any():
                return
            moved, _prices = region.farthest(
                target.astype(np.float64), self.floor, np.where(target, wanted, upper)
            )
            met = target & (moved >= wanted - _TINY)
            if not met.any():
                return
            known.add(moved)
            wanted[met] = 0.0

    def _secure(
        self,
        region: Region,
        known: Witnesses,
        target: Flags,
        base: Floats,
        need: float,
        contributor: int,
        upper: Floats,
    ) -> None:
        """Hide figures until everybody but the contributor must think the number may be this much more."""
        safe = base >= need - _TINY
        if contributor >= 0:
            safe[contributor] = True
        safe |= known.certified(target, base, need)
        if safe.all():
            return
        objective = target.astype(np.float64)
        # One movement for everybody, where there is one.
        top = upper.copy()
        if contributor >= 0:
            top[(self.owners >= 0) & (self.owners != contributor)] = 0.0
        moved, _prices = region.farthest(objective, self.floor, top)
        if moved[target].sum() > _TINY:
            known.add(moved)
            safe |= known.certified(target, base, need)
        while not safe.all():
            attacker = int(np.where(safe, np.inf, base).argmin())
            lower = self.matrix[attacker] - self.sums
            top = upper.copy()
            if contributor >= 0:
                top[self.owners == attacker] = 0.0
            moved, prices = region.farthest(objective, lower, top)
            if base[attacker] + moved[target].sum() >= need - _TINY:
                known.add(moved)
                safe[attacker] = True
                safe |= known.certified(target, base, need)
                known.needed.append(moved)
            elif not self._hide(region, prices, target, need):
                return

    def _hide(self, region: Region, prices: Floats, target: Flags, need: float) -> bool:
        """Hide the least useful of the figures that hold the number tight; False where none can be."""
        free = region.shown & ~self.fixed
        tight = np.flatnonzero(free & (prices > _TINY))
        if not len(tight):
            touching = (self.table.members[:, target] > 0).any(axis=1)
            tight = np.flatnonzero(free & touching)
        if not len(tight):
            return False
        sums = np.maximum(self.table.sums[tight], _TINY)
        lost = 10.0 ** self.levels[tight] * sums * np.maximum(1.0, need / sums) ** 2
        region.hide(int(tight[lost.argmin()]))
        return True

    def _show_again(self) -> None:
        """Show what turned out not to be needed: no movement that protects someone changes it."""
        moves = [move for known in self.witnesses for move in known.needed]
        hidden = np.flatnonzero(self.alone & ~self.shown)
        if not len(hidden):
            return
        changed = (
            np.abs(self.table.members[hidden] @ np.array(moves).T).max(axis=1)
            if moves
            else np.zeros(len(hidden))
        )
        self.shown[hidden[changed <= 10 * _TINY]] = True
