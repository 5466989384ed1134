"""Shares of today's staff: what the sum of all tells of one employer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.core.disclosure import Part, ShareRule, share, share_beside

RULE = ShareRule(contributors=3, dominance=0.6, width=0.2, edge=0.1, rounding=0.05)


def parts(*given):
    return [Part(f"e{i}", people, part) for i, (people, part) in enumerate(given)]


def test_shares_are_weighted_by_people_and_rounded():
    shown = share(parts((100, 0.5), (100, 0.7), (50, 0.2), (80, 0.6)), RULE)
    assert shown is not None
    assert (shown.value, shown.bound, shown.contributors) == (0.55, "about", 4)


@pytest.mark.parametrize(
    "given_parts",
    [
        ((100, 0.5), (100, 0.7)),
        ((1000, 0.5), (100, 0.7), (50, 0.2)),
        ((100, 0.97), (100, 1.0), (100, 1.0)),  # at least 90 %: each has at least 70 %, see below
    ],
)
def test_a_share_that_tells_too_much_is_withheld(given_parts):
    tight = ShareRule(3, 0.6, 0.35, 0.1, 0.05)
    assert share(parts(*given_parts), tight) is None


def test_all_and_none_are_told_as_bounds():
    high = share(parts(*[(100, 1.0)] * 6), RULE)
    low = share(parts(*[(100, 0.0)] * 6), RULE)
    assert high
    assert (high.value, high.bound) == (0.9, "at_least")
    assert low
    assert (low.value, low.bound) == (0.1, "at_most")


@given(
    st.lists(
        st.tuples(st.integers(1, 300), st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])),
        min_size=1,
        max_size=7,
    )
)
def test_no_employer_can_work_out_anothers_share(given_parts):
    """By hand: the others' total bounds the target's from both sides."""
    shown = share(parts(*given_parts), RULE)
    if shown is None:
        return
    people = sum(n for n, _s in given_parts)
    if shown.bound == "at_least":
        low, high = shown.value, 1.0
    elif shown.bound == "at_most":
        low, high = 0.0, shown.value
    else:
        low, high = shown.value - RULE.rounding / 2, shown.value + RULE.rounding / 2
    for i, (own, own_share) in enumerate(given_parts):
        for j, (theirs, _share) in enumerate(given_parts):
            if i == j:
                continue
            rest = people - own - theirs
            most = min(1.0, (high * people - own * own_share) / theirs)
            least = max(0.0, (low * people - own * own_share - rest) / theirs)
            assert most - least >= RULE.width - 1e-9


def test_a_share_told_again_does_not_tell_what_a_newcomer_said():
    before = parts((100, 0.5), (100, 0.7), (100, 0.6))
    joined = [*before, Part("new", 120, 0.3)]
    assert share_beside(before, before, RULE)
    assert share(joined, RULE) is not None
    assert not share_beside(before, joined, RULE)
    many = [*before, *(Part(f"new {i}", 100, 0.3 + i / 10) for i in range(4))]
    assert share_beside(before, many, RULE)
    assert not share_beside(many, before[:2] + many[3:], RULE)
