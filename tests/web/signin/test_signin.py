"""Signing in by a code, the second step, and what strangers can find out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from backcast.core.actor import acting
from backcast.partners import actions, messages
from tests.cast import TESTS, Cast, make_membership, sign_in

LOGIN = "/accounts/login/"
CONFIRM = "/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def _no_counts_from_before(db: None) -> None:
    cache.clear()


def delivered() -> list[Any]:
    """What has been mailed so far, waiting mail included."""
    messages.send_waiting()
    return list(mail.outbox)


def code_for(email: str) -> str:
    body = next(m.body for m in reversed(delivered()) if m.to == [email])
    found = re.search(r"^(\d{6})$", body, re.MULTILINE)
    assert found, body
    return found[1]


def ask(client: Client, email: str, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"email": email, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def enter(email: str) -> Client:
    """A browser in which someone signed in by a code a moment ago."""
    client = Client()
    ask(client, email)
    client.post(CONFIRM, {"code": code_for(email)})
    assert signed_in(client)
    return client


def test_a_mailed_code_signs_in(cast: Cast) -> None:
    client = Client()
    answer = ask(client, "Employer@example.org")
    assert answer["Location"] == CONFIRM
    page = client.get(CONFIRM).content.decode()
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="one-time-code"' in page
    code = code_for("employer@example.org")
    answer = client.post(CONFIRM, {"code": f" {code[:3]} {code[3:]} "})
    assert answer["Location"] == "/"
    assert signed_in(client)
    assert client.get("/account/").status_code == 200


def test_sign_in_leads_back_to_where_one_wanted_to_go(cast: Cast) -> None:
    client = Client()
    answer = client.get("/organisations/")
    assert answer["Location"] == f"{LOGIN}?next=/organisations/"
    answer = ask(client, "administrator@example.org", next="/organisations/")
    answer = client.post(answer["Location"], {"code": code_for("administrator@example.org")})
    assert answer["Location"] == "/organisations/"


def test_sign_in_does_not_lead_to_another_site(cast: Cast) -> None:
    client = Client()
    ask(client, "employer@example.org", next="https://elsewhere.example/")
    answer = client.post(
        CONFIRM + "?next=https://elsewhere.example/", {"code": code_for("employer@example.org")}
    )
    assert answer["Location"] == "/"


def test_a_stranger_learns_nothing_of_who_has_an_account(cast: Cast) -> None:
    pages = []
    for email in ("employer@example.org", "nobody@example.org"):
        client = Client()
        answer = ask(client, email)
        assert answer["Location"] == CONFIRM
        page = client.get(CONFIRM).content.decode().replace(email, "…")
        pages.append(
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", page)
        )
    assert pages[0] == pages[1]
    first, second = delivered()
    assert "Your code" in first.body
    assert "no account" in second.body
    assert re.search(r"\d{6}", second.body) is None


def test_three_wrong_codes_end_the_try(cast: Cast) -> None:
    client = Client()
    ask(client, "employer@example.org")
    code = code_for("employer@example.org")
    wrong = "000000" if code != "000000" else "111111"
    for _time in range(2):
        answer = client.post(CONFIRM, {"code": wrong})
        assert "That is not the code" in answer.content.decode()
    assert client.post(CONFIRM, {"code": wrong}).status_code == 302
    assert client.post(CONFIRM, {"code": code}).status_code == 302
    assert not signed_in(client)


def test_a_new_code_replaces_the_one_before(cast: Cast) -> None:
    client = Client()
    ask(client, "employer@example.org")
    before = code_for("employer@example.org")
    client.post(CONFIRM, {"action": "resend"})
    after = code_for("employer@example.org")
    if before != after:
        client.post(CONFIRM, {"code": before})
        assert not signed_in(client)
    client.post(CONFIRM, {"code": after})
    assert signed_in(client)


def test_codes_cannot_be_asked_for_without_end(cast: Cast) -> None:
    for _time in range(5):
        assert ask(Client(), "employer@example.org").status_code == 302
    answer = ask(Client(), "employer@example.org")
    assert "too often" in answer.content.decode()
    assert len(delivered()) == 5


def test_codes_cannot_be_guessed_without_end(cast: Cast) -> None:
    """However many codes are asked for, guesses at one address are counted together."""
    from django.test import override_settings

    limits = {"request_login_code": "", "confirm_login_code": "4/10m/key"}
    with override_settings(ACCOUNT_RATE_LIMITS=limits):
        statuses = []
        for _round in range(3):
            client = Client()
            ask(client, "employer@example.org")
            statuses += [client.post(CONFIRM, {"code": "x"}).status_code for _time in range(2)]
    assert statuses == [200, 200, 200, 200, 429, 429]


def test_a_closed_account_does_not_open(cast: Cast) -> None:
    person = cast.person("employer")
    with acting(TESTS):
        person.is_active = False
        person.save()
    client = Client()
    ask(client, "employer@example.org")
    assert "no account" in delivered()[-1].body
    assert not signed_in(client)


def test_closing_an_account_ends_its_sessions(cast: Cast) -> None:
    client = cast.client("employer")
    person = cast.person("employer")
    with acting(TESTS):
        person.is_active = False
        person.save()
    assert client.get("/account/").status_code == 302


def test_there_are_no_passwords_and_no_sign_up(cast: Cast) -> None:
    for name in ("account_change_password", "account_set_password", "account_reset_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    page = Client().get("/accounts/signup/")
    assert "comes with an invitation" in page.content.decode()
    assert Client().post("/accounts/signup/", {"email": "new@example.org"}).status_code == 405
    assert "password" not in Client().get(LOGIN).content.decode().replace("no password", "")


def test_signing_out_needs_the_button(cast: Cast) -> None:
    client = cast.client("employer")
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def activate_totp(cast: Cast, who: str) -> tuple[Client, str]:
    """Set the second step up through the pages; returns the browser and the secret."""
    client = enter(cast.person(who).email)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'class="bc-key">(\w+)<', page)
    assert found
    secret = found[1]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return client, secret


def totp(secret: str, ahead: int = 0) -> str:
    import time

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def test_the_second_step_is_asked_for_once_it_is_set_up(cast: Cast) -> None:
    _client, secret = activate_totp(cast, "employer")
    client = Client()
    ask(client, "employer@example.org")
    answer = client.post(CONFIRM, {"code": code_for("employer@example.org")})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in(client)
    page = client.get(answer["Location"]).content.decode()
    assert "authenticator app" in page
    answer = client.post(answer["Location"], {"code": "000000"})
    assert "That is not the code" in answer.content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": totp(secret, 1)})
    assert signed_in(client)


def test_a_recovery_code_stands_in_once(cast: Cast) -> None:
    client, _secret = activate_totp(cast, "employer")
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<code>([\d-]{8,9})</code>", page)
    assert len(codes) == 10, page
    for expected in (True, False):
        client = Client()
        cache.clear()
        ask(client, "employer@example.org")
        client.post(CONFIRM, {"code": code_for("employer@example.org")})
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert signed_in(client) is expected


def test_secrets_of_the_second_step_are_encrypted(cast: Cast) -> None:
    _client, secret = activate_totp(cast, "employer")
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    assert TOTP(stored).validate_code(totp(secret, 1))
    assert len(generate_totp_secret()) >= 16


def test_turning_the_second_step_on_or_off_is_told_by_mail(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client, _secret = activate_totp(cast, "employer")
    assert (
        "Turn the second step off" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    )
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    assert [m.subject for m in delivered()][-2:] == [
        "Second step turned on",
        "Second step turned off",
    ]


def test_who_signed_in_a_while_ago_is_asked_again_before_the_second_step_changes(
    cast: Cast,
) -> None:
    _client, secret = activate_totp(cast, "employer")
    client = cast.client("employer")  # signed in, but nothing says when
    for path in ("totp/deactivate/", "recovery-codes/", "recovery-codes/download/"):
        answer = client.get(f"/accounts/2fa/{path}")
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    page = client.get(answer["Location"]).content.decode()
    assert "Confirm that it is you" in page
    answer = client.post(answer["Location"], {"code": totp(secret, 1)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/download/"
    assert len(client.get(answer["Location"]).content.split()) == 10


def test_one_sees_ones_own_way_of_signing_in(cast: Cast) -> None:
    page = cast.client("employer").get("/accounts/2fa/").content.decode()
    assert "Add a passkey" in page
    assert "Recovery codes" not in page


def test_an_unconfigured_service_is_not_offered(cast: Cast) -> None:
    assert "Sign in with" not in Client().get(LOGIN).content.decode()


class TestOpenIdConnect:
    """Signing in with another service that vouches for the address."""

    @pytest.fixture(autouse=True)
    def _a_get_may_not_write(self) -> None:
        """The way back from the other service is a GET that signs in; nothing else here is."""

    @pytest.fixture
    def service(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        from allauth.socialaccount import adapter as lookup
        from allauth.socialaccount.providers.openid_connect import views

        # What is configured is read once in a process; here it changes.
        monkeypatch.setattr(
            lookup,
            "_build_apps_from_settings",
            getattr(
                lookup._build_apps_from_settings, "__wrapped__", lookup._build_apps_from_settings
            ),
        )
        settings.OIDC_CONFIGURED = True
        settings.OIDC_NAME = "Demo Service"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "oidc",
                        "name": "Demo Service",
                        "client_id": "backcast",
                        "secret": "secret",
                        "settings": {"server_url": "https://service.example"},
                    }
                ],
            }
        }
        claims: dict[str, Any] = {"sub": "42", "email_verified": True}
        config = {
            "issuer": "https://service.example",
            "authorization_endpoint": "https://service.example/authorize",
            "token_endpoint": "https://service.example/token",
            "userinfo_endpoint": "https://service.example/me",
        }
        adapter = views.OpenIDConnectOAuth2Adapter
        monkeypatch.setattr(adapter, "openid_config", config)
        monkeypatch.setattr(adapter, "_fetch_user_info", lambda *a, **k: claims)
        monkeypatch.setattr(
            "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
            lambda *a, **k: {"access_token": "token"},
        )
        return claims

    def go(self, client: Client) -> HttpResponse:
        answer = client.post("/accounts/oidc/oidc/login/")
        assert answer["Location"].startswith("https://service.example/authorize?")
        found = re.search(r"state=([^&]+)", answer["Location"])
        assert found
        assert "code_challenge=" in answer["Location"]
        return client.get("/accounts/oidc/oidc/login/callback/", {"code": "x", "state": found[1]})

    def test_the_button_is_shown_when_it_is_configured(
        self, cast: Cast, service: dict[str, Any]
    ) -> None:
        assert "Sign in with Demo Service" in Client().get(LOGIN).content.decode()

    def test_whoever_has_the_address_that_the_service_vouches_for_is_signed_in(
        self, cast: Cast, service: dict[str, Any]
    ) -> None:
        service["email"] = "employer@example.org"
        client = Client()
        answer = self.go(client)
        assert answer["Location"] == "/"
        assert client.session["_auth_user_id"] == str(cast.person("employer").pk)
        client.post("/accounts/logout/")
        service["email"] = "moved@example.org"
        self.go(client)
        assert client.session["_auth_user_id"] == str(cast.person("employer").pk)
        page = client.get("/accounts/service/").content.decode()
        assert "Remove" in page

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "stranger@example.org"},
            {"email": "employer@example.org", "email_verified": False},
            {},
        ],
    )
    def test_nobody_else_gets_in_or_gets_an_account(
        self, cast: Cast, service: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        from backcast.partners.models import Person

        service.update(claims)
        before = Person.objects.count()
        client = Client()
        answer = self.go(client)
        page = client.get(answer["Location"]) if answer.status_code == 302 else answer
        assert "comes with an invitation" in page.content.decode()
        assert not signed_in(client)
        assert Person.objects.count() == before

    def test_the_second_step_is_asked_for_here_too(
        self, cast: Cast, service: dict[str, Any]
    ) -> None:
        activate_totp(cast, "employer")
        service["email"] = "employer@example.org"
        client = Client()
        assert self.go(client)["Location"] == "/accounts/2fa/authenticate/"
        assert not signed_in(client)


class TestTheLinkOfAnInvitation:
    """Looking changes nothing; the button joins and signs in."""

    def invite(self, cast: Cast, email: str = "new@example.org") -> str:
        actions.invite(
            actor=cast.actor("employer"), organisation=cast.employer, email=email, role="viewer"
        )
        body = next(m.body for m in reversed(delivered()) if m.to == [email])
        found = re.search(r"/join/\S+", body)
        assert found
        return found[0]

    def test_opening_it_again_and_again_does_nothing(self, cast: Cast) -> None:
        link = self.invite(cast)
        for _time in range(3):
            page = Client().get(link).content.decode()
            assert "Join Test Hospital" in page
            assert Client().head(link).status_code == 200
        assert cast.employer.memberships.filter(person__email="new@example.org").count() == 0

    def test_the_button_makes_the_account_and_signs_in(self, cast: Cast) -> None:
        link = self.invite(cast)
        client = Client()
        page = client.post(link, {"name": ""}).content.decode()
        assert "This field is required" in page
        assert client.post(link, {"name": "New Person"})["Location"] == "/"
        page = client.get("/account/").content.decode()
        assert "Test Hospital" in page
        assert "Viewer" in page
        assert "accepted" in Client().get(link).content.decode()
        # The address is proven: a code can be had for it from now on.
        again = Client()
        ask(again, "new@example.org")
        again.post(CONFIRM, {"code": code_for("new@example.org")})
        assert signed_in(again)

    def test_someone_who_is_signed_in_acts_for_the_new_organisation_at_once(
        self, cast: Cast
    ) -> None:
        link = self.invite(cast, "provider@example.org")
        client = cast.client("provider")
        client.post(link)
        page = client.get("/account/").content.decode()
        assert "Test College" in page
        assert re.search(r"Test Hospital.*you act for it now", page, re.DOTALL)

    def test_another_person_at_the_same_computer_is_signed_out(self, cast: Cast) -> None:
        link = self.invite(cast, "provider@example.org")
        client = cast.client("funder")
        assert "signs you out" in client.get(link).content.decode()
        client.post(link)
        assert client.session["_auth_user_id"] == str(cast.person("provider").pk)

    def test_the_second_step_is_not_skipped_by_a_link(self, cast: Cast) -> None:
        activate_totp(cast, "provider")
        client = Client()
        answer = client.post(self.invite(cast, "provider@example.org"))
        assert answer["Location"] == "/accounts/2fa/authenticate/"
        assert not signed_in(client)

    def test_a_wrong_secret_shows_nothing_and_joins_nobody(self, cast: Cast) -> None:
        link = re.sub(r"/[^/]+/$", "/guess/", self.invite(cast))
        client = Client()
        page = client.post(link, {"name": "New Person"}).content.decode()
        assert "replaced" in page
        assert "Test Hospital" not in page
        assert "new@example.org" not in page
        assert not signed_in(client)

    def test_an_expired_link_sends_a_new_one_to_the_invited_address(self, cast: Cast) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from backcast.partners.models import Invitation

        link = self.invite(cast)
        with acting(TESTS):
            Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
        client = Client()
        assert "has expired" in client.get(link).content.decode()
        client.post(link, {"name": "New Person"})
        assert not signed_in(client)
        answer = client.post(link + "again/", follow=True)
        assert "A new link is on its way" in answer.content.decode()
        assert "replaced" in answer.content.decode()
        new = re.search(r"/join/\S+", delivered()[-1].body)
        assert new
        assert new[0] != link
        client.post(new[0], {"name": "New Person"})
        assert signed_in(client)

    def test_a_withdrawn_invitation_says_so(self, cast: Cast) -> None:
        from backcast.partners.models import Invitation

        link = self.invite(cast)
        actions.withdraw_invitation(Invitation.objects.get(), actor=cast.actor("employer"))
        assert "withdrawn" in Client().get(link).content.decode()


def test_a_person_of_two_organisations_acts_for_the_chosen_one(cast: Cast) -> None:
    person = cast.person("employer")
    make_membership(person, cast.provider, "viewer")
    client = sign_in(person)
    employer = f"/organisations/{cast.employer.public_id}/"
    provider = f"/organisations/{cast.provider.public_id}/"
    assert client.get(employer).status_code == 200
    assert client.get(provider).status_code == 404
    client.post("/organisations/choose/", {"organisation": str(cast.provider.public_id)})
    assert client.get(employer).status_code == 404
    assert client.get(provider).status_code == 200
    # The role follows: an administrator there, a viewer here.
    assert client.get(provider + "edit/").status_code == 403


def test_a_membership_that_ends_has_no_rights_at_the_next_click(cast: Cast) -> None:
    client = cast.client("employer_viewer")
    own = f"/organisations/{cast.employer.public_id}/"
    assert client.get(own).status_code == 200
    actions.end_membership(cast.membership("employer_viewer"), actor=cast.actor("employer"))
    assert client.get(own).status_code == 404
    assert "do not belong" in client.get("/").content.decode()
