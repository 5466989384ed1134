"""The acting person of a request, and one transaction around it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from backcast.core.actor import NOBODY, Actor, NotAllowed, acting
from backcast.partners.access import actor_of, membership_by_token, memberships_of
from backcast.partners.models import Membership, Person

SESSION_KEY = "organisation"
#: Where programs knock; only here does a key open anything.
API = "/api/"


class ActingRequest(HttpRequest):
    """A request as views see it: with its actor and the membership the person acts under."""

    actor: Actor
    membership: Membership | None
    memberships: list[Membership]
    user: Person


class ActingMiddleware:
    """Give the request its actor and run the view in that actor's transaction.

    The role follows the organisation that the person has chosen; a membership that has ended is
    never used. An answer of 500 or more rolls everything back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.membership = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        request.actor = NOBODY  # type: ignore[attr-defined]
        user = request.user
        if request.path.startswith(API) and "Authorization" in request.headers:
            # A key counts instead of a session, never beside one.
            scheme, _space, secret = request.headers["Authorization"].partition(" ")
            found = membership_by_token(secret.strip()) if scheme.lower() == "bearer" else None
            if found is not None:
                request.membership = found  # type: ignore[attr-defined]
                request.memberships = [found]  # type: ignore[attr-defined]
                request.actor = actor_of(found.person, found)  # type: ignore[attr-defined]
        elif not isinstance(user, AnonymousUser) and isinstance(user, Person):
            memberships = memberships_of(user)
            chosen = request.session.get(SESSION_KEY)
            membership = next(
                (m for m in memberships if str(m.organisation.public_id) == chosen),
                memberships[0] if memberships else None,
            )
            request.memberships = memberships  # type: ignore[attr-defined]
            request.membership = membership  # type: ignore[attr-defined]
            request.actor = actor_of(user, membership)  # type: ignore[attr-defined]
        with acting(request.actor):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Too little right is a page that says so, not an error."""
        if not isinstance(exception, NotAllowed):
            return None
        from django.shortcuts import render

        transaction.set_rollback(True)
        message = str(exception) or _("You can see this, but you may not change it.")
        return render(request, "403.html", {"message": message}, status=403)
