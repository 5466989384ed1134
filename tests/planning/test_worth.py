"""What binds and what one more brings: prices beside planning again, and the way to higher odds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcast.planning.documents import solution_from_json, solution_to_json
from backcast.planning.formulation import formulate
from backcast.planning.problem import (
    ExternshipPlaces,
    Fund,
    HostPlaces,
    Problem,
    QuarterBudget,
    Recruits,
    Resource,
)
from backcast.planning.programs import SupportOption, Uses
from backcast.planning.raising import raise_odds
from backcast.planning.replanning import replan
from backcast.planning.schedule import Options, solve
from backcast.planning.search import price_of_open_need, relax
from backcast.planning.solution import Solution
from backcast.planning.units import units_of, with_more
from backcast.planning.worth import Depth, shadow_values, worth_of_units
from tests.planning.small import FIRST, JANUARY, figure, need, problem, program
from tests.planning.verifier import broken_limits

QUICK = Options(seconds=5, futures=400, rounds=1)
SHALLOW = Depth(units=4, seconds=2, futures=400)


def taught(amount: float, likely: float = 20, **more: Any) -> Problem:
    """Cohorts of up to 5 that each take a nurse who teaches."""
    option = program(weeks=8, sizes=(1, 5), at_once=9, uses=(Uses("it", figure(1)),))
    nurses = (Resource("it", "nurses who teach", "instructor", "a", figure(amount)),)
    return problem([option], [need(0, likely)], quarters=1, resources=nurses, **more)


def everything() -> Problem:
    """A problem that has every kind of limit."""
    option = program(
        weeks=8,
        sizes=(1, 5),
        externship_places_per_learner=figure(1),
        uses=(Uses("it", figure(1)),),
    )
    other = replace(option, id="q", roles=program(roles=(("s", 1.0),)).roles)
    return problem(
        [option, other],
        [need(0, 20), need(0, 9, role="s")],
        quarters=1,
        resources=(Resource("it", "nurses", "instructor", "a", figure(1)),),
        hosts=tuple(HostPlaces("h", "Host", "a", "r", JANUARY + m, figure(3)) for m in range(3)),
        places=(ExternshipPlaces("a", "s", FIRST, figure(2)),),
        recruits=(Recruits("a", "", figure(6), quarter=FIRST),),
        supports=(
            SupportOption(
                "c", "Child care", figure(10), "hired", 0.1, 0.2, 0.3, "assumed", "t", figure(2)
            ),
        ),
        budget=figure(900),
        quarter_budgets=(QuarterBudget(FIRST, figure(800)),),
        funds=(Fund("f", "State grant", figure(700)),),
    )


def test_every_kind_of_limit_has_a_unit_that_adds_to_it_and_to_nothing_else() -> None:
    made = everything()
    units = units_of(made)
    assert {unit.kind for unit in units} == {
        "resource", "host", "places", "recruits", "at_once", "support", "budget",
        "quarter_budget", "fund",
    }  # fmt: skip
    seen = [with_more(made, unit, 2) for unit in units]
    assert all(one != made for one in seen)
    assert len({repr(one) for one in seen}) == len(units)


@given(
    nurses=st.integers(0, 3),
    budget=st.integers(100, 3_000),
    people=st.integers(1, 30),
    likely=st.integers(1, 40),
)
@settings(max_examples=15, deadline=None)
def test_no_unit_brings_the_relaxation_more_than_its_shadow_value(
    nurses: int, budget: int, people: int, likely: int
) -> None:
    made = taught(
        nurses,
        likely,
        budget=figure(budget),
        recruits=(Recruits("a", "", figure(people), quarter=FIRST),),
    )
    price = price_of_open_need(made)

    def worth(asked: Problem) -> float:
        model = formulate(asked, {"r": 0.2})
        objective = model.money + price * model.open_needs
        return float(objective @ relax(model, price, 10))

    before = worth(made)
    for unit, shadow in shadow_values(made, {"r": 0.2}, price, units_of(made)):
        assert before - worth(with_more(made, unit)) <= shadow + 1e-6 * before


def test_a_small_unit_brings_the_relaxation_just_its_shadow_value() -> None:
    made = taught(9, 20, budget=figure(600))
    price = price_of_open_need(made)
    (unit,) = (one for one in units_of(made) if one.kind == "budget")
    cent = replace(unit, amount=0.01)
    ((_, shadow),) = shadow_values(made, {}, price, [cent])
    models = [formulate(asked, {}) for asked in (made, with_more(made, cent))]
    worths = [float((m.money + price * m.open_needs) @ relax(m, price, 10)) for m in models]
    assert shadow > 0
    assert worths[0] - worths[1] == pytest.approx(shadow, rel=1e-3)


def test_one_more_who_teaches_brings_another_whole_cohort() -> None:
    made = taught(1)
    plan = solve(made, QUICK)
    (best, *_) = worth_of_units(made, plan, SHALLOW)
    assert best.unit.kind == "resource"
    assert best.cohorts == 1
    assert best.hires == pytest.approx(plan.cohorts[0].hires, rel=0.01)
    assert best.missing == pytest.approx(-best.hires, abs=0.02)
    assert best.cost == pytest.approx(500)
    assert best.sentence.startswith(
        "One more instructor (nurses who teach): 4 more hires, 4 fewer people"
    )
    again = solve(taught(2), QUICK)
    assert plan.cost + plan.price * plan.unmet - best.solved == pytest.approx(
        again.cost + again.price * again.unmet, rel=0.05
    )


def test_what_does_not_bind_is_not_tried() -> None:
    made = taught(9, 3)
    assert worth_of_units(made, solve(made, QUICK), SHALLOW) == ()


def test_the_odds_are_raised_within_the_limits_and_told() -> None:
    made = taught(9, 12, confidence=0.55)
    plan = solve(made, QUICK)
    before = plan.role_odds("r").odds
    assert before < 0.9
    found = raise_odds(made, plan, "r", 0.9, SHALLOW)
    assert found.reached
    assert found.after >= 0.9
    assert found.before == before
    assert 0 < found.cost < 2 * plan.cost
    assert "rise from" in found.sentence
    assert found.changes


def test_where_the_limits_do_not_allow_the_odds_it_says_how_many_more_it_takes() -> None:
    made = taught(2, 12)
    plan = solve(made, QUICK)
    found = raise_odds(made, plan, "r", 0.8, SHALLOW)
    assert not found.reached
    assert found.unit is not None
    assert found.unit.kind == "resource"
    enough = solve(with_more(made, found.unit, found.count), QUICK)
    assert enough.role_odds("r").odds >= 0.75
    assert "do not reach 80%" in found.sentence
    assert "one more instructor (nurses who teach)" in found.sentence.lower()


def test_odds_that_are_there_already_cost_nothing() -> None:
    made = taught(9, 3)
    found = raise_odds(made, solve(made, QUICK), "r", 0.5, SHALLOW)
    assert (found.reached, found.cost, found.changes) == (True, 0.0, ())
    with pytest.raises(ValueError, match="between 0 and 1"):
        raise_odds(made, solve(made, QUICK), "r", 1.0, SHALLOW)
    with pytest.raises(ValueError, match="Nobody is needed"):
        raise_odds(made, solve(made, QUICK), "x", 0.5, SHALLOW)


def test_a_plan_planned_again_keeps_every_limit() -> None:
    made = everything()
    plan = solve(made, QUICK)
    for unit in units_of(made):
        larger = with_more(made, unit)
        found = replan(larger, plan.cohorts, {"r": 0.1}, plan.price, seconds=2)
        as_plan = replace(plan, cohorts=found.cohorts, supply_use=found.use, cost=found.cost)
        assert [b for b in broken_limits(larger, as_plan) if "cost" not in str(b)] == []


def test_a_larger_plan_is_made_again_part_by_part_and_never_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = everything()
    plan = solve(made, QUICK)
    whole = replan(made, plan.cohorts, {"r": 0.1}, plan.price, seconds=2)
    monkeypatch.setattr("backcast.planning.replanning.WHOLE_AT_ONCE", 0)
    nothing = replan(made, (), {"r": 0.1}, plan.price, seconds=0)
    parts = replan(made, (), {"r": 0.1}, plan.price, seconds=1, programs=["p"])
    assert nothing.cohorts == ()
    assert parts.worth < nothing.worth
    assert parts.worth == pytest.approx(whole.worth, rel=0.02)


def test_what_it_brings_is_kept_with_the_plan() -> None:
    made = taught(1)
    plan = solve(made, QUICK)
    kept = replace(
        plan,
        worths=worth_of_units(made, plan, SHALLOW),
        raised=(raise_odds(made, plan, "r", 0.6, SHALLOW),),
    )
    read: Solution = solution_from_json(solution_to_json(kept))
    assert read == kept
