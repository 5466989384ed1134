"""What is known of a stage: open cohorts are no failures, small published figures are left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.delivery.evidence import FLOOR, Count, Prior, Published, observed, yields

STAGES = ("completed", "hired")


def test_a_cohort_that_is_still_open_counts_for_nothing() -> None:
    counts = [Count("completed", 16, 4, 0), Count("completed", 3, 0, 17)]
    assert observed(counts)["completed"] == (16, 20, 1, 1)
    (completed, _hired) = yields(STAGES, counts)
    assert (completed.successes, completed.trials, completed.open_cohorts) == (16, 20, 1)


def test_without_data_the_prior_stands_alone_and_is_assumed() -> None:
    priors = {"completed": Prior(16, 4, "Assumed: a belief")}
    completed, hired = yields(STAGES, priors=priors)
    assert completed.mean == pytest.approx(0.8)
    assert completed.basis == hired.basis == "assumed"
    assert hired.mean == pytest.approx(0.5)
    assert completed.source == "Assumed: a belief"


def test_published_employment_belongs_to_the_hired_stage_and_is_shared() -> None:
    published = Published(158, 138, "7:51.3902", "Demo list, 2021")
    completed, hired = yields(STAGES, published=published)
    assert completed.trials == 0
    assert (hired.successes, hired.trials, hired.basis) == (138, 158, "published")
    assert hired.shared_key == "7:51.3902"
    assert "any job" in hired.source


@pytest.mark.parametrize("published", [Published(9, 9, "k", "s"), Published(50, None, "k", "s")])
def test_small_or_suppressed_figures_are_not_used(published: Published) -> None:
    _completed, hired = yields(STAGES, published=published)
    assert (hired.trials, hired.shared_key) == (0, None)
    assert FLOOR == 10


def test_a_programs_own_hires_come_before_the_published_ones() -> None:
    published = Published(158, 138, "7:51.3902", "Demo list")
    _completed, hired = yields(STAGES, [Count("hired", 8, 4, 0)], published)
    assert (hired.successes, hired.trials, hired.basis) == (8, 12, "observed")
    assert hired.shared_key is None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 3)), max_size=6),
    st.floats(0.1, 50),
    st.floats(0.1, 50),
)
def test_a_yield_is_a_share_and_lies_within_its_range(
    cohorts: list[tuple[int, int, int]], a: float, b: float
) -> None:
    counts = [Count("completed", *cohort) for cohort in cohorts]
    (found,) = yields(("completed",), counts, priors={"completed": Prior(a, b)})
    low, high = found.interval
    assert 0 <= low <= high <= 1
    assert 0 < found.mean < 1
    assert 0 <= found.successes <= found.trials
