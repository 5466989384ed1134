"""What the needs of a role come to, where one wave's numbers are not believed in all they say.

Stated numbers are noisy: whole people, guessed quarter by quarter. Three things are known beside them.
What the same employers stated in past waves: the level of a role follows a random walk from wave to
wave, seen through the noise of each wave (a local level; Harvey 1989, ch. 2). How the other roles
grow: a role's growth is drawn to what all roles have in common. And the quarters beside: what departs
from the line of level and growth is drawn to the line. Each as far as noise alone explains the
difference. Employers' biases have been corrected before.

With x the mended numbers of a role, the noise of a sum has the variance Σ (NOISE² x² + ROUNDING). With
y(q) the sums of a role by quarter, m and v what past waves say of its level a, γ and τ² mean and
variance of growth in all roles, and σ² that of seasons, the line a + b (q − c), c the middle of the
quarters that a wave asks for, is the one that makes

    Σ (y(q) − a − b (q − c))² / (noise(q) + σ² a²) + (a − m)² / v + (b − γ a)² / (τ a)²

small. How much levels change, how growth differs and how far quarters depart from the line is learnt
from all roles by moments, drawn to what is usual.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from backcast.planning.foresight import Foresight, Seen

Floats = NDArray[np.float64]

NOISE, ROUNDING = 0.2, 1 / 6
"""Of one stated number: a share of it, and the variance of a whole number about its mean."""
USUAL_CHANGE, USUAL_CHANGES = 0.1, 4
"""From wave to wave, as a share of a role's need, beforehand; it weighs as much as so many changes."""
USUAL_GROWTH, USUAL_GROWTHS = 0.02, 4
"""How growth differs between roles, as a share of the level in a quarter, beforehand; and what that
weighs in roles."""
USUAL_SEASON, USUAL_SEASONS = 0.05, 8
"""Of a role's quarter beside the line, as a share, beforehand; and what that weighs in quarters."""
FEWEST = 3
"""Quarters from which a line is drawn."""
SMALLEST = 0.1
"""A line is nowhere below this share of its mean."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What one need states for one quarter, counted from the plan's first, after its bias."""

    role: str
    quarter: int
    mean: float


@dataclass(frozen=True, slots=True)
class _Wave:
    """Sum of a role in one wave, and the variance of its noise."""

    total: float
    noise: float


@dataclass(frozen=True, slots=True)
class _Known:
    """Of a role's level in a quarter of today's wave, from past waves: mean and variance."""

    level: float
    variance: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """A role's sums by quarter, the variance of the noise of one, and what past waves say of its level.

    ``beside``: quarters counted from the middle of those that a wave asks for.
    """

    quarters: tuple[int, ...]
    beside: Floats
    sums: Floats
    noise: float
    known: _Known | None


def steadied(
    foresight: Foresight, seen: Iterable[Seen], stated: Iterable[Stated]
) -> Mapping[tuple[str, int], float]:
    """(role, quarter) → what is to be expected for each person whom the role's needs state there."""
    now: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for cell in stated:
        now[cell.role][cell.quarter].append(cell.mean)
    known, asked = _known(foresight, list(seen), now)
    roles = {
        role: _sums(quarters, known.get(role), asked.get(role, 0))
        for role, quarters in now.items()
        if sum(map(sum, quarters.values())) > 0
    }
    lines = {role: row for role, row in roles.items() if len(row.quarters) >= FEWEST}
    season2 = _season(list(lines.values()))
    growth, growth2 = _growth([_line(row, season2) for row in lines.values()])
    out = {(role, quarter): 1.0 for role, quarters in now.items() for quarter in quarters}
    for role, row in roles.items():
        if role in lines:
            believed = _drawn_to_line(row, season2, growth, growth2)
        else:
            believed = row.sums * _level_alone(row) / row.sums.mean()
        for quarter, ours, theirs in zip(row.quarters, believed, row.sums, strict=True):
            if theirs > 0:
                out[role, quarter] = float(ours / theirs)
    return out


def _known(
    foresight: Foresight,
    seen: Sequence[Seen],
    now: Mapping[str, Mapping[int, Sequence[float]]],
) -> tuple[dict[str, _Known], dict[str, int]]:
    """Role → its level in a quarter today as past waves have it, and how many quarters a wave asked for."""
    past: dict[str, dict[int, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for row in seen:
        mended = row.expected * foresight.bias_of(row.employer)
        past[row.role][-row.wave][row.quarter].append(mended)
    paths: dict[str, list[_Wave]] = {}
    asked: dict[str, int] = {}
    for role, quarters in now.items():
        waves = [past[role][wave] for wave in sorted(past[role])]
        asked[role] = max((len(wave) for wave in waves), default=0)
        first = {str(q): list(quarters[q]) for q in sorted(quarters)[: asked[role]]}
        paths[role] = [_wave(wave) for wave in [*waves, first]]
    change2 = _change(list(paths.values()))
    known = {}
    for role, path in paths.items():
        if len(path) > 1:
            known[role] = _level_today(path, change2, asked[role])
    return known, asked


def _wave(quarters: Mapping[str, Sequence[float]]) -> _Wave:
    numbers = [x for each in quarters.values() for x in each]
    return _Wave(sum(numbers), _noise(numbers))


def _noise(numbers: Iterable[float]) -> float:
    return sum(NOISE**2 * x * x + ROUNDING for x in numbers)


def _change(paths: Sequence[Sequence[_Wave]]) -> float:
    """Variance of a role's change from wave to wave, as a share of it squared."""
    top, count = USUAL_CHANGES * USUAL_CHANGE**2, float(USUAL_CHANGES)
    for path in paths:
        for before, after in pairwise(path):
            if before.total > 0 and after.total > 0:
                middle = (before.total + after.total) / 2
                noise = before.noise + after.noise
                top += ((after.total - before.total) ** 2 - noise) / middle**2
                count += 1
    return max(0.0, top / count)


def _level_today(path: Sequence[_Wave], change2: float, asked: int) -> _Known:
    """The level of a quarter in the last wave of ``path`` as those before it have it, each of ``asked``
    quarters."""
    *past, today = path
    level, variance = past[0].total, past[0].noise
    for wave in past[1:]:
        variance += change2 * max(level, today.total) ** 2
        weight = variance / (variance + wave.noise)
        level += weight * (wave.total - level)
        variance *= 1 - weight
    variance += change2 * max(level, today.total) ** 2
    return _Known(level / asked, variance / asked**2)


def _sums(quarters: Mapping[int, Sequence[float]], known: _Known | None, asked: int) -> _Sums:
    places = tuple(sorted(quarters))
    middle = fmean(places[: asked or None])
    return _Sums(
        places,
        np.array(places, dtype=np.float64) - middle,
        np.array([sum(quarters[q]) for q in places]),
        fmean(_noise(quarters[q]) for q in places),
        known,
    )


def _season(rows: Sequence[_Sums]) -> float:
    """Variance of a quarter beside its role's line, as a share of it squared."""
    top, count = USUAL_SEASONS * USUAL_SEASON**2, float(USUAL_SEASONS)
    for row in rows:
        line = _at_least(np.asarray(np.polyval(np.polyfit(row.beside, row.sums, 1), row.beside)))
        spare = len(line) - 2
        beside = ((row.sums - line) ** 2 / line**2).sum()
        top += float(beside - spare / len(line) * (row.noise / line**2).sum())
        count += spare
    return max(0.0, top / count)


@dataclass(frozen=True, slots=True)
class _Line:
    """Level in the middle, slope, and the variance of slope / level."""

    level: float
    slope: float
    variance: float


def _line(row: _Sums, season2: float, growth: float = 0.0, growth2: float = math.inf) -> _Line:
    """The line of a role; ``growth`` of all roles, ``growth2`` how it differs between them."""
    scale = float(row.sums.mean())
    if row.known is not None:
        scale = max(row.known.level, SMALLEST * scale)
    weight = 1 / (row.noise + season2 * scale**2)
    terms = np.stack([np.ones_like(row.beside), row.beside])
    square, right = weight * (terms @ terms.T), weight * (terms @ row.sums)
    if row.known is not None:
        square[0, 0] += 1 / row.known.variance
        right[0] += row.known.level / row.known.variance
    if growth2 < math.inf:
        tied = np.array([-growth, 1.0])
        square += np.outer(tied, tied) / (growth2 * scale**2)
    level, slope = np.linalg.solve(square, right)
    level = max(float(level), SMALLEST * scale)
    return _Line(level, float(slope), float(np.linalg.inv(square)[1, 1]) / level**2)


def _growth(lines: Sequence[_Line]) -> tuple[float, float]:
    """Mean and variance of roles' growth in a quarter, as a share of the level."""
    usual2 = USUAL_GROWTH**2
    if not lines:
        return 0.0, usual2
    own = np.array([line.slope / line.level for line in lines])
    weight = 1 / (np.array([line.variance for line in lines]) + usual2)
    mean = float((weight * own).sum() / weight.sum())
    top, count = USUAL_GROWTHS * usual2, float(USUAL_GROWTHS)
    if len(lines) > 1:
        noise = float(np.mean([line.variance for line in lines]))
        top += float(((own - own.mean()) ** 2).sum()) - (len(own) - 1) * noise
        count += len(own) - 1
    return mean, max(1e-6, top / count)


def _drawn_to_line(row: _Sums, season2: float, growth: float, growth2: float) -> Floats:
    """What is believed of each quarter."""
    fit = _line(row, season2, growth, growth2)
    line = _at_least(fit.level + fit.slope * row.beside)
    weight = season2 * line**2 / (season2 * line**2 + row.noise)
    return np.asarray(line + weight * (row.sums - line))


def _at_least(line: Floats) -> Floats:
    return np.asarray(np.maximum(line, SMALLEST * max(float(line.mean()), 1e-9)))


def _level_alone(row: _Sums) -> float:
    """The level where quarters are too few for a line."""
    said, noise = float(row.sums.mean()), row.noise / len(row.sums)
    if row.known is None:
        return said
    weight = row.known.variance / (row.known.variance + noise)
    return row.known.level + weight * (said - row.known.level)
