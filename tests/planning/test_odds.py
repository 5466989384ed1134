from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import betabinom

from backcast.planning.odds import batches, pert, simulate, tell_odds, wilson
from backcast.planning.problem import NeedSpread, Problem, Supply
from backcast.planning.solution import NeedOdds, PlannedCohort, Serves
from tests.planning.small import FIRST, Area, figure, need, problem, program, stage


def cohort(
    code: str,
    size: int,
    hired: int = 0,
    serves: tuple[tuple[str, str, float], ...] = (("r", "a", 1),),
) -> PlannedCohort:
    parts = tuple(Serves(role, area, share, 0.0) for role, area, share in serves)
    return PlannedCohort(code, FIRST, 1, size, 0.0, FIRST + hired, 0.0, parts)


def last_odds(of: Problem, *cohorts: PlannedCohort, area: str | None = None) -> NeedOdds:
    futures = simulate(of, batches(of, cohorts), 20_000, seed=5)
    rows = [row for row in tell_odds(of, futures) if row.area == area]
    return max(rows, key=lambda row: row.quarter)


def test_simulated_odds_agree_with_the_exact_beta_binomial() -> None:
    given = problem([program(stages=[stage(30, 40)])], [need(0, 12)], quarters=1)
    row = last_odds(given, cohort("p", 18))
    exact = float(betabinom(18, 31, 11).sf(11))
    assert row.odds == pytest.approx(exact, abs=4 * row.error)
    assert row.low <= exact <= row.high
    assert row.supply == pytest.approx(18 * 31 / 42, abs=0.1)


def test_the_same_seed_gives_the_same_odds_and_another_seed_does_not() -> None:
    given = problem([program()], [need(0, 8, spread=0.3)], quarters=2)
    people = batches(given, [cohort("p", 11)])
    one, two, other = (simulate(given, people, 2_500, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.supply, two.supply)
    assert np.array_equal(one.need, two.need)
    assert not np.array_equal(one.supply, other.supply)


def test_programs_that_share_data_rise_and_fall_together() -> None:
    shared = [stage(5, 10, key="same")]
    own = [stage(5, 10)]
    together = problem(
        [program("p", stages=shared), program("q", stages=shared)], [need(0, 50)], quarters=1
    )
    apart = problem([program("p", stages=own), program("q", stages=own)], [need(0, 50)], quarters=1)
    cohorts = [cohort("p", 50), cohort("q", 50)]
    spread = [
        simulate(which, batches(which, cohorts), 20_000, 3).supply[0, 0].std()
        for which in (together, apart)
    ]
    # one draw: 50·sd·2; two draws: 50·sd·√2
    assert spread[0] > 1.25 * spread[1]


def test_cohorts_of_one_program_share_its_yield() -> None:
    given = problem([program(stages=[stage(5, 10)], at_once=2)], [need(0, 50)], quarters=1)
    twice = simulate(given, batches(given, [cohort("p", 50), cohort("p", 50)]), 20_000, 3)
    sd_of_yield = float(np.sqrt(6 * 6 / (12**2 * 13)))
    binomial = float(np.sqrt(100 * 0.25))
    assert twice.supply[0, 0].std() > 0.95 * 100 * sd_of_yield
    assert twice.supply[0, 0].std() < 100 * sd_of_yield + binomial


def test_supply_and_need_are_counted_from_the_first_quarter_on() -> None:
    sure = [stage(1e9, 1e9)]
    given = problem([program(stages=sure)], [need(0, 5), need(1, 5)], quarters=2)
    rows = tell_odds(given, simulate(given, batches(given, [cohort("p", 10, hired=1)]), 500, 1))
    by_quarter = {row.quarter: row.odds for row in rows if row.area == "a"}
    assert by_quarter == {FIRST: 0.0, FIRST + 1: 1.0}


def test_graduates_are_divided_and_never_counted_twice() -> None:
    areas = [Area("a", "A", ("b",)), Area("b", "B", ("a",))]
    given = problem(
        [program(stages=[stage(1e9, 1e9)])],
        [need(0, 1, area="a"), need(0, 1, area="b")],
        quarters=1,
        areas=areas,
    )
    people = batches(given, [cohort("p", 40, serves=(("r", "a", 0.6), ("r", "b", 0.4)))])
    drawn = simulate(given, people, 4_000, 1).supply[:, 0]
    assert np.all(drawn.sum(axis=0) == 40)
    assert drawn.mean(axis=1) == pytest.approx([24, 16], abs=0.3)


def test_todays_completers_come_through_their_own_stages() -> None:
    row = Supply("s", "r", "a", FIRST, figure(7.5), (stage(60, 100),))
    given = replace(problem([program()], [need(0, 4)], quarters=1), supply=(row,))
    drawn = simulate(given, batches(given, []), 20_000, 1).supply[0, 0]
    assert drawn.mean() == pytest.approx(7.5 * 61 / 102, abs=0.08)
    assert set(np.unique(drawn)) <= set(range(9))


def test_pert_has_its_mean_and_stays_within_low_and_high() -> None:
    ranks = (np.arange(20_000) + 0.5) / 20_000
    drawn = pert(2.0, 5.0, 14.0, ranks)
    assert drawn.mean() == pytest.approx((2 + 4 * 5 + 14) / 6, abs=0.01)
    assert drawn.min() >= 2
    assert drawn.max() <= 14
    assert pert(3.0, 3.0, 3.0, ranks).tolist() == [3.0] * len(ranks)


def spread_of(*cohorts: PlannedCohort, of: Problem) -> float:
    return float(simulate(of, batches(of, cohorts), 20_000, 3).supply[0, -1].std())


def test_cohorts_that_differ_spread_as_the_correlation_says() -> None:
    """Two cohorts of 50, yield ½: variance n/4 (1 + (50 − 1) ρ)."""
    sure = replace(stage(1e9, 2e9), between=0.1)
    given = problem([program(stages=[sure], at_once=2, sizes=(1, 99))], [need(0, 50)], quarters=1)
    found = spread_of(cohort("p", 50), cohort("p", 50), of=given)
    assert found == pytest.approx(np.sqrt(25 * (1 + 49 * 0.1)), rel=0.03)
    one = spread_of(cohort("p", 100), of=given)
    assert one == pytest.approx(np.sqrt(25 * (1 + 99 * 0.1)), rel=0.03)


def test_people_of_one_cohort_depart_from_its_yield_together() -> None:
    """In two rows of 30 of one cohort the beta-binomial of 60, and of two cohorts twice that of 30."""
    known = replace(stage(50_000, 100_000), between=0.1)
    rows = tuple(Supply(f"s{n}", "r", "a", FIRST + n, figure(30), (known,)) for n in range(2))
    given = problem([program()], [need(0, 1)], quarters=2)
    spread = {}
    for name in ("", "one"):
        supply = tuple(replace(row, cohort=name) for row in rows)
        of = replace(given, supply=supply)
        drawn = simulate(of, batches(of, []), 40_000, 4).supply[0, 1]
        assert drawn.mean() == pytest.approx(30, abs=0.3)
        spread[name] = drawn.std()
    assert spread["one"] == pytest.approx(betabinom(60, 4.5, 4.5).std(), rel=0.02)
    assert spread[""] == pytest.approx(2**0.5 * betabinom(30, 4.5, 4.5).std(), rel=0.02)


def test_a_yield_that_wanders_is_less_sure_the_later_it_is_asked_of() -> None:
    wandering = replace(stage(1e9, 2e9), drift=0.4)
    given = problem([program(stages=[wandering], sizes=(1, 999))], [need(0, 500)], quarters=8)
    early, late = (spread_of(cohort("p", 900, hired=q), of=given) for q in (0, 7))
    # sd of the share: p (1 − p) · drift · √years
    assert late == pytest.approx(900 * 0.25 * 0.4 * np.sqrt(2), rel=0.06)
    assert early < late / 2


def test_graduates_wait_for_work_and_some_slip_a_quarter() -> None:
    option = program(stages=[stage(1e9, 1e9)], weeks=10, hire=4, hire_spread=figure(2))
    given = problem([option], [need(0, 5)], quarters=3)
    drawn = simulate(given, batches(given, [cohort("p", 100, hired=1)]), 4_000, 1).supply[0]
    # hired in week 14 on average, 4 ± 2 weeks after week 10: gamma with shape 4, scale 1
    assert drawn[0].mean() == pytest.approx(100 * gammainc(4.0, 3.0), abs=0.4)
    assert drawn[1].mean() == pytest.approx(100 * gammainc(4.0, 16.0), abs=0.1)
    plain = problem([program(stages=[stage(1e9, 1e9)], weeks=10, hire=4)], [need(0, 5)], quarters=3)
    fixed = simulate(plain, batches(plain, [cohort("p", 100, hired=1)]), 100, 1).supply[0]
    assert fixed.mean(axis=1).tolist() == [0.0, 100.0, 100.0]


@pytest.mark.parametrize("together", [0.0, 0.3, 1.0])
def test_needs_of_a_role_run_high_or_low_as_far_together_as_is_said(together: float) -> None:
    areas = [Area("a", "A", ()), Area("b", "B", ())]
    needs = [need(0, 100, area=area, spread=0.5) for area in ("a", "b")]
    given = replace(
        problem([program()], needs, quarters=1, areas=areas), need_together=figure(together)
    )
    one, other = simulate(given, [], 20_000, 2).need[:, 0]
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(together, abs=0.03)
    assert one.mean() == pytest.approx(100, abs=0.5)
    assert one.std() == pytest.approx(
        pert(50, 100, 150, (np.arange(9_999) + 0.5) / 9_999).std(), rel=0.03
    )


def test_needs_miss_as_past_waves_did() -> None:
    """Variance of a count of mean m: m + m² (1 + common²)(1 + own²) − m²."""
    spread = NeedSpread(figure(0.2), figure(0.3))
    given = replace(problem([program()], [need(0, 40)], quarters=1), need_spread=spread)
    drawn = simulate(given, [], 40_000, 2).need[0, 0]
    assert drawn.mean() == pytest.approx(40, rel=0.01)
    expected = 40 + 40**2 * (1.04 * 1.09 - 1)
    assert drawn.var() == pytest.approx(expected, rel=0.05)
    assert np.all(drawn == np.floor(drawn))


def test_wilson_intervals_match_the_reference() -> None:
    assert wilson(18, 25) == pytest.approx((0.524, 0.857), abs=0.001)
    assert wilson(0, 12) == pytest.approx((0, 0.243), abs=0.001)


def test_which_of_a_cohort_is_hired_when_is_drawn_and_nobody_twice() -> None:
    rows = tuple(
        Supply(f"s{n}", "r", "a", FIRST + n, figure(people), (stage(1e9, 1e9),), cohort="one")
        for n, people in enumerate((6.0, 4.0))
    )
    given = replace(problem([program()], [need(0, 1)], quarters=2), supply=rows)
    drawn = simulate(given, batches(given, []), 20_000, 2).supply[0]
    assert np.all(drawn[1] == 10)
    assert drawn[0].mean() == pytest.approx(6, abs=0.05)
    assert drawn[0].std() == pytest.approx(np.sqrt(10 * 0.6 * 0.4), rel=0.03)


@pytest.mark.parametrize("together", [0.0, 0.5, 1.0])
def test_yields_of_a_family_run_high_or_low_as_far_together_as_is_said(together: float) -> None:
    """Two programs of n learners with one posterior: variance 2 n² V (1 + share) + 2 n (p (1 − p) − V)."""
    known = replace(stage(50, 100), family="role/stage", together=together)
    given = problem(
        [
            program("p", stages=[known], sizes=(1, 9_999)),
            program("q", stages=[known], sizes=(1, 9_999)),
        ],
        [need(0, 50)],
        quarters=1,
    )
    found = spread_of(cohort("p", 1_000), cohort("q", 1_000), of=given)
    unknown = 0.25 / 103
    chance = 2 * 1_000 * (0.25 - unknown)
    expected = 2 * 1_000**2 * unknown * (1 + together) + chance
    assert found == pytest.approx(np.sqrt(expected), rel=0.03)
