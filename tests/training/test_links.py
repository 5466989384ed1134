"""Apportioning graduates among occupations: nobody is counted twice."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backcast.frameworks.parsing.codes import published_soc
from backcast.training.links import Employment, Target, apportion

STATE = Employment("Demo state", {"31-1120": 900, "29-2010": 300, "31-9092": 100, "11-9111": 300})


def shares(*socs: str, teaches: tuple[str, ...] = ()) -> dict[str, Decimal]:
    targets = [*(Target(soc) for soc in socs), *(Target(soc, True) for soc in teaches)]
    return {share.soc: share.weight for share in apportion(targets, [STATE], published_soc)}


def test_shares_follow_employment() -> None:
    assert shares("31-9092", "11-9111") == {"31-9092": Decimal("0.25"), "11-9111": Decimal("0.75")}


def test_those_who_teach_the_subject_get_nothing() -> None:
    assert shares("31-9092", teaches=("25-1071",)) == {"31-9092": 1, "25-1071": 0}


def test_occupations_of_one_combined_code_divide_its_people() -> None:
    assert shares("31-1121", "31-1122") == {"31-1121": Decimal("0.5"), "31-1122": Decimal("0.5")}
    found = shares("31-1121", "31-1122", "29-2012")
    assert found["29-2012"] == Decimal("0.25")
    assert found["31-1121"] == found["31-1122"] == Decimal("0.375")


def test_equal_shares_where_employment_is_not_known_for_all() -> None:
    found = apportion([Target("31-9092"), Target("99-1111"), Target("99-2222")], [STATE])
    assert [share.weight for share in found] == [Decimal("0.3333")] * 3
    assert "equal shares" in found[0].source


def test_no_match_is_no_occupation() -> None:
    assert apportion([Target("99-9999")], [STATE]) == []


@given(
    st.dictionaries(
        st.from_regex(r"[1-5][0-9]-[0-9]{4}", fullmatch=True), st.integers(0, 10**6), max_size=9
    )
)
def test_shares_never_sum_to_more_than_one(people: dict[str, int]) -> None:
    area = Employment("anywhere", {soc: float(count) for soc, count in people.items()})
    found = apportion([Target(soc) for soc in people], [area])
    total = sum(share.weight for share in found)
    assert total <= 1
    if people:
        assert total > Decimal("0.99")
