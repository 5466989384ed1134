"""What binds a stored plan: asked for once, worked out in the worker, kept with the version."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.planning import weighing
from backcast.planning.actions import solution_of
from backcast.planning.models import Plan
from tests.cast import Cast
from tests.planning.world import make_plan, make_world

ROLE = "31-1131"


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


@pytest.fixture
def plan(cast: Cast) -> Plan:
    make_world(cast, people=90)
    return make_plan(cast, confidence=0.6)


def again(plan: Plan, actor: Actor) -> Plan:
    with acting(actor):
        return Plan.objects.select_related("region").get(pk=plan.pk)


def test_what_one_more_brings_is_worked_out_once_and_told_on_the_page(
    plan: Plan, staff: Actor, cast: Cast
) -> None:
    client = cast.client("administrator")
    page = reverse("plans:detail", kwargs={"plan": plan.public_id})
    assert "Find out" in client.get(page).text
    weighing.request_units(plan, actor=staff)
    assert "Finding what binds" in client.get(page).text
    weighing.weigh_units(plan.pk, actor=staff, seconds=1)
    done = again(plan, staff)
    rows = weighing.units_of_plan(done)
    assert rows
    assert rows[0].sentence in client.get(page).text.replace("&#x27;", "'")
    weighing.weigh_units(plan.pk, actor=staff, seconds=1)
    assert again(plan, staff).weighed == done.weighed
    assert weighing.with_weighed(done, solution_of(done)).worths == rows
    assert done.solution == plan.solution


def test_higher_odds_are_asked_for_a_role_and_told_on_its_page(
    plan: Plan, staff: Actor, cast: Cast
) -> None:
    weighing.request_odds(plan, actor=staff, role=ROLE, target=0.95)
    client = cast.client("administrator")
    page = reverse("plans:role", kwargs={"plan": plan.public_id, "role": ROLE})
    assert "Looking for the cheapest way to 95%" in client.get(page).text
    weighing.raise_role(plan.pk, ROLE, actor=staff, seconds=1)
    found = weighing.raised_in(again(plan, staff), ROLE)
    assert found["state"] == "ready"
    assert "95%" in found["found"].sentence
    assert found["found"].after >= found["found"].before
    assert "What would change" in client.get(page).text


def test_what_cannot_be_asked_is_said(plan: Plan, staff: Actor, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="above those of today"):
        weighing.request_odds(plan, actor=staff, role=ROLE, target=0.0)
    with pytest.raises(ValidationError, match="Nobody is needed"):
        weighing.request_odds(plan, actor=staff, role="x", target=0.9)
    with pytest.raises(NotAllowed):
        weighing.request_units(plan, actor=cast.actor("viewer"))


def test_a_job_that_fails_says_so_and_can_be_asked_for_again(
    plan: Plan, staff: Actor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("broken on purpose")

    weighing.request_units(plan, actor=staff)
    monkeypatch.setattr("backcast.planning.worth.worth_of_units", broken)
    with pytest.raises(RuntimeError, match="on purpose"):
        weighing.weigh_units(plan.pk, actor=staff)
    page = reverse("plans:detail", kwargs={"plan": plan.public_id})
    told = cast.client("administrator").get(page).text
    assert "This could not be worked out." in told
    assert "Find out" in told
