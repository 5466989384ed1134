"""Home: what needs you; for visitors, what this is and how to sign in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backcast.core.actor import Actor, Kind, Role
from backcast.partners.models import Region
from backcast.web.home.items import Item, StateLine

if TYPE_CHECKING:
    from backcast.demonstration.load import Account

#: Features with a ``home`` module that has ``needs_you(actor)`` and ``state(actor)``, in the order
#: in which their lines stand.
FEATURES: tuple[str, ...] = (
    "plans",
    "waves",
    "needs",
    "profiles",
    "people",
    "programs",
    "coverage",
    "overview",
    "regional",
)
MOST = 5


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "home/welcome.html", {"accounts": _accounts()})
    actor: Actor = request.actor  # type: ignore[attr-defined]
    items, lines = collected(actor)
    return render(
        request,
        "home/home.html",
        {
            "items": items[:MOST],
            "more": max(0, len(items) - MOST),
            "lines": lines,
            "actions": _first_steps(actor),
        },
    )


#: What each kind of organisation comes here to do.
_STEPS: dict[Kind, tuple[Promise, str]] = {
    Kind.EMPLOYER: (gettext_lazy("State a need"), "needs:new"),
    Kind.PROVIDER: (gettext_lazy("Add a program"), "programs:add"),
    Kind.INTERMEDIARY: (gettext_lazy("Make a plan"), "plans:new"),
}


def _first_steps(actor: Actor) -> list[tuple[str, str]]:
    """The button on top of home, for those who may press it."""
    if actor.kind not in _STEPS or not actor.may(Role.MEMBER):
        return []
    label, name = _STEPS[actor.kind]
    return [(str(label), reverse(name))]


def _accounts() -> list[Account]:
    """In a demonstration, the people one can sign in as; otherwise nobody."""
    if not settings.DEMONSTRATION:
        return []
    from backcast.demonstration.load import accounts

    found: list[Account] = []
    for region in Region.objects.filter(kind=Region.Kind.DEMONSTRATION).order_by("pk")[:1]:
        found = accounts(region)
    return found


def collected(actor: Actor) -> tuple[list[Item], list[StateLine]]:
    """What all features have to say to ``actor``; urgent things first."""
    items: list[Item] = []
    lines: list[StateLine] = []
    for feature in FEATURES:
        module = import_module(f"backcast.web.{feature}.home")
        items.extend(module.needs_you(actor))
        lines.extend(module.state(actor))
    return in_order(items, lines)


def in_order(items: list[Item], lines: list[StateLine]) -> tuple[list[Item], list[StateLine]]:
    """Urgent things first, else in the order of the features."""
    return sorted(items, key=lambda item: not item.urgent), lines
