"""The newest plan in sums, and the region's programs with what was published of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from backcast.core.quarters import Quarter
from backcast.partners.access import areas, region_of
from backcast.planning import access as planning
from backcast.planning.models import PromisedRole
from backcast.training import access as training
from backcast.training.models import Basis, Program, ProgramBasis, PublishedOutcome
from backcast.training.outcomes import FLOOR
from backcast.web.dates import quarter_words
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.programs.words import length
from backcast.web.templatetags.backcast import percent

ROLES = Listing(
    gettext_lazy("What is planned"),
    [
        Column("role", gettext_lazy("Role"), lambda line: _role(line), sort="title"),
        Column(
            "employers",
            gettext_lazy("Employers"),
            lambda line: line.employers or "",
            sort="employers",
            numeric=True,
        ),
        Column(
            "needed", gettext_lazy("Needed"), lambda line: line.needed, sort="needed", numeric=True
        ),
        Column(
            "expected",
            gettext_lazy("Expected"),
            lambda line: line.expected,
            sort="expected",
            numeric=True,
        ),
        Column(
            "odds",
            gettext_lazy("Odds"),
            lambda line: "" if line.odds is None else percent(line.odds),
            sort="odds",
            numeric=True,
        ),
    ],
    search=("title",),
    default_sort="-needed",
    filename="what-is-planned",
    empty_title=gettext_lazy("No role yet"),
    empty_text=gettext_lazy("Roles appear here with the next plan."),
    archived=False,
)


def _role(line: PromisedRole) -> str:
    if line.title:
        return line.title
    return ngettext("%(n)s other role", "%(n)s other roles together", line.roles) % {
        "n": line.roles
    }


@require_safe
def promised(request: ActingRequest) -> HttpResponse:
    """What the newest plan promises, in sums that give no employer away."""
    found = planning.newest_promise(request.actor)
    context: dict[str, Any] = {"promise": found, "region": region_of(request.actor)}
    context["steps"] = [(_("See the programs that run"), reverse("overview:programs"))]
    if found:
        first = Quarter.of(found.first_quarter)
        context["first"] = quarter_words(first)
        context["last"] = quarter_words(first + (found.quarters - 1))
    if found is None or found.needed is None:
        return render(request, "overview/none.html", context)
    return listing_response(
        request, ROLES, found.roles.all(), template="overview/promise.html", context=context
    )


def _key(program: Program) -> tuple[int, str]:
    return program.provider_id, program.cip_code


def _published_cost(program: Program) -> int | None:
    """The cost where a list published it; what a provider told the region's staff is theirs."""
    published = any(basis.basis == Basis.PUBLISHED for basis in program.bases.all())
    return round(program.total_cost) if published and program.total_cost is not None else None


def _columns(known: dict[tuple[int, str], PublishedOutcome]) -> list[Column]:
    def of(value: Callable[[PublishedOutcome], Any]) -> Callable[[Program], Any]:
        def read(program: Program) -> Any:
            outcome = known.get(_key(program))
            return value(outcome) if outcome else None

        return read

    def small(outcome: PublishedOutcome) -> bool:
        return outcome.completers < FLOOR

    return [
        Column("name", gettext_lazy("Program"), lambda p: p.name, sort="name_folded"),
        Column(
            "provider",
            gettext_lazy("Provider"),
            lambda p: p.provider.name,
            sort="provider__name_folded",
        ),
        Column(
            "area",
            gettext_lazy("Labor area"),
            lambda p: p.area.name if p.area else "",
            sort="area__name",
        ),
        Column("cip", gettext_lazy("CIP"), lambda p: p.cip_code, sort="cip_code", phone=False),
        Column("length", gettext_lazy("Length"), length, sort="weeks", phone=False),
        Column("cost", gettext_lazy("Published cost, dollars"), _published_cost, numeric=True),
        Column(
            "completed",
            gettext_lazy("Completed"),
            of(lambda o: _("fewer than %(n)s") % {"n": FLOOR} if small(o) else o.completers),
            numeric=True,
        ),
        Column(
            "share",
            gettext_lazy("Employed in any job"),
            of(
                lambda o: (
                    ""
                    if o.employed is None or small(o)
                    else f"{100 * o.employed / o.completers:.0f}%"
                )
            ),
            numeric=True,
        ),
        Column(
            "period",
            gettext_lazy("Published"),
            of(lambda o: f"{o.source}, {o.period}" if o.period else o.source),
            phone=False,
        ),
    ]


@require_safe
def programs(request: ActingRequest) -> HttpResponse:
    """Programs that run, and the newest outcomes that were published for each."""
    actor = request.actor
    rows = (
        training.offered(actor)
        .select_related("provider", "area")
        .prefetch_related(Prefetch("bases", ProgramBasis.objects.filter(field="total_cost")))
    )
    known = {
        (row.provider_id, row.cip_code): row
        for row in training.outcomes(actor).order_by("period", "pk")
    }
    costs = ProgramBasis.objects.filter(
        program__region=actor.region_id, field="total_cost", basis=Basis.PUBLISHED
    ).exists()
    # Columns that nothing has been published for would be empty from top to bottom.
    empty = (set() if known else {"completed", "share", "period"}) | (set() if costs else {"cost"})
    listing = Listing(
        gettext_lazy("Programs in the region"),
        [column for column in _columns(known) if column.key not in empty],
        search=("name_folded", "provider__name_folded", "cip_code"),
        default_sort="name",
        filename="programs",
        intro=gettext_lazy("Programs that train people here. No outcomes have been published yet.")
        if not known
        else gettext_lazy(
            "Programs that train people here, and what was published of them: how many completed, and "
            "how many of those were employed in any job two quarters later. Programs of one provider "
            "and field share a figure. Figures about fewer than 10 people are not shown."
        ),
        empty_title=gettext_lazy("No programs yet"),
        empty_text=gettext_lazy("They appear here once providers or the region's staff add them."),
        archived=False,
    )
    filters = [
        Filter(
            "area",
            gettext_lazy("Labor area"),
            lambda: [(a.pk, a.name) for a in areas(actor).order_by("name")],
            lambda found, value: found.filter(area=value),
        ),
        Filter(
            "field",
            gettext_lazy("Field of study"),
            [("51", gettext_lazy("Health (CIP 51)"))],
            lambda found, value: found.filter(cip_code__startswith=f"{value}."),
        ),
    ]
    links = [(_("Published outcomes"), reverse("programs:outcomes"))] if known else []
    return listing_response(request, listing, rows, filters=filters, actions=links)
