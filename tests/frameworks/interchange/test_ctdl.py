"""CTDL-ASN: what is kept, what is refused, and that writing what was read loses nothing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.frameworks.interchange import ctdl
from backcast.frameworks.interchange.values import Framework, Match, Statement
from backcast.frameworks.parsing.problems import FileProblem
from tests.frameworks.interchange.schemas import ctdl_problems
from tests.frameworks.interchange.test_case import as_bytes, ident, more, texts, values


def competency(n: int, text: str, **said: Any) -> dict[str, Any]:
    return {
        "@type": ctdl.COMPETENCY,
        "@id": f"https://x.org/{n}",
        "ceterms:ctid": f"ce-{ident(n)}",
        "ceasn:competencyText": {"en-US": text},
        "ceasn:inLanguage": ["en-US"],
        "ceasn:isPartOf": ["https://x.org/1"],
        **said,
    }


def graph(*competencies: Any, **said: Any) -> dict[str, Any]:
    framework = {
        "@type": ctdl.FRAMEWORK,
        "@id": "https://x.org/1",
        "ceterms:ctid": f"ce-{ident(1)}",
        "ceasn:name": {"en-US": "Care"},
        "ceasn:inLanguage": ["en-US"],
    }
    return {
        "@context": "https://credreg.net/ctdlasn/schema/context/json",
        "@graph": [framework, *competencies],
        **said,
    }


def test_a_graph_is_understood() -> None:
    raw = graph(
        competency(2, "Care for people", **{"ceasn:hasChild": ["https://x.org/3"]}),
        competency(
            3,
            "Takes a pulse",
            **{
                "ceasn:codedNotation": "C.1",
                "ceasn:comment": {"en": ["At the wrist."]},
                "ceasn:exactAlignment": [{"@id": "https://y.org/9"}],
            },
        ),
    )
    found = ctdl.understood(ctdl.read(as_bytes(raw)).graph)
    assert (found.title, found.identifier, found.language) == ("Care", ident(1), "en-US")
    pulse = found.statements[1]
    assert (pulse.text, pulse.code, pulse.description) == ("Takes a pulse", "C.1", "At the wrist.")
    assert pulse.parents == (ident(2),)
    assert pulse.matches == (Match("", "https://y.org/9", "https://y.org/9"),)


def test_what_cannot_be_used_is_counted_with_its_place() -> None:
    raw = graph(
        competency(2, "Care for people"),
        competency(3, ""),
        {**competency(4, "Bare id"), "ceterms:ctid": ident(4)},
        competency(2, "Another of the same"),
    )
    reading = ctdl.read(as_bytes(raw))
    assert (reading.competencies.read, reading.competencies.used) == (4, 1)
    told = [str(each) for each in reading.refusals]
    assert "@graph, row 3, ceasn:competencyText: ceasn:competencyText is missing." in told[0]
    assert "of “Bare id” is not a CTID. A CTID is ce- and a UUID" in told[1]


def test_a_ring_is_refused_with_the_names_of_its_competencies() -> None:
    raw = graph(
        competency(2, "Care for people", **{"ceasn:isChildOf": ["https://x.org/3"]}),
        competency(3, "Takes a pulse", **{"ceasn:isChildOf": ["https://x.org/2"]}),
    )
    with pytest.raises(FileProblem, match=r"ring.*“Care for people”.*“Takes a pulse”"):
        ctdl.read(as_bytes(raw))


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"@graph": {}},
        {"@graph": []},
        {"@graph": [1]},
        graph() | {"@graph": graph()["@graph"] * 2},
    ],
)
def test_what_is_no_graph_is_refused_in_words(raw: Any) -> None:
    with pytest.raises(FileProblem):
        ctdl.read(as_bytes(raw))


@given(
    st.lists(st.tuples(texts.filter(str.strip), more), max_size=5),
    st.lists(values, max_size=3),
    more,
    st.randoms(use_true_random=False),
)
def test_writing_what_was_read_loses_nothing(
    rows: list[Any], others: list[Any], said: dict[str, Any], chance: Any
) -> None:
    raw = graph(*(competency(n, text, **extra) for n, (text, extra) in enumerate(rows, 2)), **said)
    raw["@graph"] += others
    chance.shuffle(raw["@graph"])
    assert ctdl.write(ctdl.read(as_bytes(raw)).graph) == raw


def framework() -> Framework:
    def statement(n: int, text: str, **said: Any) -> Statement:
        return Statement(ident(n), f"https://x.org/{n}", text, **said)

    return Framework(
        ident(1),
        "https://x.org/1",
        "Care",
        "Made up",
        dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC),
        "What it takes.",
        "en-US",
        (
            statement(2, "Care for people", kind="Domain"),
            statement(
                3,
                "Takes a pulse",
                description="At the wrist.",
                code="C.1",
                parents=(ident(2),),
                levels={1: "With help", 5: "Teaches others"},
                extra={"importance": 4},
            ),
        ),
        {"role": "Aide"},
    )


def test_our_own_framework_comes_back_as_it_was() -> None:
    raw = ctdl.write(ctdl.graph_of(framework()))
    again = ctdl.understood(ctdl.read(as_bytes(json.loads(json.dumps(raw)))).graph)
    assert again == framework()


@pytest.mark.parametrize("description", ["What it takes.", ""])
def test_our_own_framework_holds_by_the_members_of_the_registry(description: str) -> None:
    raw = ctdl.write(ctdl.graph_of(replace(framework(), description=description)))
    assert ctdl_problems(json.loads(json.dumps(raw)), ctdl.OURS) == []
    del raw["@graph"][0]["ceasn:name"]
    assert ctdl_problems(raw, ctdl.OURS) == ["'ceasn:name' is a required property"]


def test_our_own_framework_holds_by_the_published_vocabulary() -> None:
    validator = pytest.importorskip("ctdl_validate.validator", reason="needs Python 3.12")
    found = validator.validate_document(
        json.loads(json.dumps(ctdl.write(ctdl.graph_of(framework()))))
    )
    assert [str(each) for each in found] == []
