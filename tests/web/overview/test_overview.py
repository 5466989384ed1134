"""What a funder sees of the region, and what it never sees."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import Need, NeedQuarter
from backcast.planning.models import Plan, PlanPromise, PromisedRole
from backcast.training import actions as training
from backcast.training.models import PublishedOutcome
from tests.cast import TESTS, Cast, make_organisation, make_site
from tests.demand.make import make_need, openings
from tests.planning.world import make_plan, make_world, named
from tests.training.factories import make_program

URL = "/overview/"


def make_plan_of(cast: Cast, *people: int) -> Plan:
    """A plan for one role that so many employers need, each so many people."""
    need, _program = make_world(cast, people=people[0])
    assert need.occupation is not None
    for number, each in enumerate(people[1:], start=1):
        key = f"employer_{number}"
        cast.organisations[key] = make_organisation(
            cast.region, "employer", f"Demo Clinic {number}"
        )
        cast.sites[key] = make_site(cast.organisations[key], cast.area)
        make_need(
            cast,
            key,
            occupation=named(need.occupation),
            openings=(openings(each, after=5),),
            role_title="Secret night aide",
            offers=(),
        )
    return make_plan(cast, confidence=0.6)


def test_a_funder_reads_what_three_employers_are_promised(cast: Cast) -> None:
    make_plan_of(cast, 8, 9, 10)
    page = cast.client("funder").get(URL).content.decode()
    assert "by 3 employers" in page
    for secret in ("Demo Clinic", cast.employer.name, "Secret night aide", "19.5"):
        assert secret not in page
    home = cast.client("funder").get("/").content.decode()
    assert "what plan 1 promises" in home
    assert "Cost of the plan" in home


def test_the_next_plan_does_not_tell_which_employer_changed_its_need(cast: Cast) -> None:
    """All is told as before: hires, learners and cost follow what is needed."""
    make_plan_of(cast, 12, 13, 14)
    before = cast.client("funder").get(URL).content.decode()
    with acting(cast.actor("administrator"), "tests.change"):
        row = NeedQuarter.objects.filter(need__employer=cast.employer).get()
        row.low, row.likely, row.high = row.low + 12, row.likely + 12, row.high + 12
        row.save()
    make_plan(cast, confidence=0.6)
    after = cast.client("funder").get(URL).content.decode()
    with acting(cast.actor("administrator")):
        first, second = PlanPromise.objects.order_by("number")
    assert (first.needed, first.needs_as_of) == (40, None)
    assert (second.needed, second.needs_as_of) == (40, first.made_at)
    assert "would tell what they changed" in after
    assert "would tell what they changed" not in before
    told = ("employers", "needed", "expected", "cohorts", "learners", "cost")
    assert [getattr(first, name) for name in told] == [getattr(second, name) for name in told]
    with acting(cast.actor("funder")):
        lines = [
            [(x.title, x.needed, x.expected, x.odds) for x in row.roles.all()]
            for row in (first, second)
        ]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("people", [(20,), (8, 9), (60, 9, 10)])
def test_a_funder_is_not_told_what_one_employer_needs(cast: Cast, people: tuple[int, ...]) -> None:
    make_plan_of(cast, *people)
    for who in ("funder", "administrator"):
        page = cast.client(who).get(URL).content.decode()
        assert "Any number" in page or "any number" in page
    export = cast.client("funder").get(URL, {"export": "csv"})
    assert "Not shown" in export.content.decode()
    assert "Cost of the plan" not in cast.client("funder").get("/").content.decode()
    with acting(cast.actor("funder")):
        (row,) = PlanPromise.objects.all()
        assert (row.needed, row.expected, row.learners, row.cost) == (None, None, None, None)


def test_the_export_holds_the_same_sums(cast: Cast) -> None:
    make_plan_of(cast, 8, 9, 10)
    answer = cast.client("funder").get(URL, {"export": "csv"})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Employers"], int(row["Needed"]) % 5) == ("3", 0)
    assert row["Odds"].endswith("%")


def test_the_database_keeps_plans_and_needs_from_funders(cast: Cast) -> None:
    make_plan_of(cast, 8, 9, 10)
    with acting(cast.actor("funder")):
        assert PlanPromise.objects.count() == PromisedRole.objects.count() == 1
        assert not Plan.objects.exists()
        assert not Need.objects.exists()
        assert not PlanPromise.objects.update(needed=1)
    for who in ("employer", "provider", "support", "foreign"):
        with acting(cast.actor(who)):
            assert not PlanPromise.objects.exists(), who
            assert not PromisedRole.objects.exists(), who


def test_without_a_plan_a_funder_is_led_to_the_programs(cast: Cast) -> None:
    page = cast.client("funder").get(URL).content.decode()
    assert "No plan to show yet" in page
    assert reverse("overview:programs") in page


def publish(cast: Cast, cip: str, completers: int, employed: int | None) -> None:
    with acting(TESTS):
        PublishedOutcome.objects.create(
            region=cast.region,
            provider=cast.provider,
            cip_code=cip,
            completers=completers,
            employed=employed,
            suppressed=employed is None,
            quarterly_wage=7654,
            source="Demo list",
        )


def test_of_programs_a_funder_sees_what_was_published(cast: Cast) -> None:
    make_program(cast.provider, "Demo Aide")
    make_program(cast.provider, "Demo Coder", cip_code="51.0713")
    hidden = make_program(cast.provider, "Demo Gone", cip_code="51.3902")
    training.archive_program(hidden, actor=TESTS)
    publish(cast, "51.0801", 40, 30)
    publish(cast, "51.0713", 7, 6)
    answer = cast.client("funder").get(reverse("overview:programs"), {"export": "csv"})
    rows = {
        row["Program"]: row
        for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    }
    assert rows.keys() == {"Demo Aide", "Demo Coder"}
    assert (rows["Demo Aide"]["Completed"], rows["Demo Aide"]["Employed in any job"]) == (
        "40",
        "75%",
    )
    assert (rows["Demo Coder"]["Completed"], rows["Demo Coder"]["Employed in any job"]) == (
        "fewer than 10",
        "",
    )
    # The cost was stated to the region's staff, not published.
    assert "Published cost, dollars" not in rows["Demo Aide"]
    text = cast.client("funder").get(reverse("programs:outcomes")).content.decode()
    assert "75%" in text
    assert "7,654" not in text


def test_the_lists_take_the_same_queries_for_any_number(cast: Cast, query_count: object) -> None:
    client = cast.client("funder")
    url = reverse("overview:programs")
    make_program(cast.provider, "Demo 0")
    client.get(url)
    with query_count() as few:  # type: ignore[operator]
        client.get(url)
    for number in range(1, 15):
        make_program(cast.provider, f"Demo {number}")
    with query_count() as many:  # type: ignore[operator]
        client.get(url)
    assert few.count == many.count, many


def test_a_cost_that_a_list_published_is_shown(cast: Cast) -> None:
    program = make_program(cast.provider, "Demo Aide")
    with acting(TESTS):
        program.bases.filter(field="total_cost").update(basis="published")
    for who in ("funder", "support"):
        text = cast.client(who).get(reverse("overview:programs")).content.decode()
        assert "4,800" in text, who
        assert "No outcomes have been published yet" in text


def test_an_employer_reads_at_home_how_its_needs_stand_in_the_plan(cast: Cast) -> None:
    make_plan_of(cast, 8, 9, 10)
    home = cast.client("employer").get("/").content.decode()
    assert "Needs in the region" in home
    assert "1 on track" in home
    assert "Needs in the region" not in cast.client("other_employer").get("/").content.decode()


def test_a_support_agency_is_led_to_the_programs(cast: Cast) -> None:
    make_program(cast.provider, "Demo Aide")
    client = cast.client("support")
    assert "Programs that run" in client.get("/").content.decode()
    assert "Demo Aide" in client.get(reverse("overview:programs")).content.decode()
    assert client.get(URL).status_code == 404
