"""How long it takes to simulate a plan: 500 futures of a standard region, beside plain loops.

    python -m bench.odds                    # 60 programs × 36 months × 20 roles
    python -m bench.odds --futures 4000

The peer draws the same model with Python's loops, a person at a time, for fewer futures; its time is
given for as many. Both means are printed: they must agree.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from backcast.planning.figures import Figure
from backcast.planning.greedy import backward_greedy
from backcast.planning.odds import Batch, batches, simulate, tell_odds
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption
from bench.planning.instances import region

T = TypeVar("T")
PEER_FUTURES = 10


def standard(seed: int) -> Problem:
    """A standard region in which cohorts differ, yields wander and waits vary."""
    problem = region(roles=20, areas=8, quarters=12, programs=60, seed=seed)
    return replace(problem, programs=tuple(_varied(program) for program in problem.programs))


def _varied(program: ProgramOption) -> ProgramOption:
    return replace(
        program,
        stages=tuple(replace(stage, between=0.01, drift=0.07) for stage in program.stages),
        hire_spread=Figure(2.0, "assumed", "made-up region for the bench"),
    )


def plainly(problem: Problem, people: Sequence[Batch], futures: int, seed: int) -> float:
    """Mean of all hires in time, drawn in plain loops."""
    rng = random.Random(seed)
    total = 0
    for _ in range(futures):
        today: dict[str, float] = {}
        wandered: dict[str, list[float]] = {}
        came: dict[tuple[str, str, int], int] = defaultdict(int)
        for batch in people:
            count = int(batch.people) + (rng.random() < batch.people % 1)
            for key, stage in zip(batch.keys, batch.stages, strict=True):
                if key not in today:
                    today[key] = rng.betavariate(stage.a, stage.b)
                    wandered[key] = _path(rng, today[key], stage.drift, problem.quarters)
                share = wandered[key][max(0, min(batch.quarter, problem.quarters - 1))]
                if stage.between > 0:
                    weight = batch.cohorts / stage.between - 1
                    share = rng.betavariate(share * weight, (1 - share) * weight)
                count = sum(rng.random() < share for _ in range(count))
            hired = batch.hired or ((batch.quarter, 1.0),)
            for _ in range(count):
                quarter = _pick(rng, hired)
                if quarter is not None and 0 <= quarter < problem.quarters:
                    cell = _pick(rng, [((role, area), share) for role, area, share in batch.serves])
                    if cell is not None:
                        came[cell[0], cell[1], quarter] += 1
        total += sum(came.values())
    return total / futures


def _path(rng: random.Random, share: float, drift: float, quarters: int) -> list[float]:
    share = min(max(share, 1e-9), 1 - 1e-9)
    odds, path = share / (1 - share), []
    for _ in range(quarters):
        odds *= 2.718281828459045 ** rng.gauss(0.0, drift / 2)
        path.append(odds / (1 + odds))
    return path


def _pick(rng: random.Random, parts: Sequence[tuple[T, float]]) -> T | None:
    place = rng.random()
    for name, share in parts:
        place -= share
        if place < 0:
            return name
    return None


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--futures", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print(
        f"{'seed':>5}{'batches':>9}{'seconds':>9}{'mean hired':>12}{'loops: s':>10}{'mean hired':>12}"
    )
    for seed in range(1, arguments.seeds + 1):
        problem = standard(seed)
        margins = {role.id: 0.3 for role in problem.roles}
        people = batches(problem, backward_greedy(problem, margins).cohorts)
        begun = time.perf_counter()
        futures = simulate(problem, people, arguments.futures, seed)
        tell_odds(problem, futures)
        spent = time.perf_counter() - begun
        begun = time.perf_counter()
        plain = plainly(problem, people, PEER_FUTURES, seed)
        peer = (time.perf_counter() - begun) * arguments.futures / PEER_FUTURES
        mean = float(futures.supply[:, -1].sum(axis=0).mean())
        print(f"{seed:>5}{len(people):>9}{spent:>9.2f}{mean:>12.1f}{peer:>10.1f}{plain:>12.1f}")


if __name__ == "__main__":
    main()
