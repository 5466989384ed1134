"""A simulated region as the workbook that ``backcast plan solve`` reads."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import timedelta

from openpyxl import Workbook

from backcast.demonstration.problem import problem_of
from backcast.demonstration.simulator.region import COMPLETED, PASSED, Program, Region
from backcast.planning import layout
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption
from backcast.planning.report import fill

SOURCE = "made up for the demonstration"
_WIDTH = 22


def plan_workbook(region: Region) -> bytes:
    """The region's planning problem, sheet by sheet, with what the region itself shows.

    Supply has one yield from completing to being retained in this layout; it rests on learners who
    completed so long ago that every later window has closed.
    """
    problem = problem_of(region)
    rows: dict[str, list[list[object]]] = {
        "Plan": _settings(problem),
        "Areas": [[area.id, area.title, ", ".join(area.adjoining)] for area in problem.areas],
        "Roles": [[role.id, role.title, None] for role in problem.roles],
        "Programs": [_program(option) for option in problem.programs],
        "Stages": [
            [
                *(option.id, stage.stage, stage.successes, stage.trials, None),
                *(stage.basis, stage.source),
            ]
            for option in problem_of(region, pooled=False).programs
            for stage in option.stages
        ],
        "Needs": list(_needs(region)),
        "Supply": [row for program in region.programs for row in _supply(region, program, problem)],
        "Places": [
            [place.role, place.area, str(place.quarter), place.places.value, "stated", SOURCE]
            for place in problem.places
        ],
    }
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for sheet in layout.SHEETS:
        page = book.create_sheet(sheet.name)
        names = [column.name for column in sheet.columns]
        fill(page, [names, *rows.get(sheet.name, [])], [_WIDTH] * len(names))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _settings(problem: Problem) -> list[list[object]]:
    budget = problem.budget.value if problem.budget else 0.0
    return [
        ["title", problem.title, None, None],
        ["first quarter", str(problem.first), None, None],
        ["quarters", problem.quarters, None, None],
        ["confidence", problem.confidence, None, None],
        ["budget", budget, "stated", SOURCE],
    ]


def _program(option: ProgramOption) -> list[object]:
    stages = [stage.stage for stage in option.stages]
    places = option.externship_places_per_learner
    before = stages[stages.index(option.externship_stage) - 1] if option.externship_stage else None
    return [
        *(option.id, option.title, option.provider, option.area),
        ", ".join(f"{share.role}:{share.share:.4f}" for share in option.roles),
        *(option.weeks.value, None, option.hire_weeks.value if option.hire_weeks else None),
        *(option.min_size.value, option.max_size.value, option.at_once.value),
        *(option.cost_per_learner.value, None, "stated", SOURCE),
        ", ".join(map(str, option.starts)),
        *(places.value if places else None, before, None, "stated", SOURCE),
    ]


def _needs(region: Region) -> Iterable[list[object]]:
    names = {employer.key: employer.name for employer in region.employers}
    sites = {site.key: site.name for employer in region.employers for site in employer.sites}
    for need in region.needs:
        for cell in need.openings:
            if cell.high:
                yield [
                    f"{names[need.employer]}, {sites[need.site]}",
                    *(need.occupation, need.area, str(cell.quarter)),
                    *(cell.low, cell.likely, cell.high, 1, "stated", SOURCE),
                ]


def _supply(region: Region, program: Program, problem: Problem) -> Iterable[list[object]]:
    if not program.completers_last_year:
        return
    stages = [stage.key for stage in program.stages]
    later = program.stages[stages.index(COMPLETED) + 1 :]
    until_settled = timedelta(days=sum(stage.window_days for stage in later))
    entered = came_through = 0
    for learner in region.learners:
        if learner.program != program.key:
            continue
        done = {step.stage: step.on for step in learner.steps if step.outcome == PASSED}
        completed = done.get(COMPLETED)
        if completed is not None and completed + until_settled <= region.today:
            entered += 1
            came_through += stages[-1] in done
    option = next(one for one in problem.programs if one.id == program.key)
    total = sum(share.share for share in option.roles)
    for share in option.roles:
        yield [
            *(share.role, program.area),
            round(program.completers_last_year * share.share / total, 2),
            *(came_through, entered, program.key, "observed", SOURCE),
        ]
