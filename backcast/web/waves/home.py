"""What waves say on the home page."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import Answer, Wave
from backcast.demand.waves import access
from backcast.web.home.items import Item, StateLine

_MOST = 2
#: From so many days before the end on, it is urgent.
_SOON = 3


def needs_you(actor: Actor) -> list[Item]:
    """Employers: a wave to answer. Staff: whom to remind, and drafts to open."""
    if not access.sees_waves(actor) or not actor.may(Role.MEMBER):
        return []
    if actor.kind is Kind.EMPLOYER:
        return _to_answer(actor)
    return _for_staff(actor) if actor.kind is Kind.INTERMEDIARY else []


def _to_answer(actor: Actor) -> list[Item]:
    answered = Answer.objects.filter(
        wave=OuterRef("pk"), employer=actor.organisation_id, sent_at__isnull=False
    )
    rows = (
        access.waves(actor)
        .filter(~Exists(answered), status=Wave.Status.OPEN)
        .select_related("collaborative")
        .order_by("closes_on")
    )
    today = timezone.localdate()
    return [
        Item(
            _("Answer"),
            _("%(wave)s of %(collaborative)s, until %(day)s")
            % {
                "wave": wave.name,
                "collaborative": wave.collaborative.name,
                "day": date_format(wave.closes_on, "DATE_FORMAT"),
            },
            reverse("waves:own_start", args=[wave.public_id]),
            urgent=(wave.closes_on - today).days <= _SOON,
        )
        for wave in rows[:_MOST]
    ]


def _for_staff(actor: Actor) -> list[Item]:
    rows = access.waves(actor).filter(archived_at=None).order_by("closes_on")
    items = []
    for wave in rows.filter(status=Wave.Status.OPEN)[:_MOST]:
        if access.to_remind(wave).exists():
            share = access.coverage(wave)[""]
            text = _("%(wave)s: %(n)s of %(all)s employers have answered") % {
                "wave": wave.name,
                "n": share.answered,
                "all": share.asked,
            }
            items.append(Item(_("Remind"), text, reverse("waves:wave", args=[wave.public_id])))
    items += [
        Item(
            _("Open"),
            _("the wave %(wave)s, which is planned") % {"wave": wave.name},
            reverse("waves:wave", args=[wave.public_id]),
        )
        for wave in rows.filter(status=Wave.Status.DRAFT)[:1]
    ]
    return items


def state(actor: Actor) -> list[StateLine]:
    """How many have answered the waves that are open now."""
    if actor.kind is not Kind.INTERMEDIARY:
        return []
    lines = []
    for wave in access.waves(actor).filter(status=Wave.Status.OPEN).order_by("closes_on")[:_MOST]:
        share = access.coverage(wave)[""]
        lines.append(
            StateLine(
                _("Answers to %(wave)s") % {"wave": wave.name},
                _("%(n)s of %(all)s") % {"n": share.answered, "all": share.asked},
                reverse("waves:wave", args=[wave.public_id]),
            )
        )
    return lines
