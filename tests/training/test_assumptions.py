"""Files of assumptions: readable, checked, and each entry says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcast.training import recipes
from backcast.training.assumptions import AssumptionError, read


def test_an_entry_without_a_reason_is_refused() -> None:
    entry = {"name": "max_size", "value": 20, "unit": "learners"}
    with pytest.raises(AssumptionError, match=r"max_size.*why"):
        read({"assumptions": [entry]})


def test_an_assumption_cannot_claim_to_be_observed() -> None:
    entry = {"name": "x", "value": 1, "unit": "u", "why": "w", "basis": "observed"}
    with pytest.raises(AssumptionError, match="assumed"):
        read({"assumptions": [entry]})


def test_a_yield_must_lie_between_none_and_all() -> None:
    with pytest.raises(AssumptionError, match="completed"):
        read({"yields": [{"stage": "completed", "came_through": 20, "of": 20, "why": "w"}]})


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(AssumptionError, match="asumptions"):
        read({"asumptions": []})


def test_every_recipe_of_the_project_can_be_read_and_says_why() -> None:
    assert "new-jersey" in recipes.names()
    for name in recipes.names():
        recipe = recipes.load(name)
        assert recipe.areas
        assert all(entry.why and entry.unit for entry in recipe.assumptions.entries)
        stages = {stage for _prefix, order in recipe.assumptions.stages_for for stage in order}
        for stage in {*recipe.assumptions.stages, *stages}:
            assert recipe.assumptions.prior(stage), stage


def test_an_area_that_adjoins_nothing_known_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "areas.yaml").write_text(
        "region: Demo\nareas: [{name: A, counties: {X: 1}, adjoining: [B]}]"
    )
    (folder / "mapping.yaml").write_text("source: Demo")
    (folder / "assumptions.yaml").write_text("about: none")
    with pytest.raises(recipes.RecipeError, match="“B”"):
        recipes.load("demo", tmp_path)


def test_a_file_that_is_not_yaml_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("a: [")
    with pytest.raises(recipes.RecipeError, match=r"mapping\.yaml"):
        recipes.read_yaml(path)
