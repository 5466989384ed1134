"""What can be turned in the simulator, beside seed and scale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knobs:
    """How hard the region makes it for a planner.

    Standard deviations of yields are in log-odds, those of demand in logarithms. Set ``drift_sd``
    and ``cohort_sd`` to zero for a region in which every yield is constant.

    - ``typical_sd``: how far the yields that are typical of a stage, and of a stage of an occupation, depart
      from the catalogue's in this region.
    - ``years`` of history before today; ``quarters`` that needs and places look ahead.
    - ``yield_sd`` between programs; ``drift_sd`` per year; ``cohort_sd`` between cohorts.
    - ``demand_growth``: need in the horizon's last quarter as a multiple of what ordinary cohorts
      supply, drawn between these for each occupation; it grows to there from about that supply.
    - ``needs_apart``: instead of what ordinary cohorts supply at their true yields it is those who were
      found to have stayed in the past year, which anyone can count: so needs tell nothing of yields beyond it.
    - ``bias_mean``, ``bias_sd``: how much employers overstate on average, and how they differ.
    - ``stated_sd``: noise in each stated number.
    - ``occupation_shock_sd``, ``need_shock_sd``: how demand that really comes departs from its mean.
    - ``demand_level_sd``: how far an occupation's need today departs from what ordinary cohorts supply.
    - ``waves``: past years in which employers were asked as today and their openings came to be known.
    - ``occupations``: how many, instead of as many as belong to the scale.
    - ``young_every``, ``new_every``: of so many programs one has two years of history, or none;
      ``shift`` moves which ones.
    - ``lump``: instead of normally about their mean, programs' log-odds lie so far above or below it
      (and the rest of ``yield_sd`` about that): a region unlike what a planner supposes.
    """

    years: float = 5.5
    quarters: int = 8
    typical_sd: float = 0.0
    yield_sd: float = 0.3
    drift_sd: float = 0.05
    cohort_sd: float = 0.2
    demand_growth: tuple[float, float] = (1.15, 1.7)
    demand_level_sd: float = 0.0
    needs_apart: bool = False
    bias_mean: float = 0.06
    bias_sd: float = 0.15
    stated_sd: float = 0.15
    occupation_shock_sd: float = 0.10
    need_shock_sd: float = 0.15
    waves: int = 4
    occupations: int | None = None
    young_every: int = 6
    new_every: int = 12
    shift: int = 0
    lump: float = 0.0
