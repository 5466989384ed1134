"""Keys with which programs read the API in one's name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.partners import access, actions
from backcast.partners.models import AccessToken, Membership
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import TokenForm, posted, tried


def _membership(request: ActingRequest) -> Membership:
    if request.membership is None:
        raise Http404
    return request.membership


@require_safe
def token_list(request: ActingRequest) -> HttpResponse:
    """One's keys for the organisation that one acts for."""
    membership = _membership(request)
    return render(
        request,
        "people/tokens.html",
        {"tokens": access.tokens(request.actor), "organisation": membership.organisation},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    """Make a key. Its secret is shown this once."""
    membership = _membership(request)
    form = TokenForm(posted(request))
    made: list[tuple[AccessToken, str]] = []
    if request.method == "POST" and tried(
        form,
        lambda data: made.append(
            actions.make_token(
                membership, actor=request.actor, name=data["name"], days=int(data["days"])
            )
        ),
    ):
        token, secret = made[0]
        return render(
            request,
            "people/token_made.html",
            {
                "token": token,
                "secret": secret,
                "example": request.build_absolute_uri(reverse("api:regional-demand")),
            },
        )
    return render(
        request,
        "people/form.html",
        {
            "title": _("Make a key"),
            "above": membership.organisation.name,
            "intro": _("Whoever holds the key reads what you may read here, and changes nothing."),
            "form": form,
            "submit": _("Make the key"),
            "cancel": reverse("people:tokens"),
        },
    )


@require_POST
def revoke(request: ActingRequest, token: UUID) -> HttpResponse:
    found = access.token(request.actor, token)
    actions.revoke_token(found, actor=request.actor)
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": found.name})
    return redirect("people:tokens")
