"""What organisations and people put on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Role
from backcast.partners import access
from backcast.partners.models import Invitation, Organisation, Site
from backcast.web.home.items import Item, StateLine


def needs_you(actor: Actor) -> list[Item]:
    """Invitations that ran out, and, for staff, places that no labor area covers."""
    items = [*_run_out(actor)]
    if actor.is_staff and actor.may(Role.MEMBER):
        items += _unplaced(actor)
    return items


def _run_out(actor: Actor) -> list[Item]:
    if not actor.may(Role.ADMINISTRATOR):
        return []
    found = (
        Invitation.objects.filter(
            organisation=actor.organisation_id,
            accepted_at=None,
            ended_at=None,
            expires_at__lte=timezone.now(),
        )
        .select_related("organisation")
        .order_by("expires_at")
    )
    return [
        Item(
            _("Send again"),
            _("The invitation to %(email)s has expired.") % {"email": invitation.email},
            _page(invitation.organisation),
        )
        for invitation in found[:3]
    ]


def _unplaced(actor: Actor) -> list[Item]:
    if not access.areas(actor).filter(archived_at=None).exists():
        return [
            Item(
                _("Define"),
                _("There are no labor areas yet. Say which counties belong together."),
                reverse("people:area_add"),
                urgent=True,
            )
        ]
    count = Site.objects.filter(
        organisation__region=actor.region_id,
        organisation__archived_at=None,
        archived_at=None,
        area=None,
    ).count()
    if not count:
        return []
    text = ngettext(
        "%(count)s site lies in no labor area.", "%(count)s sites lie in no labor area.", count
    )
    return [Item(_("Assign"), text % {"count": count}, reverse("people:sites") + "?area=no")]


def state(actor: Actor) -> list[StateLine]:
    """How many organisations take part, for staff; how many people act for it, for others."""
    if actor.is_staff:
        count = access.organisations(actor).filter(archived_at=None).count()
        return [StateLine(_("Organizations"), count, reverse("people:organisations"))]
    own = access.organisations(actor).filter(archived_at=None).first()
    if own is None:
        return []
    count = access.people(actor).count()
    return [
        StateLine(
            _("People who act for %(organisation)s") % {"organisation": own}, count, _page(own)
        )
    ]


def _page(organisation: Organisation) -> str:
    return reverse("people:organisation", kwargs={"organisation": organisation.public_id})
