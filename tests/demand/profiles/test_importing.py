"""Profiles out of files: what is matched, what is refused, and that a version comes back as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.http import Http404

from backcast.core.actor import NotAllowed, acting
from backcast.demand.formats import Kind
from backcast.demand.handing import version_bytes
from backcast.demand.models import ProfileVersion
from backcast.demand.profiles import access, actions, importing
from backcast.demand.profiles.values import Necessity
from backcast.demand.refusals import FileRefused
from backcast.frameworks.loading import load_onet
from backcast.frameworks.models import Release
from tests.cast import TESTS, Cast
from tests.demand.make import make_credential
from tests.demand.profiles.make import (
    make_competency,
    make_role,
    make_version,
    of_competency,
    of_credential,
    of_words,
)
from tests.frameworks import release as onet
from tests.frameworks.interchange.test_case import as_bytes, package


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    with acting(cast.actor("administrator")):
        yield


@pytest.fixture
def version(cast: Cast) -> ProfileVersion:
    """A draft with a competency, a credential, one accepted instead of it, and own words."""
    made = make_version(cast, "draft", lines=1)
    actor = cast.actor("administrator")
    held = of_credential(make_credential(cast))
    actions.add_lines(
        made,
        [
            of_competency(
                make_competency(cast, "Draws blood"),
                importance=4,
                level_at_hire=2.0,
                level_later=3.0,
                necessity=Necessity.PREFERRED,
            ),
            held,
            of_credential(
                make_credential(cast, "Army medic certificate"),
                necessity=Necessity.INSTEAD,
                instead_of=held.key,
            ),
            of_words("Stays calm", importance=5),
        ],
        actor=actor,
    )
    return made


def rows(version: ProfileVersion) -> list[dict[str, Any]]:
    return [
        {
            "key": row.line_key,
            "name": row.name,
            "necessity": row.necessity,
            "importance": row.importance,
            "levels": (row.level_at_hire, row.level_later),
            "learned": row.learned,
            "instead_of": row.instead_of and row.instead_of.line_key,
        }
        for row in access.lines(version)
    ]


@pytest.mark.parametrize("kind", Kind)
def test_a_version_comes_back_from_every_format_as_it_was(
    cast: Cast, version: ProfileVersion, kind: Kind
) -> None:
    preview = importing.prepare(
        cast.actor("administrator"), version.profile, version_bytes(version, kind)
    )
    assert preview.changes == ()
    assert (preview.refusals, preview.remarks) == ((), ())
    assert (preview.rows_in, preview.rows_used) == (5, 5)


@pytest.mark.parametrize("kind", Kind)
def test_another_role_begins_with_what_was_handed_on(
    cast: Cast, version: ProfileVersion, kind: Kind
) -> None:
    content = version_bytes(version, kind)
    actor = cast.actor("administrator")
    other = actions.begin_profile(make_role(cast, "Aide"), actor=actor)
    made, _preview = importing.take_in(other.profile, content, actor=actor)
    assert made.pk == other.pk
    found = sorted(rows(made), key=lambda row: str(row["key"]))
    assert found == sorted(rows(version), key=lambda row: str(row["key"]))
    assert {row.origin for row in made.lines.all()} == {"imported"}


def changed(content: bytes, change: Any) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book["Profile"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_changed_workbook_becomes_the_next_draft(cast: Cast) -> None:
    actor = cast.actor("administrator")
    approved = make_version(cast, "approved", lines=3)

    def change(page: Any) -> None:
        page["E2"] = 5
        page["C3"] = "Preferred"
        page.delete_rows(4)
        page.append(["Greets people by name", "In own words", "Required"])

    content = changed(version_bytes(approved, Kind.WORKBOOK), change)
    preview = importing.prepare(actor, approved.profile, content)
    assert [str(each.words) for each in preview.changes] == [
        "Take vital signs: more important, from 4 to 5.",
        "Move people safely: no longer required, now preferred.",
        "Greets people by name: added, required.",
        "Keep records: dropped.",
    ]
    assert preview.version is None
    made, _preview = importing.take_in(approved.profile, content, actor=actor)
    assert (made.number, made.status) == (2, "draft")
    assert [row["name"] for row in rows(made)] == [
        "Take vital signs",
        "Move people safely",
        "Greets people by name",
    ]
    approved.refresh_from_db()
    assert approved.lines.count() == 3


def test_a_line_whose_row_is_refused_stays_as_it_was(cast: Cast) -> None:
    approved = make_version(cast, "approved", lines=2)

    def change(page: Any) -> None:
        page["E2"] = 9
        page.delete_rows(3)

    content = changed(version_bytes(approved, Kind.WORKBOOK), change)
    preview = importing.prepare(cast.actor("administrator"), approved.profile, content)
    assert [each.row for each in preview.refusals] == [2]
    assert [str(each.words) for each in preview.changes] == ["Move people safely: dropped."]


def test_a_package_of_another_system_adds_lines_and_takes_none_out(
    cast: Cast, version: ProfileVersion
) -> None:
    actor = cast.actor("administrator")
    make_competency(cast, "Takes a pulse")
    made, preview = importing.take_in(version.profile, as_bytes(package()), actor=actor)
    assert made.pk == version.pk
    names = [row.name for row in access.lines(made)]
    assert names[:5] == [row["name"] for row in rows(version)][:5]
    assert names[5:] == ["Care for people", "Takes a pulse", "Knows the bones"]
    pulse = made.lines.get(competency__statement="Takes a pulse")
    assert pulse.necessity == "required"
    told = [str(remark.text) for remark in preview.remarks]
    assert told == [
        "“Care for people” is not on our lists; it is kept in own words.",
        "“Knows the bones” is not on our lists; it is kept in own words.",
    ]


def test_levels_that_a_line_cannot_have_are_told_and_stay_as_they_were(
    cast: Cast, version: ProfileVersion, tmp_path: Any
) -> None:
    load_onet(onet.write(tmp_path, "29.0", onet.tables()), actor=TESTS)
    blood, *_others = (row for row in access.lines(version) if row.competency)
    actions.change_line(blood, actor=cast.actor("administrator"), level_at_hire=2, level_later=3)

    def told(name: str, **says: Any) -> tuple[list[str], tuple[float | None, float | None]]:
        skill = {"name": name, "backcast:says": {"subject": "competency", **says}}
        posting = {"@type": "JobPosting", "title": "Aide", "skills": [skill]}
        preview = importing.prepare(
            cast.actor("administrator"), version.profile, json.dumps(posting).encode()
        )
        line = next(line for line in preview.after.lines if line.item.name == name)
        return [str(each) for each in preview.remarks], (line.level_at_hire, line.level_later)

    ours = blood.name
    assert told(ours, level_at_hire=4, level_later=4, scale="BC") == ([], (4, 4))
    (said,), levels = told("Active Listening", level_at_hire=3, scale="BC")
    assert "another scale (BC)" in said
    assert "State them on LV, from 0 to 7." in said
    assert levels == (None, None)
    for says, why in (
        ({"level_at_hire": 3, "scale": "LV"}, "another scale (LV)"),
        ({"level_at_hire": 9}, f"Level 9 of “{ours}” is not on its scale"),
        ({"level_at_hire": 4, "level_later": 2}, "fall from 4 at hire to 2"),
        ({"level_at_hire": "high"}, f"“high” cannot be understood for “{ours}”"),
    ):
        (said,), levels = told(ours, **says)
        assert why in said
        assert levels == (2, 3)


def test_what_cannot_be_understood_of_a_line_is_told_and_stays_as_it_was(
    cast: Cast, version: ProfileVersion
) -> None:
    row = next(row for row in access.lines(version) if row.name == "Draws blood")
    stated = {
        "subject": "competency",
        "necessity": "preferred",
        "importance": 4,
        "level_at_hire": 2,
        "level_later": 3,
    }
    for wrong in ({"importance": 9}, {"necessity": "perhaps"}, {"learned": "at sea"}):
        skill = {"name": row.name, "backcast:says": {**stated, **wrong}}
        posting = {"@type": "JobPosting", "title": "Aide", "skills": [skill]}
        preview = importing.prepare(
            cast.actor("administrator"), version.profile, json.dumps(posting).encode()
        )
        (remark,) = preview.remarks
        assert f"“{next(iter(wrong.values()))}” cannot be understood" in str(remark)
        assert preview.changes == ()


def test_a_line_that_its_framework_has_withdrawn_comes_back_as_it_was(
    cast: Cast, version: ProfileVersion, tmp_path: Any
) -> None:
    load_onet(onet.write(tmp_path, "29.0", onet.tables()), actor=TESTS)
    with acting(TESTS, "tests.withdraw"):
        row = next(row for row in access.lines(version) if row.competency)
        assert row.competency is not None
        row.competency.withdrawn_in = Release.objects.get(source="onet")
        row.competency.save()
    for kind in (Kind.CASE, Kind.WORKBOOK):
        content = version_bytes(version, kind)
        preview = importing.prepare(cast.actor("administrator"), version.profile, content)
        assert (preview.changes, preview.remarks) == ((), ())


def test_what_stands_in_for_an_unknown_credential_is_refused(
    cast: Cast, version: ProfileVersion
) -> None:
    content = (
        b"What is asked for,What it is,How needed,Accepted instead of\n"
        b"Unheard-of license,Credential,Required,\n"
        b"Army medic certificate,Credential,Accepted instead,Unheard-of license\n"
    )
    preview = importing.prepare(cast.actor("administrator"), version.profile, content)
    assert [(each.row, each.field) for each in preview.refusals] == [(3, "Accepted instead of")]
    assert (preview.rows_in, preview.rows_used, preview.rows_refused) == (2, 1, 1)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"hello", b'{"@graph": []}', b'{"@type": "JobPosting"}']
)
def test_what_says_nothing_is_refused_in_words(
    cast: Cast, version: ProfileVersion, content: bytes
) -> None:
    with pytest.raises(FileRefused):
        importing.prepare(cast.actor("administrator"), version.profile, content)


def test_only_staff_with_the_right_take_files_in(cast: Cast, version: ProfileVersion) -> None:
    content = version_bytes(version, Kind.WORKBOOK)
    with pytest.raises(NotAllowed):
        importing.take_in(version.profile, content, actor=cast.actor("viewer"))
    with pytest.raises(Http404):
        importing.take_in(version.profile, content, actor=cast.actor("employer"))
