"""Who gets what at the pages of profiles: staff all, members what was opened, providers what counts."""

from __future__ import annotations

from typing import Any

from backcast.demand.formats import Kind
from backcast.demand.handing import version_bytes
from backcast.frameworks.importing import keep_upload
from tests.cast import Cast
from tests.demand.profiles.make import first_line, make_competency, make_role, make_version
from tests.permissions import Row, everyone, staff

_READERS = {"administrator": 200, "viewer": 200}


def _version(state: str) -> Any:
    def kwargs(cast: Cast) -> dict[str, Any]:
        version = make_version(cast, state)
        return {"profile": version.profile.public_id, "number": version.number}

    return kwargs


def _profile(state: str) -> Any:
    return lambda cast: {"profile": make_version(cast, state).profile.public_id}


def _line(state: str) -> Any:
    def kwargs(cast: Cast) -> dict[str, Any]:
        version = make_version(cast, state)
        return {
            "profile": version.profile.public_id,
            "number": version.number,
            "line": first_line(version).line_key,
        }

    return kwargs


def _role(cast: Cast) -> dict[str, Any]:
    return {"role": str(make_role(cast, "Another role").public_id)}


def _for(cast: Cast) -> str:
    return f"?employer={cast.employer.public_id}"


_WRITES = staff(302, viewer=403)
#: Where staff have not said for whom they speak there is nothing to do; the employer speaks.
_SPEAKS = everyone(404, viewer=403, employer=302)
_CELLS = {"necessity": "preferred", "importance": "3", "learned": "either"}


def _exported(state: str, kind: str) -> Any:
    return lambda cast: {**_version(state)(cast), "kind": kind}


def _upload(cast: Cast) -> dict[str, Any]:
    """The profile's workbook that the administrator has sent."""
    version = make_version(cast, "draft")
    kept = keep_upload(
        actor=cast.actor("administrator"),
        purpose=f"profile {version.profile.public_id}",
        filename="profile.xlsx",
        content=version_bytes(version, Kind.WORKBOOK),
    )
    return {"profile": version.profile.public_id, "upload": kept.public_id}


ROWS = [
    *(Row("profiles:export", staff(200), _exported("draft", kind.value)) for kind in Kind),
    Row(
        "profiles:export",
        staff(200, employer=200, provider=200, other_provider=200),
        _exported("approved", "case"),
    ),
    Row("profiles:take_in", staff(200, viewer=403), _profile("draft")),
    Row("profiles:take_in", staff(200, viewer=403), _profile("draft"), method="post"),
    Row("profiles:take_in_preview", staff(200, viewer=403), _upload),
    Row("profiles:take_in_load", staff(302, viewer=403), _upload, method="post"),
    Row("profiles:take_in_drop", staff(302, viewer=403), _upload, method="post"),
    Row(
        "profiles:list",
        everyone(funder=404, support=404),
    ),
    Row("profiles:list", everyone(funder=404, support=404), query="?export=csv"),
    Row("profiles:new", staff(200, viewer=403, foreign=200)),
    Row("profiles:new", staff(302, viewer=403, foreign=200), method="post", data=_role),
    Row("profiles:profile", staff(302), _profile("draft")),
    Row("profiles:profile", staff(302, employer=302), _profile("open")),
    Row(
        "profiles:profile",
        staff(302, employer=302, provider=302, other_provider=302),
        _profile("approved"),
    ),
    Row("profiles:version", staff(200), _version("draft")),
    Row("profiles:version", staff(200, employer=200), _version("open")),
    Row("profiles:version", staff(200, employer=200), _version("open"), query="?export=csv"),
    *(
        Row(
            "profiles:version",
            staff(200, employer=200, provider=200, other_provider=200),
            _version(state),
            query=query,
        )
        for state in ("approved", "superseded")
        for query in ("", "?export=xlsx")
    ),
    Row("profiles:version", everyone(404), _version("dropped")),
    Row(
        "profiles:compare",
        staff(200, employer=200, provider=200, other_provider=200),
        _profile("superseded"),
    ),
    Row(
        "profiles:next",
        everyone(404, administrator=302, viewer=403, employer=404, provider=404),
        _profile("approved"),
        method="post",
    ),
    Row("profiles:open", staff(200, viewer=403), _version("draft")),
    Row("profiles:open", _WRITES, _version("draft"), method="post"),
    Row("profiles:take_back", _WRITES, _version("open"), method="post"),
    Row("profiles:approve", staff(200, viewer=403), _version("open")),
    Row("profiles:approve", _WRITES, _version("open"), method="post"),
    Row("profiles:drop", _WRITES, _version("open"), method="post"),
    Row("profiles:drop", everyone(405), _version("open")),
    Row("profiles:edit", staff(200, viewer=403), _version("draft")),
    Row("profiles:edit", staff(302, viewer=403), _version("approved")),
    Row(
        "profiles:add",
        _WRITES,
        _version("draft"),
        method="post",
        data=lambda cast: {"kind": "words", "name": "Speak Spanish"},
    ),
    Row("profiles:from_needs", _WRITES, _version("draft"), method="post"),
    Row("profiles:from_onet", _WRITES, _version("draft"), method="post"),
    Row("profiles:from_esco", _WRITES, _version("draft"), method="post"),
    Row("profiles:change", _WRITES, _line("draft"), method="post", data=lambda cast: _CELLS),
    Row("profiles:remove", _WRITES, _line("draft"), method="post"),
    Row(
        "profiles:replace",
        _WRITES,
        _line("draft"),
        method="post",
        data=lambda cast: {"competency": str(make_competency(cast, "Other").public_id)},
    ),
    Row("profiles:comment", staff(200, viewer=403, employer=200), _version("open")),
    Row("profiles:comment", staff(302, viewer=403, employer=302), _version("approved")),
    Row("profiles:dissent", _SPEAKS | {"employer": 200}, _line("open")),
    Row(
        "profiles:dissent",
        _SPEAKS,
        _line("open"),
        method="post",
        data=lambda cast: {"necessity": "preferred", "reason": "We teach it."},
    ),
    Row("profiles:agree", _SPEAKS, _line("open"), method="post"),
    Row("profiles:undo", _SPEAKS, _line("open"), method="post"),
    Row("profiles:rest", _SPEAKS, _version("open"), method="post"),
]
