"""Modules, the matrix, coverage: URL × person. Programs' own pages are for staff and the provider."""

from __future__ import annotations

from typing import Any

from backcast.demand.models import ProfileVersion
from backcast.training.models import Module
from tests.cast import Cast
from tests.permissions import Row, staff
from tests.web.coverage.make import make_world

OWN = staff(provider=200)
OWN_CHANGE = staff(302, viewer=403, provider=302)
OWN_FORM = staff(200, viewer=403, provider=200)
#: Employers of the collaborative and providers who may read the profile look at the role's page.
ROLE = staff(provider=200, other_provider=200, employer=200, other_employer=200)


def program(cast: Cast) -> dict[str, Any]:
    return {"program": make_world(cast).program.public_id}


def version(cast: Cast) -> dict[str, Any]:
    return {"version": make_world(cast).version.public_id}


def module(cast: Cast) -> dict[str, Any]:
    return {"module": make_world(cast).basics.public_id}


def role(cast: Cast) -> dict[str, Any]:
    return {"role": make_world(cast).role.public_id}


def _first(cast: Cast) -> Any:
    return ProfileVersion.objects.get(), Module.objects.get(title="Lab")


def gap(cast: Cast) -> dict[str, Any]:
    profile, lab = _first(cast)
    return {
        "profile": profile.profile.public_id,
        "line": profile.lines.get(order=1).line_key,
        "module": lab.key,
    }


def cell(cast: Cast) -> dict[str, Any]:
    _profile, lab = _first(cast)
    return {"module": lab.public_id, "words": "Keep calm", "modes": "A", "level": ""}


ROWS = [
    Row("coverage:modules", OWN, program),
    Row("coverage:start", OWN_CHANGE, program, method="post"),
    Row("coverage:module_add", OWN_CHANGE, program, method="post", data=lambda c: {"title": "New"}),
    Row("coverage:outline", OWN_FORM, program),
    Row("coverage:outline", OWN_CHANGE, program, method="post", data=lambda c: {"text": "New"}),
    Row("coverage:template", OWN_FORM, program),
    Row("coverage:module", OWN, module),
    Row("coverage:module", OWN_CHANGE, module, method="post", data=lambda c: {"title": "New"}),
    Row("coverage:module_move", OWN_CHANGE, module, method="post", data=lambda c: {"to": 2}),
    Row("coverage:module_remove", OWN_CHANGE, module, method="post"),
    Row("coverage:teach", OWN_CHANGE, module, method="post", data=lambda c: {"what": "Smile"}),
    Row("coverage:matrix", OWN, version),
    Row("coverage:matrix", OWN, version, query="?pages=1"),
    Row("coverage:matrix", OWN, version, query="?export=csv"),
    Row("coverage:cell", OWN_FORM, version, method="post", data=cell),
    Row("coverage:make_current", OWN_CHANGE, version, method="post"),
    Row("coverage:discard", OWN_CHANGE, version, method="post"),
    Row("coverage:coverage", OWN, program),
    Row("coverage:coverage", OWN, program, query="?export=xlsx"),
    Row("coverage:close", OWN_CHANGE, program, method="post", data=gap),
    Row("coverage:role", ROLE, role),
    Row("coverage:role", ROLE, role, query="?export=csv"),
]
