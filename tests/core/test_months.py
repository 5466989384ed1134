"""Calendar months, their arithmetic and their quarters."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.core.months import Month
from backcast.core.quarters import Quarter

months = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


@given(months, st.integers(-600, 600))
def test_adding_and_taking_away_months_undo_one_another(month: Month, count: int) -> None:
    assert (month + count) - month == count
    assert (month + count > month) == (count > 0)


@given(months)
def test_a_month_lies_in_its_quarter_and_is_read_as_it_is_written(month: Month) -> None:
    assert month in Month.all_of(month.quarter)
    assert Quarter.of(month.first_day) == Quarter.of(month.last_day) == month.quarter
    assert Month.of(month.last_day) == Month.parse(str(month)) == month
    assert (month + 1).first_day > month.last_day


def test_a_month_is_one_of_twelve() -> None:
    assert str(Month(2027, 9)) == "2027-09"
    assert Month.of(date(2027, 12, 31)) + 1 == Month(2028, 1)
    assert Month.first_of(Quarter(2027, 4)) == Month(2027, 10)
    for year, number in ((2027, 0), (2027, 13), (0, 1)):
        with pytest.raises(ValueError, match="is 1 to"):
            Month(year, number)
    for text in ("2027", "2027-13", "soon", "2027-09-01"):
        with pytest.raises(ValueError, match=r"month is 1 to 12|not a month"):
            Month.parse(text)
