"""Shared resources, hosts, holidays, lead times, running cohorts, pins and what was announced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backcast.planning.problem import (
    Announced,
    Area,
    ExternshipPlaces,
    Holiday,
    HostPlaces,
    Pin,
    PinOutcome,
    Problem,
    ProblemError,
    ProgramOption,
    Resource,
    ResourceKind,
    RunningCohort,
    Solution,
    Uses,
)
from backcast.planning.schedule import Options, solve
from backcast.planning.timing import possible_starts
from tests.planning.small import FIRST, JANUARY, figure, need, problem, program, stage
from tests.planning.verifier import broken_limits

AREAS = (Area("a", "A"), Area("b", "B"))
QUICK = Options(seconds=10, futures=300, rounds=2)


def reasons(plan: Solution) -> set[str]:
    return {row.reason for row in plan.shortfalls if row.kind == "need"}


def shared(code: str, amount: float, kind: ResourceKind = "instructor") -> Resource:
    return Resource(code, code.title(), kind, "a", figure(amount))


def using(code: str, **more: object) -> ProgramOption:
    return program(weeks=8, sizes=(1, 5), at_once=9, uses=(Uses(code, figure(1)),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "reason"), [("instructor", "instructors"), ("lab", "labs"), ("room", "rooms")]
)
def test_a_shared_resource_limits_cohorts_and_is_named(kind: ResourceKind, reason: str) -> None:
    made = problem([using("it")], [need(0, 20)], quarters=1, resources=(shared("it", 1, kind),))
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    assert len(plan.cohorts) == 1
    assert reasons(plan) == {reason}
    assert reasons(solve(replace(made, resources=(shared("it", 9, kind),)), QUICK)) == set()


def hosted(each: float, long: float = 8, **more: object) -> Problem:
    option = program(
        weeks=8,
        sizes=(1, 30),
        externship_places_per_learner=figure(1),
        externship_weeks=figure(long),
    )
    hosts = tuple(HostPlaces("h", "Host", "a", "r", JANUARY + m, figure(each)) for m in range(3))
    return problem([option], [need(0, 20)], quarters=1, hosts=hosts, **more)


def test_a_learner_keeps_a_place_at_one_host_for_the_whole_externship() -> None:
    plan = solve(hosted(6), QUICK)
    assert broken_limits(hosted(6), plan) == []
    assert {use.month for use in plan.host_use} == {
        plan.cohorts[0].start,
        plan.cohorts[0].start + 1,
    }
    assert all(use.learners <= use.places == 6 for use in plan.host_use)
    assert reasons(plan) == {"hosts"}
    assert reasons(solve(hosted(30), QUICK)) == set()


def test_places_at_hosts_and_in_the_area_add_up() -> None:
    made = hosted(6, places=(ExternshipPlaces("a", "r", FIRST, figure(5)),))
    plan = solve(made, QUICK)
    assert sum(cohort.size for cohort in plan.cohorts) == 11


def test_holidays_make_a_cohort_longer_and_keep_it_from_starting() -> None:
    option = program(weeks=13)
    rest = (Holiday("Break", JANUARY + 2, figure(1)), Holiday("Closed", JANUARY + 4, figure(4.3)))
    made = problem([option], [need(1, 3)], holidays=rest)
    times = {t.start: t for t in possible_starts(made, option)}
    assert 4 not in times
    assert [times[m].ends for m in (0, 1, 5)] == [3, 5, 7]
    assert times[0].hired == 1
    elsewhere = problem([option], [need(1, 3)], holidays=(replace(rest[0], area="b"),), areas=AREAS)
    assert possible_starts(elsewhere, option)[0].ends == 2


def test_named_lead_times_add_up_before_the_start_and_after_the_end() -> None:
    option = program(
        weeks=13,
        lead=2,
        recruit_weeks=figure(4),
        screen_weeks=figure(3),
        clearance_weeks=figure(4),
        exam_weeks=figure(6),
        hire=7,
    )
    (first, *_) = possible_starts(problem([option], [need(2, 3)]), option)
    assert (first.start, first.ends, first.hired) == (3, 5, 3)


def test_people_on_the_way_are_supply_from_the_stage_where_they_stand() -> None:
    sure = [stage(1e6, 1e6, "completed"), stage(1e6, 2e6, "hired")]
    option = program(weeks=26, stages=sure, sizes=(1, 40))
    on = RunningCohort("on", "p", JANUARY + -3, figure(40), "hired")
    made = problem([option], [need(t, 5) for t in range(1, 4)], running=(on,))
    plan = solve(made, QUICK)
    assert plan.cohorts == ()
    (use,) = plan.supply_use
    assert use.hires == pytest.approx(20, abs=0.01)
    assert plan.role_odds("r").supply == pytest.approx(20, abs=1.5)
    early = replace(made, running=(replace(on, stage="completed", start=JANUARY + -20),))
    assert solve(early, QUICK).supply_use[0].hires == pytest.approx(20, abs=0.01)


def test_a_running_cohort_occupies_its_program_until_it_ends() -> None:
    on = RunningCohort("on", "p", JANUARY + -1, figure(1), "hired")
    made = problem([program(weeks=13)], [need(1, 9)], quarters=2, running=(on,))
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    assert min(cohort.start for cohort in plan.cohorts) == JANUARY + 2


def pinned(*pins: Pin, **more: object) -> tuple[Solution, tuple[PinOutcome, ...]]:
    options = [program(weeks=8, sizes=(2, 10), lead=8), program("dear", weeks=8, each=9_000)]
    made = problem(options, [need(t, 4) for t in range(4)], pins=pins, **more)
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    return plan, plan.pins


def test_a_pinned_cohort_starts_with_its_size_whatever_it_costs() -> None:
    plan, (outcome,) = pinned(Pin("dear", JANUARY + 5, "pin", size=7, by="Ana", why="Promised"))
    assert outcome.held
    assert [(c.start, c.size) for c in plan.cohorts if c.program == "dear"] == [(JANUARY + 5, 7)]


def test_a_forbidden_month_stays_empty() -> None:
    free, _ = pinned()
    months = {cohort.start for cohort in free.cohorts}
    plan, outcomes = pinned(*(Pin("p", month, "forbid") for month in months))
    assert not months & {cohort.start for cohort in plan.cohorts if cohort.program == "p"}
    assert all(outcome.held for outcome in outcomes)


@pytest.mark.parametrize(
    ("pin", "more", "says"),
    [
        (Pin("gone", JANUARY + 3, "pin"), {}, "not part of the plan"),
        (Pin("p", JANUARY + 30, "pin"), {}, "outside the plan"),
        (Pin("p", JANUARY, "pin"), {}, "8 weeks to get ready: 2027-03"),
        (Pin("p", JANUARY + 11, "pin"), {}, "after the plan ends"),
        (Pin("p", JANUARY + 5, "pin", size=40), {}, "its cohorts have 2 to 10"),
        (Pin("p", JANUARY + 5, "pin", cohorts=3), {}, "1 of 3 can start. The program would run"),
        (Pin("p", JANUARY + 5, "pin", size=9), {"budget": figure(500)}, "The money does not reach"),
        (
            Pin("p", JANUARY + 5, "pin"),
            {"holidays": (Holiday("Closed", JANUARY + 5, figure(4.3)),)},
            "a month of holidays",
        ),
    ],
)
def test_a_pin_that_cannot_hold_is_explained(pin: Pin, more: dict[str, object], says: str) -> None:
    _plan, (outcome,) = pinned(pin, **more)
    assert not outcome.held
    assert says in outcome.sentence


def test_a_plan_as_good_keeps_what_was_announced() -> None:
    options = [program("p", weeks=8), program("q", weeks=8)]
    needs = [need(2, 5)]
    for told in (Announced("p", JANUARY + 4, 1, 9), Announced("q", JANUARY + 6, 1, 9)):
        plan = solve(problem(options, needs, announced=(told,)), QUICK)
        (cohort,) = plan.cohorts
        assert (cohort.program, cohort.start) == (told.program, told.start)


def test_risk_is_spread_over_providers_where_that_costs_next_to_nothing() -> None:
    two = [
        program("p", weeks=8, sizes=(1, 20)),
        replace(program("q", weeks=8, sizes=(1, 20), each=100.2), provider="Another"),
    ]
    plan = solve(problem(two, [need(2, 12)]), replace(QUICK, gap=0.0))
    assert {cohort.program for cohort in plan.cohorts} == {"p", "q"}


def test_what_is_wrong_with_limits_is_said_with_a_remedy() -> None:
    option = program(uses=(Uses("none", figure(1)),), externship_weeks=figure(30))
    made = problem(
        [option],
        [need(0, 3)],
        resources=(shared("lab", -1, "lab"), shared("lab", 1, "lab")),
        hosts=(HostPlaces("h", "Host", "moon", "x", JANUARY, figure(-2)),),
        holidays=(Holiday("Break", JANUARY, figure(9), "moon"),),
        running=(
            RunningCohort("on", "p", JANUARY + 1, figure(3), "sleeping"),
            RunningCohort("off", "gone", JANUARY + -1, figure(3), "hired"),
        ),
        pins=(Pin("p", JANUARY, "pin", cohorts=0), Pin("p", JANUARY, "pin", size=0)),
        announced=(Announced("p", JANUARY, -1, 0),),
    )
    with pytest.raises(ProblemError) as caught:
        solve(made, QUICK)
    told = str(caught.value)
    for part in (
        "“none” is not a known resource",
        "longer than the program",
        "Resource lab, id: It is there twice",
        "-1 cannot be right",
        "“moon” is not a known area",
        "“x” is not a known role",
        "weeks of one month",
        "none of its program's stages",
        "not before the plan's first month",
        "“gone” is not a known program",
        "Pin p 2027-01, program, month: It is there twice",
        "Pin 1 or more, or forbid",
        "0 learners",
        "-1 cohorts",
    ):
        assert part in told, part
    assert all(complaint.remedy for complaint in caught.value.complaints)
