"""Regional demand: URL × person. Members, providers and funders see what is published, staff all."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import Hired, Role
from backcast.demand.regional import actions
from tests.cast import Cast
from tests.demand.regional.make import make_answered, make_published
from tests.permissions import Row, everyone, nobody, staff

READERS = {
    "administrator": 200,
    "viewer": 200,
    "employer": 200,
    "other_employer": 200,
    "provider": 200,
    "other_provider": 200,
    "funder": 200,
}


def wave(cast: Cast) -> dict[str, Any]:
    return {"wave": make_answered(cast).public_id}


def asked(cast: Cast) -> dict[str, Any]:
    made = make_answered(cast)
    actions.request_publishing(made, actor=cast.actor("member"))
    return {"wave": made.public_id}


def publication(cast: Cast) -> dict[str, Any]:
    return {"publication": make_published(cast).public_id}


def hired(cast: Cast) -> dict[str, Any]:
    make_answered(cast)
    with acting(cast.actor("administrator"), "tests.make"):
        row = Hired.objects.create(
            region=cast.region,
            employer=cast.employer,
            role=Role.objects.first(),
            quarter_start=Quarter.of(timezone.localdate()).first_day,
            people=3,
        )
    return {"hired": row.public_id}


ROWS = [
    Row("regional:list", everyone(support=404)),
    Row("regional:wave", staff(), wave),
    Row("regional:wave_export", staff(), lambda cast: {**wave(cast), "form": "csv"}),
    Row("regional:publish", staff(302, viewer=403), wave, "post"),
    Row("regional:publishing", staff(), asked),
    Row("regional:published", nobody(anonymous=302, **READERS), publication),
    Row("regional:published", nobody(anonymous=302), lambda cast: {"publication": uuid4()}),
    Row(
        "regional:published_export",
        nobody(anonymous=302, **READERS),
        lambda cast: {**publication(cast), "form": "xlsx"},
    ),
    Row(
        "regional:hires",
        everyone(404, administrator=200, viewer=200, employer=200, other_employer=200, foreign=200),
    ),
    Row(
        "regional:hires",
        everyone(404, administrator=200, viewer=403, employer=200, other_employer=200, foreign=200),
        method="post",
    ),
    Row("regional:take_back", staff(302, viewer=403, employer=302), hired, "post"),
]
