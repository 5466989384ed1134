"""Suggesting columns by likeness, and refusing choices that cannot be."""

from __future__ import annotations

import pytest

from backcast.training.columns import (
    FIELDS,
    OUTCOME_FIELDS,
    PROGRAM_FIELDS,
    MappingError,
    check,
    suggest,
    words_apart,
)

NEW_JERSEY = (
    "providerid", "officialname", "cipcode", "tuition", "fees", "booksmaterialscost",
    "suppliestoolscost", "othercosts", "totalcost", "totalclockhours", "calendarlengthid",
    "programid", "statusname", "name", "street1", "city", "state", "zip", "county", "website",
    "providerstatusname",
)  # fmt: skip


def test_headers_are_folded_into_words() -> None:
    assert words_apart("NumCompleted2") == "num completed 2"
    assert words_apart(" Número_de-Programa ") == "numero de programa"


def test_new_jerseys_columns_are_all_suggested_rightly() -> None:
    found = suggest(NEW_JERSEY, PROGRAM_FIELDS)
    assert found["source_id"] == "programid"
    assert found["name"] == "officialname"
    assert found["provider_name"] == "name"
    assert found["provider_status"] == "providerstatusname"
    assert found["total_cost"] == "totalcost"
    assert found["length_band"] == "calendarlengthid"


def test_columns_of_outcomes_are_suggested() -> None:
    found = suggest(
        ["providerid", "cipcode", "PerEmployed2", "NumCompleted2", "NumCompleted4"], OUTCOME_FIELDS
    )
    assert found["completers"] == "NumCompleted2"
    assert found["employed_share"] == "PerEmployed2"


def test_what_is_unlike_anything_is_not_suggested() -> None:
    assert suggest(["busroute1", "speakspanish"], PROGRAM_FIELDS) == {}


def test_no_column_is_suggested_twice() -> None:
    found = suggest(["Program name", "Name", "Program title"], PROGRAM_FIELDS)
    assert len(set(found.values())) == len(found)


def test_a_choice_must_name_what_is_needed_and_what_exists() -> None:
    fields = FIELDS["programs"]
    with pytest.raises(MappingError) as error:
        check({"source_id": "id", "name": "id", "county": "nowhere"}, ["id", "title"], fields)
    assert set(error.value.complaints) == {"name", "county", "cip"}
    assert "already used for Program number" in error.value.complaints["name"]
    assert "no column “nowhere”" in error.value.complaints["county"]
    assert check({"source_id": "a", "name": "b", "cip": "c", "fees": ""}, "abc", fields) == {
        "source_id": "a",
        "name": "b",
        "cip": "c",
    }
