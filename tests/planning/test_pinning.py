"""What people fix: it enters every plan to come, holds where it can, and is told where it cannot."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.core.months import Month
from backcast.planning import approving, build, pinning
from backcast.planning.actions import problem_of, solution_of
from backcast.planning.models import Plan, PlanCohort, PlanPin
from tests.cast import Cast
from tests.planning.world import make_plan, make_world, settings, today


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def _starts(plan: Plan) -> list[tuple[Month, int]]:
    return [(cohort.start, cohort.size) for cohort in solution_of(plan).cohorts]


def test_a_pinned_cohort_starts_in_its_month_with_its_size(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    free = _starts(make_plan(cast, confidence=0.6))
    month = Month.first_of(settings().first) + 4
    while month in {start for start, _size in free}:
        month += 1
    pinning.pin_cohort(
        program,
        actor=staff,
        month=month,
        why="The host asked for it",
        size=free[0][1],
        instead_of=free[0][0],
    )
    plan = make_plan(cast, confidence=0.6)
    starts = _starts(plan)
    assert (month, free[0][1]) in starts
    assert free[0][0] not in {start for start, _size in starts}
    pins = {pin.kind: pin for pin in problem_of(plan).pins}
    assert pins["pin"].why == "The host asked for it"
    assert pins["pin"].by == str(cast.person("administrator"))
    assert all(told.held for told in solution_of(plan).pins)


def test_what_cannot_hold_is_told_with_the_plan(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    pinning.pin_cohort(
        program, actor=staff, month=Month.first_of(settings().first), why="As always", cohorts=50
    )
    plan = make_plan(cast)
    assert plan.status == Plan.Status.READY
    told = solution_of(plan).pins[0]
    assert not told.held
    assert told.sentence


def test_fixing_the_same_month_again_replaces_what_was_fixed(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    month = Month.first_of(settings().first)
    pinning.pin_cohort(program, actor=staff, month=month, why="First")
    last = pinning.forbid_cohort(program, actor=staff, month=month, why="Second thoughts")
    with acting(staff):
        assert PlanPin.objects.get(archived_at=None) == last
    pinning.let_go(last, actor=staff)
    with acting(staff):
        assert not PlanPin.objects.filter(archived_at=None).exists()
        assert PlanPin.objects.count() == 2


def test_only_staff_who_may_plan_fix_anything_and_say_why(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    month = Month.first_of(settings().first)
    with pytest.raises(ValidationError):
        pinning.forbid_cohort(program, actor=staff, month=month, why=" ")
    with pytest.raises(NotAllowed):
        pinning.forbid_cohort(program, actor=cast.actor("viewer"), month=month, why="x")
    for who in ("provider", "foreign", "employer"):
        with pytest.raises(Http404):
            pinning.forbid_cohort(program, actor=cast.actor(who), month=month, why="x")


@pytest.mark.parametrize("scheduled", [0, 1, None])
def test_what_was_approved_or_scheduled_is_what_planning_again_keeps(
    cast: Cast, staff: Actor, scheduled: int | None
) -> None:
    make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    with acting(staff):
        drafted = build.build(cast.region, settings(confidence=0.6), today()).problem
    assert not drafted.announced
    approving.propose_plan(plan, actor=staff)
    approving.approve_plan(plan, actor=staff)
    with acting(staff):
        keys = list(PlanCohort.objects.filter(plan=plan).values_list("pk", flat=True))
    assert len(keys) > 1
    approving.schedule_cohorts(plan, actor=staff, cohorts=keys[:scheduled], today=today())
    with acting(staff):
        problem = build.build(cast.region, settings(confidence=0.6), today()).problem
    assert sum(told.cohorts for told in problem.announced) == len(keys)
    assert sum(told.learners for told in problem.announced) == sum(
        size for _start, size in _starts(plan)
    )
    with acting(staff):
        # A new version of the plan that has not taken over what is scheduled counts nothing twice.
        PlanCohort.objects.filter(plan=plan).update(scheduled=None)
        same = build.build(cast.region, settings(confidence=0.6), today()).problem
    assert same.announced == problem.announced
    again = {start for start, _size in _starts(make_plan(cast, confidence=0.6))}
    assert again == {start for start, _size in _starts(plan)}
