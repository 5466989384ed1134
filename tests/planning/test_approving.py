"""Versions of the plan: every step × every state × everybody, and cohorts scheduled from one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.delivery import actions as delivery
from backcast.delivery.models import ScheduledCohort
from backcast.planning import access, approving
from backcast.planning.lifecycle import STEPS, State, state_of, steps_for
from backcast.planning.models import Plan, PlanCohort
from tests.cast import Cast
from tests.planning.world import make_plan, make_world, today

DO: dict[str, Callable[[Plan, Actor], Any]] = {
    "propose_plan": lambda plan, actor: approving.propose_plan(plan, actor=actor),
    "take_back_plan": lambda plan, actor: approving.take_back_plan(plan, actor=actor),
    "approve_plan": lambda plan, actor: approving.approve_plan(plan, actor=actor, approver="Board"),
    "schedule_cohorts": lambda plan, actor: approving.schedule_cohorts(
        plan, actor=actor, cohorts=[], today=today()
    ),
    "try_scenario": lambda plan, actor: approving.require_step(plan, "try_scenario", actor),
}
#: The table once more, by hand: step → from where, and to where.
TABLE = {
    "propose_plan": {"draft": "proposed"},
    "take_back_plan": {"proposed": "draft"},
    "approve_plan": {"proposed": "approved"},
    "schedule_cohorts": {"approved": "approved"},
    "try_scenario": {each: each for each in ("draft", "proposed", "approved", "superseded")},
    "supersede_plan": {"approved": "superseded"},
}
OUTSIDERS = ("employer", "provider", "funder", "support", "foreign", "anonymous")


def in_state(cast: Cast, state: State) -> Plan:
    plan = make_plan(cast, solve=state not in (State.WAITING, State.SOLVING, State.FAILED))
    changes: dict[str, Any] = {}
    if state in (State.SOLVING, State.FAILED):
        changes["status"] = str(state)
    elif state is not State.WAITING:
        changes["standing"] = str(state)
    if state in (State.APPROVED, State.SUPERSEDED):
        changes |= {"approver": "Board", "approved_at": plan.finished_at}
    with acting(cast.actor("administrator"), "tests.make"):
        Plan.objects.filter(pk=plan.pk).update(**changes)
        plan.refresh_from_db()
    return plan


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def test_the_table_is_whole() -> None:
    assert {
        name: {str(a): str(b) for a, b in step.targets.items()} for name, step in STEPS.items()
    } == TABLE
    assert DO.keys() == {name for name, step in STEPS.items() if step.kinds}


@pytest.mark.parametrize("state", list(State))
def test_each_role_takes_each_step_from_each_state_only_as_the_table_says(
    cast: Cast, state: State
) -> None:
    make_world(cast)
    plan = in_state(cast, state)
    for step, do in DO.items():
        for who in ("administrator", "member", "viewer", *OUTSIDERS):
            actor = cast.actor(who)
            may = who == "administrator" or (who == "member" and step != "approve_plan")
            allowed = may and str(state) in TABLE[step]
            with transaction.atomic():
                if who in OUTSIDERS:
                    with pytest.raises(Http404):
                        do(plan, actor)
                elif not may:
                    with pytest.raises(NotAllowed):
                        do(plan, actor)
                elif not allowed:
                    with pytest.raises(ValidationError):
                        do(plan, actor)
                else:
                    do(plan, actor)
                    with acting(actor):
                        fresh = Plan.objects.get(pk=plan.pk)
                    assert str(state_of(fresh.status, fresh.standing)) == TABLE[step][str(state)]
                assert (step in steps_for(actor, state)) is (
                    allowed or (who == "foreign" and str(state) in TABLE[step])
                ), (who, step)
                transaction.set_rollback(True)


def test_approving_names_the_approver_and_supersedes_the_plan_before(
    cast: Cast, staff: Actor
) -> None:
    make_world(cast)
    first = approved(cast, staff)
    second = make_plan(cast)
    approving.propose_plan(second, actor=cast.actor("member"))
    approving.approve_plan(
        second, actor=staff, approver="Workforce board, by its chair", note="Meeting of May 4"
    )
    with acting(staff):
        first.refresh_from_db()
        second.refresh_from_db()
        held = access.approved_plan(cast.region.pk)
    assert (first.standing, second.standing) == ("superseded", "approved")
    assert first.superseded_at is not None
    assert second.approver == "Workforce board, by its chair"
    assert second.approved_by_id == staff.person_id
    assert second.approved_at is not None
    assert held == second


def test_without_a_name_the_one_who_acts_is_the_approver(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    assert approved(cast, staff).approver == str(cast.person("administrator"))


def test_a_provider_reads_what_the_approved_plan_asks_and_funders_what_it_promises(
    cast: Cast, staff: Actor
) -> None:
    make_world(cast)
    first = approved(cast, staff)
    later = make_plan(cast)
    provider = cast.actor("provider")
    with acting(provider):
        told = access.asked(provider)
    assert told is not None
    assert told.number == first.number
    funder = cast.actor("funder")
    with acting(funder):
        promised = access.newest_promise(funder)
    assert promised is not None
    assert promised.number == first.number
    approving.propose_plan(later, actor=staff)
    approving.approve_plan(later, actor=staff)
    with acting(provider):
        told = access.asked(provider)
    assert told is not None
    assert told.number == later.number


def approved(cast: Cast, staff: Actor) -> Plan:
    plan = make_plan(cast, confidence=0.6)
    approving.propose_plan(plan, actor=staff)
    return approving.approve_plan(plan, actor=staff)


def _cohorts(plan: Plan, staff: Actor) -> list[PlanCohort]:
    with acting(staff):
        return list(PlanCohort.objects.filter(plan=plan).select_related("scheduled"))


def test_cohorts_are_scheduled_once_and_taken_over_by_the_next_plan(
    cast: Cast, staff: Actor
) -> None:
    make_world(cast)
    first = approved(cast, staff)
    keys = [row.pk for row in _cohorts(first, staff)]
    made = approving.schedule_cohorts(first, actor=staff, cohorts=keys, today=today())
    assert [(each.status, each.places) for each in made] == [
        ("planned", row.size) for row in _cohorts(first, staff)
    ]
    assert approving.schedule_cohorts(first, actor=staff, cohorts=keys, today=today()) == []
    second = approved(cast, staff)
    keys = [row.pk for row in _cohorts(second, staff)]
    again = approving.schedule_cohorts(second, actor=staff, cohorts=keys, today=today())
    assert {each.pk for each in again} == {each.pk for each in made}
    with acting(staff):
        assert ScheduledCohort.objects.count() == len(made)


def test_a_cohort_whose_day_has_passed_is_not_scheduled(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    plan = approved(cast, staff)
    row = _cohorts(plan, staff)[0]
    with pytest.raises(ValidationError, match="Plan again from today on"):
        approving.schedule_cohorts(
            plan, actor=staff, cohorts=[row.pk], today=row.start + timedelta(days=40)
        )


def test_a_scheduled_cohort_starts_or_is_called_off_by_its_provider(
    cast: Cast, staff: Actor
) -> None:
    make_world(cast)
    plan = approved(cast, staff)
    keys = [row.pk for row in _cohorts(plan, staff)]
    cohort = approving.schedule_cohorts(plan, actor=staff, cohorts=keys, today=today())[0]
    other = delivery.schedule_cohort(
        cohort.program, actor=staff, starts_on=cohort.starts_on, places=9
    )
    provider = cast.actor("provider")
    started = delivery.start_cohort(cohort, actor=provider, starts_on=today(), enrolled=11)
    assert started.status == "started"
    assert started.record is not None
    assert started.record.enrolled == 11
    with pytest.raises(ValidationError, match="started already"):
        delivery.call_off_cohort(cohort, actor=provider, why="No instructor")
    with pytest.raises(ValidationError):
        delivery.call_off_cohort(other, actor=provider, why=" ")
    assert delivery.call_off_cohort(other, actor=provider, why="No instructor").why
    with pytest.raises(Http404):
        delivery.start_cohort(
            other, actor=cast.actor("other_provider"), starts_on=today(), enrolled=1
        )
    with pytest.raises(NotAllowed):
        delivery.start_cohort(
            other, actor=cast.actor("provider_viewer"), starts_on=today(), enrolled=1
        )
