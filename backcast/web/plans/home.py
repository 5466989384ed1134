"""What plans put on the home page, for staff."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import Need
from backcast.planning import access, actions
from backcast.planning.models import Plan
from backcast.web.home.items import Item, StateLine


def needs_you(actor: Actor) -> list[Item]:
    """A plan that is missing, failed, waits for approval or is out of date."""
    if actor.kind is not Kind.INTERMEDIARY or not actor.may(Role.MEMBER):
        return []
    last = access.plans(actor).select_related("region").order_by("-number").first()
    if last is None:
        if not Need.objects.filter(region=actor.region_id).plannable().exists():
            return []
        return [Item(_("Plan"), _("Needs are stated, and there is no plan yet."), _new())]
    if last.status == Plan.Status.FAILED:
        return [
            Item(
                _("Look"),
                _("Plan %(number)d could not be made.") % {"number": last.number},
                _page(last),
                urgent=True,
            )
        ]
    if actor.may(Role.ADMINISTRATOR) and last.standing == Plan.Standing.PROPOSED:
        return [
            Item(
                _("Decide"),
                _("Plan %(number)d waits for approval.") % {"number": last.number},
                _page(last),
            )
        ]
    if actions.is_out_of_date(last):
        return [
            Item(
                _("Plan again"),
                _("Plan %(number)d is out of date: needs, programs or their history changed.")
                % {"number": last.number},
                _page(last),
            )
        ]
    return []


def state(actor: Actor) -> list[StateLine]:
    """The newest plan."""
    if actor.kind is not Kind.INTERMEDIARY:
        return []
    last = access.plans(actor).order_by("-number").first()
    if last is None:
        return [StateLine(_("Plan"), _("none yet"), reverse("plans:list"))]
    text = _("Plan %(number)d, %(state)s") % {
        "number": last.number,
        "state": last.get_status_display().lower(),
    }
    return [StateLine(_("Newest plan"), text, _page(last))]


def _new() -> str:
    return reverse("plans:new")


def _page(plan: Plan) -> str:
    return reverse("plans:detail", kwargs={"plan": plan.public_id})
