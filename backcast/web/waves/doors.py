"""The three ways to the questions: a link, one's own account, and staff in an employer's name.

A link is looked at by mail scanners, too: opening it changes nothing. Behind it the visitor acts
for one employer in one wave, for this request only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from backcast.core.actor import acting
from backcast.demand.models import Answer
from backcast.demand.waves import access
from backcast.demand.waves.access import Visit
from backcast.web.language import chosen
from backcast.web.middleware import ActingRequest

#: How staff may have heard what they enter.
CHANNELS = (str(Answer.Channel.PHONE), str(Answer.Channel.PAPER))

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Door:
    """A visit, and the addresses of its pages. ``kind``: ``link``, ``own`` or ``staff``."""

    visit: Visit
    kind: str
    keys: tuple[Any, ...]
    language: str

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"waves:{self.kind}_{name}", args=[*self.keys, *more])


def by_link(view: View) -> View:
    """Let in whoever holds a link that works; tell others how to have a new one."""

    @login_not_required
    @never_cache
    @wraps(view)
    def wrapped(
        request: ActingRequest, invitation: UUID, token: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        opened = access.open_link(invitation, token)
        with acting(opened.actor), override(opened.invitation.language):
            if opened.state != "open":
                return closed(request, opened, token)
            visit = access.visit_by_link(opened)
            door = Door(visit, "link", (invitation, token), opened.invitation.language)
            return view(request, door, *args, **kwargs)

    return wrapped


def closed(request: ActingRequest, opened: access.Opened, token: str) -> HttpResponse:
    return render(
        request,
        "answering/closed.html",
        {
            "state": opened.state,
            "invitation": opened.invitation,
            "again_url": reverse("waves:link_again", args=[opened.invitation.public_id, token]),
        },
        status=410 if opened.state == "ended" else 200,
    )


def by_account(view: View) -> View:
    """Let in people of an employer that is asked, for their own employer."""

    @never_cache
    @wraps(view)
    def wrapped(request: ActingRequest, wave: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.is_staff:
            raise Http404
        found = access.wave(request.actor, wave)
        language = chosen(request)
        with override(language):
            visit = access.visit(request.actor, found)
            return view(request, Door(visit, "own", (wave,), language), *args, **kwargs)

    return wrapped


def by_staff(view: View) -> View:
    """Let in staff of the region, in the name of an employer that answered by phone or on paper."""

    @never_cache
    @wraps(view)
    def wrapped(
        request: ActingRequest,
        wave: UUID,
        employer: UUID,
        channel: str,
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        if not request.actor.is_staff or channel not in CHANNELS:
            raise Http404
        found = access.wave(request.actor, wave)
        visit = access.visit(request.actor, found, employer, channel)
        door = Door(visit, "staff", (wave, employer, channel), "en")
        return view(request, door, *args, **kwargs)

    return wrapped
