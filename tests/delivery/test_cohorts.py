"""A cohort's counts flow from stage to stage, and what cannot be is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.delivery.cohorts import CohortError, StageRow, check_dates, stage_rows

STAGES = ("completed", "credentialed", "hired")


def test_those_who_came_through_enter_the_next_stage_and_the_rest_is_still_in_it() -> None:
    rows = stage_rows(STAGES, 20, {"completed": (15, 3), "credentialed": (10, None)})
    assert rows == [StageRow("completed", 20, 15, 3, 2), StageRow("credentialed", 15, 10, 0, 5)]


def test_empty_is_not_zero() -> None:
    assert stage_rows(STAGES, 20, {"completed": (None, None)}) == []
    assert stage_rows(STAGES, 20, {"completed": (0, None)}) == [StageRow("completed", 20, 0, 0, 20)]


def test_more_than_entered_is_refused_with_the_stage() -> None:
    with pytest.raises(CohortError, match=r"“credentialed”: 14 .* only 15 entered") as error:
        stage_rows(STAGES, 20, {"completed": (15, 5), "credentialed": (14, 2)})
    assert error.value.complaints[0][0] == "credentialed_passed"


def test_a_gap_between_stages_is_refused() -> None:
    with pytest.raises(CohortError, match="“credentialed” before it is empty"):
        stage_rows(STAGES, 20, {"completed": (15, 5), "hired": (9, 2)})


def test_dates_out_of_order_or_in_the_future_are_refused() -> None:
    today = date(2026, 11, 23)
    with pytest.raises(CohortError, match="future"):
        check_dates(date(2026, 1, 5), date(2027, 1, 1), today)
    with pytest.raises(CohortError, match="after the day of the count"):
        check_dates(date(2026, 6, 5), date(2026, 1, 1), today)
    check_dates(date(2026, 1, 5), today, today)


@given(
    st.integers(1, 200),
    st.dictionaries(
        st.sampled_from(STAGES),
        st.tuples(
            st.none() | st.integers(0, 200),
            st.none() | st.integers(0, 200),
        ),
    ),
)
def test_rows_always_add_up_and_chain(
    enrolled: int, results: dict[str, tuple[int | None, int | None]]
) -> None:
    try:
        rows = stage_rows(STAGES, enrolled, results)
    except CohortError:
        return
    entered = enrolled
    for row in rows:
        assert row.entered == entered == row.passed + row.failed + row.still_open
        assert min(row.passed, row.failed, row.still_open) >= 0
        entered = row.passed
