"""The plan on paper and in a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from backcast.planning.board import Approval, board_pdf
from backcast.planning.calendar import plan_calendar
from backcast.planning.problem import Problem
from backcast.planning.schedule import Options, solve
from backcast.planning.solution import RaisedOdds, Solution, Unit, UnitWorth
from tests.planning.small import need, problem, program

STAMP = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def asked() -> Problem:
    hostile = replace(program("p", lead=6), title='#panic("read as markup") *bold*')
    return problem([hostile], [need(t, 4) for t in (1, 2, 3)])


@pytest.fixture(scope="module")
def plan(asked: Problem) -> Solution:
    return solve(asked, Options(seconds=5, futures=500))


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_the_board_reads_decisions_odds_and_what_binds_on_a_page_each(
    asked: Problem, plan: Solution
) -> None:
    said = pages(board_pdf(asked, plan, date(2026, 11, 25)))
    assert said[0].startswith("What to decide")
    assert said[1].startswith("How sure it is")
    assert said[2].startswith("What is in the way")
    assert said[3].startswith("Where the numbers come from")
    assert f"${plan.cost:,.0f}" in said[0]
    assert f"{sum(cohort.size for cohort in plan.cohorts):,}" in said[0]
    assert f"{plan.role_odds(asked.roles[0].id).odds:.0%}" in said[1]
    assert "November 25, 2026" in said[0]


def test_odds_within_the_simulations_error_count_as_reached(asked: Problem, plan: Solution) -> None:
    role = asked.roles[0].id
    for odds, reached in ((0.79, "1 of 1"), (0.78, "0 of 1")):
        rows = tuple(
            replace(row, odds=odds, error=0.006) if row.role == role else row for row in plan.odds
        )
        assert reached in pages(board_pdf(asked, replace(plan, odds=rows)))[0]


def test_months_are_named_in_words(asked: Problem, plan: Solution) -> None:
    said = " ".join(pages(board_pdf(asked, plan)))
    assert "from January 2027 to December 2027" in said
    assert plan.cohorts[0].start.short in said
    assert "2027-" not in said


def test_the_page_of_decisions_says_who_approved_and_when_or_that_nobody_did(
    asked: Problem, plan: Solution
) -> None:
    approval = Approval("Demo Alder Board", date(2026, 11, 20))
    signed = pages(board_pdf(asked, plan, date(2026, 11, 25), approval))
    assert "Approved by Demo Alder Board on November 20, 2026." in signed[0]
    assert "not approved" not in " ".join(signed)
    assert "Draft, not approved." in pages(board_pdf(asked, plan))[0]


def test_the_page_of_what_binds_tells_what_one_more_brings(asked: Problem, plan: Solution) -> None:
    unit = Unit("at_once", 1, "One more cohort at once of Program p", "p")
    worth = UnitWorth(unit, 90, 80, 3, -3, -6, 500, 1, (), "One more: 3 more hires.")
    useless = replace(worth, solved=0.0, sentence="Another: changes nothing.")
    way = RaisedOdds("r", 0.8, 0.6, 0.81, 0.3, 900, True, "The odds rise for $900 more.", ())
    said = pages(board_pdf(asked, replace(plan, worths=(worth, useless), raised=(way,))))[2]
    assert "What one more would bring" in said
    assert "One more: 3 more hires." in said
    assert "The odds rise for $900 more." in said
    assert "changes nothing" not in said


def test_what_people_wrote_is_never_read_as_markup(asked: Problem, plan: Solution) -> None:
    assert '#panic("read as markup") *bold*' in pages(board_pdf(asked, plan))[0]


def test_the_pages_are_tagged_for_screen_readers(asked: Problem, plan: Solution) -> None:
    reader = PdfReader(BytesIO(board_pdf(asked, plan)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title
    found: set[str] = set()

    def walk(node: object) -> None:
        node = getattr(node, "get_object", lambda: node)()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            found.add(str(node.get("/S", "")))
            walk(node.get("/K", []))

    walk(root["/StructTreeRoot"]["/K"])
    assert {"/H1", "/Table", "/TH", "/TD"} <= found


def test_a_plan_without_a_cohort_says_so(asked: Problem, plan: Solution) -> None:
    none = replace(plan, cohorts=(), cost=0.0)
    assert "starts no cohort" in pages(board_pdf(asked, none))[0]


def test_the_calendar_holds_each_start_and_its_last_day_to_decide(
    asked: Problem, plan: Solution
) -> None:
    found = Calendar.from_ical(plan_calendar(asked, plan, "plan-1", STAMP))
    events = [(str(e["SUMMARY"]), e["DTSTART"].dt) for e in found.walk("VEVENT")]
    starts = [(summary, day) for summary, day in events if summary.startswith("Start")]
    assert [day for _, day in starts] == [cohort.start.first_day for cohort in plan.cohorts]
    decide = [day for summary, day in events if summary.startswith("Decide")]
    assert [(start - day).days for (_, start), day in zip(starts, decide, strict=True)] == [
        42 for _ in starts
    ]


def test_the_same_plan_keeps_its_ids_and_another_has_others(asked: Problem, plan: Solution) -> None:
    def ids(key: str) -> set[str]:
        found = Calendar.from_ical(plan_calendar(asked, plan, key, STAMP))
        return {str(event["UID"]) for event in found.walk("VEVENT")}

    assert ids("a") == ids("a")
    assert len(ids("a")) == 2 * len(plan.cohorts)
    assert not ids("a") & ids("b")
