"""Flows and the sources of hires: URL × person. What one employer counted is for it and for staff."""

from __future__ import annotations

from typing import Any

from backcast.demand.models import Role
from backcast.training import sources
from backcast.training.models import HireSource
from tests.cast import Cast
from tests.permissions import Row, everyone, staff
from tests.web.coverage.make import make_role, make_world

#: The employers of the role's collaborative, each with what is its own.
MEMBERS = staff(200, employer=200, other_employer=200)
COUNT = {"year": "2025", "kind": "agency", "name": "", "program": "", "hires": "3"}


def role(cast: Cast) -> dict[str, Any]:
    return {"role": make_world(cast).role.public_id}


def occupation(cast: Cast) -> dict[str, Any]:
    found: Role = make_role(cast)
    assert found.occupation is not None
    return {"occupation": found.occupation.public_id}


def make_source(cast: Cast, role: Role, employer: str = "employer", **values: Any) -> HireSource:
    given = {"year": 2025, "kind": "agency", "name": "", "program": None, "hires": 3, **values}
    return sources.state_source(
        role, cast.organisations[employer], given, actor=cast.actor("administrator")
    )


def source(cast: Cast) -> dict[str, Any]:
    return {"source": make_source(cast, make_role(cast)).public_id}


def last_year(cast: Cast) -> dict[str, Any]:
    found = make_role(cast)
    make_source(cast, found)
    assert found.occupation is not None
    return {"occupation": found.occupation.public_id}


def counted(cast: Cast) -> dict[str, Any]:
    return {**COUNT, "employer": cast.employer.public_id}


ROWS = [
    # Staff see all of it, members of the collaborative what is published.
    Row("flows:role", MEMBERS, role),
    Row("flows:role", MEMBERS, role, query="?export=csv"),
    # An occupation is everyone's; staff elsewhere see their own region's flow into it.
    Row("flows:occupation", everyone(support=404), occupation),
    Row("flows:shown", everyone(support=404), occupation),
    Row("flows:published", everyone(support=404)),
    Row("flows:publish", staff(302, viewer=403, foreign=302), last_year, "post"),
    Row("flows:hires", MEMBERS, role),
    Row(
        "flows:hires",
        staff(302, viewer=403, employer=302, other_employer=302),
        role,
        method="post",
        data=counted,
    ),
    Row("flows:edit", staff(200, viewer=403, employer=200), source),
    Row(
        "flows:edit",
        staff(302, viewer=403, employer=302),
        source,
        method="post",
        data=lambda cast: COUNT,
    ),
    Row("flows:archive", staff(302, viewer=403, employer=302), source, method="post"),
]
