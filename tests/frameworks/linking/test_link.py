from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcast.frameworks.linking import (
    Decision,
    Index,
    Item,
    LinkingError,
    Memory,
    Mode,
    engine,
    link,
    stream,
)
from tests.frameworks.linking.small import ITEMS, small

MODES: tuple[Mode, ...] = ("fast", "best")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You draw blood and label the tubes", "b"),
        ("Python or a similar language", "p"),
        ("C# developer", "c"),
        ("Operates a fork lift or a FORKLIFT", "h"),
        ("Maintains accurate records", "r"),
    ],
)
def test_what_the_text_names_comes_first(mode: Mode, text: str, expected: str) -> None:
    assert link(small(), [text], mode=mode)[0][0].id == expected


@pytest.mark.parametrize("mode", MODES)
def test_matches_are_ordered_and_say_why(mode: Mode) -> None:
    [matches] = link(small(), ["Phlebotomy and teamwork"], top=3, mode=mode)
    assert {match.id for match in matches[:2]} == {"b", "t"}
    assert [match.score for match in matches] == sorted(
        (match.score for match in matches), reverse=True
    )
    assert all(0 < match.probability < 1 for match in matches)
    because = {match.id: match.because for match in matches}
    assert because["b"] == ("Phlebotomy", "phlebotomy")
    assert because["t"] == ("teamwork", "teamwork")


@pytest.mark.parametrize("text", ["", "   ", "…", "\0\0", "a" * 5000, "<<<>>>", "👩‍⚕️"])
def test_text_that_says_nothing_has_no_words_to_point_to(text: str) -> None:
    [matches] = link(small(), [text])
    assert len(matches) <= 10


def test_an_empty_text_has_no_matches() -> None:
    assert link(small(), ["", " \t"]) == [[], []]


def test_a_long_text_is_cut_and_every_item_counts_once() -> None:
    posting = "We are hiring.\n" + "Draws blood.\nWorks in teams.\n" * 300
    [matches] = link(small(), [posting])
    assert {match.id for match in matches[:2]} == {"b", "t"}
    assert len({match.id for match in matches}) == len(matches)


def test_a_line_said_a_hundred_times_is_linked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    plain = engine._linked

    def counting(index: Index, texts: Sequence[str], *more: Any) -> Any:
        asked.append(len(texts))
        return plain(index, texts, *more)

    monkeypatch.setattr(engine, "_linked", counting)
    once = "draw blood from patients\nanswer the telephone"
    many = "\n".join([once] * 100)
    assert link(small(), [many]) == link(small(), [once])
    assert asked[0] == asked[1] == 2


def test_the_same_text_gets_the_same_answer_whatever_stands_around_it() -> None:
    texts = ["Draws blood", "Python", "keep records of patients", "x"] * 70
    alone = {text: link(small(), [text])[0] for text in set(texts)}
    for text, matches in zip(texts, link(small(), texts), strict=True):
        assert [match.id for match in matches] == [match.id for match in alone[text]]
        assert [match.score for match in matches] == pytest.approx(
            [match.score for match in alone[text]], abs=1e-3
        )


def test_a_stream_never_reads_far_ahead() -> None:
    read = 0

    def endless() -> itertools.count[int]:
        return itertools.count()

    def lines():  # type: ignore[no-untyped-def]
        nonlocal read
        for number in endless():
            read += 1
            yield f"Draws blood {number}"

    for _, (text, _matches) in zip(range(300), stream(small(), lines()), strict=False):
        assert text.startswith("Draws blood")
    assert read < 1000


def test_an_index_survives_its_file(tmp_path: Path) -> None:
    small().save(tmp_path / "small.idx")
    again = Index.load(tmp_path / "small.idx")
    text = ["Talks to patients, draws blood"]
    assert link(again, text) == link(small(), text)
    assert [path.name for path in tmp_path.iterdir()] == ["small.idx"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nonsense" * 400])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.idx"
    path.write_bytes(content)
    with pytest.raises(LinkingError, match="is not an index"):
        Index.load(path)


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.idx"
    small().save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(LinkingError, match="Write it again"):
        Index.load(path)


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([], "nothing to index"),
        ([Item("a", "x"), Item("a", "y")], "stands twice"),
        ([Item("a", "  ")], "no label"),
    ],
)
def test_items_that_make_no_index_are_refused(items: list[Item], says: str) -> None:
    with pytest.raises(LinkingError, match=says):
        Index.build(items)


def test_what_was_accepted_moves_up_and_what_was_rejected_moves_down() -> None:
    text = "Helps patients feel at ease before a draw"
    past = "Helps patients feel at ease"
    before = [match.id for match in link(small(), [text])[0]]
    memory = Memory.learn(small(), [Decision(past, "t", True), Decision(past, before[0], False)])
    after = [match.id for match in link(small(), [text], memory=memory)[0]]
    assert after[0] == "t"
    assert before[0] != "t"
    assert before[0] not in after[:1]


def test_decisions_on_other_texts_change_nothing() -> None:
    memory = Memory.learn(
        small(), [Decision("Drives a forklift", "h", False), Decision("x", "gone", True)]
    )
    text = ["Talks to patients"]
    assert link(small(), text, memory=memory) == link(small(), text)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=300), max_size=4))
def test_any_text_gets_an_answer(texts: list[str]) -> None:
    answers = link(small(), texts)
    assert len(answers) == len(texts)
    assert all(math.isfinite(match.score) for matches in answers for match in matches)
    assert all(match.id in {item.id for item in ITEMS} for matches in answers for match in matches)
