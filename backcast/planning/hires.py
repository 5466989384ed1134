"""A region's needs mended by what was hired after past waves, where staff choose so.

Hires stand in for openings that came: where people are scarce fewer are hired than are needed, and needs
would be planned down. So it is a choice, and the plan says that it was made.
"""

from __future__ import annotations

from collections.abc import Iterable

from backcast.core.quarters import Quarter
from backcast.demand.models import Need, NeedQuarter
from backcast.demand.regional.lookback import looked_back_on
from backcast.partners.models import Region
from backcast.planning.foresight import FEWEST_WAVES, Seen
from backcast.planning.keys import need_key, role_key
from backcast.planning.problem import Problem


def seen_in(region: Region) -> list[Seen]:
    """What employers of the region expected in past waves, and who was hired since. For staff."""
    return [
        Seen(
            need=f"{row.employer}/{role_key(row.occupation)}",
            employer=str(row.employer),
            role=role_key(row.occupation),
            wave=row.wave,
            quarter=str(row.quarter),
            expected=row.expected,
            came=row.hired,
        )
        for row in looked_back_on(region)
    ]


def enough(region: Region | int) -> bool:
    """Have enough waves been looked back on for needs to be mended by them?"""
    return len({row.wave for row in looked_back_on(region)}) >= FEWEST_WAVES


def by_hires(problem: Problem, region: Region, openings: Iterable[NeedQuarter]) -> Problem:
    """The problem with its stated needs mended; unchanged where too few waves were looked back on."""
    from backcast.planning.mending import mended

    employers = {
        need_key(row.need_id, Quarter.of(row.quarter_start)): str(row.need.employer_id)
        for row in openings
        if row.need.basis == Need.Basis.STATED and row.need.employer_id
    }
    return mended(problem, seen_in(region), employers)
