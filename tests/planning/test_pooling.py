"""Yields that lean on other programs: known truths found again, and what must never happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcast.planning.leaning import lean_on_others
from backcast.planning.pooling import Belief, CohortCount, Followed, pool, settled
from tests.planning.small import need, problem, program, stage

OTHERS = [
    CohortCount(name, "hired", age, passed, 20 - passed)
    for name, rows in {"q": (15, 14, 16), "r": (13, 15, 14), "s": (16, 17, 15)}.items()
    for age, passed in zip((2.0, 1.2, 0.5), rows, strict=True)
]


def believed(*counts: CohortCount, program: str = "p") -> Belief:
    return pool([*OTHERS, *counts], [(program, "hired")]).beliefs[program, "hired"]


def interval(belief: Belief) -> float:
    a, b = belief.prior_a + belief.successes, belief.prior_b + belief.trials - belief.successes
    return float(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1)))


def test_a_new_program_has_the_yield_of_the_others_and_is_less_sure() -> None:
    new = believed()
    assert 0.65 < new.mean < 0.82  # the others' 135 of 180
    assert (new.trials, new.counted, new.others, new.leaning) == (0, 0, 3, 1.0)
    assert interval(new) > interval(believed(program="q"))


def test_where_programs_are_few_the_others_weigh_like_ten_to_twenty_people_or_so() -> None:
    assert 8 < believed().prior_people < 30


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 20))
def test_a_small_program_lies_between_its_own_share_and_the_others(passed: int) -> None:
    own = believed(CohortCount("p", "hired", 0.5, passed, 20 - passed))
    low, high = sorted((passed / 20, believed().mean))
    assert low - 0.04 < own.mean < high + 0.04


def test_more_data_lean_less_and_are_surer() -> None:
    beliefs = [
        believed(*(CohortCount("p", "hired", 0.5 + n / 4, 12, 8) for n in range(cohorts)))
        for cohorts in (1, 3, 9)
    ]
    leanings, widths = [b.leaning for b in beliefs], [interval(b) for b in beliefs]
    assert leanings == sorted(leanings, reverse=True)
    assert widths == sorted(widths, reverse=True)
    assert abs(beliefs[-1].mean - 0.6) < abs(beliefs[0].mean - 0.6)


def test_older_cohorts_weigh_less_where_yields_have_wandered() -> None:
    rising = [
        CohortCount(name, "hired", age, round(40 * share), 40 - round(40 * share))
        for name in "abcdef"
        for age, share in (
            (5.0, 0.35),
            (4.0, 0.45),
            (3.0, 0.6),
            (2.0, 0.7),
            (1.0, 0.8),
            (0.0, 0.85),
        )
    ]
    found = pool(rising)
    assert found.drift_sd > 0.1
    assert found.beliefs["a", "hired"].mean > 0.68  # all its cohorts together: 0.62
    assert found.beliefs["a", "hired"].trials < 120


def test_cohorts_that_differ_widely_count_for_fewer_people() -> None:
    def counts(spread: int) -> list[CohortCount]:
        return [
            CohortCount(name, "hired", n / 4, 15 + sign * spread, 15 - sign * spread)
            for name in "abcd"
            for n, sign in enumerate((1, -1, 1, -1, 1, -1))
        ]

    even, uneven = pool(counts(0)), pool(counts(8))
    assert uneven.cohort_sd > even.cohort_sd
    assert uneven.beliefs["a", "hired"].between > even.beliefs["a", "hired"].between
    assert uneven.beliefs["a", "hired"].trials < even.beliefs["a", "hired"].trials


def test_nobody_is_leant_on_alone() -> None:
    assert pool([CohortCount("p", "hired", 1.0, 5, 5)], [("q", "hired")]).beliefs == {}


def test_the_beta_holds_what_the_parts_say() -> None:
    own = believed(CohortCount("p", "hired", 0.5, 20, 0))
    assert own.successes >= 0
    assert own.trials >= own.successes
    assert own.passed == own.counted == 20
    assert "20 of 20 people in 1 cohort of this program" in own.source
    assert "3 other programs" in own.source


@pytest.mark.parametrize("wrong", [(-1, 5, 1.0), (1, -5, 1.0), (1, 5, -0.1)])
def test_counts_below_nothing_are_refused(wrong: tuple[float, float, float]) -> None:
    passed, failed, years = wrong
    with pytest.raises(ValueError, match="below 0"):
        pool([CohortCount("p", "hired", years, passed, failed)])


def test_the_truth_lies_within_the_intervals_as_often_as_they_say() -> None:
    """200 programs of five regions with known yields: z-scores about 0 with spread about 1."""
    rng = np.random.default_rng(4)
    scores, pooled_errors, own_errors = [], [], []
    for _ in range(5):
        level = {f"p{n}": rng.normal(1.0, 0.4) for n in range(40)}
        counts = []
        for name, today in level.items():
            for age in np.arange(0.1, rng.uniform(0.3, 4.0), 0.5):
                past = today + rng.normal(0, 0.07) * np.sqrt(age)
                share = 1 / (1 + np.exp(-(past + rng.normal(0, 0.2))))
                passed = int(rng.binomial(15, share))
                counts.append(CohortCount(name, "hired", float(age), passed, 15 - passed))
        beliefs = pool(counts).beliefs
        for name, today in level.items():
            draws = 1 / (1 + np.exp(-(today + rng.normal(0, 0.2, 4_000))))
            belief, true = beliefs[name, "hired"], float(draws.mean())
            scores.append((belief.mean - true) / interval(belief))
            pooled_errors.append((belief.mean - true) ** 2)
            own_errors.append(((belief.passed + 1) / (belief.counted + 2) - true) ** 2)
    assert abs(np.mean(scores)) < 0.2
    assert 0.85 < np.std(scores) < 1.15
    assert np.mean(pooled_errors) < 0.75 * np.mean(own_errors)


# --- who is still on the way ----------------------------------------------------------------------


def followed(years: float, passed: int, failed: int, still_open: int = 0) -> Followed:
    return Followed("p", "hired", years, passed, failed, still_open)


OLD = [followed(3.0, 8, 2), followed(2.0, 7, 3), followed(1.5, 9, 1)]


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 20))
def test_a_cohort_that_is_still_open_never_changes_a_yield(
    passed: int, failed: int, still_open: int
) -> None:
    assert settled([*OLD, followed(0.4, passed, failed, still_open)]) == settled(OLD)


def test_who_closed_early_waits_for_those_of_its_age() -> None:
    """A young cohort in which all passed at once is closed, while others of its age are open."""
    quick = followed(0.3, 10, 0)
    assert quick.passed == 10
    counted = settled([*OLD, followed(0.35, 5, 0, 5), quick])
    assert [count.years for count in counted] == [3.0, 2.0, 1.5]


def test_one_straggler_in_an_old_cohort_does_not_silence_the_others() -> None:
    assert settled([*OLD, followed(2.5, 9, 0, 1)]) == settled(OLD)


def test_a_lone_cohort_counts_once_nobody_is_in_it() -> None:
    assert settled([followed(0.5, 9, 0, 1)]) == []
    assert [count.passed for count in settled([followed(0.5, 9, 1)])] == [9]


def test_a_cohort_counted_long_ago_is_as_old_as_its_first_day() -> None:
    [count] = settled([Followed("p", "hired", 1.0, 4, 1, 0, ago=2.0)])
    assert count.years == 3.0


# --- a workbook's counts --------------------------------------------------------------------------


def test_the_programs_of_a_workbook_lean_on_one_another() -> None:
    given_ = problem(
        [
            program("p", stages=[stage(3, 4)]),
            program("q", stages=[stage(150, 200)]),
            program("r", stages=[stage(80, 100)]),
        ],
        [need(0, 5)],
    )
    leaning = lean_on_others(given_)
    [small], [large] = leaning.programs[0].stages, leaning.programs[1].stages
    assert small.mean > 0.70 > given_.programs[0].stages[0].mean
    assert large.mean == pytest.approx(0.75, abs=0.02)
    assert "3 of 4 people in this program" in small.source
    assert leaning.needs == given_.needs


def test_what_is_assumed_or_has_a_prior_of_its_own_stays() -> None:
    from dataclasses import replace

    own = replace(stage(30, 40), prior_a=8.0, prior_b=2.0)
    assumed = replace(stage(30, 40), basis="assumed")
    given_ = problem([program("p", stages=[own]), program("q", stages=[assumed])], [need(0, 5)])
    assert lean_on_others(given_) == given_


def test_two_programs_on_the_same_records_are_one() -> None:
    both = [stage(30, 40, key="same")]
    given_ = problem([program("p", stages=both), program("q", stages=both)], [need(0, 5)])
    assert lean_on_others(given_) == given_


def test_what_is_not_known_of_a_role_is_common_to_its_programs_the_more_the_less_own_data() -> None:
    counts = [
        CohortCount(f"p{n}", "hired", year, 16 + n, 4 - n % 3)
        for n in range(4)
        for year in range(1, 5)
    ]
    families = {"p0": "r", "p1": "r", "p2": "s", "p3": "s", "new": "r"}
    beliefs = pool(counts, [("new", "hired")], families).beliefs
    new, old = beliefs["new", "hired"], beliefs["p0", "hired"]
    assert new.family == old.family == "r/hired"
    assert beliefs["p2", "hired"].family == "s/hired"
    assert 0 < old.together < new.together < 1
