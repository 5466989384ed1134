"""``backcast load programs``, ``load outcomes`` and ``load new-jersey``."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from backcast.cli.frame import database, err, fail, out
from backcast.cli.rows import Refused, region_named
from backcast.core.spreadsheets import safe_text

if TYPE_CHECKING:
    from backcast.training.cleaning import Refusal
    from backcast.training.loading import Job, Report

app = typer.Typer()

RegionName = Annotated[str, typer.Option("--region", help="The region to load into, by name.")]
Mapping_ = Annotated[
    Path | None,
    typer.Option("--mapping", help="A YAML file that says which column holds what."),
]
Assumed = Annotated[
    Path | None,
    typer.Option("--assumptions", help="A YAML file of what to assume where the list is silent."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be used and refused; write nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
OnlyCip = Annotated[
    str,
    typer.Option("--cip", help="Look only at rows whose CIP code starts with this, such as 51."),
]


@app.command(
    "programs",
    epilog="Example: [bold]backcast load programs list.csv --region “New Jersey” --mapping "
    "regions/new-jersey/mapping.yaml --dry-run[/bold]",
)
def programs(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or a SQL dump of INSERT rows.")],
    region: RegionName,
    mapping: Mapping_ = None,
    assumptions: Assumed = None,
    providers: Annotated[
        Path | None, typer.Option("--providers", help="The list's own file of providers.")
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    refused: Refused = None,
    cip: OnlyCip = "",
) -> None:
    """Load an eligible-training-provider list. Loading it again changes only what changed."""
    _file_exists(file)
    plan = _mapping(file, mapping, "programs")
    with database(), _plain_refusals(), _refusals(refused) as sink:
        from backcast.core.actor import system
        from backcast.training.loading import load_programs, read_providers
        from backcast.training.recipes import columns_of, load_assumptions

        job = _job(file, region, plan, "programs", cip)
        given: dict[str, Any] = {}
        if assumptions is not None:
            given["assumptions"] = load_assumptions(assumptions)
        if providers is not None:
            _file_exists(providers)
            if "providers" not in plan:
                fail(
                    f"{mapping or 'The mapping'} does not say which columns of {providers} hold "
                    "what. Add a part “providers”."
                )
            given["providers"] = read_providers(
                providers, columns_of(plan["providers"], "providers")
            )
        from dataclasses import replace

        report = load_programs(
            replace(job, **given), actor=system("command"), dry_run=dry_run, refused=sink
        )
    _print([report], dry_run, as_json)


@app.command(
    "outcomes",
    epilog="Example: [bold]backcast load outcomes outcomes.csv --region “New Jersey” --mapping "
    "regions/new-jersey/mapping.yaml[/bold]",
)
def outcomes(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or a SQL dump of INSERT rows.")],
    region: RegionName,
    mapping: Mapping_ = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    refused: Refused = None,
    cip: OnlyCip = "",
) -> None:
    """Load published outcomes of the providers whose programs are loaded."""
    _file_exists(file)
    plan = _mapping(file, mapping, "outcomes")
    with database(), _plain_refusals(), _refusals(refused) as sink:
        from backcast.core.actor import system
        from backcast.training.loading import load_outcomes

        job = _job(file, region, plan, "outcomes", cip)
        report = load_outcomes(job, actor=system("command"), dry_run=dry_run, refused=sink)
    _print([report], dry_run, as_json)


@app.command(
    "new-jersey",
    epilog="Example: [bold]backcast load new-jersey data/nj-etpl --region “New Jersey”[/bold]",
)
def new_jersey(
    folder: Annotated[
        Path, typer.Argument(help="Holds programs.csv, providers.csv and outcomes.csv.")
    ],
    region: RegionName = "New Jersey",
    dry_run: DryRun = False,
    as_json: Json = False,
    refused: Refused = None,
    cip: OnlyCip = "",
) -> None:
    """Make the region with its labor areas where it is missing, and load New Jersey's lists.

    Load the CIP–SOC crosswalk and the occupations first, so that programs find their occupations.
    """
    if not folder.is_dir():
        fail(f"There is no folder {folder}.")
    with database(), _plain_refusals(), _refusals(refused) as sink:
        from django.db import transaction

        from backcast.core.actor import acting, system
        from backcast.training import recipes, regions

        actor = system("command")
        with acting(actor, "training.load_lists"):
            recipe = recipes.load("new-jersey")
            found = regions.open_region(recipe, region, actor=actor)
            reports = regions.load_lists(
                recipe,
                folder,
                found,
                actor=actor,
                only_cip=cip,
                refused=lambda kind, refusal: sink(refusal, kind),
            )
            if dry_run:  # outcomes are held against the programs, so these are written and undone
                transaction.set_rollback(True)
    _print(reports, dry_run, as_json)


# -- what they share -------------------------------------------------------------------------------


def _file_exists(file: Path) -> None:
    if not file.is_file():
        fail(f"There is no file {file}.")


def _mapping(file: Path, mapping: Path | None, kind: str) -> dict[str, Any]:
    """The mapping as read; without one, print a suggestion to look through and keep, and stop."""
    from backcast.training.columns import FIELDS, suggest
    from backcast.training.reading import UnreadableFileError, open_table
    from backcast.training.recipes import RecipeError, read_yaml

    if mapping is not None:
        try:
            plan = read_yaml(mapping)
        except RecipeError as error:
            fail(str(error))
        if kind not in plan:
            fail(f"{mapping} has no part “{kind}” with its columns.")
        return plan
    import yaml

    try:
        table = open_table(file)
    except UnreadableFileError as error:
        fail(f"{file.name}: {error}")
    suggested = {
        "source": file.stem[:60],
        kind: {"file": file.name, "columns": suggest(table.columns, FIELDS[kind])},
    }
    err.print("Which column holds what? This is a suggestion. Look it through, keep it as a file,")
    err.print("and give it with --mapping:")
    out.print(yaml.safe_dump(suggested, sort_keys=False, allow_unicode=True), markup=False)
    raise typer.Exit(2)


def _job(file: Path, region: str, plan: dict[str, Any], kind: str, cip: str) -> Job:
    from backcast.training.loading import Job
    from backcast.training.recipes import cip_changes_of, columns_of

    return Job(
        region=region_named(region),
        path=file,
        columns=columns_of(plan[kind], kind),
        source=str(plan.get("source") or file.stem)[:60],
        period=str(plan.get("period") or "")[:60],
        state=str(plan.get("state") or "")[:2].upper(),
        cip_changes=cip_changes_of(plan),
        only_cip=cip,
    )


@contextmanager
def _plain_refusals() -> Iterator[None]:
    """Errors about files, mappings and assumptions are messages, not tracebacks."""
    from backcast.training.columns import MappingError
    from backcast.training.reading import UnreadableFileError
    from backcast.training.recipes import RecipeError

    try:
        yield
    except (MappingError, UnreadableFileError, RecipeError) as error:
        fail(f"Nothing was loaded. {error}")


class _Sink:
    """Writes refused rows to a CSV file as they come, or nowhere."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def __call__(self, refusal: Refusal, kind: str = "") -> None:
        if self._writer is not None:
            texts = (refusal.reason, refusal.field, refusal.message, refusal.remedy)
            self._writer.writerow([kind, refusal.row, *map(safe_text, texts)])


@contextmanager
def _refusals(path: Path | None) -> Iterator[_Sink]:
    if path is None:
        yield _Sink(None)
        return
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["list", "row", "reason", "field", "what is wrong", "how to mend it"])
        yield _Sink(writer)


def _print(reports: list[Report], dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, "lists": [r.plain() for r in reports]}))
        return
    for report in reports:
        title = {"programs": "Programs", "outcomes": "Published outcomes"}[report.kind]
        table = Table(title=f"{title} · {report.file}", title_justify="left")
        table.add_column("")
        table.add_column("rows", justify="right")
        table.add_row("in the file", f"{report.rows_in:,}", style="bold")
        table.add_row("used", f"{report.rows_used:,}", style="bold")
        table.add_row("refused", f"{report.rows_refused:,}", style="bold")
        for reason, title in report.titles().items():
            if report.refused[reason]:
                table.add_row(f"  {title}", f"{report.refused[reason]:,}")
        out.print(table)
        for note, count in sorted(report.notes.items()):
            out.print(f"  {count:,} used rows: {note}", markup=False)
        for remark in report.remarks:
            out.print(f"  {remark}", markup=False)
        out.print(
            "  Nothing was written (dry run)."
            if dry_run
            else f"  New {report.created:,} · changed {report.changed:,} · "
            f"as before {report.unchanged:,}",
            markup=False,
        )
