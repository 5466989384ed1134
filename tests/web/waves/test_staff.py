"""What staff see and do: collaboratives, planning a wave, how it stands, and its cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.demand.models import Answer, Wave, WaveEmployer, WaveRole
from backcast.demand.models import Role as DemandRole
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation, Site
from tests.cast import Cast
from tests.demand.waves.make import make_collaborative, make_invited, make_role, make_wave


def large_wave(cast: Cast, employers: int, roles: int) -> Wave:
    """A wave whose employers have all answered about all roles, but every fifth."""
    now = timezone.now()
    with acting(cast.actor("administrator"), "tests.make"):
        collaborative = Collaborative.objects.create(region=cast.region, name=f"Large {employers}")
        wave = Wave.objects.create(
            region=cast.region,
            collaborative=collaborative,
            name="Large wave",
            status="open",
            opened_at=now,
            first_quarter="2027-01-01",
            closes_on=timezone.localdate() + timedelta(days=9),
        )
        asked = [
            DemandRole(
                region=cast.region, collaborative=collaborative, title=f"Role {n}", folded=f"{n}"
            )
            for n in range(roles)
        ]
        DemandRole.objects.bulk_create(asked)
        WaveRole.objects.bulk_create(WaveRole(wave=wave, role=role) for role in asked)
        firms = [
            Organisation(
                region=cast.region,
                kind="employer",
                name=f"Firm {employers} {n}",
                name_folded=f"firm {employers} {n}",
            )
            for n in range(employers)
        ]
        Organisation.objects.bulk_create(firms)
        sites = [Site(organisation=firm, name="Main site") for firm in firms]
        Site.objects.bulk_create(sites)
        places = [
            WaveEmployer(region=cast.region, wave=wave, employer=firm, size="medium", headcount=100)
            for firm in firms
        ]
        WaveEmployer.objects.bulk_create(places)
        Answer.objects.bulk_create(
            Answer(
                region=cast.region,
                wave=wave,
                place=place,
                employer=place.employer,
                role=role,
                site=site,
                sent_at=now,
            )
            for number, (place, site) in enumerate(zip(places, sites, strict=True))
            if number % 5
            for role in asked
        )
    return wave


def test_the_live_summary_takes_few_queries_however_many_answer(
    cast: Cast, query_count: Callable[..., Any]
) -> None:
    client = cast.client("administrator")
    seen = []
    for employers, roles in ((10, 2), (500, 10)):
        wave = large_wave(cast, employers, roles)
        with query_count() as queries:
            page = client.get(reverse("waves:wave", args=[wave.public_id]))
        assert page.status_code == 200
        assert queries.count <= 15, queries
        seen.append(queries.count)
        text = page.content.decode()
    assert seen[0] == seen[1]
    assert "400" in text
    assert "of 500" in text
    assert "80%" in text
    assert text.count("<tr>") < 80


def test_response_and_headcount_are_counted_against_the_roster(cast: Cast) -> None:
    wave = make_wave(cast)
    client = cast.client("employer")
    start = reverse("waves:own_start", args=[wave.public_id])
    with acting(cast.actor("administrator")):
        role = wave.roles.get()
    client.post(
        f"{start}{role.public_id}/{cast.sites['employer'].public_id}/numbers/",
        {"stance": "nobody"},
    )
    client.post(start + "send/")
    page = cast.client("viewer").get(reverse("waves:wave", args=[wave.public_id]))
    text = page.content.decode()
    assert "50%" in text  # one employer of two
    assert "77%" in text  # with 400 people of 520


def test_staff_begin_a_collaborative_and_plan_open_and_freeze_a_wave(cast: Cast) -> None:
    client = cast.client("administrator")
    begun = client.post(reverse("collaboratives:add"), {"name": "Northside", "focus": "Care"})
    page = begun["Location"]
    client.post(page + "members/add/", {"employer": cast.employer.pk, "headcount": "300"})
    client.post(page + "roles/add/", {"title": "Nursing assistant"})
    with acting(cast.actor("administrator")):
        role = DemandRole.objects.get()
        assert CollaborativeMember.objects.get().size == "large"
    form = {
        "name": "Spring",
        "roles": [role.pk],
        "first_quarter": "2000-01-01",
        "quarters": "4",
        "closes_on": (timezone.localdate() - timedelta(days=1)).isoformat(),
        "reminder_limit": "2",
        "reminder_pause": "5",
    }
    refused = client.post(page + "waves/add/", form).content.decode()
    assert "Select a valid choice" in refused
    form["first_quarter"] = client.get(page + "waves/add/").context["form"]["first_quarter"].value()
    assert "is over" in client.post(page + "waves/add/", form).content.decode()
    form["closes_on"] = (timezone.localdate() + timedelta(days=10)).isoformat()
    wave = client.post(page + "waves/add/", form)["Location"]
    refused = client.post(wave + "open/", follow=True).content.decode()
    assert "Invite at least one person" in refused
    client.post(wave + "invite-known/")
    assert "links are on their way" in client.post(wave + "open/", follow=True).content.decode()
    assert "Asks for 4 quarters" in client.get(wave).content.decode()
    client.post(wave + "freeze/")
    assert "Frozen" in client.get(wave).content.decode()
    client.post(wave + "archive/")
    assert "archived wave" in client.get(page).content.decode()


def test_a_correction_stands_beside_what_was_frozen(cast: Cast) -> None:
    wave = make_wave(cast)
    invitation, token = make_invited(cast, wave)
    start = reverse("waves:link_start", args=[invitation.public_id, token])
    client = cast.client("administrator")
    with acting(cast.actor("administrator")):
        role = wave.roles.get()
    keys = f"{role.public_id}/{cast.sites['employer'].public_id}/"
    name = f"q.{wave.asked[0]}.growth.likely"
    client.post(f"{start}{keys}numbers/", {name: "7"})
    client.post(start + "send/")
    client.post(reverse("waves:freeze", args=[wave.public_id]))
    employer = reverse("waves:employer", args=[wave.public_id, cast.employer.public_id])
    questions = client.post(f"{employer}correct/{keys}", {"reason": "One ward twice"})["Location"]
    assert "7" in client.get(questions).content.decode()
    with acting(cast.actor("administrator")):
        version = 10**9
        correction = Answer.objects.get(number=2)
    client.post(questions, {name: "4", f"v.{name}": str(version)})
    client.post(reverse("waves:send_correction", args=[wave.public_id, correction.public_id]))
    page = client.get(employer).content.decode()
    assert "Correction 1" in page
    assert "One ward twice" in page
    assert "7 (5 to 9)" in page
    assert "4 (3 to 5)" in page


def test_the_list_of_collaboratives_can_be_saved_as_a_file(cast: Cast) -> None:
    make_role(make_collaborative(cast))
    answer = cast.client("viewer").get(reverse("collaboratives:list") + "?export=csv")
    assert "Test Health Partnership,2,520,1" in answer.content.decode()
