"""The questions as people meet them: by link, by account, and staff in an employer's name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.demand.figures import Named
from backcast.demand.models import (
    Answer,
    AnswerChange,
    LineOpinion,
    Need,
    WaveInvitation,
    WaveLink,
)
from backcast.demand.profiles import actions as profiles
from backcast.demand.profiles.values import Learned, Necessity, NewLine, Subject
from backcast.demand.waves import access, actions
from backcast.partners.models import Message, Site
from tests.cast import Cast
from tests.demand.waves.make import make_invited, make_wave


def link(cast: Cast, **asked: Any) -> tuple[str, WaveInvitation, Any]:
    invitation, token = make_invited(cast, **asked)
    url = reverse("waves:link_start", args=[invitation.public_id, token])
    return url, invitation, invitation.wave


def question(cast: Cast, start: str, wave: Any, part: str = "numbers") -> str:
    with acting(cast.actor("administrator")):
        role = access.roles(wave)[0]
    return f"{start}{role.public_id}/{cast.sites['employer'].public_id}/{part}/"


def saves(url: str) -> str:
    return url.rsplit("/", 2)[0] + "/save/"


HTMX = {"HX-Request": "true"}


def test_three_scanners_open_a_link_and_the_person_still_gets_in(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    for _scanner in range(3):
        assert Client().get(start).status_code == 200
        assert Client().head(start).status_code == 200
    page = Client().get(question(cast, start, wave))
    assert "How many people" in page.content.decode()
    with acting(cast.actor("administrator")):
        assert Answer.objects.count() == 0


def test_a_link_opens_nothing_but_the_questions(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    client = Client()
    client.get(start)
    for other in ("/needs/", "/collaboratives/", f"/collaboratives/waves/{wave.public_id}/"):
        assert client.get(other).status_code == 302
    other = make_wave(cast, collaborative=wave.collaborative, name="Another")
    elsewhere = question(cast, start, other)
    assert client.get(elsewhere.replace(start, f"/waves/{other.public_id}/")).status_code == 302
    own, foreign = (str(cast.sites[key].public_id) for key in ("employer", "other_employer"))
    here = question(cast, start, wave)
    assert client.get(here.replace(own, foreign)).status_code == 404


def test_an_expired_link_sends_a_new_one_to_the_address_on_file_only(cast: Cast) -> None:
    start, invitation, _wave = link(cast)
    with acting(cast.actor("administrator"), "tests.age"):
        WaveLink.objects.update(
            sent_at=timezone.now() - timedelta(days=40),
            expires_at=timezone.now() - timedelta(days=2),
        )
    client = Client()
    assert "This link has expired" in client.get(start).content.decode()
    assert client.post(question(cast, start, invitation.wave)).status_code == 200
    answer = client.post(start + "again/", {"email": "thief@example.org"})
    assert "on its way" in answer.content.decode()
    with acting(system("tests")):
        assert set(Message.objects.values_list("recipient", flat=True)) == {"ana@example.org"}
    with acting(cast.actor("administrator")):
        assert Answer.objects.count() == 0


def test_a_wrong_or_withdrawn_link_says_what_to_do(cast: Cast) -> None:
    start, invitation, _wave = link(cast)
    wrong = reverse("waves:link_start", args=[invitation.public_id, "wrong"])
    assert "not complete" in Client().get(wrong).content.decode()
    actions.withdraw_invitation(invitation, actor=cast.actor("administrator"))
    page = Client().get(start)
    assert page.status_code == 410
    assert Client().post(start + "again/").status_code == 410


def test_a_field_is_saved_by_itself_and_says_so(cast: Cast) -> None:
    start, invitation, wave = link(cast)
    url = question(cast, start, wave)
    name = f"q.{wave.asked[0]}.growth.likely"
    answer = Client().post(saves(url), {"field": name, name: "5", f"v.{name}": "0"}, headers=HTMX)
    assert "Saved" in answer.content.decode()
    with acting(cast.actor("administrator")):
        change = AnswerChange.objects.select_related("invitation").get()
    assert (change.invitation, change.after) == (invitation, "5")
    assert f'name="v.{name}" value="{change.pk}"' in answer.content.decode()
    for text, words in (("many", "whole number"), ("1000", "very many"), ("-2", "less than 0")):
        said = Client().post(
            saves(url), {"field": name, name: text, f"v.{name}": str(change.pk)}, headers=HTMX
        )
        assert words in said.content.decode()
    assert Client().post(saves(url), {"field": "nothing", "nothing": "1"}).status_code == 404


def test_a_colleague_who_typed_meanwhile_is_named_and_nothing_is_lost(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    bo, token = make_invited(cast, wave, email="bo@example.org", name="Bo")
    name = "staff_now"
    Client().post(saves(question(cast, start, wave)), {"field": name, name: "30"})
    second = reverse("waves:link_start", args=[bo.public_id, token])
    url = question(cast, second, wave)
    said = Client().post(saves(url), {"field": name, name: "33", f"v.{name}": "0"}, headers=HTMX)
    assert "Ana wrote “30”" in said.content.decode()
    page = Client().get(f"{url}field/?field={name}").content.decode()
    assert 'value="30"' in page
    assert "Ana" in page
    with acting(cast.actor("administrator")):
        assert Answer.objects.get().staff_now == 30


def test_without_scripts_a_button_saves_the_page_and_leads_on(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    url = question(cast, start, wave)
    client = Client()
    name = f"q.{wave.asked[0]}.growth.likely"
    refused = client.post(url, {name: "2000", "staff_now": "x"})
    page = refused.content.decode()
    assert "Please mend 2 things" in page
    assert f'name="c.{name}"' in page
    done = client.post(url, {name: "2000", f"c.{name}": "1", "staff_now": "40"})
    assert done.status_code == 302
    assert done["Location"].split("/")[-2] == "work"
    sent = client.post(start + "send/")
    assert sent["Location"] == start + "sent/"
    assert "Thank you" in client.get(start + "sent/").content.decode()
    with acting(cast.actor("administrator")):
        need = Need.objects.stated().get()
        assert need.quarters.get().likely == 2000
        assert need.answers.get().staff_now == 40
    for who, url in (
        ("administrator", "waves:employer"),
        ("employer", "waves:own_start"),
    ):
        keys = [wave.public_id] + ([cast.employer.public_id] if who == "administrator" else [])
        page = cast.client(who).get(reverse("needs:need", args=[need.public_id]))
        assert reverse(url, args=keys) in page.content.decode()


def test_people_see_only_the_questions_that_are_theirs(cast: Cast) -> None:
    start, _invitation, wave = link(cast, parts=("offers",))
    assert Client().get(question(cast, start, wave)).status_code == 404
    url = question(cast, start, wave, "offers")
    assert Client().get(url).status_code == 200
    assert Client().post(saves(url), {"field": "staff_now", "staff_now": "3"}).status_code == 404
    Client().post(saves(url), {"field": "offer.mentors", "offer.mentors": "1"})
    sent = Client().post(start + "send/")
    assert "how many people" in sent.content.decode()


def test_numbers_of_last_time_are_sent_only_by_whoever_answers_for_numbers(cast: Cast) -> None:
    wave = make_wave(cast)
    first, token = make_invited(cast, wave)
    start = reverse("waves:link_start", args=[first.public_id, token])
    name = f"q.{wave.asked[0]}.growth.likely"
    Client().post(question(cast, start, wave), {name: "4"})
    Client().post(start + "send/")
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    later = make_wave(cast, collaborative=wave.collaborative, name="Later", previous=wave)
    offers, token = make_invited(cast, later, parts=("offers",))
    start = reverse("waves:link_start", args=[offers.public_id, token])
    Client().post(
        saves(question(cast, start, later, "offers")),
        {"field": "offer.mentors", "offer.mentors": "1"},
    )
    assert "Ready to send" not in Client().get(start).content.decode()
    to_send = Client().get(start + "send/").content.decode()
    assert "A colleague still has to check" in to_send
    assert "Your part is saved" in to_send
    assert "Send our answer" not in to_send
    Client().post(start + "send/")
    with acting(cast.actor("administrator")):
        assert not Answer.objects.filter(wave=later, sent_at__isnull=False).exists()
    numbers, token = make_invited(cast, later, email="bo@example.org")
    start = reverse("waves:link_start", args=[numbers.public_id, token])
    assert Client().post(start + "send/").status_code == 302
    done = Client().get(start).content.decode()
    assert "Change what you said" in done
    assert "Look at all and send" not in done
    with acting(cast.actor("administrator")):
        assert Answer.objects.filter(wave=later).sent().get().offers.exists()


def test_the_short_form_has_five_questions_on_one_page(cast: Cast) -> None:
    wave = make_wave(cast, short_form=True)
    invitation, token = make_invited(cast, wave)
    start = reverse("waves:link_start", args=[invitation.public_id, token])
    url = question(cast, start, wave, "short")
    page = Client().get(url).content.decode()
    for number in range(1, 6):
        assert f"<h2>{number}. " in page
    assert Client().get(question(cast, start, wave)).status_code == 404
    done = Client().post(url, {"total.growth": "10", "sure": "high", "offer.mentors": "1"})
    assert done["Location"] == start + "send/"
    Client().post(start + "send/")
    with acting(cast.actor("administrator")):
        need = Need.objects.stated().get()
        assert sorted(row.likely for row in need.quarters.all()) == [2, 2, 3, 3]


def test_the_language_is_remembered_on_the_invitation(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    assert 'lang="en"' in Client().get(start).content.decode()
    Client().post(start + "language/", {"language": "es", "back": "https://evil.example/"})
    page = Client().get(question(cast, start, wave)).content.decode()
    assert 'lang="es"' in page
    assert "Cuántas personas" in page
    assert "Puestos nuevos" in page


def test_reminders_are_stopped_by_a_button_not_by_looking(cast: Cast) -> None:
    start, invitation, _wave = link(cast)
    Client().get(start + "stop/")
    with acting(cast.actor("administrator")):
        invitation.refresh_from_db()
    assert invitation.stopped_at is None
    Client().post(start + "stop/")
    with acting(cast.actor("administrator")):
        invitation.refresh_from_db()
    assert invitation.stopped_at is not None


def test_after_the_freeze_a_link_shows_what_was_said_and_changes_nothing(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    url = question(cast, start, wave)
    name = "staff_now"
    Client().post(saves(url), {"field": name, name: "30"})
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    page = Client().get(url).content.decode()
    assert "This wave is closed" in page
    assert 'value="30"' in page
    assert Client().post(saves(url), {"field": name, name: "31"}).status_code in (200, 403)
    assert Client().post(url, {name: "31"}).status_code in (200, 403)
    with acting(cast.actor("administrator")):
        assert Answer.objects.get().staff_now == 30


def test_an_employer_with_an_account_needs_no_link_and_finds_it_at_home(cast: Cast) -> None:
    wave = make_wave(cast)
    client = cast.client("employer")
    home = client.get("/").content.decode()
    start = reverse("waves:own_start", args=[wave.public_id])
    assert start in home
    url = question(cast, start, wave)
    assert client.post(url, {"stance": "nobody"}).status_code == 302
    assert client.post(start + "send/").status_code == 302
    assert start not in client.get("/").content.decode()


def test_staff_enter_what_came_by_phone(cast: Cast) -> None:
    wave = make_wave(cast)
    client = cast.client("administrator")
    start = reverse("waves:staff_start", args=[wave.public_id, cast.employer.public_id, "phone"])
    assert "in the name of Test Hospital" in client.get(start).content.decode()
    url = question(cast, start, wave)
    client.post(url, {f"q.{wave.asked[0]}.turnover.likely": "3"})
    client.post(start + "send/")
    page = client.get(
        reverse("waves:employer", args=[wave.public_id, cast.employer.public_id])
    ).content.decode()
    assert "By phone, entered by staff" in page


def with_profile(cast: Cast, wave: Any) -> Any:
    staff = cast.actor("administrator")
    with acting(staff):
        role = access.roles(wave)[0]
    version = profiles.begin_profile(role, actor=staff)
    profiles.add_lines(
        version,
        [
            NewLine(
                subject=Subject.WORDS,
                item=Named(0, "Speak calmly"),
                necessity=Necessity.REQUIRED,
                importance=4,
                learned=Learned.EITHER,
            )
        ],
        actor=staff,
    )
    return profiles.open_version(version, actor=staff)


def test_within_the_link_a_line_of_the_profile_is_agreed_with_or_not(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    version = with_profile(cast, wave)
    with acting(cast.actor("administrator")):
        line = version.lines.get()
    url = question(cast, start, wave, "skills")
    page = Client().get(url).content.decode()
    assert "Speak calmly" in page
    opinion = url.rsplit("/", 2)[0] + f"/opinion/{line.line_key}/"
    refused = Client().post(opinion, {"stance": "dissent"}, headers=HTMX)
    assert "what should be different" in refused.content.decode()
    Client().post(opinion, {"stance": "dissent", "importance": "2", "reason": "We teach it."})
    with acting(cast.actor("administrator")):
        said = LineOpinion.objects.select_related("employer").get()
    assert (said.employer, said.said_by, said.importance) == (cast.employer, "Ana", 2)
    agreed = Client().post(opinion, {"stance": "agree"}, headers=HTMX).content.decode()
    assert "Right for you" in agreed
    share = f"skill.l{line.line_key}"
    Client().post(saves(url), {"field": share, share: "75"})
    with acting(cast.actor("administrator")):
        assert Answer.objects.get().skills.get().share == 75


def two_places(cast: Cast, roles: int = 1) -> tuple[str, Any, list[str]]:
    """A link, its wave, and the page addresses of the first role at two places."""
    wave = make_wave(cast, roles=roles)
    start, _invitation, _wave = link(cast, wave=wave)
    with acting(cast.actor("administrator"), "tests.make"):
        annex = Site.objects.create(organisation=cast.employer, name="Annex")
    url = question(cast, start, wave)
    return (
        start,
        wave,
        [url, url.replace(str(cast.sites["employer"].public_id), str(annex.public_id))],
    )


def test_what_holds_for_all_places_is_asked_once(cast: Cast) -> None:
    start, wave, (first, second) = two_places(cast)
    client = Client()
    name = f"q.{wave.asked[0]}.growth.likely"
    page = client.get(first).content.decode()
    assert "Save and add Annex" in page
    place = second.split("/")[-3]
    on = client.post(first, {name: "4", "refill_share": "25", "place": place})
    assert on["Location"] == second
    assert "refill_share" not in client.get(second).content.decode()
    assert client.post(second, {name: "2"})["Location"] == first.replace("numbers", "work")
    work = first.replace("numbers", "work")
    assert "Counts for Main site, Annex." in client.get(work).content.decode()
    assert client.post(work, {"wage_low": "19"})["Location"].endswith("/offers/")
    client.post(first.replace("numbers", "offers"), {"offer.mentors": "1"})
    assert client.post(start + "send/").status_code == 302
    with acting(cast.actor("administrator")):
        main, annex = Answer.objects.order_by("site")
        assert (str(annex.wage_low), annex.refill_share) == ("19.00", 25)
        assert (main.offers.count(), annex.offers.count()) == (1, 0)
    client.post(saves(second), {"field": "wage_low", "wage_low": "21", "v.wage_low": "999999"})
    client.post(saves(first), {"field": "wage_low", "wage_low": "20", "v.wage_low": "999999"})
    with acting(cast.actor("administrator")):
        assert [str(one.wage_low) for one in Answer.objects.order_by("site")] == ["20.00", "21.00"]
    differs = client.post(work, {"wage_low": "20.00"})
    assert differs["Location"] == second.replace("numbers", "work")


def test_another_job_offers_what_was_said_of_the_first(cast: Cast) -> None:
    start, wave, (first, _second) = two_places(cast, roles=2)
    with acting(cast.actor("administrator")):
        one, two = access.roles(wave)
    client = Client()
    offers = first.replace("numbers", "offers")
    client.post(
        offers,
        {
            "offer.externship_places": "1",
            "offer.externship_places.number": "4",
            "offer.mentors": "1",
        },
    )
    again = offers.replace(str(one.public_id), str(two.public_id))
    page = client.get(again).content.decode()
    assert "Is the rest as for Nursing assistant?" in page
    assert "Externship places" in page
    assert client.post(again, {"same": "1"})["Location"] == start + "send/"
    with acting(cast.actor("administrator")):
        answer = Answer.objects.get(role=two)
        kept = answer.offers.values_list("kind", "quantity")
        assert set(kept) == {("externship_places", 4), ("mentors", None)}
    assert "Is the rest as for" not in client.get(again).content.decode()


def test_what_was_said_last_time_is_confirmed_by_one_tap(cast: Cast) -> None:
    wave = make_wave(cast)
    start, _invitation, _wave = link(cast, wave=wave)
    work = question(cast, start, wave, "work")
    Client().post(question(cast, start, wave), {f"q.{wave.asked[0]}.growth.likely": "4"})
    Client().post(work, {"wage_low": "19", "point.staying.pay": "1"})
    Client().post(start + "send/")
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    later = make_wave(cast, collaborative=wave.collaborative, name="Later", previous=wave)
    start, _invitation, _wave = link(cast, wave=later)
    numbers = Client().get(question(cast, start, later)).content.decode()
    assert "Is it as last time?" not in numbers, "other quarters are asked for"
    page = Client().get(question(cast, start, later, "work")).content.decode()
    assert "Is it as last time?" in page
    assert "$19.00" in page
    Client().post(
        question(cast, start, later, "work"),
        {"same": "1", "wage_low": "19.00", "point.staying.pay": "1"},
    )
    with acting(cast.actor("administrator")):
        assert str(Answer.objects.get(wave=later).wage_low) == "19.00"


def test_all_lines_of_the_profile_are_agreed_with_at_once(cast: Cast) -> None:
    start, _invitation, wave = link(cast)
    with_profile(cast, wave)
    url = question(cast, start, wave, "skills")
    assert "All of this is right for us" in Client().get(url).content.decode()
    done = Client().post(url.rsplit("/", 2)[0] + "/opinions/")
    assert done["Location"] == url
    with acting(cast.actor("administrator")):
        said = LineOpinion.objects.get()
        assert (said.stance, said.said_by) == ("agree", "Ana")
    assert "All of this is right for us" not in Client().get(url).content.decode()
