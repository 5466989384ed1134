"""Plan made-up regions, beside the same model given whole to HiGHS and a backward greedy.

    python -m bench.planning                    # a standard region, ten seeds, 60 s each
    python -m bench.planning --seeds 2          # fewer
    python -m bench.planning --state            # 600 programs, 60 months, 100 roles, 600 s
    python -m bench.planning --replan           # a region planned again after one change, 10 s

Every row is a process of its own. *Worth* is cost + price · open need, what the model makes small;
*gap* is (worth − bound) / worth; *first* is the worth after three seconds. Seconds are those of the
clock and of the processors: on a busy machine a plan gets fewer of the latter than two cores give.
A seed counts where HiGHS alone leaves a gap of a tenth or more.
"""

from __future__ import annotations

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context

from bench.planning.ways import FIRST, Row, Way, again, greedy, ours, whole

COUNTS_FROM = 0.10


def apart(way: Way, seed: int, arguments: argparse.Namespace) -> Row:
    """Run in a process of its own, for its memory and processor time."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(way, seed, arguments.state, arguments.seconds, arguments.gap).result()


def told(row: Row) -> str:
    gap = "" if math.isnan(row.bound) else f"{row.gap:.2%}"
    bound = "" if math.isnan(row.bound) else f"{row.bound:,.0f}"
    first = "" if math.isnan(row.first) else f"{row.first:,.0f}"
    return (
        f"{row.seed:>4}  {row.way:<14}{row.integers:>9,}{row.worth:>16,.0f}{bound:>16}{gap:>9}"
        f"{row.seconds:>9.1f}{row.processor:>11.1f}{row.memory_mb:>10,.0f}{first:>16}  {row.note}"
    )


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, help="how many (10; of a state 1)")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--state", action="store_true")
    parser.add_argument("--replan", action="store_true")
    parser.add_argument("--seconds", type=float, help="60; of a state 600; planned again 10")
    parser.add_argument("--gap", type=float, default=0.01, help="stop when so much is proven")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.seconds is None:
        arguments.seconds = 10.0 if arguments.replan else 600.0 if arguments.state else 60.0
    ways: tuple[Way, ...] = (again,) if arguments.replan else (ours, whole, greedy)
    rows: list[Row] = []
    heading = (
        f"{'seed':>4}  {'':<14}{'integers':>9}{'worth':>16}{'bound':>16}{'gap':>9}"
        f"{'seconds':>9}{'processor':>11}{'memory MB':>10}{'first':>16}"
    )
    if not arguments.json:
        print(heading)
    count = arguments.seeds or (1 if arguments.state else 10)
    for seed in range(arguments.first_seed, arguments.first_seed + count):
        for way in ways:
            rows.append(apart(way, seed, arguments))
            if not arguments.json:
                print(told(rows[-1]), flush=True)
    if arguments.json:
        print(json.dumps([asdict(row) | {"gap": row.gap} for row in rows]))
    elif not arguments.replan:
        _sum_up(rows)


def _sum_up(rows: list[Row]) -> None:
    by = {(row.seed, row.way): row for row in rows}
    seeds = sorted({row.seed for row in rows})
    counting = [seed for seed in seeds if by[seed, "HiGHS alone"].gap >= COUNTS_FROM]
    print(f"\n{len(counting)} of {len(seeds)} seeds count: HiGHS alone leaves a tenth or more.")
    if counting:
        gaps = [by[seed, "Backcast"].gap for seed in counting]
        print(f"Gap there: {min(gaps):.2%} to {max(gaps):.2%}.")
    ratio = [by[seed, "greedy"].worth / by[seed, "Backcast"].worth for seed in seeds]
    print(f"The greedy's plan is worth {min(ratio):.2f} to {max(ratio):.2f} times the best.")
    early = sum(by[seed, "Backcast"].first <= by[seed, "greedy"].worth + 1 for seed in seeds)
    print(f"After {FIRST:.0f} s the plan is no worse than the greedy's in {early} of {len(seeds)}.")


if __name__ == "__main__":
    main()
