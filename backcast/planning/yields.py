"""Yields as Beta posteriors, and the smallest intake that keeps a promise.

A stage with s of n through it has the posterior Beta(a + s, b + n − s). The people who come through
the whole chain are beta-binomial stage after stage; their distribution is computed exactly, never
by dividing the target by a mean yield, which keeps the promise about half of the time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from backcast.planning.figures import StageYield, mean_yield

LARGEST_INTAKE = 5_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intake:
    """The smallest intake for a target, and what dividing by the mean yield would have given.

    The keys of the printed JSON are these fields' names.
    """

    intake: int
    probability: float
    naive_intake: int
    naive_probability: float
    mean_yield: float
    target: int
    confidence: float


def parse_stages(text: str) -> tuple[StageYield, ...]:
    """Read ``34/40,30/34``: of those who entered each stage, how many came through.

    Raises ``ValueError`` with the stage and the remedy.
    """
    stages: list[StageYield] = []
    for number, part in enumerate(text.split(","), start=1):
        pieces = part.strip().split("/")
        try:
            successes, trials = (int(piece) for piece in pieces)
        except ValueError:
            raise ValueError(
                f"Stage {number} is “{part.strip()}”. Write whole numbers as came-through/entered, "
                "with commas between the stages, like 34/40,30/34."
            ) from None
        stages.append(StageYield(str(number), successes, trials, "stated", "command line"))
    return tuple(stages)


class _BetaBinomial:
    """P(k come through of n), k = 0..n, for every n up to ``most``, when the yield is Beta(a, b).

    C(n, k) B(k + a, n − k + b) / B(a, b), from tables of logarithms of the gamma function.
    """

    def __init__(self, most: int, a: float, b: float) -> None:
        k = np.arange(most + 1, dtype=np.float64)
        self._factorial = np.asarray(gammaln(k + 1))
        self._a = np.asarray(gammaln(k + a)) - self._factorial
        self._b = np.asarray(gammaln(k + b)) - self._factorial
        self._n = self._factorial - np.asarray(gammaln(k + a + b))
        self._constant = float(gammaln(a + b) - gammaln(a) - gammaln(b))

    def row(self, n: int) -> Floats:
        log = self._a[: n + 1] + self._b[n::-1] + (self._n[n] + self._constant)
        return np.asarray(np.exp(log))


def beta_binomial(n: int, a: float, b: float) -> Floats:
    """P(k come through of n), k = 0..n, when the yield is Beta(a, b)."""
    return _BetaBinomial(n, a, b).row(n)


def chain(intake: int, stages: Sequence[StageYield]) -> Floats:
    """P(k come through every stage), k = 0..intake, for ``intake`` people who start."""
    spread = np.zeros(intake + 1)
    spread[intake] = 1.0
    for stage in stages:
        table = _BetaBinomial(intake, stage.a, stage.b)
        after = np.zeros(intake + 1)
        for n in range(intake + 1):
            after[: n + 1] += spread[n] * table.row(n)
        spread = after
    return spread


def reach(most: int, target: int, stages: Sequence[StageYield]) -> Floats:
    """P(at least ``target`` come through all stages) for every intake 0..most, exactly.

    Backwards: v(k) = 1 if k ≥ target after the last stage; before a stage v(n) = Σ P(k | n) v(k).
    """
    value = (np.arange(most + 1) >= target).astype(np.float64)
    for stage in reversed(stages):
        table = _BetaBinomial(most, stage.a, stage.b)
        value = np.array([table.row(n) @ value[: n + 1] for n in range(most + 1)])
    return value


def naive_intake(target: int, stages: Sequence[StageYield]) -> int:
    """The spreadsheet's answer: the target divided by the mean yield, rounded up."""
    return math.ceil(target / mean_yield(stages) - 1e-9)


def smallest_intake(target: int, confidence: float, stages: Sequence[StageYield]) -> Intake:
    """The smallest intake with P(at least ``target`` come through) ≥ ``confidence``.

    The probability never falls when one more person starts, so the first intake that reaches the
    confidence is the smallest. Raises ``ValueError`` on a target below 1, a confidence outside (0, 1), no stages, or where
    more than ``LARGEST_INTAKE`` people would have to start.
    """
    if target < 1:
        raise ValueError(f"The target is {target}. It must be 1 or more.")
    if not 0 < confidence < 1:
        raise ValueError(
            f"The confidence is {confidence:g}. It must lie between 0 and 1, for example 0.8."
        )
    if not stages:
        raise ValueError("There are no stages. Give at least one, like 34/40.")
    naive = naive_intake(target, stages)
    most = max(naive + naive // 2, 16)
    odds = reach(min(most, LARGEST_INTAKE), target, stages)
    while odds[-1] < confidence:
        if most >= LARGEST_INTAKE:
            raise ValueError(
                f"More than {LARGEST_INTAKE:,} people would have to start to reach {target} with "
                f"confidence {confidence:g}. Lower the target or the confidence, or mend the "
                "yields."
            )
        most *= 2
        odds = reach(min(most, LARGEST_INTAKE), target, stages)
    intake = int(np.argmax(odds >= confidence))
    return Intake(
        intake=intake,
        probability=float(odds[intake]),
        naive_intake=naive,
        naive_probability=float(odds[naive]) if naive < len(odds) else 0.0,
        mean_yield=mean_yield(stages),
        target=target,
        confidence=confidence,
    )
