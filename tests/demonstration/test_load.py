"""A simulated region in the database: whole, once only, and visibly made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from backcast.core.actor import Actor, Kind, acting
from backcast.delivery.models import CohortRecord, CohortStage
from backcast.demand.access import for_planning, needs, statement
from backcast.demand.models import Need, NeedOffer
from backcast.demonstration import load
from backcast.demonstration.load import (
    accounts,
    load_region,
    loaded_region,
    solve_first_plan,
)
from backcast.demonstration.problem import problem_of
from backcast.demonstration.rows import acting_for
from backcast.demonstration.simulator import Region as Simulated
from backcast.demonstration.simulator import cohort_records, simulate
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.partners.access import actor_of, memberships_of
from backcast.partners.models import (
    County,
    LabourArea,
    Membership,
    Organisation,
    Person,
    Region,
    Site,
)
from backcast.planning.actions import is_out_of_date
from backcast.planning.build import Settings, area_key, build, role_key
from backcast.planning.models import Plan, PlanCohort
from backcast.planning.programs import ProgramOption
from backcast.training.access import missing_figures, programs_for_planning
from backcast.training.models import FlowPublication, HireSource, Program, ProgramBasis

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
SCALE = 0.3


@pytest.fixture(scope="module")
def made() -> Simulated:
    return simulate(7, SCALE, today=TODAY)[0]


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[Region]:
    """Loaded once for all tests that only look; each test still ends in its own rollback."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_region(scale=SCALE, today=TODAY).region
        transaction.set_rollback(True)


def _staff(region: Region) -> Actor:
    return acting_for(Organisation.objects.get(region=region, kind=Organisation.Kind.INTERMEDIARY))


def test_it_says_what_it_loaded_and_how_far_it_is() -> None:
    heard: list[tuple[str, int, int]] = []
    made, _ = simulate(3, 0.1, today=TODAY)
    loaded = load_region(seed=3, scale=0.1, today=TODAY, progress=lambda *step: heard.append(step))
    assert loaded.created
    assert loaded.needs == len(made.needs)
    assert loaded.programs == len(made.programs)
    assert loaded.cohorts == len(cohort_records(made, TODAY))
    assert list(dict.fromkeys(what for what, _, _ in heard)) == [
        "simulate",
        "organisations",
        "frameworks",
        "needs",
        "programs",
        "histories",
        "profiles",
    ]
    assert all(0 <= done <= total for _, done, total in heard)


def test_loading_again_changes_nothing(region: Region) -> None:
    tables = (Organisation, Person, Membership, Program, CohortRecord, Occupation, LabourArea)
    before = [table.objects.count() for table in tables]
    again = load_region(scale=SCALE, today=date(2027, 3, 1))
    assert not again.created
    assert again.region == region
    assert [table.objects.count() for table in tables] == before


def test_another_seed_is_another_region_with_the_same_people(region: Region) -> None:
    other = load_region(seed=8, scale=0.1, today=TODAY)
    assert other.created
    assert other.region != region
    staff = Person.objects.get(email="staff@demo.example")
    assert len(memberships_of(staff)) == 2
    assert loaded_region(8, 0.1) == other.region
    assert loaded_region(9, SCALE) is None


def test_an_error_on_the_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(load, "add_cohorts", fails)
    tables = (Region, Organisation, Person, Occupation, Program)
    before = [table.objects.count() for table in tables]
    with pytest.raises(RuntimeError, match="disk"):
        load_region(seed=4, scale=0.1, today=TODAY)
    assert [table.objects.count() for table in tables] == before


def test_every_row_is_visibly_made_up(region: Region) -> None:
    assert region.is_demonstration
    assert "made up" in region.name
    assert "real" in region.note
    for table in (Organisation, LabourArea, County):
        names = table.objects.filter(region=region).values_list("name", flat=True)
        assert names
        assert all(name.startswith("Demo ") for name in names)
    assert all(name.startswith("Demo ") for name in Program.objects.values_list("name", flat=True))
    assert all(
        label.startswith("Demo ") for label in CohortRecord.objects.values_list("label", flat=True)
    )
    assert set(County.objects.values_list("state", flat=True)) == {"ZZ"}
    assert all(
        p.name.startswith("Demo ") and p.email.endswith("@demo.example")
        for p in Person.objects.all()
    )
    for text in Occupation.objects.values_list("description", flat=True):
        assert "demonstration" in text
    assert not Competency.objects.exclude(region=region).exists()
    assert set(Credential.objects.values_list("issuer", flat=True)) == {"Demo credential board"}


def test_there_is_someone_of_each_kind_to_sign_in_as(region: Region) -> None:
    found = accounts(region)
    assert [one.email for one in found] == [
        f"{name}@demo.example"
        for name in ("staff", "viewer", "employer", "employer2", "provider", "support", "funder")
    ]
    kinds = set()
    for one in found:
        person = Person.objects.get(email=one.email)
        [membership] = memberships_of(person)
        assert membership.organisation.name == one.organisation
        kinds.add(actor_of(person, membership).kind)
        assert not person.has_usable_password()
    assert kinds == {Kind.INTERMEDIARY, Kind.EMPLOYER, Kind.PROVIDER, Kind.SUPPORT, Kind.FUNDER}
    employers = {one.organisation for one in found if "mployer" in one.kind}
    assert len(employers) == 2


def test_needs_say_what_the_simulated_employers_say(region: Region, made: Simulated) -> None:
    staff = _staff(region)
    with acting(staff):
        rows = list(
            needs(staff)
            .select_related("employer", "site", "area", "occupation")
            .prefetch_related(
                "quarters", "offers", "requirements__credential", "requirements__competency"
            )
            .order_by("pk")
        )
        figures = for_planning(region).aggregate(people=Sum("likely"))
        places = NeedOffer.objects.filter(kind="externship_places").aggregate(sum=Sum("quantity"))
    assert len(rows) == len(made.needs)
    assert figures["people"] == sum(c.likely for n in made.needs for c in n.openings)
    assert places["sum"] * made.quarters == sum(row.places for row in made.places)
    areas = {area.key: area.name for area in made.areas}
    for row, need in zip(rows, made.needs, strict=True):
        said = statement(row)
        assert row.status == Need.Status.STATED
        assert row.area is not None
        assert row.area.name == areas[need.area]
        assert said.role_title == need.own_title
        assert [(o.quarter, o.low, o.likely, o.high) for o in said.openings] == [
            (o.quarter, o.low, o.likely, o.high) for o in need.openings if o.high
        ]
        assert {r.item.name for r in said.requirements} == {
            need.required_credential,
            *need.required_competencies,
        }
        assert {(o.kind, o.quantity) for o in said.offers} == {
            (o.kind, o.amount) for o in need.offers
        }


def test_an_employer_sees_its_own_needs_only(region: Region) -> None:
    person = Person.objects.get(email="employer@demo.example")
    [membership] = memberships_of(person)
    actor = actor_of(person, membership)
    with acting(actor):
        seen = list(needs(actor))
        reached = list(Need.objects.all())
    assert seen
    assert {need.employer_id for need in reached} == {membership.organisation_id}


def test_every_program_can_be_planned_with(region: Region, made: Simulated) -> None:
    programs = list(programs_for_planning(region))
    assert [one.name for one in programs] == [one.title for one in made.programs]
    for row, program in zip(programs, made.programs, strict=True):
        assert missing_figures(row) == []
        assert [stage.stage for stage in row.stages.all()] == [s.key for s in program.stages]
        assert [start.month for start in row.starts.all()] == list(program.start_months)
        assert row.total_cost == program.costs.total
        assert 0 < sum(link.weight for link in row.occupation_links.all()) <= 1
    assert set(ProgramBasis.objects.values_list("basis", flat=True)) == {"stated"}


def test_cohorts_hold_settled_outcomes_and_leave_the_others_open(
    region: Region, made: Simulated
) -> None:
    rows = CohortStage.objects.filter(cohort__program__region=region)
    records = cohort_records(made, TODAY)
    sums = rows.aggregate(Sum("entered"), Sum("passed"), Sum("failed"), Sum("still_open"))
    stages = [stage for record in records for stage in record.stages]
    assert sums["entered__sum"] == sum(stage.entered for stage in stages)
    assert sums["passed__sum"] == sum(stage.settled_passed for stage in stages)
    assert sums["failed__sum"] == sum(stage.settled_failed for stage in stages)
    assert sums["still_open__sum"] > 0
    assert CohortRecord.objects.aggregate(Sum("enrolled"))["enrolled__sum"] == len(made.learners)


def test_sites_lie_in_the_area_of_their_county(region: Region) -> None:
    for site in Site.objects.filter(organisation__region=region).select_related("area"):
        assert site.area is not None
        assert site.area.counties.filter(name=site.county, state=site.state).exists()


def test_a_first_plan_is_asked_for_with_the_region(region: Region, made: Simulated) -> None:
    with acting(_staff(region)):
        plan = Plan.objects.get(region=region)
    assert plan.status == Plan.Status.WAITING
    assert plan.first_quarter == made.first_quarter.first_day
    assert plan.quarters == made.quarters
    assert plan.requested_by is not None
    assert plan.requested_by.email == "staff@demo.example"


def test_the_first_plan_can_be_worked_out_at_once() -> None:
    loaded = load_region(seed=3, scale=0.1, today=TODAY)
    assert loaded.plan is not None
    plan = solve_first_plan(loaded.plan, today=TODAY, on_progress=None)
    assert plan.status == Plan.Status.READY, plan.trouble
    with acting(_staff(loaded.region)):
        assert PlanCohort.objects.filter(plan=plan).exists()
        assert plan.standing == Plan.Standing.APPROVED
        assert plan.approver.startswith("Demo ")
        assert PlanCohort.objects.filter(plan=plan, scheduled__status="planned").exists()
        assert plan.scenarios.count() == 2
        assert not is_out_of_date(plan)


def test_what_ordinary_cohorts_bring_counts_as_supply(region: Region, made: Simulated) -> None:
    """A year's completers as the planner reckons them, beside those that the simulator counted."""
    staff = _staff(region)
    with acting(staff):
        chosen = Settings(first=made.first_quarter, quarters=12)
        problem = build(region, chosen, TODAY).problem
    # a year in which the cohorts that are on the way today have long arrived
    later = [row for row in problem.supply if row.quarter - problem.first >= 8]
    reckoned = sum(row.completers.value for row in later)
    counted = sum(program.completers_last_year for program in made.programs)
    assert reckoned == pytest.approx(counted, rel=0.25)


def test_the_loaded_region_is_the_problem_that_is_made_without_a_database(
    region: Region, made: Simulated
) -> None:
    """Needs, programs, yields and places are the same figures; only their keys differ.

    How long graduates wait, and in which roles they work, the one reckons from learners and the other
    takes from files.
    """
    with acting(_staff(region)):
        chosen = Settings(first=made.first_quarter, quarters=made.quarters)
        built = build(region, chosen, TODAY).problem
        areas = {
            area.key: area_key(LabourArea.objects.get(region=region, name=area.name))
            for area in made.areas
        }
        roles = {
            one.key: role_key(Occupation.objects.get(region=region, title=one.title))
            for one in made.occupations
        }
    direct = problem_of(made)

    def program(option: ProgramOption) -> tuple[object, ...]:
        figures = (
            option.weeks, option.min_size, option.max_size, option.at_once,
            option.cost_per_learner, option.externship_places_per_learner,
        )  # fmt: skip
        return (
            areas.get(option.area, option.area),
            [(round(one.successes, 6), round(one.trials, 6)) for one in option.stages],
            [one.value if one else 0 for one in figures],
            option.starts,
            option.cip,
        )

    assert {one.title: program(one) for one in built.programs} == {
        one.title: program(one) for one in direct.programs
    }
    for one, other in zip(built.programs, direct.programs, strict=True):
        assert {row.role: row.share for row in one.roles} == pytest.approx(
            {roles[row.role]: row.share for row in other.roles}, abs=0.15
        )
    for rows in ("needs", "places"):
        sums: list[Counter[tuple[str, ...]]] = [Counter(), Counter()]
        for counted, problem in zip(sums, (built, direct), strict=True):
            for row in getattr(problem, rows):
                where = (
                    roles.get(row.role, row.role),
                    areas.get(row.area, row.area),
                    str(row.quarter),
                )
                if rows == "places":
                    counted[where] += row.places.value
                    continue
                for name in ("low", "likely", "high"):
                    counted[*where, name] += getattr(row, name)
        assert +sums[0] == +sums[1] != Counter(), rows


def test_others_see_where_hires_came_from_for_roles_that_enough_employers_counted(
    region: Region,
) -> None:
    with acting(_staff(region)):
        rows = list(FlowPublication.objects.filter(region=region).prefetch_related("sources"))
        counted = HireSource.objects.filter(region=region)
        assert rows
        for row in rows:
            mine = [each for each in counted if role_key(each.role.occupation) == row.role]
            assert len({each.employer_id for each in mine}) >= 3
            kinds = {source.kind for source in row.sources.all()}
            assert {"", "employer", "school"} <= kinds
            assert all(source.employers >= 3 for source in row.sources.all())
