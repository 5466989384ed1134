"""The plan: the best there is on small regions, and within every limit on random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.demonstration.problem import problem_of
from backcast.demonstration.simulator import simulate
from backcast.planning.complaints import ProblemError
from backcast.planning.documents import (
    digest,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from backcast.planning.formulation import formulate
from backcast.planning.greedy import backward_greedy
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
    QuarterBudget,
    Recruits,
    Resource,
    ResourceMonth,
    RunningCohort,
    Supply,
)
from backcast.planning.programs import SupportOption, Uses
from backcast.planning.schedule import Options, Progress, solve
from backcast.planning.search import best_plan, price_of_open_need
from tests.planning.small import FIRST, JANUARY, brute_force, figure, need, problem, program, stage
from tests.planning.verifier import broken_limits

QUICK = Options(seconds=10, futures=300, rounds=2)

few = settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@st.composite
def tiny_problems(draw: st.DrawFn) -> Problem:
    """One role, one area, up to two programs: small enough to try every plan."""
    programs = []
    teachers = draw(st.booleans())
    for code in ("p", "q")[: draw(st.integers(1, 2))]:
        least = draw(st.integers(1, 3))
        programs.append(
            program(
                code,
                stages=[stage(draw(st.integers(2, 9)), 10)],
                weeks=draw(st.sampled_from([6, 13, 20])),
                lead=draw(st.sampled_from([0, 5, 13])),
                hire=draw(st.sampled_from([0, 4])),
                sizes=(least, least + draw(st.integers(0, 2))),
                at_once=1,
                uses=(
                    Uses(
                        "teacher",
                        figure(draw(st.sampled_from([1, 1.5]))),
                    ),
                )
                if teachers
                else (),
                each=draw(st.integers(50, 400)),
                cohort=draw(st.sampled_from([0, 300])),
                starts=tuple(
                    JANUARY + m for m in draw(st.sets(st.integers(0, 8), min_size=2, max_size=3))
                ),
            )
        )
    needs = [need(t, draw(st.integers(0, 4))) for t in range(3)]
    if not any(cell.likely for cell in needs):
        needs.append(replace(need(1, 3), id="more"))
    made = problem(programs, needs, quarters=3)
    if draw(st.booleans()):
        made = replace(made, budget=figure(draw(st.integers(0, 2_000))))
    if draw(st.booleans()):
        limit = QuarterBudget(FIRST, figure(draw(st.integers(0, 900))))
        made = replace(made, quarter_budgets=(limit,))
    if teachers:
        few_of_them = figure(draw(st.integers(0, 2)))
        shared = Resource("teacher", "Teacher", "instructor", "a", few_of_them)
        made = replace(made, resources=(shared,))
    if draw(st.booleans()):
        people = figure(draw(st.integers(0, 9)))
        made = replace(made, recruits=(Recruits("a", "", people, quarter=FIRST),))
    if draw(st.booleans()):
        care = SupportOption(
            *("care", "Care", figure(draw(st.integers(0, 200))), "hired", 0.1, 0.4, 0.6),
            *("assumed", "test"),
            programs=("p",),
        )
        made = replace(made, supports=(care,))
    if draw(st.booleans()):
        pin = Pin("p", JANUARY + draw(st.integers(0, 8)), "forbid")
        made = replace(made, pins=(pin,))
    return made


@few
@given(tiny_problems(), st.sampled_from([0.0, 0.25]), st.sampled_from([None, 40.0]))
def test_the_plan_is_the_best_of_all_plans(
    made: Problem, margin: float, price: float | None
) -> None:
    worth = price_of_open_need(made) if price is None else price
    found = best_plan(formulate(made, {"r": margin}), seconds=30, gap=0.0, price=worth)
    best = brute_force(made, worth, margin)
    assert best.tried > 0
    assert found.worth == pytest.approx(best.worth, rel=1e-6, abs=1e-3)
    assert found.bound <= found.worth + 1e-6


@st.composite
def regions(draw: st.DrawFn) -> Problem:
    """Several roles and areas, every kind of limit."""
    area_codes = ["a", "b", "c"][: draw(st.integers(1, 3))]
    areas = [
        Area(code, code.upper(), tuple(draw(st.sets(st.sampled_from(area_codes), max_size=2))))
        for code in area_codes
    ]
    shares = st.sampled_from(
        [(("r", 1.0),), (("s", 1.0),), (("r", 0.6), ("s", 0.4)), (("r", 0.8), ("s", 0.7))]
    )
    quarters = draw(st.integers(2, 6))
    programs = []
    for n in range(draw(st.integers(1, 4))):
        least = draw(st.integers(1, 8))
        after = draw(st.booleans())
        stages = [stage(draw(st.integers(5, 20)), 20, "completed")]
        stages.append(stage(draw(st.integers(5, 20)), 20, "hired"))
        programs.append(
            program(
                f"p{n}",
                area=draw(st.sampled_from(area_codes)),
                roles=draw(shares),
                stages=stages,
                weeks=draw(st.integers(1, 40)),
                lead=draw(st.integers(0, 20)),
                hire=draw(st.integers(0, 10)),
                sizes=(least, least + draw(st.integers(0, 12))),
                at_once=draw(st.integers(0, 3)),
                each=draw(st.integers(0, 3_000)),
                cohort=draw(st.sampled_from([0, 2_000])),
                starts=tuple(
                    JANUARY + m for m in draw(st.sets(st.integers(0, 3 * quarters - 1), max_size=4))
                ),
                serves_areas=tuple(draw(st.sets(st.sampled_from(area_codes), max_size=1))),
                externship_places_per_learner=figure(draw(st.sampled_from([0, 0.5, 1]))),
                externship_stage="hired" if after else "",
                externship_weeks=figure(1),
                schedule=draw(st.sampled_from(["day", "evening"])),
                upskills_from=draw(st.sampled_from(["", "", "t"])),
                uses=tuple(
                    Uses(code, figure(draw(st.sampled_from([0.5, 1, 2]))))
                    for code in draw(st.sets(st.sampled_from(["teacher", "lab"])))
                ),
            )
        )
    needs = [
        need(t, draw(st.floats(0, 25)), role=role, area=area, spread=0.3)
        for role in ("r", "s")
        for area in area_codes
        for t in range(quarters)
        if draw(st.booleans())
    ] or [need(0, 5.0)]
    supply = tuple(
        Supply(
            f"s{n}", "r", draw(st.sampled_from(area_codes)), FIRST + n, figure(3.5), (stage(6, 9),)
        )
        for n in range(draw(st.integers(0, 2)))
    )
    places = ()
    if draw(st.booleans()):
        places = tuple(
            ExternshipPlaces(area, "r", FIRST + t, figure(draw(st.integers(0, 12))))
            for area in area_codes
            for t in range(quarters)
        )
    resources = (
        Resource("teacher", "Teacher", "instructor", "a", figure(draw(st.integers(0, 4)))),
        Resource(
            *("lab", "Lab", "lab", "a", figure(draw(st.integers(1, 3)))),
            (ResourceMonth(JANUARY + draw(st.integers(0, 5)), figure(0)),),
        ),
    )
    hosts = tuple(
        HostPlaces(f"h-{area}", "Host", area, "s", JANUARY + m, figure(draw(st.integers(0, 9))))
        for area in draw(st.sets(st.sampled_from(area_codes)))
        for m in range(3 * quarters)
    )
    holidays = tuple(
        Holiday("Break", JANUARY + m, figure(draw(st.sampled_from([1, 2, 4.2]))), area)
        for m in draw(st.sets(st.integers(0, 3 * quarters - 1), max_size=2))
        for area in draw(st.sampled_from([("",), ("a",)]))
    )
    running = tuple(
        RunningCohort(
            *(f"on{n}", draw(st.sampled_from(programs)).id, JANUARY + draw(st.integers(-6, -1))),
            *(figure(draw(st.integers(1, 9))), draw(st.sampled_from(["completed", "hired"]))),
        )
        for n in range(draw(st.integers(0, 2)))
    )
    months = st.integers(-1, 3 * quarters)
    pins = tuple(
        Pin(
            *(draw(st.sampled_from(["p0", "p1", "gone"])), JANUARY + m),
            draw(st.sampled_from(["pin", "forbid"])),
            *(draw(st.integers(1, 2)), draw(st.sampled_from([None, 6]))),
        )
        for m in draw(st.sets(months, max_size=2))
    )
    announced = tuple(Announced("p0", JANUARY + m, 1, 7) for m in draw(st.sets(months, max_size=2)))
    recruits = (
        Recruits("a", draw(st.sampled_from(["", "day"])), figure(9), quarter=FIRST),
        Recruits("a", "evening", figure(draw(st.integers(0, 9))), month=JANUARY + 4),
    )
    funds: tuple[Fund, ...] = ()
    if draw(st.booleans()):
        rules = (
            FundRule("per_learner", figure(draw(st.integers(0, 2_000)))),
            FundRule("per_learner", figure(900), since=JANUARY + 3),
            FundRule("share_of_fund", figure(0.5), programs=("p0", "p1")),
        )
        funds = (
            Fund("strict", "Strict", figure(draw(st.integers(0, 30_000))), rules, roles=("r",)),
            Fund(
                *("half", "Half", figure(40_000), (FundRule("share_of_cost", figure(0.7)),)),
                first=JANUARY + draw(st.integers(0, 4)),
            ),
        )
    supports = (
        SupportOption(
            *("care", "Care", figure(draw(st.integers(0, 300))), "completed", 0.2, 0.5, 0.6),
            *("assumed", "test", figure(draw(st.integers(0, 20))), ("p0",)),
        ),
    )
    budget = figure(draw(st.integers(0, 60_000))) if draw(st.booleans()) else None
    limits = (
        (QuarterBudget(FIRST + 1, figure(draw(st.integers(0, 9_000)))),)
        if draw(st.booleans())
        else ()
    )
    return problem(
        programs,
        needs,
        quarters=quarters,
        areas=areas,
        supply=supply,
        places=places,
        budget=budget,
        quarter_budgets=limits,
        resources=resources,
        hosts=hosts,
        holidays=holidays,
        running=running,
        pins=pins,
        announced=announced,
        recruits=recruits,
        funds=funds,
        supports=supports if draw(st.booleans()) else (),
    )


@settings(few, max_examples=40)
@given(regions())
def test_every_plan_keeps_every_limit(made: Problem) -> None:
    plan = solve(made, QUICK)
    assert broken_limits(made, plan) == []
    assert plan.gap >= 0
    assert plan.cost_bound <= plan.cost + 1e-6
    assert solution_from_json(solution_to_json(plan)) == plan
    assert problem_from_json(problem_to_json(made)) == made


@settings(few, max_examples=20)
@given(regions())
def test_the_greedy_keeps_every_limit_and_is_never_better(made: Problem) -> None:
    forbidden = tuple(pin for pin in made.pins if pin.kind == "forbid")
    made = replace(made, pins=forbidden, announced=())
    price = price_of_open_need(made)
    found = best_plan(formulate(made, {}), seconds=10, gap=0.0, price=price)
    greedy = backward_greedy(made)
    assert found.bound <= greedy.cost + price * greedy.unmet + 1e-3
    assert found.worth <= greedy.cost + price * greedy.unmet + 1e-3


def test_the_plan_promises_what_was_asked_for() -> None:
    made = problem(
        [program(stages=[stage(34, 40), stage(30, 34)], sizes=(6, 30), at_once=3, weeks=8)],
        [need(t, 12, spread=0.4) for t in range(4)],
    )
    plan = solve(made, Options(seconds=10, futures=8_000))
    assert plan.role_odds("r").odds >= 0.8 - 2 * plan.role_odds("r").error
    assert plan.role_odds("r").odds < 0.93
    assert plan.margins[0].margin > 0.05
    assert [row for row in plan.shortfalls if row.quarter == made.last] == []


def test_a_higher_confidence_costs_more_and_gives_higher_odds() -> None:
    made = problem(
        [program(stages=[stage(34, 40)], sizes=(1, 30), at_once=3, weeks=8)],
        [need(t, 15, spread=0.4) for t in range(4)],
    )
    low, high = (solve(replace(made, confidence=c), QUICK) for c in (0.6, 0.95))
    assert high.cost > low.cost
    assert high.role_odds("r").odds > low.role_odds("r").odds + 0.1


def test_todays_supply_is_counted_before_anything_is_started() -> None:
    supply = tuple(
        Supply(f"s{t}", "r", "a", FIRST + t, figure(20), (stage(1e6, 1e6),)) for t in range(4)
    )
    made = problem([program(weeks=8)], [need(t, 9) for t in range(4)], supply=supply)
    plan = solve(made, QUICK)
    assert plan.cohorts == ()
    assert plan.role_odds("r").odds == 1.0


def test_supply_next_door_is_counted_once() -> None:
    areas = [Area("a", "A", ("b",)), Area("b", "B", ("a",))]
    supply = (Supply("s", "r", "b", FIRST, figure(10), (stage(1e6, 1e6),)),)
    made = problem(
        [program(area="a", weeks=8, sizes=(1, 30))],
        [need(0, 6, area="a"), need(0, 6, area="b")],
        areas=areas,
        quarters=1,
        supply=supply,
    )
    plan = solve(made, QUICK)
    counted = sum(part.hires for use in plan.supply_use for part in use.serves)
    assert counted == pytest.approx(10, abs=1e-3)
    assert sum(cohort.hires for cohort in plan.cohorts) >= 2 - 1e-6


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"programs": ()}, "no_program"),
        ({"programs": (program(weeks=30, sizes=(1, 50)),)}, "lead_time"),
        ({"programs": (program(weeks=8, sizes=(1, 3)),)}, "capacity"),
        ({"budget": figure(500)}, "budget"),
        (
            {
                "programs": (
                    program(weeks=8, sizes=(1, 50), externship_places_per_learner=figure(1)),
                ),
                "places": (ExternshipPlaces("a", "r", FIRST, figure(4)),),
            },
            "externship",
        ),
        ({"programs": (program(weeks=8, sizes=(1, 50), each=200_000),)}, None),
    ],
)
def test_a_shortfall_names_what_is_in_the_way(
    change: dict[str, object], reason: str | None
) -> None:
    made = problem([program(weeks=8, sizes=(1, 50))], [need(0, 20)], quarters=1)
    made = replace(made, **change)  # type: ignore[arg-type]
    plan = solve(made, QUICK)
    reasons = {row.reason for row in plan.shortfalls if row.kind == "need"}
    assert reasons == ({reason} if reason else set())
    if reason:
        assert "Expected to be missing" in plan.shortfalls[0].sentence


def test_programs_that_may_not_run_are_a_matter_of_capacity() -> None:
    made = problem([program(weeks=8, at_once=0)], [need(0, 20)], quarters=1)
    assert {row.reason for row in solve(made, QUICK).shortfalls} == {"capacity"}


def test_enough_without_a_reserve_is_told_as_odds_that_fall_short() -> None:
    made = problem(
        [program(weeks=8, sizes=(1, 27), stages=[stage(80, 100)])], [need(0, 20)], quarters=1
    )
    plan = solve(made, QUICK)
    (short,) = plan.shortfalls
    assert (short.kind, short.reason) == ("confidence", "capacity")
    assert "for the odds asked for" in short.sentence
    assert plan.role_odds("r").odds < 0.8
    assert plan.role_odds("r").supply > 20


def test_two_limits_that_bind_together_are_told_so() -> None:
    made = problem(
        [program(weeks=8, sizes=(1, 5), each=100)],
        [need(0, 20)],
        quarters=1,
        budget=figure(500),
    )
    plan = solve(made, QUICK)
    assert {row.reason for row in plan.shortfalls} == {"several"}


def test_an_early_need_says_when_the_first_hires_can_come() -> None:
    made = problem([program(weeks=20, sizes=(1, 90))], [need(t, 5) for t in range(4)])
    plan = solve(made, QUICK)
    early = [row for row in plan.shortfalls if row.quarter == FIRST]
    assert early[0].reason == "lead_time"
    assert str(FIRST + 1) in early[0].sentence


def test_a_plan_is_the_same_every_time() -> None:
    made = problem(
        [program("p", weeks=8, sizes=(3, 9)), program("q", weeks=15, sizes=(2, 12), each=70)],
        [need(t, 6, spread=0.2) for t in range(4)],
    )
    one, two = solve(made, QUICK), solve(made, QUICK)
    assert (one.cohorts, one.odds, one.shortfalls) == (two.cohorts, two.odds, two.shortfalls)
    assert one.problem_digest == digest(made)
    assert digest(replace(made, confidence=0.7)) != one.problem_digest


def test_progress_is_told_from_first_to_last_step() -> None:
    told: list[Progress] = []
    solve(problem([program(weeks=8)], [need(0, 3)], quarters=2), QUICK, told.append)
    assert told[0].step == "margins"
    assert {step.step for step in told} == {"margins", "cohorts", "odds", "reasons"}
    assert all(0 <= step.share <= 1 for step in told)


def test_the_best_plan_so_far_is_told_at_a_glance() -> None:
    told: list[Progress] = []
    made = problem([program(weeks=8, at_once=1)], [need(0, 3), need(2, 40)], quarters=3)
    plan = solve(made, replace(QUICK, rounds=1), told.append)
    glance = [step.so_far for step in told if step.so_far is not None][-1]
    assert plan.cohorts
    assert glance.cohorts == len(plan.cohorts)
    assert glance.learners == sum(cohort.size for cohort in plan.cohorts)
    assert glance.cost == pytest.approx(plan.cost)
    missing = sum(row.missing for row in plan.shortfalls if row.quarter == made.last)
    assert glance.missing == pytest.approx(missing)


def test_a_solve_that_is_stopped_gives_the_best_plan_so_far() -> None:
    region, _truth = simulate(7, 2, today=date(2026, 11, 25))
    told: list[Progress] = []
    plan = solve(
        problem_of(region),
        Options(seconds=300, gap=0, futures=200),
        told.append,
        lambda: any(step.best is not None for step in told),
    )
    assert plan.seconds < 60
    assert plan.rounds == 1
    assert plan.cohorts
    assert plan.odds
    assert plan.gap > 0
    best = [step.best for step in told if step.best is not None and step.bound is not None]
    assert best
    assert [step.seconds for step in told] == sorted(step.seconds for step in told)


def test_everything_wrong_is_said_at_once() -> None:
    made = problem(
        [program(each=41_984_198, sizes=(9, 4)), program("q", area="nowhere", roles=[("r", 1.5)])],
        [need(-1, 3), replace(need(0, 5), id="x", low=9.0), replace(need(1, -4), id="y")],
    )
    with pytest.raises(ProblemError) as caught:
        solve(made, QUICK)
    told = str(caught.value)
    for part in ("41,984,198", "nowhere", "in the past", "do not rise", "1.5", "larger than the"):
        assert part in told
    assert all(complaint.remedy for complaint in caught.value.complaints)


def test_one_name_for_two_different_yields_is_refused() -> None:
    made = problem(
        [
            program("p", stages=[stage(3, 4, key="same")]),
            program("q", stages=[stage(30, 40, key="same")]),
        ],
        [need(0, 3)],
    )
    with pytest.raises(ProblemError, match="two different yields"):
        solve(made, QUICK)


def test_json_that_is_not_a_problem_is_refused_with_the_path() -> None:
    text = problem_to_json(problem([program()], [need(0, 3)]))
    with pytest.raises(ValueError, match="format"):
        problem_from_json("{}")
    with pytest.raises(ValueError, match="Not JSON"):
        problem_from_json("{")
    with pytest.raises(ValueError, match=r"needs\[0\].quarter"):
        problem_from_json(text.replace('"quarter": "2027-Q1"', '"quarter": "2027-13"'))
    with pytest.raises(ValueError, match="unknown field colour"):
        problem_from_json(text.replace('"title": "Test"', '"title": "Test", "colour": "red"'))


def test_months_survive_json() -> None:
    made = problem([program(starts=(Month(2027, 8),))], [need(0, 3)])
    assert problem_from_json(problem_to_json(made)).programs[0].starts == (Month(2027, 8),)


def test_a_plan_of_quarters_is_read_with_each_quarters_first_month() -> None:
    made = problem([program(weeks=8, starts=(JANUARY + 3,))], [need(1, 3)])
    plan = solve(made, QUICK)
    older = problem_to_json(made).replace("problem/2", "problem/1").replace("2027-04", "2027-Q2")
    assert problem_from_json(older) == made
    older = solution_to_json(plan).replace("plan/2", "plan/1").replace("2027-04", "2027-Q2")
    assert solution_from_json(older) == plan
    with pytest.raises(ValueError, match="format"):
        solution_from_json(older.replace("plan/1", "plan/9"))
    with pytest.raises(ValueError, match=r"cohorts\[0\].start"):
        solution_from_json(older.replace("plan/1", "plan/2"))


def test_a_cohort_counts_from_the_quarter_in_which_its_graduates_first_work() -> None:
    def first_work(month: int) -> set[Quarter]:
        late = program(weeks=8, starts=(JANUARY + month,), sizes=(1, 30))
        plan = solve(problem([late], [need(0, 9), need(1, 9)], quarters=2), QUICK)
        return {cohort.hire_quarter for cohort in plan.cohorts}

    assert first_work(1) == {FIRST}
    assert first_work(2) == {FIRST + 1}
