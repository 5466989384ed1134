"""What changed between two versions, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.demand.figures import Named
from backcast.demand.profiles.differences import Kind, differences
from backcast.demand.profiles.values import Learned, Line, Necessity, Subject
from tests.demand.profiles.make import FIVE, SEVEN, line, profile


def told(before: Line, after: Line, *others: Line) -> list[str]:
    return [str(c.words) for c in differences(profile(before, *others), profile(after, *others))]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"necessity": Necessity.PREFERRED}, "no longer required, now preferred."),
        ({"necessity": Necessity.NOT_NEEDED}, "no longer needed."),
        ({"level_at_hire": 3.0}, "level at hire raised from 2 to 3."),
        ({"level_at_hire": 1.5}, "level at hire lowered from 2 to 1.5."),
        ({"level_later": 5.0}, "level after six months raised from 3 to 5."),
        ({"level_later": None}, "level after six months no longer stated (it was 3)."),
        ({"importance": 5}, "more important, from 4 to 5."),
        ({"importance": None}, "importance no longer stated (it was 4)."),
        ({"learned": Learned.ON_THE_JOB}, "now learned on the job."),
    ],
)
def test_a_change_of_a_line_is_told_in_words(change: dict[str, Any], words: str) -> None:
    assert told(line(), line(**change)) == [f"Take vital signs: {words}"]


def test_what_becomes_required_is_told() -> None:
    before = line(necessity=Necessity.PREFERRED)
    assert told(before, line()) == ["Take vital signs: now required."]


def test_what_is_added_and_dropped_is_told() -> None:
    kept, gone, new = line(), line("Keep records", 2), line("Speak Spanish", 3)
    changes = differences(profile(kept, gone), profile(kept, new))
    assert [str(c.words) for c in changes] == [
        "Speak Spanish: added, required.",
        "Keep records: dropped.",
    ]


def test_what_is_accepted_instead_names_what_it_stands_for() -> None:
    licence = line("Nursing aide license", 2, subject=Subject.CREDENTIAL)
    other = line("Two years of work", 3, subject=Subject.WORDS, item=Named(0, "Two years of work"))
    instead = replace(other, necessity=Necessity.INSTEAD, instead_of=licence.key)
    words = "Two years of work: now accepted instead of Nursing aide license."
    assert told(other, instead, licence) == [words]


def test_levels_on_another_scale_are_never_called_raised_or_lowered() -> None:
    changes = differences(
        profile(line(level_at_hire=2.0, scale=FIVE)), profile(line(level_at_hire=6.0, scale=SEVEN))
    )
    assert [c.kind for c in changes] == [Kind.RESCALED]
    assert "(0 to 7)" in str(changes[0].words)


def test_another_competency_in_a_lines_place_is_told() -> None:
    after = line("Measure vital signs", item=Named(9, "Measure vital signs"))
    assert told(line(), after) == ["Measure vital signs: takes the place of Take vital signs."]


lines = st.builds(
    lambda number, importance, hire, necessity: line(
        f"Line {number}",
        number,
        importance=importance,
        level_at_hire=hire,
        level_later=None,
        necessity=necessity,
    ),
    st.integers(1, 6),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.5])),
    st.sampled_from([Necessity.REQUIRED, Necessity.PREFERRED, Necessity.NOT_NEEDED]),
)
versions = st.lists(lines, max_size=6, unique_by=lambda each: each.key)


@given(versions)
def test_a_version_does_not_differ_from_itself(same: list[Line]) -> None:
    assert differences(profile(*same), profile(*same)) == ()


@given(versions, versions)
def test_two_versions_that_differ_say_so_from_either_side(
    before: list[Line], after: list[Line]
) -> None:
    there = differences(profile(*before), profile(*after))
    back = differences(profile(*after), profile(*before))
    assert len(there) == len(back)
    assert bool(there) == (set(before) != set(after))
    assert {c.line.key for c in there} == {c.line.key for c in back}
    opposite = {
        Kind.ADDED: Kind.DROPPED,
        Kind.DROPPED: Kind.ADDED,
        Kind.RAISED: Kind.LOWERED,
        Kind.LOWERED: Kind.RAISED,
    }
    assert sorted(opposite.get(c.kind, c.kind) for c in there) == sorted(c.kind for c in back)
