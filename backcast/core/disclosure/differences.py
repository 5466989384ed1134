"""What tables shown one after the other would tell of those who changed in between."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence, Set
from itertools import permutations

import numpy as np

from backcast.core.disclosure.addresses import Address
from backcast.core.disclosure.protection import audited
from backcast.core.disclosure.rules import Rule
from backcast.core.disclosure.tables import Floats, Table

_TINY = 1e-7


def differs_too_little(
    before: Table, after: Table, rule: Rule, addresses: Iterable[Address]
) -> frozenset[Address]:
    """Of ``addresses`` in both tables, those whose change comes from too few contributors.

    Nobody changed: the two say the same. A few changed, or one dominates the change: the difference
    of the two would tell theirs, so that only one of them may be shown. Contributors who came or
    left count as changed. Only addresses that are not in this set may be shown anew.
    """
    names = sorted({*before.contributors, *after.contributors})
    then = {name: index for index, name in enumerate(before.contributors)}
    now = {name: index for index, name in enumerate(after.contributors)}
    at_then = {address: index for index, address in enumerate(before.addresses)}
    at_now = {address: index for index, address in enumerate(after.addresses)}
    found = set()
    for address in addresses:
        if address not in at_then or address not in at_now:
            continue
        old, new = at_then[address], at_now[address]
        change = np.array(
            [
                (after.parts[now[name], new] if name in now else 0.0)
                - (before.parts[then[name], old] if name in then else 0.0)
                for name in names
            ]
        )
        size = np.abs(change)
        moved = int((size > _TINY).sum())
        if moved == 0:
            continue
        if moved < rule.contributors or size.max() > rule.dominance * size.sum():
            found.add(address)
    return frozenset(found)


def tells_beside(
    earlier: Sequence[tuple[Table, Set[Address]]],
    after: Table,
    shown_after: Set[Address],
    rule: Rule,
) -> frozenset[Address]:
    """Of ``shown_after``, what must not be shown beside what of ``earlier`` tables is out already.

    All tables are read as one: in pairs they may be harmless where all together are not. What a
    contributor has in a cell is cut into layers, each of which it has in some of the tables; a sum of
    a table holds the layers that this table has. So numbers of each table, and changes, are protected
    alike, also from those who know who changed and which way.
    """
    earlier = [(table, shown) for table, shown in earlier if shown and len(table.cells)]
    if not earlier or not shown_after:
        return frozenset()
    joint = _joint([*(table for table, _shown in earlier), after])
    out = {(str(index), *place) for index, (_t, shown) in enumerate(earlier) for place in shown}
    new = {(str(len(earlier)), *place) for place in shown_after}
    names = joint.addresses
    fixed = np.array([address in out for address in names])
    asked = np.array([address in new for address in names])
    left = audited(joint, rule, fixed | asked, fixed)
    return frozenset(names[index][1:] for index in np.flatnonzero(asked & ~left))


def _joint(tables: Sequence[Table]) -> Table:
    """One table of layers, with the sums of all tables and those of changes from one to another.

    The first part of an address is the number of its table, or what one has and another has not.
    """
    names = tuple(sorted({name for table in tables for name in table.contributors}))
    cells = tuple(sorted({cell for table in tables for cell in table.cells}))
    layers = _layers(np.stack([_numbers(table, names, cells) for table in tables]))
    used = [np.flatnonzero(part.any(axis=0)) for part in layers.values()]
    addresses: list[Address] = []
    members = []

    def add(kind: str, table: Table, among: Container[Address], holds: Sequence[bool]) -> None:
        for address, row in zip(table.addresses, _members(table, cells), strict=True):
            if address in among:
                addresses.append((kind, *address))
                members.append(
                    np.concatenate([row[u] * h for u, h in zip(used, holds, strict=True)])
                )

    for index, table in enumerate(tables):
        add(str(index), table, table.addresses, [has[index] for has in layers])
    # A change is never shown itself, but nobody shall work it out either.
    for one, other in permutations(range(len(tables)), 2):
        both = set(tables[one].addresses) & set(tables[other].addresses)
        holds = [has[one] and not has[other] for has in layers]
        add(f"{one} without {other}", tables[one], both, holds)
    scale = np.ones(len(names))
    for table in tables:
        rows = [names.index(name) for name in table.contributors]
        scale[rows] = np.maximum(scale[rows], table.scale)
    return Table(
        names,
        tuple(
            ("".join(map(str, map(int, has))), *cells[column])
            for has, columns in zip(layers, used, strict=True)
            for column in columns
        ),
        np.hstack([part[:, u] for part, u in zip(layers.values(), used, strict=True)]),
        scale,
        tuple(addresses),
        np.array(members),
    )


def _layers(numbers: Floats) -> dict[tuple[bool, ...], Floats]:
    """Which tables have a layer → how much of it each contributor has in each cell.

    ``numbers``: table × contributor × cell.
    """
    levels = np.sort(numbers, axis=0)
    steps = np.diff(levels, axis=0, prepend=0.0)
    found: dict[tuple[bool, ...], Floats] = {}
    for level, step in zip(levels, steps, strict=True):
        having = numbers >= level
        rows, columns = np.nonzero(step > _TINY)
        for has in np.unique(having[:, rows, columns], axis=1).T:
            here = (step > _TINY) & (having == has[:, None, None]).all(axis=0)
            part = found.setdefault(tuple(map(bool, has)), np.zeros_like(step))
            part += np.where(here, step, 0.0)
    return found


def _numbers(table: Table, names: tuple[str, ...], cells: tuple[Address, ...]) -> Floats:
    """The table's numbers, in rows and columns that all tables share."""
    found = np.zeros((len(names), len(cells)))
    rows = [names.index(name) for name in table.contributors]
    found[np.ix_(rows, [cells.index(cell) for cell in table.cells])] = table.matrix
    return found


def _members(table: Table, cells: tuple[Address, ...]) -> Floats:
    found = np.zeros((len(table.addresses), len(cells)))
    found[:, [cells.index(cell) for cell in table.cells]] = table.members
    return found
