"""Sign-in: open to everybody; how one signs in: everybody's own."""

from __future__ import annotations

from tests.permissions import Row, everyone, nobody, public

#: Where someone who has signed in has no business: the way home.
HOME = 302

ROWS = [
    Row("account_login", everyone(HOME, anonymous=200)),
    Row(
        "account_login", everyone(HOME), method="post", data=lambda cast: {"email": "a@example.org"}
    ),
    Row("account_request_login_code", public(302), leads_to_sign_in=True),
    Row("account_confirm_login_code", everyone(HOME)),
    Row("account_logout", everyone(anonymous=302)),
    Row("account_logout", public(302), method="post"),
    Row("account_inactive", public()),
    Row("account_signup", public()),
    # Without a second step there is nothing to confirm it by.
    Row("account_reauthenticate", everyone(403)),
    Row("mfa_index", everyone()),
    Row("mfa_authenticate", everyone(HOME)),
    Row("mfa_reauthenticate", everyone(403)),
    Row("mfa_activate_totp", everyone()),
    Row("mfa_deactivate_totp", everyone(404)),
    Row("mfa_view_recovery_codes", everyone(404)),
    Row("mfa_generate_recovery_codes", everyone()),
    Row("mfa_download_recovery_codes", everyone(404)),
    Row("mfa_list_webauthn", everyone()),
    Row("mfa_add_webauthn", everyone()),
    # A passkey that is not one's own does not exist.
    Row("mfa_edit_webauthn", everyone(404), lambda cast: {"pk": 1}),
    Row("mfa_remove_webauthn", everyone(404), lambda cast: {"pk": 1}),
    Row("mfa_reauthenticate_webauthn", everyone(403)),
    Row("mfa_login_webauthn", public(302)),
    Row("socialaccount_login_cancelled", public()),
    Row("socialaccount_login_error", public(401)),
    Row("socialaccount_signup", public(302), leads_to_sign_in=True),
    Row("socialaccount_connections", everyone()),
    # No other service is configured here.
    Row("openid_connect_login", nobody(), lambda cast: {"provider_id": "oidc"}),
    Row("openid_connect_callback", nobody(), lambda cast: {"provider_id": "oidc"}),
]
