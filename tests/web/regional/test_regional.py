"""Pages, chart and files of regional demand say the same, and no more than is published."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import Publication, PublishedFigure
from backcast.demand.regional import access, actions, picture
from tests.cast import Cast
from tests.demand.regional.make import make_answered, make_published


def page(cast: Cast, who: str, publication, query: str = "") -> str:
    if not isinstance(publication, str):
        publication = reverse("regional:published", args=[publication.public_id])
    return cast.client(who).get(publication + query).content.decode()


def test_page_chart_file_and_api_show_the_same_figures(cast: Cast) -> None:
    publication = make_published(cast)
    with acting(cast.actor("administrator")):
        figures = PublishedFigure.objects.filter(publication=publication, measure="openings")
        published = sorted(figures.values_list("value", flat=True))
        picture = access.published_picture(publication)
    client = cast.client("other_employer")
    file = client.get(reverse("regional:published_export", args=[publication.public_id, "csv"]))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    needed = [row for row in rows if row[0] == "People needed"]
    assert sorted(int(row[6]) for row in needed if row[6] != "not shown") == published
    assert sum(row[6] == "not shown" for row in needed) == picture.withheld
    answer = client.get(reverse("api:regional-picture", args=[publication.public_id])).json()
    assert sorted(each["people"] for each in answer["figures"]) == published
    assert answer["withheld"] == picture.withheld
    drawn = json.loads(
        re.search(
            r'id="needed-data"[^>]*>(.*?)</script>', page(cast, "other_employer", publication)
        )[1]
    )
    values = [value for value in drawn["series"][0]["values"] if value is not None]
    assert set(values) <= set(published)


@pytest.mark.parametrize("who", ["employer", "other_employer", "provider", "funder"])
def test_everybody_else_reads_the_same_to_the_letter(cast: Cast, who: str) -> None:
    """No address, filter or parameter brings more: what is not a role of the wave is ignored."""
    publication = make_published(cast)
    texts = {
        query: re.sub(
            r"\s+",
            " ",
            re.sub(r"<header.*?</header>", "", page(cast, who, publication, query), flags=re.S),
        )
        for query in ("", "?role=0", "?role=*", "?employer=1", "?area=1&quarter=2027-Q1")
    }
    tables = {
        re.sub(r'name="csrf[^>]*>', "", text.split("<main")[1].split("</main>")[0])
        for text in texts.values()
    }
    assert len(tables) == 1


def test_no_name_of_an_employer_and_no_wage_stands_in_what_others_see(cast: Cast) -> None:
    publication = make_published(cast)
    client = cast.client("provider")
    texts = [
        page(cast, "provider", publication).split("<main")[1].split("</main>")[0],
        client.get(reverse("api:regional-picture", args=[publication.public_id])).content.decode(),
        client.get(
            reverse("regional:published_export", args=[publication.public_id, "csv"])
        ).content.decode(),
    ]
    for text in texts:
        assert "Hospital" not in text
        assert "Clinic" not in text
        assert "wage" not in text.lower()


def test_before_it_is_published_others_see_nothing(cast: Cast) -> None:
    wave = make_answered(cast)
    for who in ("employer", "provider", "funder"):
        assert (
            "Nothing is published yet"
            in cast.client(who).get(reverse("regional:list")).content.decode()
        )
        for name, args in (
            ("regional:wave", [wave.public_id]),
            ("regional:wave_export", [wave.public_id, "csv"]),
        ):
            assert cast.client(who).get(reverse(name, args=args)).status_code == 404


def test_staff_publish_from_the_page(cast: Cast) -> None:
    wave = make_answered(cast)
    client = cast.client("administrator")
    shown = client.get(reverse("regional:wave", args=[wave.public_id])).content.decode()
    assert "Publish to others" in shown
    assert "Only staff see this page" in shown
    waiting = reverse("regional:publishing", args=[wave.public_id])
    answer = client.post(reverse("regional:publish", args=[wave.public_id]), follow=True)
    assert answer.redirect_chain == [(waiting, 302)]
    assert f'hx-get="{waiting}"' in answer.content.decode()
    again = client.get(reverse("regional:wave", args=[wave.public_id])).content.decode()
    assert "It is being worked out what others may see." in again
    assert "Publish to others" not in again
    actions.carry_out_publishing(wave.pk, actor=cast.actor("member"))
    with acting(cast.actor("viewer")):
        url = reverse("regional:published", args=[Publication.objects.get().public_id])
    assert client.get(waiting, headers={"HX-Request": "true"})["HX-Redirect"] == url
    shown = client.get(waiting, follow=True).content.decode()
    assert "This is what others see." in shown
    assert "Some figures are not shown" in shown
    assert "This is what others see." not in page(cast, "funder", url)


def test_staff_read_why_a_wave_could_not_be_published_and_try_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = make_answered(cast)
    actions.request_publishing(wave, actor=cast.actor("member"))
    with monkeypatch.context() as patch:
        patch.setattr(actions, "publish", None)
        actions.carry_out_publishing(wave.pk, actor=cast.actor("member"))
    waiting = reverse("regional:publishing", args=[wave.public_id])
    polled = cast.client("member").get(waiting, headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"
    for who, may in (("member", True), ("viewer", False)):
        for url in (waiting, reverse("regional:wave", args=[wave.public_id])):
            shown = cast.client(who).get(url).content.decode()
            assert "Something went wrong" in shown
            assert (reverse("regional:publish", args=[wave.public_id]) in shown) is may


def test_a_wave_too_large_for_labor_areas_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "too many roles and quarters to be split by labor area"
    publication = make_published(cast)
    assert words not in page(cast, "funder", publication)
    monkeypatch.setattr(picture, "MOST_BY_AREA", 1)
    full = reverse("regional:wave", args=[publication.wave.public_id])
    assert words in cast.client("viewer").get(full).content.decode()
    with acting(cast.actor("administrator"), "tests.enlarge"):
        Publication.objects.update(without_areas=True)
    assert words in page(cast, "funder", publication)


def test_an_employer_says_who_was_hired(cast: Cast) -> None:
    make_answered(cast)
    client = cast.client("employer")
    url = reverse("regional:hires")
    first = client.get(url)
    form = first.context["form"]
    with acting(cast.actor("employer")):
        role = form.fields["role"].queryset.get(title="Nursing assistant")
    quarter = form.fields["quarter"].choices[0][0]
    wrong = client.post(url, {"role": role.pk, "quarter": quarter, "people": ""})
    assert wrong.status_code == 200
    done = client.post(url, {"role": role.pk, "quarter": quarter, "people": "4"}, follow=True)
    assert "Noted. Thank you." in done.content.decode()
    assert (
        "Test Hospital"
        not in cast.client("other_employer")
        .get(url)
        .content.decode()
        .split("<main")[1]
        .split("</main>")[0]
    )
