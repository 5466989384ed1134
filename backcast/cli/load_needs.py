"""``backcast load needs``: what employers need, from the workbook or a CSV file with its columns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcast.cli import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcast.core.actor import Actor
    from backcast.demand.loading import Preview

app = typer.Typer()


@app.command(
    "needs",
    epilog="Example: [bold]backcast load needs needs.xlsx --region “New Jersey” --dry-run[/bold]",
)
def needs(
    file: Annotated[Path, typer.Argument(help="The filled-in workbook, or a CSV file like it.")],
    region: Annotated[str, typer.Option("--region", help="The region to load into, by name.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done; write nothing.")
    ] = False,
    leave_out_refused: Annotated[
        bool,
        typer.Option(
            "--leave-out-refused",
            help="Load the needs that can be used although some rows cannot. "
            "Without it, one refused row keeps everything out.",
        ),
    ] = False,
    refused: rows.Refused = None,
    as_json: rows.AsJson = False,
) -> None:
    """Load what employers need. Loading a file again changes only what changed.

    Exit code 1: refused, nothing was written; 3: done, but rows were left out.
    """
    preview, written = rows.load(
        file, region, _loader, dry_run=dry_run, leave_out_refused=leave_out_refused
    )
    report = _report(preview, written=written)
    rows.finish(
        preview.reading,
        report,
        refused=refused,
        as_json=as_json,
        dry_run=dry_run,
        lines=_lines(report, dry_run=dry_run),
        held_back="nothing was written. Mend them, or give --leave-out-refused to load the rest.",
    )


def _loader(actor: Actor, content: bytes) -> tuple[Callable[[], Preview], Callable[[], Preview]]:
    from backcast.demand.loading import load_needs, prepare

    return partial(prepare, actor, content), partial(load_needs, actor=actor, content=content)


def _report(preview: Preview, *, written: bool) -> dict[str, Any]:
    from backcast.demand.loading import Effect

    reading = preview.reading
    return {
        "written": written,
        "rows_in": reading.rows_in,
        "rows_used": reading.rows_used,
        "rows_refused": reading.rows_refused,
        "examples_skipped": reading.examples,
        "needs": {str(effect): preview.count(effect) for effect in Effect},
        **rows.said(reading.refusals, reading.remarks),
    }


def _lines(report: dict[str, Any], *, dry_run: bool) -> Iterator[str]:
    counts = report["needs"]
    yield (
        f"{'Now' if report['written'] else 'Would be'}: {counts['new']} needs new, "
        f"{counts['changes']} changed, {counts['same']} as stated before, "
        f"{counts['finishes']} drafts finished, {counts['returns']} brought back."
    )
    if dry_run:
        yield "Nothing was written (--dry-run)."
