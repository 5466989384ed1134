"""Scenarios: what is changed, and nothing else; what cannot be changed is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backcast.core.quarters import Quarter
from backcast.planning.problem import ExternshipPlaces, HostPlaces, Problem, Supply
from backcast.planning.scenarios import (
    ScenarioChange,
    ScenarioError,
    changed,
    changes_from_plain,
    changes_to_plain,
    in_words,
    parse,
)
from backcast.planning.schedule import Options, solve
from tests.planning.small import FIRST, figure, need, problem, program, stage

QUICK = Options(seconds=5, futures=200, rounds=1)


def made() -> Problem:
    one = replace(program("P1"), provider="North College")
    two = replace(program("P2"), provider="South College")
    base = problem([one, two], [need(4, 10), need(5, 8)], quarters=8)
    role, area = base.roles[0].id, base.areas[0].id
    quarter: Quarter = FIRST
    return replace(
        base,
        supply=(
            Supply("S1-7-x", role, area, quarter, figure(4.0)),
            Supply("S2-7-x", role, area, quarter, figure(4.0), (stage(8, 10),)),
        ),
        places=(ExternshipPlaces(area, role, quarter, figure(6.0)),),
        budget=figure(50_000.0),
    )


def test_demand_falls_by_a_third() -> None:
    base = made()
    told = changed(base, [ScenarioChange("demand", 2 / 3)])
    assert [cell.mean for cell in told.needs] == pytest.approx(
        [cell.mean * 2 / 3 for cell in base.needs]
    )
    assert all("scenario" in cell.source for cell in told.needs)
    assert replace(told, needs=base.needs) == base


def test_a_provider_that_drops_out_takes_its_programs_and_its_graduates_along() -> None:
    told = changed(made(), [ScenarioChange("without", provider="North College")])
    assert [option.id for option in told.programs] == ["P2"]
    assert [row.id for row in told.supply] == ["S2-7-x"]


def test_more_places_are_added_in_every_quarter_of_the_role_and_area() -> None:
    base = made()
    role, area = base.roles[0].id, base.areas[0].id
    told = changed(base, [ScenarioChange("places", 5, role=role, area=area)])
    assert [row.places.value for row in told.places] == [11.0, *[5.0] * 7]
    fewer = changed(base, [ScenarioChange("places", -9)])
    assert [row.places.value for row in fewer.places] == [0.0]


def test_one_host_offers_more_places_each_month() -> None:
    base = made()
    role, area, month = base.roles[0].id, base.areas[0].id, base.first_month
    base = replace(
        base,
        hosts=(
            HostPlaces("h1", "North Clinic", area, role, month, figure(2.0)),
            HostPlaces("h2", "South Clinic", area, role, month, figure(2.0)),
        ),
    )
    change = parse("host:North Clinic=3", base)
    assert change == ScenarioChange("host", 3, host="h1")
    assert [row.places.value for row in changed(base, [change]).hosts] == [5.0, 2.0]
    assert in_words(change, base) == "+3 places a month at North Clinic"
    with pytest.raises(ScenarioError, match="which host"):
        changed(base, [ScenarioChange("host", 3)])


def test_a_yield_improves_and_keeps_its_weight() -> None:
    base = made()
    name = base.programs[0].stages[0].stage
    told = changed(base, [ScenarioChange("yield", 1.1, stage=name, program="P1")])
    before, after = base.programs[0].stages[0], told.programs[0].stages[0]
    assert after.mean == pytest.approx(min(0.98, before.mean * 1.1))
    assert after.a + after.b == pytest.approx(before.a + before.b)
    assert told.programs[1] == base.programs[1]


def test_money_changes_where_there_is_a_budget() -> None:
    told = changed(made(), [ScenarioChange("budget", 0.5)])
    assert told.budget is not None
    assert told.budget.value == 25_000
    with pytest.raises(ScenarioError, match="no budget"):
        changed(replace(made(), budget=None), [ScenarioChange("budget", 0.5)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ScenarioChange("demand", 0.5, role="nobody"), "knows no role"),
        (ScenarioChange("demand", 99), "Multiply by 0 to 10"),
        (ScenarioChange("without"), "which provider"),
        (ScenarioChange("without", provider="West"), "There are: North College"),
        (ScenarioChange("yield", 1.1), "which stage"),
        (ScenarioChange("yield", 1.1, stage="flown"), "Known: "),
    ],
)
def test_what_cannot_be_changed_is_said(change: ScenarioChange, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        changed(made(), [change])


def test_changes_survive_json() -> None:
    changes = (ScenarioChange("demand", 0.5), ScenarioChange("without", provider="North College"))
    assert changes_from_plain(changes_to_plain(changes)) == changes


def test_changes_are_written_as_people_write_them() -> None:
    base = made()
    role, area = base.roles[0], base.areas[0]
    assert parse("demand=0.67", base) == ScenarioChange("demand", 0.67)
    assert parse(f"demand:{role.title}@{area.title}=0.5", base) == ScenarioChange(
        "demand", 0.5, role=role.id, area=area.id
    )
    assert parse("without:north college", base).provider == "North College"
    assert parse("yield:hired@P2=1.1", base) == ScenarioChange(
        "yield", 1.1, stage="hired", program="P2"
    )
    assert parse("places=+5", base).amount == 5
    for text, said in (
        ("rain=2", "begins with"),
        ("demand", "amount is missing"),
        ("demand=much", "not a number"),
        ("demand:pilots=2", "knows no role"),
    ):
        with pytest.raises(ScenarioError, match=said):
            parse(text, base)
    assert in_words(parse("demand=0.67", base), base) == "demand × 0.67"


def test_a_changed_problem_is_planned_like_any_other() -> None:
    base = made()
    plan, less = solve(base, QUICK), solve(changed(base, [ScenarioChange("demand", 0.4)]), QUICK)
    assert less.cost < plan.cost
