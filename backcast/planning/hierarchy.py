"""The hierarchy behind pooled yields, weighed on a grid.

Per stage, families of programs for the same role differ in log-odds as a normal distribution, programs
of a family about it; a program's log-odds wander over the years; each cohort departs from its
program's. The spread within families, the wandering and the cohorts' spread are common to all stages;
the mean and the spread between families belong to the stage. All are unknown: they are weighed by how
well they predict what the cohorts did (full Bayes, exact on the grid).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.special import expit, log_expit, logsumexp

from backcast.planning.pooling import Belief, CohortCount, Key, Pooled

Floats = NDArray[np.float64]

STEP = 0.1
_LEVELS = np.arange(-4.5, 5.5 + STEP / 2, STEP)
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_NODE_WEIGHTS = _NODE_WEIGHTS / _NODE_WEIGHTS.sum()
_QUARTERS_PER_YEAR = 4
_OLDEST_QUARTER = 60
_CHUNK = 400

COHORT_SDS = (0.0, 0.15, 0.3, 0.5)
"""Spread between cohorts of one program, in log-odds, and how likely each is beforehand."""
_COHORT_WEIGHTS = (0.5, 1.0, 1.0, 0.5)
DRIFT_SDS = (0.0, 0.05, 0.1, 0.2, 0.35)
"""Standard deviation of a yield's wandering in a year, in log-odds."""
_DRIFT_WEIGHTS = (1.0, 1.0, 0.7, 0.3, 0.1)
_MEANS = np.arange(-1.5, 4.01, 0.25)
USUAL_MEAN, USUAL_MEAN_SD = 1.5, 1.0
"""What is typical of a stage, in log-odds, beforehand: about 82 %, two times in three between 62 and 92 %."""
FAMILY_SDS = (0.1, 0.25, 0.45, 0.7)
"""Spread between families of programs for the same role, in log-odds."""
PROGRAM_SDS = (0.15, 0.3, 0.5, 0.8)
"""Spread between programs of a family."""
USUAL_FAMILY_SD, USUAL_PROGRAM_SD, _USUAL_SPREAD = 0.35, 0.45, 0.4
"""Beforehand: log-normal about these. Together 0.57, which at a yield of 80 % weighs like 18 people:
between 10 and 20."""
_TOO_UNLIKELY = 1e-6


def weigh(
    keys: Sequence[Key],
    by_key: Mapping[Key, list[CohortCount]],
    programs: Mapping[str, int],
    families: Mapping[str, str],
) -> Pooled:
    """Beliefs for ``keys``, each of whose stages has counts of at least one program."""
    grid, spreads = _Grid(keys, families), _lean(PROGRAM_SDS, USUAL_PROGRAM_SD)
    cases: list[tuple[int, int, int]] = []
    total: list[float] = []
    said: dict[tuple[int, int], Floats] = {}
    hyper: dict[tuple[int, int, int], Floats] = {}
    for c, cohort_sd in enumerate(COHORT_SDS):
        bins = _binned(keys, by_key, cohort_sd)
        for d, drift_sd in enumerate(DRIFT_SDS):
            log_said = _filtered(bins, len(keys), drift_sd)
            peak = log_said.max(axis=1, keepdims=True)
            said[c, d] = np.exp(log_said - peak)
            before = float(peak.sum()) + np.log(_COHORT_WEIGHTS[c] * _DRIFT_WEIGHTS[d])
            for p in range(len(PROGRAM_SDS)):
                fit = grid.by_stage(said[c, d], p)
                each = logsumexp(fit, axis=1, keepdims=True)
                hyper[c, d, p] = np.exp(fit - each)
                cases.append((c, d, p))
                total.append(before + float(spreads[p]) + float(each.sum()))
    chance = np.exp(np.array(total) - logsumexp(total))

    own, new = _Moments(len(keys)), _Moments(len(keys))
    cohort_var = drift_var = 0.0
    together = np.zeros(len(keys))
    for (c, d, p), share in zip(cases, chance, strict=True):
        cohort_var += share * COHORT_SDS[c] ** 2
        drift_var += share * DRIFT_SDS[d] ** 2
        if share < _TOO_UNLIKELY:
            continue
        prior, posterior, centre = grid.levels(said[c, d], p, hyper[c, d, p])
        new.add(share, prior, COHORT_SDS[c])
        own.add(share, posterior, COHORT_SDS[c])
        together += share * grid.shared(said[c, d], p, centre, _level_yields(COHORT_SDS[c]))
    drift = float(np.sqrt(drift_var))
    akin: dict[tuple[str, str], int] = defaultdict(int)
    for program, stage in by_key:
        akin[families.get(program, program), stage] += 1
    found: dict[Key, Belief] = {}
    for n, key in enumerate(keys):
        mine = by_key.get(key, [])
        usual = new.beta(n)
        passed = sum(count.passed for count in mine)
        failed = sum(count.failed for count in mine)
        prior_a, prior_b, a, b = (
            _parts(own.beta(n), usual, passed, failed) if mine else (*usual, 0.0, 0.0)
        )
        found[key] = Belief(
            successes=a,
            trials=a + b,
            prior_a=prior_a,
            prior_b=prior_b,
            between=own.between(n),
            drift=drift,
            passed=passed,
            counted=passed + failed,
            cohorts=0 if any(count.lump for count in mine) else len(mine),
            others=programs[key[1]] - bool(mine),
            akin=akin[families.get(key[0], key[0]), key[1]] - bool(mine),
            family=f"{families.get(key[0], key[0])}/{key[1]}",
            together=float(min(1.0, together[n] / own.variance(n))),
        )
    return Pooled(found, float(np.sqrt(cohort_var)), drift)


class _Grid:
    """Stages, families of programs for the same role, and programs, on the levels.

    A program's level lies normally about its family's, a family's normally about its stage's.
    """

    def __init__(self, keys: Sequence[Key], families: Mapping[str, str]) -> None:
        stages = list(dict.fromkeys(stage for _, stage in keys))
        named = [(families.get(program, program), stage) for program, stage in keys]
        groups = list(dict.fromkeys(named))
        self._family = np.array([groups.index(group) for group in named])
        self._stage = np.array([stages.index(stage) for _, stage in groups])
        self._stages = len(stages)

    def by_stage(self, said: Floats, p: int) -> Floats:
        """(stages, hyper): log-probability of the counts and of each (mean, spread of families)."""
        each = self._about(said, p)
        families = self._families(np.log(each))
        peak = families.max(axis=1, keepdims=True)
        fit = np.log(np.exp(families - peak) @ _family_priors()) + peak
        out = np.zeros((self._stages, fit.shape[1]))
        np.add.at(out, self._stage, fit)
        return np.asarray(out + _hyper_weights())

    def levels(self, said: Floats, p: int, hyper: Floats) -> tuple[Floats, Floats, Floats]:
        """(series, levels): what the others say of each program, and what all say of it; and
        (series, family levels): what all say of its family."""
        each, near = self._about(said, p), _near(PROGRAM_SDS[p])
        families = self._families(np.log(each))
        likely = np.exp(families - families.max(axis=1, keepdims=True))
        priors = _family_priors()
        centre = likely * ((hyper[self._stage] / (likely @ priors)) @ priors.T)
        others = centre[self._family] / each
        prior = (others / others.sum(axis=1, keepdims=True)) @ near.T
        posterior = said * (others @ near.T)
        posterior /= posterior.sum(axis=1, keepdims=True)
        whole = centre[self._family]
        return prior, posterior, np.asarray(whole / whole.sum(axis=1, keepdims=True))

    def shared(self, said: Floats, p: int, centre: Floats, yields: Floats) -> Floats:
        """Variance of each program's mean yield as its family's level varies (series)."""
        given = (said * yields) @ _near(PROGRAM_SDS[p]) / self._about(said, p)
        mean = (centre * given).sum(axis=1)
        return np.asarray((centre * given**2).sum(axis=1) - mean**2)

    def _about(self, said: Floats, p: int) -> Floats:
        """(series, family levels): probability of a program's counts given its family's level."""
        return np.asarray(said @ _near(PROGRAM_SDS[p]) + 1e-300)

    def _families(self, log_each: Floats) -> Floats:
        out = np.zeros((len(self._stage), log_each.shape[1]))
        np.add.at(out, self._family, log_each)
        return out


def _parts(
    posterior: tuple[float, float], prior: tuple[float, float], passed: float, failed: float
) -> tuple[float, float, float, float]:
    """A posterior as (prior_a, prior_b, successes, failures): the prior as far as it leaves both
    counts at 0 or above, and counts of no more people than there were."""
    a, b = posterior
    share = min(1.0, a / prior[0], b / prior[1])
    prior_a, prior_b = prior[0] * share, prior[1] * share
    if a + b - prior_a - prior_b > passed + failed and a > passed and b > failed:
        return a - passed, b - failed, passed, failed
    return prior_a, prior_b, max(0.0, a - prior_a), max(0.0, b - prior_b)


class _Moments:
    """Mean and variance of yields, and of cohorts about them, over a mixture of distributions."""

    def __init__(self, rows: int) -> None:
        self._mean, self._square, self._cohort = np.zeros(rows), np.zeros(rows), np.zeros(rows)

    def add(self, share: float, levels: Floats, cohort_sd: float) -> None:
        """``levels``: (rows, levels), each row summing to 1."""
        chance = np.asarray(expit(_LEVELS[:, None] + cohort_sd * _NODES))
        level = chance @ _NODE_WEIGHTS
        spread = chance**2 @ _NODE_WEIGHTS - level**2
        self._mean += share * (levels @ level)
        self._square += share * (levels @ level**2)
        self._cohort += share * (levels @ spread)

    def beta(self, row: int) -> tuple[float, float]:
        """The Beta distribution with this mean and variance."""
        mean = float(self._mean[row])
        people = mean * (1 - mean) / self.variance(row) - 1
        return mean * people, (1 - mean) * people

    def variance(self, row: int) -> float:
        return max(1e-9, float(self._square[row] - self._mean[row] ** 2))

    def between(self, row: int) -> float:
        """Correlation of two learners of one cohort."""
        within = float(self._mean[row] - self._square[row])
        return float(self._cohort[row]) / within


@cache
def _level_yields(cohort_sd: float) -> Floats:
    """The yield of each level, averaged over cohorts."""
    return np.asarray(expit(_LEVELS[:, None] + cohort_sd * _NODES) @ _NODE_WEIGHTS)


@cache
def _near(spread: float) -> Floats:
    """P(a program's level | its family's): (levels, family levels), columns summing to 1."""
    table = np.exp(-0.5 * ((_LEVELS[:, None] - _LEVELS[None, :]) / spread) ** 2)
    return np.asarray(table / table.sum(axis=0))


@cache
def _family_priors() -> Floats:
    """P(a family's level) for each (mean, spread): (levels, means × spreads)."""
    columns = [
        np.exp(-0.5 * ((_LEVELS - mean) / spread) ** 2) for mean in _MEANS for spread in FAMILY_SDS
    ]
    table = np.stack(columns, axis=1)
    return np.asarray(table / table.sum(axis=0))


@cache
def _hyper_weights() -> Floats:
    """Log-probability of each (mean, spread of families) beforehand."""
    means = -0.5 * ((_MEANS - USUAL_MEAN) / USUAL_MEAN_SD) ** 2
    spreads = np.tile(_lean(FAMILY_SDS, USUAL_FAMILY_SD), len(_MEANS))
    return np.asarray(spreads + np.repeat(means - logsumexp(means), len(FAMILY_SDS)))


def _lean(spreads: Sequence[float], usual: float) -> Floats:
    """Log-probabilities of spreads beforehand: log-normal about the usual one."""
    lean = -0.5 * (np.log(np.array(spreads) / usual) / _USUAL_SPREAD) ** 2
    return np.asarray(lean - logsumexp(lean))


def _binned(
    keys: Sequence[Key], by_key: Mapping[Key, list[CohortCount]], cohort_sd: float
) -> dict[int, tuple[NDArray[np.int64], Floats]]:
    """Quarter ago → (which series, log-likelihood of each level) of the cohorts of that quarter."""
    rows: dict[int, list[tuple[int, CohortCount]]] = defaultdict(list)
    for n, key in enumerate(keys):
        for count in by_key.get(key, ()):
            age = min(_OLDEST_QUARTER, round(count.years * _QUARTERS_PER_YEAR))
            rows[age].append((n, count))
    return {
        age: (
            np.array([n for n, _ in mine]),
            _log_likelihood([count for _, count in mine], cohort_sd),
        )
        for age, mine in rows.items()
    }


def _log_likelihood(counts: Sequence[CohortCount], cohort_sd: float) -> Floats:
    """(cohorts, levels): log P(passed, failed | program's level), over the cohort's departure."""
    out = np.empty((len(counts), len(_LEVELS)))
    for begin in range(0, len(counts), _CHUNK):
        part = counts[begin : begin + _CHUNK]
        passed = np.array([count.passed for count in part])[:, None, None]
        failed = np.array([count.failed for count in part])[:, None, None]
        sd = cohort_sd / np.sqrt(np.array([count.cohorts for count in part]))[:, None, None]
        log_odds = _LEVELS[None, :, None] + sd * _NODES
        through = log_expit(log_odds)
        terms = (passed + failed) * through - failed * log_odds  # ln(1 − p) = ln p − log-odds
        peak = terms.max(axis=2, keepdims=True)
        out[begin : begin + len(part)] = (
            np.log(np.exp(terms - peak) @ _NODE_WEIGHTS) + peak[:, :, 0]
        )
    return out


def _filtered(
    bins: Mapping[int, tuple[NDArray[np.int64], Floats]], series: int, drift_sd: float
) -> Floats:
    """(series, levels): log-likelihood of all cohorts of a series for each level of today.

    Levels wander backwards from today; between quarters a walk on the grid whose variance is exact
    for any drift (jumps to either neighbour at the rate variance / 2 step²).
    """
    said = np.zeros((series, len(_LEVELS)))
    if not bins:
        return said
    walk = _walk(drift_sd / np.sqrt(_QUARTERS_PER_YEAR))
    for age in range(max(bins), -1, -1):
        if age in bins:
            which, likelihood = bins[age]
            np.add.at(said, which, likelihood)
        if age and drift_sd > 0:
            peak = said.max(axis=1, keepdims=True)
            said = np.log(np.exp(said - peak) @ walk + 1e-300) + peak
    return said


@cache
def _walk(sd: float) -> Floats:
    size = len(_LEVELS)
    rate = sd**2 / (2 * STEP**2)
    jump = np.zeros((size, size))
    inner = np.arange(size - 1)
    jump[inner, inner + 1] = jump[inner + 1, inner] = rate
    jump -= np.diag(jump.sum(axis=1))
    return np.asarray(expm(jump))
