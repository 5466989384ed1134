"""Settings of sign-in, taken into ``backcast.settings`` as a whole.

An e-mailed code opens the door; there are no passwords and nobody signs up by themselves. Beside
it: passkeys, a second step by an authenticator app, and one OpenID Connect service where
``BACKCAST_OIDC_*`` names it.
"""

from __future__ import annotations

import os
from typing import Any

_PRODUCTION = os.environ.get("BACKCAST_MODE") == "production"

ACCOUNT_ADAPTER = "backcast.web.signin.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = (
    "none"  # an account comes from a link in a mail, which proves the address
)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "request_login_code": "backcast.web.signin.forms.AddressForm",
    "confirm_login_code": "backcast.web.signin.forms.CodeForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "request_login_code": "20/m/ip,5/5m/key",
    "confirm_login_code": "60/m/ip,15/10m/key",
}

MFA_ADAPTER = "backcast.web.signin.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Backcast"
MFA_TOTP_TOLERANCE = 1
#: Browsers allow passkeys without TLS on localhost; elsewhere TLS is a must.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _PRODUCTION
MFA_FORMS = {
    "authenticate": "backcast.web.signin.forms.SecondStepForm",
    "reauthenticate": "backcast.web.signin.forms.SecondStepAgainForm",
    "activate_totp": "backcast.web.signin.forms.ActivateForm",
    "add_webauthn": "backcast.web.signin.forms.AddPasskeyForm",
    "edit_webauthn": "backcast.web.signin.forms.RenamePasskeyForm",
}

#: How many proxies of our own stand before the server and add to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("BACKCAST_PROXIES", "0"))

OIDC_NAME = os.environ.get("BACKCAST_OIDC_NAME", "")
OIDC_CONFIGURED = all(
    os.environ.get(f"BACKCAST_OIDC_{part}") for part in ("NAME", "ISSUER", "CLIENT_ID", "SECRET")
)
SOCIALACCOUNT_ADAPTER = "backcast.web.signin.adapter.ServiceAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
#: A service that vouches for the address signs in whoever has the account with that address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": os.environ["BACKCAST_OIDC_CLIENT_ID"],
                "secret": os.environ["BACKCAST_OIDC_SECRET"],
                "settings": {"server_url": os.environ["BACKCAST_OIDC_ISSUER"]},
            }
        ]
        if OIDC_CONFIGURED
        else [],
    }
}
