"""Organisations: the list, one's page, adding, changing, archiving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.partners import access, actions
from backcast.partners.models import Organisation
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import NewOrganisationForm, OrganisationForm, posted, tried, words_of
from backcast.web.people.history import told


def _address(organisation: Organisation) -> str:
    return reverse("people:organisation", kwargs={"organisation": organisation.public_id})


ORGANISATIONS = Listing(
    gettext_lazy("Organizations"),
    [
        Column("name", gettext_lazy("Name"), lambda o: o.name, sort="name_folded", link=_address),
        Column("kind", gettext_lazy("Kind"), lambda o: o.get_kind_display(), sort="kind"),
        Column(
            "sites",
            gettext_lazy("Sites"),
            lambda o: o.sites_count,
            numeric=True,
            phone=False,
            sort="sites_count",
        ),
        Column(
            "people",
            gettext_lazy("People"),
            lambda o: o.people_count,
            numeric=True,
            sort="people_count",
        ),
        Column("website", gettext_lazy("Website"), lambda o: o.website, phone=False),
    ],
    default_sort="name",
    filename="organisations",
    empty_title=gettext_lazy("No organizations yet"),
    empty_text=gettext_lazy(
        "Add the employers, training providers, agencies and funders of your region."
    ),
    empty_action=(gettext_lazy("Add an organization"), reverse_lazy("people:organisation_add")),  # type: ignore[arg-type]
)


def _of_kind(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    return rows.filter(kind=kind)


KINDS = Filter("kind", gettext_lazy("Kind"), Organisation.Kind.choices, _of_kind)


@require_safe
def organisation_list(request: ActingRequest) -> HttpResponse:
    """All organisations of the region, for its staff."""
    access.require_staff(request.actor)
    rows = access.organisations(request.actor).annotate(
        sites_count=Count("sites", filter=Q(sites__archived_at=None), distinct=True),
        people_count=Count("memberships", filter=Q(memberships__left_at=None), distinct=True),
    )
    links = [
        (_("People"), reverse("people:people")),
        (_("Sites"), reverse("people:sites")),
        (_("Contact notes"), reverse("people:notes")),
        (_("Labor areas"), reverse("people:areas")),
    ]
    if request.actor.may(Role.MEMBER):
        links.insert(0, (_("Add an organization"), reverse("people:organisation_add")))
    return listing_response(request, ORGANISATIONS, rows, actions=links, filters=[KINDS])


@require_safe
def own(request: ActingRequest) -> HttpResponse:
    """The page of the organisation that one acts for."""
    if request.membership is None:
        raise Http404
    return redirect(_address(request.membership.organisation))


@require_safe
def page(request: ActingRequest, organisation: UUID) -> HttpResponse:
    """One organisation: its sites and people; for staff also notes and history."""
    actor = request.actor
    found = access.organisation(actor, organisation)
    manages = access.may_manage_people(actor, found)
    invitations = found.invitations.filter(accepted_at=None, ended_at=None).order_by("email")
    context = {
        "organisation": found,
        "sites": found.sites.filter(archived_at=None).select_related("area").order_by("name"),
        "archived_sites": found.sites.filter(archived_at__isnull=False).order_by("name"),
        "people": access.people(actor).filter(organisation=found).order_by("person__name", "pk"),
        "invitations": invitations if manages else [],
        "may_change": access.may_change(actor, found) and not found.is_archived,
        "may_manage": manages and not found.is_archived,
        "may_archive": actor.is_staff
        and actor.may(Role.MEMBER)
        and found.kind != Organisation.Kind.INTERMEDIARY,
        "may_note": actor.is_staff and actor.may(Role.MEMBER),
        "notes": access.contact_notes(actor).filter(organisation=found, archived_at=None)[:5]
        if actor.is_staff
        else [],
        "history": told(access.history(actor, found)[:20]) if actor.is_staff else [],
    }
    return render(request, "people/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    form = NewOrganisationForm(request.actor, posted(request))
    made: list[Organisation] = []
    if request.method == "POST" and tried(
        form, lambda data: made.append(actions.add_organisation(actor=request.actor, **data))
    ):
        messages.success(
            request,
            _("%(name)s was added. Now add its sites and invite its people.") % {"name": made[0]},
        )
        return redirect(_address(made[0]))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Add an organization"),
            "form": form,
            "submit": _("Add"),
            "cancel": reverse("people:organisations"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, organisation: UUID) -> HttpResponse:
    found = access.organisation(request.actor, organisation)
    access.require_over(request.actor, found)
    form = OrganisationForm.of(found, posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.edit_organisation(found, actor=request.actor, **data)
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(_address(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Edit the organization"),
            "above": access.organisation(request.actor, organisation).name,
            "form": form,
            "submit": _("Save"),
            "cancel": _address(found),
        },
    )


@require_POST
def archive(request: ActingRequest, organisation: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.organisation(request.actor, organisation)
    try:
        actions.archive_organisation(found, actor=request.actor)
        messages.success(
            request, _("%(name)s is archived. Nobody can act for it now.") % {"name": found}
        )
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(_address(found))


@require_POST
def restore(request: ActingRequest, organisation: UUID) -> HttpResponse:
    access.require_staff(request.actor, Role.MEMBER)
    found = access.organisation(request.actor, organisation)
    try:
        actions.restore_organisation(found, actor=request.actor)
        messages.success(request, _("%(name)s is back.") % {"name": found})
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(_address(found))
