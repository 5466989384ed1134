"""The odds that a plan keeps its promises, by simulating it: independent of the optimiser.

In each future every yield is drawn once from its Beta posterior (programs that rest on the same
data share one draw) and wanders from year to year; each cohort departs from it; people pass the
stages as binomials, are hired sooner or later, and go to the roles and areas that the cohort serves
as a multinomial. Needs are drawn from PERT(low, likely, high), or about their mean as past waves
missed; a need runs high or low in all quarters together, and needs of a role as far together as the
region says. The futures are drawn by a seed: the same plan and seed give the same odds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, gammainc, logit, ndtr

from backcast.core.months import PER_QUARTER
from backcast.planning.figures import StageYield
from backcast.planning.problem import Problem, Supply
from backcast.planning.programs import WEEKS_PER_QUARTER, ProgramOption, SupportOption
from backcast.planning.solution import NeedOdds, PlannedCohort, Serves, SupplyUse
from backcast.planning.timing import closed_weeks, running_times, times_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")
Cell = tuple[str, str]
"""A role and an area."""
Hired = tuple[tuple[int, float], ...]
"""(quarter, share) of when the people of a batch are hired."""

Z95 = 1.959963984540054
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Batch:
    """People who start together and rest on the same yields.

    ``people`` may be a fraction: the part beyond the whole starts one more person that often.
    ``serves``: (role, area, share) with shares summing to 1 or less; ``quarter`` counts from the
    problem's first and is when they are hired, or most of them: ``hired`` are (quarter, share) that
    sum to 1, where they are not all hired in it. ``cohorts``: how many cohorts they make up.
    ``split`` says at once when and where people are hired, as (quarter, role, area, share), in place of
    ``hired`` and ``serves``. ``support`` brings more of them through its stage; whoever is hired leaves an opening in the role
    and area of ``leaves``.
    """

    people: float
    stages: tuple[StageYield, ...]
    keys: tuple[str, ...]
    quarter: int
    serves: tuple[tuple[str, str, float], ...]
    support: SupportOption | None = None
    leaves: Cell | None = None
    hired: tuple[tuple[int, float], ...] = ()
    cohorts: int = 1
    cohort: str = ""
    split: tuple[tuple[int, str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Futures:
    """Simulated futures. Arrays are (cell, quarter, future), both cumulative over quarters."""

    cells: tuple[Cell, ...]
    need: Floats
    supply: Floats


def program_keys(program: str, stages: Sequence[StageYield]) -> tuple[str, ...]:
    """The name under which each stage's yield is drawn: shared, or the program's own."""
    return tuple(
        f"shared:{stage.shared_key}" if stage.shared_key else f"program:{program}:{number}"
        for number, stage in enumerate(stages)
    )


def supply_keys(role: str, area: str, stages: Sequence[StageYield]) -> tuple[str, ...]:
    """As ``program_keys``; without a shared key a role in an area has its own yields."""
    return tuple(
        f"shared:{stage.shared_key}"
        if stage.shared_key
        else f"supply:{role}:{area}:{number}:{stage.a}:{stage.b}"
        for number, stage in enumerate(stages)
    )


def batches(
    problem: Problem, cohorts: Iterable[PlannedCohort], use: Iterable[SupplyUse] = ()
) -> tuple[Batch, ...]:
    """What a plan, today's supply and the running cohorts send through the stages.

    Cohorts of one program that are hired together are one batch: binomials with the same yield add up.
    """
    programs = {program.id: program for program in problem.programs}
    supports = {support.id: support for support in problem.supports}
    merged: dict[tuple[str, str, int, Hired, tuple[tuple[str, str, float], ...]], list[int]] = {}
    for cohort in cohorts:
        serves = tuple((part.role, part.area, part.share) for part in cohort.serves)
        quarter = cohort.hire_quarter - problem.first
        month = cohort.start - problem.first_month
        hired = hiring(problem, programs[cohort.program], month)
        key = (cohort.program, cohort.support, quarter, hired, serves)
        merged.setdefault(key, []).append(cohort.size)
    out = [
        Batch(
            sum(sizes),
            programs[program].stages,
            program_keys(program, programs[program].stages),
            quarter,
            serves,
            supports.get(support),
            opening_left(programs[program]),
            hired,
            len(sizes),
        )
        for (program, support, quarter, hired, serves), sizes in merged.items()
    ]
    return (*out, *known_batches(problem, use))


def known_batches(problem: Problem, use: Iterable[SupplyUse]) -> tuple[Batch, ...]:
    """Today's supply, and the cohorts that are running from the stage at which they stand.

    Those whom no ``SupplyUse`` mentions stay in their own area.
    """
    placed = {row.supply: row.serves for row in use}
    out = list(_supplied(problem, placed))
    programs = {program.id: program for program in problem.programs}
    for cohort in problem.running:
        program = programs[cohort.program]
        stages = program.stages_from(cohort.stage)
        keys = program_keys(program.id, program.stages)[-len(stages) :]
        own = [(part.role, program.area, part.share) for part in program.roles]
        serves = _serves(placed, cohort.id, own)
        quarter = running_times(problem, program, cohort).hired
        leaves = opening_left(program)
        hired = hiring(problem, program, cohort.start - problem.first_month)
        people = cohort.people.value
        out.append(
            Batch(
                people,
                stages,
                keys,
                quarter,
                serves,
                leaves=leaves,
                hired=hired,
                cohort=cohort.cohort or cohort.id,
            )
        )
    return tuple(out)


def _supplied(problem: Problem, placed: Mapping[str, tuple[Serves, ...]]) -> Iterator[Batch]:
    """Today's supply. Which of a cohort's people are hired when and as what is not known one by one:
    its rows with the same stages are one batch, divided at random."""
    together: defaultdict[tuple[object, ...], list[Supply]] = defaultdict(list)
    for row in problem.supply:
        keys = supply_keys(row.role, row.area, row.stages)
        together[row.cohort or row.id, row.stages, keys].append(row)
    for rows in together.values():
        row = max(rows, key=lambda row: row.completers.value)
        people = sum(row.completers.value for row in rows)
        split = tuple(
            (each.quarter - problem.first, role, area, share * each.completers.value / people)
            for each in rows
            if each.completers.value > 0
            for role, area, share in _serves(placed, each.id, [(each.role, each.area, 1.0)])
        )
        keys = supply_keys(row.role, row.area, row.stages)
        quarter = row.quarter - problem.first
        yield Batch(people, row.stages, keys, quarter, (), cohort=row.cohort, split=split)


def _serves(
    placed: Mapping[str, tuple[Serves, ...]], key: str, own: list[tuple[str, str, float]]
) -> tuple[tuple[str, str, float], ...]:
    if key not in placed:
        return tuple(own)
    return tuple((part.role, part.area, part.share) for part in placed[key])


def hiring(problem: Problem, program: ProgramOption, month: int) -> Hired:
    """(quarter, share) of when graduates of a cohort first work that starts in ``month``; empty
    where the wait is the same for all.

    The wait after the last day is gamma-distributed with the program's mean and spread. Who would
    have been hired before the plan begins is hired in its first quarter.
    """
    mean = program.weeks_after
    spread = program.hire_spread.value if program.hire_spread else 0.0
    if mean <= 0 or spread <= 0:
        return ()
    times = times_of(program, month, closed_weeks(problem, program.area))
    end = times.done * WEEKS_PER_QUARTER / PER_QUARTER
    first = math.floor(end / WEEKS_PER_QUARTER)
    last = first + math.ceil((mean + 6 * spread) / WEEKS_PER_QUARTER)
    bounds = np.arange(first + 1, last + 1) * WEEKS_PER_QUARTER - end
    by_then = np.append(gammainc((mean / spread) ** 2, bounds * mean / spread**2), 1.0)
    shares: dict[int, float] = {}
    for number, share in enumerate(np.diff(by_then, prepend=0.0)):
        if share > 1e-4:
            quarter = max(0, first + number)
            shares[quarter] = shares.get(quarter, 0.0) + float(share)
    total = sum(shares.values())
    return tuple((quarter, share / total) for quarter, share in shares.items())


def need_cells(problem: Problem) -> tuple[Cell, ...]:
    """Roles and areas in which anyone is needed, in the problem's order of needs, then those in which
    people who are trained on leave openings."""
    stated = [(need.role, need.area) for need in problem.needs]
    left = [cell for cell in map(opening_left, problem.programs) if cell is not None]
    return tuple(dict.fromkeys((*stated, *left)))


def opening_left(program: ProgramOption) -> Cell | None:
    """Where those whom the program trains on leave an opening when they are hired."""
    return (program.upskills_from, program.area) if program.upskills_from else None


def simulate(problem: Problem, people: Sequence[Batch], futures: int, seed: int) -> Futures:
    """Draw ``futures`` futures of the batches and of the needs."""
    cells = need_cells(problem)
    streams = np.random.SeedSequence(seed).spawn(-(-futures // _CHUNK) * 2)
    needs, supplies = [], []
    for number in range(0, futures, _CHUNK):
        draws = min(_CHUNK, futures - number)
        part = number // _CHUNK
        needs.append(_draw_needs(problem, cells, draws, np.random.default_rng(streams[2 * part])))
        rng = np.random.default_rng(streams[2 * part + 1])
        supply, openings = _draw_supply(problem, cells, people, draws, rng)
        supplies.append(supply)
        needs[-1] += openings
    return Futures(cells, np.concatenate(needs, axis=2), np.concatenate(supplies, axis=2))


def pert(low: float, likely: float, high: float, rank: Floats) -> Floats:
    """The PERT distribution's quantiles at ``rank``: low + (high − low) Beta(a, b) with
    a = 1 + 4 (likely − low)/(high − low), b = 1 + 4 (high − likely)/(high − low)."""
    width = high - low
    if width <= 0:
        return np.full_like(rank, likely)
    a = 1 + 4 * (likely - low) / width
    b = 1 + 4 * (high - likely) / width
    return np.asarray(low + width * betaincinv(a, b, rank))


_Z = np.linspace(-4.5, 4.5, 257)


@lru_cache(maxsize=1_024)
def _pert_shape(lean: float) -> Floats:
    """Quantiles of PERT(0, lean, 1) at the normal scores ``_Z``."""
    return pert(0.0, lean, 1.0, np.asarray(ndtr(_Z)))


@lru_cache(maxsize=4_096)
def _beta_quantiles(a: float, b: float) -> Floats:
    """Quantiles of Beta(a, b) at the normal scores ``_Z``."""
    return np.asarray(betaincinv(a, b, ndtr(_Z)))


def _draw_needs(
    problem: Problem, cells: tuple[Cell, ...], draws: int, rng: np.random.Generator
) -> Floats:
    """Each series has a normal score that holds in all quarters, in part its role's.

    How past waves missed (``need_spread``) is known of stated needs only.
    """
    place = {cell: number for number, cell in enumerate(cells)}
    out = np.zeros((len(cells), problem.quarters, draws))
    roles = {role: rng.standard_normal(draws) for role in dict.fromkeys(cell[0] for cell in cells)}
    together = problem.need_together.value if problem.need_together else 0.0
    scores: dict[tuple[str, ...], Floats] = {}
    for need in problem.needs:
        cell = (need.role, need.area)
        series = (need.series,) if need.series else cell
        known = problem.need_spread if need.basis == "stated" else None
        if series not in scores:
            own = rng.standard_normal(draws)
            if known is None:
                own = math.sqrt(together) * roles[need.role] + math.sqrt(1 - together) * own
                scores[series] = own
            else:
                scores[series] = _shock(known.common.value, roles[need.role]) * _shock(
                    known.own.value, own
                )
        if known is not None:
            drawn: Floats = rng.poisson(need.mean * scores[series]).astype(np.float64)
        elif (width := need.high - need.low) <= 0:
            drawn = np.full(draws, need.likely)
        else:
            shape = _pert_shape(round((need.likely - need.low) / width, 3))
            drawn = need.low + width * np.interp(scores[series], _Z, shape)
        out[place[cell], need.quarter - problem.first] += drawn
    return np.asarray(np.cumsum(out, axis=1))


def _shock(spread: float, score: Floats) -> Floats:
    """Log-normal of mean 1 and standard deviation ``spread``."""
    variance = math.log1p(spread**2)
    return np.asarray(np.exp(math.sqrt(variance) * score - variance / 2))


class _Yields:
    """What each yield is in each future, and as it wanders from quarter to quarter."""

    def __init__(self, quarters: int, draws: int, rng: np.random.Generator) -> None:
        self._quarters, self._draws, self._rng = quarters, draws, rng
        self._today: dict[str, Floats] = {}
        self._wandered: dict[str, Floats] = {}
        self._cohorts: dict[tuple[str, str], Floats] = {}
        self._families: dict[str, Floats] = {}

    def _draw(self, stage: StageYield) -> Floats:
        """The posterior; yields of a family run high or low together (normal copula)."""
        if stage.together <= 0:
            return self._rng.beta(stage.a, stage.b, self._draws)
        if stage.family not in self._families:
            self._families[stage.family] = self._rng.standard_normal(self._draws)
        own = math.sqrt(1 - stage.together) * self._rng.standard_normal(self._draws)
        score = own + math.sqrt(stage.together) * self._families[stage.family]
        return np.asarray(np.interp(score, _Z, _beta_quantiles(stage.a, stage.b)))

    def in_quarter(self, key: str, stage: StageYield, quarter: int) -> Floats:
        if key not in self._today:
            self._today[key] = self._draw(stage)
        if stage.drift <= 0:
            return self._today[key]
        if key not in self._wandered:
            steps = self._rng.standard_normal((self._quarters, self._draws))
            paths = np.cumsum(steps * (stage.drift / math.sqrt(4)), axis=0)
            today = np.clip(self._today[key], 1e-9, 1 - 1e-9)
            self._wandered[key] = np.asarray(expit(logit(today) + paths))
        return np.asarray(self._wandered[key][max(0, min(quarter, self._quarters - 1))])

    def of_cohorts(self, key: str, stage: StageYield, batch: Batch) -> Floats:
        """As these cohorts have it: Beta about the yield with the correlation ``between``; the same
        for all batches of one cohort."""
        share = self.in_quarter(key, stage, batch.quarter)
        if stage.between <= 0:
            return share
        known = self._cohorts.get((batch.cohort, key)) if batch.cohort else None
        if known is not None:
            return known
        people = batch.cohorts / stage.between - 1
        share = np.clip(share, 1e-9, 1 - 1e-9)
        drawn = self._rng.beta(share * people, (1 - share) * people)
        if batch.cohort:
            self._cohorts[batch.cohort, key] = drawn
        return drawn


def _draw_supply(
    problem: Problem,
    cells: tuple[Cell, ...],
    people: Sequence[Batch],
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Cumulative supply, and the openings that those who are trained on leave."""
    place = {cell: number for number, cell in enumerate(cells)}
    out = np.zeros((len(cells), problem.quarters, draws))
    openings = np.zeros_like(out)
    lifts: dict[str, Floats] = {}
    yields = _Yields(problem.quarters, draws, rng)
    for batch in people:
        if batch.support and batch.support.id not in lifts:
            effect = batch.support
            rank = rng.random(draws)
            lifts[effect.id] = pert(effect.low, effect.likely, effect.high, rank)
        hired = batch.hired or ((batch.quarter, 1.0),)
        quarters = [quarter for quarter, *_ in batch.split or hired]
        if not any(0 <= quarter < problem.quarters for quarter in quarters):
            continue
        whole = math.floor(batch.people)
        rest = batch.people - whole
        count = np.full(draws, whole, dtype=np.int64)
        if rest > 1e-9:
            count += rng.random(draws) < rest
        for key, stage in zip(batch.keys, batch.stages, strict=True):
            through = yields.of_cohorts(key, stage, batch)
            if batch.support and batch.support.stage == stage.stage:
                through = through + lifts[batch.support.id] * (1 - through)
            count = rng.binomial(count, through)
        parts = [((quarter, (role, area)), share) for quarter, role, area, share in batch.split]
        for (quarter, cell), went in _divide(rng, count, parts):
            if cell in place and 0 <= quarter < problem.quarters:
                out[place[cell], quarter] += went
        for quarter, now in () if batch.split else _divide(rng, count, hired):
            if not 0 <= quarter < problem.quarters:
                continue
            if batch.leaves is not None:
                openings[place[batch.leaves], quarter] += now
            serves = [((role, area), share) for role, area, share in batch.serves]
            for cell, went in _divide(rng, now, serves):
                if cell in place:
                    out[place[cell], quarter] += went
    return np.asarray(np.cumsum(out, axis=1)), np.asarray(np.cumsum(openings, axis=1))


def _divide(
    rng: np.random.Generator, count: Ints, parts: Iterable[tuple[T, float]]
) -> Iterator[tuple[T, Ints]]:
    """People divided as a multinomial; whoever belongs to no part is left out."""
    left = 1.0
    for name, share in parts:
        chance = 1.0 if left <= 0 else min(1.0, max(0.0, share / left))
        went = count if chance >= 1 - 1e-9 else rng.binomial(count, chance)
        yield name, went
        count = count - went
        left -= share


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a proportion."""
    if trials == 0:
        return 0.0, 1.0
    p, z2 = successes / trials, Z95 * Z95
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def tell_odds(problem: Problem, futures: Futures) -> tuple[NeedOdds, ...]:
    """Odds per role and area, and per role over all areas, at each quarter from the first need.

    Over all areas the totals are compared: people are counted where the plan sends them, and
    enough in all does not promise enough in each area, which has its own row.
    """
    first_need: dict[Cell, int] = {}
    for need in problem.needs:
        cell = (need.role, need.area)
        first_need[cell] = min(
            first_need.get(cell, need.quarter - problem.first), need.quarter - problem.first
        )
    rows: list[NeedOdds] = []
    for role in problem.roles:
        mine = [n for n, cell in enumerate(futures.cells) if cell[0] == role.id]
        if not mine:
            continue
        total_need = futures.need[mine].sum(axis=0)
        total_supply = futures.supply[mine].sum(axis=0)
        begin = min(first_need.get(futures.cells[n], 0) for n in mine)
        rows += _rows(problem, role.id, None, total_need, total_supply, begin)
        for n in mine:
            cell = futures.cells[n]
            rows += _rows(
                problem,
                role.id,
                cell[1],
                futures.need[n],
                futures.supply[n],
                first_need.get(cell, 0),
            )
    return tuple(rows)


def _rows(
    problem: Problem, role: str, area: str | None, need: Floats, supply: Floats, begin: int
) -> list[NeedOdds]:
    draws = need.shape[1]
    need_bounds = np.quantile(need, (0.05, 0.95), axis=1)
    supply_bounds = np.quantile(supply, (0.05, 0.95), axis=1)
    met = (supply >= need - 1e-9).sum(axis=1)
    rows = []
    for t in range(begin, problem.quarters):
        odds = float(met[t]) / draws
        low, high = wilson(int(met[t]), draws)
        rows.append(
            NeedOdds(
                role=role,
                area=area,
                quarter=problem.first + t,
                need=float(need[t].mean()),
                need_low=float(need_bounds[0, t]),
                need_high=float(need_bounds[1, t]),
                supply=float(supply[t].mean()),
                supply_low=float(supply_bounds[0, t]),
                supply_high=float(supply_bounds[1, t]),
                odds=odds,
                error=math.sqrt(odds * (1 - odds) / draws),
                low=low,
                high=high,
            )
        )
    return rows
