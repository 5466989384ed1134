"""Long lists come in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from ninja import Field, Schema

MOST = 200


class Slice(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="Rows at most")
    offset: int = Field(0, ge=0, description="Rows to pass over")


def sliced(
    rows: QuerySet[Any], part: Slice, told: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """A page of ``rows`` with the number of all."""
    return {
        "count": rows.count(),
        "items": [told(row) for row in rows[part.offset : part.offset + part.limit]],
    }
