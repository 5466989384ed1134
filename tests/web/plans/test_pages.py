"""The pages of plans, as staff see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from backcast.core.actor import acting
from backcast.demand import actions as demand
from backcast.planning import trying
from backcast.planning.documents import problem_from_json, solution_from_json
from backcast.planning.figures import Figure
from backcast.planning.models import Plan, PlanCohort, PlanPin, Scenario
from backcast.planning.problem import ExternshipPlaces, Fund, HostPlaces
from backcast.planning.solution import FundUse, HostUse
from backcast.planning.timing import possible_starts
from backcast.planning.watching import begin
from backcast.training import actions as training
from backcast.web.dates import month_words
from backcast.web.plans import charts
from backcast.web.plans.reading import Reading
from tests.cast import Cast
from tests.demand.make import openings
from tests.planning.world import QUICK, make_plan, make_world

Counting = Callable[[], AbstractContextManager[Any]]


def _page(plan: Plan, name: str = "detail", **more: str) -> str:
    return reverse(f"plans:{name}", kwargs={"plan": plan.public_id, **more})


def test_a_stored_plan_takes_fewer_than_15_queries(cast: Cast, query_count: Counting) -> None:
    make_world(cast)
    make_plan(cast)
    plan = make_plan(cast)
    client = cast.client("administrator")
    client.get(_page(plan))
    with query_count() as queries:
        assert client.get(_page(plan)).status_code == 200
    assert queries.count < 15, queries


def test_a_changed_need_shows_the_plan_out_of_date_and_planning_again_says_what_changed(
    cast: Cast,
) -> None:
    need, _program = make_world(cast)
    first = make_plan(cast)
    client = cast.client("administrator")
    assert "out of date" not in client.get(_page(first)).text
    demand.change_need(need, actor=cast.actor("administrator"), openings=(openings(30, after=5),))
    assert "This plan is out of date" in client.get(_page(first)).text
    answer = client.post(_page(first, "again"))
    assert answer.status_code == 302
    worked_out = make_plan(cast)  # the one just asked for: a plan in work is not asked for twice
    assert answer["Location"] == _page(worked_out)
    page = client.get(_page(worked_out)).text
    assert f"What changed since plan {first.number}" in page
    assert "The plan costs" in page


def test_a_plan_in_work_shows_how_far_it_is(cast: Cast) -> None:
    make_world(cast)
    plan = make_plan(cast, solve=False)
    page = cast.client("administrator").get(_page(plan))
    assert "Working the plan out" in page.text


def test_a_plan_in_work_shows_the_gap_closing_and_can_be_stopped(cast: Cast) -> None:
    make_world(cast)
    plan = make_plan(cast, solve=False)
    staff = cast.actor("administrator")
    with acting(staff, "tests.begin"):
        begin(plan)
        plan.trace = [
            [1.0, 2_000_000, 1_000_000, 3, 40, 60_000, 250.0],
            [9.0, 1_600_000, 1_200_000, 7, 88, 120_500, 4190.4],
        ]
        plan.save()
    client = cast.client("administrator")
    page = client.get(_page(plan)).text
    for said in (
        "$120,500",
        "7 cohorts, 88 learners",
        "4,190",
        "25.0%",
        "50.0% at first",
        "<polyline",
    ):
        assert said in page, said
    assert _page(plan, "stop") in page
    assert _page(plan, "stop") not in cast.client("viewer").get(_page(plan)).text
    assert client.post(_page(plan, "stop"))["Location"] == _page(plan)
    page = client.get(_page(plan)).text
    assert "Stopping." in page
    assert _page(plan, "stop") not in page


def test_a_plan_that_could_not_be_made_says_why(cast: Cast) -> None:
    plan = make_plan(cast)
    page = cast.client("administrator").get(_page(plan))
    assert "This plan could not be made" in page.text
    assert "There are no needs" in page.text


def test_a_plan_is_proposed_approved_and_its_cohorts_scheduled(cast: Cast) -> None:
    _need, program = make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    client = cast.client("administrator")
    assert "Propose this plan" in client.get(_page(plan)).text
    assert "Propose this plan" not in cast.client("viewer").get(_page(plan)).text
    client.post(_page(plan, "propose"))
    assert f"Plan {plan.number} waits for approval." in client.get("/").text
    assert client.get(_page(plan, "approve")).status_code == 200
    refused = client.post(_page(plan, "approve"), {"approver": "", "note": ""})
    assert refused.status_code == 200
    client.post(_page(plan, "approve"), {"approver": "The board", "note": "Meeting of May 4"})
    page = client.get(_page(plan)).text
    assert "Approved by <strong>The board</strong>" in page
    assert "Meeting of May 4" in page
    with acting(cast.actor("administrator")):
        keys = list(PlanCohort.objects.filter(plan=plan).values_list("pk", flat=True))
    assert "Schedule those chosen" in client.get(_page(plan, "schedule")).text
    assert "Choose at least one cohort." in client.post(_page(plan, "schedule")).text
    assert "What to decide next" in client.get(_page(plan)).text
    client.post(_page(plan, "schedule"), {"cohort": [*keys, "x"]})
    assert "What to decide next" not in client.get(_page(plan)).text
    assert "scheduled: 0 started, 0 called off" in client.get(_page(plan)).text
    own = reverse("programs:program", kwargs={"program": program.public_id})
    shown = cast.client("provider").get(own).text
    assert "Scheduled cohorts" in shown
    assert "It has started" in shown


def test_scenarios_stand_beside_the_plan(cast: Cast, query_count: Counting) -> None:
    make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    client = cast.client("administrator")
    assert "None yet. Try one" in client.get(_page(plan, "scenarios")).text
    refused = client.post(_page(plan, "scenario_new"), {"name": "Nothing"})
    assert "Change at least one thing." in refused.text
    filled = {"name": "Demand falls", "demand": 40, "demand_role": "", "share": ""}
    assert client.post(_page(plan, "scenario_new"), filled).status_code == 302
    assert "Working" in client.get(_page(plan, "scenarios")).text
    staff = cast.actor("administrator")
    with acting(staff):
        row = Scenario.objects.get(plan=plan)
    trying.solve_scenario(row.pk, actor=staff, options=QUICK)
    with query_count() as queries:
        page = client.get(_page(plan, "scenarios")).text
    assert queries.count < 15, queries
    for said in ("Demand falls", "is 40% of what was planned", "As planned", "Proven gap"):
        assert said in page, said
    assert "Demand falls" in client.get(_page(plan)).text


def test_a_cohort_is_fixed_by_a_plain_form_and_let_go_again(
    cast: Cast, query_count: Counting
) -> None:
    _need, program = make_world(cast)
    first = make_plan(cast, confidence=0.6)
    client = cast.client("administrator")
    assert first.solution is not None
    start = first.solution["plan"]["cohorts"][0]["start"]
    filled = {"program": f"P{program.pk}", "kind": "forbid", "month": start, "why": ""}
    assert "This field is required" in client.post(_page(first, "pins"), filled).text
    client.post(_page(first, "pins"), {**filled, "why": "The lab is rebuilt"})
    assert "Newer than this plan" in client.get(_page(first, "pins")).text
    assert "This plan is out of date" in client.get(_page(first)).text
    second = make_plan(cast, confidence=0.6)
    assert second.solution is not None
    assert start not in {each["start"] for each in second.solution["plan"]["cohorts"]}
    with query_count() as queries:
        page = client.get(_page(second, "pins")).text
    assert queries.count < 15, queries
    for said in ("The lab is rebuilt", "Administrator", "Holds"):
        assert said in page, said
    with acting(cast.actor("administrator")):
        pin = PlanPin.objects.get()
    client.post(_page(second, "let_go", pin=str(pin.public_id)))
    assert "Nothing: the plan chooses freely." in client.get(_page(second, "pins")).text


def test_a_cohort_is_not_fixed_in_a_month_in_which_its_program_never_starts(cast: Cast) -> None:
    _need, _program = make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    problem = problem_from_json(json.dumps(plan.problem))
    [option] = problem.programs
    filled = {
        "program": option.id,
        "kind": "pin",
        "month": str(problem.first_month),
        "cohorts": "1",
        "why": "The lab is free",
    }
    client = cast.client("administrator")
    page = client.post(_page(plan, "pins"), filled).text
    first = problem.first_month + possible_starts(problem, option)[0].start
    assert "weeks to get ready" in page
    assert f"It may start in {month_words(first)}" in page
    assert client.post(_page(plan, "pins"), {**filled, "kind": "forbid"}).status_code == 302
    assert client.post(_page(plan, "pins"), {**filled, "month": str(first)}).status_code == 302


def test_the_page_says_what_to_decide_by_when_and_who_pays(cast: Cast) -> None:
    _need, _program = make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    reading = Reading.of(plan)
    first = reading.decisions[0]
    assert first.by == first.start.first_day - timedelta(weeks=4)  # as the program's lead weeks
    page = cast.client("administrator").get(_page(plan)).text
    assert "What to decide next" in page
    month, option = first.start, reading.problem.programs[0]
    role = option.roles[0].role
    richer = replace(
        reading.problem,
        funds=(Fund("f", "Demo fund", Figure(5000.0, "stated", "x")),),
        hosts=(
            HostPlaces("h", "Demo clinic", option.area, role, month, Figure(4.0, "stated", "x")),
        ),
        programs=(replace(option, externship_places_per_learner=Figure(1.0, "stated", "x")),),
        places=(ExternshipPlaces(option.area, role, month.quarter, Figure(9.0, "stated", "x")),),
    )
    told = Reading(
        richer,
        replace(
            reading.solution,
            fund_use=(FundUse("f", option.id, month, 1200.0),),
            host_use=(HostUse("h", role, month, 3.0, 4.0),),
        ),
    )
    assert [(fund.title, fund.amount, fund.used) for fund in told.funds()] == [
        ("Demo fund", 5000.0, 1200.0)
    ]
    lines = {line.title: line for line in told.places()}
    assert (lines["Demo clinic"].fullest_taken, lines["Demo clinic"].fullest_places) == (3.0, 4.0)
    assert lines[""].taken > 0
    unused = Reading(richer, replace(told.solution, host_use=()))
    line = next(line for line in unused.places() if line.title)
    assert (line.title, line.taken, line.places) == ("Demo clinic", 0.0, 4.0)
    assert charts.spending(told).header()[1].startswith("Demo fund")


def test_a_draft_cannot_be_approved_by_its_address(cast: Cast) -> None:
    make_world(cast)
    plan = make_plan(cast)
    client = cast.client("administrator")
    assert client.get(_page(plan, "approve"))["Location"] == _page(plan)
    answer = client.post(_page(plan, "approve"), {"approver": "The board", "note": ""})
    assert "propose it first" in answer.text


def test_a_program_that_is_gone_is_told_by_its_name(cast: Cast) -> None:
    _need, program = make_world(cast)
    make_plan(cast, confidence=0.6)
    training.archive_program(program, actor=cast.actor("administrator"))
    page = cast.client("administrator").get(_page(make_plan(cast, confidence=0.6))).text
    assert f"of {program.name} with" in page
    assert f"P{program.pk} " not in page


def test_a_plan_that_is_as_the_last_one_says_so(cast: Cast) -> None:
    make_world(cast)
    first = make_plan(cast)
    second = make_plan(cast)
    client = cast.client("administrator")
    assert f"Nothing changed since plan {first.number}" in client.get(_page(second)).text
    assert "Nothing changed since" not in client.get(_page(first)).text


def test_each_number_opens_to_where_it_comes_from(cast: Cast) -> None:
    need, program = make_world(cast)
    plan = make_plan(cast)
    client = cast.client("administrator")
    page = client.get(_page(plan)).text
    assert _page(plan, "role", role="31-1131") in page
    assert _page(plan, "program", program=f"P{program.pk}") in page
    role = client.get(_page(plan, "role", role="31-1131")).text
    assert reverse("needs:need", kwargs={"need": need.public_id}) in role
    shown = client.get(_page(plan, "program", program=f"P{program.pk}")).text
    assert "34 of 40" in shown
    assert "observed" in shown


def test_the_workbook_and_the_json_say_the_same_as_the_plan(cast: Cast) -> None:
    make_world(cast)
    plan = make_plan(cast)
    client = cast.client("administrator")
    book = load_workbook(BytesIO(client.get(_page(plan, "export", form="xlsx")).content))
    assert {"Summary", "Cohorts", "Odds", "Shortfalls", "Sources"} <= set(book.sheetnames)
    told = solution_from_json(client.get(_page(plan, "export", form="json")).text)
    assert plan.solution is not None
    assert len(told.cohorts) == len(plan.solution["plan"]["cohorts"])
    assert client.get(_page(plan, "export", form="pdf")).content.startswith(b"%PDF")
    assert client.get(_page(plan, "export", form="ics")).content.startswith(b"BEGIN:VCALENDAR")
    assert client.get(_page(plan, "export", form="exe")).status_code == 404


def test_a_plan_cannot_be_asked_for_with_nonsense(cast: Cast) -> None:
    make_world(cast)
    client = cast.client("administrator")
    answer = client.post(
        reverse("plans:new"),
        {"first": "1999-Q1", "quarters": 8, "confidence": 120, "budget": "-5"},
    )
    assert answer.status_code == 200
    assert "99" in answer.text
    with acting(cast.actor("administrator")):
        assert not Plan.objects.exists()


@pytest.mark.parametrize("name", ["role", "program"])
def test_an_unknown_part_of_a_plan_is_not_found(cast: Cast, name: str) -> None:
    make_world(cast)
    plan = make_plan(cast)
    url = _page(plan, name, **{name: "P999999" if name == "program" else "99-9999"})
    assert cast.client("administrator").get(url).status_code == 404


def test_every_reason_and_figure_has_words() -> None:
    from typing import get_args

    from backcast.planning.solution import ReasonCode
    from backcast.web.plans import words
    from backcast.web.plans.reading import FIGURES

    assert set(words.REASONS) == set(get_args(ReasonCode))
    assert set(words.FIELDS) == set(FIGURES)


def test_plans_are_searched_by_their_number_and_who_asked(cast: Cast) -> None:
    make_world(cast)
    make_plan(cast, solve=False)
    client = cast.client("administrator")
    for query, found in (("plan 1", True), ("Administrator", True), ("plan 7", False)):
        text = client.get(reverse("plans:list"), {"q": query}).content.decode()
        assert ("Plan 1</a>" in text) is found, query


def test_a_provider_finds_the_cohorts_it_is_asked_to_start(cast: Cast) -> None:
    _need, program = make_world(cast)
    make_plan(cast, confidence=0.6)
    client = cast.client("provider")
    assert f"The region asks for: {program.name}" in client.get("/").content.decode()
    page = client.get(reverse("programs:program", kwargs={"program": program.public_id}))
    text = page.content.decode()
    assert "Cohorts that the region asks for" in text
    assert "By plan 1" in text
    for secret in (cast.employer.name, "Nursing assistant, nights"):
        assert secret not in text
