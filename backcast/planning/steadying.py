"""What the needs of a role come to, where one wave's numbers are not believed in all they say.

Stated numbers are noisy: whole people, guessed quarter by quarter. Two things are known beside them.
What the same employers stated in past waves: the level of a role follows a random walk from wave to
wave, seen through the noise of each wave (a local level; Harvey 1989, ch. 2). And the quarters beside:
of a role's sum, what departs from a line through its quarters is drawn to the line as far as noise alone
explains it. Employers' biases have been corrected before.

With x the mended numbers of a role, the noise of a sum has the variance Σ (NOISE² x² + ROUNDING). How
much levels change and how far quarters depart from the line is learnt from all roles by moments, drawn
to what is usual.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backcast.planning.foresight import Foresight, Seen

NOISE, ROUNDING = 0.2, 1 / 6
"""Of one stated number: a share of it, and the variance of a whole number about its mean."""
USUAL_CHANGE, USUAL_CHANGES = 0.1, 4
"""From wave to wave, as a share of a role's need, beforehand; it weighs as much as so many changes."""
USUAL_SEASON, USUAL_SEASONS = 0.05, 8
"""Of a role's quarter beside the line, as a share, beforehand; and what that weighs in quarters."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What one need states for one quarter, counted from the plan's first, after its bias."""

    role: str
    quarter: int
    mean: float


@dataclass(frozen=True, slots=True)
class _Wave:
    """Sum of a role in one wave, and the variance of its noise as a share of the sum squared."""

    total: float
    noise: float


def steadied(
    foresight: Foresight, seen: Iterable[Seen], stated: Iterable[Stated]
) -> Mapping[tuple[str, int], float]:
    """(role, quarter) → what is to be expected for each person whom the role's needs state there."""
    now: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for cell in stated:
        now[cell.role][cell.quarter].append(cell.mean)
    levels = _levels(foresight, list(seen), now)
    lines = _lines(now)
    return {
        (role, quarter): levels[role] * lines[role][quarter]
        for role, quarters in now.items()
        for quarter in quarters
    }


def _levels(
    foresight: Foresight,
    seen: Sequence[Seen],
    now: Mapping[str, Mapping[int, Sequence[float]]],
) -> dict[str, float]:
    """Role → its level, as a multiple of what it states for as many quarters as a wave had."""
    past: dict[str, dict[int, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for row in seen:
        mended = row.expected * foresight.bias_of(row.employer)
        past[row.role][-row.wave][row.quarter].append(mended)
    paths: dict[str, list[_Wave]] = {}
    for role, quarters in now.items():
        waves = [past[role][wave] for wave in sorted(past[role])]
        asked = max((len(wave) for wave in waves), default=0)
        first = {str(q): list(quarters[q]) for q in sorted(quarters)[:asked]}
        paths[role] = [_wave(wave) for wave in [*waves, first] if wave]
    change2 = _change(list(paths.values()))
    return {role: _level_now(path, change2) for role, path in paths.items()}


def _wave(quarters: Mapping[str, Sequence[float]]) -> _Wave:
    numbers = [x for each in quarters.values() for x in each]
    total = sum(numbers)
    return _Wave(total, _noise(numbers) / max(total, 1.0) ** 2)


def _noise(numbers: Iterable[float]) -> float:
    return sum(NOISE**2 * x * x + ROUNDING for x in numbers)


def _change(paths: Sequence[Sequence[_Wave]]) -> float:
    """Variance of a role's change from wave to wave, as a share of it squared."""
    top, count = USUAL_CHANGES * USUAL_CHANGE**2, float(USUAL_CHANGES)
    for path in paths:
        for before, after in pairwise(path):
            if before.total > 0 and after.total > 0:
                middle = (before.total + after.total) / 2
                top += ((after.total - before.total) / middle) ** 2 - before.noise - after.noise
                count += 1
    return max(0.0, top / count)


def _level_now(path: Sequence[_Wave], change2: float) -> float:
    """The level after the last wave, as a multiple of what that wave says."""
    if not path or path[-1].total <= 0:
        return 1.0
    last = path[-1].total
    level, variance = path[0].total / last, path[0].noise
    for wave in path[1:]:
        variance += change2
        weight = variance / (variance + wave.noise)
        level += weight * (wave.total / last - level)
        variance *= 1 - weight
    return level


def _lines(now: Mapping[str, Mapping[int, Sequence[float]]]) -> dict[str, dict[int, float]]:
    """Role → quarter → what is believed of it, as a multiple of what is stated."""
    fits = {}
    top, count = USUAL_SEASONS * USUAL_SEASON**2, float(USUAL_SEASONS)
    for role, quarters in now.items():
        places = sorted(quarters)
        sums = np.array([sum(quarters[q]) for q in places])
        noise = np.array([_noise(quarters[q]) for q in places])
        if len(places) < 3 or sums.sum() <= 0:
            continue
        line = np.polyval(np.polyfit(places, sums, 1), places)
        line = np.maximum(line, 0.1 * sums.mean())
        fits[role] = (places, sums, noise, line)
        spare = len(places) - 2
        top += float(
            ((sums - line) ** 2 / line**2).sum() - spare / len(places) * (noise / line**2).sum()
        )
        count += spare
    season2 = max(0.0, top / count)
    out = {role: dict.fromkeys(quarters, 1.0) for role, quarters in now.items()}
    for role, (places, sums, noise, line) in fits.items():
        weight = season2 * line**2 / (season2 * line**2 + noise)
        believed = line + weight * (sums - line)
        for place, ours, theirs in zip(places, believed, sums, strict=True):
            out[role][place] = float(ours / theirs) if theirs > 0 else 1.0
    return out
