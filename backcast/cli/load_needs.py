"""``backcast load needs``: what employers need, from the workbook or a CSV file with its columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from backcast.cli.frame import database, err, fail, out
from backcast.core.spreadsheets import safe_text

if TYPE_CHECKING:
    from backcast.demand.loading import Preview
    from backcast.demand.refusals import Refusal, Remark
    from backcast.partners.models import Region

app = typer.Typer()

_SHOWN = 20


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
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write every refused row, why, and how to mend it (CSV)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Load what employers need. Loading a file again changes only what changed.

    Exit code 1: refused, nothing was written; 3: done, but rows were left out.
    """
    if not file.is_file():
        fail(f"There is no file {file}.")
    # The command acts for the product itself, whom row security knows as the worker.
    with database("worker"):
        from backcast.core.actor import acting, system
        from backcast.demand.loading import check_size, load_needs, prepare
        from backcast.demand.refusals import FileRefused

        actor = system("command")
        with acting(actor):
            actor = actor.within(region_named(region).pk)
        try:
            check_size(file.stat().st_size)
            content = file.read_bytes()
            with acting(actor):
                preview = prepare(actor, content)
            held_back = bool(preview.reading.refusals) and not leave_out_refused
            if not dry_run and not held_back:
                preview = load_needs(actor=actor, content=content)
        except FileRefused as refusal:
            fail(f"{file}: {refusal}")
    if refused is not None:
        write_refusals(refused, preview.reading.refusals)
    report = _report(preview, written=not dry_run and not held_back)
    if as_json:
        out.print_json(json.dumps(report, ensure_ascii=False))
    else:
        _print(preview, report, dry_run=dry_run)
    if held_back and not dry_run:
        fail(
            f"{report['rows_refused']} rows cannot be used, so nothing was written. Mend them, or "
            "give --leave-out-refused to load the rest."
        )
    if preview.reading.rows_refused:
        raise typer.Exit(3)


def region_named(name: str) -> Region:
    from backcast.partners.models import Region

    found = Region.objects.filter(name__iexact=name.strip(), archived_at=None).first()
    if found is None:
        names = ", ".join(f"“{each}”" for each in Region.objects.filter(archived_at=None)) or "none"
        fail(f"There is no region “{name}”. There are: {names}.")
    return found


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
        **said(reading.refusals, reading.remarks),
    }


def said(refusals: Sequence[Refusal], remarks: Sequence[Remark]) -> dict[str, Any]:
    """Refusals and remarks as JSON tells them."""
    return {
        "refusals": [
            {"row": r.row, "field": r.field, "wrong": str(r.wrong), "remedy": str(r.remedy)}
            for r in refusals
        ],
        "remarks": [{"row": r.row, "field": r.field, "text": str(r.text)} for r in remarks],
    }


def _print(preview: Preview, report: dict[str, Any], *, dry_run: bool) -> None:
    reading = preview.reading
    print_refusals(reading.refusals, reading.remarks)
    out.print(
        f"{report['rows_in']} rows: {report['rows_used']} used, {report['rows_refused']} refused."
    )
    counts = report["needs"]
    out.print(
        f"{'Would be' if not report['written'] else 'Now'}: {counts['new']} needs new, "
        f"{counts['changes']} changed, {counts['same']} as stated before, "
        f"{counts['finishes']} drafts finished, {counts['returns']} brought back."
    )
    if dry_run:
        out.print("Nothing was written (--dry-run).")


def print_refusals(refusals: Sequence[Refusal], remarks: Sequence[Remark]) -> None:
    """The first refused rows as a table, and what is worth saying of the others."""
    if refusals:
        table = Table("Row", "Column", "What is wrong", "How to mend it", title="Refused")
        for refusal in refusals[:_SHOWN]:
            table.add_row(str(refusal.row), refusal.field, str(refusal.wrong), str(refusal.remedy))
        err.print(table)
        if len(refusals) > _SHOWN:
            err.print(f"… and {len(refusals) - _SHOWN} more; --refused FILE writes all.")
    for remark in remarks[:_SHOWN]:
        err.print(f"Note: {remark}", markup=False)


def write_refusals(path: Path, refusals: Iterable[Refusal]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["Row", "Column", "What is wrong", "How to mend it"])
        for refusal in refusals:
            texts = (refusal.field, str(refusal.wrong), str(refusal.remedy))
            writer.writerow([refusal.row, *map(safe_text, texts)])
