"""The list of occupations, the page of one, and own occupations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor
from backcast.frameworks import access, actions
from backcast.frameworks.models import Framework, Occupation, Projection, Wage, WageArea
from backcast.frameworks.parsing.codes import COMBINED
from backcast.frameworks.search import find_occupations
from backcast.web.frameworks.forms import OccupationForm
from backcast.web.frameworks.profile import profile
from backcast.web.frameworks.words import GROUPS, tabs
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of

_FOUND = 25


def address(occupation: Occupation) -> str:
    return reverse("frameworks:occupation", kwargs={"occupation": occupation.public_id})


def _status(occupation: Occupation) -> str:
    if occupation.withdrawn_in_id is not None:
        return _("withdrawn")
    return _("own") if occupation.is_own else _("current")


def _columns(area: WageArea | None, searching: bool) -> list[Column]:
    columns = [
        Column("title", gettext_lazy("Occupation"), lambda o: o.title, sort="title", link=address),
        Column("code", gettext_lazy("Code"), lambda o: o.code, sort="code"),
        Column(
            "zone",
            gettext_lazy("Job zone"),
            lambda o: o.job_zone,
            sort="job_zone",
            numeric=True,
            phone=False,
        ),
        Column(
            "pay",
            _("Median pay a year, %(area)s") % {"area": area.title} if area else _("Median pay"),
            lambda o: None if o.median_pay is None else round(o.median_pay),
            sort="median_pay",
            numeric=True,
        ),
        Column(
            "openings",
            gettext_lazy("Openings a year, United States"),
            lambda o: o.openings,
            sort="openings",
            numeric=True,
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            _status,
            sort="withdrawn_in",
            phone=False,
            tone=lambda o: "quiet" if o.withdrawn_in_id else "good",
        ),
    ]
    if searching:
        columns.append(
            Column(
                "match", gettext_lazy("Best match"), lambda o: o.match, sort="match", numeric=True
            )
        )
    return columns


def _rows(actor: Actor, area: WageArea | None) -> QuerySet[Occupation]:
    """Occupations with the pay and outlook of the code under which these are published."""
    published = Case(
        *(When(soc=part, then=Value(whole)) for part, whole in COMBINED.items()), default=F("soc")
    )
    wages = Wage.objects.filter(soc=OuterRef("published"), area=area).order_by("-year")
    outlook = Projection.objects.filter(soc=OuterRef("published")).order_by("-base_year")
    return (
        access.occupations(actor)
        .annotate(published=published)
        .annotate(
            median_pay=Subquery(wages.values("annual_50")[:1]),
            openings=Subquery(outlook.values("openings")[:1]),
        )
    )


def main_area(actor: Actor) -> WageArea | None:
    """The area whose pay lists show: the region's state, or else the nation."""
    areas = list(access.wage_areas(actor))
    states = [area for area in areas if area.kind == WageArea.Kind.STATE]
    nation = [area for area in areas if area.kind == WageArea.Kind.NATION]
    return next(iter(states + nation), None)


@require_safe
def occupations(request: ActingRequest) -> HttpResponse:
    """All occupations; a search ranks them by what the words most likely mean."""
    actor = request.actor
    area = main_area(actor)
    rows = _rows(actor, area)
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())
    if words:
        found = find_occupations(
            words,
            limit=_FOUND,
            region_id=actor.region_id,
            framework=Framework.ESCO if request.GET.get("source") == "esco" else None,
        )
        ids = [each.occupation.pk for each in found]
        order = [When(pk=pk, then=Value(place)) for place, pk in enumerate(ids, 1)]
        rows = rows.filter(pk__in=ids).annotate(match=Case(*order, default=Value(0)))
    if not request.GET.get("source"):
        rows = rows.filter(access.main())
    may_write = access.may_write(actor)
    listing = Listing(
        gettext_lazy("Occupations"),
        _columns(area, bool(words)),
        search=(),
        default_sort="match" if words else "title",
        filename="occupations",
        intro=gettext_lazy("Search by any title or abbreviation that people use, or by code."),
        empty_title=gettext_lazy("No occupations are loaded"),
        empty_text=gettext_lazy("Loaded data says which files to load, and how."),
        empty_action=(gettext_lazy("See loaded data"), reverse("frameworks:releases"))
        if actor.is_staff
        else None,
    )
    filters = [
        Filter(
            "group",
            gettext_lazy("Field of work"),
            GROUPS,
            lambda found, value: found.filter(soc__startswith=f"{value}-"),
        ),
        Filter(
            "source",
            gettext_lazy("Source"),
            [
                ("loaded", gettext_lazy("O*NET")),
                ("esco", gettext_lazy("ESCO")),
                ("own", gettext_lazy("Our own")),
                ("withdrawn", gettext_lazy("Withdrawn")),
            ],
            lambda found, value: {
                "loaded": found.filter(framework=Framework.ONET, withdrawn_in=None),
                "esco": found.filter(framework=Framework.ESCO, withdrawn_in=None),
                "own": found.exclude(region=None),
                "withdrawn": found.exclude(withdrawn_in=None),
            }[value],
        ),
    ]
    links = [(_("Add our own"), reverse("frameworks:occupation_add"))] if may_write else []
    return listing_response(
        request,
        listing,
        rows,
        actions=links,
        filters=filters,
        template="frameworks/list.html",
        context={"tabs": tabs(actor, "occupations")},
    )


@require_safe
def page(request: ActingRequest, occupation: UUID) -> HttpResponse:
    """One occupation: what is done in it, what it takes, what it pays, where it leads."""
    found = access.occupation(request.actor, occupation)
    return render(
        request,
        "frameworks/occupation.html",
        {
            "occupation": found,
            "may_change": found.is_own and access.may_write(request.actor),
            "tabs": tabs(request.actor, "occupations"),
            **profile(found, request.actor),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_writer(request.actor)
    form = OccupationForm(request.actor, request.POST if request.method == "POST" else None)
    made: list[Occupation] = []

    def act(_data: dict[str, Any]) -> None:
        made.append(actions.add_occupation(form.values(), actor=request.actor))

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("%(name)s was added.") % {"name": made[0].title})
        return redirect(address(made[0]))
    return _form(request, form, _("Add an occupation"), reverse("frameworks:occupations"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, occupation: UUID) -> HttpResponse:
    found = access.own_occupation(request.actor, occupation)
    form = OccupationForm(
        request.actor, request.POST if request.method == "POST" else None, occupation=found
    )

    def act(_data: dict[str, Any]) -> None:
        actions.change_occupation(found, form.values(), actor=request.actor)

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("Saved."))
        return redirect(address(found))
    return _form(request, form, _("Change %(name)s") % {"name": found.title}, address(found))


def _form(request: ActingRequest, form: OccupationForm, title: str, cancel: str) -> HttpResponse:
    return render(
        request,
        "frameworks/form.html",
        {"form": form, "title": title, "submit": _("Save"), "cancel": cancel, "finds": True},
    )


@require_POST
def archive(request: ActingRequest, occupation: UUID) -> HttpResponse:
    found = access.own_occupation(request.actor, occupation)
    actions.archive(found, actor=request.actor)
    messages.success(request, _("%(name)s was archived.") % {"name": found.title})
    return redirect("frameworks:occupations")


@require_POST
def bring_back(request: ActingRequest, occupation: UUID) -> HttpResponse:
    found = access.own_occupation(request.actor, occupation)
    try:
        actions.bring_back(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": found.title})
    return redirect(address(found))
