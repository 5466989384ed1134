"""Shared resources, hosts, holidays, lead times, running cohorts, pins and what was announced."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.planning.complaints import ProblemError
from backcast.planning.odds import batches, simulate
from backcast.planning.problem import (
    Announced,
    Area,
    ExternshipPlaces,
    Fund,
    FundRule,
    Holiday,
    HostPlaces,
    Pin,
    Problem,
    Recruits,
    Resource,
    ResourceKind,
    Role,
    RunningCohort,
)
from backcast.planning.programs import ProgramOption, SupportOption, Uses
from backcast.planning.schedule import Options, solve
from backcast.planning.sensitivity import scaled
from backcast.planning.solution import PinOutcome, Solution
from backcast.planning.timing import possible_starts, why_never
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


@given(
    weeks=st.integers(1, 60),
    before=st.integers(0, 30),
    starts=st.sets(st.integers(-2, 14), max_size=4),
    closed=st.sets(st.integers(0, 11), max_size=3),
)
def test_a_month_is_possible_exactly_where_nothing_is_said_against_it(
    weeks: int, before: int, starts: set[int], closed: set[int]
) -> None:
    option = replace(
        program(weeks=weeks, lead=before),
        starts=tuple(JANUARY + month for month in sorted(starts)),
    )
    rest = tuple(Holiday("Closed", JANUARY + month, figure(4.3)) for month in sorted(closed))
    made = problem([option], [need(1, 3)], holidays=rest)
    possible = {times.start for times in possible_starts(made, option)}
    for month in range(-3, made.months + 3):
        assert (not why_never(made, option, JANUARY + month)) == (month in possible)


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
        (Pin("p", JANUARY, "pin"), {}, "8 weeks to get ready: March 2027"),
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


def test_only_so_many_can_be_recruited_for_a_schedule() -> None:
    options = [program("p", weeks=8, schedule="day"), program("q", weeks=8, schedule="evening")]
    made = problem(
        [replace(option, max_size=figure(30)) for option in options],
        [need(1, 40, weight=3)],
        quarters=2,
        recruits=(
            *(Recruits("a", "day", figure(7), month=JANUARY + m) for m in range(6)),
            *(Recruits("a", "", figure(10), quarter=FIRST + t) for t in range(2)),
        ),
    )
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    assert sum(cohort.size for cohort in plan.cohorts) == 20
    assert {"recruits"} == {row.reason for row in plan.shortfalls if row.quarter == made.last}
    free = [replace(option, upskills_from="low") for option in made.programs]
    upskilled = solve(replace(made, programs=tuple(free), roles=(*made.roles, LOW)), QUICK)
    assert sum(cohort.size for cohort in upskilled.cohorts) > 20


LOW = Role("low", "Lower role")


def funded(*funds: Fund, each: float = 1_000) -> Solution:
    made = problem(
        [
            program("p", weeks=8, sizes=(1, 30), at_once=9, each=each),
            program("other", at_once=0),
        ],
        [need(1, 16)],
        areas=AREAS,
        funds=funds,
    )
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    assert sum(use.amount for use in plan.fund_use) == pytest.approx(plan.cost, abs=1)
    return plan


def fund(code: str, amount: float, *rules: FundRule, **more: object) -> Fund:
    return Fund(code, code.title(), figure(amount), rules, **more)  # type: ignore[arg-type]


def test_money_comes_from_funds_that_may_pay() -> None:
    assert funded(fund("a", 100_000)).cost > 20_000
    assert funded(fund("a", 100_000, programs=("other",))).cohorts == ()
    assert {row.reason for row in funded(fund("a", 5_000)).shortfalls} == {"budget"}
    late = funded(fund("a", 100_000, first=JANUARY + 2, last=JANUARY + 2))
    assert {cohort.start for cohort in late.cohorts} == {JANUARY + 2}
    assert funded(fund("a", 100_000, areas=("b",)), fund("b", 3_000, roles=("r",))).cost == 3_000


def test_a_funds_rules_cap_learners_shares_and_programs_from_their_day_on() -> None:
    cap = FundRule("per_learner", figure(400))
    both = funded(fund("cap", 100_000, cap), fund("rest", 6_000))
    assert sum(cohort.size for cohort in both.cohorts) == 10
    half = funded(
        fund("half", 100_000, FundRule("share_of_cost", figure(0.5))), fund("rest", 4_000)
    )
    assert half.cost == pytest.approx(8_000)
    part = funded(fund("part", 20_000, FundRule("share_of_fund", figure(0.25), programs=("p",))))
    assert part.cost == pytest.approx(5_000)
    later = FundRule("per_learner", figure(1_000), since=JANUARY + 3)
    lifted = funded(fund("cap", 100_000, cap, later))
    assert lifted.cohorts
    assert min(cohort.start for cohort in lifted.cohorts) >= JANUARY + 3


def supported(likely: float, price: float, **more: object) -> tuple[Problem, Solution]:
    stages = [stage(500, 1_000, "completed"), stage(900, 1_000, "hired")]
    care = SupportOption(
        *("care", "Child care", figure(price), "completed", likely - 0.05, likely, likely + 0.05),
        *("assumed", "A study"),
        **more,  # type: ignore[arg-type]
    )
    made = problem(
        [
            program("p", weeks=8, sizes=(1, 20), at_once=2, each=1_000, stages=stages),
            program("other", at_once=0, stages=stages),
        ],
        [need(t, 6) for t in range(1, 4)],
        supports=(care,),
    )
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    return made, plan


def test_support_is_bought_where_it_brings_people_through_for_less() -> None:
    _, cheap = supported(0.6, 200)
    assert {cohort.support for cohort in cheap.cohorts} == {"care"}
    _, dear = supported(0.1, 5_000)
    assert {cohort.support for cohort in dear.cohorts} == {""}
    _, barred = supported(0.6, 200, programs=("other",))
    assert {cohort.support for cohort in barred.cohorts} == {""}
    _, few = supported(0.6, 200, capacity=figure(5))
    assert max(cohort.size for cohort in few.cohorts if cohort.support) <= 5


def test_the_simulation_sends_more_people_through_with_support() -> None:
    made, plan = supported(0.6, 200)
    with_it = plan.role_odds("r").supply
    assert with_it == pytest.approx(sum(cohort.hires for cohort in plan.cohorts), rel=0.03)
    bare = tuple(replace(cohort, support="") for cohort in plan.cohorts)
    drawn = simulate(made, batches(made, bare), 2_000, 1)
    assert with_it / float(drawn.supply[0, -1].mean()) == pytest.approx(0.8 / 0.5, rel=0.05)
    half = scaled(
        replace(made, supports=(replace(made.supports[0], assumption="care"),)), "care", 0.5
    )
    assert half.supports[0].likely == pytest.approx(0.3)


def test_people_who_are_trained_on_leave_an_opening_one_rung_down() -> None:
    up = program("up", weeks=8, roles=(("high", 1.0),), sizes=(1, 20), upskills_from="low")
    fill = program("fill", weeks=8, roles=(("low", 1.0),), sizes=(1, 20))
    needs = [need(2, 8, role="high", weight=3)]
    alone = problem([up], needs)
    plan = solve(alone, QUICK)
    assert broken_limits(alone, plan) == []
    hires = sum(cohort.hires for cohort in plan.cohorts)
    missing = [row for row in plan.shortfalls if row.role == "low" and row.quarter == alone.last]
    assert missing[0].missing == pytest.approx(hires, abs=0.1)
    assert plan.role_odds("low").need == pytest.approx(hires, rel=0.1)
    both = problem([up, fill], needs)
    plan = solve(both, QUICK)
    assert broken_limits(both, plan) == []
    filled = sum(cohort.hires for cohort in plan.cohorts if cohort.program == "fill")
    assert filled >= sum(cohort.hires for cohort in plan.cohorts if cohort.program == "up") - 1
    assert not [row for row in plan.shortfalls if row.kind == "need"]


def test_a_running_cohort_of_people_who_are_trained_on_leaves_openings_too() -> None:
    up = program("up", weeks=8, roles=(("high", 1.0),), upskills_from="low", at_once=0)
    on = RunningCohort("on", "up", JANUARY + -1, figure(10), "hired")
    made = problem([up], [need(1, 2, role="high")], running=(on,))
    plan = solve(made, QUICK)
    missing = [row.missing for row in plan.shortfalls if row.role == "low"]
    assert missing == pytest.approx([10 * 81 / 102] * 4, abs=0.01)


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
