"""``backcast load onet|esco|esco-onet|cip-soc|soc-changes|oews|projections|naics``: public data, as published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from backcast.cli.frame import Stop, database, err, out

if TYPE_CHECKING:
    from backcast.frameworks.loading import LoadReport, Step

app = typer.Typer(no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="The file, as it was downloaded.", show_default=False)]
_Json = Annotated[bool, typer.Option("--json", help="Print the result for a machine to read.")]


@app.command(epilog="Example: [bold]backcast load onet ~/Downloads/db_29_0_text[/bold]")
def onet(
    folder: Annotated[
        Path, typer.Argument(help="The folder of an unpacked release.", show_default=False)
    ],
    release: Annotated[
        str | None,
        typer.Option(help="The version, such as 29.0, where the folder does not say it."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Load occupations, titles, tasks, activities, technology and ratings of an O*NET release.

    Text files and workbooks are both read. Loading a newer release over an older one says what
    changed; loading the same one again is safe.
    """
    _load("load_onet", folder, as_json, version=release)


@app.command(epilog="Example: [bold]backcast load esco ~/Downloads/ESCO-v1.2.0-en[/bold]")
def esco(
    folder: Annotated[
        Path, typer.Argument(help="The folder of an unpacked release, in CSV.", show_default=False)
    ],
    release: Annotated[
        str | None,
        typer.Option(help="The version, such as 1.2.0, where the folder's name does not say it."),
    ] = None,
    language: Annotated[
        str, typer.Option(help="The language of the files, as their names end.")
    ] = "en",
    as_json: _Json = False,
) -> None:
    """Load occupations, skills, their names and relations of an ESCO release.

    They stand beside those of O*NET: lists show them when asked to.
    """
    _load("load_esco", folder, as_json, version=release, language=language)


@app.command("esco-onet", epilog="Example: [bold]backcast load esco-onet crosswalk.csv[/bold]")
def esco_onet(file: _File, as_json: _Json = False) -> None:
    """Load which occupations of O*NET and ESCO match."""
    _load("load_occupation_matches", file, as_json)


@app.command("cip-soc", epilog="Example: [bold]backcast load cip-soc CIP2020_SOC2018.csv[/bold]")
def cip_soc(file: _File, as_json: _Json = False) -> None:
    """Load which programs of study (CIP 2020) lead to which occupations (SOC 2018)."""
    _load("load_cip_soc", file, as_json)


@app.command(
    "soc-changes", epilog="Example: [bold]backcast load soc-changes soc_2010_to_2018.csv[/bold]"
)
def soc_changes(file: _File, as_json: _Json = False) -> None:
    """Load what became of SOC 2010's occupations in SOC 2018."""
    _load("load_soc_changes", file, as_json)


@app.command(epilog="Example: [bold]backcast load oews oesm24ma.xlsx --year 2024[/bold]")
def oews(
    file: _File,
    year: Annotated[
        int | None, typer.Option(help="The year of the figures, where the name does not say it.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Load employment and wages by area (OEWS)."""
    _load("load_wages", file, as_json, year=year)


@app.command(epilog="Example: [bold]backcast load projections occupation.xlsx[/bold]")
def projections(file: _File, as_json: _Json = False) -> None:
    """Load BLS employment projections (the workbook with Table 1.10)."""
    _load("load_projections", file, as_json)


@app.command(epilog="Example: [bold]backcast load naics naics_2022.json[/bold]")
def naics(file: _File, as_json: _Json = False) -> None:
    """Load NAICS codes and titles from JSON: {"62": "Health Care", …}."""
    _load("load_industries", file, as_json)


def _load(name: str, path: Path, as_json: bool, **options: Any) -> None:
    from backcast.frameworks.parsing.problems import FileProblem

    if not path.exists():
        raise Stop(f"There is no file or folder {path}.")
    with database():
        from backcast.core.actor import system
        from backcast.frameworks import loading

        load: Callable[..., LoadReport] = getattr(loading, name)
        try:
            with _bar() as bar:
                report = load(path, actor=system("load"), progress=_showing(bar), **options)
        except (FileProblem, loading.LoadRefused) as problem:
            raise Stop(f"{problem}\nNothing was loaded.") from problem
    if as_json:
        typer.echo(json.dumps(as_dict(report), indent=2, ensure_ascii=False))
    else:
        _show(report)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )


def _showing(bar: Progress) -> Callable[[Step], None]:
    task = bar.add_task("Reading", total=1, rows=0)

    def show(step: Step) -> None:
        bar.update(
            task,
            description=step.table,
            total=step.of,
            completed=step.number if step.done else step.number - 1,
            rows=step.rows,
        )

    return show


def as_dict(report: LoadReport) -> dict[str, Any]:
    """The report as plain values: counts by file, refusals with examples, what changed."""
    return {
        "source": report.source,
        "version": report.version,
        "read": report.read,
        "used": report.used,
        "refused": report.refused,
        "files": [
            {
                "table": file.table,
                "file": file.tally.file,
                "read": file.tally.read,
                "used": file.tally.used,
                "refused": dict(file.tally.refused),
                "added": file.added,
                "changed": file.changed,
                "withdrawn": file.withdrawn,
            }
            for file in report.files
        ],
        "occupations": report.occupations,
        "examples": [str(example) for example in report.examples],
        "not_read": report.ignored,
    }


def _show(report: LoadReport) -> None:
    out.print(f"Loaded {report.version}: {report.used:,} of {report.read:,} rows.", markup=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("Table", "Read", "Used", "Added", "Changed", "Withdrawn"):
        table.add_column(heading, justify="left" if heading == "Table" else "right")
    for file in report.files:
        figures = (file.tally.read, file.tally.used, file.added, file.changed, file.withdrawn)
        table.add_row(file.table, *(f"{figure:,}" for figure in figures))
    out.print(table)
    for kind, lines in report.occupations.items():
        out.print(f"Occupations {kind}: {len(lines):,}", markup=False)
        for line in lines[:10]:
            out.print(f"  {line}", markup=False)
        if len(lines) > 10:
            out.print(f"  … and {len(lines) - 10:,} more, on the page of this release.")
    if report.refused:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in report.refused.items())
        out.print(f"Not used: {reasons}.", markup=False)
    for example in report.examples[:10]:
        out.print(f"  {example}", markup=False)
    if report.ignored:
        out.print(f"Backcast does not read: {', '.join(report.ignored)}.", markup=False)
