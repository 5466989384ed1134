"""The forms of sign-in, in words for everybody and kind to phones."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

#: What makes a phone show digits, and offer the code from the mail or message that just came.
DIGITS = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "off",
    "spellcheck": "false",
    "autofocus": True,
    "maxlength": "12",
}


class AddressForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Which address the code goes to."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={
                "autocomplete": "username webauthn",
                "inputmode": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
        error_messages={
            "invalid": _("This is not an e-mail address. Write it like name@example.org."),
            "required": _("Write your e-mail address."),
        },
    )

    def clean_email(self) -> str:
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        return str(super().clean_email())


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code from the mail; spaces and dashes that people copy with it do not matter."""

    code = forms.CharField(
        label=_("Code from the mail"),
        help_text=_("Six digits."),
        widget=forms.TextInput(attrs={**DIGITS, "class": "bc-code"}),
        error_messages={"required": _("Write the six digits from the mail.")},
    )

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        self.cleaned_data["code"] = "".join(char for char in typed if char.isalnum())
        return str(super().clean_code())


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_of_app(self.fields["code"])
        self.fields["code"].help_text = _(
            "Six digits from your authenticator app. Without your phone, use a recovery code."
        )


class SecondStepAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The same, when someone who has signed in is about to change how they sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_of_app(self.fields["code"])
        self.fields["code"].help_text = _("Six digits from your authenticator app.")


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app proves that it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_of_app(self.fields["code"])
        self.fields["code"].help_text = _("Six digits that the app shows now.")


def _code_of_app(field: forms.Field) -> None:
    field.label = _("Code")
    field.widget = forms.TextInput(attrs={**DIGITS, "class": "bc-code"})


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A name for the passkey; it always signs in without anything else."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as “My phone”."),
        required=False,
        max_length=60,
    )
    passwordless = forms.BooleanField(
        required=True, initial=True, widget=forms.CheckboxInput(attrs={"hidden": True})
    )


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name of the passkey"), max_length=60)
