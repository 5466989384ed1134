"""Frameworks of others become own competencies: once, again, and handed on unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from typer.testing import CliRunner

from backcast.cli import interchange
from backcast.core import actor as actors
from backcast.core.actor import NotAllowed, acting
from backcast.frameworks import actions, importing
from backcast.frameworks.importing import Effect, Format
from backcast.frameworks.interchange import case, ctdl
from backcast.frameworks.models import Competency, ImportedFramework
from backcast.frameworks.parsing.problems import FileProblem
from tests.cast import Cast
from tests.frameworks.interchange.test_case import as_bytes, errors, item, link, package
from tests.frameworks.interchange.test_ctdl import competency, graph

URN = "urn:uuid:{0.public_id}".format


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    """What was taken in lies behind row security: tests look at it as staff."""
    with acting(cast.actor("member")):
        yield


def taken(cast: Cast, raw: Any) -> ImportedFramework:
    return importing.take_in(as_bytes(raw), actor=cast.actor("member"))[0]


def test_items_become_own_competencies(cast: Cast) -> None:
    kept, preview = importing.take_in(as_bytes(package()), actor=cast.actor("member"))
    assert (kept.items_read, kept.items_used, preview.count(Effect.NEW)) == (3, 3, 3)
    pulse = Competency.objects.get(statement="Takes a pulse")
    assert (pulse.kind, pulse.region, pulse.description) == ("skill", cast.region, "At the wrist.")
    assert pulse.parent is not None
    assert (pulse.parent.statement, pulse.parent.kind) == ("Care for people", "group")
    assert [(each.value, each.description) for each in pulse.anchors.all()] == [
        (1, "With help"),
        (5, "Teaches others"),
    ]
    assert Competency.objects.get(statement="Knows the bones").kind == "knowledge"


def test_taking_in_again_changes_only_what_changed(cast: Cast) -> None:
    taken(cast, package())
    raw = package()
    raw["CFItems"][1]["fullStatement"] = "Takes a pulse at the wrist"
    raw["CFItems"].append(item(5, "Greets people"))
    before = {each.pk: each.updated_at for each in Competency.objects.all()}
    _kept, preview = importing.take_in(as_bytes(raw), actor=cast.actor("member"))
    assert [entry.effect for entry in preview.entries] == ["same", "changes", "same", "new"]
    assert ImportedFramework.objects.count() == 1
    touched = [
        each.statement
        for each in Competency.objects.order_by("pk")
        if before.get(each.pk) != each.updated_at
    ]
    assert touched == ["Takes a pulse at the wrist", "Greets people"]


def test_a_competency_of_the_same_words_is_tied_not_doubled(cast: Cast) -> None:
    own = actions.add_competency(
        {"statement": "takes a Pulse", "kind": "skill"}, {}, actor=cast.actor("member")
    )
    kept = taken(cast, package())
    assert own in [each.competency for each in kept.items.all()]
    assert Competency.objects.filter(region=cast.region).count() == 3


def test_what_was_taken_in_is_handed_on_unchanged_but_for_new_words(cast: Cast) -> None:
    raw = package(extensions={"theirs": [1, None, {"deep": True}]})
    raw["CFItems"][1]["unknown"] = {"kept": 1.5}
    kept = taken(cast, raw)
    assert importing.handed_on(kept) == raw
    pulse = Competency.objects.get(statement="Takes a pulse")
    actions.change_competency(
        pulse, {"statement": "Counts a pulse"}, {1: "With help"}, actor=cast.actor("member")
    )
    raw["CFItems"][1]["fullStatement"] = "Counts a pulse"
    assert importing.handed_on(ImportedFramework.objects.get()) == raw


def test_a_ctdl_framework_is_taken_in_and_handed_on(cast: Cast) -> None:
    raw = graph(
        competency(2, "Care for people", **{"ceasn:hasChild": ["https://x.org/3"]}),
        competency(3, "Takes a pulse", **{"ceasn:competencyText": {"es": "Toma el pulso"}}),
    )
    kept = taken(cast, raw)
    assert kept.format == Format.CTDL
    assert importing.handed_on(kept) == raw
    pulse = Competency.objects.get(statement="Toma el pulso")
    actions.change_competency(pulse, {"statement": "Cuenta"}, {}, actor=cast.actor("member"))
    raw["@graph"][2]["ceasn:competencyText"] = {"es": "Cuenta"}
    assert importing.handed_on(ImportedFramework.objects.get()) == raw


def test_long_statements_are_shortened_and_kept_whole(cast: Cast) -> None:
    long = "Explains care " * 40
    kept = taken(cast, package(CFItems=[item(2, long)], CFAssociations=[], CFRubrics=[]))
    found = Competency.objects.get()
    assert len(found.statement) <= 300
    assert found.statement.endswith("…")
    assert found.description == long.strip()
    assert importing.handed_on(kept)["CFItems"][0]["fullStatement"] == long


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"a": 1}, "neither a CASE package nor a CTDL-ASN"),
        (package(CFItems=[]), "no statement could be used"),
        (package(CFAssociations=[link(9, 2, 3), link(8, 3, 2)]), "ring"),
    ],
)
def test_refusals_say_what_is_wrong_and_leave_nothing_behind(
    cast: Cast, raw: Any, words: str
) -> None:
    with pytest.raises(FileProblem, match=words):
        taken(cast, raw)
    assert not Competency.objects.exists()
    assert not ImportedFramework.objects.exists()


def test_staff_with_the_right_take_frameworks_in(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        importing.take_in(as_bytes(package()), actor=cast.actor("viewer"))
    with pytest.raises(Http404):
        importing.take_in(as_bytes(package()), actor=cast.actor("employer"))


def test_regions_take_the_same_framework_in_each_for_itself(cast: Cast) -> None:
    taken(cast, package())
    importing.take_in(as_bytes(package()), actor=cast.actor("foreign"))
    assert Competency.objects.filter(statement="Takes a pulse").count() == 2


def test_own_competencies_come_out_and_in_again_as_they_were(cast: Cast) -> None:
    taken(cast, package())
    actor = cast.actor("member")
    framework = importing.own_framework(actor, URN, "Ours")
    as_case = json.loads(importing.as_json(framework, Format.CASE))
    assert errors(as_case) == []
    assert case.understood(case.read(as_bytes(as_case)).package) == framework
    as_ctdl = json.loads(importing.as_json(framework, Format.CTDL))
    assert ctdl.understood(ctdl.read(as_bytes(as_ctdl)).graph) == framework
    _kept, preview = importing.take_in(as_bytes(as_case), actor=actor)
    assert {entry.effect for entry in preview.entries} == {Effect.TIED}


def test_the_command_takes_a_package_in(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "database", lambda process: nullcontext())
    monkeypatch.setattr(actors, "system", lambda reason: cast.actor("administrator"))
    path = tmp_path / "package.json"
    raw = package()
    raw["CFItems"].append(item(5, ""))
    path.write_bytes(as_bytes(raw))
    arguments = ["case", str(path), "--region", cast.region.name]
    runner = CliRunner()
    dry = runner.invoke(interchange.app, [*arguments, "--dry-run"])
    assert "3 new" in dry.stdout
    assert not Competency.objects.exists()
    done = runner.invoke(interchange.app, arguments)
    assert done.exit_code == 3, done.output
    assert "Care: 4 statements read, 3 used, 1 refused." in done.stdout
    assert Competency.objects.count() == 3
