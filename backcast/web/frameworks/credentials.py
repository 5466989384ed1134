"""The list of credentials, the page of one, adding, changing and archiving it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor
from backcast.frameworks import access, actions
from backcast.frameworks.models import Credential
from backcast.training import access as training
from backcast.training.models import Program
from backcast.web.frameworks.forms import CredentialForm
from backcast.web.frameworks.words import tabs
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of


def address(credential: Credential) -> str:
    return reverse("frameworks:credential", kwargs={"credential": credential.public_id})


COLUMNS = [
    Column("name", gettext_lazy("Credential"), lambda c: c.name, sort="name", link=address),
    Column(
        "abbreviation",
        gettext_lazy("Abbreviation"),
        lambda c: c.abbreviation,
        sort="abbreviation",
    ),
    Column("kind", gettext_lazy("Kind"), lambda c: c.get_kind_display(), sort="kind"),
    Column("issuer", gettext_lazy("Issued by"), lambda c: c.issuer, sort="issuer"),
    Column(
        "renewal",
        gettext_lazy("Months until renewal"),
        lambda c: c.renewal_months,
        sort="renewal_months",
        numeric=True,
    ),
]
FILTERS = [
    Filter(
        "kind",
        gettext_lazy("Kind"),
        Credential.Kind.choices,
        lambda rows, value: rows.filter(kind=value),
    ),
]


@require_safe
def credentials(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    add_one = (gettext_lazy("Add a credential"), reverse("frameworks:credential_add"))
    may_write = access.may_write(actor)
    listing = Listing(
        gettext_lazy("Credentials"),
        COLUMNS,
        search=("folded", "issuer"),
        default_sort="name",
        filename="credentials",
        intro=gettext_lazy("What people earn by training, and what employers ask for."),
        empty_title=gettext_lazy("No credentials yet"),
        empty_text=gettext_lazy("Those that programs lead to and employers ask for stand here."),
        empty_action=add_one if may_write else None,
    )
    return listing_response(
        request,
        listing,
        access.credentials(actor),
        actions=[add_one] if may_write else [],
        filters=FILTERS,
        template="frameworks/list.html",
        context={"tabs": tabs(actor, "credentials")},
    )


def _programs(actor: Actor, credential: Credential) -> list[Program] | None:
    """The current programs whose graduates can earn it; ``None`` for those who see no programs."""
    if not training.may_read(actor):
        return None
    return list(
        training.programs(actor)
        .filter(credential_links__credential=credential, archived_at=None)
        .select_related("provider", "area")
        .order_by("name_folded", "pk")
    )


@require_safe
def page(request: ActingRequest, credential: UUID) -> HttpResponse:
    found = access.credential(request.actor, credential)
    return render(
        request,
        "frameworks/credential.html",
        {
            "credential": found,
            "may_change": access.may_write(request.actor),
            "programs": _programs(request.actor, found),
            "tabs": tabs(request.actor, "credentials"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_writer(request.actor)
    form = CredentialForm(request.POST if request.method == "POST" else None)
    made: list[Credential] = []

    def act(data: dict[str, Any]) -> None:
        made.append(actions.add_credential(data, actor=request.actor))

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("%(name)s was added.") % {"name": made[0].name})
        return redirect(address(made[0]))
    return _form(request, form, _("Add a credential"), reverse("frameworks:credentials"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, credential: UUID) -> HttpResponse:
    found = access.own_credential(request.actor, credential)
    form = CredentialForm.of(found, request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> None:
        actions.change_credential(found, data, actor=request.actor)

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("Saved."))
        return redirect(address(found))
    return _form(request, form, _("Change %(name)s") % {"name": found.name}, address(found))


def _form(request: ActingRequest, form: CredentialForm, title: str, cancel: str) -> HttpResponse:
    return render(
        request,
        "frameworks/form.html",
        {"form": form, "title": title, "submit": _("Save"), "cancel": cancel},
    )


@require_POST
def archive(request: ActingRequest, credential: UUID) -> HttpResponse:
    found = access.own_credential(request.actor, credential)
    actions.archive(found, actor=request.actor)
    messages.success(request, _("%(name)s was archived.") % {"name": found.name})
    return redirect("frameworks:credentials")


@require_POST
def bring_back(request: ActingRequest, credential: UUID) -> HttpResponse:
    found = access.own_credential(request.actor, credential)
    try:
        actions.bring_back(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": found.name})
    return redirect(address(found))
