"""What the plan page tells of a plan, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backcast.core.months import Month
from backcast.planning.changes import Change
from backcast.planning.problem import (
    ExternshipPlaces,
    Fund,
    FundRule,
    Holiday,
    HostPlaces,
    QuarterBudget,
    Recruits,
    Resource,
    ResourceMonth,
    RunningCohort,
    Supply,
)
from backcast.planning.programs import SupportOption
from backcast.planning.schedule import Options, solve
from backcast.planning.solution import HostUse
from backcast.web.plans import words
from backcast.web.plans.limits import fund_anchor, limits_of
from backcast.web.plans.reading import Reading
from tests.planning.small import FIRST, figure, need, problem, program, stage


def test_totals_stand_in_the_quarter_in_which_people_are_needed() -> None:
    """One role is needed from the second quarter on, the other only in the third."""
    asked = problem([program()], [need(1, 4), need(2, 3), need(2, 5, role="other")], quarters=5)
    reading = Reading(asked, solve(asked, Options(seconds=5, futures=200)))
    needed, met = reading.totals()
    assert needed == pytest.approx([0, 4, 12, 12, 12])
    assert all(0 <= have <= asked_for for have, asked_for in zip(met, needed, strict=True))


def test_every_kind_of_limit_is_told_with_where_it_comes_from() -> None:
    month = Month.first_of(FIRST)
    asked = replace(
        problem([program()], [need(1, 4)], quarters=4),
        budget=figure(90_000),
        quarter_budgets=(QuarterBudget(FIRST, figure(20_000)),),
        resources=(
            Resource(
                "i", "Nursing", "instructor", "a", figure(6), (ResourceMonth(month, figure(4)),)
            ),
        ),
        hosts=tuple(
            HostPlaces("h", "Clinic", "a", "r", month + n, figure(3 + n)) for n in range(3)
        ),
        places=tuple(ExternshipPlaces("a", "r", FIRST + n, figure(5 + n)) for n in range(2)),
        holidays=(Holiday("Winter", month, figure(2)),),
        recruits=(Recruits("a", "evening", figure(40), quarter=FIRST),),
        funds=(Fund("f", "Grant", figure(50_000), (FundRule("per_learner", figure(4_000)),)),),
        supports=(
            SupportOption("s", "Child care", figure(900), "hired", 0.1, 0.2, 0.3, "stated", "Said"),
        ),
    )
    solved = solve(problem([program()], [need(1, 4)]), Options(seconds=5, futures=50))
    told = {row.what: row for row in limits_of(asked)}
    assert told["The whole plan"].amount == "$90,000"
    assert told[str(FIRST)].amount == "$20,000"
    assert told["Grant"].amount == "$50,000, 1 rule"
    assert next(row.amount for row in told.values() if row.kind == "Instructors") == "4–6"
    assert (
        next(row.amount for row in told.values() if row.kind == "Host") == "3–5 places in 3 months"
    )
    assert "Winter" in told
    assert "Child care" in told
    assert told["Role r (Area A)"].amount == "5–6 places in 2 quarters"
    assert len(told) == 9
    anchors = [row.anchor for row in told.values() if row.anchor]
    lines = Reading(asked, replace(solved, host_use=(HostUse("h", "r", month, 1.0, 3.0),))).places()
    assert {line.title for line in lines} == {"Clinic", ""}
    assert {line.anchor for line in lines} < set(anchors)
    assert fund_anchor("Grant") in anchors
    assert len(anchors) == len(set(anchors)) == 3
    plain = Reading(problem([program()], [need(1, 4)], quarters=4), None)  # type: ignore[arg-type]
    assert sum(Reading(asked, None).bases().values()) == sum(plain.bases().values()) + 9  # type: ignore[arg-type]
    assert list(limits_of(plain.problem)) == []


def test_who_comes_anyway_is_told_by_where_it_is_known_from() -> None:
    option = program(stages=(stage(3, 3, "completed"), stage(79, 98)))
    asked = problem(
        [option],
        [need(1, 4)],
        supply=tuple(
            Supply(f"s{n}", "r", "a", FIRST + n, figure(10), option.stages[1:]) for n in range(3)
        ),
        running=(RunningCohort("c", "p", Month.first_of(FIRST), figure(20), "completed"),),
    )
    [usual] = Reading(asked, None).coming("r")  # type: ignore[arg-type]
    assert usual.people == pytest.approx(3 * 10 + 20)  # one source, one area: one line
    assert usual.hires == pytest.approx((3 * 10 + 20 * 0.8) * 0.8)
    assert (usual.source, usual.basis, usual.area) == ("test", "assumed", "Area A")
    assert Reading(asked, None).coming("other") == []  # type: ignore[arg-type]


def test_less_than_a_person_more_or_less_is_told_with_a_decimal() -> None:
    asked = problem([program()], [need(1, 4)], quarters=4)
    change = Change("shortfall_closed", "", role="r", area="a", before=0.5, after=0.0)
    assert words.told(change, asked, {}).endswith(": 0.0 instead of 0.5.")
    for area, kind, says in (
        ("", "shortfall_opened", "Missing at the end for "),
        ("", "shortfall_elsewhere", "but in other areas"),
    ):
        assert says in words.told(replace(change, kind=kind, area=area), asked, {})  # type: ignore[arg-type]
