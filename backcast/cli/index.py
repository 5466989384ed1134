"""``backcast index``: make the skills or occupations of a folder ready to be linked to."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backcast.cli.frame import Stop, err

app = typer.Typer()


class Kinds(StrEnum):
    """What of the folder is indexed."""

    SKILLS = "skills"
    OCCUPATIONS = "occupations"


@app.command(epilog="Example: [bold]backcast index esco-1.1.1 --kind skills --out esco.idx[/bold]")
def index(
    folder: Annotated[
        Path, typer.Argument(help="The unpacked folder of ESCO (CSV) or O*NET.", show_default=False)
    ],
    kind: Annotated[Kinds, typer.Option(help="What to link texts to.")] = Kinds.SKILLS,
    to: Annotated[Path, typer.Option("--out", help="Where to write the index.")] = Path("out.idx"),
) -> None:
    """Make an index for `backcast link`, once. Needs no database."""
    from backcast.frameworks.linking import Index, LinkingError, Step
    from backcast.frameworks.linking.folders import items

    if not to.absolute().parent.is_dir():
        raise Stop(f"There is no folder {to.absolute().parent} to write {to.name} into.")
    begun = time.monotonic()
    try:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=err,
            transient=True,
        ) as bar:
            task = bar.add_task("Reading files", total=1.0)

            def show(step: Step) -> None:
                bar.update(task, description=step.name, completed=step.share)

            made = Index.build(items(folder, kind.value), kind=kind.value, progress=show)
            made.save(to)
    except LinkingError as error:
        raise Stop(str(error)) from error
    err.print(
        f"Wrote {to}: {len(made):,} {kind.value} with {len(made.names):,} names, "
        f"in {time.monotonic() - begun:.0f} s.",
        markup=False,
        soft_wrap=True,
    )
