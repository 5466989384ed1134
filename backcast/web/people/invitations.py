"""Inviting people, and the page behind the link of an invitation."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backcast.partners import access, actions, texts
from backcast.partners.models import Invitation, Organisation, Person
from backcast.web.middleware import SESSION_KEY, ActingRequest
from backcast.web.people.forms import InviteForm, JoinForm, posted, tried, words_of


def _organisation(organisation: Organisation) -> str:
    return reverse("people:organisation", kwargs={"organisation": organisation.public_id})


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: ActingRequest, organisation: UUID) -> HttpResponse:
    found = access.organisation(request.actor, organisation)
    access.require_people(request.actor, found)
    form = InviteForm(posted(request), texts=texts.available())
    if request.method == "POST" and tried(
        form, lambda data: actions.invite(actor=request.actor, organisation=found, **data)
    ):
        messages.success(
            request,
            _("The invitation to %(email)s is on its way.") % {"email": form.cleaned_data["email"]},
        )
        return redirect(_organisation(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Invite someone"),
            "above": found.name,
            "intro": _(
                "They get a mail with a link. It works for two weeks and can be sent again."
            ),
            "form": form,
            "submit": _("Send the invitation"),
            "cancel": _organisation(found),
        },
    )


@require_POST
def renew(request: ActingRequest, invitation: UUID) -> HttpResponse:
    found = access.invitation(request.actor, invitation)
    try:
        actions.renew_invitation(found, actor=request.actor)
        messages.success(
            request, _("A new link is on its way to %(email)s.") % {"email": found.email}
        )
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(_organisation(found.organisation))


@require_POST
def withdraw(request: ActingRequest, invitation: UUID) -> HttpResponse:
    found = access.invitation(request.actor, invitation)
    try:
        actions.withdraw_invitation(found, actor=request.actor)
        messages.success(
            request, _("The invitation to %(email)s is withdrawn.") % {"email": found.email}
        )
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(_organisation(found.organisation))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: ActingRequest, invitation: UUID, token: str) -> HttpResponse:
    """Behind the link: looking changes nothing, pressing the button joins and signs in."""
    found, current = access.invitation_by_link(invitation, token)
    person = Person.objects.filter(email__iexact=found.email).first()
    form = JoinForm(posted(request)) if person is None else None
    problem = ""
    if request.method == "POST" and current:
        joined: list[Person] = []
        by_link = access.invited(found)
        if form is not None:
            tried(
                form,
                lambda data: joined.append(actions.accept_invitation(found, actor=by_link, **data)),
            )
        else:
            try:
                joined.append(actions.accept_invitation(found, actor=by_link))
            except ValidationError as error:
                problem = words_of(error)
        if joined:
            return _enter(request, joined[0], found)
    state = found.state if current else ("replaced" if found.state == "open" else found.state)
    if found.organisation.is_archived and state != "accepted":
        state = "ended"
    signed_in = request.user if request.user.is_authenticated else None
    return render(
        request,
        "people/join.html",
        {
            "invitation": found,
            "known": current,
            "state": state,
            "form": form,
            "problem": problem,
            "person": person,
            "other": signed_in if signed_in and signed_in != person else None,
            "token": token,
        },
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: ActingRequest, invitation: UUID) -> HttpResponse:
    """Where a text leads: it says to which inbox the link went, and has the mail sent again."""
    found = access.invitation_by_id(invitation)
    if request.method == "POST":
        try:
            actions.ask_again(found, actor=access.invited(found))
            messages.success(request, _("A new link is on its way. Look in your inbox."))
        except ValidationError as error:
            messages.error(request, words_of(error))
        return redirect("people:invited", invitation=invitation)
    ended = found.state == "ended" or (found.organisation.is_archived and found.state != "accepted")
    return render(
        request,
        "people/invited.html",
        {
            "invitation": found,
            "state": "ended" if ended else found.state,
            "inbox": actions.masked(found.email),
        },
    )


def _enter(request: HttpRequest, person: Person, invitation: Invitation) -> HttpResponse:
    """Sign in whoever accepted (the link has proved the address), for the organisation they joined.

    A second step, where one is set up, is still asked for.
    """
    chosen = str(invitation.organisation.public_id)
    messages.success(
        request, _("Welcome to %(organisation)s.") % {"organisation": invitation.organisation}
    )
    if request.user.is_authenticated:
        if request.user == person:
            request.session[SESSION_KEY] = chosen
            return redirect("home")
        logout(request)
        messages.success(
            request, _("Welcome to %(organisation)s.") % {"organisation": invitation.organisation}
        )
    record_authentication(request, person, method="code", email=person.email)
    request.session[SESSION_KEY] = chosen
    response: HttpResponse = perform_login(
        request, Login(user=person, email=person.email, redirect_url=reverse("home"))
    )
    return response


@login_not_required
@require_POST
def again(request: ActingRequest, invitation: UUID, token: str) -> HttpResponse:
    """Whoever holds an old link has a new one sent, to the invited address only."""
    found, _current = access.invitation_by_link(invitation, token)
    try:
        actions.ask_again(found, actor=access.invited(found))
        messages.success(request, _("A new link is on its way to the address that was invited."))
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect("people:join", invitation=invitation, token=token)
