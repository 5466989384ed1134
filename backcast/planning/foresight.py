"""How far needs that come depart from needs that were stated, learnt from waves looked back on.

An employer's bias is what came for each one expected, drawn to everybody's as far as employers
differ no more than chance makes them (DerSimonian and Laird's moments): with r = came / expected of an
employer and v its variance by chance, weight τ² / (τ² + v), τ² the variance between employers.
Everybody's is drawn to ``USUAL_BIAS`` in the same way. What is
left after it has three parts: a shock common to all needs of a role in a wave, one of each
need's own, and chance (people come in whole persons: Poisson). With the rest x = came − bias ·
expected of a need in a wave and e = bias · expected,

    common² = Σ x x' / Σ e e'           over pairs of needs of one role and wave
    own²    = Σ (x² − e) / Σ e² − common²

after both are drawn to what is usual, ``USUAL_SHOCKS`` shocks' worth. The bias that corrects a wave is
learnt from the other waves, so that what is not known of it counts as spread.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

USUAL_COMMON, USUAL_OWN = 0.1, 0.2
"""Shares of a need, beforehand."""
USUAL_BETWEEN = 0.15
"""Standard deviation of employers' biases, beforehand; it weighs as much as ``USUAL_EMPLOYERS``."""
USUAL_EMPLOYERS = 6
USUAL_BIAS, USUAL_BIAS_SD = 1.0, 0.3
"""What comes for each one expected, of everybody, beforehand: as many, give or take so much."""
FEWEST_WAVES = 2
"""With fewer waves looked back on nothing is learnt."""
USUAL_SHOCKS = 16
"""The usual spreads weigh as much as so many shocks seen (a role in a wave; a need in a wave)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One quarter of one need: openings expected in the wave, and openings that came."""

    need: str
    employer: str
    role: str
    wave: int
    quarter: str
    expected: float
    came: float


@dataclass(frozen=True, slots=True)
class Foresight:
    """``bias``: came for each one expected, by employer (``usual_bias`` for one never seen).

    ``common`` and ``own`` are standard deviations as shares of the need; ``seen`` quarters compared.
    """

    usual_bias: float
    common: float
    own: float
    seen: int
    waves: int
    bias: Mapping[str, float] = field(default_factory=dict)

    def bias_of(self, employer: str) -> float:
        return self.bias.get(employer, self.usual_bias)


def learn(rows: Iterable[Seen]) -> Foresight | None:
    """What past waves teach; ``None`` where fewer than two waves were looked back on."""
    seen = list(rows)
    waves = sorted({row.wave for row in seen})
    if len(waves) < FEWEST_WAVES or sum(row.expected for row in seen) <= 0:
        return None
    usual, bias, unknown = _biases(seen)
    groups: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for wave in waves:
        others = [row for row in seen if row.wave != wave]
        rest, each, _ = _biases(others)
        sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in seen:
            if row.wave == wave:
                both = sums[row.role, row.need, row.employer]
                both[0] += row.expected
                both[1] += row.came
        for (role, _, employer), (expected, came) in sums.items():
            mean = each.get(employer, rest) * expected
            groups[role, wave].append((mean, came - mean))
    common, own = _spreads(list(groups.values()), unknown)
    return Foresight(usual, common, own, len(seen), len(waves), bias)


def _biases(rows: Sequence[Seen]) -> tuple[float, dict[str, float], tuple[float, float]]:
    """What came for each one expected: of everybody, and of each employer as drawn to it; and what is
    not known of either, as variances of shares."""
    expected: defaultdict[str, float] = defaultdict(float)
    came: defaultdict[str, float] = defaultdict(float)
    shocks: defaultdict[str, dict[tuple[str, int], float]] = defaultdict(dict)
    for row in rows:
        expected[row.employer] += row.expected
        came[row.employer] += row.came
        parts = shocks[row.employer]
        parts[row.need, row.wave] = parts.get((row.need, row.wave), 0.0) + row.expected
    usual = sum(came.values()) / sum(expected.values())
    if usual <= 0:
        return usual, {}, (0.0, USUAL_BETWEEN**2)
    chance, ratio = {}, {}
    for name, total in expected.items():
        if total > 0:
            one_each = sum(part**2 for part in shocks[name].values()) / total**2
            chance[name] = 1 / (usual * total) + (USUAL_OWN**2 + USUAL_COMMON**2) * one_each
            ratio[name] = came[name] / total / usual
    precise = {name: 1 / variance for name, variance in chance.items()}
    weight = sum(precise.values())
    spread = weight - sum(p**2 for p in precise.values()) / weight if weight else 0.0
    q = sum(precise[name] * (ratio[name] - 1) ** 2 for name in ratio)
    usual2, prior = USUAL_BETWEEN**2, USUAL_EMPLOYERS * weight / max(1, len(ratio))
    between2 = max(0.0, (q - len(ratio) + 1 + prior * usual2) / (spread + prior)) if prior else 0.0
    drawn = {name: between2 / (between2 + chance[name]) for name in ratio}
    every = 1 / sum(1 / (between2 + chance[name]) for name in ratio)
    weight = USUAL_BIAS_SD**2 / (USUAL_BIAS_SD**2 + every)
    seen, usual = usual, USUAL_BIAS + weight * (usual - USUAL_BIAS)
    bias = {name: usual + drawn[name] * (seen * ratio[name] - usual) for name in ratio}
    every *= weight
    each = sum(between2 * (1 - share) for share in drawn.values()) / len(drawn)
    return usual, bias, (every, each)


def _spreads(
    groups: Sequence[Sequence[tuple[float, float]]], unknown: tuple[float, float]
) -> tuple[float, float]:
    """(common, own) of groups of (mean, rest), drawn to the usual shocks and what is not known of biases."""
    pair_top = pair_size = alone_top = alone_size = 0.0
    for group in groups:
        total, rest = sum(mean for mean, _ in group), sum(x for _, x in group)
        squares = sum(mean**2 for mean, _ in group)
        pair_top += rest**2 - sum(x**2 for _, x in group)
        pair_size += total**2 - squares
        alone_top += sum(x**2 - mean for mean, x in group)
        alone_size += squares
    usual_pair = USUAL_SHOCKS * pair_size / max(1, len(groups))
    usual_alone = USUAL_SHOCKS * alone_size / max(1, sum(map(len, groups)))
    common2 = USUAL_COMMON**2 + unknown[0]
    both2 = common2 + USUAL_OWN**2 + unknown[1]
    common2 = _drawn(pair_top, pair_size, usual_pair, common2)
    both2 = _drawn(alone_top, alone_size, usual_alone, both2)
    common2 = max(0.0, common2)
    return math.sqrt(common2), math.sqrt(max(0.0, both2 - common2))


def _drawn(top: float, size: float, usual_size: float, usual: float) -> float:
    weight = size + usual_size
    return usual if weight <= 0 else (top + usual_size * usual) / weight
