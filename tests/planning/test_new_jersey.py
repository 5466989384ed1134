"""New Jersey, planned: ten roles, the state's real programs, stand-in needs, named assumptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backcast.cli.load_standin import read_plan
from backcast.core.actor import acting, system
from backcast.core.quarters import Quarter
from backcast.demand.estimates import state_stand_in
from backcast.demand.models import Need, NeedQuarter
from backcast.frameworks.loading.figures import load_cip_soc, load_projections, load_wages
from backcast.partners.models import Region
from backcast.planning import build
from backcast.planning.schedule import Options, solve
from backcast.planning.sensitivity import assumptions_in
from backcast.training import recipes, regions
from tests.cast import TESTS
from tests.frameworks.data import public
from tests.planning.verifier import broken_limits
from tests.planning.world import today
from tests.training.factories import make_occupation

pytestmark = [pytest.mark.data, pytest.mark.django_db]

BUDGET = Decimal(5_000_000)


@pytest.fixture
def region() -> Region:
    load_cip_soc(public("crosswalks/soc2018_cip2020_crosswalk.csv"), actor=TESTS)
    load_wages(public("oews-2025/oews_2025_nj_and_us.csv"), actor=TESTS)
    load_projections(public("projections/bls_employment_projections_2022_32.xlsx"), actor=TESTS)
    _name, plan = read_plan("new-jersey")
    for role in plan.roles:
        make_occupation(role.occupation[:7], role.title)
    recipe = recipes.load("new-jersey")
    found = regions.open_region(recipe, "New Jersey", actor=TESTS)
    regions.load_lists(recipe, public("nj-etpl"), found, actor=TESTS, only_cip="51")
    return found


def staff(region: Region) -> Any:
    """Staff of the region, as row-level security knows them."""
    from dataclasses import replace

    from backcast.core.actor import Kind, Role

    return replace(system("tests", region_id=region.pk), kind=Kind.INTERMEDIARY, role=Role.MEMBER)


def test_new_jersey_is_planned_within_its_limits_and_every_assumption_is_named(
    region: Region,
) -> None:
    _name, stand_in = read_plan("new-jersey")
    with acting(staff(region)) as actor:
        results = state_stand_in(region, stand_in, actor=actor)
        assert len(results) == 10
        assert sum(one.needs for one in results) == Need.objects.filter(region=region).count()
        assert set(Need.objects.values_list("basis", flat=True)) == {"stand-in"}
        first = Quarter.of(today()) + 1
        built = build.build(region, build.Settings(first, 8, 0.8, BUDGET), today())
    problem = built.problem
    assert len(problem.roles) == 10
    assert {cell.basis for cell in problem.needs} == {"assumed"}
    hired = [s for p in problem.programs for s in p.stages if s.basis == "published"]
    assert hired
    assert all("any job" in stage.source for stage in hired)
    assert {"min_size", "max_size", "at_once", "yield.completed", "employed_in_field"} <= set(
        assumptions_in(problem)
    )
    plan = solve(problem, Options(seconds=30, futures=500, rounds=1))
    assert plan.gap <= 0.01
    assert plan.cost <= float(BUDGET)
    assert not broken_limits(problem, plan)
    assert plan.shortfalls
    assert all(row.sentence for row in plan.shortfalls)


def test_the_stand_in_changes_in_place_when_it_is_stated_again(region: Region) -> None:
    _name, stand_in = read_plan("new-jersey")
    with acting(staff(region)) as actor:
        state_stand_in(region, stand_in, actor=actor)
        before = (Need.objects.count(), NeedQuarter.objects.count())
        state_stand_in(region, stand_in, actor=actor)
        assert (Need.objects.count(), NeedQuarter.objects.count()) == before
