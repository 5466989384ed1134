from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcast.planning.yields import (
    beta_binomial,
    chain,
    naive_intake,
    parse_stages,
    reach,
    smallest_intake,
)

FIVE = "34/40,30/34,25/30,20/25,15/20"


def test_the_reference_chain_needs_77_people_where_a_spreadsheet_says_61() -> None:
    found = smallest_intake(20, 0.8, parse_stages(FIVE))
    assert found.intake == 77
    assert found.probability == pytest.approx(0.809, abs=0.005)
    assert found.naive_intake == 61
    assert found.naive_probability == pytest.approx(0.527, abs=0.005)
    assert found.mean_yield == pytest.approx(0.3298, abs=0.0001)


def test_the_exact_odds_agree_with_a_simulation() -> None:
    stages = parse_stages(FIVE)
    rng = np.random.default_rng(7)
    people = np.full(200_000, 77)
    for stage in stages:
        people = rng.binomial(people, rng.beta(stage.a, stage.b, len(people)))
    simulated = (people >= 20).mean()
    assert float(reach(77, 20, stages)[77]) == pytest.approx(simulated, abs=0.004)


def _slow_beta_binomial(n: int, a: int, b: int) -> list[float]:
    def beta(x: int, y: int) -> float:
        return math.factorial(x - 1) * math.factorial(y - 1) / math.factorial(x + y - 1)

    return [math.comb(n, k) * beta(k + a, n - k + b) / beta(a, b) for k in range(n + 1)]


@given(st.integers(0, 9), st.integers(1, 9), st.integers(1, 9))
def test_the_beta_binomial_agrees_with_factorials(n: int, a: int, b: int) -> None:
    assert beta_binomial(n, a, b).tolist() == pytest.approx(_slow_beta_binomial(n, a, b))


def _enumerate(intake: int, stages: list[tuple[int, int]], target: int) -> float:
    """Sum over every path of people through the stages."""
    total = 0.0
    for path in itertools.product(range(intake + 1), repeat=len(stages)):
        if path[-1] < target:
            continue
        chance, before = 1.0, intake
        for (s, n), after in zip(stages, path, strict=True):
            if after > before:
                chance = 0.0
                break
            chance *= _slow_beta_binomial(before, 1 + s, 1 + n - s)[after]
            before = after
        total += chance
    return total


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_the_chain_agrees_with_every_path_counted(
    pairs: list[tuple[int, int]], target: int, intake: int
) -> None:
    counted = [(min(pair), max(pair)) for pair in pairs]
    stages = parse_stages(",".join(f"{s}/{n}" for s, n in counted))
    exact = _enumerate(intake, counted, target)
    assert float(reach(intake, target, stages)[intake]) == pytest.approx(exact)
    assert float(chain(intake, stages)[target:].sum()) == pytest.approx(exact)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(st.integers(5, 40), st.integers(5, 40)), min_size=1, max_size=3),
    st.integers(1, 8),
    st.floats(0.05, 0.9),
)
def test_one_person_fewer_would_break_the_promise(
    pairs: list[tuple[int, int]], target: int, confidence: float
) -> None:
    stages = parse_stages(",".join(f"{min(p)}/{max(p)}" for p in pairs))
    found = smallest_intake(target, confidence, stages)
    odds = reach(found.intake, target, stages)
    assert odds[found.intake] >= confidence
    assert odds[found.intake - 1] < confidence
    assert bool(np.all(np.diff(odds) >= -1e-12))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("45/40", "only 40 entered"),
        ("-1/40", "below 0"),
        ("3/-4", "below 0"),
        ("34-40", "came-through/entered"),
        ("34/40,", "Stage 2"),
        ("", "Stage 1"),
        ("1/2/3", "came-through/entered"),
        ("3.5/4", "whole numbers"),
    ],
)
def test_a_malformed_stage_is_refused_with_a_remedy(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_stages(text)


@pytest.mark.parametrize(
    ("target", "confidence", "says"),
    [
        (0, 0.8, "1 or more"),
        (-3, 0.8, "1 or more"),
        (5, 0.0, "between 0 and 1"),
        (5, 1.0, "between 0 and 1"),
        (5, float("nan"), "between 0 and 1"),
        (3000, 0.99, "More than 5,000"),
    ],
)
def test_an_impossible_promise_is_refused(target: int, confidence: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        smallest_intake(target, confidence, parse_stages("5/10"))


def test_a_yield_without_data_is_even_odds() -> None:
    (stage,) = parse_stages("0/0")
    assert stage.mean == 0.5
    assert naive_intake(10, [stage]) == 20
