"""Make a region and its hidden truth from a seed and a scale."""

from __future__ import annotations

import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from backcast.core.quarters import Quarter
from backcast.demonstration.simulator.catalogue import Role
from backcast.demonstration.simulator.demand import look_back, make_needs, make_places
from backcast.demonstration.simulator.histories import follow
from backcast.demonstration.simulator.knobs import Knobs
from backcast.demonstration.simulator.places import (
    make_areas,
    make_employers,
    make_occupations,
    make_providers,
)
from backcast.demonstration.simulator.region import (
    COMPLETED,
    PASSED,
    RETAINED,
    Learner,
    Occupation,
    Program,
    Region,
)
from backcast.demonstration.simulator.training import Made, make_program
from backcast.demonstration.simulator.truth import Truth

REGION_NAME = "Demo Alder Region (made up)"
_DAYS_PER_YEAR = 364


def simulate(
    seed: int, scale: float = 1.0, *, today: date, knobs: Knobs | None = None
) -> tuple[Region, Truth]:
    """A made-up region as it stands on ``today``, and the truth beneath it.

    ``scale`` 1 gives about 12 programs, 15 employers, 8 occupations, 4 areas and 2,500 learners
    over five and a half years; programs and learners grow with the scale, the others more slowly.
    Equal arguments give equal regions. Raises ``ValueError`` for a negative seed, or for a scale
    outside 0.1 to 100.
    """
    if seed < 0:
        raise ValueError(f"A seed is zero or a positive whole number, not {seed}.")
    if not 0.1 <= scale <= 100:
        raise ValueError(f"The scale lies between 0.1 and 100, not {scale:g}.")
    turned = knobs or Knobs()
    first = Quarter.of(today) + 1
    areas = make_areas(max(2, round(4 * scale**0.4)))
    kinds = make_occupations(turned.occupations or max(3, round(8 * scale**0.57)))
    if turned.typical_sd:
        kinds = _unlike_the_catalogue(_stream(seed, "typical"), turned.typical_sd, kinds)
    roles = [role for _, role in kinds]
    employers = make_employers(
        _stream(seed, "employers"), max(6, round(15 * scale**0.7)), roles, areas
    )
    providers = make_providers(_stream(seed, "providers"), max(2, round(5 * scale**0.8)), areas)

    made: list[Made] = []
    learners: list[Learner] = []
    taken: Counter[str] = Counter()
    by_key = {occupation.key: occupation for occupation, _ in kinds}
    for place in range(max(len(kinds), round(12 * scale))):
        occupation, role = kinds[place % len(kinds)]
        area = areas[(place + place // len(kinds)) % len(areas)]
        near = [provider for provider in providers if provider.area == area.key]
        provider = near[taken[area.key] % len(near)]
        taken[area.key] += 1
        others = [by_key[key] for key in role.also if key in by_key]
        rng = _stream(seed, "program", place)
        made.append(
            make_program(rng, turned, place, occupation, role, others, area, provider, today)
        )
        learners += follow(rng, made[-1].truth, made[-1].past, today)

    completers = Counter(
        learner.program for learner in _passed_last_year(learners, COMPLETED, today)
    )
    titles = _titles(made)
    programs = tuple(
        replace(one.program, title=title, completers_last_year=completers[one.program.key])
        for one, title in zip(made, titles, strict=True)
    )
    needs, demand, bias = make_needs(
        _stream(seed, "needs"),
        turned,
        first,
        kinds,
        employers,
        Counter(learner.hired_as for learner in _passed_last_year(learners, RETAINED, today))
        if turned.needs_apart
        else _yearly_supply(made, programs),
    )
    looked_back = look_back(_stream(seed, "looked back"), turned, first, needs, demand, bias)
    region = Region(
        name=REGION_NAME,
        seed=seed,
        scale=scale,
        today=today,
        first_quarter=first,
        quarters=turned.quarters,
        areas=areas,
        occupations=tuple(occupation for occupation, _ in kinds),
        employers=employers,
        needs=needs,
        providers=providers,
        programs=programs,
        learners=tuple(learners),
        places=make_places(needs, first, turned.quarters),
        yearly_budget=_yearly_budget(made, programs),
        looked_back=looked_back,
    )
    truth = Truth(
        region=region,
        programs={one.program.key: one.truth for one in made},
        demand=demand,
        demand_bias=bias,
        occupation_shock_sd=turned.occupation_shock_sd,
        need_shock_sd=turned.need_shock_sd,
    )
    return region, truth


def _stream(seed: int, part: str, place: int = 0) -> np.random.Generator:
    """Each part of the region has a random stream of its own: one more draw moves no other part."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(part.encode()), place]))


def _unlike_the_catalogue(
    rng: np.random.Generator, sd: float, kinds: Sequence[tuple[Occupation, Role]]
) -> tuple[tuple[Occupation, Role], ...]:
    """Typical yields of a region of its own: each stage moved, and each stage of each occupation."""
    every = sorted({stage for _, role in kinds for stage in role.stages})
    stages = {stage: 2 * sd * rng.standard_normal() for stage in every}
    moved = []
    for occupation, role in kinds:
        odds = [
            math.log(share / (1 - share)) + stages[stage] + sd * rng.standard_normal()
            for stage, share in zip(role.stages, role.yields, strict=True)
        ]
        moved.append(
            (occupation, replace(role, yields=tuple(1 / (1 + math.exp(-x)) for x in odds)))
        )
    return tuple(moved)


def _titles(made: list[Made]) -> list[str]:
    """Each program's title; a provider's second program of a title is numbered."""
    seen: Counter[tuple[str, str]] = Counter()
    titles = []
    for one in made:
        key = (one.program.provider, one.program.title)
        seen[key] += 1
        titles.append(one.program.title + (f" {seen[key]}" if seen[key] > 1 else ""))
    return titles


def _passed_last_year(learners: list[Learner], stage: str, today: date) -> list[Learner]:
    """Learners who came through a stage in the past year."""
    return [
        learner
        for learner in learners
        for step in learner.steps
        if step.stage == stage and step.outcome == PASSED and step.on is not None
        if (today - step.on).days < _DAYS_PER_YEAR
    ]


def _usual_yield(one: Made) -> float:
    result = 1.0
    for stage in one.truth.stages:
        result *= stage.mean_chance(0.0)
    return result


def _usual_size(one: Made) -> float:
    sizes = [cohort.size for cohort in one.past]
    return sum(sizes) / len(sizes) if sizes else float(one.program.min_size)


def _yearly_supply(made: list[Made], programs: tuple[Program, ...]) -> dict[str, float]:
    """Retained hires that ordinary cohorts bring in a year, by occupation."""
    supply: defaultdict[str, float] = defaultdict(float)
    for one, program in zip(made, programs, strict=True):
        people = program.ordinary_starts_per_year * _usual_size(one) * _usual_yield(one)
        for occupation, share in one.truth.hired_as:
            supply[occupation] += people * share
    return supply


def _yearly_budget(made: list[Made], programs: tuple[Program, ...]) -> int:
    """About what it costs to enrol again four in five of the people enrolled today."""
    usual = sum(
        program.costs.total * program.ordinary_starts_per_year * _usual_size(one)
        for one, program in zip(made, programs, strict=True)
    )
    return int(round(usual * 0.8, -4))
