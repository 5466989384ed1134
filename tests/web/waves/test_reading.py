"""An employer is done in ten minutes: words, taps and typing counted."""

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

#: What the profiles ask for: each role something else.
SKILLS = (
    (
        "Take and record vital signs",
        "Help people to move and turn safely",
        "Keep hands and tools clean",
        "Report changes to a nurse at once",
        "Speak calmly with worried people",
        "Write down what was done",
    ),
    (
        "Draw blood from adults and children",
        "Label each tube at the bedside",
        "Choose the right needle and site",
        "Pack samples for transport",
        "Act when somebody faints",
        "Check who the patient is, twice",
    ),
    (
        "Room patients and ask for their history",
        "Give injections under a protocol",
        "Record an electrocardiogram",
        "Book visits in the office software",
        "Prepare the room for small surgery",
        "Explain a form in plain words",
    ),
    (
        "Give medicines by mouth and skin",
        "Dress and watch wounds",
        "Place and care for a catheter",
        "Plan the care of a shift",
        "Lead two or three aides",
        "Hand over to the next shift",
    ),
)


def with_profile(cast: Cast, wave: Wave) -> None:
    staff = cast.actor("administrator")
    with acting(staff):
        roles = access.roles(wave)
    for role, skills in zip(roles, SKILLS, strict=False):
        version = profiles.begin_profile(role, actor=staff)
        lines = [
            NewLine(Subject.WORDS, Named(0, text), Necessity.REQUIRED, 4, learned=Learned.EITHER)
            for text in skills
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
        fields |= dict(re.findall(r'name="(refill_share)"[^>]* value="([^"]*)" checked', page))
        done = client.post(url, fields | said | more)
        assert done.status_code == 302, done.content.decode()
        url = done["Location"]
    effort.read("send", client.get(url).content.decode())
    effort.buttons += 1
    assert client.post(url).status_code == 302
    effort.read("sent", client.get(start + "sent/").content.decode())
    return effort


CASES = {
    "typical": {"roles": 3, "places": 1, "short": False},
    "large": {"roles": 4, "places": 2, "short": False},
    "large and short": {"roles": 4, "places": 2, "short": True},
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", CASES)
def test_the_questions_take_ten_minutes_at_most(
    cast: Cast, record_property: Any, language: str, case: str
) -> None:
    staff = cast.actor("administrator")
    asked = CASES[case]
    wave = make_wave(cast, roles=asked["roles"], short_form=asked["short"])
    with_profile(cast, wave)
    if asked["places"] == 2:
        with acting(staff, "tests.make"):
            Site.objects.create(organisation=cast.employer, name="Annex")
    invitation, token = make_invited(cast, wave, language=language)
    start = reverse("waves:link_start", args=[invitation.public_id, token])
    effort = answered(Client(), start, language)
    said = (
        f"{case}, {language}: {effort.pages} pages, {effort.words} words ({effort.new_words} new),"
        f" {effort.answers + effort.buttons} taps, {effort.signs} signs:"
        f" {effort.reading_anew:.1f} + {effort.hands:.1f} = {effort.minutes_anew:.1f} minutes,"
        f" with texts recognized {effort.minutes:.1f}"
    )
    with acting(staff):
        sent = Answer.objects.filter(wave=wave, sent_at__isnull=False)
        assert sent.count() == asked["roles"] * asked["places"]
        assert set(sent.values_list("refill_share", flat=True)) == {25}
    assert effort.minutes <= 10, (said, effort.by_page)
    if case != "large":
        assert effort.minutes_anew <= 10, (said, effort.by_page)
    record_property("minutes", said)
