"""Cohorts that have begun are supply from where they stand, and nobody is counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backcast.core.actor import Actor, acting
from backcast.core.months import Month
from backcast.delivery.models import CohortRecord, CohortStage, ScheduledCohort
from backcast.planning import actions, build
from backcast.planning.timing import running_times
from backcast.training.models import Program
from tests.cast import TESTS, Cast
from tests.planning.world import make_plan, make_world, settings, today


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def make_open(program: Program, *, days: int = 120) -> CohortRecord:
    """40 started; 12 are still learning, 9 look for work, 5 work and may stay."""
    with acting(TESTS, "tests.make"):
        cohort = CohortRecord.objects.create(
            program=program,
            starts_on=today() - timedelta(days=days),
            enrolled=40,
            as_of=today(),
        )
        for order, (stage, entered, passed, still_open) in enumerate(
            (("completed", 40, 24, 12), ("hired", 24, 13, 9), ("retained", 13, 8, 5)), start=1
        ):
            CohortStage.objects.create(
                cohort=cohort,
                order=order,
                stage=stage,
                entered=entered,
                passed=passed,
                failed=entered - passed - still_open,
                still_open=still_open,
            )
    return cohort


def test_people_on_the_way_stand_in_for_the_usual_completers(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    with acting(staff):
        before = build.build(cast.region, settings(), today()).problem
    cohort = make_open(program)
    with acting(staff):
        problem = build.build(cast.region, settings(), today()).problem
    assert [(row.stage, row.people.value) for row in problem.running] == [
        ("completed", 12),
        ("hired", 9),
    ]
    (once,) = problem.running_once()
    assert once.start == Month.of(cohort.starts_on)
    hired = max(running_times(problem, problem.programs[0], row).hired for row in problem.running)
    assert min(row.quarter for row in before.supply) == problem.first
    assert min(row.quarter for row in problem.supply) == problem.first + hired + 1
    plan = make_plan(cast, confidence=0.6)
    with acting(staff):
        uses = actions.solution_of(plan).supply_use
    assert sum(use.hires for use in uses if use.supply.startswith("C")) > 8


def test_who_came_through_early_is_counted_at_the_next_stage_only(cast: Cast, staff: Actor) -> None:
    """Of 16 whose time is not over, 10 have gone on to look for work: 6 are still learning."""
    _need, program = make_world(cast)
    cohort = make_open(program)
    with acting(TESTS, "tests.make"):
        CohortStage.objects.filter(cohort=cohort, stage="completed").update(
            passed=20, failed=4, still_open=16
        )
        CohortStage.objects.filter(cohort=cohort, stage="hired").update(
            entered=30, passed=13, failed=2, still_open=15
        )
    with acting(staff):
        problem = build.build(cast.region, settings(), today()).problem
    assert [(row.stage, row.people.value) for row in problem.running] == [
        ("completed", 6),
        ("hired", 15),
    ]


def test_an_announced_cohort_that_starts_before_the_plan_counts_from_its_first_stage(
    cast: Cast, staff: Actor
) -> None:
    _need, program = make_world(cast)
    with acting(staff):
        chosen = settings()
        plan = make_plan(cast)
        day = chosen.first.first_day - timedelta(days=20)
        with acting(TESTS, "tests.make"):
            scheduled = ScheduledCohort.objects.create(program=program, starts_on=day, places=15)
        assert actions.is_out_of_date(plan)
        (running,) = build.build(cast.region, chosen, today()).problem.running
        assert (running.people.value, running.stage) == (15, "completed")
        with acting(TESTS, "tests.make"):
            scheduled.status, scheduled.why = ScheduledCohort.Status.CALLED_OFF, "No instructor"
            scheduled.save()
        assert build.build(cast.region, chosen, today()).problem.running == ()
