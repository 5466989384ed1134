"""Plans: URL × person. Plans are for the region's staff; everyone else gets 404."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.permissions import Row, staff, staff_pages
from tests.planning.world import make_plan, make_world


def plan(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    return {"plan": make_plan(cast).public_id}


def role(cast: Cast) -> dict[str, Any]:
    return {**plan(cast), "role": "31-1131"}


def program(cast: Cast) -> dict[str, Any]:
    _need, row = make_world(cast)
    return {"plan": make_plan(cast).public_id, "program": f"P{row.pk}"}


def workbook(cast: Cast) -> dict[str, Any]:
    return {**plan(cast), "form": "xlsx"}


def settings(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    from tests.planning.world import settings as chosen

    return {"first": str(chosen().first), "quarters": 8, "confidence": 80, "budget": ""}


ROWS = [
    Row("plans:list", staff_pages()),
    Row("plans:new", staff(200, viewer=403, foreign=200)),
    Row("plans:new", staff(302, viewer=403, foreign=302), method="post", data=settings),
    Row("plans:detail", staff(), plan),
    Row("plans:stop", staff(302, viewer=403), plan, method="post"),
    Row("plans:again", staff(302, viewer=403), plan, method="post"),
    Row("plans:role", staff(), role),
    Row("plans:program", staff(), program),
    Row("plans:sources", staff(), plan),
    Row("plans:test_assumptions", staff(302, viewer=403), plan, method="post"),
    Row("plans:export", staff(), workbook),
]
