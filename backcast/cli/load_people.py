"""``backcast load people``: who is to answer a wave, from the workbook or a CSV file with its columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcast.cli.frame import database, fail, out
from backcast.cli.load_needs import print_refusals, region_named, said, write_refusals

if TYPE_CHECKING:
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
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write every refused row, why, and how to mend it (CSV)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Invite people to a wave. In an open one the links leave at once.

    Exit code 1: refused, nobody was invited; 3: done, but rows were left out.
    """
    if not file.is_file():
        fail(f"There is no file {file}.")
    with database("worker"):
        from backcast.core.actor import acting, system
        from backcast.demand.loading import check_size
        from backcast.demand.refusals import FileRefused
        from backcast.demand.waves import inviting

        actor = system("command")
        with acting(actor):
            actor = actor.within(region_named(region).pk)
        try:
            check_size(file.stat().st_size)
            content = file.read_bytes()
            with acting(actor):
                found = _wave(actor, wave)
                preview = inviting.prepare(found, actor=actor, content=content)
            held_back = bool(preview.reading.refusals) and not leave_out_refused
            if not dry_run and not held_back:
                preview = inviting.invite_people(found, actor=actor, content=content)
        except FileRefused as refusal:
            fail(f"{file}: {refusal}")
    if refused is not None:
        write_refusals(refused, preview.reading.refusals)
    report = _report(preview, written=not dry_run and not held_back)
    if as_json:
        out.print_json(json.dumps(report, ensure_ascii=False))
    else:
        _print(preview, report)
    if held_back and not dry_run:
        fail(
            f"{report['rows_refused']} rows cannot be used, so nobody was invited. Mend them, or "
            "give --leave-out-refused to invite the rest."
        )
    if preview.reading.rows_refused:
        raise typer.Exit(3)


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
        **said(reading.refusals, reading.remarks),
    }


def _print(preview: Preview, report: dict[str, Any]) -> None:
    reading = preview.reading
    print_refusals(reading.refusals, reading.remarks)
    out.print(
        f"{report['rows_in']} rows: {report['rows_used']} used, {report['rows_refused']} refused."
    )
    counts = report["people"]
    out.print(
        f"{'Now' if report['written'] else 'Would be'}: {counts['new']} invited, "
        f"{counts['changes']} changed, {counts['same']} invited before."
    )
    if not report["written"]:
        out.print("Nobody was invited.")
