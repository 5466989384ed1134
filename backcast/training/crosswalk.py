"""Occupations for a field of study, out of the loaded crosswalk and employment figures."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count

from backcast.frameworks.models import Cip, CipSoc, Occupation, Wage, WageArea
from backcast.frameworks.parsing.codes import published_soc
from backcast.partners.models import County, Region
from backcast.training.links import NO_MATCH, Employment, Target, apportion

Link = tuple[int, Decimal, str]


class Crosswalk:
    """Reads each table once; ``leads`` then answers without queries for the codes it prepared."""

    def __init__(self, state: str = "") -> None:
        self._state = state
        self._targets: dict[str, list[Target]] = {}
        self._occupations: dict[str, int] = {}
        self._employment: list[Employment] = []
        self._read = False

    def cips(self) -> frozenset[str] | None:
        """The codes of the loaded CIP version; None where none is loaded."""
        return frozenset(Cip.objects.values_list("code", flat=True)) or None

    def prepare(self, cips: Iterable[str]) -> None:
        """Read what ``leads`` needs for these codes, in one query once the rest is read."""
        wanted = set(cips) - self._targets.keys()
        if not wanted:
            return
        if not self._read:
            self._read_occupations()
            self._read_employment()
            self._read = True
        for cip in wanted:
            self._targets[cip] = []
        links: Any = CipSoc.objects.current()
        rows = links.filter(cip__in=wanted).order_by("soc")
        for row in rows:
            self._targets[row.cip_id].append(Target(row.soc, row.teaches))

    def leads(self, cip: str) -> list[Link]:
        """Occupation id, share and source, for each occupation of the field of study."""
        self.prepare([cip])
        targets = [
            target
            for target in self._targets[cip]
            if target.soc != NO_MATCH and target.soc in self._occupations
        ]
        return [
            (self._occupations[share.soc], share.weight, share.source)
            for share in apportion(targets, self._employment, published_soc)
        ]

    def _read_occupations(self) -> None:
        """SOC → the occupation of that code itself, or the first of its parts."""
        rows = Occupation.objects.filter(framework="onet", withdrawn_in=None).order_by("code")
        for soc, pk in rows.values_list("soc", "pk"):
            self._occupations.setdefault(soc, pk)

    def _read_employment(self) -> None:
        """The state's employment first, then the nation's, each of its newest year."""
        areas = [
            *WageArea.objects.filter(
                kind=WageArea.Kind.STATE, states__contains=[self._state or "--"]
            ),
            *WageArea.objects.filter(kind=WageArea.Kind.NATION),
        ]
        for area in areas:
            newest = Wage.objects.filter(area=area).order_by("-year").first()
            if newest is None:
                continue
            rows = Wage.objects.filter(area=area, year=newest.year, employment__gt=0)
            people = {
                soc: float(count or 0) for soc, count in rows.values_list("soc", "employment")
            }
            self._employment.append(Employment(f"{area.title}, {newest.year}", people))


def state_of(region: Region) -> str:
    """The state in which most of the region's counties lie, as two letters."""
    row = (
        County.objects.filter(region=region)
        .values("state")
        .annotate(n=Count("pk"))
        .order_by("-n", "state")
        .first()
    )
    return str(row["state"]) if row else ""


def suggested(cip: str, region: Region) -> list[tuple[Occupation, Decimal, str]]:
    """What the crosswalk says of a field of study: occupation, share and source."""
    if not cip:
        return []
    links = Crosswalk(state_of(region)).leads(cip)
    rows = Occupation.objects.in_bulk([pk for pk, _weight, _source in links])
    return [(rows[pk], weight, source) for pk, weight, source in links]
