"""Needs of a simulated region in the words of the demand room; used to load and to export them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backcast.demand.figures import (
    Cause,
    Importance,
    Named,
    Offer,
    Openings,
    Requirement,
    Statement,
)
from backcast.demonstration.simulator.region import Need, Region


@dataclass(frozen=True, slots=True)
class Names:
    """Where the rows of a region are found: by the region's keys, and by the names of items."""

    employers: Mapping[str, Named]
    sites: Mapping[str, Named]
    occupations: Mapping[str, Named]
    credentials: Mapping[str, Named]
    competencies: Mapping[str, Named]


def statement_of(need: Need, names: Names) -> Statement:
    """What one simulated need says. Quarters in which nobody could be needed are left out."""
    return Statement(
        employer=names.employers[need.employer],
        site=names.sites[need.site],
        role_title=need.own_title,
        occupation=names.occupations[need.occupation],
        start_by=need.start_by,
        wage_low=need.wage_low,
        wage_high=need.wage_high,
        hours_per_week=Decimal(need.hours),
        schedule=need.schedule,
        employment=need.employment,
        openings=tuple(
            Openings(cell.quarter, Cause(need.cause), cell.low, cell.likely, cell.high)
            for cell in need.openings
            if cell.high
        ),
        requirements=(
            Requirement(
                "credential", names.credentials[need.required_credential], Importance.REQUIRED
            ),
            *(
                Requirement("competency", names.competencies[statement], Importance.REQUIRED)
                for statement in need.required_competencies
            ),
        ),
        offers=tuple(Offer(offer.kind, offer.amount) for offer in need.offers),
    )


def numbered_names(region: Region) -> Names:
    """Names with numbers of their own, for a region that is in no database."""
    credentials = dict.fromkeys(need.required_credential for need in region.needs)
    competencies = dict.fromkeys(
        statement for need in region.needs for statement in need.required_competencies
    )
    sites = [site for employer in region.employers for site in employer.sites]
    return Names(
        employers={one.key: Named(at, one.name) for at, one in enumerate(region.employers)},
        sites={site.key: Named(at, site.name) for at, site in enumerate(sites)},
        occupations={one.key: Named(at, one.title) for at, one in enumerate(region.occupations)},
        credentials={name: Named(at, name) for at, name in enumerate(credentials)},
        competencies={name: Named(at, name) for at, name in enumerate(competencies)},
    )
