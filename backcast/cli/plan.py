"""``backcast plan``: intakes and whole plans from files, without a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGINT, signal
from threading import Event
from typing import Annotated, NoReturn

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from backcast.cli.frame import err, out
from backcast.cli.plan_region import region
from backcast.core.quarters import Quarter
from backcast.planning.changes import compare, unnamed
from backcast.planning.checks import complaints_about
from backcast.planning.codec import CodecError, to_plain
from backcast.planning.complaints import ProblemError
from backcast.planning.documents import problem_from_json, solution_from_json, solution_to_json
from backcast.planning.leaning import lean_on_others
from backcast.planning.problem import Problem
from backcast.planning.raising import raise_odds
from backcast.planning.report import paid_by_fund, plain_summary, write_plan
from backcast.planning.scenarios import ScenarioError, changed, in_words, parse
from backcast.planning.schedule import Options, solve
from backcast.planning.schedule import Progress as Step
from backcast.planning.sheets import LARGEST_FILE
from backcast.planning.solution import Solution
from backcast.planning.solver import SolverError
from backcast.planning.template import write_template
from backcast.planning.workbook import read_workbook
from backcast.planning.worth import Depth, worth_of_units
from backcast.planning.yields import parse_stages, smallest_intake

app = typer.Typer(
    help="Plan backwards from what employers need: intakes, and whole plans from a workbook.",
    epilog="Example: [bold]backcast plan template needs.xlsx[/bold]",
    no_args_is_help=True,
)

MOST_LINES = 200
SHORT_OF_ODDS = 3
"""Exit code of ``solve --strict`` when a role's odds are below what was asked for."""


def _stop(message: str, code: int = 1) -> NoReturn:
    err.print(escape(message), soft_wrap=True)
    raise typer.Exit(code)


app.command("region")(region)


@app.command()
def intake(
    target: Annotated[int, typer.Option(help="People who have to come through all stages.")],
    stages: Annotated[str, typer.Option(help="came-through/entered per stage, with commas.")],
    confidence: Annotated[float, typer.Option(help="Odds to reach, between 0 and 1.")] = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Say how many people have to start, so that enough of them come through.

    Example: backcast plan intake --target 20 --confidence 0.8 --stages 34/40,30/34,25/30
    """
    try:
        found = smallest_intake(target, confidence, parse_stages(stages))
    except ValueError as error:
        _stop(str(error))
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    out.print(
        f"Start [bold]{found.intake}[/bold] people: {target} or more come through with "
        f"{found.probability:.1%} probability.\n"
        f"Dividing {target} by the mean yield ({found.mean_yield:.1%}) gives {found.naive_intake}, "
        f"which is enough only {found.naive_probability:.1%} of the time."
    )


@app.command()
def template(
    path: Annotated[Path, typer.Argument(help="Where to write the workbook (.xlsx).")],
    force: Annotated[bool, typer.Option(help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a workbook with instructions and a made-up example that can be solved.

    Example: backcast plan template needs.xlsx
    """
    if path.suffix.lower() != ".xlsx":
        _stop(f"{path}: the name must end in .xlsx.")
    if path.exists() and not force:
        _stop(f"{path} is there already. Choose another name, or add --force.")
    try:
        write_template(path, Quarter.of(datetime.now(UTC).date()) + 1)
    except OSError as error:
        _stop(f"{path} cannot be written: {error.strerror or error}.")
    out.print(
        f"Wrote {escape(str(path))}. Fill it in, then: "
        f"backcast plan solve {escape(str(path))} --out plan.xlsx",
        soft_wrap=True,
    )


@app.command("solve")
def solve_file(
    path: Annotated[Path, typer.Argument(help="The workbook (.xlsx) or a problem (.json).")],
    to: Annotated[
        Path | None, typer.Option("--out", help="Write the plan: plan.xlsx, .json, .pdf or .ics.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Seconds to plan, at most.", min=1)] = 60.0,
    gap: Annotated[float, typer.Option(help="Proven gap at which to stop.", min=0, max=1)] = 0.01,
    futures: Annotated[
        int, typer.Option(help="Simulated futures behind the odds.", min=100, max=200_000)
    ] = 4_000,
    seed: Annotated[int, typer.Option(help="Random numbers of the simulation.", min=0)] = 1,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="Plan with a change, like demand=0.67, without:PROVIDER, places:ROLE@AREA=5, "
            "yield:STAGE=1.1 or budget=0.8; may be given several times.",
        ),
    ] = None,
    worth: Annotated[
        bool,
        typer.Option(
            "--worth", help="Also plan again with one more unit of what binds: about half a minute."
        ),
    ] = False,
    higher: Annotated[
        list[str] | None,
        typer.Option(
            "--raise", help="Find the cheapest way to raise a role's odds, like ROLE=0.8."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option(help="Exit with 3 when a role's odds are below those asked for.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Plan which cohorts to start, when and how large, and simulate the odds.

    Example: backcast plan solve needs.xlsx --out plan.xlsx

    What if demand falls by a third: backcast plan solve needs.xlsx --scenario demand=0.67 --out less.json,
    then backcast plan compare plan.json less.json --problem needs.xlsx.
    """
    if to is not None and to.suffix.lower() not in _WRITERS:
        _stop(f"{to}: the name must end in .xlsx, .json, .pdf or .ics.")
    try:
        problem = _what_if(_read(path), scenario or [])
        asked = [_higher(text, problem) for text in higher or []]
        plan = _solve(problem, Options(seconds=seconds, gap=gap, futures=futures, seed=seed))
    except ProblemError as error:
        _refuse(path, error, as_json)
    except (CodecError, SolverError) as error:
        _stop(f"{path}: {error}")
    except ScenarioError as error:
        _stop(f"--scenario {error}")
    plan = _what_binds(problem, plan, worth, asked, seed)
    if to is not None:
        try:
            _WRITERS[to.suffix.lower()](to, problem, plan)
        except OSError as error:
            _stop(f"{to} cannot be written: {error.strerror or error}.")
    if as_json:
        typer.echo(json.dumps({**plain_summary(problem, plan), "out": str(to) if to else None}))
    else:
        show(problem, plan)
        if to is not None:
            out.print(f"Wrote {escape(str(to))}.", soft_wrap=True)
    if strict and any(
        not plan.role_odds(role.id).reaches(problem.confidence_of(role.id))
        for role in problem.roles
        if any(need.role == role.id for need in problem.needs)
    ):
        raise typer.Exit(SHORT_OF_ODDS)


def _what_if(problem: Problem, texts: list[str]) -> Problem:
    """The problem with the scenario's changes; its title says so."""
    changes = [parse(text, problem) for text in texts]
    if not changes:
        return problem
    told = "; ".join(in_words(change, problem) for change in changes)
    return replace(changed(problem, changes), title=f"{problem.title}, {told}")


def _higher(text: str, problem: Problem) -> tuple[str, float]:
    """A role, by id or title, and the odds to raise it to."""
    name, _equals, odds = text.rpartition("=")
    roles = {known.casefold(): role.id for role in problem.roles for known in (role.id, role.title)}
    role = roles.get(name.strip().casefold())
    if role is None:
        titles = ", ".join(role.title for role in problem.roles)
        _stop(f"--raise “{text}”: write ROLE=0.8, with one of these roles: {titles}.")
    try:
        target = float(odds)
    except ValueError:
        target = 0.0
    if not 0 < target < 1:
        _stop(f"--raise “{text}”: the odds to reach lie between 0 and 1, like 0.8.")
    return role, target


def _what_binds(
    problem: Problem, plan: Solution, worth: bool, asked: list[tuple[str, float]], seed: int
) -> Solution:
    """The plan with what one more of each limit brings, and the ways to higher odds."""
    if not worth and not asked:
        return plan
    depth = Depth(seed=seed)
    with err.status("Planning again") as line, interruptible() as interrupted:

        def step(what: str, done: int, of: int) -> None:
            line.update(f"Planning again, {done + 1} of {of}: {escape(what)}")

        worths = worth_of_units(problem, plan, depth, step, interrupted) if worth else ()
        raised = []
        for role, target in asked:
            line.update(f"Raising the odds for {escape(role)} to {target:.0%}")
            try:
                raised.append(
                    raise_odds(
                        problem, plan, role, target, replace(depth, seconds=3), None, interrupted
                    )
                )
            except ValueError as error:
                _stop(f"--raise {error}")
    return replace(plan, worths=worths, raised=tuple(raised))


def _write_pdf(to: Path, problem: Problem, plan: Solution) -> None:
    from backcast.planning.board import board_pdf

    to.write_bytes(board_pdf(problem, plan, datetime.now(UTC).date()))


def _write_calendar(to: Path, problem: Problem, plan: Solution) -> None:
    from backcast.planning.calendar import plan_calendar

    to.write_bytes(plan_calendar(problem, plan, plan.problem_digest))


_WRITERS: dict[str, Callable[[Path, Problem, Solution], object]] = {
    ".xlsx": write_plan,
    ".json": lambda to, _problem, plan: to.write_text(solution_to_json(plan), encoding="utf-8"),
    ".pdf": _write_pdf,
    ".ics": _write_calendar,
}


@app.command("compare")
def compare_files(
    before: Annotated[Path, typer.Argument(help="The earlier plan (.json, from plan solve).")],
    after: Annotated[Path, typer.Argument(help="The later plan (.json).")],
    titles: Annotated[
        Path | None,
        typer.Option("--problem", help="The workbook or problem behind them, for the names."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Tell in words what differs between two plans: cohorts, cost, odds, who is missing.

    Example: backcast plan compare last.json this.json --problem needs.xlsx
    """
    old, new = _plan_of(before), _plan_of(after)
    try:
        problem = _read(titles) if titles is not None else unnamed(new)
    except ProblemError as error:
        _refuse(titles or after, error, as_json)
    except CodecError as error:
        _stop(f"{titles}: {error}")
    changes = compare(old, new, problem)
    if as_json:
        typer.echo(json.dumps({"changes": [to_plain(change) for change in changes]}))
        return
    for change in changes:
        out.print(escape(change.sentence), soft_wrap=True)
    if not changes:
        out.print("The two plans say the same.")


def _plan_of(path: Path) -> Solution:
    if not path.is_file():
        _stop(f"{path}: there is no such file.")
    if path.stat().st_size > LARGEST_FILE:
        _stop(f"{path}: the file is larger than 50 MB.")
    try:
        return solution_from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        _stop(f"{path}: the file is not UTF-8 text.")
    except CodecError as error:
        _stop(f"{path}: {error} Give a plan that plan solve wrote as .json.")


def _read(path: Path) -> Problem:
    if path.suffix.lower() != ".json":
        return lean_on_others(read_workbook(path))
    if not path.is_file():
        _stop(f"{path}: there is no such file.")
    if path.stat().st_size > LARGEST_FILE:
        _stop(f"{path}: the file is larger than 50 MB.")
    try:
        problem = problem_from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        _stop(f"{path}: the file is not UTF-8 text.")
    found = complaints_about(problem)
    if found:
        raise ProblemError(found)
    return problem


def _refuse(path: Path, error: ProblemError, as_json: bool) -> NoReturn:
    if as_json:
        complaints = [asdict(complaint) for complaint in error.complaints]
        typer.echo(json.dumps({"refused": complaints}))
        raise typer.Exit(1)
    count = len(error.complaints)
    lines = [f"{path.name} cannot be planned yet: {count} thing{'s' * (count != 1)} to mend."]
    lines += [f"  {complaint}" for complaint in error.complaints[:MOST_LINES]]
    if count > MOST_LINES:
        lines.append(f"  … and {count - MOST_LINES:,} more; --json lists them all.")
    _stop("\n".join(lines))


_STEPS = {
    "margins": "How much to spare",
    "cohorts": "Choosing cohorts",
    "odds": "Simulating the odds",
    "reasons": "Finding what is in the way",
}


def _solve(problem: Problem, options: Options) -> Solution:
    with watched() as tell, interruptible() as interrupted:
        return solve(problem, options, tell, interrupted)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C stops the solve and keeps the best plan so far; pressed again, it ends the command."""
    pressed = Event()

    def first(_signal: int, _frame: object) -> None:
        pressed.set()
        signal(SIGINT, before)
        err.print("Stopping with the best plan so far. Press Ctrl-C again to give up.")

    before = signal(SIGINT, first)
    try:
        yield pressed.is_set
    finally:
        signal(SIGINT, before)


@contextmanager
def watched() -> Iterator[Callable[[Step], None]]:
    """A progress bar of a solve; the block hands what it yields to the solver."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task("Planning", total=1.0)

        def tell(step: Step) -> None:
            told = _STEPS[step.step]
            if step.best is not None and step.bound is not None and step.best > 0:
                told += f" (round {step.round})"
            bar.update(task, description=told, completed=step.share)

        yield tell


def show(problem: Problem, plan: Solution) -> None:
    learners = sum(cohort.size for cohort in plan.cohorts)
    out.print(
        f"[bold]{escape(problem.title)}[/bold], {problem.first} to {problem.last}: "
        f"{len(plan.cohorts)} cohorts, {learners:,} learners, ${plan.cost:,.0f}.",
        soft_wrap=True,
    )
    table = Table()
    for heading in ("Role", "Needed", "Expected", "Odds", "Asked for"):
        table.add_column(heading, justify="left" if heading == "Role" else "right")
    for role in problem.roles:
        try:
            row = plan.role_odds(role.id)
        except KeyError:
            continue
        table.add_row(
            escape(role.title),
            f"{row.need:,.0f}",
            f"{row.supply:,.0f}",
            f"{row.odds:.0%} ±{1.96 * row.error:.1%}",
            f"{problem.confidence_of(role.id):.0%}",
        )
    out.print(table)
    at_end = [short for short in plan.shortfalls if short.quarter == problem.last]
    if at_end:
        out.print("Open at the end of the plan:")
        for short in at_end:
            out.print(f"  {escape(short.sentence)}", soft_wrap=True)
    titles = {program.id: program.title for program in problem.programs}
    for pin in (pin for pin in plan.pins if not pin.held):
        name = escape(titles.get(pin.program, pin.program))
        why = escape(pin.sentence)
        out.print(f"Fixed for {name} in {pin.start}, but it cannot hold: {why}", soft_wrap=True)
    if plan.worths:
        out.print("One more of what binds, planned again with it:")
        for one in plan.worths:
            out.print(f"  {escape(one.sentence)}", soft_wrap=True)
    for way in plan.raised:
        out.print(escape(way.sentence), soft_wrap=True)
        for change in way.changes:
            out.print(f"  {escape(change)}", soft_wrap=True)
    for fund, dollars in paid_by_fund(problem, plan).items():
        out.print(f"{escape(fund)} pays ${dollars:,.0f}.", soft_wrap=True)
    early = len(plan.shortfalls) - len(at_end)
    if early:
        out.print(f"Open for a time before the end: {early} (role, area and quarter).")
    out.print(
        f"Proven within {plan.gap:.2%} of the best; {plan.variables:,} variables, "
        f"{plan.constraints:,} constraints, {plan.seconds:.1f} s, {plan.memory_mb:,.0f} MB.",
        soft_wrap=True,
    )
    for note in plan.notes:
        out.print(f"Note: {escape(note)}", soft_wrap=True)
