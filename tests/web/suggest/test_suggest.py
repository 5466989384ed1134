"""A pasted text, what is found in it, what a person decides, and what is remembered of that."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand import access
from backcast.demand.models import Need, NeedRequirement
from backcast.frameworks import suggesting, tasks
from backcast.frameworks.actions import add_competency, archive
from backcast.frameworks.models import Competency, LinkDecision
from backcast.frameworks.suggesting import Said, suggest
from backcast.training.modules.actions import change_module
from tests.cast import TESTS, Cast
from tests.demand.make import make_need
from tests.demand.profiles.make import make_version
from tests.web.coverage.make import make_world

POSTING = """We are hiring.
- Draws blood from patients and labels each sample
- Keeps electronic health records up to date
- Qwertzy zxcvb asdfgh
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)


@pytest.fixture
def skills(cast: Cast) -> dict[str, Competency]:
    """Three skills of the cast's region among many others, and one of another region."""
    made = {}
    with acting(TESTS, "tests.make"):
        Competency.objects.bulk_create(
            Competency(region=cast.region, kind="skill", statement=text, folded=text)
            for text in ("drive a truck", "weld steel plates", "count the stock", "sell shoes")
        )
    for statement in ("draw blood", "keep health records", "label blood samples"):
        values = {"statement": statement, "kind": "skill", "description": ""}
        made[statement] = add_competency(values, {}, actor=cast.actor("administrator"))
    values = {"statement": "draw blood abroad", "kind": "skill", "description": ""}
    made["foreign"] = add_competency(values, {}, actor=cast.actor("foreign"))
    return made


def found(cast: Cast, who: str, text: str = POSTING) -> dict[str, float]:
    with acting(cast.actor(who)):
        answer = suggest(text, actor=cast.actor(who))
    return {each.competency.statement: each.probability for each in answer.suggestions}


def said(competency: Competency, accepted: bool, span: str) -> Said:
    return Said(competency, span, 0.5, accepted)


def requirements(need: Need, cast: Cast) -> set[tuple[str, str]]:
    with acting(cast.actor("administrator")):
        rows = NeedRequirement.objects.filter(need=need).select_related("competency", "credential")
        return {(row.name, row.importance) for row in rows}


def chosen(page: Any, yes: set[str], no: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    """What the form sends when these statements are accepted and rejected."""
    body = page.content.decode()
    data = {"step": "keep"}
    for number, block in enumerate(body.split("data-one>")[1:]):
        name = re.search(r'bc-suggest__name">([^<]+)<', block)
        assert name
        for field in ("competency", "span", "probability"):
            value = re.search(rf'name="{field}-{number}" value="([^"]*)"', block)
            assert value
            data[f"{field}-{number}"] = value[1]
        data[f"decision-{number}"] = "yes" if name[1] in yes else "no" if name[1] in no else ""
    return data


def test_what_a_text_asks_for_is_found_with_the_words_that_say_so(
    cast: Cast, skills: dict[str, Competency]
) -> None:
    with acting(cast.actor("employer")):
        answer = suggest(POSTING, actor=cast.actor("employer"))
    names = [each.competency.statement for each in answer.suggestions]
    assert {"draw blood", "keep health records"} <= set(names)
    assert "draw blood abroad" not in names
    first = next(each for each in answer.suggestions if each.competency.statement == "draw blood")
    assert "blood" in first.words
    assert first.span == "Draws blood from patients and labels each sample"
    assert "Qwertzy zxcvb asdfgh" in answer.silent


def test_what_is_there_already_is_not_suggested(cast: Cast, skills: dict[str, Competency]) -> None:
    with acting(cast.actor("employer")):
        answer = suggest(POSTING, actor=cast.actor("employer"), without={skills["draw blood"].pk})
    assert "draw blood" not in {each.competency.statement for each in answer.suggestions}
    assert answer.there == (skills["draw blood"],)
    with acting(cast.actor("employer")):
        elsewhere = suggest(
            "Sell shoes.", actor=cast.actor("employer"), without={skills["draw blood"].pk}
        )
    assert elsewhere.there == ()


def test_a_text_whose_skills_are_all_there_says_so(
    cast: Cast, skills: dict[str, Competency]
) -> None:
    need = make_need(cast)
    client = cast.client("employer")
    asked = reverse("suggest:find", args=["need", need.public_id])
    client.post(
        asked, chosen(client.post(asked, {"step": "find", "text": "Draw blood"}), {"draw blood"})
    )
    text = post(client, need, "Draw blood").content.decode()
    assert "1 skill that the text seems to ask for is there already" in text
    assert "No skills found" not in text
    assert "draw blood." in text


def test_a_decision_moves_the_next_ranking(cast: Cast, skills: dict[str, Competency]) -> None:
    text = "Draws blood from patients"
    before = found(cast, "administrator", text)["draw blood"]
    with acting(cast.actor("administrator")):
        suggesting.remember(
            [said(skills["draw blood"], False, text)], actor=cast.actor("administrator")
        )
    after = found(cast, "administrator", text).get("draw blood", 0.0)
    assert after < before
    with acting(cast.actor("administrator")):
        suggesting.remember(
            [said(skills["draw blood"], True, text)], actor=cast.actor("administrator")
        )
    assert found(cast, "administrator", text)["draw blood"] > before


def test_words_that_nothing_was_like_are_learnt(cast: Cast, skills: dict[str, Competency]) -> None:
    text = "Venipuncture on adults with labels"
    assert "keep health records" not in found(cast, "employer", text)
    with acting(cast.actor("employer")):
        suggesting.remember(
            [said(skills["keep health records"], True, text)], actor=cast.actor("employer")
        )
    assert "keep health records" in found(cast, "employer", text)
    # Another employer's ranking does not move, and it cannot read what was said.
    assert "keep health records" not in found(cast, "other_employer", text)
    with acting(cast.actor("other_employer")):
        assert not LinkDecision.objects.exists()
    with acting(cast.actor("administrator")):
        assert LinkDecision.objects.count() == 1


def test_the_last_word_counts(cast: Cast, skills: dict[str, Competency]) -> None:
    actor = cast.actor("employer")
    with acting(actor):
        suggesting.remember([said(skills["draw blood"], True, "Draws BLOOD")], actor=actor)
        suggesting.remember([said(skills["draw blood"], False, "draws blood")], actor=actor)
        assert [row.accepted for row in LinkDecision.objects.all()] == [False]


def test_an_archived_skill_is_not_suggested(cast: Cast, skills: dict[str, Competency]) -> None:
    assert "draw blood" in found(cast, "administrator")
    archive(skills["draw blood"], actor=cast.actor("administrator"))
    assert "draw blood" not in found(cast, "administrator")


def test_a_long_list_is_indexed_by_a_job(
    cast: Cast, skills: dict[str, Competency], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "ON_THE_SPOT", 1)
    need = make_need(cast)
    client = cast.client("employer")
    url = reverse("suggest:find", args=["need", need.public_id])
    waiting = client.post(url, {"step": "find", "text": POSTING}).content.decode()
    assert "being made ready" in waiting
    assert "Draws blood from patients" in waiting
    tasks.index_competencies(region=cast.region.pk)
    assert b"draw blood" in client.post(url, {"step": "find", "text": POSTING}).content


def test_an_employer_adds_what_it_accepts_and_nothing_else(
    cast: Cast, skills: dict[str, Competency]
) -> None:
    need = make_need(cast)
    client = cast.client("employer")
    url = reverse("suggest:find", args=["need", need.public_id])
    page = client.post(url, {"step": "find", "text": POSTING})
    assert b"<mark>" in page.content
    data = chosen(page, {"draw blood"}, {"keep health records"})
    data |= {"words": "Qwertzy zxcvb asdfgh", "how": "required"}
    kept = client.post(url, data)
    assert kept.url == reverse("needs:need", args=[need.public_id])
    got = requirements(need, cast)
    assert ("draw blood", "required") in got
    assert ("Qwertzy zxcvb asdfgh", "required") in got
    assert "keep health records" not in {name for name, _how in got}
    with acting(cast.actor("employer")):
        decided = {row.competency.statement: row.accepted for row in LinkDecision.objects.all()}
    assert decided == {"draw blood": True, "keep health records": False}
    # What the need names now is not offered again.
    again = client.post(url, {"step": "find", "text": POSTING}).content.decode()
    assert 'bc-suggest__name">draw blood<' not in again


def test_what_was_not_decided_changes_nothing(cast: Cast, skills: dict[str, Competency]) -> None:
    need = make_need(cast)
    client = cast.client("employer")
    url = reverse("suggest:find", args=["need", need.public_id])
    before = requirements(need, cast)
    page = client.post(url, {"step": "find", "text": POSTING})
    client.post(url, chosen(page, set()))
    assert requirements(need, cast) == before
    with acting(cast.actor("administrator")):
        assert not LinkDecision.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"decision-0": "yes", "competency-0": "no-uuid"},
        {"decision-0": "yes"},
        {"decision-0": "yes", "competency-0": "00000000-0000-0000-0000-000000000000"},
        {"decision-0": "maybe", "probability-0": "nan"},
    ],
)
def test_a_form_that_was_tampered_with_adds_nothing(
    cast: Cast, skills: dict[str, Competency], bad: dict[str, str]
) -> None:
    need = make_need(cast)
    before = requirements(need, cast)
    client = cast.client("employer")
    answer = client.post(
        reverse("suggest:find", args=["need", need.public_id]), {"step": "keep"} | bad
    )
    assert answer.status_code == 302
    assert requirements(need, cast) == before


def test_a_skill_of_another_region_cannot_be_added(
    cast: Cast, skills: dict[str, Competency]
) -> None:
    need = make_need(cast)
    client = cast.client("employer")
    client.post(
        reverse("suggest:find", args=["need", need.public_id]),
        {
            "step": "keep",
            "decision-0": "yes",
            "competency-0": str(skills["foreign"].public_id),
            "span-0": "x",
            "probability-0": "0.9",
        },
    )
    assert "draw blood abroad" not in {name for name, _how in requirements(need, cast)}


def post(client: Client, need: Need, text: str) -> Any:
    return client.post(
        reverse("suggest:find", args=["need", need.public_id]), {"step": "find", "text": text}
    )


@pytest.mark.parametrize("text", ["", "   \n", "\0"])
def test_an_empty_text_is_asked_for_again(cast: Cast, text: str) -> None:
    answer = post(cast.client("employer"), make_need(cast), text)
    assert answer.status_code == 422
    assert b"Paste a text first" in answer.content


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script><li>Draws blood</li>",
        "Extrae sangre y etiqueta las muestras. " * 3,
        "blood " * 50_000,
        '"><img src=x onerror=alert(1)> blood',
        "x" * 390_000,
    ],
    ids=["html", "spanish", "50,000 words", "hostile", "one word"],
)
def test_texts_of_every_kind_are_answered(
    cast: Cast, skills: dict[str, Competency], text: str
) -> None:
    answer = post(cast.client("employer"), make_need(cast), text)
    assert answer.status_code == 200
    assert b"<img src=x" not in answer.content
    assert b"<script>alert" not in answer.content


def test_the_page_takes_the_same_queries_for_few_and_many_lines(
    cast: Cast, skills: dict[str, Competency], query_count: Any
) -> None:
    client, need = cast.client("employer"), make_need(cast)
    post(client, need, POSTING)
    counts = []
    for lines in (2, 200):
        text = "\n".join(f"- Draws blood from patient {n}" for n in range(lines))
        with query_count() as queries:
            post(client, need, text)
        counts.append(queries.count)
    assert counts[0] == counts[1], counts
    assert counts[0] < 25


def test_the_need_still_says_what_it_said(cast: Cast, skills: dict[str, Competency]) -> None:
    need = make_need(cast)
    with acting(cast.actor("employer")):
        before = access.statement(access.need(cast.actor("employer"), need.public_id))
    client = cast.client("employer")
    url = reverse("suggest:find", args=["need", need.public_id])
    client.post(url, chosen(client.post(url, {"step": "find", "text": POSTING}), {"draw blood"}))
    with acting(cast.actor("employer")):
        after = access.statement(access.need(cast.actor("employer"), need.public_id))
    assert after.openings == before.openings
    assert set(before.requirements) < set(after.requirements)


def test_staff_add_lines_to_a_profile(cast: Cast, skills: dict[str, Competency]) -> None:
    version = make_version(cast, "draft")
    client = cast.client("administrator")
    url = reverse("suggest:find", args=["profile", version.public_id])
    assert (
        url
        in client.get(
            reverse("profiles:edit", args=[version.profile.public_id, version.number])
        ).content.decode()
    )
    page = client.post(url, {"step": "find", "text": POSTING})
    kept = client.post(url, chosen(page, {"draw blood"}) | {"how": "required"})
    assert kept.url.endswith("/edit/")
    line = version.lines.get(competency=skills["draw blood"])
    assert (line.necessity, line.origin) == ("required", "linked")


def test_an_approved_profile_is_not_changed_by_a_text(
    cast: Cast, skills: dict[str, Competency]
) -> None:
    version = make_version(cast, "approved")
    client = cast.client("administrator")
    url = reverse("suggest:find", args=["profile", version.public_id])
    page = client.post(url, {"step": "find", "text": POSTING})
    refused = client.post(url, chosen(page, {"draw blood"}), follow=True)
    assert "Begin the next one to change it" in refused.content.decode()
    assert not version.lines.filter(competency=skills["draw blood"]).exists()
    with acting(cast.actor("administrator")):
        assert not LinkDecision.objects.exists()


def test_a_provider_finds_skills_in_an_outline(cast: Cast, skills: dict[str, Competency]) -> None:
    world = make_world(cast)
    client = cast.client("provider")
    change_module(world.lab, {"outline": POSTING}, actor=cast.actor("provider"))
    url = reverse("suggest:find", args=["module", world.lab.public_id])
    page = client.get(url).content.decode()
    assert "Draws blood from patients" in page
    found = client.post(url, {"step": "find", "text": POSTING})
    client.post(url, chosen(found, {"draw blood"}) | {"how": "A"})
    outcome = world.lab.outcomes.get(competency=skills["draw blood"])
    assert (outcome.introduces, outcome.assesses) == (False, True)
