"""The API itself: who may knock, and what an answer looks like when something is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.security import HttpBearer

from backcast.core.actor import NOBODY, Actor, Kind, NotAllowed


class ApiRequest(HttpRequest):
    """A request with its actor, as the middleware set it."""

    actor: Actor


class Key(HttpBearer):
    """``Authorization: Bearer KEY``. The middleware has found the key's holder already.

    Who has signed in to the pages reads the same with their session; keys and sessions only read.
    """

    def __call__(self, request: HttpRequest) -> Any | None:
        actor: Actor = getattr(request, "actor", NOBODY)
        return None if actor.kind is Kind.NOBODY else actor

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        return self(request)


api = NinjaAPI(
    title="Backcast",
    version="1",
    urls_namespace="api",
    auth=Key(),
    description=(
        "What Backcast's pages show, for programs. Make a key under “Your account” and send it as "
        "`Authorization: Bearer KEY`. A key sees what its holder sees, and may only read. Demand of "
        "a region comes as it is published: figures that would tell one employer's numbers are left "
        "out, here as on pages and in files."
    ),
)


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, error: Any) -> HttpResponse:
    """Too little right: 403."""
    return api.create_response(
        request, {"detail": str(error) or "You may not do this."}, status=403
    )


def open_to_keys(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Operations answer 401 by themselves; only the description asks people to sign in."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name not in ("openapi-json", "openapi-view"):
            pattern.callback = login_not_required(pattern.callback)
    return patterns
