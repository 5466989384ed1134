"""``backcast load stand-in``: needs out of published figures, until employers answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from backcast.cli.frame import database, fail, out

if TYPE_CHECKING:
    from backcast.demand.estimates import StandIn

app = typer.Typer()


@app.command(
    "stand-in",
    epilog="Example: [bold]backcast load stand-in new-jersey[/bold]",
)
def stand_in(
    recipe: Annotated[
        str, typer.Argument(help="The folder under regions/ with needs.yaml and areas.yaml.")
    ],
    region: Annotated[
        str, typer.Option("--region", help="The region by name; the recipe's own without it.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """State needs that stand in for employers' own: published openings, scaled to the region.

    They are marked as assumed wherever they are shown. Running it again changes them in place.
    """
    with database("worker"):
        from django.core.exceptions import ValidationError

        from backcast.core.actor import system
        from backcast.demand.estimates import state_stand_in
        from backcast.partners.models import Region
        from backcast.training.recipes import RecipeError

        try:
            name, plan = read_plan(recipe)
            found = Region.objects.filter(name__iexact=region or name).first()
            if found is None:
                fail(f"There is no region “{region or name}”. Load its programs first.")
            actor = system("command", region_id=found.pk)
            results = state_stand_in(found, plan, actor=actor)
        except (RecipeError, ValidationError) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            fail(f"Nothing was written. {text}")
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "occupation": one.role.occupation,
                        "title": one.role.title,
                        "openings_a_year": round(one.yearly, 1),
                        "needs": one.needs,
                    }
                    for one in results
                ]
            )
        )
        return
    table = Table(title="Stand-in needs", title_justify="left")
    for heading in ("role", "openings a year", "needs"):
        table.add_column(heading, justify="left" if heading == "role" else "right")
    for one in results:
        table.add_row(one.role.title, f"{one.yearly:,.0f}", f"{one.needs}")
    out.print(table)
    out.print("Every figure is marked as assumed until employers state their own.")


def read_plan(recipe: str) -> tuple[str, StandIn]:
    """The recipe's region and what its ``needs.yaml`` asks for. Raises ``RecipeError``."""
    from django.utils import timezone

    from backcast.core.quarters import Quarter
    from backcast.demand.estimates import StandIn, StandInRole
    from backcast.training import recipes

    loaded = recipes.load(recipe)
    path: Path = recipes.ROOT / recipe / "needs.yaml"
    plain: Any = recipes.read_yaml(path)
    try:
        first = Quarter.of(timezone.localdate()) + int(plain["starts_after_quarters"])
        plan = StandIn(
            employer=str(plain["employer"]),
            source=" ".join(str(plain["source"]).split()),
            wage_area=str(plain["wage_area"]),
            first=first,
            quarters=int(plain["quarters"]),
            low=float(plain["low"]["value"]),
            high=float(plain["high"]["value"]),
            people={area.name: area.population for area in loaded.areas},
            roles=[StandInRole(str(r["occupation"]), str(r["title"])) for r in plain["roles"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise recipes.RecipeError(f"{path}: {error!r} is missing or cannot be read.") from error
    return loaded.region, plan
