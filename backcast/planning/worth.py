"""What binds, and what one more unit of it brings: prices of the relaxation, checked by planning again.

With b the limits of the relaxation and y its duals, a unit that changes b by Δb promises −y · Δb
dollars of cost and of open need at its price (its *shadow value*). The relaxation's worth is convex in
b, so that no unit brings the relaxation more than that; whole cohorts may make more of it or less. The
units that promise most are therefore added one at a time, and the plan is made again with each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backcast.planning.formulation import Floats, Formulation, formulate
from backcast.planning.limits import externship_role
from backcast.planning.problem import Problem
from backcast.planning.replanning import Replanned, replan, role_odds
from backcast.planning.solution import NeedOdds, OddsMove, Solution, Unit, UnitWorth
from backcast.planning.solver import Relaxation
from backcast.planning.units import OF_REASON, units_of, with_more

SMALLEST = 1.0
"""Dollars: a unit that promises less binds nothing."""
TOLD = 0.02
"""Odds that move by less, or by less than their simulation error, are not told."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How far to look: units planned again with, at most; seconds for each; futures and their seed."""

    units: int = 8
    seconds: float = 5.0
    futures: int = 2_000
    seed: int = 1


OnStep = Callable[[str, int, int], None]
"""Told what is planned again with next, how many are done, and of how many."""


def shadow_values(
    problem: Problem, margins: dict[str, float], price: float, units: Iterable[Unit]
) -> list[tuple[Unit, float]]:
    """Each unit with the dollars that the relaxation's prices promise for it, 0 or more.

    A unit that changes the shape of the model has its relaxation solved again instead.
    """
    problem = replace(problem, announced=())
    model = formulate(problem, margins)
    relaxed = _relaxation(model, price)
    rows, columns = relaxed.duals(), relaxed.reduced_costs()
    before = _bounds(model)
    out = []
    for unit in units:
        changed = formulate(with_more(problem, unit), margins)
        after = _bounds(changed)
        if _shape(changed) == _shape(model):
            promised = -_moved(rows, columns, before, after)
        else:
            promised = relaxed.worth - _relaxation(changed, price).worth
        out.append((unit, max(0.0, promised)))
    return out


Bounds = tuple[Floats, Floats, Floats, Floats]


def _relaxation(model: Formulation, price: float) -> Relaxation:
    return Relaxation(model.matrix, model.money + price * model.open_needs, 60.0)


def _bounds(model: Formulation) -> Bounds:
    matrix = model.matrix
    return (
        np.array(matrix.row_lower),
        np.array(matrix.row_upper),
        np.array(matrix.lower),
        np.array(matrix.upper),
    )


def _shape(model: Formulation) -> tuple[int, int, int]:
    return len(model.matrix.row_lower), len(model.matrix.lower), len(model.matrix.index)


def _moved(rows: Floats, columns: Floats, before: Bounds, after: Bounds) -> float:
    """What the worth moves by, to first order, when bounds move: a dual below 0 is the upper one's."""
    with np.errstate(invalid="ignore"):
        steps = [np.nan_to_num(new - old, nan=0.0) for old, new in zip(before, after, strict=True)]
    return float(
        np.maximum(rows, 0) @ steps[0]
        + np.minimum(rows, 0) @ steps[1]
        + np.maximum(columns, 0) @ steps[2]
        + np.minimum(columns, 0) @ steps[3]
    )


def worth_of_units(
    problem: Problem,
    plan: Solution,
    depth: Depth | None = None,
    on_step: OnStep | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[UnitWorth, ...]:
    """What one more unit of each limit that binds brings the plan, the most first.

    The units with the highest shadow values, and those of the limits that are named where needs stay
    open, are planned again with, ``depth.units`` at most.
    """
    depth = depth or Depth()
    margins = {row.role: row.margin for row in plan.margins}
    chosen = _chosen(
        shadow_values(problem, margins, plan.price, units_of(problem)), plan, depth.units
    )
    if not chosen:
        return ()
    if on_step is not None:
        on_step("", 0, len(chosen) + 1)
    base = replan(
        problem, plan.cohorts, margins, plan.price, seconds=depth.seconds, seed=depth.seed
    )
    before = base.odds(depth.futures, depth.seed)
    out = []
    for number, (unit, shadow) in enumerate(chosen, start=1):
        if should_stop():
            break
        if on_step is not None:
            on_step(unit.title, number, len(chosen) + 1)
        changed = with_more(problem, unit)
        found = replan(
            changed,
            base.cohorts,
            margins,
            plan.price,
            seconds=depth.seconds,
            seed=depth.seed,
            programs=touched(problem, unit),
        )
        after = found.odds(depth.futures, depth.seed)
        out.append(_worth(problem, unit, shadow, base, found, before, after))
    return tuple(sorted(out, key=lambda one: -one.solved))


def _chosen(
    promised: Sequence[tuple[Unit, float]], plan: Solution, most: int
) -> list[tuple[Unit, float]]:
    named = {kind for row in plan.shortfalls for kind in OF_REASON.get(row.reason, ())}
    worth = [one for one in promised if one[1] >= SMALLEST]
    worth.sort(key=lambda one: (-one[1], one[0].title))
    rest = [one for one in promised if one[1] < SMALLEST and one[0].kind in named]
    return [*worth, *rest][:most]


def touched(problem: Problem, unit: Unit) -> set[str]:
    """The programs that a unit gives room to; empty where it may be any."""
    match unit.kind:
        case "resource":
            return {
                program.id
                for program in problem.programs
                if any(use.resource == unit.target for use in program.uses)
            }
        case "host" | "places":
            return {p.id for p in problem.programs if externship_role(p) == unit.role}
        case "recruits":
            return {p.id for p in problem.programs if p.area == unit.area}
        case "at_once":
            roles = {part.role for p in problem.programs if p.id == unit.target for part in p.roles}
            return {p.id for p in problem.programs if any(part.role in roles for part in p.roles)}
        case _:
            return set()


def _worth(
    problem: Problem,
    unit: Unit,
    shadow: float,
    base: Replanned,
    found: Replanned,
    before: Sequence[NeedOdds],
    after: Sequence[NeedOdds],
) -> UnitWorth:
    moves = []
    for role in problem.roles:
        try:
            old, new = role_odds(before, role.id), role_odds(after, role.id)
        except KeyError:
            continue
        noise = 2 * (old.error**2 + new.error**2) ** 0.5
        if abs(new.odds - old.odds) >= max(TOLD, noise):
            moves.append(OddsMove(role.id, old.odds, new.odds))
    moves.sort(key=lambda move: move.before - move.after)
    one = UnitWorth(
        unit,
        round(shadow, 2),
        round(base.worth - found.worth, 2),
        round(found.hires - base.hires, 2),
        round(found.missing_at_end - base.missing_at_end, 2),
        round(found.waiting - base.waiting, 2),
        round(found.cost - base.cost, 2),
        len(found.cohorts) - len(base.cohorts),
        tuple(moves),
        "",
    )
    return replace(one, sentence=in_words(problem, one))


def in_words(problem: Problem, worth: UnitWorth) -> str:
    """What the unit brings, as one sentence or two."""
    if worth.solved < SMALLEST:
        return f"{worth.unit.title}: changes nothing; whole cohorts have no use for it."
    told = []
    if abs(worth.hires) >= 0.5:
        told.append(f"{abs(worth.hires):,.0f} {'more' if worth.hires > 0 else 'fewer'} hires")
    if abs(worth.missing) >= 0.5:
        word = "fewer" if worth.missing < 0 else "more"
        told.append(f"{abs(worth.missing):,.0f} {word} people missing at the end")
    elif worth.waiting <= -0.5:
        told.append(f"people are hired earlier ({-worth.waiting:,.0f} person-quarters)")
    if abs(worth.cost) >= 1:
        told.append(f"${abs(worth.cost):,.0f} {'more' if worth.cost > 0 else 'less'}")
    if not told:
        told.append("more people to spare")
    said = f"{worth.unit.title}: {', '.join(told)}."
    if worth.odds:
        titles = {role.id: role.title for role in problem.roles}
        move = max(worth.odds, key=lambda each: abs(each.after - each.before))
        word = "rise" if move.after > move.before else "fall"
        said += (
            f" The odds for {titles[move.role]} {word} from {move.before:.0%} to {move.after:.0%}."
        )
    return said
