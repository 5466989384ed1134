"""``backcast demo``: make a region up, in the database or as files."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backcast.cli.frame import Stop, database, err, out

if TYPE_CHECKING:
    from backcast.demonstration.load import Loaded

app = typer.Typer(
    name="demo",
    invoke_without_command=True,
    add_completion=False,
    help="Make a region up: employers, needs, programs and years of learners' histories.\n\n"
    "Without a command, load it into the database, once: the same seed and scale load nothing"
    " twice.",
    epilog="Example: [bold]backcast demo --scale 2 --seed 11[/bold]",
)

Seed = Annotated[int, typer.Option(help="Which region: the same number gives the same one.", min=0)]
Scale = Annotated[
    float, typer.Option(help="How large: 1 is 12 programs, 5 is 60.", min=0.1, max=100.0)
]

#: What the steps of loading are called at the terminal.
STEPS = {
    "simulate": "Making the region up",
    "organisations": "Areas and organizations",
    "frameworks": "Occupations and credentials",
    "needs": "Needs",
    "programs": "Programs",
    "histories": "Past cohorts",
    "profiles": "Requirement profiles",
}


@app.callback()
def load(
    context: typer.Context,
    seed: Seed = 7,
    scale: Scale = 1.0,
    plan: Annotated[
        bool, typer.Option("--plan/--no-plan", help="Work a first plan out right away.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Make a region up and load it into the database, with people to sign in as."""
    if context.invoked_subcommand is not None:
        return
    with database():
        _refuse_production()
        from backcast.demonstration.load import accounts

        loaded = _load(seed, scale)
        if plan and loaded.plan is not None:
            _plan(loaded.plan)
        people = accounts(loaded.region)
    if as_json:
        out.print_json(
            json.dumps(
                {
                    "region": loaded.region.name,
                    "created": loaded.created,
                    "needs": loaded.needs,
                    "programs": loaded.programs,
                    "cohorts": loaded.cohorts,
                    "accounts": [
                        {"kind": one.kind, "email": one.email, "organization": one.organisation}
                        for one in people
                    ],
                }
            )
        )
        return
    if loaded.created:
        out.print(
            f"{loaded.region.name}: {loaded.needs} needs, {loaded.programs} programs,"
            f" {loaded.cohorts} past cohorts."
        )
    else:
        out.print(f"{loaded.region.name} is there already; nothing was changed.")
    out.print("Sign in by e-mail code as:")
    width = max((len(one.kind) for one in people), default=0)
    for one in people:
        out.print(
            f"  {one.kind:<{width}}  {one.email:<24}  {one.organisation}",
            markup=False,
            soft_wrap=True,
        )


@app.command(epilog="Example: [bold]backcast demo export region/ --scale 5[/bold]")
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write; made where it is missing.")],
    seed: Seed = 7,
    scale: Scale = 1.0,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which the region is seen."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that exist.")] = False,
) -> None:
    """Write a made-up region as files, without a database.

    needs.xlsx is the workbook that employers fill in; programs.csv a list of programs as providers'
    lists are loaded; cohorts.csv counts of past cohorts by stage; learners.csv each learner's way;
    plan.xlsx the whole planning problem, for `backcast plan solve`.
    """
    from backcast.demonstration.files import region_files
    from backcast.demonstration.simulator import simulate

    if folder.exists() and not folder.is_dir():
        raise Stop(f"{folder} is a file. Name a folder to write to.")
    region, _truth = simulate(seed, scale, today=today.date() if today else date.today())  # noqa: DTZ011
    files = region_files(region)
    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        raise Stop(
            f"{', '.join(there)} would be written over in {folder}."
            " Name another folder, or add --force."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        out.print(f"{folder / name}  {len(content):,} bytes", markup=False, soft_wrap=True)


def _refuse_production() -> None:
    from django.conf import settings

    if settings.PRODUCTION:
        raise Stop(
            "This is a production installation. A demonstration lets anybody sign in as anybody,"
            " so it is not loaded here. Use `backcast run` on another machine to try Backcast."
        )


def _bar() -> Any:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
    )


def _load(seed: int, scale: float) -> Loaded:
    from backcast.demonstration.load import load_region

    with _bar() as bar:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(STEPS[what], total=total)
            bar.update(tasks[what], completed=done, total=total)

        return load_region(seed=seed, scale=scale, progress=tell)


def _plan(plan: Any) -> None:
    from backcast.demonstration.load import solve_first_plan

    with _bar() as bar:
        task = bar.add_task("First plan", total=1.0)
        solved = solve_first_plan(
            plan, on_progress=lambda step: bar.update(task, completed=min(step.share, 1.0))
        )
        bar.update(task, completed=1.0)
    if solved.status == solved.Status.FAILED:
        err.print(f"The first plan could not be worked out: {solved.trouble}", markup=False)
