"""What employers truly need, what they say they need, and the externship places they offer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.catalogue import CAUSES, OFFERS, Role
from backcast.demonstration.simulator.knobs import Knobs
from backcast.demonstration.simulator.region import (
    Employer,
    ExternshipPlaces,
    LookedBack,
    Need,
    Occupation,
    Offer,
    Openings,
    Site,
)
from backcast.demonstration.simulator.truth import Floats
from backcast.demonstration.simulator.words import WORDS

EXTERNSHIP_PLACES = "externship_places"


def make_needs(
    rng: np.random.Generator,
    knobs: Knobs,
    first: Quarter,
    kinds: Sequence[tuple[Occupation, Role]],
    employers: Sequence[Employer],
    yearly_supply: Mapping[str, float],
) -> tuple[tuple[Need, ...], Floats, Floats]:
    """Needs as stated, and hidden: their true mean per quarter, and each one's bias.

    ``yearly_supply`` is what ordinary cohorts bring into each occupation in a year; the true need
    grows from it to a multiple of it, split over the employers that use the occupation. For occupations learnt
    with an externship, hosts offer between 1.2 and 3 places a quarter for each
    opening, alike within an occupation: in some places bind, in others they do not.
    """
    needs: list[Need] = []
    true: list[Floats] = []
    biases: list[float] = []
    size = {employer.key: rng.lognormal(0.0, 0.35) for employer in employers}
    bias = {employer.key: rng.normal(knobs.bias_mean, knobs.bias_sd) for employer in employers}
    for occupation, role in kinds:
        weights = dict(role.employers)
        users = [
            (employer, site, weights[employer.kind] * size[employer.key] / len(employer.sites))
            for employer in employers
            if employer.kind in weights
            for site in employer.sites
        ]
        total = max(8.0, yearly_supply.get(occupation.key, 0.0)) / 4
        if knobs.demand_level_sd:
            total *= math.exp(rng.normal(0.0, knobs.demand_level_sd))
        growth = rng.uniform(*knobs.demand_growth)
        path = total * np.linspace(1.0, growth, knobs.quarters)
        weight = sum(share for _, _, share in users)
        generosity = rng.uniform(1.2, 3.0) if role.externship_hours else 0.0
        for employer, site, share in users:
            season = 1 + 0.15 * rng.standard_normal(4)
            wave = np.array([season[(first + q).number - 1] for q in range(knobs.quarters)])
            mean = path * (share / weight) * np.clip(wave, 0.5, 1.5)
            tilt = math.exp(bias[employer.key])
            openings = _openings(rng, knobs, first, mean * tilt)
            if not any(cell.high for cell in openings):
                continue
            key = f"N{len(needs) + 1:04d}"
            needs.append(_need(rng, key, employer, site, occupation, role, openings, generosity))
            true.append(mean)
            biases.append(tilt)
    return tuple(needs), np.array(true), np.array(biases)


def look_back(
    rng: np.random.Generator,
    knobs: Knobs,
    first: Quarter,
    needs: Sequence[Need],
    demand: Floats,
    tilts: Floats,
) -> tuple[LookedBack, ...]:
    """What each need had stated in past waves, biased and noisy as today, and the openings that came.

    Each wave asked for the four quarters that followed, at the level of the horizon's first year,
    and had shocks of its own.
    """
    rows: list[LookedBack] = []
    names = sorted({need.occupation for need in needs})
    for wave in range(1, knobs.waves + 1):
        by_occupation = dict(
            zip(names, _shock(rng, knobs.occupation_shock_sd, len(names)), strict=True)
        )
        by_need = _shock(rng, knobs.need_shock_sd, len(needs))
        for place, need in enumerate(needs):
            level = demand[place, : min(4, knobs.quarters)]
            stated = _openings(rng, knobs, first + (-4 * wave), level * tilts[place])
            came = rng.poisson(level * math.exp(by_occupation[need.occupation] + by_need[place]))
            rows += [
                LookedBack(
                    need.key,
                    need.employer,
                    need.occupation,
                    wave,
                    cell.quarter,
                    cell.mean,
                    int(came[step]),
                )
                for step, cell in enumerate(stated)
            ]
    return tuple(rows)


def _shock(rng: np.random.Generator, sd: float, count: int) -> Floats:
    """Log-normal shocks of mean one, as logarithms."""
    return np.asarray(sd * rng.standard_normal(count) - sd * sd / 2)


def _openings(
    rng: np.random.Generator, knobs: Knobs, first: Quarter, level: Floats
) -> tuple[Openings, ...]:
    width = rng.uniform(0.2, 0.5)
    cells = []
    for step, value in enumerate(level):
        noisy = value * math.exp(rng.normal(0.0, knobs.stated_sd))
        likely = int(noisy + rng.random())
        spread = int(likely * width + rng.random())
        high = likely + spread if likely else int(value + rng.random())
        low = max(0, likely - spread)
        cells.append(Openings(first + step, low, likely, high))
    return tuple(cells)


def _need(
    rng: np.random.Generator,
    key: str,
    employer: Employer,
    site: Site,
    occupation: Occupation,
    role: Role,
    openings: tuple[Openings, ...],
    generosity: float,
) -> Need:
    cause = CAUSES[int(rng.choice(len(CAUSES), p=[share for _, share in CAUSES]))][0]
    wage = Decimal(round(role.wage * rng.uniform(0.94, 1.12) * 4)) / 4
    asked = next(cell.quarter for cell in openings if cell.high)
    competencies = WORDS[role.key].competencies
    part_time = bool(rng.random() < 0.2)
    usual = sum(cell.likely for cell in openings) / len(openings)
    places = int(usual * generosity + rng.random()) if generosity else 0
    offers = [Offer(EXTERNSHIP_PLACES, places)] if places else []
    for pick in sorted(int(pick) for pick in rng.choice(len(OFFERS), size=2, replace=False)):
        kind, amounts = OFFERS[pick]
        offers.append(Offer(kind, amounts[int(rng.integers(len(amounts)))]))
    return Need(
        key=key,
        employer=employer.key,
        site=site.key,
        area=site.area,
        occupation=occupation.key,
        own_title=role.own_titles[int(rng.integers(len(role.own_titles)))],
        openings=openings,
        cause=cause,
        start_by=date(asked.year, 3 * asked.number - 1, 1),
        wage_low=wage.quantize(Decimal("0.01")),
        wage_high=(wage * Decimal("1.15")).quantize(Decimal("0.01")),
        hours=24 if part_time else 40,
        schedule=("day", "day", "evening", "night", "rotating")[int(rng.integers(5))],
        employment="part_time" if part_time else "full_time",
        required_competencies=competencies[: int(rng.integers(2, len(competencies) + 1))],
        required_credential=occupation.credential,
        offers=tuple(offers),
    )


def make_places(
    needs: Sequence[Need], first: Quarter, quarters: int
) -> tuple[ExternshipPlaces, ...]:
    """Places by site, occupation and quarter, as the needs offer them."""
    return tuple(
        ExternshipPlaces(need.site, need.occupation, first + step, offer.amount)
        for need in needs
        for offer in need.offers
        if offer.kind == EXTERNSHIP_PLACES
        for step in range(quarters)
    )
