"""The one command, ``backcast``. Each group of commands is imported only when it is called."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from backcast.cli.frame import LazyGroup, explain


class _Commands(LazyGroup):
    loads = {
        "run": ("backcast.cli.run", "Set up what is missing and run Backcast here."),
        "plan": ("backcast.cli.plan", "Compute intakes and plans, from files or the database."),
        "demo": ("backcast.cli.demo", "Make a region up, for trying things out."),
        "load": ("backcast.cli.load", "Load occupations, wages, programs and outcomes."),
        "export": ("backcast.cli.export", "Hand competencies, needs and profiles on."),
        "index": ("backcast.cli.index", "Make skills or occupations ready to be linked to."),
        "link": ("backcast.cli.link", "Say which skills or occupations lines of text mean."),
        "manage": ("backcast.cli.manage", "Back up, restore, migrate and other upkeep."),
    }


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: [bold]backcast run[/bold] opens Backcast with a demonstration region.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"backcast {version('backcast')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the details of an unexpected error.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Plan backward from what employers need to the training that leads there."""
    if debug:
        os.environ["BACKCAST_DEBUG"] = "1"


def main() -> None:
    """Run the command; a person at the terminal never sees a traceback unasked."""
    try:
        app(prog_name="backcast")
    except Exception as error:
        sys.exit(explain(error))


if __name__ == "__main__":
    main()
