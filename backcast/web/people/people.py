"""People: who belongs where, under which role."""

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
from django.views.decorators.http import require_http_methods, require_safe

from backcast.partners import access, actions
from backcast.partners.models import Membership, Organisation
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import RoleForm, posted, tried, words_of


def _organisation(membership: Membership) -> str:
    public_id = membership.organisation.public_id
    return reverse("people:organisation", kwargs={"organisation": public_id})


PEOPLE = Listing(
    gettext_lazy("People"),
    [
        Column("name", gettext_lazy("Name"), lambda m: m.person.name or "–", sort="person__name"),
        Column(
            "email", gettext_lazy("E-mail address"), lambda m: m.person.email, sort="person__email"
        ),
        Column("phone", gettext_lazy("Phone"), lambda m: m.person.phone, phone=False),
        Column(
            "organisation",
            gettext_lazy("Organization"),
            lambda m: m.organisation.name,
            sort="organisation__name_folded",
            link=_organisation,
        ),
        Column("role", gettext_lazy("Role"), lambda m: m.get_role_display(), sort="role"),
    ],
    search=("person__name", "person__email", "organisation__name_folded"),
    default_sort="name",
    filename="people",
    empty_title=gettext_lazy("Nobody yet"),
    empty_text=gettext_lazy("Open an organization and invite its people."),
    archived=False,
)


def _of_kind(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    return rows.filter(organisation__kind=kind)


KINDS = Filter("kind", gettext_lazy("Kind of organization"), Organisation.Kind.choices, _of_kind)


@require_safe
def people_list(request: ActingRequest) -> HttpResponse:
    """Everybody who belongs to an organisation of the region, for its staff."""
    access.require_staff(request.actor)
    return listing_response(request, PEOPLE, access.people(request.actor), filters=[KINDS])


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: ActingRequest, membership: UUID) -> HttpResponse:
    """Give someone another role."""
    found = access.membership(request.actor, membership)
    access.require_people(request.actor, found.organisation)
    form = RoleForm(posted(request), initial={"role": found.role})
    if request.method == "POST" and tried(
        form, lambda data: actions.change_role(found, actor=request.actor, **data)
    ):
        messages.success(
            request,
            _("%(person)s is now: %(role)s.")
            % {"person": found.person, "role": found.get_role_display()},
        )
        return redirect(_organisation(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Change the role of %(person)s") % {"person": found.person},
            "above": found.organisation.name,
            "form": form,
            "submit": _("Save"),
            "cancel": _organisation(found),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActingRequest, membership: UUID) -> HttpResponse:
    """Leave an organisation, or remove someone from it; asked once more before it is done."""
    found = access.membership(request.actor, membership)
    oneself = found.person_id == request.actor.person_id
    if not oneself:
        access.require_people(request.actor, found.organisation)
    problem = ""
    if request.method == "POST":
        try:
            actions.end_membership(found, actor=request.actor)
        except ValidationError as error:
            problem = words_of(error)
        else:
            values = {"person": found.person, "organisation": found.organisation}
            if oneself:
                messages.success(request, _("You have left %(organisation)s.") % values)
                return redirect("home")
            messages.success(
                request, _("%(person)s no longer belongs to %(organisation)s.") % values
            )
            return redirect(_organisation(found))
    return render(
        request,
        "people/end.html",
        {
            "membership": found,
            "oneself": oneself,
            "problem": problem,
            "cancel": _organisation(found),
        },
    )
