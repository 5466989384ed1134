"""What staff state of limits enters every plan to come, as the problem's own words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.core.months import Month
from backcast.partners.models import LabourArea
from backcast.planning import limiting, stated
from backcast.planning.actions import solution_of
from backcast.planning.build import build, fingerprint
from backcast.planning.checks import complaints_about
from backcast.planning.figures import Figure
from backcast.planning.models import (
    FundingRule,
    FundingSource,
    Holiday,
    HostCapacity,
    Limit,
    QuarterMoney,
    Recruitment,
    ResourceChange,
    ResourceUse,
    SharedResource,
    SupportOffer,
)
from backcast.planning.problem import Problem, QuarterBudget
from backcast.training.models import Program
from tests.cast import Cast
from tests.planning.world import make_plan, make_world, settings, today

SAID = "Said at the meeting of May"


@dataclass
class World:
    cast: Cast
    staff: Actor
    program: Program

    @property
    def area(self) -> LabourArea:
        assert self.program.area is not None
        return self.program.area

    @property
    def month(self) -> Month:
        return Month.first_of(settings().first)

    def keep(self, row: Limit, **more: Any) -> Any:
        return limiting.keep_limit(row, actor=self.staff, **more)

    def problem(self) -> Problem:
        with acting(self.staff):
            return build(self.cast.region, settings(), today()).problem

    def fingerprint(self) -> str:
        with acting(self.staff):
            return fingerprint(self.cast.region, settings())


@pytest.fixture
def world(cast: Cast) -> World:
    _need, program = make_world(cast)
    return World(cast, cast.actor("administrator"), program)


def room(world: World, amount: int = 1, **more: Any) -> SharedResource:
    row = SharedResource(name="Room 12", kind="room", area=world.area, amount=amount, source=SAID)
    uses = [ResourceUse(program=world.program, amount=1)]
    kept: SharedResource = world.keep(row, parts={"uses": uses, **more})
    return kept


def host(world: World, **more: Any) -> HostCapacity:
    occupation = world.program.occupation_links.get().occupation
    kept: HostCapacity = world.keep(
        HostCapacity(
            **{
                "employer": world.cast.employer,
                "occupation": occupation,
                "area": world.area,
                "first_month": world.month.first_day,
                "last_month": (world.month + 5).first_day,
                "supervisors": 2,
                "learners_each": Decimal("1.5"),
                "source": SAID,
                **more,
            }
        )
    )
    return kept


def test_a_shared_room_with_none_left_in_some_months_lets_no_cohort_run_then(
    world: World,
) -> None:
    first = world.month
    row = room(
        world,
        changes=[
            ResourceChange(first_month=first.first_day, last_month=(first + 60).first_day, amount=0)
        ],
    )
    problem = world.problem()
    assert [use.resource for use in problem.programs[0].uses] == [f"R{row.pk}"]
    resource = problem.resources[0]
    assert resource.amount == Figure(1.0, "stated", SAID)
    assert {one.month for one in resource.months} == set(first.range(problem.months))
    plan = make_plan(world.cast)
    assert not solution_of(plan).cohorts
    limiting.put_limit_away(row, actor=world.staff)
    assert solution_of(make_plan(world.cast)).cohorts


def test_a_host_takes_supervisors_times_learners_in_the_months_of_the_plan(world: World) -> None:
    host(world, first_month=(world.month + -3).first_day)
    host(world, first_month=world.month.first_day, last_month=world.month.first_day)
    rows = {row.month: row for row in world.problem().hosts}
    assert list(rows) == list(world.month.range(6))
    assert rows[world.month].places.value == 6
    assert rows[world.month + 1].places.value == 3
    assert rows[world.month + 1].places.source == f"2 supervisors × 1.5: {SAID}"
    assert rows[world.month].title == world.cast.employer.name
    with acting(world.staff):
        assert stated.hosts_of(world.cast.region) == {
            (world.cast.employer.pk, world.problem().roles[0].id)
        }


def test_people_holidays_and_money_come_as_they_were_stated(world: World) -> None:
    first = settings().first
    world.keep(
        Recruitment(
            area=world.area,
            schedule="evening",
            first_quarter=first.first_day,
            last_quarter=(first + 1).first_day,
            people=7,
            source=SAID,
        )
    )
    world.keep(Holiday(name="Winter", month=(world.month + 1).first_day, weeks=2, source=SAID))
    world.keep(Holiday(name="Past", month=(world.month + -1).first_day, weeks=2, source=SAID))
    world.keep(QuarterMoney(quarter=first.first_day, amount=9_000, source=SAID))
    problem = world.problem()
    assert [(row.schedule, row.quarter, row.people.value) for row in problem.recruits] == [
        ("evening", first, 7),
        ("evening", first + 1, 7),
    ]
    assert [(row.title, row.weeks.value, row.area) for row in problem.holidays] == [
        ("Winter", 2, "")
    ]
    assert problem.quarter_budgets == (QuarterBudget(first, Figure(9_000.0, "stated", SAID)),)


def test_a_fund_keeps_its_rules_and_one_that_may_pay_for_nothing_keeps_the_limit(
    world: World,
) -> None:
    world.keep(
        FundingSource(name="Grant", amount=50_000, source=SAID),
        named={"programs": [world.program]},
        parts={
            "rules": [
                FundingRule(kind="per_learner", value=3_000),
                FundingRule(kind="share_of_cost", value=50, since=world.month.first_day),
            ]
        },
    )
    with acting(world.staff):
        other = Program.objects.create(
            region=world.cast.region, provider=world.cast.provider, name="Welding"
        )
    world.keep(
        FundingSource(name="For others", amount=80_000, source=SAID), named={"programs": [other]}
    )
    grant, others = world.problem().funds
    assert (grant.amount.value, others.amount.value) == (50_000, 0)
    assert {(rule.kind, rule.value.value) for rule in grant.rules} == {
        ("per_learner", 3_000),
        ("share_of_cost", 0.5),
    }
    assert grant.programs == (f"P{world.program.pk}",)


def test_support_is_offered_at_its_stage_and_not_where_no_program_has_it(world: World) -> None:
    figures = {"cost_per_learner": 400, "low": 5, "likely": 10, "high": 20, "source": SAID}
    world.keep(SupportOffer(name="Child care", stage="completed", **figures))
    world.keep(SupportOffer(name="Coaching", stage="externship", **figures))
    support = world.problem().supports
    assert [one.title for one in support] == ["Child care"]
    assert (support[0].low, support[0].likely, support[0].high) == (0.05, 0.1, 0.2)


def test_what_is_stated_of_every_kind_makes_a_problem_without_complaints(world: World) -> None:
    room(world)
    host(world)
    test_people_holidays_and_money_come_as_they_were_stated(world)
    test_support_is_offered_at_its_stage_and_not_where_no_program_has_it(world)
    test_a_fund_keeps_its_rules_and_one_that_may_pay_for_nothing_keeps_the_limit(world)
    assert complaints_about(world.problem()) == ()


def test_a_plan_is_out_of_date_once_a_limit_is_stated_changed_or_put_away(world: World) -> None:
    marks = [world.fingerprint()]
    row = room(world)
    marks.append(world.fingerprint())
    row.amount = Decimal(2)
    world.keep(row)
    marks.append(world.fingerprint())
    limiting.put_limit_away(row, actor=world.staff)
    marks.append(world.fingerprint())
    assert marks[0] != marks[1] != marks[2] != marks[3]


def test_parts_of_the_wait_and_the_rung_below_reach_the_plan(world: World) -> None:
    with acting(world.staff):
        Program.objects.filter(pk=world.program.pk).update(
            recruit_weeks=3, clearance_weeks=2, exam_weeks=1, meets="evening"
        )
    option = world.problem().programs[0]
    assert option.recruit_weeks is not None
    assert option.recruit_weeks.value == 3
    assert option.schedule == "evening"
    assert option.lead_weeks is not None
    assert option.weeks_before == option.lead_weeks.value + 5


def test_only_staff_who_may_plan_state_limits_and_only_of_their_region(world: World) -> None:
    holiday = Holiday(name="Winter", month=world.month.first_day, weeks=1, source=SAID)
    with pytest.raises(NotAllowed):
        limiting.keep_limit(holiday, actor=world.cast.actor("viewer"))
    for person in ("employer", "provider", "funder"):
        with pytest.raises(Http404):
            limiting.keep_limit(holiday, actor=world.cast.actor(person))
        with acting(world.cast.actor(person)):
            assert not Holiday.objects.exists()
    foreign = world.cast.actor("foreign")
    with pytest.raises(ValidationError, match="of this region"):
        limiting.keep_limit(
            Holiday(
                name="Winter", month=world.month.first_day, weeks=1, source=SAID, area=world.area
            ),
            actor=foreign,
        )
    kept = world.keep(holiday)
    with acting(foreign):
        assert not Holiday.objects.filter(pk=kept.pk).exists()


def test_a_limit_that_contradicts_itself_is_refused_by_field_and_leaves_nothing(
    world: World,
) -> None:
    with pytest.raises(ValidationError, match="before the first"):
        host(world, last_month=(world.month + -1).first_day)
    with pytest.raises(ValidationError, match="stands twice"):
        world.keep(
            SharedResource(name="Lab", kind="lab", area=world.area, amount=1, source=SAID),
            parts={"uses": [ResourceUse(program=world.program, amount=1) for _ in range(2)]},
        )
    with acting(world.staff):
        assert not SharedResource.objects.exists()
        assert not HostCapacity.objects.exists()
