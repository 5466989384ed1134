"""What regional demand puts on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import Publishing, Wave
from backcast.demand.regional import access
from backcast.web.home.items import Item, StateLine


def needs_you(actor: Actor) -> list[Item]:
    """For staff: a wave that is over and not published yet, or could not be."""
    if actor.kind is not Kind.INTERMEDIARY or not actor.may(Role.MEMBER):
        return []
    over = access.waves(actor).filter(
        status=Wave.Status.FROZEN, publications=None, answers__sent_at__isnull=False
    )
    failed = over.filter(publishing__status=Publishing.Status.FAILED)
    return [
        Item(
            _("Look"),
            _("%(wave)s could not be published.") % {"wave": wave},
            reverse("regional:publishing", args=[wave.public_id]),
            urgent=True,
        )
        for wave in failed.distinct().order_by("frozen_at")[:2]
    ] + [
        Item(
            _("Publish"),
            _("%(wave)s is over. Look at the result, then let others see it.") % {"wave": wave},
            reverse("regional:wave", args=[wave.public_id]),
        )
        for wave in over.filter(publishing=None).distinct().order_by("frozen_at")[:2]
    ]


def state(actor: Actor) -> list[StateLine]:
    """For those who read it: the newest wave that is published."""
    if actor.kind not in access.READERS:
        return []
    newest = access.publications(actor).first()
    if newest is None:
        return []
    return [
        StateLine(
            _("Regional demand"),
            newest.wave_name,
            reverse("regional:published", args=[newest.public_id]),
        )
    ]
