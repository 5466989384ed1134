"""What past waves teach of the next one: known biases and spreads are found again."""

from __future__ import annotations

import numpy as np
import pytest

from backcast.planning.foresight import Seen, learn


def waves(
    seed: int, bias: dict[str, float], common: float, own: float, count: int = 12
) -> list[Seen]:
    rng = np.random.default_rng(seed)
    rows = []
    for wave in range(count):
        shock = float(rng.normal(1.0, common))
        for employer, each in bias.items():
            for site in range(3):
                mean = 40 * each * shock * float(rng.normal(1.0, own))
                came = float(rng.poisson(max(0.0, mean)))
                rows.append(Seen(f"{employer}{site}", employer, "r", wave, "2026-Q1", 40, came))
    return rows


def test_known_biases_and_spreads_are_found_again() -> None:
    found = learn(waves(1, {"over": 0.7, "even": 1.0, "under": 1.2}, 0.15, 0.2, 60))
    assert found is not None
    assert found.bias_of("over") == pytest.approx(0.7, abs=0.06)
    assert found.bias_of("under") == pytest.approx(1.2, abs=0.08)
    assert found.common == pytest.approx(0.15, abs=0.05)
    assert found.own == pytest.approx(0.2, abs=0.05)
    assert found.bias_of("never seen") == pytest.approx(found.usual_bias)


def test_an_employer_with_little_record_is_drawn_to_everybody() -> None:
    rows = waves(2, {f"e{n}": 1.0 for n in range(8)}, 0.05, 0.1)
    rows.append(Seen("new1", "new", "r", 0, "2026-Q1", 4, 0))
    found = learn(rows)
    assert found is not None
    assert found.bias_of("new") > 0.8


def test_one_wave_teaches_nothing_yet() -> None:
    assert learn(waves(3, {"e": 1.0}, 0.1, 0.1, count=1)) is None
    assert learn([]) is None
