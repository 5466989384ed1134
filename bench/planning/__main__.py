"""Plan made-up regions and print what it took, beside a backward greedy.

    python -m bench.planning                 # a state: 10 roles, 6 areas, 12 quarters, 250 programs
    python -m bench.planning --seeds 3 --programs 60 --seconds 30

Each seed is a region of its own. The greedy plans for the same needs and margins. *Ratio* is the
greedy's cost with what it leaves open (at the plan's price) over the plan's.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from backcast.planning.greedy import backward_greedy
from backcast.planning.schedule import Options, solve
from bench.planning.instances import region

HEADINGS = (
    "seed",
    "variables",
    "integers",
    "constraints",
    "gap",
    "seconds",
    "memory_mb",
    "cohorts",
    "cost",
    "open",
    "lowest_odds",
    "greedy_cost",
    "greedy_open",
    "greedy_seconds",
    "cost_ratio",
    "ratio",
)


def measure(seed: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Plan one region both ways."""
    problem = region(
        roles=arguments.roles,
        areas=arguments.areas,
        quarters=arguments.quarters,
        programs=arguments.programs,
        seed=seed,
    )
    plan = solve(problem, Options(seconds=arguments.seconds, gap=arguments.gap))
    begun = time.perf_counter()
    greedy = backward_greedy(problem, {row.role: row.margin for row in plan.margins})
    greedy_seconds = time.perf_counter() - begun
    ours = plan.cost + plan.price * plan.unmet
    theirs = greedy.cost + plan.price * greedy.unmet
    return {
        "seed": seed,
        "variables": plan.variables,
        "integers": plan.integers,
        "constraints": plan.constraints,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "memory_mb": plan.memory_mb,
        "cohorts": len(plan.cohorts),
        "cost": plan.cost,
        "open": plan.unmet,
        "lowest_odds": min(plan.role_odds(role.id).odds for role in problem.roles),
        "greedy_cost": greedy.cost,
        "greedy_open": greedy.unmet,
        "greedy_seconds": greedy_seconds,
        "cost_ratio": greedy.cost / plan.cost,
        "ratio": theirs / ours,
    }


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--roles", type=int, default=10)
    parser.add_argument("--areas", type=int, default=6)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--programs", type=int, default=250)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [measure(seed, arguments) for seed in range(1, arguments.seeds + 1)]
    if arguments.json:
        print(json.dumps(rows))
        return
    for name in HEADINGS:
        values = [row[name] for row in rows]
        told = [
            f"{v:,.4f}" if isinstance(v, float) and abs(v) < 100 else f"{v:,.0f}" for v in values
        ]
        print(f"{name:<16}" + "".join(f"{text:>16}" for text in told))


if __name__ == "__main__":
    main()
