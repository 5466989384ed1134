"""One's own account, and the organisation that one acts for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backcast.partners import actions
from backcast.web.middleware import SESSION_KEY, ActingRequest
from backcast.web.people.forms import AccountForm, posted, tried


@require_http_methods(["GET", "HEAD", "POST"])
def own_account(request: ActingRequest) -> HttpResponse:
    """Name and phone, memberships, and the way to passkeys and the second step."""
    form = AccountForm.of(request.user, posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: actions.edit_own_account(request.user, actor=request.actor, **data),
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect("people:account")
    return render(request, "people/account.html", {"form": form})


@require_POST
def choose_organisation(request: ActingRequest) -> HttpResponse:
    """Act for another of one's organisations; the role follows it."""
    try:
        wanted = str(UUID(request.POST.get("organisation", "")))
    except ValueError:
        raise Http404 from None
    membership = next(
        (m for m in request.memberships if str(m.organisation.public_id) == wanted), None
    )
    if membership is None:
        raise Http404
    request.session[SESSION_KEY] = wanted
    messages.success(
        request, _("You now act for %(organisation)s.") % {"organisation": membership.organisation}
    )
    following = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure()):
        return redirect(following)
    return redirect("home")
