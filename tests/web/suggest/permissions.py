"""Who gets what where texts are turned into requirements: those who may change the thing."""

from __future__ import annotations

from tests.demand.make import in_state
from tests.demand.profiles.make import make_version
from tests.permissions import Row, everyone, staff
from tests.web.coverage.make import make_world

_MAY_CHANGE = everyone(404, administrator=200, viewer=403, employer=200)

ROWS = [
    Row(
        "suggest:find",
        _MAY_CHANGE,
        lambda cast: {"kind": "need", "thing": in_state(cast, "stated").public_id},
    ),
    Row(
        "suggest:find",
        _MAY_CHANGE,
        lambda cast: {"kind": "need", "thing": in_state(cast, "stated").public_id},
        method="post",
        data=lambda cast: {"step": "find", "text": "Draw blood and label samples."},
    ),
    Row(
        "suggest:find",
        _MAY_CHANGE | {"administrator": 302, "employer": 302},
        lambda cast: {"kind": "need", "thing": in_state(cast, "stated").public_id},
        method="post",
        data=lambda cast: {"step": "keep"},
    ),
    Row(
        "suggest:find",
        staff(200, viewer=403),
        lambda cast: {"kind": "profile", "thing": make_version(cast, "draft").public_id},
    ),
    Row(
        "suggest:find",
        staff(200, viewer=403, provider=200),
        lambda cast: {"kind": "module", "thing": make_world(cast).basics.public_id},
    ),
    Row(
        "suggest:find",
        everyone(404),
        lambda cast: {"kind": "nothing", "thing": in_state(cast, "stated").public_id},
    ),
]
