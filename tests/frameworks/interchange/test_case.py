"""CASE packages: what is kept, what is refused, and that writing what was read loses nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from backcast.frameworks.interchange import case
from backcast.frameworks.interchange.values import (
    Framework,
    Match,
    Statement,
    find_cycle,
    in_order,
)
from backcast.frameworks.parsing.problems import FileProblem
from tests.frameworks.interchange.schemas import case_schema

NOW = "2026-01-05T08:00:00+00:00"


def ident(n: int) -> str:
    return str(UUID(int=n, version=4))


def head(n: int) -> dict[str, Any]:
    return {"identifier": ident(n), "uri": f"https://x.org/{n}", "lastChangeDateTime": NOW}


def item(n: int, text: str, **more: Any) -> dict[str, Any]:
    return {**head(n), "fullStatement": text, **more}


def node(n: int) -> dict[str, Any]:
    return {"title": f"item {n}", "identifier": ident(n), "uri": f"https://x.org/{n}"}


def link(n: int, one: int, other: int, kind: str = "isChildOf", **more: Any) -> dict[str, Any]:
    return {
        **head(n),
        "associationType": kind,
        "originNodeURI": node(one),
        "destinationNodeURI": node(other),
        **more,
    }


def package(**more: Any) -> dict[str, Any]:
    return {
        "CFDocument": {**head(1), "creator": "Made up", "title": "Care", "caseVersion": "1.1"},
        "CFItems": [
            item(2, "Care for people", CFItemType="Domain"),
            item(3, "Takes a pulse", humanCodingScheme="C.1", notes="At the wrist."),
            item(4, "Knows the bones", CFItemType="Knowledge"),
        ],
        "CFAssociations": [
            link(10, 2, 1),
            link(11, 3, 2, sequenceNumber=1),
            link(12, 4, 2, sequenceNumber=2),
            link(13, 4, 3, "precedes"),
            link(14, 3, 99, "exactMatchOf"),
        ],
        "CFDefinitions": {"CFLicenses": [{**head(20), "title": "Free", "licenseText": "Free."}]},
        "CFRubrics": [
            {
                **head(30),
                "CFRubricCriteria": [
                    {
                        **head(31),
                        "CFItemURI": node(3),
                        "CFRubricCriterionLevels": [
                            {**head(32), "score": 1, "description": "With help"},
                            {**head(33), "score": 5, "description": "Teaches others"},
                        ],
                    }
                ],
            }
        ],
        **more,
    }


def as_bytes(raw: Any) -> bytes:
    return json.dumps(raw).encode()


def errors(raw: Any, version: str = "1.1") -> list[str]:
    return [each.message for each in Draft202012Validator(case_schema(version)).iter_errors(raw)]


def test_a_package_is_understood() -> None:
    found = case.understood(case.read(as_bytes(package())).package)
    pulse = next(each for each in found.statements if each.text == "Takes a pulse")
    assert (found.title, found.creator) == ("Care", "Made up")
    assert (pulse.code, pulse.description, pulse.parents) == ("C.1", "At the wrist.", (ident(2),))
    assert pulse.levels == {1: "With help", 5: "Teaches others"}
    assert pulse.matches == (Match("item 99", ident(99), "https://x.org/99"),)


def test_a_ring_is_refused_with_the_names_of_its_items() -> None:
    raw = package()
    raw["CFAssociations"] += [link(15, 2, 4)]
    with pytest.raises(FileProblem) as problem:
        case.read(as_bytes(raw))
    for words in ("“Care for people”", "“Knows the bones”", ident(2), "ring", "Take out one"):
        assert words in str(problem.value)
    assert "Takes a pulse" not in str(problem.value)
    raw["CFAssociations"][-1] = link(15, 3, 3)
    with pytest.raises(FileProblem, match="Takes a pulse"):
        case.read(as_bytes(raw))


def test_what_cannot_be_used_is_counted_with_its_place() -> None:
    raw = package()
    raw["CFItems"] += [
        item(5, "  "),
        item(3, "Another of the same"),
        "an item",
        {key: value for key, value in item(6, "No address").items() if key != "uri"},
    ]
    raw["CFAssociations"] += [
        link(16, 3, 4, "resembles"),
        {key: value for key, value in link(17, 3, 4).items() if key != "originNodeURI"},
    ]
    reading = case.read(as_bytes(raw))
    assert (reading.items.read, reading.items.used) == (7, 3)
    assert (reading.associations.read, reading.associations.used) == (7, 5)
    told = [str(each) for each in reading.refusals]
    assert "CFItems, row 4, fullStatement: fullStatement is missing" in told[0]
    assert "row 7, uri: uri is missing (“No address”)." in told[3]
    assert "“resembles” is not a kind of association" in told[4]
    assert "row 7, originNodeURI" in told[5]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"CFDocument": {}}',
        b'{"CFDocument": 1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"CFDocument": NaN}',
        b'{"CFDocument": 1e999}',
        b'{"CFDocument": "\\u0000"}',
        b'{"CFDocument": "\\ud800"}',
        as_bytes(package(CFItems={"a": 1})),
        as_bytes(package(CFRubrics=[1])),
        as_bytes(package(CFDefinitions=[1])),
    ],
)
def test_what_is_no_package_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileProblem):
        case.read(content)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
more = st.dictionaries(texts.map(lambda key: f"x{key}"), values, max_size=3)
#: Known members too may be missing, empty, or of another kind than expected.
odd = st.fixed_dictionaries(
    {}, optional={"notes": values, "CFItemType": values, "humanCodingScheme": values}
)


@st.composite
def packages(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(0, 5))
    items = [
        {**item(n, draw(texts.filter(str.strip))), **draw(odd), **draw(more)}
        for n in range(2, 2 + count)
    ]
    links = [
        {
            **link(100 + n, n, draw(st.integers(1, n - 1)), draw(st.sampled_from(case.KINDS))),
            **draw(st.fixed_dictionaries({}, optional={"sequenceNumber": values})),
            **draw(more),
        }
        for n in range(2, 2 + count)
    ]
    raw = {"CFDocument": {**package()["CFDocument"], **draw(more)}, **draw(more)}
    for key, rows in (("CFItems", items), ("CFAssociations", links)):
        if rows or draw(st.booleans()):
            raw[key] = rows
    if draw(st.booleans()):
        raw["CFDefinitions"] = draw(more)
    if draw(st.booleans()):
        raw["CFRubrics"] = draw(st.lists(more, max_size=2))
    return {"CFPackage": raw, **draw(more)} if draw(st.booleans()) else raw


@given(packages())
def test_writing_what_was_read_loses_nothing(raw: dict[str, Any]) -> None:
    reading = case.read(as_bytes(raw))
    assert not reading.refused
    assert case.write(reading.package) == raw


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            lambda text, kind, code, levels: (text, kind, code, levels),
            texts.filter(str.strip),
            texts.filter(lambda text: not text or text.strip()),
            texts.filter(lambda text: not text or text.strip()),
            st.dictionaries(st.integers(1, 5), texts.map(str.strip).filter(bool)),
        ),
        max_size=6,
    )
)
def test_our_own_framework_comes_back_as_it_was(rows: list[Any]) -> None:
    framework = Framework(
        ident(1),
        "https://x.org/1",
        "Care",
        "Made up",
        dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC),
        statements=tuple(
            Statement(
                ident(n),
                f"https://x.org/{n}",
                text,
                kind,
                code=code,
                parents=(ident(n - 1),) if n % 2 else (),
                levels=levels,
                matches=(Match("there", ident(99), "https://x.org/99"),) if n == 2 else (),
                extra={"importance": n} if n % 3 else {},
            )
            for n, (text, kind, code, levels) in enumerate(rows, 2)
        ),
    )
    raw = case.write(case.package_of(framework))
    assert errors(raw) == []
    assert case.understood(case.read(as_bytes(raw)).package) == framework


def test_the_example_holds_by_the_published_rules() -> None:
    assert errors(package()) == []
    old = package()
    del old["CFDocument"]["caseVersion"]
    assert errors(old, "1.0") == []
    assert errors(package(), "1.0") != []
    old["CFItems"][0]["identifier"] = "not a UUID"
    assert errors(old, "1.0") != []


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3), max_size=9))
def test_a_ring_is_found_where_there_is_one(numbers: dict[int, list[int]]) -> None:
    above = {str(n): [str(m) for m in ms] for n, ms in numbers.items()}
    ring = find_cycle(above)
    for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        assert other in above[one]
    if not ring:
        statements = [Statement(n, "", n, parents=tuple(up)) for n, up in above.items()]
        seen: set[str] = set()
        for each in in_order(statements):
            assert all(parent in seen for parent in each.parents if parent in above)
            seen.add(each.identifier)


def test_a_deep_hierarchy_is_no_matter() -> None:
    above = {str(n): [str(n + 1)] for n in range(50_000)}
    assert find_cycle(above) == []
    above["50000"] = ["0"]
    assert len(find_cycle(above)) == 50_001
