"""Occupations and competencies, found as people type them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema

from backcast.api.service import ApiRequest
from backcast.frameworks.search import find_competencies, find_occupations

router = Router(tags=["Frameworks"])


class OccupationOut(Schema):
    code: str
    title: str
    framework: str
    matched: str = Field(description="The title that spoke for it, folded")


class CompetencyOut(Schema):
    id: UUID
    source_id: str = Field(description="O*NET's id, or ESCO's address of the concept")
    statement: str
    kind: str
    framework: str


@router.get(
    "/occupations",
    response=list[OccupationOut],
    url_name="occupations",
    summary="Occupations that a title, a part of one or a code may mean",
)
def occupations(request: ApiRequest, q: str, limit: int = 10) -> list[dict[str, Any]]:
    """The likeliest first, at most 50."""
    return [
        {
            "code": found.occupation.code,
            "title": found.occupation.title,
            "framework": found.occupation.framework,
            "matched": found.matched,
        }
        for found in find_occupations(q, limit=_bounded(limit), region_id=request.actor.region_id)
    ]


@router.get(
    "/competencies",
    response=list[CompetencyOut],
    url_name="competencies",
    summary="Competencies whose statement is like a text",
)
def competencies(request: ApiRequest, q: str, limit: int = 10) -> list[dict[str, Any]]:
    """The likeliest first, at most 50."""
    return [
        {
            "id": found.public_id,
            "source_id": found.source_id,
            "statement": found.statement,
            "kind": found.kind,
            "framework": found.framework,
        }
        for found in find_competencies(q, limit=_bounded(limit), region_id=request.actor.region_id)
    ]


def _bounded(limit: int) -> int:
    return max(1, min(limit, 50))
