"""Where people come from, as others see it: one function in page, chart, file and API, and no more."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.demand.regional import access as regional
from backcast.training.models import FlowPublication, HireSource, PublishedSource
from bench.disclosure.attack import World, narrowest
from tests.cast import Cast
from tests.web.flows.make import make_counted, make_shared


def read(cast: Cast, who: str, occupation) -> dict[str, int]:
    """Source → people, as page, chart, file and API say it; they must say the same."""
    client = cast.client(who)
    url = reverse("flows:occupation", args=[occupation.public_id])
    if who == "administrator":
        url = reverse("flows:shown", args=[occupation.public_id])
    page = client.get(url).content.decode()
    table = page.split("Sources of hires")[1].split("</table>")[0]
    told = {}
    for name, rest in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table, re.S):
        cell = re.search(r"<td[^>]*>(.*?)</td>", rest, re.S)[1]
        if "not shown" not in cell:
            told[name] = int(cell)
    drawn = json.loads(re.search(r'id="came-data"[^>]*>(.*?)</script>', page)[1])
    assert {each["source"]: each["value"] for each in drawn["links"]} == told
    file = client.get(url + "?export=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    hired = [row for row in rows if row[0].startswith("Hired")]
    assert {r[1]: int(r[3]) for r in hired if r[1] != "All sources" and r[3] != "not shown"} == told
    assert any(row[0] == regional.POLICY_TERM for row in rows)
    answer = client.get(reverse("api:talent-flow", args=[occupation.public_id])).json()
    sources = {x["name"]: x["people"] for x in answer["sources"] if x["people"] is not None}
    assert sources == told
    if answer["total"] is not None:
        told[""] = answer["total"]
        assert f">{answer['total']}<" in re.sub(r"\s", "", page)
    return told


def test_everybody_reads_the_same_and_nobody_what_one_employer_counted(cast: Cast) -> None:
    occupation = make_shared(cast)
    told = [
        read(cast, who, occupation)
        for who in ("employer", "other_employer", "provider", "funder", "administrator")
    ]
    assert all(each == told[0] for each in told)
    shown = told[0]
    assert len(shown) > 2, shown
    assert shown["Straight from high school"] == 64
    assert "Moved here from elsewhere" not in shown
    with acting(cast.actor("administrator")):
        rows = list(HireSource.objects.all())
        labels = dict(HireSource.Kind.choices)
        kinds = sorted({row.kind for row in rows})
        who = sorted({row.employer_id for row in rows})
        numbers = np.zeros((len(who), len(kinds)))
        for row in rows:
            numbers[who.index(row.employer_id), kinds.index(row.kind)] += row.hires

    def mask(*wanted: str) -> np.ndarray:
        return np.array([kind in wanted for kind in kinds])

    facts = {}
    apart = [kind for kind in kinds if str(labels[kind]) in shown]
    for kind in apart:
        facts[(kind,)] = (mask(kind), shown[str(labels[kind])])
    rest = "All that is not shown by itself"
    if rest in shown:
        facts[("rest",)] = (mask(*(k for k in kinds if k not in apart)), shown[rest])
    if "" in shown:
        facts[("all",)] = (mask(*kinds), shown[""])
    for inside, value in facts.values():
        assert numbers[:, inside].sum() == value
    world = World(
        tuple(map(str, who)),
        tuple((kind,) for kind in kinds),
        numbers,
        np.ones(len(who)),
        {name: (inside, value - 0.5, value + 0.5) for name, (inside, value) in facts.items()},
        {("all",): mask(*kinds)} | {(kind,): mask(kind) for kind in kinds},
    )
    with acting(cast.actor("administrator")):
        rule, _entry = regional.rule_on(timezone.localdate())
    found = narrowest(world)
    assert found.width >= rule.width - 1e-6, str(found)


def test_before_it_is_published_others_see_nothing(cast: Cast) -> None:
    role = make_counted(cast)
    url = reverse("flows:role", args=[role.public_id])
    assert "Nothing is published yet" in cast.client("employer").get(url).content.decode()
    staff = cast.client("member").get(url).content.decode()
    assert "Only staff see this page" in staff
    assert "Publish the hires of" in staff
    missing = reverse("api:talent-flow", args=[role.occupation.public_id])
    assert cast.client("funder").get(missing).status_code == 404


def test_a_year_is_published_once(cast: Cast) -> None:
    occupation = make_shared(cast)
    url = reverse("flows:publish", args=[occupation.public_id])
    again = cast.client("member").post(url, follow=True).content.decode()
    assert "Only the counts of a year that is over" in again
    with acting(cast.actor("administrator")):
        assert FlowPublication.objects.count() == 1


@pytest.mark.parametrize("who", ["support", "foreign"])
def test_the_database_keeps_published_flows_from_outsiders(cast: Cast, who: str) -> None:
    make_shared(cast)
    with acting(cast.actor(who)):
        assert not FlowPublication.objects.exists()
        assert not PublishedSource.objects.exists()
    with acting(cast.actor("funder")):
        assert PublishedSource.objects.exists()
        assert not HireSource.objects.exists()
