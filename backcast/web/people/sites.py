"""Sites: where an organisation works."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.partners import access, actions
from backcast.partners.models import County, Organisation, Site
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import SiteForm, posted, tried, words_of


def _address(site: Site) -> str:
    return reverse("people:site_edit", kwargs={"site": site.public_id})


def _organisation(organisation: Organisation) -> str:
    return reverse("people:organisation", kwargs={"organisation": organisation.public_id})


SITES = Listing(
    gettext_lazy("Sites"),
    [
        Column("name", gettext_lazy("Site"), lambda s: s.name, sort="name", link=_address),
        Column(
            "organisation",
            gettext_lazy("Organization"),
            lambda s: s.organisation.name,
            sort="organisation__name_folded",
            link=lambda s: _organisation(s.organisation),
        ),
        Column("city", gettext_lazy("City"), lambda s: s.city, sort="city", phone=False),
        Column("county", gettext_lazy("County"), lambda s: s.county, sort="county"),
        Column("state", gettext_lazy("State"), lambda s: s.state, phone=False),
        Column(
            "area",
            gettext_lazy("Labor area"),
            lambda s: s.area.name if s.area else _("None yet"),
            sort="area__name",
            tone=lambda s: None if s.area else "warn",
        ),
    ],
    search=("name", "organisation__name_folded", "city", "county"),
    default_sort="organisation",
    filename="sites",
    empty_title=gettext_lazy("No sites yet"),
    empty_text=gettext_lazy("Open an organization and add the places where it works."),
)


def _placed(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(area__isnull=value == "no")


PLACED = Filter(
    "area",
    gettext_lazy("Labor area"),
    [("yes", gettext_lazy("In an area")), ("no", gettext_lazy("In no area yet"))],
    _placed,
)


@require_safe
def site_list(request: ActingRequest) -> HttpResponse:
    """The sites of all organisations of the region, for its staff."""
    access.require_staff(request.actor)
    rows = Site.objects.filter(
        organisation__in=access.organisations(request.actor), organisation__archived_at=None
    ).select_related("organisation", "area")
    return listing_response(request, SITES, rows, filters=[PLACED])


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, organisation: UUID) -> HttpResponse:
    found = access.organisation(request.actor, organisation)
    access.require_over(request.actor, found)
    return _form(request, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, site: UUID) -> HttpResponse:
    found = access.site(request.actor, site)
    access.require_over(request.actor, found.organisation)
    return _form(request, found.organisation, found)


def _form(request: ActingRequest, organisation: Organisation, site: Site | None) -> HttpResponse:
    data = posted(request)
    form = SiteForm.of(site, data) if site else SiteForm(data)
    saved: list[Site] = []
    if request.method == "POST" and tried(
        form,
        lambda given: saved.append(
            actions.save_site(site, actor=request.actor, organisation=organisation, **given)
        ),
    ):
        _say(request, saved[0])
        return redirect(_organisation(organisation))
    return render(
        request,
        "people/site_form.html",
        {
            "title": _("Edit the site") if site else _("Add a site"),
            "above": organisation.name,
            "form": form,
            "submit": _("Save") if site else _("Add"),
            "cancel": _organisation(organisation),
            "counties": County.objects.filter(
                region=organisation.region_id, area__archived_at=None
            ).order_by("name"),
        },
    )


def _say(request: ActingRequest, site: Site) -> None:
    if site.area:
        messages.success(
            request,
            _("%(site)s is saved. It lies in the labor area %(area)s.")
            % {"site": site.name, "area": site.area.name},
        )
    else:
        messages.warning(
            request,
            _(
                "%(site)s is saved, but no labor area covers %(county)s, %(state)s yet. Check the"
                " spelling; if it is right, regional staff can add the county to an area."
            )
            % {"site": site.name, "county": site.county, "state": site.state},
        )


@require_POST
def archive(request: ActingRequest, site: UUID) -> HttpResponse:
    found = access.site(request.actor, site)
    actions.archive_site(found, actor=request.actor)
    messages.success(request, _("%(site)s is archived.") % {"site": found.name})
    return redirect(_organisation(found.organisation))


@require_POST
def restore(request: ActingRequest, site: UUID) -> HttpResponse:
    found = access.site(request.actor, site)
    try:
        actions.restore_site(found, actor=request.actor)
        messages.success(request, _("%(site)s is back.") % {"site": found.name})
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(_organisation(found.organisation))
