"""What programs put on the home page."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backcast.core.actor import Actor, Kind, Role
from backcast.planning import access as planning
from backcast.planning.models import PlanCohort
from backcast.training import access
from backcast.training.models import ListLoad, Program
from backcast.web.dates import month_words
from backcast.web.home.items import Item, StateLine
from backcast.web.programs.views import ready


def needs_you(actor: Actor) -> list[Item]:
    """Programs that lack something a plan needs, and lists that wait for a yes."""
    if not actor.may(Role.MEMBER):
        return []
    items: list[Item] = []
    if actor.is_staff:
        for load in access.list_loads(actor).exclude(state=ListLoad.State.COMMITTED)[:3]:
            items.append(
                Item(
                    _("Look through"),
                    _("The list %(file)s is uploaded but not loaded.") % {"file": load.file_name},
                    reverse("programs:load", kwargs={"load": load.public_id}),
                )
            )
    if actor.kind is Kind.PROVIDER:
        lacking = _current(actor).exclude(ready()).count()
        if lacking:
            items.append(
                Item(
                    _("Complete"),
                    ngettext(
                        "%(n)s program lacks something, so it is not planned with.",
                        "%(n)s programs lack something, so they are not planned with.",
                        lacking,
                    )
                    % {"n": lacking},
                    reverse("programs:list") + "?plan=no",
                )
            )
        bare = _current(actor).annotate(n=Count("cohorts")).filter(n=0).first()
        if bare is not None:
            items.append(
                Item(
                    _("Record"),
                    _("Past cohorts of %(program)s. The plan then rests on your own record.")
                    % {"program": bare.name},
                    reverse("programs:cohort_add", kwargs={"program": bare.public_id}),
                )
            )
    return items


def state(actor: Actor) -> list[StateLine]:
    if not (actor.is_staff or actor.kind is Kind.PROVIDER):
        return []
    rows = _current(actor)
    url = reverse("programs:list")
    return [
        *_asked(actor),
        StateLine(_("Programs"), rows.count(), url),
        StateLine(_("Ready to plan with"), rows.filter(ready()).count(), f"{url}?plan=yes"),
    ]


def _asked(actor: Actor) -> list[StateLine]:
    """For providers: each program of which the newest plan asks cohorts, the next start first."""
    told = planning.asked(actor) if actor.kind is Kind.PROVIDER else None
    first: dict[int, list[PlanCohort]] = {}
    for row in told.cohorts if told else ():
        first.setdefault(row.program_id, []).append(row)
    return [
        StateLine(
            _("The region asks for: %(program)s") % {"program": rows[0].program.name},
            ngettext(
                "%(n)s cohort, in %(first)s", "%(n)s cohorts, the first in %(first)s", len(rows)
            )
            % {"n": len(rows), "first": month_words(rows[0].start)},
            reverse("programs:program", kwargs={"program": rows[0].program.public_id})
            + "#to-start",
        )
        for rows in list(first.values())[:5]
    ]


def _current(actor: Actor) -> QuerySet[Program]:
    return access.programs(actor).filter(archived_at__isnull=True, status=Program.Status.ACTIVE)
