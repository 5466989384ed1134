"""The profile's place on the thread, for pages that know an occupation."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor
from backcast.demand.models import ProfileVersion
from backcast.demand.profiles import access


def profile_stage(actor: Actor, occupations: Iterable[int | None]) -> dict[str, tuple[str, str]]:
    """The bar's entry for a profile that the actor may read; empty where there is none."""
    found = access.for_occupations(actor, occupations)
    if found is None:
        return {}
    current = ProfileVersion.objects.current().filter(profile=found).first()
    text = _("version %(number)s") % {"number": current.number} if current else _("being written")
    return {"profile": (text, reverse("profiles:profile", args=[found.public_id]))}


def profiles_stage(actor: Actor) -> dict[str, tuple[str, str]]:
    """The bar's entry on pages of many roles: how many have an approved profile."""
    if not access.sees_profiles(actor):
        return {}
    approved = access.versions(actor).current().values("profile").distinct().count()
    if not approved:
        return {}
    text = ngettext("%(n)s approved", "%(n)s approved", approved) % {"n": approved}
    return {"profile": (text, reverse("profiles:list"))}
