"""Limits of plans: URL × person. They are for the region's staff; everyone else gets 404."""

from __future__ import annotations

from typing import Any

from backcast.planning import limiting
from backcast.planning.models import Holiday
from tests.cast import Cast
from tests.permissions import Row, staff, staff_pages


def holiday(cast: Cast) -> dict[str, Any]:
    row = Holiday(name="Winter break", month="2027-12-01", weeks=2, source="The calendar")
    kept = limiting.keep_limit(row, actor=cast.actor("administrator"))
    return {"kind": "holidays", "limit": kept.public_id}


def kind(cast: Cast) -> dict[str, Any]:
    return {"kind": "holidays"}


def data(cast: Cast) -> dict[str, Any]:
    return {"name": "Spring break", "month": "2027-04", "weeks": "1", "source": "The calendar"}


ROWS = [
    Row("limits:page", staff_pages()),
    Row("limits:new", staff(200, viewer=403, foreign=200), kind),
    Row("limits:new", staff(302, viewer=403, foreign=302), kind, method="post", data=data),
    Row("limits:change", staff(200, viewer=403), holiday),
    Row("limits:change", staff(302, viewer=403), holiday, method="post", data=data),
    Row("limits:put_away", staff(302, viewer=403), holiday, method="post"),
]
