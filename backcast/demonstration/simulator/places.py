"""Where things are in a simulated region: areas, employers with sites, providers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backcast.demonstration.simulator.catalogue import (
    AREA_NAMES,
    EMPLOYER_NAMES,
    EMPLOYER_ORDER,
    EMPLOYER_SECTORS,
    PLACE_NAMES,
    PROVIDER_KINDS,
    ROLES,
    Role,
)
from backcast.demonstration.simulator.region import Area, Employer, Occupation, Provider, Site

COUNTIES_PER_AREA = 3


def numbered(names: Sequence[str], place: int) -> str:
    """The name at ``place`` of an endless list: the names again and again, numbered from 2 on."""
    turn, index = divmod(place, len(names))
    return names[index] if turn == 0 else f"{names[index]} {turn + 1}"


def make_areas(count: int) -> tuple[Area, ...]:
    """Areas in a row: each adjoins the next, every second one also those two and three ahead."""
    adjoining: dict[int, set[int]] = {place: set() for place in range(count)}
    for place in range(count):
        for step in (1, 2, 3):
            if place + step < count and (step == 1 or place % 2 == 0):
                adjoining[place].add(place + step)
                adjoining[place + step].add(place)
    return tuple(
        Area(
            key=f"A{place + 1:02d}",
            name=f"Demo {numbered(AREA_NAMES, place)}",
            counties=tuple(
                f"Demo {numbered(PLACE_NAMES, place * COUNTIES_PER_AREA + step)}"
                for step in range(COUNTIES_PER_AREA)
            ),
            adjoining=tuple(f"A{other + 1:02d}" for other in sorted(adjoining[place])),
        )
        for place in range(count)
    )


def make_occupations(count: int) -> tuple[tuple[Occupation, Role], ...]:
    """The first ``count`` roles; beyond the catalogue, made-up specialties with no O*NET code."""
    pairs = []
    for place in range(count):
        turn, index = divmod(place, len(ROLES))
        role = ROLES[index]
        pairs.append(
            (
                Occupation(
                    key=role.key if turn == 0 else f"{role.key}/{turn + 1}",
                    onet_soc=role.key if turn == 0 else "",
                    title=role.title if turn == 0 else f"Demo specialty {turn + 1}: {role.title}",
                    sector=role.sector,
                    cip=role.cip,
                    credential=role.credential,
                ),
                role,
            )
        )
    return tuple(pairs)


def make_employers(
    rng: np.random.Generator, count: int, roles: Sequence[Role], areas: Sequence[Area]
) -> tuple[Employer, ...]:
    """At least ``count`` employers: every role has at least one employer that needs it."""
    kinds = [EMPLOYER_ORDER[place % len(EMPLOYER_ORDER)] for place in range(count)]
    for role in roles:
        wanted = [kind for kind, _ in role.employers]
        if not any(kind in wanted for kind in kinds):
            kinds.append(wanted[0])
    return tuple(_employer(rng, place, kind, areas) for place, kind in enumerate(kinds))


def _employer(rng: np.random.Generator, place: int, kind: str, areas: Sequence[Area]) -> Employer:
    key = f"E{place + 1:03d}"
    name = numbered(PLACE_NAMES, (place * 7) % len(PLACE_NAMES))
    turn = place // len(PLACE_NAMES)
    full = f"Demo {name} {EMPLOYER_NAMES[kind]}" + (f" {turn + 1}" if turn else "")
    home = int(rng.integers(len(areas))) if place >= 2 * len(areas) else place % len(areas)
    area = areas[home]
    sites = [_site(rng, f"{key}-S1", "Main site", area)]
    if kind in ("hospital", "clinic", "pharmacy", "carrier"):
        others = [a for a in areas if a.key in area.adjoining] or [area]
        other = others[int(rng.integers(len(others)))]
        sites.append(_site(rng, f"{key}-S2", "Second site", other))
    return Employer(key, full, kind, EMPLOYER_SECTORS[kind], tuple(sites))


def _site(rng: np.random.Generator, key: str, name: str, area: Area) -> Site:
    return Site(key, name, area.key, area.counties[int(rng.integers(len(area.counties)))])


def make_providers(
    rng: np.random.Generator, count: int, areas: Sequence[Area]
) -> tuple[Provider, ...]:
    """Providers spread over the areas, at least one in each."""
    providers = []
    for place in range(max(count, len(areas))):
        area = areas[place % len(areas)]
        noun, kind = PROVIDER_KINDS[place % len(PROVIDER_KINDS)]
        name = numbered(PLACE_NAMES, (place * 3 + 1) % len(PLACE_NAMES))
        turn = place // len(PLACE_NAMES)
        providers.append(
            Provider(
                key=f"T{place + 1:03d}",
                name=f"Demo {name} {noun}" + (f" {turn + 1}" if turn else ""),
                kind=kind,
                area=area.key,
                county=area.counties[int(rng.integers(len(area.counties)))],
            )
        )
    return tuple(providers)
