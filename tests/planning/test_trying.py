"""Scenarios beside a stored plan: tried, worked out once, stopped and put away."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.planning import access, trying
from backcast.planning.models import Plan, Scenario
from backcast.planning.scenarios import ScenarioChange
from tests.cast import Cast
from tests.planning.world import QUICK, make_plan, make_world

LESS = [ScenarioChange("demand", 0.4)]


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


@pytest.fixture
def plan(cast: Cast) -> Plan:
    make_world(cast)
    return make_plan(cast, confidence=0.6)


def test_a_scenario_is_worked_out_once_and_the_plan_stays_as_it_is(
    plan: Plan, staff: Actor
) -> None:
    row = trying.try_scenario(plan, actor=staff, name=" Less  demand ", changes=LESS)
    done = trying.solve_scenario(row.pk, actor=staff, options=QUICK)
    assert (done.name, done.status, done.progress) == ("Less demand", "ready", 100)
    assert trying.solution_of(done).cost < trying.solution_of_plan(plan).cost
    again = trying.solve_scenario(row.pk, actor=staff, options=QUICK)
    assert again.finished_at == done.finished_at
    with acting(staff):
        fresh = Plan.objects.get(pk=plan.pk)
    assert fresh.solution == plan.solution


def test_what_cannot_be_tried_is_said(plan: Plan, staff: Actor, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="at least one thing"):
        trying.try_scenario(plan, actor=staff, name="Nothing", changes=[])
    gone = [ScenarioChange("without", provider="Nobody")]
    with pytest.raises(ValidationError, match="knows no provider"):
        trying.try_scenario(plan, actor=staff, name="Gone", changes=gone)
    trying.try_scenario(plan, actor=staff, name="Less", changes=LESS)
    with pytest.raises(ValidationError, match="of this name"):
        trying.try_scenario(plan, actor=staff, name="less", changes=LESS)
    for number in range(trying.MOST - 1):
        trying.try_scenario(plan, actor=staff, name=f"Less {number}", changes=LESS)
    with pytest.raises(ValidationError, match="Remove one first"):
        trying.try_scenario(plan, actor=staff, name="One too many", changes=LESS)
    with pytest.raises(NotAllowed):
        trying.try_scenario(plan, actor=cast.actor("viewer"), name="x", changes=LESS)
    with pytest.raises(Http404):
        trying.try_scenario(plan, actor=cast.actor("employer"), name="x", changes=LESS)


def test_a_plan_in_work_has_no_scenarios_yet(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    with pytest.raises(ValidationError, match="still being worked out"):
        trying.try_scenario(make_plan(cast, solve=False), actor=staff, name="x", changes=LESS)


def test_a_scenario_is_stopped_and_put_away(plan: Plan, staff: Actor, cast: Cast) -> None:
    row = trying.try_scenario(plan, actor=staff, name="Less", changes=LESS)
    stopped = trying.stop_scenario(row, actor=staff)
    assert "called off" in stopped.trouble
    assert trying.solve_scenario(row.pk, actor=staff, options=QUICK).solution is None
    trying.remove_scenario(row, actor=staff)
    with acting(staff):
        assert not access.scenarios(plan).exists()
        assert Scenario.objects.filter(pk=row.pk).exists()
    with pytest.raises(Http404):
        trying.remove_scenario(row, actor=cast.actor("foreign"))
