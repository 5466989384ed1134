from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from backcast.planning.changes import compare
from backcast.planning.problem import Problem
from backcast.planning.schedule import Options, solve
from backcast.planning.sensitivity import assumptions_in, scaled, sensitivity
from backcast.planning.solution import NeedOdds, PlannedCohort, Shortfall, Solution
from tests.planning.small import FIRST, JANUARY, figure, need, problem, program, stage

MADE = problem([program("p"), program("q")], [need(3, 5)])


def cohort(code: str, start: int, size: int, number: int = 1) -> PlannedCohort:
    return PlannedCohort(code, JANUARY + start, number, size, 0.0, FIRST + start + 1, 0.0, ())


def plan(
    cohorts: Sequence[PlannedCohort] = (),
    *,
    cost: float = 0.0,
    odds: float = 0.8,
    missing: float | Mapping[str, float] = 0.0,
) -> Solution:
    row = NeedOdds("r", None, FIRST + 3, 5, 5, 5, 6, 4, 8, odds, 0.005, odds, odds)
    by_area = missing if isinstance(missing, Mapping) else {"a": missing}
    return Solution(
        cohorts=tuple(cohorts),
        odds=(row,),
        shortfalls=tuple(
            Shortfall("need", "r", area, FIRST + 3, people, "capacity", "")
            for area, people in by_area.items()
            if people
        ),
        margins=(),
        cost=cost,
        cost_bound=cost,
        unmet=0.0,
        price=1.0,
        gap=0.0,
        seconds=0.0,
        variables=0,
        integers=0,
        constraints=0,
        memory_mb=0.0,
        rounds=1,
        futures=1,
        seed=1,
        problem_digest="",
    )


def told(before: Solution, after: Solution) -> list[str]:
    return [change.sentence for change in compare(before, after, MADE)]


def test_nothing_is_told_where_nothing_changed() -> None:
    same = plan([cohort("p", 0, 10), cohort("p", 0, 10, 2)], cost=5)
    assert told(same, same) == []


def test_cohorts_added_dropped_moved_and_resized_are_told_in_words() -> None:
    before = plan([cohort("p", 0, 10), cohort("p", 1, 8), cohort("q", 2, 7)])
    after = plan([cohort("p", 0, 12), cohort("p", 3, 8)])
    assert told(before, after) == [
        "A cohort of Program p starting January 2027 grew from 10 to 12 learners.",
        "A cohort of Program p moved from February 2027 to April 2027.",
        "A cohort of Program q was dropped: 7 learners, starting March 2027.",
    ]
    back = [change.kind for change in compare(after, before, MADE)]
    assert back == ["resized", "moved", "added"]


def test_cohorts_that_changed_alike_are_told_together() -> None:
    after = plan([cohort("q", 1, 9, n) for n in (1, 2, 3)])
    (change,) = compare(plan(), after, MADE)
    assert change.sentence == (
        "3 cohorts of Program q were added: 9 learners each, starting February 2027."
    )
    assert (change.count, change.after, change.month_after) == (3, 9, JANUARY + 1)


def test_cost_odds_and_shortfalls_are_told_with_their_values() -> None:
    changes = compare(plan(cost=1000, missing=4), plan(cost=2500, odds=0.9), MADE)
    assert [change.kind for change in changes] == ["cost", "odds", "shortfall_closed"]
    assert changes[0].sentence == "The plan costs $1,500 more: $2,500 instead of $1,000."
    assert "rose from 80% to 90%" in changes[1].sentence
    assert (changes[2].before, changes[2].after) == (4, 0)


def test_who_is_missing_in_other_areas_is_one_change() -> None:
    here, there = plan(missing={"a": 3, "b": 0.2}), plan(missing={"b": 2, "c": 1})
    (change,) = compare(here, there, MADE)
    assert change.kind == "shortfall_elsewhere"
    assert (change.role, change.area) == ("r", "")
    (change,) = compare(here, plan(missing={"b": 1}), MADE)
    assert (change.kind, change.area) == ("shortfall_closed", "")
    assert change.sentence.endswith(": 1.0 instead of 3.2.")
    (change,) = compare(plan(), here, MADE)
    assert (change.kind, change.area, change.after) == ("shortfall_opened", "a", 3)


def test_odds_within_the_simulation_error_are_not_told() -> None:
    assert told(plan(odds=0.80), plan(odds=0.81)) == []


def _assumed() -> Problem:
    made = problem(
        [
            program(
                "p",
                weeks=8,
                sizes=(6, 12),
                stages=[replace(stage(8, 10), basis="assumed", assumption="y")],
            ),
            program("q", weeks=8, sizes=(6, 12), each=900),
        ],
        [replace(need(t, 6), assumption="demand") for t in range(3)],
        quarters=3,
    )
    first = replace(
        made.programs[0],
        max_size=figure(12, "size"),
        min_size=figure(6),
        at_once=figure(1, "capacity"),
        cost_per_learner=figure(100, "cost"),
    )
    return replace(made, programs=(first, made.programs[1]))


def test_each_assumption_is_solved_again_at_half_and_at_twice() -> None:
    made = _assumed()
    assert set(assumptions_in(made)) == {"y", "size", "capacity", "cost", "demand"}
    quick = Options(seconds=5, futures=300, rounds=1)
    base = solve(made, quick)
    moves = sensitivity(made, base, ["demand", "cost"], quick)
    by = {(move.assumption, move.factor): move for move in moves}
    assert by["demand", 0.5].cost_after < base.cost < by["demand", 2.0].cost_after
    assert by["cost", 0.5].cost_after < base.cost
    assert by["demand", 2.0].odds[0].role == "r"
    with pytest.raises(ValueError, match="No number rests on"):
        sensitivity(made, base, ["weather"], quick)


def test_scaled_figures_stay_sensible() -> None:
    made = _assumed()
    half = scaled(made, "size", 0.4).programs[0]
    assert half.smallest <= half.largest
    assert half.max_size.value == pytest.approx(4.8)
    assert scaled(made, "capacity", 0.5).programs[0].parallel == 1
    assert scaled(made, "y", 2.0).programs[0].stages[0].successes == 10
    assert scaled(made, "demand", 2.0).needs[0].likely == 12
    assert scaled(made, "size", 2.0).programs[1] == made.programs[1]


def test_an_assumed_share_is_scaled_at_its_own_weight_and_data_stay() -> None:
    prior = replace(stage(0, 0), basis="assumed", prior_a=15.0, prior_b=5.0, assumption="y")
    made = replace(MADE, programs=(program("p", stages=[prior]),))
    halved = scaled(made, "y", 0.5).programs[0].stages[0]
    assert (halved.prior_a, halved.prior_b) == (7.5, 12.5)
    doubled = scaled(made, "y", 2.0).programs[0].stages[0]
    assert doubled.mean < 1
    seen = replace(prior, basis="observed", successes=8, trials=10)
    kept = scaled(replace(made, programs=(program("p", stages=[seen]),)), "y", 0.5)
    assert (kept.programs[0].stages[0].successes, kept.programs[0].stages[0].trials) == (8, 10)
