"""Labor areas: sets of counties, for staff to define."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.partners import access, actions
from backcast.partners.models import LabourArea
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import AreaForm, posted, tried, words_of


def _address(area: LabourArea) -> str:
    return reverse("people:area_edit", kwargs={"area": area.public_id})


AREAS = Listing(
    gettext_lazy("Labor areas"),
    [
        Column("name", gettext_lazy("Area"), lambda a: a.name, sort="name", link=_address),
        Column(
            "counties",
            gettext_lazy("Counties"),
            lambda a: "; ".join(str(county) for county in a.counties.all()),
        ),
        Column(
            "adjoining",
            gettext_lazy("Adjoining areas"),
            lambda a: ", ".join(sorted(other.name for other in a.adjoining.all())),
        ),
        Column(
            "sites",
            gettext_lazy("Sites"),
            lambda a: a.sites_count,
            numeric=True,
            sort="sites_count",
        ),
    ],
    search=("name",),
    default_sort="name",
    filename="labour-areas",
    intro=gettext_lazy(
        "Counties within which people travel to work. A program serves its own area and those that"
        " adjoin it."
    ),
    empty_title=gettext_lazy("No labor areas yet"),
    empty_text=gettext_lazy("Say which counties belong together; needs and programs follow them."),
    empty_action=(gettext_lazy("Add a labor area"), reverse_lazy("people:area_add")),  # type: ignore[arg-type]
)


@require_safe
def area_list(request: ActingRequest) -> HttpResponse:
    access.require_staff(request.actor)
    rows = (
        access.areas(request.actor)
        .annotate(sites_count=Count("sites", filter=Q(sites__archived_at=None)))
        .prefetch_related("counties", "adjoining")
    )
    links = []
    if request.actor.may(Role.MEMBER):
        links.append((_("Add a labor area"), reverse("people:area_add")))
    return listing_response(request, AREAS, rows, actions=links)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    others = access.areas(request.actor).filter(archived_at=None).order_by("name")
    form = AreaForm(others, posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.add_area(actor=request.actor, **data)
    ):
        messages.success(request, _("The labor area is added."))
        return redirect("people:areas")
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, area: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.area(request.actor, area)
    others = access.areas(request.actor).filter(archived_at=None).exclude(pk=found.pk)
    form = AreaForm.of(found, others.order_by("name"), posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.edit_area(found, actor=request.actor, **data)
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect("people:areas")
    return _form(request, form, found)


def _form(request: ActingRequest, form: AreaForm, area: LabourArea | None) -> HttpResponse:
    return render(
        request,
        "people/area_form.html",
        {
            "title": _("Edit the labor area") if area else _("Add a labor area"),
            "form": form,
            "submit": _("Save") if area else _("Add"),
            "cancel": reverse("people:areas"),
            "area": area,
        },
    )


@require_POST
def archive(request: ActingRequest, area: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.area(request.actor, area)
    try:
        actions.archive_area(found, actor=request.actor)
        messages.success(request, _("%(area)s is archived.") % {"area": found})
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect("people:areas")


@require_POST
def restore(request: ActingRequest, area: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.area(request.actor, area)
    actions.restore_area(found, actor=request.actor)
    messages.success(request, _("%(area)s is back.") % {"area": found})
    return redirect("people:areas")
