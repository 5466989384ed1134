"""Stating a need screen by screen, without JavaScript, as a phone sends it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.demand import access
from backcast.demand.figures import Cause
from backcast.demand.models import Need
from backcast.partners.models import Site
from tests.cast import Cast
from tests.demand.make import make_credential, make_need, make_occupation, now, openings


def only_need(cast: Cast, who: str = "employer") -> Need:
    with acting(cast.actor(who)):
        return access.need(cast.actor(who), Need.objects.get().public_id)


def text(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(plain.split())


def begin(cast: Cast, client: Client, **changes: Any) -> Any:
    data = {"role_title": "Nursing assistant", "site": str(cast.sites["employer"].public_id)}
    return client.post(reverse("needs:new"), data | changes)


def test_an_employer_states_a_need_screen_by_screen(cast: Cast) -> None:
    occupation = make_occupation()
    credential = make_credential(cast)
    client = cast.client("employer")
    begun = begin(cast, client)
    need = only_need(cast)
    assert begun.url == reverse("needs:occupation", args=[need.public_id])
    assert need.status == "draft"

    page = client.get(begun.url)
    assert "Nursing Assistants" in text(page)
    go = client.post(begun.url, {"occupation": str(occupation.public_id)})
    assert go.url == reverse("needs:people", args=[need.public_id])

    quarter = now() + 1
    go = client.post(
        go.url,
        {
            f"growth-{quarter}-likely": "4",
            f"retirement-{quarter}-likely": "2",
            f"retirement-{quarter}-low": "1",
            f"retirement-{quarter}-high": "3",
        },
    )
    assert go.url == reverse("needs:pay", args=[need.public_id])
    go = client.post(go.url, {"wage_low": "19.50", "hours_per_week": "36", "schedule": "night"})
    assert go.url == reverse("needs:asks", args=[need.public_id])
    go = client.post(
        go.url,
        {
            "requirements-TOTAL_FORMS": "2",
            "requirements-INITIAL_FORMS": "0",
            "requirements-0-name": credential.name.upper(),
            "requirements-0-importance": "required",
            "requirements-1-name": "Calm at night",
            "requirements-1-importance": "preferred",
            "externship_places-yes": "on",
            "externship_places-quantity": "3",
        },
    )
    assert go.url == reverse("needs:check", args=[need.public_id])
    page = text(client.get(go.url))
    assert "Is this right?" in page
    assert "(4 to 8)" in page  # the range of both reasons together
    assert "$19.50 an hour" in page

    sent = client.post(reverse("needs:state", args=[need.public_id]), follow=True)
    assert "Your need is stated" in text(sent)
    need = only_need(cast)
    said = access.statement(need)
    assert need.status == "stated"
    assert not need.by_staff
    assert [(o.cause, o.low, o.likely, o.high, o.range_assumed) for o in said.openings] == [
        (Cause.GROWTH, 3, 4, 5, True),
        (Cause.RETIREMENT, 1, 2, 3, False),
    ]
    assert [(r.kind, r.item.name) for r in said.requirements] == [
        ("credential", credential.name),
        ("words", "Calm at night"),
    ]
    assert [(o.kind, o.quantity) for o in said.offers] == [("externship_places", 3)]


def test_a_place_that_is_not_on_the_list_is_added_on_the_way(cast: Cast) -> None:
    client = cast.client("employer")
    begin(cast, client, site="new", new_name="Ward 2", new_county="Camden, NJ")
    need = only_need(cast)
    assert (need.site.name, need.area) == ("Ward 2", cast.other_area)


def test_an_employer_without_a_site_is_asked_for_one(cast: Cast) -> None:
    with acting(cast.actor("administrator")):
        Site.objects.filter(organisation=cast.employer).update(archived_at=timezone.now())
    client = cast.client("employer")
    page = begin(cast, client, site="")
    assert "Say what you call the place." in text(page)
    begin(cast, client, site="", new_name="Ward 2", new_county="Bergen, NJ")
    assert only_need(cast).area == cast.area


def test_staff_state_a_need_for_an_employer_and_say_so(cast: Cast) -> None:
    client = cast.client("member")
    address = reverse("needs:new")
    assert "For which employer" in text(client.get(address))
    asked = f"{address}?employer={cast.employer.public_id}"
    client.post(
        asked,
        {"role_title": "Nursing assistant", "site": str(cast.sites["employer"].public_id)},
    )
    assert only_need(cast).by_staff
    assert client.get(f"{address}?employer={cast.foreign_employer.public_id}").status_code == 404
    assert client.get(f"{address}?employer=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("screen", "data", "message"),
    [
        ("role", {"role_title": ""}, "This field is required."),
        ("role", {"role_title": "=1+1"}, "Start the text with a letter or a number"),
        ("occupation", {}, "Choose the one that is closest"),
        ("occupation", {"occupation": "nonsense"}, "Choose the one that is closest"),
        ("people", {"growth-Q-likely": "-1"}, "Write how many people you need, or 0."),
        ("people", {"growth-Q-likely": "many"}, "Write a whole number such as 4."),
        ("people", {"growth-Q-likely": "1000000"}, "That is more than can be right."),
        ("people", {"growth-Q-low": "3"}, "Write the most likely number too."),
        (
            "people",
            {"growth-Q-likely": "3", "growth-Q-low": "4"},
            "This is more than the most likely number.",
        ),
        (
            "people",
            {"growth-Q-likely": "3", "growth-Q-high": "2"},
            "This is less than the most likely number.",
        ),
        ("people", {"growth-Q-likely": "2000"}, "That is very many people: 2,500"),
        ("pay", {"wage_low": "45000"}, "Give dollars an hour, not a year"),
        ("pay", {"wage_low": "22", "wage_high": "20"}, "This is less than the pay it starts from."),
        ("pay", {"hours_per_week": "400"}, "Write the hours in one week, at most 80."),
        ("pay", {"start_by": "2020-01-01"}, "This day is over."),
        ("pay", {"note": "@SUM(1)"}, "Start the text with a letter or a number"),
        (
            "asks",
            {
                "requirements-TOTAL_FORMS": "2",
                "requirements-INITIAL_FORMS": "0",
                "requirements-0-name": "CPR",
                "requirements-0-importance": "required",
                "requirements-1-name": "cpr",
                "requirements-1-importance": "required",
            },
            "This is on the list already.",
        ),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    cast: Cast, screen: str, data: dict[str, str], message: str
) -> None:
    need = make_need(cast, stated=False)
    client = cast.client("employer")
    sent = {key.replace("Q", str(now() + 1)): value for key, value in data.items()}
    page = client.post(reverse(f"needs:{screen}", args=[need.public_id]), sent)
    assert page.status_code == 200
    assert message in text(page)
    assert "Please mend" in text(page)


def test_a_thousand_people_are_asked_back_and_taken_on_a_yes(cast: Cast) -> None:
    need = make_need(cast, stated=False)
    client = cast.client("employer")
    url = reverse("needs:people", args=[need.public_id])
    data = {f"growth-{now() + 1}-likely": "2000"}
    assert "Yes, these numbers are right" in text(client.post(url, data))
    assert client.post(url, data | {"confirmed": "on"}).status_code == 302
    (opening,) = access.statement(only_need(cast)).openings
    assert (opening.likely, opening.confirmed) == (2000, True)


def test_quarters_that_are_over_stay_when_numbers_change(cast: Cast) -> None:
    past = openings(7, after=-2)
    need = make_need(cast, openings=(past, openings(4)))
    client = cast.client("employer")
    client.post(reverse("needs:people", args=[need.public_id]), {f"growth-{now() + 2}-likely": "5"})
    said = access.statement(only_need(cast)).openings
    assert [o.quarter for o in said] == [past.quarter, now() + 2]


def test_a_change_of_a_stated_need_goes_back_to_its_page_and_into_its_history(cast: Cast) -> None:
    need = make_need(cast)
    client = cast.client("employer")
    saved = client.post(
        reverse("needs:pay", args=[need.public_id]),
        {"wage_low": "21", "schedule": "day"},
        follow=True,
    )
    assert saved.redirect_chain[-1][0] == reverse("needs:need", args=[need.public_id])
    assert "Hourly pay from: $19.50 → $21.00" in text(saved)
    assert "Schedule: nothing → Day" in text(saved)


def test_a_draft_without_people_leads_back_to_the_question(cast: Cast) -> None:
    need = make_need(cast, stated=False, openings=())
    client = cast.client("employer")
    sent = client.post(reverse("needs:state", args=[need.public_id]))
    assert sent.url == reverse("needs:people", args=[need.public_id])
    assert "Nobody is asked for yet" in text(
        client.get(reverse("needs:check", args=[need.public_id]))
    )


def test_a_need_like_one_that_is_stated_is_pointed_out(cast: Cast) -> None:
    make_need(cast)
    draft = make_need(cast, stated=False)
    page = cast.client("employer").get(reverse("needs:check", args=[draft.public_id]))
    assert "There is a need for this role at this site already" in text(page)


def test_an_archived_need_cannot_be_changed_and_its_page_says_so(cast: Cast) -> None:
    client = cast.client("employer")
    need = make_need(cast, stated=False)
    client.post(reverse("needs:archive", args=[need.public_id]))
    page = client.get(reverse("needs:pay", args=[need.public_id]), follow=True)
    assert "Bring it back before you change it." in text(page)
    assert "Archived on" in text(page)


def test_staff_see_what_waits_for_them_and_employers_what_comes_next(cast: Cast) -> None:
    staff, employer = cast.client("administrator"), cast.client("employer")
    assert "your first need" in text(employer.get("/"))
    make_need(cast)
    make_need(cast, stated=False, role_title="Cook")
    assert "the occupation or area of 1 need" in text(staff.get("/"))
    assert "Finish your need for Cook" in text(employer.get("/"))
    waiting = staff.get(reverse("needs:list"), {"open": "place"})
    assert "Nursing assistant, nights" in text(waiting)
    assert "Cook" not in text(waiting)


def test_a_need_whose_quarters_are_over_asks_its_employer_for_an_update(cast: Cast) -> None:
    need = make_need(cast)
    with acting(cast.actor("employer")):
        need.quarters.update(quarter_start=(now() + -1).first_day)
    assert "every quarter that you named is over" in text(cast.client("employer").get("/"))


def test_the_list_costs_the_same_for_few_needs_and_for_many(cast: Cast, query_count: Any) -> None:
    actor = cast.actor("administrator")
    client = cast.client("administrator")

    def cost() -> int:
        with query_count() as queries:
            assert client.get(reverse("needs:list"), {"sort": "-people"}).status_code == 200
        return queries.count

    def fill(count: int) -> None:
        with acting(actor, "tests.fill"):
            made = Need.objects.bulk_create(
                Need(
                    region=cast.region,
                    employer=cast.employer,
                    site=cast.sites["employer"],
                    area=cast.area,
                    role_title=f"Role {n}",
                    folded=f"role {n}",
                    status="stated",
                    stated_at=timezone.now() - timedelta(days=1),
                )
                for n in range(count)
            )
            made[0].quarters.model.objects.bulk_create(
                made[0].quarters.model(
                    need=need,
                    quarter_start=(now() + 1).first_day,
                    cause="growth",
                    low=1,
                    likely=2,
                    high=3,
                )
                for need in made
            )

    fill(20)
    few = cost()
    fill(1980)
    assert cost() == few
    assert few <= 14
