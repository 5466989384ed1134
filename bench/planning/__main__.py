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
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from typing import Any

from backcast.planning.extraction import cohorts_of
from backcast.planning.formulation import Formulation, formulate
from backcast.planning.greedy import backward_greedy
from backcast.planning.problem import Announced, PlannedCohort, Problem
from backcast.planning.schedule import peak_memory_mb
from backcast.planning.search import best_plan, price_of_open_need
from backcast.planning.solver import SolverError, minimise
from bench.planning.instances import standard

MARGIN = 0.15
"""Every role's safety margin, so that all plan for the same."""
FIRST = 3.0
COUNTS_FROM = 0.10


@dataclass(frozen=True, slots=True)
class Row:
    """What one way of planning came to."""

    seed: int
    way: str
    integers: int
    worth: float
    bound: float
    seconds: float
    processor: float
    memory_mb: float
    first: float = math.nan
    note: str = ""

    @property
    def gap(self) -> float:
        return (self.worth - self.bound) / self.worth if self.worth > 0 else 0.0


def made(seed: int, state: bool) -> Problem:
    if state:
        return standard(programs=600, months=60, roles=100, sites=24, instructors=40, seed=seed)
    return standard(seed=seed)


def _model(problem: Problem) -> tuple[Formulation, float]:
    margins = {role.id: MARGIN for role in problem.roles}
    return formulate(problem, margins), price_of_open_need(problem)


def _measured(seed: int, way: str, model: Formulation, begun: float, **more: Any) -> Row:
    return Row(
        seed,
        way,
        sum(model.matrix.whole),
        seconds=time.perf_counter() - begun,
        processor=time.process_time(),
        memory_mb=peak_memory_mb(),
        **more,
    )


def ours(seed: int, state: bool, seconds: float, gap: float) -> Row:
    model, price = _model(made(seed, state))
    begun = time.perf_counter()
    first: list[float] = []

    def told(worth: float, _: float) -> None:
        if not first or time.perf_counter() - begun <= FIRST:
            first[:] = [worth]

    found = best_plan(model, seconds=seconds, gap=gap, price=price, on_gap=told)
    return _measured(
        seed, "Backcast", model, begun, worth=found.worth, bound=found.bound, first=first[0]
    )


def whole(seed: int, state: bool, seconds: float, gap: float) -> Row:
    model, price = _model(made(seed, state))
    objective = model.money + price * model.open_needs
    begun = time.perf_counter()
    try:
        found = minimise(
            model.matrix, objective, whole=True, seconds=seconds, relative_gap=gap, threads=2
        )
    except SolverError:
        return _measured(
            seed, "HiGHS alone", model, begun, worth=math.inf, bound=0.0, note="no plan"
        )
    return _measured(seed, "HiGHS alone", model, begun, worth=found.objective, bound=found.bound)


def greedy(seed: int, state: bool, seconds: float, gap: float) -> Row:
    problem = made(seed, state)
    model, price = _model(problem)
    begun = time.perf_counter()
    plan = backward_greedy(problem, {role.id: MARGIN for role in problem.roles})
    worth = plan.cost + price * plan.unmet
    return _measured(seed, "greedy", model, begun, worth=worth, bound=math.nan)


def again(seed: int, state: bool, seconds: float, gap: float) -> Row:
    """Plan, lose the program with the most cohorts, and plan again with the plan announced."""
    problem = made(seed, state)
    model, price = _model(problem)
    before = cohorts_of(model, best_plan(model, seconds=6 * seconds, gap=gap, price=price).values)
    lost = Counter(cohort.program for cohort in before).most_common(1)[0][0]
    kept = [cohort for cohort in before if cohort.program != lost]
    changed = replace(
        problem,
        programs=tuple(program for program in problem.programs if program.id != lost),
        announced=_announced(kept),
    )
    model, _ = _model(changed)
    begun = time.perf_counter()
    found = best_plan(model, seconds=seconds, gap=gap, price=price)
    after = cohorts_of(model, found.values)
    there, now = _counts(kept), _counts(after)
    moved = (there - now).total()
    note = f"of {len(kept)} cohorts announced {moved} are not kept, {(now - there).total()} are new"
    return _measured(
        seed, "planned again", model, begun, worth=found.worth, bound=found.bound, note=note
    )


def _counts(cohorts: list[PlannedCohort] | tuple[PlannedCohort, ...]) -> Counter[tuple[str, str]]:
    return Counter((cohort.program, str(cohort.start)) for cohort in cohorts)


def _announced(cohorts: list[PlannedCohort]) -> tuple[Announced, ...]:
    learners: Counter[tuple[str, Any]] = Counter()
    number: Counter[tuple[str, Any]] = Counter()
    for cohort in cohorts:
        learners[cohort.program, cohort.start] += cohort.size
        number[cohort.program, cohort.start] += 1
    return tuple(Announced(*key, number[key], learners[key]) for key in number)


Way = Callable[[int, bool, float, float], Row]


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
    for seed in range(1, (arguments.seeds or (1 if arguments.state else 10)) + 1):
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
