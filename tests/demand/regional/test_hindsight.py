"""Hires beside what was expected."""

from __future__ import annotations

import pytest

from backcast.demand.regional.hindsight import Compared, hindsight


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
