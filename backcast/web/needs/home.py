"""What needs say on the home page."""

from __future__ import annotations

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Kind
from backcast.core.quarters import Quarter
from backcast.demand import access
from backcast.demand.models import Need, NeedQuarter
from backcast.planning.access import need_states
from backcast.planning.models import PlanNeed
from backcast.web.home.items import Item, StateLine


def needs_you(actor: Actor) -> list[Item]:
    """Drafts to finish, a first need to state, needs whose quarters are over, needs to place."""
    if not access.may_change(actor):
        return []
    rows = access.needs(actor)
    items: list[Item] = []
    drafts = rows.current().filter(status=Need.Status.DRAFT)
    if not actor.is_staff:
        for draft in drafts.order_by("-updated_at")[:2]:
            url = reverse("needs:check", args=[draft.public_id])
            items.append(Item(_("Finish"), _("your need for %(role)s") % {"role": draft}, url))
        if not items and not rows.current().exists():
            items.append(Item(_("State"), _("your first need"), reverse("needs:new")))
        now = Quarter.of(timezone.localdate()).first_day
        over = rows.stated().exclude(quarters__quarter_start__gte=now).order_by("folded")
        for need in over[:2]:
            url = reverse("needs:people", args=[need.public_id])
            text = _("%(role)s: every quarter that you named is over") % {"role": need}
            items.append(Item(_("Update"), text, url))
    elif actor.kind is Kind.INTERMEDIARY:
        waiting = rows.unplaced().count()
        if waiting:
            text = ngettext(
                "the occupation or area of %(n)s need, so that it can be planned",
                "the occupation or area of %(n)s needs, so that they can be planned",
                waiting,
            ) % {"n": waiting}
            items.append(Item(_("Complete"), text, reverse("needs:list") + "?open=place"))
    return items


def state(actor: Actor) -> list[StateLine]:
    """How many needs are stated, and for how many people."""
    if not access.sees_needs(actor):
        return []
    rows = access.needs(actor).stated()
    first = Quarter.of(timezone.localdate())
    people = NeedQuarter.objects.filter(
        need__in=rows,
        quarter_start__gte=first.first_day,
        quarter_start__lt=(first + 4).first_day,
    ).aggregate(n=Sum("likely"))["n"]
    url = reverse("needs:list") + "?status=stated"
    lines = [
        StateLine(_("Needs stated"), rows.count(), url),
        StateLine(_("People needed in the next four quarters, likely"), people or 0, url),
    ]
    if actor.kind is Kind.EMPLOYER and (states := need_states(rows)):
        told = [
            f"{states[state]} {label.lower()}"
            for state, label in PlanNeed.State.choices
            if states[state]
        ]
        lines.append(StateLine(_("Needs in the region's plan"), ", ".join(told), url))
    return lines
