"""The regional picture of a wave: figures by address, in full or as far as others may see them.

Pure. Page, chart, export and API all read the same ``Picture``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from backcast.core.disclosure import ALL, Address, Contribution, Rule
from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause
from backcast.demand.regional.hindsight import Corrections
from backcast.demand.regional.statements import (
    Assumptions,
    Estimate,
    Usual,
    Weighted,
    usual_band,
)

if TYPE_CHECKING:  # what computes brings numpy and the solver along
    from backcast.core.disclosure.tables import Table

#: role, quarter, cause, area
EVERYTHING: Address = (ALL, ALL, ALL, ALL)
#: A wave of more cells than this is not tabulated by labor area: what could be worked out grows with it.
MOST_BY_AREA = 1500


@dataclass(frozen=True, slots=True)
class Named:
    """A role, labor area or skill: ``key`` in addresses, ``title`` for people."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the employers asked about a role, how many answered, and their share of the people employed."""

    asked: int
    answered: int
    share: float


@dataclass(frozen=True, slots=True)
class Figure:
    """People, with a band. ``stated`` is what those who answered said; others do not see it."""

    value: float
    low: float
    high: float
    employers: int
    stated: float | None = None


@dataclass(frozen=True, slots=True)
class SkillShare:
    """Share of today's staff of a role at the level it asks for; ``None``: too few said so."""

    role: str
    key: str
    skill: str
    value: float | None
    bound: str = "about"
    employers: int | None = None
    #: For staff: people in the role whom the share speaks of.
    people: float | None = None


@dataclass(frozen=True)
class Picture:
    """What a reader sees of a wave. ``full`` for staff; else only what was published."""

    wave: str
    collaborative: str
    quarters: tuple[Quarter, ...]
    roles: tuple[Named, ...]
    areas: tuple[Named, ...]
    figures: Mapping[Address, Figure]
    upskill: Mapping[str, Figure]
    shares: tuple[SkillShare, ...]
    coverage: Mapping[str, Coverage]
    asked: int
    answered: int
    full: bool
    rule_since: date
    published_at: datetime | None = None
    by_area: bool = True
    #: There are labor areas, but the wave is too large to be tabulated by them.
    too_large: bool = False
    #: Numbers are corrected by who was hired after earlier waves; ``corrections`` for staff only.
    corrected: bool = False
    corrections: Corrections | None = None
    #: Share of leavers replaced from employers near by, by role; staff only.
    refill: Mapping[str, float] = field(default_factory=dict)

    def figure(
        self, role: str = ALL, quarter: str = ALL, cause: str = ALL, area: str = ALL
    ) -> Figure | None:
        """The figure at an address; nothing where it may not be shown or nobody said anything."""
        return self.figures.get((role, quarter, cause, area))

    def addresses(self) -> Iterator[Address]:
        """Every address of the picture, whether its figure is shown or not."""
        roles = [ALL, *(role.key for role in self.roles)]
        quarters = [ALL, *map(str, self.quarters)]
        for role in roles:
            for quarter in quarters:
                for cause in (ALL, *Cause):
                    yield (role, quarter, str(cause), ALL)
            if self.by_area:
                for area in self.areas:
                    yield (role, ALL, ALL, area.key)

    def shown(self) -> Iterator[tuple[Address, Figure]]:
        """Every figure that is shown, in the order of ``addresses``."""
        for address in self.addresses():
            if address in self.figures:
                yield address, self.figures[address]

    def hidden(self) -> Iterator[Address]:
        """Every address whose figure is left out."""
        if not self.full:
            yield from (place for place in self.addresses() if place not in self.figures)

    @property
    def withheld(self) -> int:
        """How many addresses are not shown."""
        return sum(1 for _place in self.hidden())


def dimensions(
    roles: Sequence[str], quarters: Sequence[Quarter], areas: Sequence[str]
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, ...], ...], bool]:
    """The dimensions of the table, what is tabulated together, and whether labor areas are."""
    cells = len(roles) * len(quarters) * len(Cause) * max(1, len(areas))
    by_area = bool(areas) and cells <= MOST_BY_AREA
    places = tuple(areas) if by_area else ("",)
    views = ((0, 1, 2), (0, 3)) if by_area else ((0, 1, 2),)
    causes = tuple(cause.value for cause in Cause)
    return (tuple(roles), tuple(map(str, quarters)), causes, places), views, by_area


def table_of(
    rows: Iterable[Weighted],
    dims: tuple[tuple[str, ...], ...],
    views: tuple[tuple[int, ...], ...],
    by_area: bool,
) -> Table:
    """What the published sums are made of: each employer's weighted numbers."""
    from backcast.core.disclosure.tables import tabulate

    return tabulate(
        [
            Contribution(
                row.employer,
                row.key if by_area else (*row.key[:3], ""),
                row.value,
                row.scale,
            )
            for row in rows
        ],
        dims,
        views,
        most_cells=3000,
    )


def figure_of(estimate: Estimate) -> Figure:
    """An estimate as staff see it."""
    return Figure(estimate.value, estimate.low, estimate.high, estimate.employers, estimate.stated)


@dataclass(frozen=True)
class Earlier:
    """An earlier publication of the same collaborative: its table, and what of it is out."""

    table: Table
    shown: frozenset[Address]


def publish(table: Table, rule: Rule, earlier: Iterable[Earlier] = ()) -> dict[Address, Figure]:
    """The sums that others may see, beside all that they have seen before; still without a band."""
    from backcast.core.disclosure.differences import differs_too_little, tells_beside
    from backcast.core.disclosure.protection import protect

    found = list(earlier)
    withheld = frozenset[Address]().union(
        *(differs_too_little(each.table, table, rule, each.shown) for each in found)
    )
    shown = dict(protect(table, rule, withheld).shown)
    out = [(each.table, each.shown) for each in found]
    for address in tells_beside(out, table, frozenset(shown), rule):
        del shown[address]
    return {
        address: Figure(round(value), round(value), round(value), employers)
        for address, (value, employers) in shown.items()
    }


def with_usual_band(figure: Figure, answered: float, usual: Usual, assumed: Assumptions) -> Figure:
    """A published figure with the band that figures like it usually have."""
    low, high = usual_band(figure.value, figure.employers, answered, usual, assumed)
    return replace(figure, low=int(low), high=-int(-high))


def counts_table(contributions: Sequence[Contribution], keys: Sequence[str]) -> Table:
    """One number of each employer by role, such as staff to train."""
    from backcast.core.disclosure.tables import tabulate

    return tabulate(contributions, [list(keys)], [[0]])
