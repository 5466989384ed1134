"""Published outcomes as a list; figures about few people are not shown."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backcast.training import access
from backcast.training.models import PublishedOutcome
from backcast.training.outcomes import FLOOR
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.programs.words import people


def _employed(outcome: PublishedOutcome) -> int | None:
    return None if outcome.completers < FLOOR else outcome.employed


def _share(outcome: PublishedOutcome) -> str:
    if outcome.employed is None or outcome.completers < FLOOR:
        return ""
    return f"{100 * outcome.employed / outcome.completers:.0f}%"


def _why(outcome: PublishedOutcome) -> str:
    if outcome.suppressed:
        return str(gettext_lazy("Suppressed by the state"))
    if outcome.completers < FLOOR:
        return str(gettext_lazy("Too few people to show"))
    return str(gettext_lazy("Shown"))


LISTING = Listing(
    gettext_lazy("Published outcomes"),
    [
        Column(
            "provider",
            gettext_lazy("Provider"),
            lambda o: o.provider.name,
            sort="provider__name_folded",
        ),
        Column("cip", gettext_lazy("CIP"), lambda o: o.cip_code, sort="cip_code"),
        Column(
            "completed",
            gettext_lazy("Completed"),
            lambda o: people(o.completers, FLOOR) if o.completers < FLOOR else o.completers,
            numeric=True,
        ),
        Column("employed", gettext_lazy("Employed in any job"), _employed, numeric=True),
        Column("share", gettext_lazy("Share"), _share, numeric=True),
        Column("why", gettext_lazy("Shown or not"), _why),
        Column("period", gettext_lazy("Period"), lambda o: o.period, sort="period", phone=False),
        Column("source", gettext_lazy("Source"), lambda o: o.source, sort="source", phone=False),
    ],
    search=("provider__name_folded", "cip_code"),
    default_sort="provider",
    filename="published-outcomes",
    intro=gettext_lazy(
        "What the state published: of those who completed, how many were employed in any job two "
        "quarters later. Figures about fewer than 10 people are not shown, and no plan rests on "
        "them."
    ),
    empty_title=gettext_lazy("No published outcomes yet"),
    empty_text=gettext_lazy("They are loaded like a list of programs."),
    archived=False,
)


@require_safe
def published(request: ActingRequest) -> HttpResponse:
    """Outcomes of the region's providers; a provider sees its own, a funder what was published."""
    rows = access.outcomes(request.actor)
    filters = [
        Filter(
            "field",
            gettext_lazy("Field of study"),
            [("51", gettext_lazy("Health (CIP 51)"))],
            lambda found, value: found.filter(cip_code__startswith=f"{value}."),
        )
    ]
    return listing_response(request, LISTING, rows, filters=filters)
