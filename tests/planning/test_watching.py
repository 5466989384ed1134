"""Work on a plan as it goes: how far it is, stopping it, and beginning anew after a killed worker."""

from __future__ import annotations

import pytest
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.planning import actions, schedule, watching
from backcast.planning.extraction import SoFar
from backcast.planning.models import Plan
from backcast.planning.schedule import Progress
from backcast.planning.watching import Watch
from tests.cast import Cast
from tests.planning.world import QUICK, make_plan, make_world, today


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def _working(cast: Cast, staff: Actor) -> Plan:
    plan = make_plan(cast, solve=False)
    with acting(staff, "tests.begin"):
        watching.begin(plan)
        plan.save()
    return plan


def test_the_best_plan_so_far_and_its_bound_are_written_as_they_come(
    cast: Cast, staff: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world(cast)
    plan = _working(cast, staff)
    monkeypatch.setattr(watching, "PAUSE", 0.0)
    watch = Watch(plan, staff)
    watch.tell(Progress("margins", 1, 0.1))
    watch.tell(Progress("cohorts", 1, 0.2, float("inf"), 50.0, 2.0))
    watch.tell(Progress("cohorts", 1, 0.3, 120.0, 50.0, 3.0))
    watch.tell(Progress("cohorts", 1, 0.4, 120.0, 50.0, 4.0))
    watch.tell(Progress("cohorts", 1, 0.5, 110.0, 100.0, 5.0, SoFar(2, 30, 90.4, 1.26)))
    with acting(staff):
        plan.refresh_from_db()
    assert (plan.stage, plan.progress) == ("cohorts", 50)
    assert plan.trace == [[3.0, 120, 50], [5.0, 110, 100, 2, 30, 90, 1.3]]


def test_points_never_grow_without_end() -> None:
    points = [(float(n), 10.0, 1.0) for n in range(watching.MOST_POINTS)]
    kept = watching.thinned(points)
    assert kept[0] == points[0]
    assert len(kept) == len(points) // 2


def test_stopping_is_heard_by_the_solve(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    plan = _working(cast, staff)
    assert not Watch(plan, staff).should_stop()
    actions.stop_plan(plan, actor=staff)
    assert Watch(plan, staff).should_stop()


def test_a_stopped_plan_is_ready_and_says_who_stopped_it(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    plan = make_plan(cast, solve=False)

    def stop(progress: Progress) -> None:
        actions.stop_plan(plan, actor=staff)

    actions.solve_plan(plan.pk, actor=staff, today=today(), options=QUICK, on_progress=stop)
    with acting(staff):
        plan.refresh_from_db()
        assert plan.status == Plan.Status.READY
        assert plan.stop_asked_by_id == staff.person_id
        assert plan.cohorts.exists()


def test_a_plan_that_nobody_works_on_yet_is_called_off(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    plan = actions.stop_plan(make_plan(cast, solve=False), actor=staff)
    assert plan.status == Plan.Status.FAILED
    assert "called off" in plan.trouble
    assert actions.solve_plan(plan.pk, actor=staff, today=today()).status == Plan.Status.FAILED


def test_only_staff_who_may_plan_can_stop(cast: Cast) -> None:
    make_world(cast)
    plan = make_plan(cast, solve=False)
    with pytest.raises(NotAllowed):
        actions.stop_plan(plan, actor=cast.actor("viewer"))
    with pytest.raises(Http404):
        actions.stop_plan(plan, actor=cast.actor("employer"))


def test_after_a_killed_worker_the_work_begins_anew(
    cast: Cast, staff: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world(cast)
    plan = make_plan(cast, solve=False)

    def killed(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(schedule, "solve", killed)
        with pytest.raises(SystemExit):
            actions.solve_plan(plan.pk, actor=staff, today=today(), options=QUICK)
    with acting(staff):
        plan.refresh_from_db()
    assert (plan.status, plan.tries) == (Plan.Status.SOLVING, 1)
    solved = actions.solve_plan(plan.pk, actor=staff, today=today(), options=QUICK)
    assert (solved.status, solved.tries) == (Plan.Status.READY, 2)
