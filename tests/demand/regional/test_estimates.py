"""Regional estimates: formulas by hand, and that the bands hold what they promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.core.disclosure import ALL
from backcast.demand.regional.estimates import Regional
from backcast.demand.regional.statements import (
    Asked,
    Assumptions,
    Stated,
    Usual,
    pert,
    spread_of_sum,
    strata,
    usual_band,
)

PLAIN = Assumptions(shock=0.0, confidence=0.9)
EVERYTHING = (ALL, ALL, ALL, ALL)


def said(employer, likely, *, low=None, high=None, cause="growth", role="aide", refill=None):
    low = likely if low is None else low
    high = likely if high is None else high
    return Stated(employer, role, "2027-Q1", cause, "north", low, likely, high, refill)


def test_a_three_point_estimate_has_the_mean_and_spread_of_pert():
    assert pert(2, 5, 14) == (6, 2)


def test_errors_that_move_together_do_not_cancel():
    assert spread_of_sum([3, 4], 0) == 5
    assert spread_of_sum([3, 4], 1) == 7
    assert 5 < spread_of_sum([3, 4], 0.3) < 7


def test_those_who_answer_stand_for_those_who_do_not_by_headcount():
    roster = [Asked("a", "small", 20), Asked("b", "small", 30), Asked("c", "small", 50)]
    found = Regional(
        roster, {"aide": frozenset("ab")}, [said("a", 4), said("b", 6)], PLAIN
    ).estimate(EVERYTHING)
    assert (found.stated, found.value, found.employers) == (10, 20, 2)
    # Both need one for five employed: nothing is left to chance but who answers.
    assert found.drawn == pytest.approx(0)


def test_when_all_answer_only_their_own_doubt_is_left():
    roster = [Asked(name, "small", 20) for name in "abc"]
    everybody = {"aide": frozenset("abc")}
    found = Regional(
        roster, everybody, [said(name, 6, low=3, high=9) for name in "abc"], PLAIN
    ).estimate(EVERYTHING)
    assert found.value == 18
    assert found.drawn == 0
    assert found.unsure == pytest.approx(3**0.5)
    assert found.low == pytest.approx(18 - 1.645 * 3**0.5, abs=0.01)


def test_moves_between_local_employers_are_taken_out_of_turnover_alone():
    roster = [Asked(name, "small", 20) for name in "ab"]
    both = {"aide": frozenset("ab")}
    rows = [said("a", 10, cause="turnover", refill=0.4), said("a", 10), said("b", 10, refill=0.9)]
    assert Regional(roster, both, rows, PLAIN).estimate(EVERYTHING).value == 26


def test_who_does_not_say_how_many_it_refills_is_taken_for_the_others():
    roster = [Asked(name, "small", 20) for name in "ab"]
    rows = [said("a", 10, cause="turnover", refill=0.4), said("b", 20, cause="turnover")]
    found = Regional(roster, {"aide": frozenset("ab")}, rows, PLAIN)
    assert found.estimate(EVERYTHING).value == pytest.approx(18)


def test_a_stratum_without_two_answers_joins_its_neighbor():
    roster = [
        *[Asked(f"s{i}", "small", 20) for i in range(5)],
        Asked("m0", "medium", 100),
        *[Asked(f"l{i}", "large", 400) for i in range(3)],
        Asked("v0", "very_large", 2000),
    ]
    found = strata(roster, frozenset({"s0", "s1", "s2", "m0", "l0", "l1"}))
    assert [each.sizes for each in found] == [
        ("small",),
        ("medium", "large", "very_large"),
    ]
    assert found[0].weight == pytest.approx(100 / 60)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 500)), min_size=2, max_size=12),
    st.data(),
)
def test_sums_of_estimates_are_estimates_of_sums(numbers, data):
    """Weights belong to the role, so that quarters, causes and areas add up."""
    roster = [Asked(str(i), "small", head) for i, (_n, head) in enumerate(numbers)]
    there = data.draw(st.sets(st.sampled_from(range(len(numbers))), min_size=1))
    rows = [
        Stated(str(i), "aide", quarter, "growth", "north", n, n, n)
        for i in there
        for n, quarter in ((numbers[i][0], "2027-Q1"), (numbers[i][1] % 7, "2027-Q2"))
    ]
    found = Regional(roster, {"aide": frozenset(map(str, there))}, rows, PLAIN)
    parts = [
        found.estimate(("aide", quarter, ALL, ALL)).value for quarter in ("2027-Q1", "2027-Q2")
    ]
    assert found.estimate(EVERYTHING).value == pytest.approx(sum(parts))
    many = found.estimates([EVERYTHING, ("aide", "2027-Q1", ALL, ALL)])
    assert many[EVERYTHING] == found.estimate(EVERYTHING)


def test_nine_of_ten_bands_hold_the_number_that_all_would_have_given():
    """A population of employers drawn once; who answers is drawn 400 times."""
    chance = random.Random(7)
    sizes = [("small", 5, 49, 40), ("medium", 50, 249, 24), ("large", 250, 999, 10)]
    roster, needs = [], {}
    for size, low, high, count in sizes:
        for index in range(count):
            name = f"{size}{index}"
            headcount = chance.randint(low, high)
            roster.append(Asked(name, size, headcount))
            needs[name] = max(0, round(chance.gauss(0.05 * headcount, 0.02 * headcount)))
    truth = sum(needs.values())
    held = 0
    for _draw in range(400):
        there = frozenset(each.employer for each in roster if chance.random() < 0.5)
        rows = [said(name, needs[name]) for name in there]
        found = Regional(roster, {"aide": there}, rows, PLAIN).estimate(EVERYTHING)
        held += found.low <= truth <= found.high
    assert 0.86 <= held / 400 <= 0.95


def test_bands_hold_what_comes_when_employers_err_together():
    """Each employer's number comes from its own PERT; one shock in common moves them all."""
    chance = random.Random(11)
    roster = [Asked(str(i), "small", 20) for i in range(30)]
    rows = [said(str(i), 6, low=2, high=10) for i in range(30)]
    whole = frozenset(each.employer for each in roster)
    found = Regional(roster, {"aide": whole}, rows, Assumptions(0.3, 0.9)).estimate(EVERYTHING)
    deviation = 8 / 6
    held = 0
    for _draw in range(2000):
        shock = chance.gauss(0, 1)
        total = sum(
            6 + deviation * (0.3**0.5 * shock + 0.7**0.5 * chance.gauss(0, 1)) for _each in rows
        )
        held += found.low <= total <= found.high
    assert 0.88 <= held / 2000 <= 0.92


def test_a_correction_by_hires_multiplies_an_employers_numbers_and_their_spread():
    roster = [Asked(name, "small", 20) for name in "abc"]
    rows = [said(name, 6, low=3, high=9) for name in "abc"]
    everybody = {"aide": frozenset("abc")}
    plain = Regional(roster, everybody, rows, PLAIN).estimate(EVERYTHING)
    found = Regional(roster, everybody, rows, PLAIN, {"a": 0.5, "b": 1.5})
    told = found.estimate(EVERYTHING)
    assert (plain.value, told.value, told.stated) == (18, 3 + 9 + 6, 18)
    assert told.unsure == pytest.approx((0.5**2 + 1.5**2 + 1) ** 0.5)
    assert [row.scale for row in found.weighted] == [0.5, 1.5, 1.0]


def test_the_band_of_a_published_figure_is_made_of_what_is_shown_and_nothing_else():
    usual = Usual(own=0.2, between=1.0, gathered=2.0)
    narrow = usual_band(100, 50, 1.0, usual, Assumptions(0.3, 0.9))
    assert narrow == usual_band(100, 50, 1.0, usual, Assumptions(0.3, 0.9))
    half = 1.6449 * 100 * (0.04 * (0.7 * 0.04 + 0.3)) ** 0.5
    assert narrow == pytest.approx((100 - half, 100 + half), abs=0.01)
    wide = usual_band(100, 5, 0.5, usual, Assumptions(0.3, 0.9))
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]


def test_usual_bands_hold_where_employers_need_people_by_their_size():
    """As with the bands for staff: who answers is drawn, and what comes has a shock in common."""
    chance = random.Random(3)
    usual, assumed = Usual(0.2, 1.0, 2.0), Assumptions(0.3, 0.9)
    roster = [Asked(str(i), "medium", chance.randint(50, 249)) for i in range(24)]
    held = 0
    for _draw in range(300):
        needs = {r.employer: r.headcount * max(0, chance.gauss(0.05, 0.03)) for r in roster}
        there = frozenset(r.employer for r in roster if chance.random() < 0.6)
        rows = [said(name, needs[name]) for name in there]
        found = Regional(roster, {"aide": there}, rows, assumed).estimate(EVERYTHING)
        shock = chance.gauss(0, 1)
        truth = sum(
            need * (1 + 0.2 * (0.3**0.5 * shock + 0.7**0.5 * chance.gauss(0, 1)))
            for need in needs.values()
        )
        low, high = usual_band(found.value, found.employers, len(there) / 24, usual, assumed)
        held += low <= truth <= high
    assert held / 300 >= 0.9
