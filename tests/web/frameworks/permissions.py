"""Who gets what: loaded data is everyone's to read, own items are the region's, staff change them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backcast.core.actor import acting
from backcast.frameworks import actions, importing
from backcast.frameworks.models import Competency, Credential, Occupation, Release
from tests.cast import TESTS, Cast
from tests.frameworks.interchange.test_case import as_bytes, package
from tests.permissions import Row, everyone, staff, staff_pages

#: The region's own: its people read it, people elsewhere do not know of it.
_OURS = everyone(200, foreign=404)


def _writing(status: int, **given: int) -> dict[str, int]:
    """Staff of the region change its items; a viewer may not."""
    return staff(status, **{"viewer": 403, **given})


def make_occupation(cast: Cast) -> Occupation:
    return actions.add_occupation({"title": "Patient Navigator"}, actor=cast.actor("member"))


def make_competency(cast: Cast) -> Competency:
    return actions.add_competency(
        {"statement": "Greets patients", "kind": "skill"},
        {1: "With help"},
        actor=cast.actor("member"),
    )


def make_credential(cast: Cast) -> Credential:
    return actions.add_credential(
        {"name": "Test Certificate", "kind": "certificate"}, actor=cast.actor("member")
    )


def make_release() -> Release:
    with acting(TESTS, "tests.make"):
        return Release.objects.create(
            source="naics",
            version="2022",
            order=2022,
            loaded_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            attribution="Made up for tests.",
            licence="None",
        )


def _occupation(cast: Cast) -> dict[str, Any]:
    return {"occupation": make_occupation(cast).public_id}


def _competency(cast: Cast) -> dict[str, Any]:
    return {"competency": make_competency(cast).public_id}


def _credential(cast: Cast) -> dict[str, Any]:
    return {"credential": make_credential(cast).public_id}


def _loaded(_cast: Cast) -> dict[str, Any]:
    release = make_release()
    with acting(TESTS, "tests.make"):
        made = Occupation.objects.create(
            code="31-9092.00",
            soc="31-9092",
            title="Medical Assistants",
            folded="medical assistants",
            first_release=release,
        )
    return {"occupation": made.public_id}


def _exported(cast: Cast) -> dict[str, Any]:
    return {**_competency(cast), "kind": "case"}


def _imported(cast: Cast) -> dict[str, Any]:
    taken, _preview = importing.take_in(as_bytes(package()), actor=cast.actor("member"))
    return {"imported": taken.public_id}


def _upload(cast: Cast) -> dict[str, Any]:
    """A framework that the administrator has sent."""
    kept = importing.keep_upload(
        actor=cast.actor("administrator"),
        purpose="framework",
        filename="package.json",
        content=as_bytes(package()),
    )
    return {"upload": kept.public_id}


def _sender(status: int) -> dict[str, int]:
    return staff(404, administrator=status, viewer=403)


ROWS = [
    Row("frameworks:export_competency", _OURS, _exported),
    Row("frameworks:export_own", _writing(200, foreign=200), lambda _cast: {"kind": "case"}),
    Row("frameworks:export_imported", _writing(200, foreign=404), _imported),
    Row("frameworks:import", _writing(200, foreign=200)),
    Row("frameworks:import", _writing(200, foreign=200), method="post"),
    Row("frameworks:import_preview", _sender(200), _upload),
    Row("frameworks:import_load", _sender(302), _upload, method="post"),
    Row("frameworks:import_drop", _sender(302), _upload, method="post"),
    Row("frameworks:occupations", everyone()),
    Row("frameworks:occupation", _OURS, _occupation),
    Row("frameworks:occupation", everyone(), _loaded),
    Row("frameworks:find_occupation", everyone(), query="?q=nurse"),
    Row("frameworks:competencies", everyone()),
    Row("frameworks:competency", _OURS, _competency),
    Row("frameworks:find_competency", everyone(), query="?q=greet"),
    Row("frameworks:credentials", everyone()),
    Row("frameworks:credential", _OURS, _credential),
    Row("frameworks:find_credential", everyone(), query="?q=test"),
    Row("frameworks:releases", staff_pages()),
    Row("frameworks:release", staff_pages(), lambda _cast: {"release": make_release().public_id}),
    Row("frameworks:occupation_add", _writing(200, foreign=200)),
    Row(
        "frameworks:occupation_add",
        _writing(302, foreign=302),
        method="post",
        data=lambda _cast: {"title": "Navigator", "description": "", "nearest": ""},
    ),
    Row("frameworks:competency_add", _writing(200, foreign=200)),
    Row(
        "frameworks:competency_add",
        _writing(302, foreign=302),
        method="post",
        data=lambda _cast: {"statement": "Greets", "kind": "skill"},
    ),
    Row("frameworks:credential_add", _writing(200, foreign=200)),
    Row(
        "frameworks:credential_add",
        _writing(302, foreign=302),
        method="post",
        data=lambda _cast: {"name": "Made up", "kind": "badge"},
    ),
    Row("frameworks:occupation_edit", _writing(200), _occupation),
    Row("frameworks:occupation_edit", staff(404, viewer=403), _loaded),
    Row("frameworks:competency_edit", _writing(200), _competency),
    Row("frameworks:credential_edit", _writing(200), _credential),
    *(
        Row(f"frameworks:{kind}_{what}", _writing(302), make, method="post")
        for kind, make in (
            ("occupation", _occupation),
            ("competency", _competency),
            ("credential", _credential),
        )
        for what in ("archive", "bring_back")
    ),
    Row("frameworks:occupation_archive", staff(404, viewer=403), _loaded, method="post"),
]
