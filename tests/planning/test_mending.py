"""Needs as past waves teach to read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backcast.planning.foresight import Seen
from backcast.planning.mending import mended
from backcast.planning.odds import simulate
from backcast.planning.problem import Area, NeedCell, Problem
from tests.planning.small import FIRST
from tests.planning.small import problem as small_problem


def cells(basis: str = "stated") -> tuple[NeedCell, ...]:
    return tuple(
        NeedCell(f"{who}/{q}", "r", "a", FIRST + q, 20, 24, 28, basis, who)  # type: ignore[arg-type]
        for who in ("over", "right")
        for q in range(4)
    )


def seen(waves: int) -> list[Seen]:
    """One employer hires half as many as it expects, the other as many."""
    return [
        Seen(who, who, "r", wave, f"{wave}-{q}", 24.0, came)
        for wave in range(1, waves + 1)
        for q in range(4)
        for who, came in (("over", 12.0), ("right", 24.0))
    ]


def problem(needs: tuple[NeedCell, ...]) -> Problem:
    return small_problem((), needs, areas=(Area("a", "Area A"), Area("b", "Area B")))


def employers(needs: tuple[NeedCell, ...]) -> dict[str, str]:
    return {cell.id: cell.source for cell in needs}


def test_who_overstated_before_is_believed_less() -> None:
    needs = cells()
    found = mended(problem(needs), seen(6), employers(needs))
    mean = {
        who: sum(cell.mean for cell in found.needs if cell.id.startswith(who)) / 4
        for who in ("over", "right")
    }
    assert 11 < mean["over"] < 16
    assert 20 < mean["right"] < 26
    assert found.need_spread is not None
    assert "of 100 expected in the past" in found.needs[0].source
    assert {cell.series for cell in found.needs} == {"over/r", "right/r"}


def test_figures_that_stand_in_for_needs_stay_as_they_are() -> None:
    stated, standing_in = cells(), cells("assumed")
    standing_in = tuple(replace(cell, id=f"s-{cell.id}", area="b") for cell in standing_in)
    found = mended(problem((*stated, *standing_in)), seen(6), employers(stated))
    assert found.needs[len(stated) :] == standing_in
    drawn = simulate(found, (), 2_000, 1)
    there = drawn.cells.index(("r", "b"))
    assert drawn.need[there, 0].min() >= 2 * 20 - 1e-6
    assert drawn.need[there, 0].max() <= 2 * 28 + 1e-6
    assert drawn.need[drawn.cells.index(("r", "a")), 0].std() > drawn.need[there, 0].std()


@pytest.mark.parametrize("waves", [0, 1])
def test_nothing_is_learnt_from_fewer_than_two_waves(waves: int) -> None:
    made = problem(cells())
    assert mended(made, seen(waves), employers(made.needs)) is made
