"""What funders and support agencies find at home."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind
from backcast.core.quarters import Quarter
from backcast.planning import access as planning
from backcast.training import access as training
from backcast.training.outcomes import FLOOR
from backcast.web.dates import quarter_words
from backcast.web.home.items import Item, StateLine
from backcast.web.templatetags.backcast import money


def needs_you(actor: Actor) -> list[Item]:
    """The newest plan, to be read."""
    if actor.kind is not Kind.FUNDER:
        return []
    found = planning.newest_promise(actor)
    if found is None or found.needed is None:
        return []
    last = Quarter.of(found.first_quarter) + (found.quarters - 1)
    text = _("what plan %(number)s promises by %(quarter)s, and what it costs") % {
        "number": found.number,
        "quarter": quarter_words(last),
    }
    return [Item(_("Read"), text, reverse("overview:promise"))]


def state(actor: Actor) -> list[StateLine]:
    """For funders the plan in sums; for both, programs and what was published of them."""
    if actor.kind not in (Kind.FUNDER, Kind.SUPPORT):
        return []
    lines = _planned(actor) if actor.kind is Kind.FUNDER else []
    rows = training.offered(actor)
    shown = training.outcomes(actor).filter(completers__gte=FLOOR, employed__isnull=False)
    lines.append(StateLine(_("Programs that run"), rows.count(), reverse("overview:programs")))
    if count := shown.count():
        lines.append(StateLine(_("Published outcomes"), count, reverse("programs:outcomes")))
    return lines


def _planned(actor: Actor) -> list[StateLine]:
    plan = reverse("overview:promise")
    found = planning.newest_promise(actor)
    if found is None:
        return [StateLine(_("Plan"), _("none yet"), plan)]
    if found.needed is None or found.cost is None or found.learners is None:
        return [StateLine(_("Plan"), _("not shown: too few employers"), plan)]
    return [
        StateLine(_("People needed, about"), found.needed, plan),
        StateLine(_("People expected to be hired, about"), found.expected or 0, plan),
        StateLine(_("Learners to start"), found.learners, plan),
        StateLine(_("Cost of the plan"), money(found.cost), plan),
    ]
