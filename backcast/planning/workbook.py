"""Read a planning workbook: a whole problem, or every complaint at once, by sheet and row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from backcast.planning import cells, layout
from backcast.planning.cells import CellError
from backcast.planning.checks import complaints_about
from backcast.planning.complaints import Complaint
from backcast.planning.figures import Basis, Figure, StageYield
from backcast.planning.problem import (
    Area,
    ExternshipPlaces,
    NeedCell,
    Problem,
    QuarterBudget,
    Role,
    Supply,
)
from backcast.planning.programs import ProgramOption, RoleShare
from backcast.planning.sheets import (
    Reading,
    Row,
    WorkbookError,
    codes,
    heading_of,
    open_book,
    read_sheet,
    unique,
)
from backcast.planning.workbook_limits import NAMES_A_PROGRAM, limits, uses_by_program

HEADINGS = {
    "min_size": "smallest cohort",
    "max_size": "largest cohort",
    "at_once": "at once",
    "lead_weeks": "lead weeks",
    "recruit_weeks": "recruit weeks",
    "screen_weeks": "screen weeks",
    "clearance_weeks": "clearance weeks",
    "exam_weeks": "exam weeks",
    "externship_weeks": "externship weeks",
    "upskills_from": "upskills from",
    "next_stage": "next stage",
    "hire_weeks": "hire weeks",
    "cost_per_learner": "cost per learner",
    "cost_per_cohort": "cost per cohort",
    "externship_places_per_learner": "places per learner",
    "externship_stage": "places after stage",
    "serves_areas": "also serves",
    "completers": "completers per year",
}
"""The checks' names of fields → the workbook's headings."""


def read_workbook(path: Path) -> Problem:
    """Read the problem. Raises ``WorkbookError`` with all complaints; nothing is half-read."""
    reading = Reading()
    book = open_book(path)
    try:
        for sheet in layout.SHEETS:
            read_sheet(book, sheet, reading)
    finally:
        book.close()
    problem = _build(reading)
    if problem is not None:
        refused = {sheet for sheet in ("Areas", "Roles", "Needs") if reading.refused(sheet)}
        for complaint in complaints_about(problem):
            if _follows(complaint, refused):
                continue
            heading = HEADINGS.get(complaint.field, complaint.field)
            where = reading.places.get(f"{complaint.where} {heading}") or reading.places.get(
                complaint.where, complaint.where
            )
            reading.complain(where, heading, complaint.message, complaint.remedy)
    if reading.complaints or problem is None:
        raise WorkbookError(list(reading.complaints))
    return problem


def _follows(complaint: Complaint, refused: set[str]) -> bool:
    """Whether something is unknown or missing only because its own row was refused."""
    return (
        ("Areas" in refused and "is not a known area" in complaint.message)
        or ("Roles" in refused and "is not a known role" in complaint.message)
        or ("Needs" in refused and complaint.where == "Needs")
    )


# --- from rows to the problem -------------------------------------------------------------------


def _build(reading: Reading) -> Problem | None:
    settings = _settings(reading)
    one = "Keep one of them."
    areas = tuple(
        Area(row.text("code"), row.text("title"), codes(row.text("adjoining")))
        for row in _noted("Area", unique(reading.rows["Areas"], ("code",), reading, one), reading)
    )
    roles = tuple(
        Role(
            row.text("code"),
            row.text("title"),
            row.number_of("confidence") if row.has("confidence") else None,
        )
        for row in _noted("Role", unique(reading.rows["Roles"], ("code",), reading, one), reading)
    )
    programs = _programs(reading)
    needs = _needs(reading)
    places = unique(reading.rows["Places"], ("role", "area", "quarter"), reading, one)
    budgets = unique(reading.rows["Budgets"], ("quarter",), reading, one)
    if settings is None:
        return None
    problem = replace(
        settings,
        areas=areas,
        roles=roles,
        programs=programs,
        needs=needs,
        places=tuple(
            ExternshipPlaces(
                row.text("area"), row.text("role"), row.quarter(), row.figure("places")
            )
            for row in places
        ),
        quarter_budgets=tuple(
            QuarterBudget(row.quarter(), row.figure("amount")) for row in budgets
        ),
    )
    for row in places:
        name = f"Externship places {row.text('role')} {row.text('area')} {row.quarter()}"
        reading.places[name] = row.where
    for row in budgets:
        reading.places[f"Budget of {row.quarter()}"] = row.where
    return replace(problem, supply=_supply(reading, problem), **limits(reading))


def _noted(kind: str, rows: list[Row], reading: Reading) -> list[Row]:
    for row in rows:
        reading.places[f"{kind} {row.text('code')}"] = row.where
    return rows


def _settings(reading: Reading) -> Problem | None:
    """The ``Plan`` sheet as a problem that is otherwise empty."""
    if not reading.rows["Plan"]:
        if not reading.refused("Plan"):
            reading.complain("Sheet Plan", "", "It is empty.", "State first quarter and quarters.")
        return None
    rows = unique(reading.rows["Plan"], ("setting",), reading, "Keep one of them.")
    by_name = {heading_of(row.text("setting")): row for row in rows}
    known = {"title", "first quarter", "quarters", "confidence", "budget"}
    for name, row in by_name.items():
        reading.places[f"Plan {name}"] = row.where
        if name not in known:
            reading.complain(
                row.where,
                "setting",
                f"“{name}” is not a setting.",
                f"Use one of: {', '.join(sorted(known))}.",
            )
    title = by_name["title"].text("value") if "title" in by_name else "Plan"
    first, count, confidence, budget = None, None, 0.8, None
    for name in ("first quarter", "quarters"):
        if name not in by_name:
            reading.complain("Sheet Plan", name, "This setting is missing.", "Add a row for it.")
    for name, row in by_name.items():
        raw = row.values.get("value")
        try:
            if name == "first quarter":
                first = cells.quarter(raw)
            elif name == "quarters":
                amount = cells.number(raw)
                if amount != int(amount):
                    raise CellError(f"{amount:g} is not whole.", "Write a whole number.")
                count = int(amount)
            elif name == "confidence":
                confidence = cells.number(raw)
            elif name == "budget":
                budget = Figure(
                    cells.number(raw),
                    cast(Basis, row.text("basis") or "stated"),
                    row.text("source") or "workbook, sheet Plan",
                )
        except CellError as error:
            reading.complain(row.where, name, error.message, error.remedy)
    if first is None or count is None:
        return None
    return Problem(title, first, count, confidence, (), (), (), (), budget=budget)


def _programs(reading: Reading) -> tuple[ProgramOption, ...]:
    stages, uses = _stages(reading), uses_by_program(reading)
    known = {row.text("code") for row in reading.rows["Programs"]}
    if not reading.refused("Programs"):
        named = [
            (row, column, code)
            for sheet, column in NAMES_A_PROGRAM
            for row in reading.rows[sheet]
            for code in codes(row.text(column))
        ]
        for row, column, code in named:
            if code not in known:
                reading.complain(
                    row.where,
                    column,
                    f"“{code}” is not a known program.",
                    "Use a code of the sheet Programs.",
                )
    out = []
    rows = unique(reading.rows["Programs"], ("code",), reading, "Keep one, or change its code.")
    for row in _noted("Program", rows, reading):
        try:
            shares = _shares(row.text("roles"))
        except CellError as error:
            reading.complain(row.where, "roles", error.message, error.remedy)
            continue
        out.append(
            ProgramOption(
                id=row.text("code"),
                title=row.text("title"),
                provider=row.text("provider"),
                area=row.text("area"),
                roles=shares,
                stages=tuple(stages.get(row.text("code"), ())),
                weeks=row.figure("weeks"),
                min_size=row.figure("smallest cohort"),
                max_size=row.figure("largest cohort"),
                at_once=row.figure("at once"),
                cost_per_learner=row.figure("cost per learner", "cost basis", "cost source"),
                cost_per_cohort=row.figure("cost per cohort", "cost basis", "cost source")
                if row.has("cost per cohort")
                else None,
                lead_weeks=row.maybe_figure("lead weeks"),
                hire_weeks=row.maybe_figure("hire weeks"),
                recruit_weeks=row.maybe_figure("recruit weeks"),
                screen_weeks=row.maybe_figure("screen weeks"),
                clearance_weeks=row.maybe_figure("clearance weeks"),
                exam_weeks=row.maybe_figure("exam weeks"),
                externship_weeks=row.maybe_figure("externship weeks"),
                uses=uses.get(row.text("code"), ()),
                schedule=row.text("schedule"),
                upskills_from=row.text("upskills from"),
                starts=row.months("starts"),
                externship_places_per_learner=row.maybe_figure("places per learner"),
                externship_stage=_next_stage(stages.get(row.text("code"), []), row, reading),
                serves_areas=codes(row.text("also serves")),
            )
        )
    return tuple(out)


def _next_stage(stages: list[StageYield], row: Row, reading: Reading) -> str:
    """The stage whose entrants need a place: the one after “places after stage”."""
    after = row.text("places after stage")
    if not after:
        return ""
    names = [stage.stage for stage in stages]
    if after not in names or names.index(after) + 1 >= len(names):
        reading.complain(
            row.where,
            "places after stage",
            f"“{after}” is no stage of this program with another after it.",
            "Use the name of a stage on the sheet Stages, or leave it empty.",
        )
        return ""
    return names[names.index(after) + 1]


def _shares(written: str) -> tuple[RoleShare, ...]:
    out = []
    for part in codes(written):
        code, colon, share = part.partition(":")
        out.append(RoleShare(code.strip(), cells.number(share) if colon else 1.0))
    if not out:
        raise CellError("No role is named.", "Write at least one role code.")
    return tuple(out)


def _stages(reading: Reading) -> dict[str, list[StageYield]]:
    out: dict[str, list[StageYield]] = {}
    key = ("program", "stage")
    for row in unique(reading.rows["Stages"], key, reading, "Keep one of them."):
        stage = _yield(row, row.text("stage"), reading)
        if stage is not None:
            out.setdefault(row.text("program"), []).append(stage)
    return out


def _yield(row: Row, name: str, reading: Reading) -> StageYield | None:
    try:
        return StageYield(
            name,
            row.number_of("came through"),
            row.number_of("entered"),
            cast(Basis, row.text("basis")),
            row.text("source"),
            shared_key=row.text("shared") or None,
        )
    except ValueError as error:
        reading.complain(row.where, "came through, entered", str(error), "")
        return None


def _needs(reading: Reading) -> tuple[NeedCell, ...]:
    key = ("employer", "role", "area", "quarter")
    remedy = "Add the two together, or name the employers."
    out = []
    for row in unique(reading.rows["Needs"], key, reading, remedy):
        reading.places[f"Need row {row.number}"] = row.where
        out.append(
            NeedCell(
                f"row {row.number}",
                row.text("role"),
                row.text("area"),
                row.quarter(),
                row.number_of("low"),
                row.number_of("likely"),
                row.number_of("high"),
                cast(Basis, row.text("basis")),
                row.text("source"),
                weight=row.number_of("weight", 1.0),
            )
        )
    if not reading.rows["Needs"] and not reading.refused("Needs"):
        reading.complain("Sheet Needs", "", "There are no needs.", "State at least one.")
    return tuple(out)


def _supply(reading: Reading, problem: Problem) -> tuple[Supply, ...]:
    """Yearly completers as a quarter of them in every quarter of the plan."""
    out = []
    for row in reading.rows["Supply"]:
        stage = _yield(row, "hired", reading)
        if stage is None:
            continue
        yearly = row.figure("completers per year")
        for quarter in problem.calendar():
            name = f"row {row.number} {quarter}"
            reading.places[f"Supply {name}"] = row.where
            out.append(
                Supply(
                    name,
                    row.text("role"),
                    row.text("area"),
                    quarter,
                    replace(yearly, value=yearly.value / 4),
                    (stage,),
                )
            )
    return tuple(out)
