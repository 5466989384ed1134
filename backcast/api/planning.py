"""Plans, for the region's staff; where people come from, as it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from backcast.api.pages import Slice, sliced
from backcast.api.service import ApiRequest
from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.demand.regional import access as regional
from backcast.frameworks import access as frameworks
from backcast.planning import access
from backcast.planning.flows import shared
from backcast.planning.models import Plan
from backcast.training.sources import published_flows

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


class FlowOut(Schema):
    occupation: UUID
    title: str
    year: int = Field(description="Calendar year of the hires")
    published_at: datetime


class SourceOut(Schema):
    name: str
    kind: str = Field(description="Empty: all sources that are not shown by themselves")
    people: int | None = Field(description="None: not shown")
    employers: int | None


class BandOut(Schema):
    people: int
    low: int
    high: int


class SharedOut(Schema):
    flow: FlowOut
    context: dict[str, str] = Field(serialization_alias="@context")
    policy: str = Field(serialization_alias=regional.POLICY_TERM)
    why_withheld: str
    total: int | None = Field(description="People hired in the year. None: not shown")
    sources: list[SourceOut]
    openings: BandOut | None = Field(description="Of the four quarters to come, as published")
    missing: BandOut | None = Field(description="Openings less as many new people as in the year")


@router.get(
    "/talent-flow",
    response=list[FlowOut],
    url_name="talent-flows",
    summary="Occupations whose hires by source are published",
)
def talent_flows(request: ApiRequest) -> list[dict[str, Any]]:
    """What the region has published to you."""
    return [
        {
            "occupation": row.occupation.public_id,
            "title": row.title,
            "year": row.year,
            "published_at": row.published_at,
        }
        for row in published_flows(request.actor)
    ]


@router.get(
    "/talent-flow/{occupation}",
    response=SharedOut,
    by_alias=True,
    url_name="talent-flow",
    summary="Where the people hired into an occupation came from, as published",
)
def talent_flow(request: ApiRequest, occupation: UUID) -> dict[str, Any]:
    """Staff get the same as others here."""
    published_flows(request.actor)
    found = frameworks.occupation(request.actor, occupation)
    seen = shared(request.actor, found, today=timezone.localdate())
    if seen is None:
        raise Http404
    return {
        "flow": {
            "occupation": found.public_id,
            "title": seen.title,
            "year": seen.year,
            "published_at": seen.published_at,
        },
        "context": {"qdata": "https://credreg.net/qdata/terms/"},
        "policy": regional.policy(seen.rule_since),
        "why_withheld": regional.why_hidden(),
        "total": seen.total,
        "sources": [
            {
                "name": each.name,
                "kind": each.kind,
                "people": each.hires,
                "employers": each.employers,
            }
            for each in seen.sources
        ],
        "openings": _band(seen.openings),
        "missing": _band(seen.missing),
    }


def _band(value: tuple[int, int, int] | None) -> dict[str, int] | None:
    return dict(zip(("people", "low", "high"), value, strict=True)) if value else None
