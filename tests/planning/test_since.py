"""What became of a plan: cohorts that started, were called off or are not heard of, and hires."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.delivery import actions as delivery
from backcast.delivery.actions import Counted
from backcast.delivery.models import CohortRecord
from backcast.demand import actions as demand
from backcast.planning.actions import problem_of, solution_of
from backcast.planning.models import Plan, PlanCohort
from backcast.planning.since import due, since
from backcast.training.models import Program
from tests.cast import TESTS, Cast
from tests.demand.make import openings
from tests.planning.world import make_plan, make_world, today


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def _last_year(cast: Cast) -> tuple[Plan, Program]:
    """A plan that began a year ago."""
    need, program = make_world(cast)
    demand.change_need(
        need,
        actor=cast.actor("administrator"),
        openings=(openings(10, after=-2), openings(20, after=5)),
    )
    plan = make_plan(cast, first=Quarter.of(today()) + -4, quarters=12, confidence=0.6)
    with acting(cast.actor("administrator"), "tests.make"):
        for number, row in enumerate(PlanCohort.objects.filter(plan=plan), start=101):
            row.start, row.number = today() - timedelta(days=300), number
            row.save()
    return plan, program


def _record(program: Program, days: int, enrolled: int) -> CohortRecord:
    counted = Counted(today() - timedelta(days=days), enrolled, today())
    return delivery.record_cohort(program, counted, actor=TESTS)


def test_a_cohort_that_was_recorded_near_its_day_has_started(cast: Cast, staff: Actor) -> None:
    plan, program = _last_year(cast)
    _record(program, 290, 13)
    with acting(staff):
        told = since(plan, problem_of(plan), solution_of(plan), today())
    assert told.count("started") == 1
    assert told.enrolled == 13
    assert told.count("not_heard_of") == len(told.due) - 1
    assert told.until == Quarter.of(today()) + -1


def test_one_record_stands_for_one_cohort_and_a_far_one_for_none(cast: Cast, staff: Actor) -> None:
    plan, program = _last_year(cast)
    records = [_record(program, 100, 9), _record(program, 301, 12)]
    with acting(staff):
        row = PlanCohort.objects.filter(plan=plan).select_related("program", "scheduled")[0]
        states = [each.state for each in due([row, row], records)]
    assert states == ["started", "not_heard_of"]


def test_hires_are_set_beside_the_band_of_the_odds(cast: Cast, staff: Actor) -> None:
    plan, _program = _last_year(cast)
    with acting(staff):
        told = since(plan, problem_of(plan), solution_of(plan), today())
    (row,) = told.hires
    assert row.hired == 20  # the past cohort of the world ended within the plan's first year
    assert row.low <= row.expected <= row.high


def test_the_page_tells_what_changed_and_what_happened(cast: Cast) -> None:
    plan, program = _last_year(cast)
    _record(program, 290, 13)
    later = make_plan(cast, confidence=0.7)
    client = cast.client("administrator")
    page = client.get(reverse("plans:since", kwargs={"plan": later.public_id})).text
    assert f"What changed since plan {plan.number}" in page
    assert "planned learners came" in page
    assert "Against the odds" in page
    first = client.get(reverse("plans:since", kwargs={"plan": plan.public_id})).text
    assert "This is the first plan" in first
