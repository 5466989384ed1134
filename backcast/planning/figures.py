"""What every number of a plan carries: what kind of knowledge it is, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Basis = Literal["stated", "published", "observed", "assumed"]


BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what kind of knowledge it is, and where it comes from.

    ``assumption`` names the assumption that it rests on (empty: none); all figures with the same
    name are halved and doubled together when the plan's sensitivity is told.
    """

    value: float
    basis: Basis
    source: str
    assumption: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"A figure must be a finite number, not {self.value}.")
        if self.basis not in BASES:
            raise ValueError(f"A figure is {', '.join(BASES)}; not “{self.basis}”.")


@dataclass(frozen=True, slots=True)
class StageYield:
    """How many of those who entered a stage came through it: ``successes`` of ``trials``.

    The yield is Beta(prior_a + successes, prior_b + trials − successes). Programs that rest on the
    same data carry the same ``shared_key``: in each simulated future the yield is drawn once for
    all of them. ``None`` means that this program's yield is its own.

    ``between`` is the correlation of two learners of one cohort: how far cohorts of one program
    depart from its yield. ``drift`` is how far the yield wanders in a year from today, in log-odds
    (standard deviation). Of the variance of the posterior, a share of ``together`` is common to all
    yields of one ``family``.
    """

    stage: str
    successes: float
    trials: float
    basis: Basis
    source: str
    prior_a: float = 1.0
    prior_b: float = 1.0
    shared_key: str | None = None
    assumption: str = ""
    between: float = 0.0
    drift: float = 0.0
    family: str = ""
    together: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.successes, self.trials, self.prior_a, self.prior_b))):
            raise ValueError(f"Stage “{self.stage}”: every number must be finite.")
        if not 0 <= self.between < 1 or not 0 <= self.drift < math.inf:
            raise ValueError(
                f"Stage “{self.stage}”: the spread between cohorts lies between 0 and 1, and drift "
                "is 0 or more."
            )
        if not 0 <= self.together <= 1:
            raise ValueError(
                f"Stage “{self.stage}”: what is common to a family is a share, 0 to 1."
            )
        if self.trials < 0 or self.successes < 0:
            raise ValueError(f"Stage “{self.stage}”: people cannot be counted below 0.")
        if self.successes > self.trials:
            raise ValueError(
                f"Stage “{self.stage}”: {self.successes:g} came through, but only "
                f"{self.trials:g} entered. Write those who came through first."
            )
        if self.prior_a <= 0 or self.prior_b <= 0:
            raise ValueError(f"Stage “{self.stage}”: both parts of the prior must be above 0.")

    @property
    def a(self) -> float:
        return self.prior_a + self.successes

    @property
    def b(self) -> float:
        return self.prior_b + self.trials - self.successes

    @property
    def mean(self) -> float:
        """Mean of the Beta posterior."""
        return self.a / (self.a + self.b)

    @property
    def prior_people(self) -> float:
        """How many people the prior weighs like."""
        return self.prior_a + self.prior_b

    @property
    def prior_mean(self) -> float:
        return self.prior_a / self.prior_people


def mean_yield(stages: Sequence[StageYield]) -> float:
    """Product of the posterior means."""
    return math.prod(stage.mean for stage in stages)
