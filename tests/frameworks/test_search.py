"""The search: abbreviations, slips of the pen, unfinished words, own items, order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.core.actor import acting, system
from backcast.frameworks import search
from backcast.frameworks.loading import load_onet
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.frameworks.ranking import Words, likeness, rank
from backcast.frameworks.text import folded, without_brackets
from tests.cast import Cast
from tests.frameworks.release import AIDE, ASSISTANT, DRAWER, NURSE, tables, write

TESTS = system("tests")


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    load_onet(write(tmp_path, "29.0", tables()), actor=TESTS)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("phlebotmist", DRAWER),
        ("Phleb", DRAWER),
        ("CNA", AIDE),
        ("cna", AIDE),
        ("RN", NURSE),
        ("medical assistant", ASSISTANT),
        ("medical asistant", ASSISTANT),
        ("nurses aide", AIDE),
        ("Régistered  NURSE", NURSE),
        ("31-9092", ASSISTANT),
        ("31-9097.00", DRAWER),
    ],
)
def test_the_right_occupation_comes_first(loaded: None, query: str, code: str) -> None:
    assert search.find_occupations(query)[0].occupation.code == code


@pytest.mark.parametrize(
    "query", ["", "   ", "()", "zzzzqqq", "%", "'; DROP TABLE x; --", "\\", "_"]
)
def test_what_means_nothing_finds_nothing(loaded: None, query: str) -> None:
    assert search.find_occupations(query) == []


def test_own_occupations_are_found_in_their_region_only(loaded: None, cast: Cast) -> None:
    with acting(TESTS, "tests"):
        Occupation.objects.create(
            region=cast.region, title="Patient Navigator", folded="patient navigator"
        )
    mine = search.find_occupations("patient navigator", region_id=cast.region.pk)
    assert [each.occupation.title for each in mine][:1] == ["Patient Navigator"]
    theirs = search.find_occupations("patient navigator", region_id=cast.other_region.pk)
    assert "Patient Navigator" not in [each.occupation.title for each in theirs]


def test_withdrawn_occupations_are_not_offered(loaded: None, tmp_path: Path) -> None:
    content = tables()
    for name, rows in content.items():
        content[name] = [row for row in rows if DRAWER not in row]
    load_onet(write(tmp_path, "30.1", content), actor=TESTS)
    assert DRAWER not in [e.occupation.code for e in search.find_occupations("phlebotomist")]


def test_competencies_are_found_by_their_statement(loaded: None, cast: Cast) -> None:
    assert search.find_competencies("activ listening")[0].source_id == "2.A.1.b"
    with acting(TESTS, "tests"):
        Competency.objects.create(
            region=cast.region, kind="skill", statement="Draws blood", folded="draws blood"
        )
    assert [
        each.statement for each in search.find_competencies("draw blood", region_id=cast.region.pk)
    ] == ["Draw blood.", "Draws blood"]
    assert len(search.find_competencies("draw blood", region_id=cast.other_region.pk)) == 1
    assert search.find_competencies("draw blood", kind="skill") == []


def test_credentials_are_found_by_name_or_abbreviation(cast: Cast) -> None:
    with acting(TESTS, "tests"):
        Credential.objects.create(
            region=cast.region,
            name="Certified Phlebotomy Technician",
            abbreviation="CPT",
            folded="certified phlebotomy technician|cpt",
            kind="certification",
        )
    for query in ("cpt", "phlebotomy tech"):
        found = search.find_credentials(query, region_id=cast.region.pk)
        assert [each.abbreviation for each in found] == ["CPT"]
    assert search.find_credentials("cpt", region_id=cast.other_region.pk) == []


def test_words_are_weighed_again_after_a_load(loaded: None, tmp_path: Path) -> None:
    before = search.word_weights()
    assert search.word_weights() is before
    load_onet(write(tmp_path, "30.1", tables()), actor=TESTS)
    assert search.word_weights() is not before


def test_many_close_titles_outweigh_one_distant_exact_word() -> None:
    words = Words(["night nurse", "staff nurse", "nurse aide", "aide"])
    found = rank(
        "charge nurse", [(1, "staff nurse", 1), (1, "night nurse", 1), (2, "aide", 1)], words
    )
    assert [each.key for each in found] == [1, 2]


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_share_and_the_same_text_is_most_alike(one: str, other: str) -> None:
    words = Words(["a b"])
    one, other = folded(one), folded(other)
    assert 0 <= likeness(one, other, words) <= 1 + 1e-9
    assert likeness(one, other, words) <= likeness(one, one, words) + 1e-9 or not one


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_titles_are_split_from_their_abbreviations() -> None:
    assert without_brackets("Licensed Practical Nurse (LPN)") == ("Licensed Practical Nurse", "LPN")
    assert without_brackets("(CNA)") == ("(CNA)", None)
    assert without_brackets("Cook") == ("Cook", None)
