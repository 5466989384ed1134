from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.frameworks.linking import spans

POSTING = """<html><head><title>x</title><style>p{color:red}</style></head><body>
<h2>What you will do</h2><ul><li>Draw blood &amp; label <b>tubes</b></li>
<li>Keep records.</li></ul><script>alert("Draw money")</script>
<p>Must lift 50&nbsp;lbs. Must speak Spanish; weekend work</p>
<p>We are an equal opportunity employer.</p></body></html>"""


def test_a_posting_in_html_is_cut_at_its_blocks() -> None:
    found = [span.text for span in spans(POSTING)]
    assert "Draw blood & label tubes" in found
    assert "Keep records." in found
    assert "Must speak Spanish" in found
    assert not any("money" in text or "equal opportunity" in text for text in found)


def test_a_posting_in_spanish_is_cut_too() -> None:
    text = "Requisitos:\n• Extraer sangre\n• Atención al paciente, ¿con experiencia? Inglés básico."
    assert [span.text for span in spans(text)] == [
        "Requisitos",
        "Extraer sangre",
        "Atención al paciente, ¿con experiencia?",
        "Inglés básico.",
    ]


@pytest.mark.parametrize("text", ["", "   ", "\n\n•\n---", "12345 67", "<p></p>"])
def test_nothing_comes_of_nothing(text: str) -> None:
    assert spans(text) == []


def test_a_text_without_any_stop_is_cut_between_words() -> None:
    found = spans("phlebotomy " * 3000)
    assert all(len(span.text) <= 400 for span in found)
    assert sum(span.text.count("phlebotomy") for span in found) == 3000


@pytest.mark.parametrize(
    "text",
    [
        "Draws blood and keeps records. " * 10_000,
        "<script>" * 20_000,
        "<a " * 50_000,
        "<!--" * 50_000,
        "&amp;" * 50_000,
        "&#1;&bull;" * 50_000,
        "a" * 300_000,
        "• " * 100_000,
        ", " * 100_000,
    ],
)
def test_long_and_hostile_texts_take_no_time(text: str) -> None:
    begun = time.perf_counter()
    spans(text)
    assert time.perf_counter() - begun < 5


@given(st.text())
def test_spans_stay_in_order_and_within_the_text(text: str) -> None:
    end = 0
    for span in spans(text):
        assert end <= span.start < span.end <= len(text)
        assert span.text
        end = span.end
