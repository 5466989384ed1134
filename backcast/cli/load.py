"""``backcast load``: the loaders of frameworks and of programs, under one name."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import typer

app = typer.Typer(
    name="load",
    no_args_is_help=True,
    help="Load occupations, wages, programs and outcomes.",
    epilog="Example: [bold]backcast load --help[/bold] lists what can be loaded.",
)
for _module in (
    "backcast.cli.load_frameworks",
    "backcast.cli.load_programs",
    "backcast.cli.load_needs",
    "backcast.cli.load_people",
    "backcast.cli.interchange",
    "backcast.cli.load_standin",
):
    if find_spec(_module) is not None:
        app.add_typer(import_module(_module).app)
