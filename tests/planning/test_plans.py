"""Plans as stored: asked for, worked out, out of date, and what an employer hears of them."""

from __future__ import annotations

import pytest
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.demand import actions as demand
from backcast.planning import access, actions, build
from backcast.planning.models import CohortServes, Plan, PlanCohort, PlanNeed
from tests.cast import Cast
from tests.demand.make import make_need, openings
from tests.planning.world import QUICK, make_history, make_plan, make_world, settings, today


@pytest.fixture
def staff(cast: Cast) -> Actor:
    return cast.actor("administrator")


def test_a_plan_starts_cohorts_that_meet_the_need(cast: Cast, staff: Actor) -> None:
    need, program = make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    with acting(staff):
        assert plan.status == Plan.Status.READY, plan.trouble
        cohorts = list(PlanCohort.objects.filter(plan=plan))
        assert cohorts
        assert {cohort.program_id for cohort in cohorts} == {program.pk}
        served = CohortServes.objects.filter(cohort__plan=plan)
        assert {row.occupation_id for row in served} == {need.occupation_id}
        state = PlanNeed.objects.get(plan=plan, need=need)
        assert state.state == "on_track"
        # Alone in its labor area, the employer would know what all others need there: nothing.
        assert state.odds is None


def test_every_figure_of_the_problem_says_what_it_rests_on(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    with acting(staff):
        problem = build.build(cast.region, settings(), today()).problem
    option = problem.programs[0]
    assert option.weeks.basis == "stated"
    assert [(s.successes, s.trials, s.basis) for s in option.stages] == [
        (34, 40, "observed"),
        (25, 34, "observed"),
        (20, 25, "observed"),
    ]
    assert {row.completers.basis for row in problem.supply} == {"observed"}
    assert sum(row.completers.value for row in problem.supply) == pytest.approx(
        34 / 3 / 4 * 8, abs=0.001
    )


def test_a_program_without_a_cost_is_left_out_and_named(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    with acting(staff):
        type(program).objects.filter(pk=program.pk).update(total_cost=None)
        built = build.build(cast.region, settings(), today())
    assert not built.problem.programs
    assert [(one.program, one.missing) for one in built.left_out] == [(program.pk, ("total_cost",))]


def test_pressing_twice_asks_once(cast: Cast) -> None:
    make_world(cast)
    assert make_plan(cast, solve=False) == make_plan(cast, solve=False)


def test_a_plan_is_worked_out_once_however_often_its_job_runs(cast: Cast, staff: Actor) -> None:
    make_world(cast)
    plan = make_plan(cast)
    again = actions.solve_plan(plan.pk, actor=staff, today=today(), options=QUICK)
    assert again.finished_at == plan.finished_at


def test_a_plan_goes_out_of_date_when_a_need_changes(cast: Cast, staff: Actor) -> None:
    need, _program = make_world(cast)
    plan = make_plan(cast)
    with acting(staff):
        assert not actions.is_out_of_date(plan)
        demand.change_need(need, actor=staff, openings=(openings(9, after=5),))
        assert actions.is_out_of_date(plan)


def test_a_plan_goes_out_of_date_when_history_arrives(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    plan = make_plan(cast)
    from datetime import timedelta

    from backcast.delivery.models import CohortRecord

    with acting(staff):
        CohortRecord.objects.create(
            program=program, starts_on=today() - timedelta(days=40), enrolled=9, as_of=today()
        )
        assert actions.is_out_of_date(plan)


def test_an_open_cohort_is_no_failure(cast: Cast, staff: Actor) -> None:
    from datetime import timedelta

    from backcast.delivery.models import CohortRecord, CohortStage

    _need, program = make_world(cast)
    with acting(staff):
        cohort = CohortRecord.objects.create(
            program=program, starts_on=today() - timedelta(days=40), enrolled=20, as_of=today()
        )
        CohortStage.objects.create(
            cohort=cohort, order=1, stage="completed", entered=20, passed=0, failed=1, still_open=19
        )
        problem = build.build(cast.region, settings(), today()).problem
    completed = problem.programs[0].stages[0]
    assert (completed.successes, completed.trials) == (34, 40)


def test_a_region_with_nothing_to_plan_for_says_so(cast: Cast) -> None:
    plan = make_plan(cast)
    assert plan.status == Plan.Status.FAILED
    assert "no needs" in plan.trouble


def test_employers_hear_of_their_own_needs_only(cast: Cast) -> None:
    need, _program = make_world(cast)
    plan = make_plan(cast, confidence=0.6)
    with acting(cast.actor("employer")) as employer:
        heard = access.need_state(employer, need)
        assert heard is not None
        assert heard.state == "on_track"
        assert not Plan.objects.filter(pk=plan.pk).exists()
        assert not PlanCohort.objects.exists()
        with pytest.raises(Http404):
            access.plan(employer, plan.public_id)
    with acting(cast.actor("other_employer")):
        assert not PlanNeed.objects.exists()
    with acting(cast.actor("foreign")):
        assert not Plan.objects.exists()


def test_what_is_said_of_a_need_is_stale_once_the_need_changes(cast: Cast, staff: Actor) -> None:
    need, _program = make_world(cast)
    make_plan(cast)
    with acting(staff):
        heard = access.need_state(staff, need)
        assert heard is not None
        assert not heard.stale
        demand.change_need(need, actor=staff, note="One more thing")
        need.refresh_from_db()
        heard = access.need_state(staff, need)
        assert heard is not None
        assert heard.stale


def test_viewers_may_read_plans_but_not_ask_for_one(cast: Cast) -> None:
    make_world(cast)
    viewer = cast.actor("viewer")
    with pytest.raises(NotAllowed):
        actions.request_plan(actor=viewer, chosen=settings())
    with pytest.raises(Http404):
        actions.request_plan(actor=cast.actor("employer"), chosen=settings())


def test_a_need_no_program_leads_to_is_short_and_says_why(cast: Cast, staff: Actor) -> None:
    from tests.demand.make import make_occupation
    from tests.planning.world import named

    make_world(cast)
    lonely = make_need(
        cast,
        occupation=named(make_occupation("Surgical Technologists", "29-2055.00")),
        openings=(openings(5, after=4),),
        offers=(),
    )
    plan = make_plan(cast)
    with acting(staff):
        assert PlanNeed.objects.get(plan=plan, need=lonely).state == "short"
        solution = actions.solution_of(plan)
    assert "no_program" in {row.reason for row in solution.shortfalls if row.role == "29-2055"}


def test_the_next_plan_knows_the_one_before(cast: Cast) -> None:
    make_world(cast)
    first = make_plan(cast)
    second = make_plan(cast)
    assert second.previous == first
    assert second.number == first.number + 1


def test_assumptions_are_tested_at_half_and_at_twice(cast: Cast, staff: Actor) -> None:
    _need, program = make_world(cast)
    with acting(staff):
        row = program.bases.get(field="max_size")
        row.basis, row.source, row.assumption = "assumed", "Assumed: one room", "max_size"
        row.save()
    plan = make_plan(cast)
    actions.request_assumption_test(plan, actor=staff)
    actions.run_assumption_test(plan.pk, actor=staff, options=QUICK)
    with acting(staff):
        plan.refresh_from_db()
    assert plan.sensitivity is not None
    assert plan.sensitivity["state"] == "ready"
    moves = {(m["assumption"], m["factor"]) for m in plan.sensitivity["moves"]}
    assert moves == {("max_size", 0.5), ("max_size", 2.0)}


def test_history_of_another_region_is_not_read(cast: Cast, staff: Actor) -> None:
    from tests.training.factories import make_program

    foreign = make_program(
        _provider_elsewhere(cast), "Elsewhere", stages=("completed",), area=cast.foreign_area
    )
    make_history(foreign)
    make_world(cast)
    with acting(staff):
        problem = build.build(cast.region, settings(), today()).problem
    assert [option.title for option in problem.programs] == ["Demo Medical Assistant"]


def _provider_elsewhere(cast: Cast):  # type: ignore[no-untyped-def]
    from tests.cast import make_organisation

    return make_organisation(cast.other_region, "provider", "College elsewhere")


def test_a_provider_reads_what_the_newest_plan_asks_of_it_and_nothing_else(cast: Cast) -> None:
    _need, program = make_world(cast)
    first = make_plan(cast, confidence=0.6)
    newest = make_plan(cast, confidence=0.6)
    with acting(cast.actor("provider")) as provider:
        told = access.asked(provider)
        assert told is not None
        assert told.number == newest.number
        assert told.cohorts
        assert {row.program_id for row in told.cohorts} == {program.pk}
        assert not PlanCohort.objects.filter(plan=first.pk).exists()
        assert not CohortServes.objects.exists()
        assert not Plan.objects.exists()
        assert not PlanCohort.objects.update(size=1)
    with acting(cast.actor("other_provider")) as other:
        told = access.asked(other)
        assert told is not None
        assert not told.cohorts
        assert not PlanCohort.objects.exists()
    for who in ("employer", "support", "funder", "foreign"):
        with acting(cast.actor(who)) as outsider:
            told = access.asked(outsider)
            assert told is None or not told.cohorts, who
            assert not PlanCohort.objects.exists(), who
