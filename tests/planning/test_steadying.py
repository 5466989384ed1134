"""One wave's noisy numbers are believed as far as noise does not explain them."""

from __future__ import annotations

import numpy as np
import pytest

from backcast.planning.foresight import Foresight, Seen
from backcast.planning.steadying import Stated, steadied

EVEN = Foresight(1.0, 0.1, 0.2, 0, 0)
WAVES, QUARTERS = 5, 4


def history(levels: list[float], *, needs: int = 7) -> list[Seen]:
    """Waves of these levels, the oldest first; each need states its share of the level."""
    return [
        Seen(f"n{n}", "e", "r", len(levels) - w, f"{w}-{q}", level / needs, level / needs)
        for w, level in enumerate(levels)
        for q in range(QUARTERS)
        for n in range(needs)
    ]


def now(sums: list[float], *, needs: int = 7) -> list[Stated]:
    return [Stated("r", q, sums[q] / needs) for q in range(len(sums)) for n in range(needs)]


def believed(levels: list[float], sums: list[float], *, needs: int = 7) -> list[float]:
    found = steadied(EVEN, history(levels, needs=needs), now(sums, needs=needs))
    return [found["r", q] * sums[q] for q in range(len(sums))]


def test_what_was_always_said_is_believed() -> None:
    assert believed([20.0] * 4, [20.0] * 8) == pytest.approx([20.0] * 8)


def test_a_small_step_is_believed_in_part_and_a_large_one_of_many_people_wholly() -> None:
    small = believed([8.0] * 4, [10.0] * 4)
    assert all(8.2 < each < 9.8 for each in small)
    longer = believed([8.0] * 4, [10.0] * 8)
    assert all(8.8 < each < 10.3 for each in longer)
    assert sum(longer) / 8 > sum(small) / 4
    large = believed([200.0] * 4, [400.0] * 8, needs=40)
    assert all(each > 380 for each in large)


def test_levels_that_have_moved_before_are_followed_more_closely() -> None:
    steady = believed([10.0, 10.0, 10.0, 10.0], [13.0] * 8)
    moving = believed([10.0, 14.0, 9.0, 15.0], [13.0] * 8)
    assert 13 - moving[0] < 13 - steady[0] + 1.5
    rising = believed([40.0, 60.0, 90.0, 135.0], [200.0] * 8, needs=20)
    assert rising[0] > 190


def test_a_quarter_beside_the_line_is_drawn_to_it_where_few_people_stand_behind_it() -> None:
    few = believed([8.0] * 4, [8, 8, 8, 8, 12, 8, 8, 8])
    assert 8.2 < few[4] < 10.5
    many = believed([800.0] * 4, [800, 800, 800, 800, 1200, 800, 800, 800], needs=40)
    assert many[4] > 1_100


def test_growth_is_drawn_to_that_of_all_roles() -> None:
    level = {f"r{n}": [10.0] * 8 for n in range(6)} | {"steep": [10.0 + 2 * q for q in range(8)]}
    stated = [
        Stated(role, q, sums[q] / 4)
        for role, sums in level.items()
        for q in range(8)
        for _ in "abcd"
    ]
    found = steadied(EVEN, [], stated)
    steep = [found["steep", q] * level["steep"][q] for q in range(8)]
    assert 10.5 < steep[0] < 16
    assert 18 < steep[-1] < 23.5
    assert steep == sorted(steep)
    assert all(found["r0", q] * 10 >= found["r0", q - 1] * 10 for q in range(1, 8))
    many = [
        Stated(role, q, sums[q] * 20)
        for role, sums in level.items()
        for q in range(8)
        for _ in "abcd"
    ]
    wide = [Stated(row.role, row.quarter, row.mean / 40) for row in many for _ in range(40)]
    known = steadied(EVEN, [], wide)
    assert known["steep", 7] > found["steep", 7]


def test_nothing_is_changed_where_nothing_was_asked_before_and_quarters_are_few() -> None:
    found = steadied(EVEN, [], now([5.0, 9.0]))
    assert found == {("r", 0): 1.0, ("r", 1): 1.0}
    assert steadied(EVEN, [], []) == {}
    assert steadied(EVEN, history([0.0] * 4), now([0.0] * 8))["r", 3] == 1.0
    assert 2 < believed([0.0] * 4, [5.0] * 8)[0] < 5


def test_of_stable_roles_it_comes_nearer_the_truth_than_the_last_wave_does() -> None:
    rng = np.random.default_rng(8)
    ours, theirs = [], []
    for _ in range(60):
        rate = rng.uniform(0.6, 2.5, 7)
        noisy = lambda: np.floor(rate * np.exp(rng.normal(0, 0.15, 7)) + rng.random(7))  # noqa: E731, B023
        seen = [
            Seen(f"n{n}", "e", "r", w, f"{w}-{q}", float(each), 0.0)
            for w in range(1, WAVES)
            for q in range(QUARTERS)
            for n, each in enumerate(noisy())
        ]
        stated = [Stated("r", q, float(each)) for q in range(8) for n, each in enumerate(noisy())]
        found = steadied(EVEN, seen, stated)
        first = [cell for cell in stated if cell.quarter < 2]
        theirs.append(sum(cell.mean for cell in first) / (2 * rate.sum()) - 1)
        ours.append(
            sum(cell.mean * found["r", cell.quarter] for cell in first) / (2 * rate.sum()) - 1
        )
    assert np.std(ours) < 0.7 * np.std(theirs)
    assert abs(np.mean(ours)) < 0.03
