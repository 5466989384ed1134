"""Rows of a list: each is used or refused by reason, and says what its figures rest on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.training.assumptions import Assumption, Assumptions, StagePrior
from backcast.training.cleaning import (
    CleanProgram,
    Provider,
    Refusal,
    Rules,
    clean,
    restore_cip,
    restore_zip,
    web_address,
)
from backcast.training.columns import PROGRAM_FIELDS
from backcast.training.lengths import plausible
from backcast.training.reading import Row

ASSUMED = Assumptions(
    entries=(
        Assumption("max_size", 20, "learners", "a room"),
        Assumption("max_size", 10, "learners", "a lab", cip=("51.38",)),
        Assumption("cost_ceiling", 100_000, "dollars", "typing"),
        Assumption("missing_cost_per_clock_hour", 15, "dollars", "the middle"),
        Assumption("hours_per_week", 20, "hours", "half time"),
    ),
    priors=(StagePrior("completed", 16, 20, "a belief"),),
    bands={"6": 17.0},
    bands_why="the middle of the band",
    starts=(1, 9),
    stages=("completed", "hired"),
)
RULES = Rules(
    source="Demo list",
    areas={"bergen": "North", "cape may": "Shore"},
    state="NJ",
    cips={"51.3902", "51.3801", "01.0101", "15.1703"},
    cip_changes={"15.0505": "15.1703"},
    providers={"9": Provider("9", "Demo School Nine", county="Bergen", state="NJ")},
    assumptions=ASSUMED,
)
ROW = {
    "source_id": "1", "name": "Demo Aide", "cip": "513902", "provider_id": "7",
    "provider_name": "Demo School", "county": "Bergen", "state": "NJ", "zip": "7601",
    "tuition": "1000", "fees": "50", "total_cost": "1050", "clock_hours": "240",
    "length_band": "6",
}  # fmt: skip
COLUMNS = {field.key: field.key for field in PROGRAM_FIELDS}


def run(*rows: dict[str, str], rules: Rules = RULES, **more: Any) -> list[CleanProgram | Refusal]:
    made = [
        Row(number, {key: (ROW | row).get(key, "") for key in COLUMNS}, **more)
        for number, row in enumerate(rows, start=2)
    ]
    return list(clean(made, COLUMNS, rules))


def one(row: dict[str, str] | None = None, rules: Rules = RULES, **more: Any) -> CleanProgram:
    (result,) = run(row or {}, rules=rules, **more)
    assert isinstance(result, CleanProgram), result
    return result


def refused(row: dict[str, str], rules: Rules = RULES, **more: Any) -> Refusal:
    (result,) = run(row, rules=rules, **more)
    assert isinstance(result, Refusal), result
    return result


def test_a_whole_row_becomes_a_program_that_says_where_its_figures_come_from() -> None:
    program = one()
    assert program.cip == "51.3902"
    assert program.area == "North"
    assert program.provider.zip == "07601"
    assert program.figures["total_cost"] == 1050
    assert program.figures["weeks"] == 17
    basis = {origin.field: (origin.basis, origin.assumption) for origin in program.origins}
    assert basis["total_cost"] == ("published", "")
    assert basis["clock_hours"] == ("published", "")
    assert basis["weeks"] == ("assumed", "length_bands")
    assert basis["max_size"] == ("assumed", "max_size")


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"name": ""}, "missing_field", "Program name"),
        ({"source_id": "n/a"}, "missing_field", "Program number"),
        ({"source_id": "x" * 61}, "too_long", "Program number"),
        ({"cip": "nursing"}, "bad_cip", "CIP code"),
        ({"cip": "510604"}, "unknown_cip", "CIP code"),
        ({"provider_name": ""}, "missing_provider", "Provider name"),
        ({"provider_status": "Suspend"}, "provider_not_approved", "Provider status"),
        ({"provider_status": "Pending"}, "provider_not_approved", "Provider status"),
        ({"status": "Denied"}, "program_not_approved", "Program status"),
        ({"county": "Select One"}, "no_county", "County"),
        ({"county": "Out of State", "state": "MI"}, "outside_region", "County"),
        ({"county": "Bergen", "state": "NY"}, "outside_region", "County"),
        ({"tuition": "-5"}, "bad_number", "Tuition"),
        ({"tuition": "ask us"}, "bad_number", "Tuition"),
        ({"clock_hours": "1e9"}, "absurd_number", "Clock hours"),
        ({"tuition": "4198", "total_cost": "41984198"}, "absurd_cost", "Total cost"),
        ({"clock_hours": "0", "length_band": ""}, "missing_length", "Clock hours"),
        ({"name": "=HYPERLINK(1)"}, "formula", "Program name"),
        ({"name": "Sant\ufffd"}, "unreadable_text", "Program name"),
    ],
)
def test_a_row_that_cannot_be_used_names_reason_field_and_remedy(
    row: dict[str, str], reason: str, field: str
) -> None:
    refusal = refused(row)
    assert (refusal.row, refusal.reason, refusal.field) == (2, reason, field)
    assert refusal.message.endswith((".", "”"))
    assert refusal.remedy.endswith(".")


def test_merged_and_shifted_rows_are_refused() -> None:
    assert refused({}, merged=True).reason == "merged_cells"
    assert refused({}, surplus=2).reason == "shifted_columns"


def test_the_first_of_two_rows_with_one_number_is_used_and_the_difference_named() -> None:
    first, same, other = run({}, {}, {"name": "Demo Aide, evening", "description": "New"})
    assert isinstance(first, CleanProgram)
    assert isinstance(same, Refusal)
    assert isinstance(other, Refusal)
    assert same.reason == "duplicate_identical"
    assert other.reason == "duplicate_differing"
    assert "row 2" in other.message
    assert "Program name, Description" in other.message


def test_a_cost_of_zero_is_assumed_from_the_hours_and_marked() -> None:
    program = one({"tuition": "0", "fees": "0", "total_cost": "0"})
    assert program.figures["total_cost"] == 240 * 15
    origin = next(origin for origin in program.origins if origin.field == "total_cost")
    assert (origin.basis, origin.assumption) == ("assumed", "missing_cost_per_clock_hour")
    assert program.figures["tuition"] is None


def test_a_cost_of_zero_is_refused_where_nothing_is_assumed() -> None:
    rules = Rules("Demo list", RULES.areas, assumptions=Assumptions(bands={"6": 17.0}))
    assert refused({"tuition": "", "fees": "", "total_cost": "0"}, rules).reason == "missing_cost"


def test_the_larger_is_taken_where_total_and_parts_disagree() -> None:
    for total, cost in (("900", 1050), ("1200", 1200), ("0", 1050)):
        assert one({"total_cost": total}).figures["total_cost"] == cost
    assert "disagrees" in one({"total_cost": "900"}).remarks[0]
    assert one({"total_cost": "0"}).remarks == ()


def test_zeros_lost_at_the_front_are_put_back() -> None:
    assert one({"cip": "10101"}).cip == "01.0101"
    assert one({"cip": "15.0505"}).cip == "15.1703"


def test_a_row_without_details_takes_those_of_a_known_provider() -> None:
    program = one({"provider_id": "9", "provider_name": "", "county": "", "state": ""})
    assert program.provider.name == "Demo School Nine"
    assert program.area == "North"


def test_a_suspended_status_of_the_known_provider_counts() -> None:
    known = {"7": Provider("7", "Demo School", status="Suspend", county="Bergen")}
    rules = Rules("Demo list", RULES.areas, providers=known, assumptions=ASSUMED)
    assert refused({}, rules).reason == "provider_not_approved"


def test_the_assumption_of_the_closest_field_of_study_is_taken() -> None:
    assert one().figures["max_size"] == 20
    assert one({"cip": "513801"}).figures["max_size"] == 10


def test_sizes_of_the_list_are_not_assumed() -> None:
    program = one({"max_size": "12", "min_size": "15"})
    assert program.figures["max_size"] == program.figures["min_size"] == 12
    assert "lowered" in program.remarks[0]


def test_hours_at_full_time_lengthen_a_band() -> None:
    assert one({"clock_hours": "1200"}).figures["weeks"] == 30
    assert one({"length_band": ""}).figures["weeks"] == 12
    assert one({"weeks": "9"}).figures["weeks"] == 9


@given(st.from_regex(r"[0-9]{2}\.[0-9]{4}", fullmatch=True))
def test_a_cip_code_is_found_again_however_a_spreadsheet_kept_it(code: str) -> None:
    number = float(code)
    assert restore_cip(code) == code
    assert restore_cip(code.replace(".", "").lstrip("0") or "0") == code
    if number:
        assert restore_cip(repr(number)) == code


def test_what_is_no_cip_code_is_none() -> None:
    for text in ("", "51.38012", "5138011", "AB.1234", "51.38.01", "٥١.٣٨٠١"):
        assert restore_cip(text) is None or text == ""


def test_zip_codes_get_their_zeros_back() -> None:
    assert restore_zip("7601") == "07601"
    assert restore_zip("7601-1234") == "07601-1234"
    assert restore_zip("K1A 0B1") == "K1A 0B1"


def test_only_web_addresses_become_links() -> None:
    assert web_address("www.example.org") == "http://www.example.org"
    assert web_address("javascript:alert(1)") == ""
    assert web_address("someone@example.org") == ""
    assert web_address("ftp://example.org/x") == ""


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "source_id": st.sampled_from(["1", "2", "3", ""]),
                "cip": st.sampled_from(["513902", "x", "999999"]),
                "county": st.sampled_from(["Bergen", "", "Essex"]),
                "total_cost": st.sampled_from(["0", "1050", "9e9", "-1", "?"]),
            }
        ),
        max_size=12,
    )
)
def test_every_row_comes_out_exactly_once(rows: list[dict[str, str]]) -> None:
    results = run(*rows)
    assert [result.row for result in results] == list(range(2, len(rows) + 2))
    used = [result.source_id for result in results if isinstance(result, CleanProgram)]
    assert len(used) == len(set(used))


def test_hours_and_weeks_that_cannot_both_be_are_noticed() -> None:
    assert "hours a week" in plausible(900, 10)
    assert "less than 1 hour" in plausible(10, 52)
    assert plausible(720, 24) == ""
    assert plausible(None, 24) == ""
