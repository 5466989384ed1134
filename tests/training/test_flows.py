"""Where hires come from: nobody is counted twice, and the gap has an honest interval."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backcast.training.flows import (
    Graduates,
    Kind,
    Opening,
    Other,
    Yield,
    allocate,
    flow,
    moving_share,
    where,
)

SURE = (Yield(1e6, 1e-6),)


def program(
    completers: float = 20,
    shares: dict[str, float] | None = None,
    named: dict[str, float] | None = None,
    yields: tuple[Yield, ...] = (Yield(30, 10),),
) -> Graduates:
    return Graduates("p", "Nurse aide", completers, yields, shares or {"aide": 1.0}, named or {})


def test_shares_apportion_those_who_are_hired() -> None:
    found = allocate(20, 15, {"aide": 0.6, "tech": 0.2}, {})
    assert found == {"aide": pytest.approx(9), "tech": pytest.approx(3)}


def test_hires_that_employers_name_come_first_and_the_rest_is_shared() -> None:
    found = allocate(20, 15, {"aide": 0.5, "tech": 0.5}, {"aide": 5})
    assert found == {"aide": pytest.approx(10), "tech": pytest.approx(5)}


def test_more_named_than_completed_is_cut_to_the_completers() -> None:
    assert sum(allocate(10, 8, {"aide": 1.0}, {"aide": 15, "tech": 5}).values()) == pytest.approx(
        10
    )


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="A graduate fills one job"):
        allocate(10, 8, {"aide": 0.8, "tech": 0.4}, {})


ROLES = st.sampled_from(["aide", "tech", "nurse", "clerk"])
SHARES = st.dictionaries(ROLES, st.floats(0, 1), max_size=4).map(
    lambda given: {key: value / max(1.0, sum(given.values())) for key, value in given.items()}
)
NAMED = st.dictionaries(ROLES, st.integers(0, 60).map(float), max_size=4)


@given(st.floats(0, 200), st.floats(0, 1), SHARES, NAMED)
def test_no_graduate_is_counted_twice_over_all_roles(
    completers: float, rate: float, shares: dict[str, float], named: dict[str, float]
) -> None:
    found = allocate(completers, completers * rate, shares, named)
    assert all(people >= 0 for people in found.values())
    assert sum(found.values()) <= completers + 1e-6
    one = Graduates("p", "P", completers, (Yield(rate + 1e-9, 1 - rate + 1e-9),), shares, named)
    for role in shares:
        gone = where(one, role)
        parts = gone.to_role + gone.to_others + gone.elsewhere + gone.not_hired
        assert parts == pytest.approx(completers, abs=1e-4)


@settings(deadline=None)
@given(SHARES, NAMED, st.integers(1, 80))
def test_drawn_supply_of_all_roles_stays_within_the_completers(
    shares: dict[str, float], named: dict[str, float], completers: int
) -> None:
    one = program(completers, shares, named)
    total = sum(flow(role, [one], [], [], draws=50).supply.mean for role in {**shares, **named})
    # Each role is drawn apart, so their means may stray a little above together.
    assert total <= completers * 1.25 + 3


def test_the_gap_is_demand_less_supply() -> None:
    found = flow("aide", [program(20, yields=SURE)], [], [Opening(30, 30, 30)])
    assert found.demand.mean == pytest.approx(30)
    assert found.supply.mean == pytest.approx(20, abs=0.1)
    assert found.gap.mean == pytest.approx(10, abs=0.1)
    assert found.gap.low <= found.gap.mean <= found.gap.high


def test_uncertain_yields_and_openings_widen_the_gap() -> None:
    narrow = flow("aide", [program(40, yields=(Yield(300, 100),))], [], [Opening(28, 30, 32)] * 4)
    wide = flow("aide", [program(40, yields=(Yield(3, 1),))], [], [Opening(10, 30, 50)] * 4)
    assert wide.gap.high - wide.gap.low > 1.5 * (narrow.gap.high - narrow.gap.low)


def test_a_common_shock_widens_the_sum_as_the_formula_says() -> None:
    cells = [Opening(10, 20, 30)] * 9
    apart = flow("x", [], [], cells, common=0.0).demand
    together = flow("x", [], [], cells, common=1.0).demand
    # σ = 20/6 each: √9·σ apart, 9·σ together.
    assert apart.high - apart.low == pytest.approx(2 * 1.2816 * 3 * 20 / 6, rel=0.1)
    assert together.high - together.low == pytest.approx(2 * 1.2816 * 9 * 20 / 6, rel=0.1)


def test_people_who_only_change_employer_fill_no_opening_for_the_region() -> None:
    others = [Other(Kind.EMPLOYER, "", 10), Other(Kind.AWAY, "", 10)]
    assert moving_share(0, others) == (0.5, True)
    cells = [Opening(20, 20, 20, turnover=True), Opening(10, 10, 10)]
    found = flow("aide", [], others, cells)
    assert found.demand.mean == pytest.approx(20)
    assert found.supply.mean == pytest.approx(10, abs=0.5)


def test_a_share_of_movers_out_of_few_hires_is_not_believed() -> None:
    assert moving_share(3, [Other(Kind.EMPLOYER, "", 4)]) == (0.0, False)
    assert moving_share(50, []) == (0.0, False)


def test_programs_that_rest_on_one_record_rise_and_fall_together() -> None:
    shared = [program(40, yields=(Yield(6, 2, "s"),)) for _ in range(4)]
    apart = [program(40, yields=(Yield(6, 2),)) for _ in range(4)]
    wide, narrow = flow("aide", shared, [], []).supply, flow("aide", apart, [], []).supply
    assert wide.high - wide.low > 1.4 * (narrow.high - narrow.low)


def test_the_same_question_has_the_same_answer() -> None:
    given = ("aide", [program()], [Other(Kind.AGENCY, "", 3)], [Opening(5, 8, 12)])
    assert flow(*given) == flow(*given)
