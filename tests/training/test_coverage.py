"""Coverage of a profile by a program: the formula by hand, and what must hold whatever is given."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.demand.figures import Named
from backcast.demand.profiles.values import (
    Learned,
    Line,
    Necessity,
    Opinion,
    Profile,
    Scale,
    Stance,
    Status,
    Subject,
)
from backcast.training.coverage import (
    Outcome,
    Part,
    Reason,
    Requirement,
    Told,
    consensus,
    coverage,
    credentials_met,
    hours_of,
    of_employer,
)

FIVE = Scale("BC", "Level", 1, 5)
SEVEN = Scale("LV", "Level", 0, 7)
EMPLOYER = Named(1, "Test Hospital")


def asked(
    key: str,
    importance: float = 3,
    level: float | None = None,
    necessity: Necessity = Necessity.REQUIRED,
    **more: object,
) -> Requirement:
    given = {"highest": importance, "scale": FIVE, **more}
    return Requirement(uuid4(), key, key, necessity, importance, level, **given)  # type: ignore[arg-type]


def taught(key: str, modes: str, level: float | None = None, **more: object) -> Outcome:
    given = {"scale": FIVE, **more}
    return Outcome(key, key, "I" in modes, "P" in modes, "A" in modes, level, **given)  # type: ignore[arg-type]


def line(item: int, necessity: Necessity = Necessity.REQUIRED, **more: object) -> Line:
    subject = more.pop("subject", Subject.COMPETENCY)
    return Line(uuid4(), subject, Named(item, f"Line {item}"), necessity, **more)  # type: ignore[arg-type]


def profile(*lines: Line) -> Profile:
    return Profile(Named(1, "Nurse aide"), 1, Status.APPROVED, lines)


def test_the_share_is_the_weight_of_what_is_assessed_at_the_level() -> None:
    found = coverage(
        [asked("a", 5, 3), asked("b", 4, 3), asked("c", 1)],
        [Part("One", (taught("a", "IPA", 3), taught("b", "A", 2), taught("c", "A")))],
    )
    assert found.share == pytest.approx(6 / 10)
    assert [(gap.requirement.key, gap.reason) for gap in found.gaps] == [("b", Reason.LEVEL_LOW)]
    # Parts of the range 1 to 5: asked 0.5 twice, assessed 0.5 and 0.25.
    assert found.depth == pytest.approx(1 - 4 * 0.25 / (5 * 0.5 + 4 * 0.5))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (None, Reason.NOT_TAUGHT),
        (taught("a", "I", 4), Reason.INTRODUCED),
        (taught("a", "IP", 4), Reason.NOT_ASSESSED),
        (taught("a", "A"), Reason.LEVEL_UNKNOWN),
        (taught("a", "A", 2), Reason.LEVEL_LOW),
        (taught("a", "A", 3), None),
        (taught("a", "A", 5), None),
    ],
)
def test_a_gap_says_why(outcome: Outcome | None, reason: Reason | None) -> None:
    found = coverage([asked("a", 3, 3)], [Part("One", (outcome,) if outcome else ())])
    assert found.findings[0].reason is reason


def test_levels_of_two_scales_are_compared_by_range_and_it_is_said() -> None:
    # 4 of 1 to 5 is three quarters of the way; 5 of 0 to 7 is less than that, 6 is more.
    for level, reason in ((5, Reason.LEVEL_LOW), (6, None)):
        outcome = taught("a", "A", level, scale=SEVEN)
        found = coverage([asked("a", 3, 4)], [Part("One", (outcome,))]).findings[0]
        assert (found.reason, found.by_range) == (reason, True)
    same = coverage([asked("a", 3, 4)], [Part("One", (taught("a", "A", 4),))]).findings[0]
    assert (same.reason, same.by_range) == (None, False)


def test_hours_that_no_outcome_claims_are_divided_evenly() -> None:
    part = Part("One", (taught("a", "I", hours=4), taught("b", "I"), taught("c", "P")), 10)
    assert hours_of(part) == {"a": 4, "b": 3, "c": 3}
    assert hours_of(Part("None said", (taught("a", "I"),))) == {"a": 0}


def test_time_on_what_no_employer_rates_is_over_teaching() -> None:
    preferred = Necessity.PREFERRED
    found = coverage(
        [
            asked("a", 2),
            asked("b", 2, necessity=preferred),
            asked("c", 2, necessity=preferred, highest=4),
        ],
        [Part("One", (taught("a", "A"), taught("b", "I"), taught("c", "I"), taught("x", "I")), 40)],
    )
    assert [(each.key, each.hours) for each in found.over_taught] == [("b", 10), ("x", 10)]
    assert found.over_taught_hours == 20


def test_what_is_assessed_before_it_is_taught_is_pointed_out() -> None:
    found = coverage(
        [],
        [
            Part("One", (taught("a", "A"), taught("b", "A"), taught("c", "IA"))),
            Part("Two", (taught("b", "P"),)),
        ],
    )
    assert [(each.key, each.taught_later) for each in found.untaught] == [("a", False), ("b", True)]
    assert found.share is None


def test_what_is_learned_on_the_job_is_not_asked_of_a_program() -> None:
    lines = (line(1, importance=5), line(2, importance=5, learned=Learned.ON_THE_JOB))
    found = coverage(consensus(profile(*lines)), [Part("One", (taught("c1", "A"),))])
    assert found.share == 1
    assert [each.key for each in found.on_the_job] == ["c2"]


def test_the_consensus_weighs_a_line_by_those_who_agree() -> None:
    lines = (line(1, importance=4), line(2, importance=4), line(3, Necessity.NOT_NEEDED))
    told = {lines[0].key: Told(4, 1, 5.0)}
    found = consensus(profile(*lines), told, {lines[1].key: 0.5})
    assert [each.weight for each in found] == [5 * 0.25, 4 * 0.5, 3]
    assert [each.counts for each in found] == [True, True, False]


def test_an_employers_own_profile_is_the_shared_one_with_its_differences() -> None:
    lines = (line(1, importance=4, level_at_hire=3, scale=FIVE), line(2, importance=4))
    own = of_employer(
        profile(*lines),
        [
            Opinion(lines[0].key, EMPLOYER, Stance.DISSENT, None, 5, 4),
            Opinion(lines[1].key, EMPLOYER, Stance.DISSENT, Necessity.NOT_NEEDED),
        ],
    )
    assert (own[0].importance, own[0].level) == (5, 4)
    assert [each.counts for each in own] == [True, False]


def test_a_credential_is_met_by_one_that_is_accepted_instead() -> None:
    wanted = line(7, subject=Subject.CREDENTIAL)
    other = line(8, Necessity.INSTEAD, subject=Subject.CREDENTIAL, instead_of=wanted.key)
    met = credentials_met([wanted, other], [8])
    assert met == [(wanted, other)]
    assert credentials_met([wanted, other], [9]) == [(wanted, None)]


#: A busy machine is slow to make examples up; that says nothing of the code.
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)

KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
LEVELS = st.none() | st.integers(1, 5).map(float)
OUTCOMES = st.builds(
    taught,
    KEYS,
    st.sampled_from(["I", "P", "A", "IP", "PA", "IPA"]),
    LEVELS,
    hours=st.none() | st.floats(0, 20),
)
PARTS = st.lists(
    st.builds(
        Part,
        st.just("Module"),
        st.lists(OUTCOMES, max_size=5, unique_by=lambda each: each.key).map(tuple),
        st.none() | st.floats(1, 200),
    ),
    max_size=6,
)
REQUIREMENTS = st.lists(
    st.builds(
        lambda key, importance, level, employers, openings: replace(
            asked(key, importance, level), employer_share=employers, opening_share=openings
        ),
        KEYS,
        st.integers(1, 5),
        LEVELS,
        st.floats(0, 1),
        st.floats(0, 1),
    ),
    max_size=6,
    unique_by=lambda each: each.key,
)


@patient
@given(REQUIREMENTS, PARTS)
def test_shares_stay_within_nothing_and_all(needs: list[Requirement], parts: list[Part]) -> None:
    found = coverage(needs, parts)
    for share in (found.share, found.depth):
        assert share is None or -1e-9 <= share <= 1 + 1e-9
    assert len(found.gaps) + len(found.covered) == len(needs)
    hours = sum(each.hours for each in found.hours)
    known = sum(max(part.hours or 0, sum(o.hours or 0 for o in part.outcomes)) for part in parts)
    assert hours <= known + 1e-6


@patient
@given(REQUIREMENTS, PARTS, OUTCOMES)
def test_one_assessment_more_never_lowers_coverage(
    needs: list[Requirement], parts: list[Part], more: Outcome
) -> None:
    before = coverage(needs, parts)
    after = coverage(needs, [*parts, Part("More", (replace(more, assesses=True),))])
    if before.share is not None and after.share is not None:
        assert after.share >= before.share - 1e-9
    if before.depth is not None and after.depth is not None:
        assert after.depth >= before.depth - 1e-9


@patient
@given(REQUIREMENTS, PARTS, st.randoms())
def test_the_order_of_lines_and_modules_does_not_matter(
    needs: list[Requirement], parts: list[Part], chance: random.Random
) -> None:
    first = coverage(needs, parts)
    needs, parts = list(needs), list(parts)
    chance.shuffle(needs)
    chance.shuffle(parts)
    second = coverage(needs, parts)
    assert first.share == (None if second.share is None else pytest.approx(second.share))
    assert first.depth == (None if second.depth is None else pytest.approx(second.depth))

    def reasons(found: object) -> dict[UUID, Reason | None]:
        return {each.requirement.line: each.reason for each in found.findings}  # type: ignore[attr-defined]

    assert reasons(first) == reasons(second)
