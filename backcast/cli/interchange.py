"""``backcast load case|ctdl`` and ``backcast export``: frameworks and requirements of other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcast.cli.frame import Stop, database, err, fail, out

app = typer.Typer()
_SHOWN = 20
_File = Annotated[Path, typer.Argument(help="The file, as JSON.", show_default=False)]
_Region = Annotated[str, typer.Option("--region", help="The region to take it into, by name.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be done; write nothing.")
]


@app.command(
    "case", epilog="Example: [bold]backcast load case package.json --region “New Jersey”[/bold]"
)
def case(file: _File, region: _Region, dry_run: _DryRun = False) -> None:
    """Take a CASE package in: its items become the region's own competencies.

    Taking the same package in again changes only what changed in it.
    """
    _take_in(file, region, dry_run)


@app.command(
    "ctdl", epilog="Example: [bold]backcast load ctdl framework.json --region “New Jersey”[/bold]"
)
def ctdl(file: _File, region: _Region, dry_run: _DryRun = False) -> None:
    """Take a CTDL-ASN framework (JSON-LD) in, as the region's own competencies."""
    _take_in(file, region, dry_run)


def _take_in(file: Path, region: str, dry_run: bool) -> None:
    if not file.is_file():
        fail(f"There is no file {file}.")
    with database("worker"):
        from backcast.cli.rows import region_named
        from backcast.core.actor import acting, system
        from backcast.frameworks import importing
        from backcast.frameworks.parsing.problems import FileProblem

        actor = system("load")
        with acting(actor):
            actor = actor.within(region_named(region).pk)
        try:
            content = file.read_bytes()
            if dry_run:
                with acting(actor):
                    preview = importing.prepare(actor, content)
            else:
                _kept, preview = importing.take_in(content, actor=actor)
        except FileProblem as problem:
            raise Stop(f"{file}: {problem}\nNothing was taken in.") from problem
    for refusal in preview.refusals[:_SHOWN]:
        err.print(f"Refused: {refusal}", markup=False)
    if len(preview.refusals) > _SHOWN:
        err.print(f"… and {len(preview.refusals) - _SHOWN:,} more.")
    counts = {effect: preview.count(effect) for effect in importing.Effect}
    out.print(
        f"{preview.framework.title}: {preview.items_read:,} statements read, "
        f"{len(preview.entries):,} used, {preview.items_refused:,} refused.",
        markup=False,
    )
    out.print(
        f"{'Would be' if dry_run else 'Now'}: {counts[importing.Effect.NEW]:,} new, "
        f"{counts[importing.Effect.TIED]:,} there already, "
        f"{counts[importing.Effect.CHANGES]:,} changed, "
        f"{counts[importing.Effect.SAME]:,} as before."
    )
    if preview.links_refused:
        out.print(f"Links not used: {preview.links_refused:,}.")
    if dry_run:
        out.print("Nothing was written (--dry-run).")
    if preview.items_refused:
        raise typer.Exit(3)
