"""What commands share that load rows people filled in: preview, hold back, write, report, exit code."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer
from rich.table import Table

from backcast.cli.frame import database, err, fail, out
from backcast.core.spreadsheets import safe_text

if TYPE_CHECKING:
    from backcast.core.actor import Actor
    from backcast.demand.refusals import Refusal, Remark
    from backcast.partners.models import Region

Refused = Annotated[
    Path | None,
    typer.Option("--refused", help="Write every refused row, why, and how to mend it (CSV)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]

_SHOWN = 20


class Reading(Protocol):
    """Rows as read: what can be used, and what is refused."""

    @property
    def rows_in(self) -> int: ...
    @property
    def rows_refused(self) -> int: ...
    @property
    def examples(self) -> int: ...
    @property
    def refusals(self) -> Sequence[Refusal]: ...
    @property
    def remarks(self) -> Sequence[Remark]: ...


class Preview(Protocol):
    """What a file would do."""

    @property
    def reading(self) -> Reading: ...


P = TypeVar("P", bound=Preview)


def load(
    file: Path,
    region: str,
    loader: Callable[[Actor, bytes], tuple[Callable[[], P], Callable[[], P]]],
    *,
    dry_run: bool,
    leave_out_refused: bool,
) -> tuple[P, bool]:
    """Preview a file, and write it unless rows are refused or it is a dry run.

    ``loader`` gives, for an actor and a file's content, how to preview it and how to write it. The
    answer is what was previewed or written, and whether it was written.
    """
    if not file.is_file():
        fail(f"There is no file {file}.")
    # The command acts for the product itself, whom row security knows as the worker.
    with database("worker"):
        from backcast.core.actor import acting, system
        from backcast.demand.loading import check_size
        from backcast.demand.refusals import FileRefused

        actor = system("command")
        with acting(actor):
            actor = actor.within(region_named(region).pk)
        try:
            check_size(file.stat().st_size)
            content = file.read_bytes()
            with acting(actor):
                prepare, write = loader(actor, content)
                preview = prepare()
            held_back = bool(preview.reading.refusals) and not leave_out_refused
            if dry_run or held_back:
                return preview, False
            return write(), True
        except FileRefused as refusal:
            fail(f"{file}: {refusal}")


def finish(
    reading: Reading,
    report: dict[str, Any],
    *,
    refused: Path | None,
    as_json: bool,
    dry_run: bool,
    lines: Iterable[str],
    held_back: str,
) -> None:
    """Print the report of a load (as JSON, or as tables and ``lines``), and end with its exit code.

    1: nothing was written because rows were refused, and ``held_back`` says so; 3: done, but rows
    were left out.
    """
    if refused is not None:
        _write_refusals(refused, reading.refusals)
    if as_json:
        out.print_json(json.dumps(report, ensure_ascii=False))
    else:
        _print_refusals(reading.refusals, reading.remarks)
        out.print(
            f"{report['rows_in']} rows: {report['rows_used']} used, "
            f"{report['rows_refused']} refused."
        )
        for line in lines:
            out.print(line)
    if reading.refusals and not report["written"] and not dry_run:
        fail(f"{report['rows_refused']} rows cannot be used, so {held_back}")
    if reading.rows_refused:
        raise typer.Exit(3)


def region_named(name: str) -> Region:
    """The region of this name; ends the command with the names there are where none has it."""
    from backcast.partners.models import Region

    found = Region.objects.filter(name__iexact=name.strip(), archived_at=None).first()
    if found is None:
        names = ", ".join(f"“{each}”" for each in Region.objects.filter(archived_at=None)) or "none"
        fail(f"There is no region “{name}”. There are: {names}.")
    return found


def said(refusals: Sequence[Refusal], remarks: Sequence[Remark]) -> dict[str, Any]:
    """Refusals and remarks as JSON tells them."""
    return {
        "refusals": [
            {"row": r.row, "field": r.field, "wrong": str(r.wrong), "remedy": str(r.remedy)}
            for r in refusals
        ],
        "remarks": [{"row": r.row, "field": r.field, "text": str(r.text)} for r in remarks],
    }


def _print_refusals(refusals: Sequence[Refusal], remarks: Sequence[Remark]) -> None:
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


def _write_refusals(path: Path, refusals: Iterable[Refusal]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["Row", "Column", "What is wrong", "How to mend it"])
        for refusal in refusals:
            texts = (refusal.field, str(refusal.wrong), str(refusal.remedy))
            writer.writerow([refusal.row, *map(safe_text, texts)])
