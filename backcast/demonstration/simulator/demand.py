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
    Need,
    Occupation,
    Openings,
    Program,
    Site,
)
from backcast.demonstration.simulator.truth import Floats
from backcast.demonstration.simulator.words import WORDS


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
    is a multiple of it, split over the employers that use the occupation.
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
        total *= rng.uniform(*knobs.demand_growth)
        growth = rng.uniform(0.0, 0.02)
        path = total * (1 + growth) ** np.arange(knobs.quarters)
        weight = sum(share for _, _, share in users)
        for employer, site, share in users:
            season = 1 + 0.15 * rng.standard_normal(4)
            wave = np.array([season[(first + q).number - 1] for q in range(knobs.quarters)])
            mean = path * (share / weight) * np.clip(wave, 0.5, 1.5)
            tilt = math.exp(bias[employer.key])
            openings = _openings(rng, knobs, first, mean * tilt)
            if not any(cell.high for cell in openings):
                continue
            key = f"N{len(needs) + 1:04d}"
            needs.append(_need(rng, key, employer, site, occupation, role, openings))
            true.append(mean)
            biases.append(tilt)
    return tuple(needs), np.array(true), np.array(biases)


def _openings(
    rng: np.random.Generator, knobs: Knobs, first: Quarter, level: Floats
) -> tuple[Openings, ...]:
    width = rng.uniform(0.2, 0.5)
    cells = []
    for step, value in enumerate(level):
        noisy = value * math.exp(rng.normal(0.0, knobs.stated_sd))
        likely = int(noisy + rng.random())
        low = math.floor(likely * (1 - width))
        high = math.ceil(likely * (1 + width)) if likely else int(value > 0.25)
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
) -> Need:
    cause = CAUSES[int(rng.choice(len(CAUSES), p=[share for _, share in CAUSES]))][0]
    wage = Decimal(round(role.wage * rng.uniform(0.94, 1.12) * 4)) / 4
    asked = next(cell.quarter for cell in openings if cell.high)
    competencies = WORDS[role.key].competencies
    offers = sorted(int(pick) for pick in rng.choice(len(OFFERS), size=2, replace=False))
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
        hourly_wage=wage.quantize(Decimal("0.01")),
        schedule=("day", "day", "evening", "night", "rotating")[int(rng.integers(5))],
        required_competencies=competencies[: int(rng.integers(2, len(competencies) + 1))],
        required_credential=occupation.credential,
        offers=tuple(OFFERS[pick] for pick in offers),
    )


def make_places(
    rng: np.random.Generator,
    first: Quarter,
    quarters: int,
    needs: Sequence[Need],
    programs: Sequence[Program],
    kinds: Sequence[tuple[Occupation, Role]],
) -> tuple[ExternshipPlaces, ...]:
    """Places still free, by site, occupation and quarter, for occupations that need externships.

    Hosts that need people offer places in proportion: between half and one and a half places for
    each opening, by occupation, so that in some occupations places bind and in others they do not.
    """
    hosted = {p.occupations[0] for p in programs if p.externship_places_per_learner}
    rows = []
    for occupation, _ in kinds:
        generosity = rng.uniform(0.5, 1.6)
        if occupation.key not in hosted:
            continue
        for need in needs:
            if need.occupation != occupation.key:
                continue
            usual = sum(cell.likely for cell in need.openings) / len(need.openings)
            for step in range(quarters):
                places = int(usual * generosity * rng.uniform(0.8, 1.2) + rng.random())
                rows.append(ExternshipPlaces(need.site, occupation.key, first + step, places))
    return tuple(rows)
