"""What a plan promises to outsiders: sums that give no employer away."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.planning.promise import RolePart, Rule, promise, rounded, rule_on

RULE = Rule(date(2026, 1, 1), employers=3, largest=0.6, step=5, source="made up")


def part(role: str, *people: float, start: int = 1) -> RolePart:
    by_employer = dict(enumerate(people, start=start))
    return RolePart(role, role.title(), by_employer, sum(people), sum(people) * 0.9, 0.8)


def titles(*parts: RolePart) -> list[str] | None:
    found = promise(parts, RULE)
    return None if found is None else [line.title for line in found.lines]


def test_a_role_with_three_even_employers_is_shown() -> None:
    found = promise([part("aide", 10, 11, 12)], RULE)
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


def test_hidden_roles_of_many_employers_stand_together() -> None:
    hidden = [part("coder", 9, 8), part("cook", 9, 8, start=3)]
    assert titles(part("nurse", 40, 41, 42), *hidden) == ["Nurse", ""]


def test_people_are_rounded_but_never_to_none() -> None:
    assert [rounded(people, 5) for people in (0, 0.4, 7, 8, 102.6)] == [0, 5, 5, 10, 105]


def test_the_rule_is_that_of_the_day() -> None:
    later = Rule(date(2027, 1, 1), 5, 0.25, 5, "made up")
    assert rule_on(date(2026, 6, 1), [later, RULE]) is RULE
    assert rule_on(date(2027, 1, 1), [later, RULE]) is later
    with pytest.raises(ValueError, match="No rule"):
        rule_on(date(2025, 1, 1), [later, RULE])


@given(
    st.lists(
        st.dictionaries(st.integers(1, 6), st.integers(1, 60), min_size=1, max_size=6), max_size=6
    )
)
def test_no_sum_that_can_be_worked_out_stands_on_too_few(roles: list[dict[int, int]]) -> None:
    """Every line, and the total less any lines, has three employers and none that dominates."""
    parts = [
        RolePart(str(n), f"Role {n}", people, sum(people.values()), 0, 0.5)
        for n, people in enumerate(roles)
    ]
    found = promise(parts, RULE)
    if found is None:
        return
    by_title = {p.title: p for p in parts}
    alone = [by_title[line.title] for line in found.lines if line.title]
    rest = [p for p in parts if p not in alone]
    groups = [[p] for p in alone] + ([rest] if rest else [])
    for chosen in chain.from_iterable(combinations(groups, n) for n in range(1, len(groups) + 1)):
        sums: dict[int, float] = {}
        for each in chain.from_iterable(chosen):
            for employer, people in each.by_employer.items():
                sums[employer] = sums.get(employer, 0) + people
        assert len(sums) >= 3
        assert max(sums.values()) <= 0.6 * sum(sums.values()) + 1e-9
