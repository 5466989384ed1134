"""What if: a problem with a few things changed, to be planned beside the plan as it is.

A scenario is a list of changes. Each says what happens (``kind``) to whom (role, area, provider,
program, stage), and by how much:

    demand   needs times ``amount``, in one role and area or in all
    without  a provider drops out: its programs, and the people who would have completed there
    places   ``amount`` externship places more each quarter, in one role and area or in all listed
    host     ``amount`` places more each month at one host
    yield    the share that comes through a stage times ``amount``, in one program or in all
    budget   money times ``amount``, every fund alike

On the command line a change is written ``kind:target=amount``, see ``parse``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from backcast.planning.codec import from_plain, to_plain
from backcast.planning.figures import Figure, StageYield
from backcast.planning.problem import ExternshipPlaces, NeedCell, Problem
from backcast.planning.programs import ProgramOption

ChangeKind = Literal["demand", "without", "places", "host", "yield", "budget"]
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

#: A share that is assumed to be higher than this leaves no room for doubt.
HIGHEST_SHARE = 0.98
LARGEST_FACTOR = 10.0
_NOTE = "changed by a scenario"


class ScenarioError(ValueError):
    """The change cannot be made to this problem; the message says which, why and how to mend it."""


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """One thing that is different. Empty targets mean all; ``amount`` as of the module's text."""

    kind: ChangeKind
    amount: float = 1.0
    role: str = ""
    area: str = ""
    provider: str = ""
    program: str = ""
    stage: str = ""
    host: str = ""


def changed(problem: Problem, changes: Iterable[ScenarioChange]) -> Problem:
    """The problem with every change made. Raises ``ScenarioError`` for one that changes nothing."""
    for change in changes:
        _check(problem, change)
        problem = _MAKE[change.kind](problem, change)
    return problem


def changes_to_plain(changes: Sequence[ScenarioChange]) -> object:
    return to_plain(tuple(changes))


def changes_from_plain(plain: object) -> tuple[ScenarioChange, ...]:
    """Raises ``CodecError`` (a ``ValueError``) with the path to what cannot be read."""
    return from_plain(tuple[ScenarioChange, ...], plain)


# --- the changes ----------------------------------------------------------------------------------


def _demand(problem: Problem, change: ScenarioChange) -> Problem:
    def cell(need: NeedCell) -> NeedCell:
        if change.role not in ("", need.role) or change.area not in ("", need.area):
            return need
        low, likely, high = (part * change.amount for part in (need.low, need.likely, need.high))
        source = f"{need.source} × {change.amount:g}, {_NOTE}"
        return replace(need, low=low, likely=likely, high=high, source=source)

    needs = tuple(map(cell, problem.needs))
    if needs == problem.needs and change.amount != 1:
        raise ScenarioError("Nobody is needed there, so demand cannot change. Choose another role.")
    return replace(problem, needs=needs)


def _without(problem: Problem, change: ScenarioChange) -> Problem:
    gone = {option.id for option in problem.programs if option.provider == change.provider}
    kept = tuple(option for option in problem.programs if option.id not in gone)
    supply = tuple(
        row for row in problem.supply if _program_of(row.id) not in gone and row.id not in gone
    )
    running = tuple(cohort for cohort in problem.running if cohort.program not in gone)
    return replace(problem, programs=kept, supply=supply, running=running)


def _program_of(supply: str) -> str:
    """The program behind a supply row of a region's own problem: ``S12-…`` is ``P12``."""
    found = re.match(r"S(\d+)-", supply)
    return f"P{found[1]}" if found else ""


def _places(problem: Problem, change: ScenarioChange) -> Problem:
    def more(row: ExternshipPlaces) -> ExternshipPlaces:
        if change.role not in ("", row.role) or change.area not in ("", row.area):
            return row
        return replace(row, places=_moved(row.places, row.places.value + change.amount))

    rows = list(map(more, problem.places))
    limited = {row.role for row in problem.places}
    if change.role and change.role not in limited:
        raise ScenarioError(
            "No externship places are listed for this role, so they are no limit: more change nothing."
        )
    if change.role and change.area and change.amount > 0:
        there = {row.quarter for row in rows if (row.role, row.area) == (change.role, change.area)}
        rows += [
            ExternshipPlaces(
                change.area, change.role, quarter, Figure(change.amount, "assumed", _NOTE)
            )
            for quarter in problem.calendar()
            if quarter not in there
        ]
    if not rows:
        raise ScenarioError("No externship places are listed, so they are no limit.")
    return replace(problem, places=tuple(rows))


def _host(problem: Problem, change: ScenarioChange) -> Problem:
    return replace(
        problem,
        hosts=tuple(
            replace(row, places=_moved(row.places, row.places.value + change.amount))
            if row.host == change.host and change.role in ("", row.role)
            else row
            for row in problem.hosts
        ),
    )


def _yield(problem: Problem, change: ScenarioChange) -> Problem:
    found = False

    def better(stage: StageYield) -> StageYield:
        nonlocal found
        if stage.stage.casefold() != change.stage.casefold():
            return stage
        found = True
        share = min(HIGHEST_SHARE, stage.mean * change.amount)
        weight = stage.a + stage.b
        return replace(
            stage,
            successes=0.0,
            trials=0.0,
            prior_a=share * weight,
            prior_b=(1 - share) * weight,
            source=f"{stage.source}; {stage.mean:.0%} × {change.amount:g}, {_NOTE}",
            # One that is changed alone is no longer drawn together with the others.
            shared_key=f"{stage.shared_key}, changed"
            if stage.shared_key is not None and change.program
            else stage.shared_key,
        )

    def option(program: ProgramOption) -> ProgramOption:
        if change.program not in ("", program.id):
            return program
        return replace(program, stages=tuple(map(better, program.stages)))

    programs = tuple(map(option, problem.programs))
    if not found:
        known = dict.fromkeys(s.stage for p in problem.programs for s in p.stages)
        raise ScenarioError(
            f"No program has the stage “{change.stage}”. Known: {', '.join(known) or 'none'}."
        )
    supply = tuple(
        row
        if change.program not in ("", _program_of(row.id))
        else replace(row, stages=tuple(map(better, row.stages)))
        for row in problem.supply
    )
    return replace(problem, programs=programs, supply=supply)


def _budget(problem: Problem, change: ScenarioChange) -> Problem:
    if problem.budget is None and not problem.quarter_budgets and not problem.funds:
        raise ScenarioError("The plan has no budget, so money is no limit: it cannot change.")
    quarters = tuple(
        replace(row, amount=_moved(row.amount, row.amount.value * change.amount))
        for row in problem.quarter_budgets
    )
    whole = problem.budget
    if whole is not None:
        whole = _moved(whole, whole.value * change.amount)
    funds = tuple(
        replace(fund, amount=_moved(fund.amount, fund.amount.value * change.amount))
        for fund in problem.funds
    )
    return replace(problem, budget=whole, quarter_budgets=quarters, funds=funds)


def _moved(figure: Figure, value: float) -> Figure:
    source = f"{figure.source}; {figure.value:g}, {_NOTE}"
    return replace(figure, value=max(0.0, value), source=source)


_MAKE: dict[ChangeKind, Callable[[Problem, ScenarioChange], Problem]] = {
    "demand": _demand,
    "without": _without,
    "places": _places,
    "host": _host,
    "yield": _yield,
    "budget": _budget,
}


def _check(problem: Problem, change: ScenarioChange) -> None:
    """Targets must be there, and amounts make sense."""
    for value, known, what in (
        (change.role, {role.id for role in problem.roles}, "role"),
        (change.area, {area.id for area in problem.areas}, "labor area"),
        (change.program, {option.id for option in problem.programs}, "program"),
        (change.provider, {option.provider for option in problem.programs}, "provider"),
        (change.host, {row.host for row in problem.hosts}, "host"),
    ):
        if value and value not in known:
            raise ScenarioError(f"The plan knows no {what} “{value}”.{_some(known)}")
    if change.kind == "without" and not change.provider:
        raise ScenarioError("Say which provider drops out.")
    if change.kind == "host" and not change.host:
        raise ScenarioError("Say which host has more places or fewer.")
    if change.kind == "yield" and not change.stage:
        raise ScenarioError("Say which stage more or fewer people come through.")
    if change.kind in ("demand", "yield", "budget") and not 0 <= change.amount <= LARGEST_FACTOR:
        raise ScenarioError(
            f"Multiply by 0 to {LARGEST_FACTOR:g}, not by {change.amount:g}. "
            "0.67 is a third less, 1.1 a tenth more."
        )


def _some(known: Iterable[str]) -> str:
    names = sorted(known)[:8]
    return f" There are: {', '.join(names)}." if names else ""


# --- the command line -----------------------------------------------------------------------------


def parse(text: str, problem: Problem) -> ScenarioChange:
    """Read one change as people write it. Raises ``ScenarioError``.

    ``demand=0.67``, ``demand:ROLE=0.5``, ``demand:ROLE@AREA=0.5``, ``without:PROVIDER``,
    ``places:ROLE@AREA=5``, ``places=5``, ``host:HOST=2``, ``yield:STAGE=1.1``, ``yield:STAGE@PROGRAM=1.1``,
    ``budget=0.8``. Roles, areas and programs by id or title.
    """
    head, equals, tail = text.rpartition("=") if "=" in text else (text, "", "")
    kind, _colon, target = head.partition(":")
    kind, target = kind.strip().lower(), target.strip()
    if kind not in KINDS:
        raise ScenarioError(
            f"“{text}”: a change begins with {', '.join(KINDS)}. For example demand=0.67."
        )
    if kind == "without":
        names = {option.provider for option in problem.programs}
        return ScenarioChange("without", provider=_named(target, {n: n for n in names}, "provider"))
    amount = _number(tail, text, equals)
    one, _at, other = (part.strip() for part in target.partition("@"))
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    match kind:
        case "demand" | "places":
            role = _named(one, roles, "role") if one else ""
            area = _named(other, areas, "labor area") if other else ""
            return ScenarioChange("demand" if kind == "demand" else "places", amount, role, area)
        case "host":
            hosts = {row.host: row.title for row in problem.hosts}
            return ScenarioChange("host", amount, host=_named(target, hosts, "host"))
        case "yield":
            programs = {option.id: option.title for option in problem.programs}
            program = _named(other, programs, "program") if other else ""
            return ScenarioChange("yield", amount, stage=one, program=program)
        case _:
            return ScenarioChange("budget", amount)


def _number(tail: str, text: str, equals: str) -> float:
    try:
        return float(tail)
    except ValueError:
        wrong = f"“{tail.strip()}” is not a number" if equals else "the amount is missing"
        raise ScenarioError(f"“{text}”: {wrong}. Write it like demand=0.67 or places=5.") from None


def _named(given: str, titles: dict[str, str], what: str) -> str:
    """The id of what was given by id or by title."""
    wanted = given.casefold()
    for key, title in titles.items():
        if wanted in (key.casefold(), title.casefold()):
            return key
    raise ScenarioError(f"The plan knows no {what} “{given}”.{_some(titles.values())}")


def in_words(change: ScenarioChange, problem: Problem) -> str:
    """The change as a short phrase."""
    roles = {role.id: role.title for role in problem.roles}
    areas = {area.id: area.title for area in problem.areas}
    programs = {option.id: option.title for option in problem.programs}
    where = f" for {roles[change.role]}" if change.role in roles else ""
    where += f" in {areas[change.area]}" if change.area in areas else ""
    match change.kind:
        case "demand":
            return f"demand{where} × {change.amount:g}"
        case "without":
            return f"without {change.provider}"
        case "places":
            return f"{change.amount:+g} externship places a quarter{where}"
        case "host":
            return f"{change.amount:+g} places a month at {_host_title(change, problem)}"
        case "yield":
            at = f" in {programs[change.program]}" if change.program in programs else ""
            return f"share that comes through “{change.stage}”{at} × {change.amount:g}"
        case "budget":
            return f"budget × {change.amount:g}"


def _host_title(change: ScenarioChange, problem: Problem) -> str:
    return next((row.title for row in problem.hosts if row.host == change.host), change.host)
