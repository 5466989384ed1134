"""What a plan promises to outsiders: sums that give no employer away."""

from __future__ import annotations

import random

import pytest

from backcast.core.disclosure import Contribution, Rule
from backcast.core.disclosure.protection import protect
from backcast.core.disclosure.tables import tabulate
from backcast.planning.promise import (
    TOTAL,
    RolePart,
    behind,
    place,
    promise,
    rounded,
)
from tests.core.disclosure.attack import attacks

RULE = Rule(contributors=3, dominance=0.6, closeness=0.1, smallest=5, width=5, rounding=1)


def part(role: str, *people: float, start: int = 1) -> tuple[RolePart, dict]:
    numbers = {
        (str(n), (role, "", "2027-Q1", "", "")): float(each)
        for n, each in enumerate(people, start=start)
    }
    needed, employers = behind(numbers, role)
    return RolePart(role, role.title(), needed, employers, needed * 0.9, 0.8), numbers


def table(numbers: dict):
    cells = [cell for _who, cell in numbers]
    return tabulate(
        [Contribution(who, cell, value) for (who, cell), value in numbers.items()],
        [sorted({cell[index] for cell in cells}) for index in range(5)],
        [[0]],
        most_cells=0,
    )


def made(*given):
    numbers = {key: value for _part, mine in given for key, value in mine.items()}
    shown = frozenset(protect(table(numbers), RULE).shown)
    return promise([part for part, _mine in given], shown, behind(numbers, "*")[1], 5)


def titles(*given) -> list[str] | None:
    found = made(*given)
    return None if found is None else [line.title for line in found.lines]


def test_a_role_with_three_even_employers_is_shown() -> None:
    found = made(part("aide", 10, 11, 12))
    assert found is not None
    (line,) = found.lines
    assert (line.title, line.employers, line.needed, line.expected) == ("Aide", 3, 35, 30)
    assert (found.employers, found.needed, found.expected) == (3, 35, 30)


@pytest.mark.parametrize("people", [(10, 12), (70, 10, 10), (30,)])
def test_nothing_is_shown_where_too_few_stand_behind_it(people: tuple[float, ...]) -> None:
    assert titles(part("aide", *people)) is None


def test_a_single_hidden_role_takes_a_shown_one_with_it() -> None:
    """Total less the shown roles would tell the hidden one."""
    shown = [part("aide", 10, 11, 12), part("nurse", 40, 41, 42)]
    assert titles(*shown, part("coder", 9)) == ["Nurse", ""]


def test_people_are_rounded_but_never_to_none() -> None:
    assert [rounded(people, 5) for people in (0, 0.4, 7, 8, 102.6)] == [0, 5, 5, 10, 105]


@pytest.mark.parametrize("seed", range(8))
def test_no_number_can_be_worked_out_from_a_promise(seed: int) -> None:
    """Attacked by code that shares nothing with what protects: lines, what is left, and the total."""
    chance = random.Random(seed)
    given = [
        part(f"role {n}", *(chance.choice([0, 0, 3, 8, 20, 45]) for _e in range(5)))
        for n in range(3)
    ]
    found = made(*given)
    if found is None:
        return
    numbers = {key: value for _part, mine in given for key, value in mine.items() if value}
    by_title = {p.title: p.role for p, _mine in given}
    people: dict = {}
    for (who, cell), value in numbers.items():
        people.setdefault(who, {})[cell] = value
    cells = sorted({cell for _who, cell in numbers})
    shown = {TOTAL: behind(numbers, "*")[0]}
    for line in found.lines:
        if line.title:
            shown[place(by_title[line.title])] = behind(numbers, by_title[line.title])[0]
    everything = [TOTAL, *(place(p.role) for p, _mine in given)]
    for each in attacks(people, shown, cells, everything, sure=True):
        assert each.width >= RULE.width - 1e-6, each
