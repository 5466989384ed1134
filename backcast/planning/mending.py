"""Needs as past waves teach to read them: employers' biases, one wave's noise, and how far needs miss.

Only for needs that an employer stated; figures that stand in for needs stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backcast.planning.figures import Figure
from backcast.planning.foresight import Foresight, Seen, learn
from backcast.planning.problem import NeedSpread, Problem
from backcast.planning.steadying import Stated, steadied


def mended(problem: Problem, seen: Iterable[Seen], employers: Mapping[str, str]) -> Problem:
    """The problem with its needs mended; ``employers``: id of a need's cell → who stated it.

    ``seen`` names roles as the problem does. Unchanged where fewer than two waves were looked back on.
    """
    rows = list(seen)
    foresight = learn(rows)
    if foresight is None:
        return problem

    def bias(cell: str) -> float:
        return foresight.bias_of(employers[cell])

    steady = steadied(
        foresight,
        rows,
        (
            Stated(cell.role, cell.quarter - problem.first, bias(cell.id) * cell.mean)
            for cell in problem.needs
            if cell.id in employers
        ),
    )
    needs = []
    for cell in problem.needs:
        if cell.id in employers:
            came = bias(cell.id)
            times = came * steady[cell.role, cell.quarter - problem.first]
            cell = replace(
                cell,
                low=cell.low * times,
                likely=cell.likely * times,
                high=cell.high * times,
                series=cell.series or f"{employers[cell.id]}/{cell.role}",
                source=f"{cell.source}; of 100 expected in the past {100 * came:.0f} came",
            )
        needs.append(cell)
    return replace(problem, needs=tuple(needs), need_spread=_spread(foresight))


def _spread(foresight: Foresight) -> NeedSpread:
    source = f"{foresight.waves} past waves: {foresight.seen} quarters expected and come"
    return NeedSpread(
        common=Figure(foresight.common, "observed", source),
        own=Figure(foresight.own, "observed", source),
    )
