"""``backcast load people``: who is to answer a wave, from the workbook or a CSV file with its columns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcast.cli import rows
from backcast.cli.frame import fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backcast.core.actor import Actor
    from backcast.demand.models import Wave
    from backcast.demand.waves.inviting import Preview

app = typer.Typer()


@app.command(
    "people",
    epilog="Example: [bold]backcast load people people.xlsx --region “New Jersey” "
    "--wave “Spring 2027” --dry-run[/bold]",
)
def people(
    file: Annotated[Path, typer.Argument(help="The filled-in workbook, or a CSV file like it.")],
    region: Annotated[str, typer.Option("--region", help="The region, by name.")],
    wave: Annotated[str, typer.Option("--wave", help="The wave that is to ask them, by name.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done; invite nobody.")
    ] = False,
    leave_out_refused: Annotated[
        bool,
        typer.Option(
            "--leave-out-refused",
            help="Invite those whose rows can be used although others cannot. "
            "Without it, one refused row keeps everybody out.",
        ),
    ] = False,
    refused: rows.Refused = None,
    as_json: rows.AsJson = False,
) -> None:
    """Invite people to a wave. In an open one the links leave at once.

    Exit code 1: refused, nobody was invited; 3: done, but rows were left out.
    """

    def loader(actor: Actor, content: bytes) -> tuple[Callable[[], Preview], Callable[[], Preview]]:
        from backcast.demand.waves import inviting

        found = _wave(actor, wave)
        return (
            partial(inviting.prepare, found, actor=actor, content=content),
            partial(inviting.invite_people, found, actor=actor, content=content),
        )

    preview, written = rows.load(
        file, region, loader, dry_run=dry_run, leave_out_refused=leave_out_refused
    )
    report = _report(preview, written=written)
    rows.finish(
        preview.reading,
        report,
        refused=refused,
        as_json=as_json,
        dry_run=dry_run,
        lines=_lines(report),
        held_back="nobody was invited. Mend them, or give --leave-out-refused to invite the rest.",
    )


def _wave(actor: Actor, name: str) -> Wave:
    from backcast.demand.waves import access

    waves = access.waves(actor).filter(archived_at=None).exclude(status="frozen")
    found = list(waves.filter(name__iexact=name.strip())[:2])
    if len(found) != 1:
        names = ", ".join(f"“{each.name}” ({each.collaborative})" for each in waves) or "none"
        several = "There are several waves" if found else "There is no draft or open wave"
        fail(f"{several} “{name}”. There are: {names}.")
    return found[0]


def _report(preview: Preview, *, written: bool) -> dict[str, Any]:
    from backcast.demand.waves.inviting import Effect

    reading = preview.reading
    return {
        "written": written,
        "rows_in": reading.rows_in,
        "rows_used": len(reading.people),
        "rows_refused": reading.rows_refused,
        "examples_skipped": reading.examples,
        "rows_asking_nobody": reading.nobody,
        "people": {str(effect): preview.count(effect) for effect in Effect},
        "unknown_employers": [
            {"name": one.name, "rows": list(one.rows), "near": one.near.name if one.near else None}
            for one in reading.unknown
        ],
        **rows.said(reading.refusals, reading.remarks),
    }


def _lines(report: dict[str, Any]) -> Iterator[str]:
    counts = report["people"]
    yield (
        f"{'Now' if report['written'] else 'Would be'}: {counts['new']} invited, "
        f"{counts['changes']} changed, {counts['same']} invited before."
    )
    if not report["written"]:
        yield "Nobody was invited."
