"""The pages of organisations and people: what they show, refuse and lead to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backcast.core.actor import acting
from backcast.partners import actions
from backcast.partners.models import Membership, Organisation, Site
from backcast.web.people import home
from tests.cast import TESTS, Cast, make_invitation, make_organisation, make_site

Counting = Callable[[], AbstractContextManager[Any]]


@pytest.mark.parametrize(
    "path",
    ["/organisations/", "/people/", "/sites/", "/contact-notes/", "/labour-areas/"],
)
def test_a_list_asks_the_database_no_more_for_more_rows(
    cast: Cast, query_count: Counting, path: str
) -> None:
    client = cast.client("administrator")
    actions.save_note(
        None,
        actor=cast.actor("member"),
        organisation=cast.employer,
        on=timezone.localdate(),
        channel="phone",
        with_whom="",
        text="Demo note",
    )
    client.get(path)
    with query_count() as few:
        assert client.get(path).status_code == 200
    for number in range(12):
        organisation = make_organisation(cast.region, "employer", f"Demo employer {number}")
        make_site(organisation, cast.area)
        with acting(TESTS):
            Membership.objects.create(person=cast.person("funder"), organisation=organisation)
        if number < 3:
            actions.save_note(
                None,
                actor=cast.actor("member"),
                organisation=organisation,
                on=timezone.localdate(),
                channel="phone",
                with_whom="",
                text="Demo note",
            )
            actions.add_area(
                actor=cast.actor("member"),
                name=f"Area {number}",
                counties=[("NJ", f"Demo {number}")],
                adjoining=[cast.area],
            )
    with query_count() as many:
        page = client.get(path).content.decode()
    assert "Demo" in page
    assert many.count <= few.count, many


def test_the_page_of_an_organisation_asks_no_more_for_more_people(
    cast: Cast, query_count: Counting
) -> None:
    client = cast.client("administrator")
    url = f"/organisations/{cast.employer.public_id}/"
    client.get(url)
    actions.edit_organisation(
        cast.employer, actor=cast.actor("member"), name="Renamed Hospital", website=""
    )
    with query_count() as few:
        client.get(url)
    for number in range(8):
        make_site(cast.employer, cast.area, f"Site {number}")
        make_invitation(cast.employer, f"{number}@example.org", digest=str(number))
    with query_count() as many:
        page = client.get(url).content.decode()
    assert "Site 7" in page
    assert "Changed the organization" in page
    assert "<del>Test Hospital</del>" in page
    assert many.count <= few.count, many


def test_what_is_refused_stands_beside_its_field(cast: Cast) -> None:
    client = cast.client("administrator")
    page = client.post(
        "/organisations/add/", {"kind": "employer", "name": "Test Hospital"}
    ).content.decode()
    assert "already an organization of this kind" in page
    page = client.post(
        "/labour-areas/add/", {"name": "East", "counties": "Bergen, NJ\nEssex"}
    ).content.decode()
    assert "is not a county" in page
    page = client.post(
        "/labour-areas/add/", {"name": "East", "counties": "Bergen, NJ"}
    ).content.decode()
    assert "already belongs to the area North" in page
    assert "Bergen, NJ</textarea>" in page
    future = (timezone.localdate() + timedelta(days=3)).isoformat()
    page = client.post(
        f"/organisations/{cast.employer.public_id}/notes/add/",
        {"on": future, "channel": "phone", "text": "x"},
    ).content.decode()
    assert "This date is in the future" in page


def test_a_form_without_what_it_needs_says_so(cast: Cast) -> None:
    client = cast.client("administrator")
    page = client.post("/organisations/add/", {}).content.decode()
    assert page.count("This field is required") >= 2
    assert Organisation.objects.filter(region=cast.region).count() == 7


def test_a_site_in_no_area_is_saved_and_pointed_out(cast: Cast) -> None:
    client = cast.client("employer")
    answer = client.post(
        f"/organisations/{cast.employer.public_id}/sites/add/",
        {"name": "Hills", "county": "Sussex", "state": "nj"},
        follow=True,
    )
    assert "no labor area covers Sussex, NJ yet" in answer.content.decode()
    assert Site.objects.get(name="Hills").area is None
    items = home.needs_you(cast.actor("administrator"))
    assert [(item.verb, item.text) for item in items] == [
        ("Assign", "1 site lies in no labor area.")
    ]
    assert home.needs_you(cast.actor("viewer")) == []
    page = cast.client("administrator").get(items[0].url).content.decode()
    assert "Hills" in page
    assert "Main site" not in page


def test_home_reminds_of_invitations_that_ran_out(cast: Cast) -> None:
    invitation = make_invitation(cast.employer)
    assert home.needs_you(cast.actor("employer")) == []
    with acting(TESTS):
        invitation.expires_at = timezone.now()
        invitation.save()
    assert [item.verb for item in home.needs_you(cast.actor("employer"))] == ["Send again"]
    assert home.needs_you(cast.actor("employer_member")) == []


def test_the_last_administrator_reads_why_they_cannot_leave(cast: Cast) -> None:
    client = cast.client("employer")
    url = f"/people/{cast.membership('employer').public_id}/end/"
    page = client.post(url).content.decode()
    assert "is the last administrator of Test Hospital" in page
    assert client.get(f"/organisations/{cast.employer.public_id}/").status_code == 200


def test_contact_notes_do_not_stand_on_the_page_of_the_organisation_itself(cast: Cast) -> None:
    actions.save_note(
        None,
        actor=cast.actor("member"),
        organisation=cast.employer,
        on=timezone.localdate(),
        channel="phone",
        with_whom="",
        text="Between us",
    )
    url = f"/organisations/{cast.employer.public_id}/"
    assert "Between us" in cast.client("viewer").get(url).content.decode()
    page = cast.client("employer").get(url).content.decode()
    assert "Between us" not in page
    assert "History</h2>" not in page


def test_viewers_see_no_buttons_that_they_may_not_press(cast: Cast) -> None:
    url = f"/organisations/{cast.employer.public_id}/"
    for who in ("viewer", "employer_viewer"):
        page = cast.client(who).get(url).content.decode()
        for word in ("Add a site", "Invite someone", "Archive", "Write a note"):
            assert word not in page


def test_an_archived_organisation_says_so_and_comes_back(cast: Cast) -> None:
    client = cast.client("administrator")
    url = f"/organisations/{cast.employer.public_id}/"
    client.post(url + "archive/")
    page = client.get(url).content.decode()
    assert "Archived on" in page
    assert "Bring back" in page
    assert "Test Hospital" not in client.get(
        "/organisations/?q=Test+Hospital+"
    ).content.decode().split("<tbody")[-1].replace("Other Test Hospital", "")
    client.post(url + "restore/")
    assert "Archived on" not in client.get(url).content.decode()


def test_one_changes_ones_own_name(cast: Cast) -> None:
    client = cast.client("employer")
    client.post("/account/", {"name": " Ann  Other ", "phone": "555 0100"})
    person = cast.person("employer")
    person.refresh_from_db()
    assert (person.name, person.phone) == ("Ann Other", "555 0100")


def test_choosing_an_organisation_leads_back_but_not_away(cast: Cast) -> None:
    client = cast.client("employer")
    chosen = {"organisation": str(cast.employer.public_id)}
    path = "/organisations/choose/"
    assert client.post(path, {**chosen, "next": "/account/"})["Location"] == "/account/"
    assert client.post(path, {**chosen, "next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.post(path, {"organisation": "nonsense"}).status_code == 404
