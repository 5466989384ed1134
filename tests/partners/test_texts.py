"""Text messages: numbers, what an invitation says by text, and the gateways."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demonstration.models import OutboxMessage
from backcast.demonstration.outbox import keep_text
from backcast.partners import actions, messages, texts
from backcast.partners.models import Invitation, Message
from tests.cast import TESTS, Cast

NUMBER = "+12015550123"


@pytest.mark.parametrize(
    "written", ["201-555-0123", "(201) 555-0123", "2015550123", "+1 201 555 0123", "1.201.555.0123"]
)
def test_a_number_is_kept_in_one_form(written: str) -> None:
    assert texts.number(written) == NUMBER


def test_a_number_abroad_begins_with_its_country() -> None:
    assert texts.number("+44 20 7946 0958") == "+442079460958"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("call me", "not a phone number"),
        ("555-0123", "area code"),
        ("911", "Digits are missing"),
        ("201-555-0123 ext 7", "extension"),
        ("000-555-0123", "No phone has this number"),
        ("201-555-0123-99999", "No phone has this number"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(written: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        texts.number(written)


def invite(cast: Cast, phone: str = "201-555-0123", agreed: bool = True) -> Invitation:
    return actions.invite(
        actor=cast.actor("employer"),
        organisation=cast.employer,
        email="dana@example.org",
        role="member",
        phone=phone,
        agreed=agreed,
    )


def test_an_invitation_is_announced_by_text_and_lets_in_by_mail_only(cast: Cast) -> None:
    invitation = invite(cast)
    assert (invitation.phone, invitation.phone_agreed_at is not None) == (NUMBER, True)
    assert messages.send_waiting() == 2
    text = OutboxMessage.objects.get(kind="text")
    assert text.recipient == NUMBER
    assert "d***@example.org" in text.text
    assert "dana@" not in text.text
    assert "STOP" in text.text
    assert text.text.count("/join/") == 1
    assert f"/join/{invitation.public_id}/ " in text.text
    with acting(TESTS):
        assert {message.text for message in Message.objects.all()} == {""}
    assert messages.send_waiting() == 0


def test_nobody_is_texted_who_did_not_agree(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="Ask them first") as refused:
        invite(cast, agreed=False)
    assert set(refused.value.message_dict) == {"agreed"}
    with pytest.raises(ValidationError) as refused:
        invite(cast, phone="12")
    assert set(refused.value.message_dict) == {"phone"}
    assert not Invitation.objects.exists()


def test_the_database_refuses_a_text_without_consent_or_number(cast: Cast) -> None:
    invitation = invite(cast, phone="")
    for changes in ({"phone": NUMBER}, {"phone": "201-555-0123"}):
        with pytest.raises(IntegrityError, match="agreed"), acting(TESTS), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**changes)
    with pytest.raises(IntegrityError, match="address_of_its_channel"):
        messages.queue_text(number="201-555-0123", text="Hello")


def test_where_texts_lead_the_mail_is_sent_again_and_nobody_gets_in(cast: Cast) -> None:
    from django.test import Client

    invitation = invite(cast)
    messages.send_waiting()
    client = Client()
    url = reverse("people:invited", kwargs={"invitation": invitation.public_id})
    page = client.get(url).content.decode()
    assert "d***@example.org" in page
    assert "dana@example.org" not in page
    said = client.post(url, follow=True).content.decode()
    assert "left a moment ago" in said
    with acting(TESTS):
        Invitation.objects.filter(pk=invitation.pk).update(
            updated_at=invitation.updated_at - 2 * actions.invitations.PAUSE
        )
    assert "A new link is on its way" in client.post(url, follow=True).content.decode()
    assert messages.send_waiting() == 1
    assert "_auth_user_id" not in client.session


def test_the_form_asks_for_a_number_only_where_texts_leave(cast: Cast, settings: Any) -> None:
    url = reverse("people:invite", kwargs={"organisation": cast.employer.public_id})
    client = cast.client("employer")
    assert "Mobile phone" in client.get(url).content.decode()
    given = {"email": "dana@example.org", "role": "member", "phone": "201-555-0123"}
    assert "tick the box" in client.post(url, given).content.decode()
    settings.TEXT_GATEWAY = ""
    assert "Mobile phone" not in client.get(url).content.decode()
    assert client.post(url, given).status_code == 302
    assert Invitation.objects.get().phone == ""


def test_a_demonstration_keeps_a_text_once_and_production_refuses(db: None, settings: Any) -> None:
    for _time in range(2):
        keep_text(NUMBER, "Hello", "7")
    assert OutboxMessage.objects.count() == 1
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        keep_text(NUMBER, "Hello", "8")


class Gateway(BaseHTTPRequestHandler):
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answer: ClassVar[int] = 200

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.heard.append((dict(self.headers), self.rfile.read(length)))
        self.send_response(self.answer)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def gateway(settings: Any) -> Iterator[type[Gateway]]:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Gateway.heard.clear()
    Gateway.answer = 200
    settings.TEXTS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.TEXTS_KEY, settings.TEXTS_ACCOUNT, settings.TEXTS_FROM = (
        "secret",
        "AC1",
        "+12015550100",
    )
    yield Gateway
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gateway_gets_number_text_and_id(gateway: type[Gateway], settings: Any) -> None:
    settings.TEXT_GATEWAY = "backcast.partners.texts.by_http"
    texts.send(NUMBER, "Hello", "id-7")
    ((headers, body),) = gateway.heard
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "id-7"
    assert json.loads(body) == {
        "id": "id-7",
        "from": "+12015550100",
        "to": NUMBER,
        "text": "Hello",
    }


def test_the_other_gateway_takes_a_form(gateway: type[Gateway], settings: Any) -> None:
    settings.TEXT_GATEWAY = "backcast.partners.texts.by_twilio"
    texts.send(NUMBER, "Hello", "id-7")
    ((headers, body),) = gateway.heard
    assert headers["Authorization"].startswith("Basic ")
    assert parse_qs(body.decode()) == {"From": ["+12015550100"], "To": [NUMBER], "Body": ["Hello"]}


@pytest.mark.parametrize("answer", [302, 400, 500])
def test_a_text_that_was_not_taken_waits(
    cast: Cast, gateway: type[Gateway], settings: Any, answer: int
) -> None:
    settings.TEXT_GATEWAY = "backcast.partners.texts.by_http"
    gateway.answer = answer
    messages.queue_text(number=NUMBER, text="Hello")
    with acting(TESTS):
        message = Message.objects.get()
    with pytest.raises(texts.GatewayError, match=str(answer)):
        messages.send(message.pk)
    assert len(gateway.heard) == 1
    gateway.answer = 202
    assert messages.send(message.pk) is True
    assert messages.send(message.pk) is False


def test_a_gateway_that_is_not_there_is_an_error_without_number_or_text(settings: Any) -> None:
    settings.TEXT_GATEWAY = "backcast.partners.texts.by_http"
    settings.TEXTS_URL = "http://127.0.0.1:1/send"
    with pytest.raises(texts.GatewayError, match="cannot be reached") as failed:
        texts.send(NUMBER, "Secret", "7")
    assert NUMBER not in str(failed.value)
    assert failed.value.__cause__ is None
