"""What a field does to an answer, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause
from backcast.demand.waves.said import (
    AskedBack,
    CareerStep,
    Confidence,
    Refused,
    Said,
    assumed_range,
    carried,
    get,
    put,
    spread_evenly,
)

Q1 = Quarter(2027, 1)
ASKED = tuple(Q1.range(4))
LIKELY = "q.2027-Q1.growth.likely"


def filled(**fields: str) -> Said:
    said = Said()
    for name, text in fields.items():
        said = put(said, name.replace("__", "."), text, ASKED)
    return said


def test_a_likely_number_brings_the_range_that_its_confidence_allows() -> None:
    said = put(Said(), LIKELY, "10", ASKED)
    cell = said.cells[Q1, Cause.GROWTH]
    assert (cell.low, cell.likely, cell.high, cell.range_assumed) == (7, 10, 13, True)
    sure = put(said, "sure.2027-Q1", "high", ASKED).cells[Q1, Cause.GROWTH]
    assert (sure.low, sure.high) == (9, 11)
    guess = put(said, "sure.2027-Q1", "low", ASKED).cells[Q1, Cause.GROWTH]
    assert (guess.low, guess.high) == (5, 15)


def test_a_range_of_ones_own_stays_until_the_likely_number_leaves_it() -> None:
    said = put(Said(), LIKELY, "10", ASKED)
    said = put(said, "q.2027-Q1.growth.low", "8", ASKED)
    said = put(said, "q.2027-Q1.growth.high", "20", ASKED)
    kept = put(said, LIKELY, "12", ASKED).cells[Q1, Cause.GROWTH]
    assert (kept.low, kept.likely, kept.high, kept.range_assumed) == (8, 12, 20, False)
    left = put(said, LIKELY, "40", ASKED).cells[Q1, Cause.GROWTH]
    assert (left.low, left.high, left.range_assumed) == (30, 50, True)
    assert get(said, "q.2027-Q1.growth.low", ASKED) == "8"
    assert get(put(Said(), LIKELY, "10", ASKED), "q.2027-Q1.growth.low", ASKED) == ""


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (LIKELY, "four", "whole number"),
        (LIKELY, "-3", "less than 0"),
        (LIKELY, "2.5", "whole number"),
        (LIKELY, "1000000", "more than can be right"),
        ("q.2027-Q1.growth.low", "11", "At least"),
        ("q.2027-Q1.growth.high", "3", "At most"),
        ("q.2027-Q2.growth.low", "3", "most likely number first"),
        ("wage_low", "abc", "19.50"),
        ("wage_low", "0", "more than 0"),
        ("wage_low", "40000", "one hour"),
        ("refill_share", "130", "0 to 100"),
        ("sure.2027-Q3", "high", "how many people first"),
        ("upskill_words", "x" * 400, "too long by 100"),
    ],
)
def test_what_cannot_be_kept_says_why(name: str, text: str, words: str) -> None:
    said = put(Said(), LIKELY, "10", ASKED)
    with pytest.raises(Refused, match=words):
        put(said, name, text, ASKED)


def test_a_thousand_is_asked_back_and_kept_when_it_is_meant() -> None:
    with pytest.raises(AskedBack, match=r"1,000 people") as asked:
        put(Said(), LIKELY, "1,000", ASKED)
    assert asked.value.number == 1000
    said = put(Said(), LIKELY, "1000", ASKED, confirmed=True)
    assert said.cells[Q1, Cause.GROWTH].confirmed
    with pytest.raises(AskedBack):
        put(Said(), "total.growth", "4000", ASKED)
    assert put(Said(), "total.growth", "4000", ASKED, confirmed=True).people[1] == 4000


def test_pay_is_read_as_people_write_it_and_must_rise() -> None:
    assert filled(wage_low="$19.5").wage_low == Decimal("19.50")
    assert filled(wage_low="19,50").wage_low == Decimal("19.50")
    with pytest.raises(Refused, match="lower pay"):
        filled(wage_high="18", wage_low="19")


def test_stances_are_numbers_too() -> None:
    nobody = filled(stance="nobody")
    assert (nobody.stance, nobody.people, nobody.has_numbers) == ("nobody", (0, 0, 0), True)
    assert filled(stance="not_ours").has_numbers
    assert put(nobody, "stance", "yes", ASKED).cells == {}
    assert put(nobody, LIKELY, "3", ASKED).stance == "yes"


def test_what_was_said_last_time_is_carried_for_the_quarters_that_are_asked_again() -> None:
    said = filled(
        **{"q__2027-Q1__growth__likely": "5", "q__2027-Q3__growth__likely": "6", "wage_low": "20"}
    )
    later = carried(said, (Q1 + 2).range(4))
    assert {str(key[0]) for key in later.cells} == {"2027-Q3"}
    assert later.wage_low == Decimal("20.00")


def test_lists_are_ticked_and_unticked() -> None:
    said = filled(
        point__starting__pay="1",
        words__starting="Parking",
        offer__mentors="1",
        offer__externship_places__number="3",
        step__1__title="Charge nurse",
        step__1__wage="31",
        skill__c7="75",
    )
    assert said.points == {("starting", "pay"): "", ("starting", "other"): "Parking"}
    assert said.offers == {"mentors": None, "externship_places": 3}
    assert said.steps == (CareerStep(), CareerStep("Charge nurse", None, Decimal("31.00")))
    assert said.skills == {"c7": 75}
    for name in ("point.starting.pay", "offer.mentors", "step.1.title", "step.1.wage", "skill.c7"):
        said = put(said, name, "", ASKED)
    said = put(said, "offer.externship_places.number", "0", ASKED)
    said = put(said, "words.starting", "", ASKED)
    said = put(said, "point.starting.other", "", ASKED)
    assert said == Said()


@pytest.mark.parametrize(
    "name", ["nothing", "q.2031-Q1.growth.likely", "q.2027-Q1.luck.likely", "skill.x", "offer.cake"]
)
def test_an_unknown_field_is_no_field(name: str) -> None:
    with pytest.raises((KeyError, AttributeError)):
        put(Said(), name, "1", ASKED)


@given(st.integers(0, 5000), st.integers(1, 12))
def test_a_total_is_spread_evenly_and_whole(total: int, quarters: int) -> None:
    parts = spread_evenly(total, quarters)
    assert sum(parts) == total
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True) or total % quarters


@given(st.integers(0, 99_000), st.sampled_from(list(Confidence)))
def test_an_assumed_range_holds_the_likely_number(likely: int, confidence: Confidence) -> None:
    low, high = assumed_range(likely, confidence)
    assert 0 <= low <= likely <= high


@given(st.text(max_size=30), st.sampled_from([LIKELY, "wage_low", "refill_share", "note"]))
def test_whatever_is_typed_is_kept_or_refused_in_words(text: str, name: str) -> None:
    try:
        said = put(Said(), name, text, ASKED)
    except Refused:
        return
    assert put(said, name, get(said, name, ASKED), ASKED, confirmed=True) == said
