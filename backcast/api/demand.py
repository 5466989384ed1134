"""Demand: own needs, regional demand as it is published, and how waves stand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from backcast.api.pages import Slice, sliced
from backcast.api.service import ApiRequest
from backcast.core.disclosure import ALL, Address
from backcast.demand import access
from backcast.demand.models import Need, Publication
from backcast.demand.regional import access as regional
from backcast.demand.regional.picture import Figure, Picture

router = Router(tags=["Demand"])


class Openings(Schema):
    quarter: str = Field(examples=["2027-Q1"])
    cause: str = Field(description="growth, retirement, turnover or promotion")
    low: int
    likely: int
    high: int


class NeedOut(Schema):
    id: UUID
    employer: str
    site: str
    labor_area: str | None
    role: str
    occupation: str | None = Field(description="O*NET-SOC or ESCO code")
    status: str
    basis: str
    stated_at: datetime | None
    openings: list[Openings]


class Needs(Schema):
    count: int
    items: list[NeedOut]


@router.get("/needs", response=Needs, url_name="needs", summary="Needs that you may see")
def needs(request: ApiRequest, part: Query[Slice], status: str = "") -> dict[str, Any]:
    """An employer's own needs, or those of the region for its staff."""
    rows = (
        access.needs(request.actor)
        .current()
        .select_related("employer", "site", "area", "occupation")
        .prefetch_related("quarters")
        .order_by("pk")
    )
    return sliced(rows.filter(status=status) if status else rows, part, _need)


def _need(need: Need) -> dict[str, Any]:
    return {
        "id": need.public_id,
        "employer": need.employer.name,
        "site": need.site.name,
        "labor_area": need.area.name if need.area else None,
        "role": need.role_title,
        "occupation": need.occupation.code if need.occupation else None,
        "status": need.status,
        "basis": need.basis,
        "stated_at": need.stated_at,
        "openings": [
            {
                "quarter": str(row.quarter),
                "cause": row.cause,
                "low": row.low,
                "likely": row.likely,
                "high": row.high,
            }
            for row in need.quarters.all()
        ],
    }


class PublicationOut(Schema):
    id: UUID
    collaborative: str
    wave: str
    first_quarter: str
    quarters: int
    published_at: datetime
    asked: int = Field(description="Employers asked")
    answered: int = Field(description="Employers that answered")


class FigureOut(Schema):
    role: str | None = Field(description="None: all roles")
    quarter: str | None = Field(description="None: all quarters")
    cause: str | None = Field(description="None: all causes")
    labor_area: str | None = Field(description="None: all labor areas")
    people: int
    low: int = Field(description="Lower end of the band")
    high: int = Field(description="Upper end of the band")
    employers: int


class ShareOut(Schema):
    role: str
    skill: str
    bound: str = Field(description="about, at_most or at_least")
    share: float
    employers: int


class UpskillOut(Schema):
    role: str | None
    people: int
    employers: int


class PlaceOut(Schema):
    role: str | None = Field(description="None: all roles")
    quarter: str | None = Field(description="None: all quarters")
    cause: str | None = Field(description="None: all causes")
    labor_area: str | None = Field(description="None: all labor areas")


class RuleOut(Schema):
    since: date = Field(description="From this day on the rule holds")
    employers: int = Field(description="With people in a figure, at least")
    smallest: int = Field(description="People in a figure, at least")
    width: int = Field(description="Nobody's number can be known to within fewer people")
    rounding: int = Field(description="Figures come in steps of this")
    source: str


class AreasOut(Schema):
    shown: bool
    why_not: str | None = Field(description="too_large, no_areas, or None where they are shown")
    words: str


class Regional(Schema):
    publication: PublicationOut
    context: dict[str, str] = Field(serialization_alias="@context")
    policy: str = Field(
        serialization_alias=regional.POLICY_TERM, description="What is left out, in words"
    )
    suppression_policy: str = Field(description="The same words")
    suppression_rule: RuleOut
    corrected: bool = Field(description="By who was hired after earlier waves")
    labor_areas: AreasOut
    withheld: int = Field(description="Figures that are left out")
    why_withheld: str = Field(
        description="The same for all: which part of the rule it was would tell, too"
    )
    left_out: list[PlaceOut] = Field(description="The figures that are left out")
    figures: list[FigureOut]
    upskill: list[UpskillOut]
    workforce: list[ShareOut]


@router.get(
    "/regional-demand",
    response=list[PublicationOut],
    url_name="regional-demand",
    summary="Waves whose demand is published",
)
def publications(request: ApiRequest) -> list[dict[str, Any]]:
    """What collaboratives have published to you."""
    return [_publication(row) for row in regional.publications(request.actor)]


@router.get(
    "/regional-demand/{publication}",
    response=Regional,
    by_alias=True,
    url_name="regional-picture",
    summary="Regional demand of one wave, as published",
)
def picture(request: ApiRequest, publication: UUID, role: str = "") -> dict[str, Any]:
    """People needed by role, quarter, cause and labor area. Narrow to one role by its title.

    Figures that would tell one employer's numbers are left out. Staff get the same as others here.
    """
    row = regional.publication(request.actor, publication)
    shown = regional.published_picture(row)
    wanted = _role(shown, role)
    titles = {each.key: each.title for each in shown.roles}
    words = regional.policy(row.rule_since)
    return {
        "publication": _publication(row),
        "context": {"qdata": "https://credreg.net/qdata/terms/"},
        "policy": words,
        "suppression_policy": words,
        "suppression_rule": _rule(row.rule_since),
        "corrected": shown.corrected,
        "labor_areas": _areas(shown),
        "withheld": shown.withheld,
        "why_withheld": regional.why_hidden(),
        "left_out": [
            _place(address, shown)
            for address in shown.hidden()
            if not wanted or address[0] == wanted
        ],
        "figures": [
            {**_place(address, shown), **_people(figure)}
            for address, figure in shown.shown()
            if not wanted or address[0] == wanted
        ],
        "upskill": [
            {"role": titles.get(key), "people": int(each.value), "employers": each.employers}
            for key, each in shown.upskill.items()
            if not wanted or key == wanted
        ],
        "workforce": [
            {
                "role": titles[each.role],
                "skill": each.skill,
                "bound": each.bound,
                "share": each.value,
                "employers": each.employers,
            }
            for each in shown.shares
            if each.value is not None and (not wanted or each.role == wanted)
        ],
    }


def _role(picture: Picture, title: str) -> str:
    """The key of the role called ``title``; 404 where the wave did not ask about it."""
    if not title:
        return ""
    found = next((role.key for role in picture.roles if role.title == title), None)
    if found is None:
        raise Http404
    return found


def _place(address: Address, shown: Picture) -> dict[str, str | None]:
    # A role and a labor area may have the same key.
    return {
        "role": next((each.title for each in shown.roles if each.key == address[0]), None),
        "quarter": None if address[1] == ALL else address[1],
        "cause": None if address[2] == ALL else address[2],
        "labor_area": next((each.title for each in shown.areas if each.key == address[3]), None),
    }


def _rule(since: date) -> dict[str, Any]:
    """Of the rule what may be told; how large one's share may be is left to the words."""
    rule, entry = regional.rule_on(since)
    return {
        "since": entry.since,
        "employers": rule.contributors,
        "smallest": rule.smallest,
        "width": rule.width,
        "rounding": rule.rounding,
        "source": entry.source,
    }


def _areas(shown: Picture) -> dict[str, Any]:
    if shown.too_large:
        return {"shown": False, "why_not": "too_large", "words": regional.why_no_areas()}
    if not shown.areas:
        return {"shown": False, "why_not": "no_areas", "words": regional.why_hidden()}
    return {"shown": True, "why_not": None, "words": ""}


def _people(figure: Figure) -> dict[str, int]:
    return {
        "people": int(figure.value),
        "low": int(figure.low),
        "high": int(figure.high),
        "employers": figure.employers,
    }


def _publication(row: Publication) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "collaborative": row.collaborative.name,
        "wave": row.wave_name,
        "first_quarter": str(row.asked_for[0]),
        "quarters": row.quarters,
        "published_at": row.published_at,
        "asked": row.asked,
        "answered": row.answered,
    }


class WaveOut(Schema):
    id: UUID
    collaborative: str
    name: str
    status: str
    first_quarter: str
    quarters: int
    closes_on: date
    days_left: int | None
    asked: int
    answered: int
    published: bool


@router.get("/waves", response=list[WaveOut], url_name="waves", summary="How waves stand")
def waves(request: ApiRequest) -> list[dict[str, Any]]:
    """For the region's staff."""
    rows = regional.waves(request.actor).annotate(
        asked_count=Count("employers", distinct=True),
        answered_count=Count(
            "answers__place", distinct=True, filter=Q(answers__sent_at__isnull=False)
        ),
        published_count=Count("publications", distinct=True),
    )
    today = timezone.localdate()
    return [
        {
            "id": row.public_id,
            "collaborative": row.collaborative.name,
            "name": row.name,
            "status": row.status,
            "first_quarter": str(row.asked[0]),
            "quarters": row.quarters,
            "closes_on": row.closes_on,
            "days_left": max(0, (row.closes_on - today).days) if row.status == "open" else None,
            "asked": row.asked_count,
            "answered": row.answered_count,
            "published": row.published_count > 0,
        }
        for row in rows
    ]
