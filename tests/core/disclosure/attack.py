"""An attack on shown sums by linear programming. Shares no code with what protects them.

The attacker is an employer that knows its own answers (or someone who knows none), knows which
employers have something in which cell, or does not, and reads everything that is shown. For another
employer's number in any cell or sum it works out the lowest and the highest value that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

Key = tuple[str, ...]
#: employer → finest cell → number
Numbers = Mapping[str, Mapping[Key, float]]


@dataclass(frozen=True)
class Found:
    """How closely an attacker came to know an employer's number in an address."""

    attacker: str
    employer: str
    address: Key
    truth: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def holds(address: Key, cell: Key) -> bool:
    return all(part in ("*", other) for part, other in zip(address, cell, strict=True))


def attack(
    numbers: Numbers,
    shown: Mapping[Key, float],
    cells: list[Key],
    attacker: str,
    employer: str,
    address: Key,
    *,
    half: float = 0.0,
    knows_who: bool = True,
    holds: Callable[[Key, Key], bool] = holds,
) -> Found:
    """The interval that ``attacker`` can work out for ``employer`` in ``address``.

    ``shown`` is true to within ``half`` (rounding). With ``knows_who`` it knows where everybody has
    nothing. Everybody else is pooled, which loses nothing: only their sum enters what is shown.
    """
    own = numbers.get(attacker, {})
    theirs = numbers[employer]
    count = len(cells)
    upper = np.full(2 * count, np.inf)
    for index, cell in enumerate(cells):
        if not knows_who:
            continue
        if not theirs.get(cell):
            upper[index] = 0.0
        others = any(
            row.get(cell) for name, row in numbers.items() if name not in (attacker, employer)
        )
        if not others:
            upper[count + index] = 0.0
    rows, columns, least, most = [], [], [], []
    for row, (place, value) in enumerate(shown.items()):
        inside = [index for index, cell in enumerate(cells) if holds(place, cell)]
        known = sum(own.get(cells[index], 0.0) for index in inside)
        for index in inside:
            rows += [row, row]
            columns += [index, count + index]
        least.append(value - half - known)
        most.append(value + half - known)
    objective = np.zeros(2 * count)
    for index, cell in enumerate(cells):
        if holds(address, cell):
            objective[index] = 1.0
    truth = sum(value for cell, value in theirs.items() if holds(address, cell))
    if not shown:
        return Found(attacker, employer, address, truth, 0.0, np.inf)
    matrix = coo_matrix((np.ones(len(rows)), (rows, columns)), (len(shown), 2 * count)).tocsr()
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(
            sign * objective,
            A_ub=None if half == 0 else _stack(matrix),
            b_ub=None if half == 0 else np.concatenate([most, -np.array(least)]),
            A_eq=matrix if half == 0 else None,
            b_eq=np.array(most) if half == 0 else None,
            bounds=np.column_stack([np.zeros(2 * count), upper]),
        )
        if answer.status == 3:
            ends.append(sign * -np.inf)
        else:
            assert answer.status == 0, answer.message
            ends.append(sign * answer.fun)
    return Found(attacker, employer, address, truth, ends[0], ends[1])


def _stack(matrix: coo_matrix) -> coo_matrix:
    from scipy.sparse import vstack

    return vstack([matrix, -matrix])


def attacks(
    numbers: Numbers,
    shown: Mapping[Key, float],
    cells: list[Key],
    addresses: list[Key],
    *,
    half: float = 0.0,
    holds: Callable[[Key, Key], bool] = holds,
    sure: bool = False,
) -> Iterator[Found]:
    """Every attacker on every other employer's every number; with ``sure`` only those above 0."""
    for attacker in ["", *numbers]:
        for employer in numbers:
            if employer == attacker:
                continue
            for address in addresses:
                truth = sum(
                    value for cell, value in numbers[employer].items() if holds(address, cell)
                )
                if sure and not truth:
                    continue
                yield attack(
                    numbers,
                    shown,
                    cells,
                    attacker,
                    employer,
                    address,
                    half=half,
                    # Whoever knows where others have nothing need not attack that.
                    knows_who=truth > 0,
                    holds=holds,
                )
