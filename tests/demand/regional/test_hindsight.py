"""Hires beside what was expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.demand.regional.hindsight import Compared, corrections, hindsight


def row(employer, expected, hired, quarter="2026-Q1"):
    return Compared(employer, "aide", quarter, expected, hired)


def test_bias_is_hired_for_each_one_expected_and_error_a_share_of_those_hired():
    found = hindsight([row("a", 10, 8), row("b", 10, 12)], shrink=4).everybody
    assert found.bias == 1
    assert found.off == pytest.approx((2 / 8 + 2 / 12) / 2)


def test_an_employers_bias_is_drawn_to_everybodys_the_less_it_has_been_seen():
    rows = [row("a", 10, 5, f"2026-Q{q}") for q in (1, 2, 3, 4)]
    rows += [row("b", 10, 20, "2026-Q1")]
    found = hindsight(rows, shrink=4)
    assert found.everybody.bias == pytest.approx(40 / 50)
    assert found.employers["a"].own == 0.5
    assert found.employers["a"].bias == pytest.approx(0.8 + 4 / 8 * (0.5 - 0.8))
    assert found.employers["b"].bias == pytest.approx(0.8 + 1 / 5 * (2 - 0.8))


def test_where_nobody_was_hired_there_is_no_percentage():
    found = hindsight([row("a", 4, 0), row("b", 5, 5)], shrink=4)
    assert (found.everybody.compared, found.everybody.measured) == (2, 1)
    assert found.employers["a"].off is None


def test_who_expected_nobody_is_taken_for_everybody():
    found = hindsight([row("a", 0, 3), row("b", 10, 10)], shrink=4)
    assert found.employers["a"].bias == found.everybody.bias


def test_nothing_to_compare_says_so():
    assert hindsight([], shrink=4).everybody.bias is None


def reference(rows, shrink, limits):
    """The formula once more, another way: sums first, then weights as fractions."""
    clip = lambda x: min(max(x, limits[0]), limits[1])  # noqa: E731
    hired, expected = sum(r.hired for r in rows), sum(r.expected for r in rows)
    group = (shrink + len(rows) * hired / expected) / (shrink + len(rows))
    found = {}
    for name in {r.employer for r in rows}:
        mine = [r for r in rows if r.employer == name]
        if whole := sum(r.expected for r in mine):
            ratio = sum(r.hired for r in mine) / whole
            found[name] = clip((shrink * group + len(mine) * ratio) / (shrink + len(mine)))
    return clip(group), found


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 40), st.integers(0, 40)),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 9),
)
def test_corrections_are_those_of_the_reference(numbers, shrink):
    rows = [row(name, float(expected), hired) for name, expected, hired in numbers]
    found = corrections(rows, shrink, (0.5, 1.5))
    if not any(each.expected for each in rows):
        assert found is None
        return
    group, own = reference(rows, shrink, (0.5, 1.5))
    assert found.everybody == pytest.approx(group)
    assert found.own == pytest.approx(own)
    assert found.of("somebody else") == found.everybody


def test_one_number_corrects_little_and_none_leaves_the_limits():
    one = corrections([row("a", 10, 40)], 4, (0.5, 1.5))
    assert one.everybody == 1.5
    few = corrections([row("a", 10, 8)], 4, (0.5, 1.5))
    assert few.everybody == pytest.approx(0.96)
    assert few.of("a") == pytest.approx(0.96 + (0.8 - 0.96) / 5)
