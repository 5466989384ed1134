"""What became of what people pinned, and why where a pin cannot hold. Pins never refuse a plan."""

from __future__ import annotations

from collections.abc import Mapping

from backcast.planning.formulation import Floats, Formulation
from backcast.planning.limits import starts_of
from backcast.planning.problem import Pin
from backcast.planning.solution import PinOutcome, ReasonCode
from backcast.planning.timing import why_never

HOLDS = 0.05
"""Less than so much of a cohort that does not start, where cohorts may be fractions, is nothing."""

_LIMITS: Mapping[ReasonCode, str] = {
    "capacity": "The program would run more cohorts at once than it can.",
    "instructors": "There are too few instructors then.",
    "labs": "There are too few labs then.",
    "rooms": "There are too few rooms then.",
    "recruits": "Too few people can be recruited then.",
    "externship": "There are too few externship places at its end.",
    "hosts": "Hosts have too few externship places at its end.",
    "budget": "The money does not reach.",
    "minimum_size": "Sizes, places and money leave no room for its smallest cohort.",
}

_NOT_PLANNED = "This program is not part of the plan."


def unheld(model: Formulation, values: Floats) -> tuple[int, ...]:
    """Numbers of the pins that the limits keep from holding."""
    return tuple(n for n, column in model.pin_short.items() if values[column] > 0.5)


def pin_outcomes(
    model: Formulation, values: Floats, without: Mapping[ReasonCode, Mapping[int, float]]
) -> tuple[PinOutcome, ...]:
    """One outcome a pin. ``without``: the cohorts that do not start, by pin, without each limit."""
    problem = model.problem
    programs = {program.id: program for program in problem.programs}
    out = []
    for number, pin in enumerate(problem.pins):
        mine = starts_of(problem, model.starts, pin)
        cohorts = round(sum(float(values[start.cohorts]) for start in mine))
        if pin.kind == "forbid":
            out.append(PinOutcome(pin.program, pin.start, pin.kind, True, cohorts))
            continue
        program = programs.get(pin.program)
        said = ""
        if cohorts < pin.cohorts:
            never = why_never(problem, program, pin.start) if program else _NOT_PLANNED
            said = never or _limit(number, cohorts, pin, without)
        elif program is not None and pin.size is not None:
            least, most = program.smallest, program.largest
            if not least <= pin.size <= most:
                said = f"{pin.size} learners: its cohorts have {least} to {most}."
        out.append(PinOutcome(pin.program, pin.start, pin.kind, not said, cohorts, said))
    return tuple(out)


def _limit(
    number: int,
    cohorts: int,
    pin: Pin,
    without: Mapping[ReasonCode, Mapping[int, float]],
) -> str:
    started = f"{cohorts} of {pin.cohorts} can start. " if cohorts else ""
    for reason, short in without.items():
        if reason in _LIMITS and short.get(number, 0.0) < HOLDS:
            return started + _LIMITS[reason]
    return started + "Several limits keep it from starting, or other pins do."
