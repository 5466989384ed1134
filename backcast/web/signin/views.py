"""Signing in: one screen for the address, one for the code."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows import reauthentication
from allauth.core.internal import ratelimit
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backcast.core.actor import Actor, acting


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


class SecondStepView(mfa.AuthenticateView):  # type: ignore[misc]
    """The code of the app; a passkey is offered to those who have one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().get_context_data(**kwargs)
        values["has_passkey"] = Authenticator.objects.filter(
            user_id=self.stage.login.user.pk, type=Authenticator.Type.WEBAUTHN
        ).exists()
        return values


class AddPasskeyView(webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Recovery codes belong to the authenticator app; a passkey does not lead to them."""

    def get_success_url(self) -> str:
        return reverse("mfa_index")


@login_not_required
def back_from_service(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the other service: it acts while it joins itself to the account it vouches for."""
    with acting(Actor(f"service:{provider_id}"), "partners.sign_in"):
        response: HttpResponse = oidc.callback(request, provider_id)
        return response


def _unused_codes(request: HttpRequest) -> list[str]:
    """The recovery codes left; asks again who it is when the sign-in was a while ago."""
    reauthentication.raise_if_reauthentication_required(request, app="allauth.mfa")
    found = Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if found is None:
        raise Http404
    codes: list[str] = found.wrap().get_unused_codes()
    return codes


@never_cache
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that stand in for the app, to be kept."""
    codes = _unused_codes(request)
    total = mfa_settings.RECOVERY_CODE_COUNT
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes, "total": total})


@never_cache
@require_safe
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    text = "\r\n".join(_unused_codes(request)) + "\r\n"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="backcast-recovery-codes.txt"'},
    )


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
