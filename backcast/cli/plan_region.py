"""``backcast plan region``: plan a region of the database, as its page does."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from backcast.cli.frame import database, fail, out


def region(
    name: Annotated[str, typer.Argument(help="The region by name.")],
    first: Annotated[
        str, typer.Option("--first", help="First quarter, like 2027-Q1; the next one without it.")
    ] = "",
    quarters: Annotated[int, typer.Option("--quarters", min=2, max=20)] = 12,
    confidence: Annotated[float, typer.Option("--confidence", min=0.5, max=0.99)] = 0.8,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help="Dollars for the whole plan.")
    ] = None,
    by_hires: Annotated[
        bool,
        typer.Option(
            "--by-hires", help="Correct what employers state by who was hired after past waves."
        ),
    ] = False,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600)] = 60.0,
    to: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write plan.xlsx or plan.json.")
    ] = None,
    assumptions: Annotated[
        bool,
        typer.Option("--assumptions", help="Also plan at half and at twice each assumption."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Plan a region of the database and keep the plan, so that its page shows it too.

    Example: backcast plan region "New Jersey" --budget 5000000 --out plan.xlsx
    """
    if to is not None and to.suffix.lower() not in (".xlsx", ".json"):
        fail(f"{to}: the name must end in .xlsx or .json.")
    with database("worker"):
        from django.utils import timezone

        from backcast.cli.plan import show, watched
        from backcast.core.actor import acting, system
        from backcast.core.quarters import Quarter
        from backcast.partners.models import Region
        from backcast.planning import actions
        from backcast.planning.build import Settings
        from backcast.planning.documents import solution_to_json
        from backcast.planning.hires import enough
        from backcast.planning.models import Plan
        from backcast.planning.report import plain_summary, write_plan
        from backcast.planning.schedule import Options

        found = Region.objects.filter(name__iexact=name.strip(), archived_at=None).first()
        if found is None:
            known = ", ".join(f"“{n}”" for n in Region.objects.values_list("name", flat=True)[:10])
            fail(f"There is no region “{name}”. " + (f"There are: {known}." if known else ""))
        today = timezone.localdate()
        try:
            begin = Quarter.parse(first) if first else Quarter.of(today) + 1
        except ValueError as error:
            fail(str(error))
        if begin < Quarter.of(today):
            fail(f"{begin} is over. Plan from {Quarter.of(today)} on.")
        actor = system("command", region_id=found.pk)
        chosen = Settings(
            begin,
            quarters,
            confidence,
            None if budget is None else Decimal(str(round(budget, 2))),
            by_hires,
        )
        if by_hires and not enough(found):
            fail("Not enough waves were looked back on. Say who was hired after two waves or more.")
        plan = actions.request_plan(actor=actor, chosen=chosen, queue=False)
        if actions.settings_of(plan) != chosen:
            fail(f"{plan} of this region is being worked out right now. Try again when it is done.")
        options = Options(seconds=seconds)
        with watched() as tell:
            plan = actions.solve_plan(
                plan.pk, actor=actor, today=today, options=options, on_progress=tell
            )
        if plan.status == Plan.Status.FAILED:
            fail(f"{plan} could not be made.\n{plan.trouble}")
        problem, solution = actions.problem_of(plan), actions.solution_of(plan)
        if assumptions:
            actions.request_assumption_test(plan, actor=actor, queue=False)
            actions.run_assumption_test(plan.pk, actor=actor)
            with acting(actor):
                plan.refresh_from_db(fields=["sensitivity"])
    if to is not None:
        try:
            if to.suffix.lower() == ".json":
                to.write_text(solution_to_json(solution), encoding="utf-8")
            else:
                write_plan(to, problem, solution)
        except OSError as error:
            fail(f"{to} cannot be written: {error.strerror or error}.")
    if as_json:
        summary = plain_summary(problem, solution)
        typer.echo(json.dumps({**summary, "plan": plan.number, "assumptions": plan.sensitivity}))
        return
    out.print(f"Plan {plan.number} of {found.name}, also on its page.", markup=False)
    show(problem, solution)
    if assumptions and plan.sensitivity:
        for move in plan.sensitivity["moves"]:
            out.print(
                f"  {move['assumption']} × {move['factor']:g}: "
                f"{move['missing_after']:,.0f} people missing at the end instead of "
                f"{move['missing_before']:,.0f}; ${move['cost_after']:,.0f} instead of "
                f"${move['cost_before']:,.0f}.",
                markup=False,
                soft_wrap=True,
            )
