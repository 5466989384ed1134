"""An employer with four roles at two sites is done in ten minutes: words, taps and typing counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.figures import Named
from backcast.demand.models import Answer, Wave
from backcast.demand.profiles import actions as profiles
from backcast.demand.profiles.values import Learned, Necessity, NewLine, Subject
from backcast.demand.waves import access
from backcast.partners.models import Site
from tests.cast import Cast
from tests.demand.waves.make import make_invited, make_wave
from tests.web.waves.reading import Effort

#: What the profile of each role asks for.
SKILLS = (
    "Take and record vital signs",
    "Help people to move and turn safely",
    "Keep hands and tools clean",
    "Report changes to a nurse at once",
    "Speak calmly with worried people",
    "Write down what was done",
)


def with_profile(cast: Cast, wave: Wave) -> None:
    staff = cast.actor("administrator")
    with acting(staff):
        roles = access.roles(wave)
    for role in roles:
        version = profiles.begin_profile(role, actor=staff)
        lines = [
            NewLine(Subject.WORDS, Named(0, text), Necessity.REQUIRED, 4, learned=Learned.EITHER)
            for text in SKILLS
        ]
        profiles.add_lines(version, lines, actor=staff)
        profiles.open_version(version, actor=staff)


def given(page: str, part: str) -> dict[str, Any]:
    """What a typical employer says on a page: most groups a little, nothing twice."""
    names = list(dict.fromkeys(re.findall(r'name="v\.([^"]+)"', page)))
    open_form = page.split("data-folded")[0]
    shown = [name for name in names if f'name="{name}"' in open_form]
    if part == "numbers":
        likely = [name for name in shown if name.endswith(".likely")]
        return {
            "staff_now": "40",
            **dict.fromkeys(likely[:1] + likely[2:3], "4"),
            next(name for name in shown if name.startswith("sure.")): "medium",
        } | ({"refill_share": "25"} if "refill_share" in shown else {})
    if part == "work":
        said = {"wage_low": "19.50", "wage_high": "22"}
        if "point.expectation.weekends" in shown:
            said |= dict.fromkeys(
                ("point.expectation.weekends", "point.starting.few_apply", "point.staying.pay"), "1"
            )
        return {name: value for name, value in said.items() if name in shown}
    if part == "skills":
        return {name: "50" for name in shown if name.startswith("skill.")}
    if part == "offers":
        said = {"offer.externship_places": "1", "offer.externship_places.number": "4"}
        said |= {"offer.guaranteed_interviews": "1"}
        return said if "offer.mentors" in shown else {}
    short = {"total.growth": "4", "total.turnover": "6", "sure": "medium"}
    if "refill_share" in shown:
        short |= {"refill_share": "25", "point.starting.pay": "1", "offer.mentors": "1"}
    return short


def answered(client: Client, start: str, language: str) -> Effort:
    """All of the questions, from the link to the thanks."""
    effort = Effort(language)
    first = client.get(start).content.decode()
    effort.read("start", first)
    effort.buttons += 1
    address = re.search(r'<a class="usa-button" href="([^"]+/)"', first)
    assert address
    url = address[1]
    while not url.endswith("/send/"):
        part = url.rstrip("/").split("/")[-1]
        page = client.get(url).content.decode()
        effort.read(part, page)
        said = given(page, part)
        effort.give(said)
        effort.buttons += 1
        if agree := re.search(r'action="([^"]+/opinions/)"', page):
            effort.answers += 1
            client.post(agree[1])
        more = {"same": "1"} if 'name="same"' in page else {}
        if place := re.search(r'name="place" value="([^"]+)"', page):
            more |= {"place": place[1]}
        assert set(said) <= set(re.findall(r'name="([^"]+)"', page))
        fields = dict(re.findall(r'name="(v\.[^"]+)" value="([^"]*)"', page))
        done = client.post(url, said | fields | more)
        assert done.status_code == 302, done.content.decode()
        url = done["Location"]
    effort.read("send", client.get(url).content.decode())
    effort.buttons += 1
    assert client.post(url).status_code == 302
    effort.read("sent", client.get(start + "sent/").content.decode())
    return effort


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("short", [False, True])
def test_four_roles_at_two_sites_take_ten_minutes_at_most(
    cast: Cast, record_property: Any, language: str, short: bool
) -> None:
    staff = cast.actor("administrator")
    wave = make_wave(cast, roles=4, short_form=short)
    with_profile(cast, wave)
    with acting(staff, "tests.make"):
        Site.objects.create(organisation=cast.employer, name="Annex")
    invitation, token = make_invited(cast, wave, language=language)
    start = reverse("waves:link_start", args=[invitation.public_id, token])
    effort = answered(Client(), start, language)
    said = (
        f"{'short' if short else 'long'} form, {language}: {effort.pages} pages,"
        f" {effort.words} words ({effort.new_words} new), {effort.answers + effort.buttons} taps, {effort.signs} signs:"
        f" {effort.reading:.1f} + {effort.hands:.1f} = {effort.minutes:.1f} minutes;"
        f" read anew {effort.reading_anew:.1f}"
    )
    with acting(staff):
        sent = Answer.objects.filter(wave=wave, sent_at__isnull=False)
        assert sent.count() == 8
    assert effort.minutes <= 10, (said, effort.by_page)
    record_property("minutes", said)
