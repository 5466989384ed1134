"""What two tables shown one after the other would tell of those who changed in between."""

from __future__ import annotations

from collections.abc import Iterable, Set

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
    before: Table,
    shown_before: Set[Address],
    after: Table,
    shown_after: Set[Address],
    rule: Rule,
) -> frozenset[Address]:
    """Of ``shown_after``, what must not be shown beside ``shown_before``, which is out already.

    Both tables are read as one. What a contributor has in a cell of both is cut into what stayed,
    what was taken away since and what was added; sums of the first table hold stayed and taken away,
    sums of the second stayed and added. So numbers of either table, and changes, are protected alike,
    also from those who know who changed and which way.
    """
    if not shown_before or not shown_after:
        return frozenset()
    joint = _joint(before, after)
    fixed = [a[0] == "before" and a[1:] in shown_before for a in joint.addresses]
    asked = [a[0] == "after" and a[1:] in shown_after for a in joint.addresses]
    left = audited(joint, rule, np.array(fixed) | np.array(asked), np.array(fixed))
    return frozenset(
        address[1:]
        for address, was, still in zip(joint.addresses, asked, left, strict=True)
        if was and not still
    )


def _joint(before: Table, after: Table) -> Table:
    """One table of what stayed, was taken away and was added, with the sums of both and of changes."""
    names = tuple(sorted({*before.contributors, *after.contributors}))
    cells = tuple(sorted({*before.cells, *after.cells}))
    old, new = _numbers(before, names, cells), _numbers(after, names, cells)
    stayed = np.minimum(old, new)
    parts = {"stayed": stayed, "taken": old - stayed, "added": new - stayed}
    for part in parts.values():
        part[part <= _TINY] = 0.0
    used = {kind: np.flatnonzero(part.any(axis=0)) for kind, part in parts.items()}
    both = set(before.addresses) & set(after.addresses)
    addresses: list[Address] = []
    members = []
    for kind, table, holds in (
        ("before", before, {"stayed", "taken"}),
        ("after", after, {"stayed", "added"}),
        # A change is never shown itself, but nobody shall work it out either.
        ("taken", before, {"taken"}),
        ("added", after, {"added"}),
    ):
        for address, row in zip(table.addresses, _members(table, cells), strict=True):
            if kind in ("before", "after") or address in both:
                addresses.append((kind, *address))
                members.append(np.concatenate([row[used[k]] * (k in holds) for k in parts]))
    scale = np.ones(len(names))
    for table in (before, after):
        rows = [names.index(name) for name in table.contributors]
        scale[rows] = np.maximum(scale[rows], table.scale)
    return Table(
        names,
        tuple((kind, *cells[column]) for kind in parts for column in used[kind]),
        np.hstack([part[:, used[kind]] for kind, part in parts.items()]),
        scale,
        tuple(addresses),
        np.array(members),
    )


def _numbers(table: Table, names: tuple[str, ...], cells: tuple[Address, ...]) -> Floats:
    """The table's numbers, in rows and columns that both tables share."""
    found = np.zeros((len(names), len(cells)))
    rows = [names.index(name) for name in table.contributors]
    found[np.ix_(rows, [cells.index(cell) for cell in table.cells])] = table.matrix
    return found


def _members(table: Table, cells: tuple[Address, ...]) -> Floats:
    found = np.zeros((len(table.addresses), len(cells)))
    found[:, [cells.index(cell) for cell in table.cells]] = table.members
    return found
