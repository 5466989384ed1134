"""Sums of what contributors gave, over every combination of rows, columns and totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from backcast.core.disclosure.addresses import ALL, Address, Contribution

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Contributions as a matrix (contributor × finest cell), and which cells each address adds up.

    ``views``: the sets of dimensions that are tabulated together, each with all its totals.
    """

    contributors: tuple[str, ...]
    cells: tuple[Address, ...]
    matrix: Floats
    scale: Floats
    addresses: tuple[Address, ...]
    #: address × cell, 1 where the cell belongs to the address.
    members: Floats
    sums: Floats = field(init=False)
    largest: Floats = field(init=False)
    counts: NDArray[np.int64] = field(init=False)
    #: contributor × address
    parts: Floats = field(init=False)

    def __post_init__(self) -> None:
        parts = self.matrix @ self.members.T
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "sums", parts.sum(axis=0))
        object.__setattr__(self, "largest", parts.max(axis=0, initial=0.0))
        object.__setattr__(self, "counts", (parts > 0).sum(axis=0))

    def index(self, address: Address) -> int:
        return self.addresses.index(address)


def tabulate(
    contributions: Iterable[Contribution],
    dimensions: Sequence[Sequence[str]],
    views: Sequence[Sequence[int]],
    *,
    most_cells: int = 6000,
) -> Table:
    """The table of the given contributions.

    ``dimensions`` are the values of each dimension. Cells in which nobody has anything are kept
    while there are not more than ``most_cells``; beyond that the finest cells are those with
    something in them.
    """
    given = list(contributions)
    for each in given:
        if each.value < 0 or each.scale <= 0:
            raise ValueError(f"{each.contributor}: a contribution is not below 0.")
        if each.value > 0 and any(
            part not in values for part, values in zip(each.key, dimensions, strict=True)
        ):
            raise ValueError(f"{each.key} lies outside the table.")
    whole = int(np.prod([len(values) for values in dimensions]))
    used = {each.key for each in given if each.value > 0}
    cells = tuple(product(*dimensions)) if whole <= most_cells else tuple(sorted(used))
    place = {cell: index for index, cell in enumerate(cells)}
    contributors = tuple(sorted({each.contributor for each in given}))
    row = {name: index for index, name in enumerate(contributors)}
    matrix = np.zeros((len(contributors), len(cells)))
    scale = np.ones(len(contributors))
    for each in given:
        index = row[each.contributor]
        scale[index] = max(scale[index], each.scale)
        if each.value > 0:
            matrix[index, place[each.key]] += each.value
    addresses = tuple(_addresses(dimensions, views))
    members = np.zeros((len(addresses), len(cells)))
    spot = {address: index for index, address in enumerate(addresses)}
    for column, cell in enumerate(cells):
        for address in _holding(cell, views):
            members[spot[address], column] = 1.0
    return Table(contributors, cells, matrix, scale, addresses, members)


def _holding(cell: Address, views: Sequence[Sequence[int]]) -> set[Address]:
    """The addresses that a finest cell adds to."""
    found = set()
    for view in views:
        for size in range(len(view) + 1):
            for kept in combinations(view, size):
                found.add(tuple(part if i in kept else ALL for i, part in enumerate(cell)))
    return found


def _addresses(
    dimensions: Sequence[Sequence[str]], views: Sequence[Sequence[int]]
) -> list[Address]:
    """Every address of the views, totals first."""
    found: dict[Address, None] = {}
    for view in views:
        choices = [
            (ALL, *values) if index in view else (ALL,) for index, values in enumerate(dimensions)
        ]
        found.update(dict.fromkeys(product(*choices)))
    return sorted(found, key=lambda address: (sum(part != ALL for part in address), address))
