"""A region out of its recipe: its labour areas, and its lists loaded in one go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backcast.core.actor import Actor, acting
from backcast.partners.models import County, LabourArea, Region
from backcast.training.cleaning import Refusal
from backcast.training.loading import (
    Job,
    Report,
    load_outcomes,
    load_programs,
    read_providers,
)
from backcast.training.recipes import Recipe, RecipeError


def open_region(recipe: Recipe, name: str, *, actor: Actor) -> Region:
    """The region of this name with the recipe's labour areas; made where it is not there yet.

    Areas that exist keep what staff made of them; only missing areas, counties and adjoinings are
    added.
    """
    with acting(actor, "training.open_region"):
        region = Region.objects.filter(name__iexact=name).first()
        if region is None:
            region = Region.objects.create(
                name=name, note=f"Loaded from public lists: {recipe.source}."
            )
        if region.recipe != recipe.name:
            region.recipe = recipe.name
            region.save(update_fields=["recipe", "updated_at"])
        areas = {area.name: area for area in LabourArea.objects.filter(region=region)}
        taken = {county.casefold() for county in region.counties.values_list("name", flat=True)}
        fresh = set()
        for plan in recipe.areas:
            if plan.name not in areas:
                areas[plan.name] = LabourArea.objects.create(region=region, name=plan.name)
                fresh.add(plan.name)
            County.objects.bulk_create(
                County(region=region, area=areas[plan.name], state=recipe.state, name=county)
                for county in plan.counties
                if county.casefold() not in taken
            )
        for plan in recipe.areas:
            if plan.name in fresh:
                areas[plan.name].adjoining.add(*(areas[other] for other in plan.adjoining))
    return region


def load_lists(
    recipe: Recipe,
    folder: Path,
    region: Region,
    *,
    actor: Actor,
    only_cip: str = "",
    refused: Callable[[str, Refusal], None] | None = None,
) -> list[Report]:
    """Load the recipe's programs, then its published outcomes, in one transaction.

    ``refused`` is told the kind of list and the row. Raises ``RecipeError`` where a file is missing.
    """
    for plan in recipe.files.values():
        if not (folder / plan.file).is_file():
            raise RecipeError(f"There is no {plan.file} in {folder}.")
    providers = {}
    if (listed := recipe.files.get("providers")) is not None:
        providers = read_providers(folder / listed.file, listed.columns)
    reports = []
    with acting(actor, "training.load_lists"):
        for kind, load in (("programs", load_programs), ("outcomes", load_outcomes)):
            if (part := recipe.files.get(kind)) is None:
                continue
            job = Job(
                region=region,
                path=folder / part.file,
                columns=part.columns,
                source=recipe.source,
                period=recipe.period,
                state=recipe.state,
                cip_changes=recipe.cip_changes,
                assumptions=recipe.assumptions,
                providers=providers,
                only_cip=only_cip,
            )

            def tell(refusal: Refusal, kind: str = kind) -> None:
                if refused is not None:
                    refused(kind, refusal)

            reports.append(load(job, actor=actor, refused=tell))
    return reports
