"""Lines that ask for too much are pointed out, with numbers, and others are left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backcast.demand.figures import Named
from backcast.demand.profiles.consensus import voice
from backcast.demand.profiles.overspecified import (
    Evidence,
    Kind,
    Middle,
    Pay,
    Required,
    Schooling,
    flags,
    schooling_of,
)
from backcast.demand.profiles.values import Line, Necessity
from backcast.frameworks.parsing.onet import EDUCATION, find_release
from backcast.frameworks.parsing.problems import Tally
from backcast.frameworks.parsing.tables import read
from tests.demand.profiles.make import SEVEN, agreeing, dissenting, line
from tests.frameworks.data import public


def heard(of: Line, required: int = 0, preferred: int = 0) -> Any:
    opinions = [agreeing(of, n) for n in range(required)]
    opinions += [dissenting(of, 100 + n, necessity=Necessity.PREFERRED) for n in range(preferred)]
    return voice(of, opinions, [Named(n, f"Employer {n}") for n in range(required)])


def told(evidence: Evidence, **changes: Any) -> list[str]:
    return [str(flag.words) for flag in flags(heard(line(**changes)), evidence)]


def pay(asking: list[float], others: list[float]) -> list[Pay]:
    said = [*((wage, True) for wage in asking), *((wage, False) for wage in others)]
    return [Pay(n, wage, asks) for n, (wage, asks) in enumerate(said)]


def test_a_line_that_few_would_require_is_pointed_out() -> None:
    found = flags(heard(line(), required=1, preferred=4), Evidence())
    assert [flag.kind for flag in found] == [Kind.FEW_ASK]
    assert "1 of the 5 employers who answered" in str(found[0].words)


def test_a_line_that_a_third_would_require_is_left_alone() -> None:
    assert flags(heard(line(), required=2, preferred=4), Evidence()) == ()


def test_too_few_answers_point_at_nothing() -> None:
    assert flags(heard(line(), required=0, preferred=2), Evidence(asking=0, stating=2)) == ()


def test_needs_that_do_not_ask_for_it_point_it_out() -> None:
    assert told(Evidence(asking=1, stating=9)) == [
        "Few ask for it: it stands in the needs of 1 of the 9 employers who said what they require."
    ]


def test_what_employers_say_of_the_line_outweighs_what_their_needs_leave_out() -> None:
    known = Evidence(asking=0, stating=9)
    assert flags(heard(line(), required=4), known) == ()
    assert len(flags(heard(line(), required=2), known)) == 1


def test_a_line_that_earns_nobody_more_is_pointed_out_with_both_wages() -> None:
    evidence = Evidence(pay=pay([18.0, 18.5, 19.0], [18.2, 18.4, 18.6]))
    assert told(evidence) == [
        "Nobody pays for it: the 3 employers who ask for it offer $18.50 an hour in the middle,"
        " the 3 who do not offer $18.40."
    ]


def test_a_line_that_is_paid_for_is_left_alone() -> None:
    assert told(Evidence(pay=pay([21.0, 22.0, 23.0], [18.2, 18.4, 18.6]))) == []


def test_where_all_ask_for_it_the_published_wage_is_the_measure() -> None:
    middle = Middle(19.4, "New Jersey", "OEWS 2024")
    low, high = pay([17.0, 17.9, 18.0], []), pay([20.0, 21.0, 22.0], [])
    assert "below the $19.40" in told(Evidence(pay=low, middle=middle))[0]
    assert told(Evidence(pay=high, middle=middle)) == []
    assert told(Evidence(pay=low)) == []


def test_a_degree_for_work_that_few_do_with_one_is_pointed_out() -> None:
    assert "job zone 2 of 5" in told(Evidence(degree=True, job_zone=2))[0]
    assert told(Evidence(degree=True, job_zone=4)) == []
    assert told(Evidence(degree=False, job_zone=2)) == []


def test_a_level_far_above_the_typical_worker_is_pointed_out() -> None:
    evidence = Evidence(typical=3.2, typical_source="O*NET 29.0")
    changes = {"scale": SEVEN, "level_at_hire": 5.0, "level_later": None}
    assert "level 5 at hire" in told(evidence, **changes)[0]
    assert told(evidence, **(changes | {"level_at_hire": 4.0})) == []


def test_a_credential_that_no_program_leads_to_is_pointed_out() -> None:
    assert told(Evidence(programs=0)) == [
        "It shuts people out: no program of the region leads to it."
    ]


def test_a_credential_that_too_few_earn_is_pointed_out() -> None:
    assert (
        "about 40 graduates a year, for 120 openings"
        in told(Evidence(programs=3, graduates=40, openings=120))[0]
    )
    assert told(Evidence(programs=3, graduates=140, openings=120)) == []
    assert told(Evidence(programs=3, graduates=None, openings=120)) == []


#: Nursing assistants, as people in the occupation might answer.
ASKED = Required({1: 2.0, 2: 40.0, 3: 24.0, 4: 12.0, 5: 12.0, 6: 10.0}, 29, "O*NET 29.0")


def test_a_degree_that_few_in_the_occupation_call_for_is_pointed_out() -> None:
    found = told(Evidence(schooling=Schooling.ASSOCIATE, required=ASKED))
    assert found == [
        "It shuts people out: of the 29 people whom O*NET asked about this occupation, at most 22% "
        "say that new people need an associate's degree or more (O*NET 29.0)."
    ]
    assert told(Evidence(schooling=Schooling.CERTIFICATE, required=ASKED)) == []
    assert told(Evidence(schooling=None, required=ASKED)) == []


def test_shares_that_may_not_be_used_count_as_if_all_of_them_called_for_it() -> None:
    partly = Required({1: 2.0, 2: 40.0, 4: 24.0}, 29, "O*NET 29.0")
    assert partly.at_most(Schooling.BACHELOR) == pytest.approx(34.0)
    assert told(Evidence(schooling=Schooling.BACHELOR, required=partly)) == []


@pytest.mark.parametrize(
    ("name", "kind", "schooling"),
    [
        ("Bachelor of Science in Nursing", "degree", Schooling.BACHELOR),
        ("Associate Degree in Nursing", "degree", Schooling.ASSOCIATE),
        ("Master of Public Health", "degree", Schooling.MASTER),
        ("Doctor of Pharmacy", "degree", Schooling.DOCTOR),
        ("Patient care certificate", "certificate", Schooling.CERTIFICATE),
        ("Certified nursing assistant", "licence", None),
    ],
)
def test_a_credential_stands_for_the_education_that_it_names(
    name: str, kind: str, schooling: Schooling | None
) -> None:
    found = schooling_of(name, degree=kind == "degree", certificate=kind == "certificate")
    assert found == schooling


evidence = st.builds(
    Evidence,
    asking=st.integers(0, 9),
    stating=st.integers(9, 20),
    pay=st.lists(st.builds(Pay, st.integers(1, 99), st.floats(10, 60), st.booleans()), max_size=9),
    middle=st.one_of(
        st.none(), st.builds(Middle, st.floats(10, 60), st.just("Here"), st.just("OEWS"))
    ),
    job_zone=st.one_of(st.none(), st.integers(1, 5)),
    degree=st.booleans(),
    schooling=st.one_of(st.none(), st.sampled_from(Schooling)),
    required=st.one_of(st.none(), st.just(ASKED)),
    programs=st.one_of(st.none(), st.integers(0, 5)),
    graduates=st.one_of(st.none(), st.integers(0, 500)),
    openings=st.one_of(st.none(), st.integers(0, 500)),
)


@given(evidence, st.sampled_from([n for n in Necessity if n is not Necessity.REQUIRED]))
def test_only_what_is_required_can_ask_for_too_much(known: Evidence, how: Necessity) -> None:
    assert flags(heard(line(necessity=how)), known) == ()


@given(evidence)
def test_each_reason_is_told_in_one_sentence_with_a_number(known: Evidence) -> None:
    for flag in flags(heard(line()), known):
        text = str(flag.words)
        assert text.endswith(".")
        assert "%(" not in text
        assert any(mark.isdigit() for mark in text) or "no program" in text


@pytest.mark.data
def test_the_published_answers_about_nursing_assistants_speak_against_a_bachelors_degree() -> None:
    file = find_release(public("onet-27.0")).files[EDUCATION.title]
    rows = [
        row
        for row in read(EDUCATION, file, Tally(EDUCATION.title))
        if row.code == "31-1131.00" and row.scale == "RL" and not row.suppress
    ]
    shares = {row.category: row.value for row in rows}
    assert sum(shares.values()) == pytest.approx(100, abs=0.1)
    asked = Required(shares, min(row.n for row in rows), "O*NET 27.0")
    bachelor = told(Evidence(schooling=Schooling.BACHELOR, required=asked))
    assert bachelor == [
        "It shuts people out: of the 29 people whom O*NET asked about this occupation, at most 13%"
        " say that new people need a bachelor's degree or more (O*NET 27.0)."
    ]
    assert told(Evidence(schooling=Schooling.CERTIFICATE, required=asked)) == []
