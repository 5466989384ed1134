"""The credentials that graduates of a program can earn."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backcast.core.actor import Role
from backcast.frameworks import access as frameworks
from backcast.frameworks.models import Credential
from backcast.frameworks.search import find_credentials
from backcast.training import access, actions
from backcast.training.models import Program
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of

_SHOWN = 8


@require_safe
def credentials(request: ActingRequest, program: UUID) -> HttpResponse:
    """What graduates earn; look for a credential to add (``?q=``)."""
    actor = request.actor
    found = access.program(actor, program, role=Role.MEMBER)
    linked = list(found.credentials.order_by("name"))
    keys = {each.pk for each in linked}
    query = request.GET.get("q", "").strip()[:120]
    others = frameworks.credentials(actor).filter(archived_at=None)
    if query:
        results = find_credentials(query, region_id=found.region_id, limit=_SHOWN)
    else:
        results = list(others.exclude(pk__in=keys).order_by("name")[:_SHOWN])
    return render(
        request,
        "programs/credentials.html",
        {
            "program": found,
            "linked": linked,
            "query": query,
            "results": results,
            "linked_keys": keys,
            "more": not query and others.count() > len(results) + len(linked),
            "may_define": frameworks.may_write(actor),
        },
    )


@require_POST
def add(request: ActingRequest, program: UUID) -> HttpResponse:
    found = access.program(request.actor, program, role=Role.MEMBER)
    chosen = _chosen(request)
    linked = list(found.credentials.all())
    return _set(request, found, [*linked, chosen], _("%(name)s was added."), chosen)


@require_POST
def remove(request: ActingRequest, program: UUID) -> HttpResponse:
    found = access.program(request.actor, program, role=Role.MEMBER)
    chosen = _chosen(request)
    left = [each for each in found.credentials.all() if each != chosen]
    return _set(request, found, left, _("%(name)s was removed."), chosen)


def _chosen(request: ActingRequest) -> Credential:
    try:
        key = UUID(request.POST.get("credential", ""))
    except ValueError:
        raise Http404 from None
    return frameworks.credential(request.actor, key)


def _set(
    request: ActingRequest,
    program: Program,
    credentials: list[Credential],
    said: str,
    chosen: Credential,
) -> HttpResponse:
    try:
        actions.change_program(program, {}, actor=request.actor, credentials=credentials)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, said % {"name": chosen.name})
    return redirect("programs:credentials", program=program.public_id)
