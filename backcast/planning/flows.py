"""The flow of people into an occupation, out of programs, history, needs and employers' own counts.

``picture`` is for staff: it rests on what single employers said. Others read ``shared``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.core.quarters import Quarter
from backcast.delivery.access import yields_for_planning
from backcast.demand.figures import Cause
from backcast.demand.models import Need, NeedQuarter, Publication, PublishedFigure
from backcast.demand.regional import access as regional
from backcast.frameworks.models import Occupation
from backcast.partners.access import region_of, require_staff
from backcast.planning.keys import role_key
from backcast.planning.usual import completers_a_year
from backcast.training.access import programs_for_planning, published_by_key
from backcast.training.flows import INSIDE, Flow, Graduates, Kind, Opening, Other, Yield, flow
from backcast.training.models import FlowPublication, HireSource, Stage
from backcast.training.sources import publish_counts, published_flows

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


@dataclass(frozen=True, slots=True)
class Source:
    """Where hires came from, as others see it; without a number it is not shown."""

    name: str
    kind: str
    hires: int | None
    employers: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A flow as it was published. Page, chart, file and API read this and nothing else.

    ``openings`` are those of published waves, with their band; None where one of them is not shown.
    """

    title: str
    year: int
    published_at: datetime
    rule_since: date
    sources: tuple[Source, ...]
    total: int | None
    openings: tuple[int, int, int] | None
    first: Quarter
    last: Quarter

    @property
    def new(self) -> int | None:
        """People who are new for the region; None where it is not shown who only changed employer."""
        if self.total is None:
            return None
        moved = [each for each in self.sources if each.kind in INSIDE]
        return self.total - sum(each.hires or 0 for each in moved) if moved else None

    @property
    def missing(self) -> tuple[int, int, int] | None:
        """Openings less as many new people as came in the year that was counted."""
        if self.openings is None or self.new is None:
            return None
        value, low, high = (each - self.new for each in self.openings)
        return value, low, high


def shared(actor: Actor, occupation: Occupation, *, today: date) -> Shared | None:
    """What was published of the flow into an occupation; None before anything was."""
    role = role_key(occupation)
    row = (
        published_flows(actor)
        .filter(role=role)
        .order_by("-year")
        .prefetch_related("sources__program__provider")
        .first()
    )
    if row is None:
        return None
    known = list(row.sources.all())
    total = next((each.hires for each in known if not each.kind), None)
    sources = [
        Source(
            f"{each.program.name}, {each.program.provider.name}"
            if each.program
            else str(each.get_kind_display()),
            each.kind,
            each.hires,
            each.employers,
        )
        for each in known
        if each.kind
    ]
    # What is left is no new number: whoever reads the others can take them from the whole.
    rest = total - sum(each.hires or 0 for each in sources) if total is not None else None
    if rest is None or rest > 0:
        sources.append(Source(_("All that is not shown by itself"), "", rest, None))
    first = Quarter.of(today) + 1
    return Shared(
        row.title,
        row.year,
        row.published_at,
        row.rule_since,
        tuple(sources),
        total,
        _published_openings(actor, role, first),
        first,
        first + (QUARTERS - 1),
    )


def _published_openings(actor: Actor, role: str, first: Quarter) -> tuple[int, int, int] | None:
    """People needed in a year, out of the newest publication of each collaborative."""
    newest: dict[int, Publication] = {}
    for publication in regional.publications(actor):
        newest.setdefault(publication.collaborative_id, publication)
    wanted = [(first + ahead).first_day for ahead in range(QUARTERS)]
    value = low = high = 0
    found = False
    for publication in newest.values():
        for asked in publication.roles.select_related("role__occupation"):
            if asked.role.occupation is None or role_key(asked.role.occupation) != role:
                continue
            rows = publication.figures.filter(
                measure=PublishedFigure.Measure.OPENINGS,
                role=asked.role_id,
                quarter_start__in=wanted,
                cause="",
                area=None,
            )
            if len(rows) < QUARTERS:
                return None
            found = True
            value += sum(row.value for row in rows)
            low += sum(row.low for row in rows)
            high += sum(row.high for row in rows)
    return (value, low, high) if found else None


def publishable(actor: Actor, occupation: Occupation, *, today: date) -> int | None:
    """The newest year that is over, was counted and is not published; staff only."""
    require_staff(actor)
    role = role_key(occupation)
    years = {row.year for row in _counts(actor, role) if row.year < today.year}
    done = set(published_flows(actor).filter(role=role).values_list("year", flat=True))
    return max(years - done, default=None)


def publish(actor: Actor, occupation: Occupation, *, today: date) -> FlowPublication:
    """Show others where the hires of the newest year that is over came from."""
    require_staff(actor, Role.MEMBER)
    with acting(actor, "planning.publish_flow"):
        year = publishable(actor, occupation, today=today)
        rows = [row for row in _counts(actor, role_key(occupation)) if row.year == year]
        return publish_counts(role_key(occupation), occupation, rows, actor=actor)


def _counts(actor: Actor, role: str) -> list[HireSource]:
    rows = HireSource.objects.filter(
        region=actor.region_id, archived_at__isnull=True, role__occupation__isnull=False
    ).select_related("role__occupation")
    return [row for row in rows if row.role.occupation and role_key(row.role.occupation) == role]
