"""Where people hired for a role come from, where graduates go, and what is missing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Kind
from backcast.core.actor import Role as Right
from backcast.demand.models import Role
from backcast.demand.profiles import access as profiles
from backcast.demand.regional import access as regional
from backcast.frameworks import access as frameworks
from backcast.frameworks.models import Occupation
from backcast.planning import flows
from backcast.planning.flows import Picture, picture
from backcast.training import sources
from backcast.training.flows import INSIDE, Range, Where
from backcast.web.charts import Link, Sankey
from backcast.web.export import table_response
from backcast.web.flows import shared as shared_words
from backcast.web.flows.forms import SourceForm
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of


@require_safe
def role(request: ActingRequest, role: UUID) -> HttpResponse:
    """The flow into a role of a collaborative: that of its occupation, to others as published."""
    found = profiles.role(request.actor, role)
    if found.occupation is None:
        return render(
            request,
            "flows/nothing.html",
            {"role": found, "trail": _trail(found.title), "links": _thread(found)},
        )
    if not request.actor.is_staff:
        return _shared(request, found.occupation, found)
    return _page(request, found.title, found.occupation, found)


@require_safe
def occupation(request: ActingRequest, occupation: UUID) -> HttpResponse:
    """The flow into an occupation of the region, to others as published."""
    sources.published_flows(request.actor)
    found = frameworks.occupation(request.actor, occupation)
    if not request.actor.is_staff:
        return _shared(request, found, None)
    return _page(request, found.title, found, None)


@require_safe
def shown(request: ActingRequest, occupation: UUID) -> HttpResponse:
    """What others see of a flow, also for staff."""
    sources.published_flows(request.actor)
    return _shared(request, frameworks.occupation(request.actor, occupation), None)


@require_safe
def published(request: ActingRequest) -> HttpResponse:
    """The flows that are published."""
    rows = list(sources.published_flows(request.actor))
    return render(request, "flows/published.html", {"rows": rows})


@require_POST
def publish(request: ActingRequest, occupation: UUID) -> HttpResponse:
    found = frameworks.occupation(request.actor, occupation)
    try:
        flows.publish(request.actor, found, today=timezone.localdate())
    except ValidationError as error:
        messages.error(request, words_of(error))
        return redirect("flows:occupation", occupation=found.public_id)
    messages.success(request, _("Published. This is what others see."))
    return redirect("flows:shown", occupation=found.public_id)


def _shared(request: ActingRequest, occupation: Occupation, role: Role | None) -> HttpResponse:
    """A flow as it was published: page, chart and file read the same."""
    seen = flows.shared(request.actor, occupation, today=timezone.localdate())
    export = request.GET.get("export")
    if seen is not None and export in ("xlsx", "csv"):
        return table_response(
            export, "talent-flow", seen.title, shared_words.header(), shared_words.rows(seen)
        )
    context: dict[str, Any] = {
        "occupation": occupation,
        "role": role,
        "seen": seen,
        "trail": _trail(role.title if role else occupation.title),
        "links": _thread(role),
        "steps": _steps(request, role),
    }
    if seen is not None:
        context |= {
            "came": shared_words.chart(seen),
            "inside": any(each.kind in INSIDE and each.hires for each in seen.sources),
            "openings": shared_words.banded(seen.openings),
            "missing": shared_words.banded(seen.missing),
            "over": seen.missing is not None and seen.missing[0] < 0,
            "policy": regional.policy(seen.rule_since),
        }
    return render(request, "flows/shared.html", context)


def _steps(request: ActingRequest, role: Role | None) -> list[tuple[str, str]]:
    kind = request.actor.kind
    if kind is Kind.EMPLOYER and role is not None:
        where = reverse("flows:hires", kwargs={"role": role.public_id})
        return [(_("Count your own hires by source"), where)]
    if kind is Kind.PROVIDER:
        return [(_("Look at your programs beside this"), reverse("programs:list"))]
    return [(_("See how many people employers need"), reverse("regional:list"))]


def _trail(title: str) -> list[tuple[str, str]]:
    """Where a page about a flow lies."""
    return [
        (_("Regional demand"), reverse("regional:list")),
        (_("Where people come from"), reverse("flows:published")),
        (title, ""),
    ]


def _thread(role: Role | None) -> dict[str, Any]:
    """What the flow is linked to on the thread: the role's programs."""
    if role is None:
        return {}
    return {
        "need": (_("how many employers need"), reverse("regional:list")),
        "program": (
            _("what they cover"),
            reverse("coverage:role", kwargs={"role": role.public_id}),
        ),
    }


def _page(
    request: ActingRequest, title: str, occupation: Occupation, role: Role | None
) -> HttpResponse:
    actor = request.actor
    seen = picture(actor, occupation, today=timezone.localdate())
    export = request.GET.get("export")
    if export in ("xlsx", "csv"):
        return _file(export, title, seen)
    roles = list(profiles.roles(actor).filter(occupation=occupation).order_by("title"))
    flow = seen.flow
    return render(
        request,
        "flows/flow.html",
        {
            "title": title,
            "occupation": occupation,
            "role": role,
            "roles": roles,
            "picture": seen,
            "flow": flow,
            "came": _came(title, seen),
            "went": _went(title, seen),
            "hires": round(flow.hires),
            "moving": flow.moving if flow.moving_known else None,
            "demand": _range(flow.demand),
            "supply": _range(flow.supply),
            "over": flow.gap.mean < 0,
            "gap": _range(_turned(flow.gap) if flow.gap.mean < 0 else flow.gap),
            "programs": [(each, seen.providers[each.program.key]) for each in flow.programs],
            "inside": any(each.kind in INSIDE for each in flow.others),
            "may_state": actor.may(Right.MEMBER),
            "trail": _trail(title),
            "links": _thread(role),
            "publishable": flows.publishable(actor, occupation, today=timezone.localdate())
            if actor.may(Right.MEMBER)
            else None,
            "shared": flows.shared(actor, occupation, today=timezone.localdate()) is not None,
        },
    )


def _range(value: Range) -> tuple[int, str]:
    """A mean and its range in whole people."""
    text = _("%(low)s to %(high)s") % {"low": round(value.low), "high": round(value.high)}
    return round(value.mean), text


def _turned(value: Range) -> Range:
    """More people than openings, said as a number above 0."""
    return Range(-value.mean, -value.high, -value.low)


def _name(row: Where, seen: Picture) -> str:
    return f"{row.program.name}, {seen.providers[row.program.key]}"


def _came(title: str, seen: Picture) -> Sankey:
    """Source → role: people hired in a year."""
    links = [
        Link(_name(row, seen), title, row.to_role, "supply")
        for row in seen.flow.programs
        if row.to_role > 0
    ]
    links += [
        Link(each.name, title, each.hires, "demand" if each.kind in INSIDE else "quiet")
        for each in sorted(seen.flow.others, key=lambda each: -each.hires)
    ]
    return Sankey(links, _("people a year"), _("From"), _("To"))


def _went(title: str, seen: Picture) -> Sankey:
    """Program → where its completers go in a year."""
    links = []
    for row in seen.flow.programs:
        for target, people, tone in (
            (title, row.to_role, "supply"),
            (_("Other roles it leads to"), row.to_others, "quiet"),
            (_("Hired elsewhere"), row.elsewhere, "quiet"),
            (_("Not hired, or not known"), row.not_hired, "quiet"),
        ):
            if people >= 0.05:
                links.append(Link(_name(row, seen), target, people, tone))  # type: ignore[arg-type]
    return Sankey(links, _("people a year"), _("From"), _("To"))


def _file(kind: str, title: str, seen: Picture) -> HttpResponse:
    rows: list[list[Any]] = [
        [link.source, link.target, round(link.value, 1)]
        for chart in (_came(title, seen), _went(title, seen))
        for link in chart.links
    ]
    header = [_("From"), _("To"), _("People a year")]
    return table_response(kind, "talent-flow", title, header, list(dict.fromkeys(map(tuple, rows))))


def _listing(role: Role, may_state: bool) -> Listing:
    return Listing(
        _("Where hires came from: %(role)s") % {"role": role.title},
        [
            Column(
                "employer",
                gettext_lazy("Employer"),
                lambda row: row.employer.name,
                sort="employer__name_folded",
            ),
            Column("year", gettext_lazy("Year"), lambda row: str(row.year), sort="year"),
            Column(
                "kind",
                gettext_lazy("Source"),
                lambda row: row.get_kind_display(),
                sort="kind",
                link=(
                    lambda row: reverse("flows:edit", kwargs={"source": row.public_id})
                )
                if may_state
                else None,
            ),
            Column(
                "which",
                gettext_lazy("Which one"),
                lambda row: f"{row.program.name}, {row.program.provider.name}"
                if row.program
                else row.name,
            ),
            Column(
                "hires", gettext_lazy("People hired"), lambda row: row.hires, sort="hires",
                numeric=True,
            ),
        ],
        search=("employer__name_folded", "name"),
        default_sort="-year",
        filename="sources-of-hires",
        empty_title=gettext_lazy("Nothing is counted yet"),
        empty_text=gettext_lazy(
            "Say for last year how many people you hired and where they came from. "
            "It takes five minutes, and shows which training pays off."
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def hires(request: ActingRequest, role: UUID) -> HttpResponse:
    """Where hires for a role came from: all for staff, an employer's own; one more is added here."""
    actor = request.actor
    rows = sources.sources(actor)
    found = profiles.role(actor, role)
    may_state = actor.may(Right.MEMBER)
    employers = sources.employers(actor, found)
    form: SourceForm | None = None
    if request.method == "POST":
        sources.require_statement(actor, employers)
        form = posted = SourceForm(employers, sources.programs(found), request.POST)
        if tried(
            posted,
            lambda _data: sources.state_source(found, posted.speaker, posted.values(), actor=actor),
        ):
            messages.success(request, _("Counted."))
            return redirect("flows:hires", role=found.public_id)
    elif may_state and employers:
        form = SourceForm(employers, sources.programs(found))
    return listing_response(
        request,
        _listing(found, may_state),
        rows.filter(role=found),
        template="flows/hires.html",
        context={"role": found, "form": form, "staff": actor.is_staff},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, source: UUID) -> HttpResponse:
    actor = request.actor
    found = sources.source(actor, source, role=Right.MEMBER)
    data = request.POST if request.method == "POST" else None
    form = SourceForm([found.employer], sources.programs(found.role), data, source=found)
    if request.method == "POST" and tried(
        form, lambda _data: sources.change_source(found, form.values(), actor=actor)
    ):
        messages.success(request, _("Saved."))
        return redirect("flows:hires", role=found.role.public_id)
    return render(request, "flows/edit.html", {"form": form, "source": found})


@require_POST
def archive(request: ActingRequest, source: UUID) -> HttpResponse:
    found = sources.source(request.actor, source, role=Right.MEMBER)
    try:
        sources.archive_source(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The count was taken out."))
    return redirect("flows:hires", role=found.role.public_id)
