"""New Jersey's real list: every row is used or refused by reason, and the counts hold."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from backcast.frameworks.loading.figures import load_cip_soc
from backcast.partners.models import LabourArea, Region
from backcast.training import access, recipes, regions
from backcast.training.loading import Report
from backcast.training.models import Program, PublishedOutcome
from tests.cast import TESTS
from tests.frameworks.data import public

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def load(only_cip: str = "") -> tuple[Region, list[Report]]:
    load_cip_soc(public("crosswalks/soc2018_cip2020_crosswalk.csv"), actor=TESTS)
    recipe = recipes.load("new-jersey")
    region = regions.open_region(recipe, "New Jersey", actor=TESTS)
    return region, regions.load_lists(
        recipe, public("nj-etpl"), region, actor=TESTS, only_cip=only_cip
    )


def test_every_row_of_new_jersey_is_used_or_refused_by_reason() -> None:
    region, (programs, outcomes) = load()
    assert programs.rows_in == 1206
    assert programs.rows_in == programs.rows_used + programs.rows_refused
    assert programs.refused == Counter(
        duplicate_identical=193,
        duplicate_differing=12,
        provider_not_approved=77,
        missing_provider=48,
        outside_region=19,
        no_county=6,
        unknown_cip=6,
        absurd_cost=1,
    )
    assert programs.created == programs.rows_used == 844
    assert Program.objects.filter(region=region, area=None).count() == 0
    assert outcomes.rows_in == outcomes.rows_used + outcomes.rows_refused == 1565
    assert PublishedOutcome.objects.filter(region=region).count() == outcomes.rows_used


def test_loading_new_jersey_again_changes_nothing() -> None:
    region, _first = load("51")
    before = set(Program.objects.values_list("pk", "updated_at"))
    programs, outcomes = regions.load_lists(
        recipes.load("new-jersey"), public("nj-etpl"), region, actor=TESTS, only_cip="51"
    )
    assert (programs.created, programs.changed, programs.unchanged) == (0, 0, programs.rows_used)
    assert (outcomes.created, outcomes.changed) == (0, 0)
    assert set(Program.objects.values_list("pk", "updated_at")) == before


def test_new_jersey_areas_cover_every_county_once_and_adjoin_each_other() -> None:
    recipe = recipes.load("new-jersey")
    region = regions.open_region(recipe, "New Jersey", actor=TESTS)
    regions.open_region(recipe, "New Jersey", actor=TESTS)
    areas = LabourArea.objects.filter(region=region)
    assert areas.count() == 8
    assert region.counties.count() == 21
    assert sum(area.population for area in recipe.areas) == 9_288_994
    for area in recipe.areas:
        found = set(areas.get(name=area.name).adjoining.values_list("name", flat=True))
        assert found == set(area.adjoining)


def test_health_programs_of_new_jersey_can_be_planned_with() -> None:
    region, (programs, _outcomes) = load("51")
    assert programs.rows_in == 317
    assert programs.rows_used == 235
    rows = list(access.programs_for_planning(region))
    assert len(rows) == 235
    for program in rows:
        assert set(access.missing_figures(program)) <= {"occupations"}
        assert Decimal(0) < program.total_cost <= 100_000
    assert len(access.published_by_key(region)) > 100
