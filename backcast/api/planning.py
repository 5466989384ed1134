"""Plans, for the region's staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Query, Router, Schema

from backcast.api.pages import Slice, sliced
from backcast.api.service import ApiRequest
from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning import access
from backcast.planning.models import Plan

router = Router(tags=["Planning"])


class PlanOut(Schema):
    id: UUID
    number: int
    status: str
    first_quarter: str
    quarters: int
    confidence: float = Field(description="Share of futures in which enough people are hired")
    budget: float | None
    finished_at: datetime | None


class Plans(Schema):
    count: int
    items: list[PlanOut]


@router.get("/plans", response=Plans, url_name="plans", summary="Plans of the region")
def plans(request: ApiRequest, part: Query[Slice]) -> dict[str, Any]:
    """The newest first. For staff."""
    return sliced(access.plans(request.actor).order_by("-number"), part, _plan)


class CohortOut(Schema):
    program: str
    provider: str
    start: str
    learners: int
    cost: float
    hire_quarter: str
    hires: float


@router.get(
    "/plans/{plan}/cohorts",
    response=list[CohortOut],
    url_name="plan-cohorts",
    summary="The cohorts that a plan starts",
)
def cohorts(request: ApiRequest, plan: UUID) -> list[dict[str, Any]]:
    """For staff."""
    row = access.plan(request.actor, plan)
    return [
        {
            "program": each.program.name,
            "provider": each.program.provider.name,
            "start": str(Month.of(each.start)),
            "learners": each.size,
            "cost": float(each.cost),
            "hire_quarter": str(Quarter.of(each.hire_quarter)),
            "hires": each.hires,
        }
        for each in row.cohorts.select_related("program__provider").order_by("start", "pk")
    ]


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.public_id,
        "number": plan.number,
        "status": plan.status,
        "first_quarter": str(Quarter.of(plan.first_quarter)),
        "quarters": plan.quarters,
        "confidence": plan.confidence,
        "budget": float(plan.budget) if plan.budget is not None else None,
        "finished_at": plan.finished_at,
    }
