"""Why needs stay open: found by letting go of one limit at a time and planning again.

Two causes are certain without solving: no program leads to the role from anywhere near, and no
cohort could be hired so early. For the others the linear relaxation is solved again without one
limit; the limit without which most of what is missing would be met is named. Where the relaxation
with all limits could meet the need, either it would cost more than the need's price, or it takes
less than a whole cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from backcast.planning.formulation import Limits, formulate
from backcast.planning.odds import Cell
from backcast.planning.problem import Problem
from backcast.planning.solution import ReasonCode, Shortfall
from backcast.planning.solver import minimise
from backcast.planning.timing import possible_starts

SMALLEST = 0.05
"""Fewer people than this, expected, are not called a shortfall."""

Amounts = Mapping[tuple[Cell, int], float]

SINGLE: tuple[tuple[ReasonCode, Limits], ...] = (
    ("budget", Limits(budget=False)),
    ("externship", Limits(externship=False)),
    ("hosts", Limits(hosts=False)),
    ("instructors", Limits(instructors=False)),
    ("labs", Limits(labs=False)),
    ("rooms", Limits(rooms=False)),
    ("recruits", Limits(recruits=False)),
    ("capacity", Limits(capacity=False)),
)
_ALL: tuple[tuple[ReasonCode, Limits], ...] = (
    ("minimum_size", Limits()),
    *SINGLE,
    (
        "several",
        Limits(
            capacity=False,
            externship=False,
            hosts=False,
            instructors=False,
            labs=False,
            rooms=False,
            recruits=False,
            budget=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Relief:
    """What stays open in the best plan with fractions of cohorts, when one limit is let go of:
    people missing and spare by cell and quarter, and pinned cohorts that do not start."""

    missing: Amounts
    spare: Amounts
    pins: Mapping[int, float]


def reliefs(
    problem: Problem, margins: Mapping[str, float], seconds: float
) -> dict[ReasonCode, Relief]:
    """What letting go of each limit would bring; limits that the problem does not have are left out."""
    kinds = {row.kind for row in problem.resources}
    there: dict[ReasonCode, bool] = {
        "budget": bool(problem.budget or problem.quarter_budgets or problem.funds),
        "externship": bool(problem.places),
        "hosts": bool(problem.hosts),
        "instructors": "instructor" in kinds,
        "labs": "lab" in kinds,
        "rooms": "room" in kinds,
        "recruits": bool(problem.recruits),
    }
    out = {}
    for reason, limits in _ALL:
        if there.get(reason, True):
            model = formulate(problem, margins, limits)
            values = minimise(model.matrix, model.open_needs, whole=False, seconds=seconds).values
            out[reason] = Relief(
                {key: float(values[column]) for key, column in model.missing.items()},
                {key: float(values[column]) for key, column in model.spare.items()},
                {number: float(values[column]) for number, column in model.pin_short.items()},
            )
    return out


def explain(
    problem: Problem,
    *,
    missing: Amounts,
    spare: Amounts,
    relaxed_missing: Amounts,
    relaxed_spare: Amounts,
    unsure: Collection[str] = (),
    relief: Callable[[], Mapping[ReasonCode, Relief]],
) -> tuple[Shortfall, ...]:
    """Name what keeps each need open, and the odds of the roles in ``unsure`` too low.

    ``missing`` and ``spare``: people short of the need and of its margin, by cell and quarter;
    ``relaxed_…``: the same in the best plan with fractions of cohorts; ``relief`` is asked only where
    solving again is needed.
    """
    wrong = [
        (kind, cell, t, amount)
        for kind, amounts in (("need", missing), ("confidence", spare))
        for (cell, t), amount in amounts.items()
        if amount >= SMALLEST
        and (kind == "need" or (cell[0] in unsure and t == problem.quarters - 1))
    ]
    if not wrong:
        return ()
    earliest = earliest_hires(problem)
    unclear = any(t >= earliest.get(cell, t + 1) for _, cell, t, _ in wrong)
    without = relief() if unclear else {}
    out = []
    for kind, cell, t, amount in wrong:
        if kind == "confidence" and missing.get((cell, t), 0.0) >= SMALLEST:
            continue  # the need itself is open; that is the shortfall to tell
        relaxed = relaxed_missing if kind == "need" else relaxed_spare
        reason = _reason(kind, cell, t, amount, earliest, without, relaxed)
        out.append(
            Shortfall(
                kind="need" if kind == "need" else "confidence",
                role=cell[0],
                area=cell[1],
                quarter=problem.first + t,
                missing=amount,
                reason=reason,
                sentence=_sentence(problem, kind, cell, t, amount, reason, earliest),
            )
        )
    return tuple(out)


def earliest_hires(problem: Problem) -> dict[Cell, int]:
    """The first quarter in which any program could bring a hire, by role and area.

    A cell is absent where no program leads to the role from the area or near it; it holds
    ``problem.quarters`` or more where programs lead there, but none in time.
    """
    out: dict[Cell, int] = {}
    for program in problem.programs:
        starts = possible_starts(problem, program)
        first = starts[0].hired if starts else problem.quarters
        for part in program.roles:
            for area in problem.reached_areas(program):
                cell = (part.role, area)
                out[cell] = min(out.get(cell, first), first)
    return out


def _reason(
    kind: str,
    cell: Cell,
    t: int,
    amount: float,
    earliest: Mapping[Cell, int],
    without: Mapping[ReasonCode, Relief],
    relaxed: Amounts,
) -> ReasonCode:
    if cell not in earliest:
        return "no_program"
    if t < earliest[cell]:
        return "lead_time"
    relief: dict[ReasonCode, float] = {
        reason: amount - (one.missing if kind == "need" else one.spare).get((cell, t), 0.0)
        for reason, one in without.items()
    }
    if relief.get("minimum_size", 0.0) >= amount / 2:
        return "price" if relaxed.get((cell, t), 0.0) >= amount / 2 else "minimum_size"
    single = {reason: relief[reason] for reason, _ in SINGLE if reason in relief}
    if single:
        best = max(single, key=lambda reason: single[reason])
        if single[best] >= amount / 2:
            return best
    if relief.get("several", 0.0) >= amount / 2:
        return "several"
    return "lead_time"


def _sentence(
    problem: Problem,
    kind: str,
    cell: Cell,
    t: int,
    amount: float,
    reason: ReasonCode,
    earliest: Mapping[Cell, int],
) -> str:
    role = next((r.title for r in problem.roles if r.id == cell[0]), cell[0])
    area = next((a.title for a in problem.areas if a.id == cell[1]), cell[1])
    quarter = problem.first + t
    short = f"{amount:,.1f} {role} in {area} by the end of {quarter}"
    begin = (
        f"Expected to be missing: {short}."
        if kind == "need"
        else f"Enough are expected, but {short} would have to be spare for the odds asked for."
    )
    first = earliest.get(cell, problem.quarters)
    why = {
        "no_program": "No program leads to this role in this area or next to it.",
        "lead_time": (
            f"The first cohort that could start now brings hires in {problem.first + first}."
            if first < problem.quarters
            else "No cohort could start and finish within the plan."
        )
        if t < first
        else "Permitted starts and durations leave too little time.",
        "capacity": "The programs that lead there run as many and as large cohorts as they can.",
        "externship": "There are too few externship places.",
        "hosts": "Hosts have too few externship places in the months in which they are needed.",
        "instructors": "There are too few instructors for more cohorts at the same time.",
        "labs": "There are too few labs for more cohorts at the same time.",
        "rooms": "There are too few rooms for more cohorts at the same time.",
        "recruits": "Too few people can be recruited for these programs.",
        "budget": "The money is used up, or no fund with money left may pay for it."
        if problem.funds
        else "The budget is used up.",
        "minimum_size": "It is too few people for a further cohort within the limits.",
        "several": "Two or more limits bind together: letting go of one alone would not help.",
        "price": "It could be met, but only at a cost beyond what the plan counts a need for.",
    }[reason]
    return f"{begin} {why}"
