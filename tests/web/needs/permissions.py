"""Who gets what at the pages of needs: staff and the employer itself, nobody else."""

from __future__ import annotations

from typing import Any

from backcast.demand import actions
from tests.cast import Cast
from tests.demand.make import in_state
from tests.permissions import Row, everyone, staff

_OWNERS = {"administrator": 200, "viewer": 200, "employer": 200}


def _reading(**given: int) -> dict[str, int]:
    """Staff of the region and the employer may look."""
    return everyone(404, **(_OWNERS | given))


def _changing(status: int, **given: int) -> dict[str, int]:
    """Staff and the employer may change; a viewer may not."""
    return everyone(404, **({"administrator": status, "employer": status, "viewer": 403} | given))


def _any_employer(status: int, **given: int) -> dict[str, int]:
    """Pages where each employer and each region's staff find their own."""
    return _changing(status, **({"other_employer": status, "foreign": status} | given))


def _need(state: str) -> Any:
    return lambda cast: {"need": in_state(cast, state).public_id}


def _upload(cast: Cast) -> dict[str, Any]:
    """A workbook that the employer's administrator has sent."""
    content = b"Employer,Site,Role,Quarter,Reason,Most likely\n"
    upload = actions.keep_upload(actor=cast.actor("employer"), filename="n.csv", content=content)
    return {"upload": upload.public_id}


ROWS = [
    Row("needs:list", everyone(404, **_OWNERS, other_employer=200, foreign=200)),
    Row(
        "needs:list", everyone(404, **_OWNERS, other_employer=200, foreign=200), query="?export=csv"
    ),
    Row("needs:new", _any_employer(200)),
    Row("needs:new", _any_employer(200), method="post"),
    Row("needs:workbook", _any_employer(200)),
    Row("needs:workbook", _any_employer(200), method="post"),
    Row("needs:download", _any_employer(200)),
    Row("needs:preview", everyone(404, viewer=403, employer=200), _upload),
    Row("needs:load", everyone(404, viewer=403, employer=302), _upload, method="post"),
    Row("needs:drop", everyone(404, viewer=403, employer=302), _upload, method="post"),
    *(
        Row(
            "needs:export",
            _reading(),
            lambda cast, kind=kind: {**_need("stated")(cast), "kind": kind},
        )
        for kind in ("posting", "jobschema")
    ),
    Row("needs:need", _reading(), _need("stated")),
    Row("needs:need", _reading(), _need("archived")),
    *(
        Row(f"needs:{screen}", _changing(200), _need("stated"))
        for screen in ("role", "occupation", "people", "pay", "asks")
    ),
    Row("needs:role", _changing(200), _need("draft"), method="post"),
    Row(
        "needs:occupation",
        _changing(302),
        _need("draft"),
        method="post",
        data=lambda cast: {"occupation": "none"},
    ),
    Row("needs:people", _changing(302), _need("draft"), method="post"),
    Row("needs:pay", _changing(302), _need("draft"), method="post"),
    Row(
        "needs:asks",
        _changing(302),
        _need("draft"),
        method="post",
        data=lambda cast: {"requirements-TOTAL_FORMS": "0", "requirements-INITIAL_FORMS": "0"},
    ),
    Row("needs:check", _changing(200), _need("draft")),
    Row("needs:weigh", staff(200, viewer=403), _need("stated")),
    Row(
        "needs:weigh",
        staff(302, viewer=403),
        _need("stated"),
        method="post",
        data=lambda cast: {"weight": "2"},
    ),
    Row("needs:state", _changing(302), _need("draft"), method="post"),
    Row("needs:withdraw", _changing(302), _need("stated"), method="post"),
    Row("needs:archive", _changing(302), _need("draft"), method="post"),
    Row("needs:bring_back", _changing(302), _need("withdrawn"), method="post"),
    Row("needs:withdraw", everyone(405), _need("stated")),
]
