"""The hidden truth beneath a simulated region: what a planner must never read.

A learner in stage ``k`` passes with probability ``expit(a_k + d_k · t + s_k · z)``: ``a_k`` the
log-odds today, ``d_k`` the drift per year, ``t`` the years between today and the day of entering
the stage (negative in the past), ``z`` a standard normal drawn once for each cohort and stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backcast.demonstration.simulator.region import Region

if TYPE_CHECKING:
    from backcast.demonstration.simulator.futures import Futures

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DAYS_PER_YEAR = 365.25
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def expit(log_odds: Floats) -> Floats:
    """The probability that belongs to log-odds."""
    result: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return result


@dataclass(frozen=True, slots=True)
class StageTruth:
    """One stage of one program as it truly is; days are whole days after entering the stage.

    Passing takes ``least_days`` plus a gamma-distributed time of mean ``mean_extra_days`` and shape
    ``shape``, cut off at ``window_days``. Losing happens evenly over the window, or, where
    ``lost_late``, only shows when the window closes.
    """

    key: str
    log_odds: float
    drift: float
    cohort_sd: float
    least_days: int
    mean_extra_days: float
    shape: float
    window_days: int
    lost_late: bool

    def chance(self, days_from_today: Floats, shock: Floats) -> Floats:
        """Pass probability for learners who enter on these days, in cohorts with these shocks."""
        years = days_from_today / DAYS_PER_YEAR
        return expit(self.log_odds + self.drift * years + self.cohort_sd * shock)

    def mean_chance(self, days_from_today: float) -> float:
        """Pass probability on a day, averaged over cohorts (Gauss–Hermite, 24 nodes)."""
        chances = self.chance(np.full(_NODES.shape, days_from_today), _NODES)
        return float(chances @ _WEIGHTS)

    def draw(self, rng: np.random.Generator, chance: Floats) -> tuple[Bools, Ints]:
        """Who passes, and after how many days it is known, for learners with these chances."""
        count = chance.shape[0]
        passed: Bools = rng.random(count) < chance
        extra = rng.gamma(self.shape, self.mean_extra_days / self.shape, count)
        to_pass = np.minimum(self.least_days + np.floor(extra), self.window_days)
        spread = rng.integers(1, self.window_days + 1, count)
        to_lose = np.full(count, self.window_days) if self.lost_late else spread
        return passed, np.where(passed, to_pass, to_lose).astype(np.int64)

    def draw_open(
        self, rng: np.random.Generator, chance: Floats, elapsed: Ints
    ) -> tuple[Bools, Ints]:
        """As ``draw``, for learners known to be undecided after ``elapsed`` days.

        Exact by rejection; whoever is still rejected after 200 rounds is decided by the window.
        """
        passed = np.zeros(chance.shape[0], dtype=np.bool_)
        days = np.full(chance.shape[0], self.window_days, dtype=np.int64)
        left = np.arange(chance.shape[0])
        for _ in range(200):
            if not left.size:
                break
            now_passed, now_days = self.draw(rng, chance[left])
            fits = now_days > elapsed[left]
            passed[left[fits]], days[left[fits]] = now_passed[fits], now_days[fits]
            left = left[~fits]
        return passed, days


@dataclass(frozen=True, slots=True)
class ProgramTruth:
    """Stages as they are, and where and as what its hired learners end up (shares sum to 1)."""

    key: str
    stages: tuple[StageTruth, ...]
    hired_as: tuple[tuple[str, float], ...]
    hired_in: tuple[tuple[str, float], ...]
    cohort_shocks: dict[str, tuple[float, ...]]

    def stage(self, key: str) -> StageTruth:
        """The stage with this key; ``KeyError`` where the program has none."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class PlannedCohort:
    """A cohort that someone decides to start: ``size`` learners of ``program`` on ``start``."""

    program: str
    start: date
    size: int


@dataclass(frozen=True, eq=False)
class Truth:
    """The whole hidden truth of ``region``.

    ``demand`` has the shape (needs, quarters), aligned with ``region.needs`` and the quarters from
    ``region.first_quarter`` on: the mean openings that employers will really have. Realised demand
    is Poisson around it, times a shock for each occupation and one for each need (log-normal, mean
    one, with these standard deviations of the logarithm).
    """

    region: Region
    programs: dict[str, ProgramTruth]
    demand: Floats
    demand_bias: Floats
    occupation_shock_sd: float
    need_shock_sd: float

    def stage_yield(self, program: str, stage: str, on: date) -> float:
        """True pass probability of learners who enter the stage on a day, averaged over cohorts."""
        days = float((on - self.region.today).days)
        return self.programs[program].stage(stage).mean_chance(days)

    def retained_yield(self, program: str, on: date) -> float:
        """True share of enrolled learners retained, at the yields of one day."""
        result = 1.0
        for stage in self.programs[program].stages:
            result *= self.stage_yield(program, stage.key, on)
        return result

    def future(
        self, rng: np.random.Generator, cohorts: Sequence[PlannedCohort], *, ordinary: bool = True
    ) -> Futures:
        """One future; the arrays of the answer have a first axis of length one."""
        return self.futures(rng, cohorts, 1, ordinary=ordinary)

    def futures(
        self,
        rng: np.random.Generator,
        cohorts: Sequence[PlannedCohort],
        count: int,
        *,
        ordinary: bool = True,
    ) -> Futures:
        """Play ``count`` futures of the region with these cohorts started.

        With ``ordinary``, the cohorts that run today go on from where they stand, and providers
        go on starting what they started in the year before. Without it only ``cohorts`` count.
        """
        from backcast.demonstration.simulator.futures import play

        return play(self, rng, cohorts, count, ordinary=ordinary)
