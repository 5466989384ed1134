"""A plan beside an earlier one, and beside what has happened since that one was made."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backcast.planning import access
from backcast.planning.changes import compare
from backcast.planning.models import Plan
from backcast.planning.since import since
from backcast.web.dates import month_words, quarter_words
from backcast.web.middleware import ActingRequest
from backcast.web.plans import words
from backcast.web.plans.reading import Reading
from backcast.web.plans.views import ready_plan

STATES = {
    "started": (gettext_lazy("Started"), "good"),
    "called_off": (gettext_lazy("Called off"), "bad"),
    "not_heard_of": (gettext_lazy("Nothing heard yet"), "warn"),
}


@require_safe
def page(request: ActingRequest, plan: UUID) -> HttpResponse:
    row, reading = ready_plan(request, plan)
    earlier = list(
        access.plans(request.actor)
        .filter(status=Plan.Status.READY, number__lt=row.number)
        .order_by("-number")[:20]
    )
    chosen = request.GET.get("with", "")
    before = next((each for each in earlier if str(each.number) == chosen), None)
    before = before or _usual(row, earlier)
    changes: list[str] = []
    told, then = row, reading
    if before is not None:
        told = access.plan(request.actor, before.public_id)
        then = Reading.of(told)
        changes = words.all_told(
            compare(then.solution, reading.solution, reading.problem), reading.problem
        )
    happened = since(told, then.problem, then.solution, timezone.localdate())
    return render(
        request,
        "plans/since.html",
        {
            "plan": row,
            "before": before,
            "earlier": earlier,
            "changes": changes,
            "told": told,
            "since": happened,
            "until": quarter_words(happened.until) if happened.until else "",
            "first": quarter_words(then.problem.first),
            "due": [
                (each, month_words(each.cohort.start), *STATES[each.state]) for each in happened.due
            ],
            "started": happened.count("started"),
            "called_off": happened.count("called_off"),
            "not_heard_of": happened.count("not_heard_of"),
            "above": _("Plan %(number)d") % {"number": row.number},
        },
    )


def _usual(plan: Plan, earlier: list[Plan]) -> Plan | None:
    """The approved plan before, else the newest one that was made in an earlier quarter, else the last."""
    made = plan.finished_at or timezone.now()
    quarter = made.replace(month=(made.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=0, second=0)
    held = [each for each in earlier if each.approved_at is not None]
    older = [each for each in earlier if each.finished_at and each.finished_at < quarter]
    return next(iter([*held, *older, *earlier]), None)
