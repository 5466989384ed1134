"""Own items: added, changed, archived and brought back by the region's staff only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from backcast.core.actor import Actor, NotAllowed, system
from backcast.frameworks import access, actions
from backcast.frameworks.loading import load_onet
from backcast.frameworks.models import Occupation
from tests.cast import Cast
from tests.frameworks.release import ASSISTANT, tables, write

ADDING: list[Callable[[Actor], Any]] = [
    lambda actor: actions.add_occupation({"title": "Patient Navigator"}, actor=actor),
    lambda actor: actions.add_competency(
        {"statement": "Greets patients", "kind": "skill"}, {1: "With help"}, actor=actor
    ),
    lambda actor: actions.add_credential(
        {"name": "Test Certificate", "kind": "certificate"}, actor=actor
    ),
]


@pytest.mark.parametrize("add", ADDING)
def test_staff_add_own_items_and_nobody_else(cast: Cast, add: Callable[[Actor], Any]) -> None:
    made = add(cast.actor("member"))
    assert made.region_id == cast.region.pk
    with pytest.raises(NotAllowed):
        add(cast.actor("viewer"))
    for key in ("employer", "provider", "funder", "support"):
        with pytest.raises(Http404):
            add(cast.actor(key))


@pytest.mark.parametrize("add", ADDING)
def test_items_are_archived_and_brought_back(cast: Cast, add: Callable[[Actor], Any]) -> None:
    actor = cast.actor("member")
    made = add(actor)
    assert actions.archive(made, actor=actor).is_archived
    again = add(actor)
    with pytest.raises(ValidationError, match=r"already"):
        actions.bring_back(made, actor=actor)
    actions.archive(again, actor=actor)
    made.refresh_from_db()
    assert not actions.bring_back(made, actor=actor).is_archived


@pytest.mark.parametrize("add", ADDING)
def test_the_same_name_twice_is_refused_in_words(cast: Cast, add: Callable[[Actor], Any]) -> None:
    add(cast.actor("member"))
    with pytest.raises(ValidationError, match="already"):
        add(cast.actor("member"))
    add(cast.actor("foreign"))


@pytest.mark.parametrize("add", ADDING)
def test_another_regions_items_are_out_of_reach(cast: Cast, add: Callable[[Actor], Any]) -> None:
    made = add(cast.actor("member"))
    with pytest.raises(Http404):
        actions.archive(made, actor=cast.actor("foreign"))
    reach = getattr(access, type(made).__name__.lower())
    assert reach(cast.actor("employer"), made.public_id) == made
    with pytest.raises(Http404):
        reach(cast.actor("foreign"), made.public_id)


def test_levels_are_described_and_changed(cast: Cast) -> None:
    actor = cast.actor("member")
    values = {"statement": "Draws blood", "kind": "skill", "description": ""}
    made = actions.add_competency(values, {1: "On a model", 3: "On adults", 5: " "}, actor=actor)
    assert made.scale_id == "BC"
    assert {a.value: a.description for a in made.anchors.all()} == {1: "On a model", 3: "On adults"}
    actions.change_competency(made, values, {3: "On adults, alone", 4: "On children"}, actor=actor)
    assert {a.value: a.description for a in made.anchors.all()} == {
        3: "On adults, alone",
        4: "On children",
    }
    actions.change_competency(made, values, {}, actor=actor)
    assert (made.scale_id, made.anchors.count()) == (None, 0)
    with pytest.raises(ValidationError, match="1 to 5"):
        actions.change_competency(made, values, {7: "Too far"}, actor=actor)


@pytest.mark.parametrize("months", [0, 601])
def test_an_absurd_renewal_is_refused(cast: Cast, months: int) -> None:
    values = {"name": "Test", "kind": "licence", "renewal_months": months}
    with pytest.raises(ValidationError, match="1 to 600 months"):
        actions.add_credential(values, actor=cast.actor("member"))


def test_loaded_occupations_cannot_be_changed(cast: Cast, tmp_path: Path) -> None:
    load_onet(write(tmp_path, "29.0", tables()), actor=system("tests"))
    loaded = Occupation.objects.get(code=ASSISTANT)
    with pytest.raises(Http404):
        actions.change_occupation(loaded, {"title": "Mine"}, actor=cast.actor("member"))
    with pytest.raises(Http404):
        actions.archive(loaded, actor=cast.actor("member"))
    with pytest.raises(Http404):
        access.own_occupation(cast.actor("member"), loaded.public_id)


def test_a_choice_is_read_by_code_or_title(cast: Cast, tmp_path: Path) -> None:
    load_onet(write(tmp_path, "29.0", tables()), actor=system("tests"))
    actor = cast.actor("member")
    for text in (
        "Medical Assistants (31-9092.00)",
        "31-9092",
        "31-9092.00",
        " medical assistants ",
    ):
        found = access.from_choice(actor, text)
        assert found is not None
        assert found.code == ASSISTANT
    assert access.from_choice(actor, "Sorcerers") is None
    assert access.from_choice(actor, "") is None


def test_abbreviations_are_searched_with_the_name(cast: Cast) -> None:
    made = actions.add_credential(
        {"name": "Certified Nurse Aide", "abbreviation": "CNA", "kind": "certification"},
        actor=cast.actor("member"),
    )
    assert made.folded == "certified nurse aide|cna"
    assert str(made) == "Certified Nurse Aide (CNA)"
