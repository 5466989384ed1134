"""What is known of a region's lists beforehand: ``regions/<name>/`` with three readable files.

``areas.yaml`` groups counties into labour areas, ``mapping.yaml`` says which column holds what, and
``assumptions.yaml`` what is believed where the list is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from backcast.training.assumptions import AssumptionError, Assumptions
from backcast.training.assumptions import read as read_assumptions
from backcast.training.columns import FIELDS

ROOT = Path(__file__).resolve().parent.parent.parent / "regions"


class RecipeError(ValueError):
    """A file of a recipe is missing or cannot be used; the message says which and what to mend."""


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """A labour area to be: its counties with their population, and the areas that it adjoins."""

    name: str
    counties: Mapping[str, int]
    adjoining: tuple[str, ...]

    @property
    def population(self) -> int:
        return sum(self.counties.values())


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A file of a list: its name in the folder, and field → column."""

    file: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """All three files of a region, read and checked."""

    name: str
    region: str
    state: str
    source: str
    period: str
    areas: tuple[AreaPlan, ...]
    files: Mapping[str, FilePlan]
    cip_changes: Mapping[str, str]
    assumptions: Assumptions = field(default_factory=Assumptions)


def names() -> list[str]:
    """The regions for which there is a recipe."""
    return sorted(path.parent.name for path in ROOT.glob("*/assumptions.yaml"))


def load(name: str, root: Path | None = None) -> Recipe:
    """The recipe of ``regions/<name>``. Raises ``RecipeError``."""
    folder = (root or ROOT) / name
    areas, mapping = read_yaml(folder / "areas.yaml"), read_yaml(folder / "mapping.yaml")
    recipe = Recipe(
        name=name,
        region=str(areas.get("region", name)),
        state=str(areas.get("state", "")),
        source=str(mapping.get("source", name))[:60],
        period=str(mapping.get("period", ""))[:60],
        areas=tuple(
            AreaPlan(
                str(item["name"]),
                {str(county): int(people) for county, people in item["counties"].items()},
                tuple(str(other) for other in item.get("adjoining", ())),
            )
            for item in areas.get("areas", ())
        ),
        files={
            kind: FilePlan(str(mapping[kind]["file"]), columns_of(mapping[kind], kind))
            for kind in FIELDS
            if kind in mapping
        },
        cip_changes=cip_changes_of(mapping),
        assumptions=load_assumptions(folder / "assumptions.yaml"),
    )
    known = {area.name for area in recipe.areas}
    for area in recipe.areas:
        if unknown := [other for other in area.adjoining if other not in known]:
            raise RecipeError(
                f"{folder / 'areas.yaml'}: {area.name} adjoins “{unknown[0]}”, which is no area."
            )
    return recipe


def load_assumptions(path: Path) -> Assumptions:
    """The assumptions of one file. Raises ``RecipeError``."""
    try:
        return read_assumptions(read_yaml(path))
    except AssumptionError as error:
        raise RecipeError(f"{path}: {error}") from error


def columns_of(part: Any, kind: str) -> dict[str, str]:
    """Field → column of one part of a mapping file. Raises ``RecipeError`` on unknown fields."""
    columns = part.get("columns") if isinstance(part, dict) else None
    if not isinstance(columns, dict):
        raise RecipeError(f"The mapping has no “columns” under “{kind}”.")
    known = {entry.key for entry in FIELDS[kind]}
    if unknown := sorted(set(map(str, columns)) - known):
        raise RecipeError(
            f"The mapping of {kind} names “{unknown[0]}”, which is no field. Fields are: "
            f"{', '.join(entry.key for entry in FIELDS[kind])}."
        )
    return {str(key): str(column) for key, column in columns.items() if column}


def cip_changes_of(mapping: Mapping[str, Any]) -> dict[str, str]:
    return {str(old): str(new) for old, new in (mapping.get("cip_changes") or {}).items()}


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds named parts. Raises ``RecipeError``."""
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not readable YAML: {error}") from error
    if not isinstance(plain, dict):
        raise RecipeError(f"{path} is empty or has no named parts.")
    return plain
