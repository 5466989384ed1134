"""How allauth meets Backcast: nobody signs up, mail waits for the commit, secrets are encrypted."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import acting
from backcast.partners import messages
from backcast.partners.access import actor_of
from backcast.partners.models import Person


def note_proven_address(person: Person) -> None:
    """Remember that the person's address is theirs: they came in by a mail to it."""
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code. Look again at the newest mail from us."),
        "too_many_login_attempts": _("That was too often. Wait a few minutes, then try again."),
        "rate_limited": _("That was too often. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account comes from an invitation."""
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        with acting(actor_of(user, None), "partners.sign_in"):
            note_proven_address(user)
            super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(
            template_prefix, email, {"request": self.request, "email": email, **context}
        )
        messages.queue(recipient=email, subject=str(message.subject), text=str(message.body))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for someone who signed in a moment ago, by whatever means."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That is not the code. Codes change every half minute: try the next."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes stand in for an authenticator app. Set one up first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Person, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(n)s") % {"n": count + 1}

    def is_mfa_enabled(self, user: Person, types: list[str] | None = None) -> bool:
        """A passkey is a way in of its own; only an authenticator app makes a second step due."""
        if types is not None and {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN} <= set(
            types
        ):
            types = [Authenticator.Type.TOTP]
        return bool(super().is_mfa_enabled(user, types))


def _keys() -> MultiFernet:
    """Keys made of the secret key and, for reading, of those before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second step:" + each.encode()).digest()))
        for each in map(str, secrets)
    )


class ServiceAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
