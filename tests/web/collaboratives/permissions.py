"""Who gets what at the pages of collaboratives: staff of the region, nobody else."""

from __future__ import annotations

from typing import Any

from backcast.core.actor import acting
from backcast.partners.models import CollaborativeMember
from tests.cast import Cast
from tests.demand.waves.make import make_collaborative, make_role
from tests.permissions import Row, staff, staff_pages


def _one(cast: Cast) -> dict[str, Any]:
    return {"collaborative": make_collaborative(cast).public_id}


def _member(cast: Cast) -> dict[str, Any]:
    made = make_collaborative(cast)
    with acting(cast.actor("administrator")):
        member = CollaborativeMember.objects.filter(collaborative=made).first()
    assert member is not None
    return {"member": member.public_id}


def _role(cast: Cast) -> dict[str, Any]:
    return {"role": make_role(make_collaborative(cast)).public_id}


_CHANGING = staff(200, viewer=403)
_DONE = staff(302, viewer=403)

ROWS = [
    Row("collaboratives:list", staff_pages()),
    Row("collaboratives:list", staff_pages(), query="?export=csv"),
    Row("collaboratives:add", staff(200, viewer=403, foreign=200)),
    Row(
        "collaboratives:add",
        staff(302, viewer=403, foreign=302),
        method="post",
        data=lambda cast: {"name": "New partnership"},
    ),
    Row("collaboratives:collaborative", staff(), _one),
    Row("collaboratives:edit", _CHANGING, _one),
    Row("collaboratives:edit", _DONE, _one, method="post", data=lambda cast: {"name": "Renamed"}),
    Row("collaboratives:archive", _DONE, _one, method="post"),
    Row("collaboratives:restore", _DONE, _one, method="post"),
    Row("collaboratives:member_add", _CHANGING, _one),
    Row("collaboratives:member_add", _CHANGING, _one, method="post"),
    Row("collaboratives:member_edit", _CHANGING, _member),
    Row(
        "collaboratives:member_edit",
        _DONE,
        _member,
        method="post",
        data=lambda cast: {"headcount": "12"},
    ),
    Row("collaboratives:member_end", _DONE, _member, method="post"),
    Row("collaboratives:role_add", _CHANGING, _one),
    Row(
        "collaboratives:role_add", _DONE, _one, method="post", data=lambda cast: {"title": "Welder"}
    ),
    Row("collaboratives:role_edit", _CHANGING, _role),
    Row(
        "collaboratives:role_edit", _DONE, _role, method="post", data=lambda cast: {"title": "Aide"}
    ),
    Row("collaboratives:role_archive", _DONE, _role, method="post"),
    Row("collaboratives:role_restore", _DONE, _role, method="post"),
]
