"""The stand-in for needs that nobody has stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.core.quarters import Quarter
from backcast.demand.standin import Published, stand_in, yearly_openings


def test_a_region_gets_its_share_of_the_nation() -> None:
    assert yearly_openings(Published(1000, 50_000, 2_500)) == pytest.approx(50)


def test_an_occupation_without_national_employment_is_refused() -> None:
    with pytest.raises(ValueError, match="No national employment"):
        yearly_openings(Published(10, 0, 5))


@given(
    yearly=st.floats(0, 20_000),
    people=st.dictionaries(st.text("abcdef", min_size=1), st.integers(1, 10**6), min_size=1),
    quarters=st.integers(1, 20),
    low=st.floats(0, 1),
    high=st.floats(1, 3),
)
def test_openings_add_up_and_stand_in_order(
    yearly: float, people: dict[str, int], quarters: int, low: float, high: float
) -> None:
    rows = stand_in(
        yearly, people=people, first=Quarter(2027, 1), quarters=quarters, low=low, high=high
    )
    everyone = sum(people.values())
    for area, count in people.items():
        mine = [row for row in rows if row.area == area]
        expected = yearly / 4 * count / everyone * quarters
        assert sum(row.likely for row in mine) == pytest.approx(expected, abs=0.51)
    assert all(0 <= row.low <= row.likely <= row.high for row in rows)
