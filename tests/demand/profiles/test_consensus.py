"""Agreement, spread and silence, and Kendall's W against the textbook's formula."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from backcast.demand.figures import Named
from backcast.demand.profiles.consensus import (
    Told,
    concordance,
    spread,
    stands_by,
    told,
    voice,
    voices,
)
from backcast.demand.profiles.values import Necessity, Opinion
from tests.demand.profiles.make import agreeing, dissenting, line, profile

ratings = st.integers(1, 5)


def rated(table: list[list[int]]) -> list[Opinion]:
    """One row an employer, one column a line."""
    return [
        dissenting(line(number=column + 1), employer + 1, importance=value)
        for employer, row in enumerate(table)
        for column, value in enumerate(row)
    ]


def textbook(table: list[list[int]]) -> float:
    """12 S / (m² (n³ − n) − m Σ T), T = Σ (t³ − t) over each rater's ties."""
    m, n = len(table), len(table[0])
    ranks = [rankdata(row) for row in table]
    sums = [sum(row[column] for row in ranks) for column in range(n)]
    mean = sum(sums) / n
    s = sum((each - mean) ** 2 for each in sums)
    ties = sum(t**3 - t for row in table for t in Counter(row).values())
    return float(12 * s / (m**2 * (n**3 - n) - m * ties))


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    n = draw(st.integers(3, 8))
    row = st.lists(ratings, min_size=n, max_size=n).filter(lambda said: len(set(said)) > 1)
    return draw(st.lists(row, min_size=2, max_size=9))


@given(tables())
def test_w_is_the_textbooks_and_lies_between_0_and_1(table: list[list[int]]) -> None:
    found = concordance(rated(table))
    assert found is not None
    assert found.w == pytest.approx(textbook(table), abs=1e-9)
    assert 0 <= found.w <= 1
    assert (found.raters, found.lines) == (len(table), len(table[0]))


@given(tables(), st.randoms(use_true_random=False))
def test_w_does_not_depend_on_the_order_of_employers(
    table: list[list[int]], source: random.Random
) -> None:
    before = concordance(rated(table))
    source.shuffle(table)
    after = concordance(rated(table))
    assert before is not None
    assert after is not None
    assert before.w == pytest.approx(after.w)


def test_employers_who_rank_alike_have_a_w_of_1() -> None:
    found = concordance(rated([[5, 3, 1, 2]] * 4))
    assert found is not None
    assert found.w == pytest.approx(1)


def test_employers_who_rank_the_other_way_round_have_a_w_of_0() -> None:
    found = concordance(rated([[1, 2, 3, 4], [4, 3, 2, 1]]))
    assert found is not None
    assert found.w == pytest.approx(0)


def test_no_w_is_told_where_nobody_tells_the_lines_apart_or_too_few_rate() -> None:
    assert concordance(rated([[3, 3, 3], [4, 4, 4]])) is None
    assert concordance(rated([[1, 2, 3]])) is None
    assert concordance(rated([[1, 2], [1, 2]])) is None
    assert concordance([]) is None


def test_an_employer_who_left_lines_out_does_not_count_into_w() -> None:
    opinions = rated([[5, 3, 1], [4, 3, 2], [5, 4, 1]])
    opinions.append(dissenting(line(number=1), 9, importance=1))
    found = concordance(opinions)
    assert found is not None
    assert found.raters == 3


@given(st.lists(st.floats(0, 7), min_size=1, max_size=30))
def test_the_quartiles_lie_around_the_median_and_within_what_was_said(said: list[float]) -> None:
    found = spread(said)
    assert found is not None
    assert found.n == len(said)
    steps = [min(said), found.q1, found.median, found.q3, max(said)]
    assert all(low <= high + 1e-9 for low, high in pairwise(steps))
    assert found.iqr >= -1e-9


def test_nothing_said_has_no_spread() -> None:
    assert spread([]) is None
    assert spread([None, None]) is None


def test_who_agreed_does_not_stand_by_a_line_that_changed_since() -> None:
    before = line(level_at_hire=2.0)
    opinion = agreeing(before, 1)
    assert stands_by(before, opinion)
    assert not stands_by(line(level_at_hire=3.0), opinion)


def test_who_dissented_stands_by_a_line_that_now_says_what_it_proposed() -> None:
    opinion = dissenting(line(), 1, necessity=Necessity.PREFERRED)
    assert not stands_by(line(), opinion)
    assert stands_by(line(necessity=Necessity.PREFERRED), opinion)


def test_a_dissent_that_proposes_nothing_stays_one() -> None:
    assert not stands_by(line(), dissenting(line(), 1, reason="We do not do this here."))


def test_silence_is_whoever_was_asked_and_did_not_answer() -> None:
    asked = [Named(n, f"Employer {n}") for n in (1, 2, 3)]
    heard = voice(line(), [agreeing(line(), 1), dissenting(line(), 2, importance=1)], asked)
    assert (heard.asked, heard.answered, heard.agreeing) == (3, 2, 1)
    assert heard.silent == (Named(3, "Employer 3"),)
    assert heard.share == 0.5
    assert heard.importance is not None
    assert heard.importance.median == 2.5


def test_an_employer_that_left_after_answering_still_counts_as_asked() -> None:
    heard = voice(line(), [agreeing(line(), 7)], [Named(1, "Employer 1")])
    assert heard.asked == 2
    assert voice(line(), [], []).share is None


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_number_is_told_only_where_no_employer_can_work_out_the_others(
    agreeing: int, against: int
) -> None:
    if told(agreeing, agreeing + against, 2) is not Told.COUNTED:
        return
    for own in ({1} if agreeing else set()) | ({0} if against else set()):
        others = agreeing - own, against - (1 - own)
        assert min(others) > 0


def test_each_line_hears_only_what_was_said_of_it() -> None:
    first, second = line(number=1), line("Keep records", 2)
    heard = voices(profile(first, second), [agreeing(first, 1)], [Named(1, "Employer 1")])
    assert [each.answered for each in heard] == [1, 0]
