"""The search for the best plan: bounds that hold, plans that only get better, and a stop that keeps
the best one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.planning import search, sharing
from backcast.planning.components import (
    components_of,
    raise_bound,
    spanning_rows,
    tighten_apart,
)
from backcast.planning.formulation import formulate
from backcast.planning.greedy import backward_greedy
from backcast.planning.improvement import (
    from_kernel,
    layout_of,
    part_of,
    plan_again,
    whole_sizes,
)
from backcast.planning.inequalities import sparse, tighten
from backcast.planning.problem import Announced, Problem
from backcast.planning.schedule import Options, solve
from backcast.planning.search import best_plan, price_of_open_need
from backcast.planning.solver import Relaxation, minimise
from bench.planning.instances import standard
from tests.planning.small import brute_force
from tests.planning.test_schedule import regions, tiny_problems
from tests.planning.verifier import broken_limits

few = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def small_region(seed: int) -> Problem:
    return standard(programs=8, months=18, roles=3, sites=3, seed=seed)


@few
@given(tiny_problems(), st.sampled_from([0.0, 0.25]))
def test_inequalities_keep_every_whole_plan(made: Problem, margin: float) -> None:
    price = price_of_open_need(made)
    model = formulate(made, {"r": margin})
    objective = model.money + price * model.open_needs
    tight = tighten(model, Relaxation(model.matrix, objective, 30.0), seconds=10)
    best = brute_force(made, price, margin)
    assert tight.bound <= best.worth + 1e-6 * max(1.0, best.worth)
    whole = minimise(tight.matrix, objective, whole=True, seconds=30)
    assert whole.objective == pytest.approx(best.worth, rel=1e-6, abs=1e-3)


@few
@given(regions())
def test_inequalities_leave_the_optimum_of_a_region(made: Problem) -> None:
    price = price_of_open_need(made)
    model = formulate(made, {"r": 0.2})
    objective = model.money + price * model.open_needs
    plain = minimise(model.matrix, objective, whole=True, seconds=30)
    tight = tighten(model, Relaxation(model.matrix, objective, 30.0), seconds=10)
    assert tight.bound <= plain.objective + 1e-6 * max(1.0, plain.objective)
    whole = minimise(tight.matrix, objective, whole=True, seconds=30)
    assert whole.objective == pytest.approx(plain.objective, rel=1e-6, abs=1e-3)


@settings(few, max_examples=12)
@given(regions())
def test_components_tightened_alone_keep_every_whole_plan_too(made: Problem) -> None:
    price = price_of_open_need(made)
    model = formulate(made, {"r": 0.2})
    objective = model.money + price * model.open_needs
    plain = minimise(model.matrix, objective, whole=True, seconds=30)
    relaxation = Relaxation(model.matrix, objective, 30.0)
    for duals in (None, relaxation.duals()):
        told: list[float] = []
        tight = tighten_apart(
            model, objective, seconds=10, stop=lambda: False, on_bound=told.append, duals=duals
        )
        if duals is not None:
            assert relaxation.worth - 1e-6 * abs(relaxation.worth) <= tight.bound
        assert tight.bound <= plain.objective + 1e-6 * max(1.0, plain.objective)
        assert told == sorted(told)
        whole = minimise(tight.matrix, objective, whole=True, seconds=30)
        assert whole.objective == pytest.approx(plain.objective, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("seed", [1, 2])
def test_components_alone_gain_most_of_what_inequalities_do(seed: int) -> None:
    made = small_region(seed)
    model = formulate(made, {})
    objective = model.money + price_of_open_need(made) * model.open_needs
    relaxation = Relaxation(model.matrix, objective, 30.0)
    loose = relaxation.worth
    apart = tighten_apart(
        model,
        objective,
        seconds=10,
        stop=lambda: False,
        on_bound=lambda _: None,
        duals=relaxation.duals(),
    )
    together = tighten(model, relaxation, seconds=10)
    assert loose < apart.bound <= together.bound + 1e-3 * abs(together.bound)
    assert apart.bound - loose > 0.3 * (together.bound - loose)


@pytest.mark.parametrize("seed", [1, 2])
def test_inequalities_close_most_of_the_gap_of_lumpy_cohorts(seed: int) -> None:
    made = small_region(seed)
    programs = tuple(replace(program, uses=()) for program in made.programs)
    made = replace(made, programs=programs, quarter_budgets=(), resources=(), hosts=())
    model = formulate(made, {})
    objective = model.money + price_of_open_need(made) * model.open_needs
    relaxation = Relaxation(model.matrix, objective, 30.0)
    loose = relaxation.worth
    tight = tighten(model, relaxation, seconds=10)
    found = best_plan(model, seconds=20, gap=0.01, price=price_of_open_need(made))
    assert loose < tight.bound <= found.worth
    assert tight.bound - loose > 0.5 * (found.worth - loose)


def test_parts_planned_anew_keep_to_the_limits_and_never_cost_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "WHOLE_AT_ONCE", 0)
    made = small_region(3)
    price = price_of_open_need(made)
    told: list[tuple[float, float]] = []
    found = best_plan(
        formulate(made, {}),
        seconds=10,
        gap=0.0,
        price=price,
        on_gap=lambda _plan, worth, bound: told.append((worth, bound)),
    )
    greedy = backward_greedy(made)
    assert told[0][0] <= greedy.cost + price * greedy.unmet + 1e-6
    assert all(now[0] <= before[0] for before, now in pairwise(told))
    assert all(now[1] >= before[1] for before, now in pairwise(told))
    assert found.bound <= found.worth
    assert broken_limits(made, solve(made, Options(seconds=8, futures=200, rounds=1))) == []


def test_what_is_not_let_go_of_stays() -> None:
    made = small_region(1)
    model = formulate(made, {})
    objective = model.money + price_of_open_need(made) * model.open_needs
    tight = tighten(model, Relaxation(model.matrix, objective, 30.0), seconds=10)
    reduced = tight.relaxation.reduced_costs()
    layout = layout_of(model, tight.matrix, tight.relaxed, reduced, objective)
    better: list[float] = []
    first = from_kernel(
        layout,
        1.0,
        seconds=10,
        seed=1,
        should_stop=lambda: False,
        on_better=lambda values: better.append(float(objective @ values)),
    )
    assert better == sorted(better, reverse=True)
    assert first is not None
    rounded = whole_sizes(layout, first)
    assert rounded is not None
    activity = layout.rows @ rounded
    assert np.all(activity <= np.array(tight.matrix.row_upper) + 1e-4)
    assert np.all(activity >= np.array(tight.matrix.row_lower) - 1e-4)
    assert np.all(rounded[layout.whole] == np.round(rounded[layout.whole]))
    assert np.array_equal(rounded[layout.cohorts], first[layout.cohorts])
    fixed = (layout.cohorts | layout.learners) & (layout.month >= 6)
    found = plan_again(layout, first, fixed, seconds=5, seed=1, should_stop=lambda: False)
    assert found is not None
    assert np.array_equal(found[0][fixed], first[fixed])
    assert objective @ found[0] <= objective @ first + 1e-3
    assert set(np.flatnonzero(layout.cohorts & ~fixed)) <= set(
        part_of(layout, first, fixed).columns
    )


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_components_planned_alone_are_no_dearer_than_any_plan(seed: int) -> None:
    made = standard(programs=8, months=18, roles=4, sites=4, seed=seed)
    price = price_of_open_need(made)
    model = formulate(made, {role.id: 0.2 for role in made.roles})
    objective = model.money + price * model.open_needs
    best = minimise(model.matrix, objective, whole=True, seconds=5, relative_gap=1e-3)
    tight = tighten(model, Relaxation(model.matrix, objective, 30.0), seconds=3)
    told = [tight.bound]
    raise_bound(
        tight,
        objective,
        np.array(tight.matrix.whole),
        seconds=5,
        on_bound=told.append,
        should_stop=lambda: False,
    )
    assert told[-1] > told[0]
    assert all(bound <= best.objective + 1e-6 * max(1.0, best.objective) for bound in told)
    assert all(now >= before - 1e-6 * abs(before) for before, now in pairwise(told))


@pytest.mark.parametrize(("seed", "rounds"), [(1, len(sharing.ROUNDS)), (3, 1)])
def test_components_planned_alone_are_brought_within_what_they_share(
    monkeypatch: pytest.MonkeyPatch, seed: int, rounds: int
) -> None:
    monkeypatch.setattr(search, "MANY", 0)
    monkeypatch.setattr(sharing, "ROUNDS", sharing.ROUNDS[:rounds])
    made = standard(programs=8, months=18, roles=4, sites=4, seed=seed)
    price = price_of_open_need(made)
    model = formulate(made, {role.id: 0.2 for role in made.roles})
    objective = model.money + price * model.open_needs
    rows = sparse(model.matrix)
    component = components_of(model.matrix, rows)
    spanning = rows[np.flatnonzero(spanning_rows(rows, component))]
    most = np.array(model.matrix.row_upper)[spanning_rows(rows, component)]
    begun: list[int] = []
    monkeypatch.setattr(
        sharing,
        "whole_sizes",
        lambda layout, values: begun.append(1) or whole_sizes(layout, values),
    )
    plain = minimise(model.matrix, objective, whole=True, seconds=3, relative_gap=1e-3)
    told: list[float] = []
    found = best_plan(
        model,
        seconds=6,
        gap=0.01,
        price=price,
        on_gap=lambda _plan, worth, _bound: told.append(worth),
    )
    assert begun
    assert found.bound <= plain.objective + 1e-6 * plain.objective
    assert found.worth >= plain.bound - 1e-6 * plain.objective
    assert found.worth < told[0]
    activity = rows @ found.values
    assert np.all(activity <= np.array(model.matrix.row_upper) + 1e-4)
    assert np.all(activity >= np.array(model.matrix.row_lower) - 1e-4)
    whole = np.array(model.matrix.whole)
    assert np.all(found.values[whole] == np.round(found.values[whole]))
    assert np.all(spanning @ found.relaxed <= most + 1e-4)


def test_components_meet_only_in_what_is_shared() -> None:
    made = standard(programs=8, months=18, roles=4, sites=4, seed=3)
    model = formulate(made, {})
    rows = sparse(model.matrix)
    component = components_of(model.matrix, rows)
    assert component.max() > 0
    shared = set(model.matrix.shared)
    for row in range(rows.shape[0]):
        columns = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
        found = set(component[columns].tolist())
        assert row in shared or len(found) == 1, row
    objective = model.money + price_of_open_need(made) * model.open_needs
    tight = tighten(model, Relaxation(model.matrix, objective, 30.0), seconds=10)
    told: list[float] = []
    cohorts = np.zeros(len(objective), dtype=bool)
    cohorts[[start.cohorts for start in model.starts]] = True
    raise_bound(
        tight, objective, cohorts, seconds=20, on_bound=told.append, should_stop=lambda: False
    )
    assert told
    assert told[-1] > tight.bound


def test_a_stop_keeps_the_best_plan() -> None:
    made = standard(seed=1)
    told: list[float] = []
    found = best_plan(
        formulate(made, {}),
        seconds=60,
        gap=0.0,
        price=price_of_open_need(made),
        on_gap=lambda _plan, worth, _bound: told.append(worth),
        should_stop=lambda: len(told) > 3,
    )
    assert found.worth == min(told)
    assert found.bound < found.worth


@pytest.mark.parametrize("seed", [2, 3])
def test_after_a_program_is_lost_what_was_announced_changes_less_than_by_planning_anew(
    seed: int,
) -> None:
    made = standard(programs=6, months=18, roles=2, sites=2, seed=seed)

    def planned(problem: Problem) -> Counter[tuple[str, int, int]]:
        model = formulate(problem, {})
        price = price_of_open_need(made)
        found = best_plan(model, seconds=5, gap=0.01, price=price)
        return Counter(
            {
                (start.program.id, start.month, round(found.values[start.learners])): round(
                    found.values[start.cohorts]
                )
                for start in model.starts
                if found.values[start.cohorts] > 0.5
            }
        )

    before = planned(made)
    lost = min(program for program, _, _ in before)
    kept = Counter({key: n for key, n in before.items() if key[0] != lost})
    changed = replace(
        made, programs=tuple(program for program in made.programs if program.id != lost)
    )
    announced = tuple(
        Announced(program, made.first_month + month, n, learners)
        for (program, month, learners), n in kept.items()
    )
    calm = (kept - planned(replace(changed, announced=announced))).total()
    anew = (kept - planned(changed)).total()
    assert calm < anew
