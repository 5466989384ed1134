"""Are the printed odds true? Plan made-up regions from what they show, then play their hidden truth.

    python -m bench.calibration                     # 200 regions × 50 futures, four worlds
    python -m bench.calibration --regions 20
    python -m bench.calibration --out rows.jsonl    # a line a region as it is done; goes on from there

Every region has yields, drift, demand and biases of its own, drawn anew. The planner reads the
region's histories only. A *need* is a role in the region up to the end of a quarter; it is met when as
many people as were needed have been hired and stayed. Needs are grouped by their printed odds; the
band of (met − printed) is the 95 % band clustered by region.

Worlds: *usual*, as the planner supposes it: yields typical of a stage, of an occupation and of a program
all differ from region to region, and needs have a level of their own about what anyone can count; *unlike*, in which programs fall into
two kinds, drift three times as fast and cohorts differ twice as much, so that what the planner supposes of
yields is wrong; *tied*, in which typical yields are the same in all regions and needs are just what ordinary
cohorts bring at their true yields, which nobody tells the planner; *alone*, the usual regions planned
with each program's own counts only (Beta(1, 1), no drift, no spread between cohorts).
The naive plan, which divides the mean need by the mean yield, stands beside, for every fourth region.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from backcast.demonstration.problem import as_played, problem_of
from backcast.demonstration.simulator import simulate
from backcast.demonstration.simulator.knobs import Knobs
from backcast.demonstration.simulator.truth import Truth
from backcast.planning.problem import Problem
from backcast.planning.schedule import Options, solve
from backcast.planning.solution import PlannedCohort

TODAY = date(2026, 11, 23)
SCALE = 0.5
NAIVE_EVERY = 4
"""The naive plan is made for one region in so many."""
TIED = Knobs(occupations=3, young_every=4, new_every=6)
USUAL = replace(TIED, typical_sd=0.35, yield_sd=0.45, demand_level_sd=0.3, needs_apart=True)
UNLIKE = replace(USUAL, yield_sd=0.3, lump=0.45, drift_sd=0.15, cohort_sd=0.4)
WORLDS = {
    "usual": (USUAL, True),
    "unlike": (UNLIKE, True),
    "tied": (TIED, True),
    "alone": (USUAL, False),
}
GROUPS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0 + 1e-9)
Row = dict[str, Any]


def measure(world: str, seed: int, futures: int, seconds: float) -> Row:
    """Plan one region and play it."""
    knobs, pooled = WORLDS[world]
    region, truth = simulate(seed, SCALE, today=TODAY, knobs=replace(knobs, shift=seed))
    problem = problem_of(region, pooled=pooled, mended=True)
    begun = time.perf_counter()
    plan = solve(problem, Options(seconds=seconds, gap=0.03, futures=4_000, rounds=2))
    spent = time.perf_counter() - begun
    odds = {
        (row.role, row.quarter - problem.first): row.odds for row in plan.odds if row.area is None
    }
    rng = np.random.default_rng([seed, 77])
    met, hired = _play(truth, problem, plan.cohorts, futures, rng)
    naive: tuple[PlannedCohort, ...] = ()
    naive_met: dict[str, list[int]] = {}
    if seed % NAIVE_EVERY == 0:
        mean = replace(problem, confidence=0.5)
        naive = solve(mean, Options(seconds=seconds, gap=0.03, futures=100, rounds=1)).cohorts
        naive_met, _ = _play(truth, problem, naive, futures, rng)
    return {
        "world": world,
        "seed": seed,
        "futures": futures,
        "seconds": spent,
        "gap": plan.gap,
        "needs": [
            [role, quarter, printed, met[role][quarter], naive_met.get(role, [None] * 99)[quarter]]
            for (role, quarter), printed in odds.items()
        ],
        "programs": _programs(truth, problem, plan.cohorts),
        "quarters": problem.quarters,
        "cost": plan.cost,
        "naive_cost": sum(cohort.cost for cohort in naive),
        "expected": [
            sum(
                row.supply for row in plan.odds if row.area is None and row.quarter == problem.last
            ),
            hired,
        ],
    }


def _play(
    truth: Truth,
    problem: Problem,
    cohorts: Sequence[PlannedCohort],
    count: int,
    rng: np.random.Generator,
) -> tuple[dict[str, list[int]], float]:
    """Futures in which each role's need is met by each quarter, and mean retained hires in all."""
    futures = truth.futures(rng, as_played(truth.region, cohorts), count)
    supply = futures.retained.sum(axis=2).cumsum(axis=2)
    demand = futures.demand.sum(axis=2).cumsum(axis=2)
    met = (supply >= demand).sum(axis=0)
    rows = {role: [int(n) for n in met[number]] for number, role in enumerate(futures.occupations)}
    return rows, float(supply[:, :, -1].sum(axis=1).mean())


def _programs(
    truth: Truth, problem: Problem, cohorts: Iterable[PlannedCohort]
) -> list[list[float]]:
    """Of every program: learners planned, printed yield, true yield when they start."""
    starts: dict[str, list[PlannedCohort]] = {}
    for cohort in cohorts:
        starts.setdefault(cohort.program, []).append(cohort)
    rows = []
    for program in problem.programs:
        mine = starts.get(program.id, [])
        played = as_played(truth.region, mine)
        learners = sum(one.size for one in played)
        true = (
            sum(one.size * truth.retained_yield(program.id, one.start) for one in played) / learners
            if learners
            else truth.retained_yield(program.id, truth.region.today)
        )
        rows.append([learners, program.mean_yield, true])
    return rows


# --- what is told ---------------------------------------------------------------------------------


def clustered(groups: Sequence[tuple[float, float, float]]) -> tuple[float, float, float, float]:
    """(printed, met, low, high) of clusters of (Σ printed · futures, met, futures): means, and the
    95 % band of met − printed clustered by region."""
    total = sum(n for _, _, n in groups)
    printed = sum(p for p, _, _ in groups) / total
    met = sum(m for _, m, _ in groups) / total
    off = met - printed
    rest = sum((m - p - off * n) ** 2 for p, m, n in groups)
    many = len(groups)
    error = math.sqrt(rest * many / max(1, many - 1)) / total
    wide = float(student.ppf(0.975, many - 1)) * error
    return printed, met, off - wide, off + wide


def group(rows: Iterable[Row], low: float, high: float, at_end: bool, naive: bool) -> list[Any]:
    """Per region, of its needs with printed odds in [low, high): what ``clustered`` takes."""
    out = []
    for row in rows:
        n = row["futures"]
        mine = [
            (printed, done if not naive else plain)
            for _, quarter, printed, done, plain in row["needs"]
            if low <= printed < high
            and (not at_end or quarter == row["quarters"] - 1)
            and not (naive and plain is None)
        ]
        if mine:
            out.append((sum(p * n for p, _ in mine), sum(m for _, m in mine), n * len(mine)))
    return out


def tell(world: str, rows: Sequence[Row]) -> bool:
    """Print the tables of a world; whether the odds hold."""
    print(f"\n== {world}: {len(rows)} regions × {rows[0]['futures']} futures")
    fine = True
    for at_end, title in ((False, "every quarter"), (True, "the end of the plan")):
        print(f"\nNeeds by {title}")
        print(f"{'printed':>12}{'needs':>8}{'regions':>9}{'printed':>9}{'met':>8}{'band':>18}  ")
        spans = [*pairwise(GROUPS), (0.8, GROUPS[-1]), (0.0, GROUPS[-1])]
        for low, high in spans:
            found = group(rows, low, high, at_end, naive=False)
            if len(found) < 2:
                continue
            printed, met, below, above = clustered(found)
            holds = abs(met - printed) <= 0.03 or below <= 0 <= above
            if (low, high) == spans[-2]:
                holds = met >= 0.8
            fine &= holds
            name = f"{low:.1f}–{min(1.0, high):.1f}"
            needs = round(sum(n for _, _, n in found) / rows[0]["futures"])
            print(
                f"{name:>12}{needs:>8}{len(found):>9}{printed:>9.1%}{met:>8.1%}"
                f"{below:>+9.1%}{above:>+9.1%}  {'holds' if holds else 'OFF'}"
            )
    plain = group(rows, 0.8, GROUPS[-1], True, naive=True)
    asked = group(rows, 0.0, GROUPS[-1], True, naive=True)
    if plain:
        print(
            f"\nnaive plan, the same needs by the end: met {clustered(plain)[1]:.1%} of those promised"
            f" at 80 % or more, {clustered(asked)[1]:.1%} of all;"
            f" cost {_naive_cost(rows):.2f} of the plan's"
        )
    _tell_curse(rows)
    print(f"seconds a plan: mean {np.mean([row['seconds'] for row in rows]):.1f}")
    return fine


def _naive_cost(rows: Sequence[Row]) -> float:
    both = [row for row in rows if row["naive_cost"] > 0]
    ours, theirs = (float(sum(row[name] for row in both)) for name in ("cost", "naive_cost"))
    return theirs / ours


def _tell_curse(rows: Sequence[Row]) -> None:
    """Printed less true yields, of the programs that were chosen and of the others."""
    for name, chosen in (("chosen", True), ("not chosen", False)):
        sums = []
        for row in rows:
            mine = [r for r in row["programs"] if (r[0] > 0) == chosen]
            weights = [r[0] if chosen else 1.0 for r in mine]
            if mine:
                sums.append(
                    (
                        sum(w * r[2] for w, r in zip(weights, mine, strict=True)),
                        sum(w * r[1] for w, r in zip(weights, mine, strict=True)),
                        sum(weights),
                    )
                )
        if len(sums) > 1:
            true, printed, low, high = clustered(sums)
            print(
                f"yield of programs {name}: printed {printed:.1%}, true {true:.1%}, "
                f"printed − true {printed - true:+.1%} ({low:+.1%} to {high:+.1%})"
            )


def main() -> int:
    """Run the bench from the command line; exit code 1 where the printed odds do not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--regions", type=int, default=200)
    parser.add_argument("--futures", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=6.0, help="time allowed for a plan")
    parser.add_argument("--worlds", default="usual,unlike,tied,alone")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="file of lines to go on from")
    arguments = parser.parse_args()
    rows: list[Row] = []
    if arguments.out and arguments.out.exists():
        rows = [json.loads(line) for line in arguments.out.read_text().splitlines() if line]
    done = {(row["world"], row["seed"]) for row in rows}
    worlds = arguments.worlds.split(",")
    fine = True
    begun = time.perf_counter()
    fresh = 0
    for world in worlds:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.regions):
            if (world, seed) in done:
                continue
            row = measure(world, seed, arguments.futures, arguments.seconds)
            rows.append(row)
            fresh += 1
            if arguments.out:
                with arguments.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
        mine = [row for row in rows if row["world"] == world]
        held = tell(world, mine)
        fine &= held or world == "alone"
    minutes = (time.perf_counter() - begun) / 60
    print(f"\n{fresh} regions planned and played in {minutes:.1f} minutes")
    print("\nThe printed odds hold." if fine else "\nThe printed odds do NOT hold.")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
