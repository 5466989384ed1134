"""Programs of training."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema

from backcast.api.pages import Slice, sliced
from backcast.api.service import ApiRequest
from backcast.training import access
from backcast.training.models import Program

router = Router(tags=["Training"])


class ProgramOut(Schema):
    id: UUID
    provider: str
    name: str
    cip: str
    labor_area: str | None
    status: str
    clock_hours: int | None
    weeks: Decimal | None
    cost_per_learner: Decimal | None


class Programs(Schema):
    count: int
    items: list[ProgramOut]


@router.get("/programs", response=Programs, url_name="programs", summary="Programs you may see")
def programs(request: ApiRequest, part: Query[Slice]) -> dict[str, Any]:
    """A provider's own programs, or those of the region for its staff."""
    access.require_reader(request.actor)
    rows = (
        access.programs(request.actor)
        .filter(archived_at=None)
        .select_related("provider", "area")
        .order_by("name_folded", "pk")
    )
    return sliced(rows, part, _program)


def _program(program: Program) -> dict[str, Any]:
    return {
        "id": program.public_id,
        "provider": program.provider.name,
        "name": program.name,
        "cip": program.cip_code,
        "labor_area": program.area.name if program.area else None,
        "status": program.status,
        "clock_hours": program.clock_hours,
        "weeks": program.weeks,
        "cost_per_learner": program.total_cost,
    }
