"""The ways of planning that the bench sets beside each other; each is run in a process of its own."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy

from backcast.planning.extraction import cohorts_of
from backcast.planning.formulation import Formulation, formulate
from backcast.planning.greedy import backward_greedy
from backcast.planning.problem import Announced, Problem
from backcast.planning.schedule import peak_memory_mb
from backcast.planning.search import best_plan, price_of_open_need
from backcast.planning.solution import PlannedCohort
from backcast.planning.solver import SolverError, minimise
from bench.planning.instances import standard

MARGIN = 0.15
"""Every role's safety margin, so that all plan for the same."""
FIRST = 3.0


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
        if math.isinf(self.worth):  # no plan at all
            return 1.0
        return (self.worth - self.bound) / self.worth if self.worth > 0 else 0.0


def made(seed: int, state: bool) -> Problem:
    if state:
        return standard(programs=600, months=60, roles=100, sites=24, instructors=40, seed=seed)
    return standard(seed=seed, supports=True)


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

    def told(_values: object, worth: float, _bound: float) -> None:
        if not first or time.perf_counter() - begun <= FIRST:
            first[:] = [worth]

    found = best_plan(model, seconds=seconds, gap=gap, price=price, on_gap=told)
    return _measured(
        seed, "Backcast", model, begun, worth=found.worth, bound=found.bound, first=first[0]
    )


def whole(seed: int, state: bool, seconds: float, gap: float) -> Row:
    model, price = _model(made(seed, state))
    objective = model.money + price * model.open_needs
    highspy.Highs.resetGlobalScheduler(True)  # two threads, where one was enough before
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
