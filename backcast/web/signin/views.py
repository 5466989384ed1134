"""Signing in: one screen for the address, one for the code."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.core.internal import ratelimit
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


class SignInView(account.RequestLoginCodeView):  # type: ignore[misc]
    """The address to which the code goes; beside it the passkey and the other service."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().get_context_data(**kwargs)
        values["service"] = settings.OIDC_NAME if settings.OIDC_CONFIGURED else ""
        return values


class CodeView(account.ConfirmLoginCodeView):  # type: ignore[misc]
    """The code from the mail."""

    template_name = "account/confirm_login_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limited: HttpResponse | None = ratelimit.consume_or_429(
            request,
            app="allauth.account",
            action="confirm_login_code",
            key=str(self._process.state.get("email", "")),
        )
        if limited is not None:
            return limited
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super()._resend_form_valid(form)
        messages.success(
            self.request, _("If the address is known here, a new code is on its way to it.")
        )
        return response


class AddPasskeyView(webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Recovery codes belong to the authenticator app; a passkey does not lead to them."""

    def get_success_url(self) -> str:
        return reverse("mfa_index")


@login_not_required
@require_safe
def request_code(request: HttpRequest) -> HttpResponseRedirect:
    """The library's own address for asking for a code: ours is the sign-in page."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@login_not_required
@require_safe
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """How one comes by an account."""
    return render(request, "account/signup_closed.html")
