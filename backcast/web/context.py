"""What every page's shell needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from backcast.core.actor import NOBODY


def shell(request: HttpRequest) -> dict[str, Any]:
    """The actor, the memberships to choose among, the region, and whether this is a demonstration."""
    membership = getattr(request, "membership", None)
    return {
        "actor": getattr(request, "actor", NOBODY),
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "region": membership.organisation.region if membership else None,
        "demonstration": settings.DEMONSTRATION,
    }
