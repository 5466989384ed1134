"""The bench's attack against a plain one that knows no bounds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from bench.disclosure.attack import World, narrowest
from tests.core.disclosure.attack import attacks, holds


@pytest.mark.parametrize("seed", range(4))
def test_the_attack_finds_what_a_plain_one_finds(seed: int) -> None:
    """Programs for each attacker, employer and sum, without any of the bounds."""
    chance = random.Random(seed)
    cells = [(row, column) for row in "xy" for column in "pq"]
    numbers = {
        name: {cell: float(chance.choice([0, 0, 4, 9, 15])) for cell in cells} for name in "abcd"
    }
    places = [(row, column) for row in ("*", "x", "y") for column in ("*", "p", "q")]
    told = {
        place: sum(v for row in numbers.values() for cell, v in row.items() if holds(place, cell))
        for place in chance.sample(places, 5)
    }
    plain = [
        each.width
        for each in attacks(numbers, told, cells, places, half=0.5, sure=True)
        if np.isfinite(each.width)
    ]
    masks = {place: np.array([holds(place, cell) for cell in cells]) for place in places}
    known = World(
        tuple(numbers),
        tuple(cells),
        np.array([[row[cell] for cell in cells] for row in numbers.values()]),
        np.ones(4),
        {place: (masks[place], value - 0.5, value + 0.5) for place, value in told.items()},
        masks,
    )
    assert narrowest(known).width == pytest.approx(min(plain), abs=1e-6)
