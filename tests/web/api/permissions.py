"""The API: address × person. Without a key or a session the answer is 401, in JSON."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.permissions import Row, everyone, nobody, staff, staff_pages
from tests.web.flows.make import make_shared
from tests.web.plans.permissions import plan
from tests.web.regional.permissions import READERS, publication

NO_KEY = {"anonymous": 401}


def key(cast: Cast) -> dict[str, Any]:
    from backcast.partners.actions import make_token

    token, _secret = make_token(
        cast.membership("employer"), actor=cast.actor("employer"), name="Test", days=30
    )
    return {"token": token.public_id}


def flow(cast: Cast) -> dict[str, Any]:
    return {"occupation": make_shared(cast).public_id}


ROWS = [
    Row("api:openapi-json", everyone()),
    Row("api:openapi-view", everyone()),
    Row("api:api-root", everyone(404, **NO_KEY) | {"anonymous": 404}),
    Row("api:needs", staff_pages(employer=200, other_employer=200, **NO_KEY)),
    Row("api:regional-demand", everyone(support=404, **NO_KEY)),
    Row("api:regional-picture", nobody(**READERS, **NO_KEY), publication),
    Row("api:waves", staff_pages(**NO_KEY)),
    Row("api:occupations", everyone(**NO_KEY), query="?q=nurse"),
    Row("api:competencies", everyone(**NO_KEY), query="?q=blood"),
    Row("api:programs", staff_pages(provider=200, other_provider=200, **NO_KEY)),
    Row("api:plans", staff_pages(**NO_KEY)),
    Row("api:plan-cohorts", staff(**NO_KEY), plan),
    Row("api:talent-flows", everyone(support=404, **NO_KEY)),
    Row("api:talent-flow", nobody(**READERS, **NO_KEY), flow),
    # What a key reads is tested in tests/web/api/test_api.py; here, who makes one.
    Row("people:tokens", everyone()),
    Row("people:token_add", everyone()),
    Row("people:token_add", everyone(), method="post", data=lambda cast: {"name": "A", "days": 30}),
    Row("people:token_revoke", nobody(anonymous=302, employer=302), key, "post"),
]
