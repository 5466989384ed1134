"""The flow of people into an occupation, out of programs, history, needs and employers' own counts.

For staff: it rests on what single employers said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from backcast.core.actor import Actor
from backcast.core.quarters import Quarter
from backcast.delivery.access import yields_for_planning
from backcast.demand.figures import Cause
from backcast.demand.models import Need, NeedQuarter
from backcast.frameworks.models import Occupation
from backcast.partners.access import region_of, require_staff
from backcast.planning.build import completers_a_year, role_key
from backcast.training.access import programs_for_planning, published_by_key
from backcast.training.flows import Flow, Graduates, Kind, Opening, Other, Yield, flow
from backcast.training.models import HireSource, Stage

#: A year ahead.
QUARTERS = 4
#: What comes after completing and before staying.
_AFTER = (Stage.CREDENTIALED, Stage.EXTERNSHIP, Stage.HIRED)


@dataclass(frozen=True, slots=True)
class Picture:
    """The flow, the year of employers' counts, who counted, and by which quarter openings end."""

    flow: Flow
    year: int | None
    employers: int
    first: Quarter
    last: Quarter
    providers: dict[str, str]
    unknown: tuple[str, ...]


def picture(actor: Actor, occupation: Occupation, *, today: date) -> Picture:
    """The flow into an occupation (all roles that share its published code) today; staff only."""
    require_staff(actor)
    region = region_of(actor)
    role = role_key(occupation)
    programs = list(programs_for_planning(region))
    published = published_by_key(region)
    completers = completers_a_year(region, programs, published, today)
    yields = yields_for_planning(programs, published)
    counts = list(
        HireSource.objects.filter(
            region=region, archived_at__isnull=True, role__occupation__isnull=False
        ).select_related("role__occupation")
    )
    mine = [row for row in counts if row.role.occupation and role_key(row.role.occupation) == role]
    year = max((row.year for row in mine), default=None)
    named: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    others: dict[Kind, float] = defaultdict(float)
    for row in counts:
        if row.year != year or row.role.occupation is None:
            continue
        key = role_key(row.role.occupation)
        if row.program_id is not None:
            named[row.program_id][key] += row.hires
        elif key == role:
            others[Kind(row.kind)] += row.hires
    rows = []
    unknown = []
    for program in programs:
        shares: dict[str, float] = defaultdict(float)
        for link in program.occupation_links.all():
            shares[role_key(link.occupation)] += float(link.weight)
        if role not in shares and role not in named.get(program.pk, {}):
            continue
        if program.pk not in completers:
            unknown.append(program.name)
            continue
        rows.append(
            Graduates(
                key=str(program.pk),
                name=program.name,
                completers=completers[program.pk][0],
                yields=tuple(
                    Yield(one.a, one.b, f"{one.stage}:{one.shared_key}" if one.shared_key else "")
                    for one in yields[program.pk]
                    if one.stage in _AFTER
                ),
                shares=dict(shares),
                named=dict(named.get(program.pk, {})),
            )
        )
    first = Quarter.of(today) + 1
    found = flow(
        role,
        rows,
        [Other(kind, str(HireSource.Kind(kind).label), hires) for kind, hires in others.items()],
        _openings(region.pk, role, first),
    )
    return Picture(
        flow=found,
        year=year,
        employers=len({row.employer_id for row in mine if row.year == year}),
        first=first,
        last=first + (QUARTERS - 1),
        providers={str(program.pk): program.provider.name for program in programs},
        unknown=tuple(unknown),
    )


def _openings(region: int, role: str, first: Quarter) -> list[Opening]:
    rows = NeedQuarter.objects.filter(
        need__in=Need.objects.filter(region=region).plannable(),
        quarter_start__gte=first.first_day,
        quarter_start__lt=(first + QUARTERS).first_day,
    ).select_related("need__occupation")
    return [
        Opening(row.low, row.likely, row.high, row.cause == Cause.TURNOVER)
        for row in rows
        if row.need.occupation is not None and role_key(row.need.occupation) == role
    ]
