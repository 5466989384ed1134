"""Published outcomes: counts recovered, suppression kept, zero kept."""

from __future__ import annotations

import pytest

from backcast.training.cleaning import Refusal
from backcast.training.outcomes import CleanOutcome, clean
from backcast.training.reading import Row

COLUMNS = {
    key: key
    for key in ("provider_id", "cip", "completers", "employed_share", "wage", "wage_people")
}
ROW = {
    "provider_id": "7", "cip": "513902", "completers": "158",
    "employed_share": "0.873417721518987", "wage": "7186.5", "wage_people": "120",
}  # fmt: skip


def run(**values: str) -> CleanOutcome | Refusal:
    (result,) = clean([Row(2, ROW | values)], COLUMNS, {"7"}, {"15.0505": "15.1703"})
    return result


def test_the_number_employed_is_recovered_from_the_share() -> None:
    found = run()
    assert isinstance(found, CleanOutcome)
    assert (found.cip, found.completers, found.employed) == ("51.3902", 158, 138)
    assert found.suppressed is False


def test_minus_99999_is_suppressed_and_zero_is_zero() -> None:
    hidden, none = run(employed_share="-99999", wage="-99999"), run(employed_share="0")
    assert isinstance(hidden, CleanOutcome)
    assert isinstance(none, CleanOutcome)
    assert hidden.suppressed
    assert (hidden.employed, hidden.quarterly_wage, hidden.wage_people) == (None, None, None)
    assert none.employed == 0
    assert none.suppressed is False


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"completers": "-99999"}, "no_completers"),
        ({"completers": ""}, "missing_field"),
        ({"completers": "3.5"}, "bad_number"),
        ({"employed_share": "0.5", "completers": "7"}, "not_people"),
        ({"employed_share": "1.5", "completers": "10"}, "not_people"),
        ({"provider_id": "8"}, "no_such_provider"),
        ({"cip": "?"}, "bad_cip"),
        ({"wage": "1e12"}, "bad_number"),
    ],
)
def test_a_row_that_cannot_be_is_refused(values: dict[str, str], reason: str) -> None:
    found = run(**values)
    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert found.remedy


def test_the_same_provider_and_field_twice_is_refused_once() -> None:
    first, again = clean([Row(2, ROW), Row(3, ROW)], COLUMNS, {"7"})
    assert isinstance(first, CleanOutcome)
    assert isinstance(again, Refusal)
    assert "row 2" in again.message


def test_few_people_are_known_as_few() -> None:
    found = run(completers="9", employed_share="1")
    assert isinstance(found, CleanOutcome)
    assert found.is_small
