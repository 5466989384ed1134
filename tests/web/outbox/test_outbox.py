"""The mail of a demonstration: kept once, readable by everybody, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import NoReverseMatch, include, path, reverse

from backcast.demonstration.models import OutboxMessage
from backcast.demonstration.outbox import Backend, code_in, parts_of
from backcast.web.urls import urlpatterns as usual

urlpatterns = [*usual, path("outbox/", include("backcast.web.outbox.urls"))]

TEXT = "Join here:\nhttp://127.0.0.1:8000/join/1/2/?a=b.\n\n123456\n\n<b>bold</b>"


def mail(number: str = "1") -> EmailMessage:
    return EmailMessage(
        "Hello <there>", TEXT, to=["a@example.org"], headers={"Message-ID": f"<{number}@x>"}
    )


@pytest.fixture
def demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = True
    settings.ROOT_URLCONF = __name__


def test_a_message_is_kept_once_however_often_it_is_sent(db: None) -> None:
    assert Backend().send_messages([mail(), mail()]) == 1
    assert Backend().send_messages([mail(), mail("2")]) == 1
    assert OutboxMessage.objects.count() == 2


def test_a_code_stands_alone_on_its_line() -> None:
    assert code_in("Code:\n\n 123456 \n") == "123456"
    assert code_in("Call 1234567 or 123456 today") == ""


def test_links_lead_to_this_server_and_nothing_else_is_one() -> None:
    parts = parts_of(TEXT)
    assert [part.url for part in parts if part.url] == ["/join/1/2/?a=b"]
    assert "".join(part.text for part in parts) == TEXT


@pytest.mark.usefixtures("demonstration")
def test_everybody_reads_it_in_a_demonstration(db: None) -> None:
    Backend().send_messages([mail()])
    client = Client()
    page = client.get("/outbox/").content.decode()
    assert "123456" in page
    assert "Hello &lt;there&gt;" in page
    assert "Hello" not in client.get("/outbox/?q=other").content.decode()
    page = client.get(f"/outbox/{OutboxMessage.objects.get().public_id}/").content.decode()
    assert 'href="/join/1/2/?a=b"' in page
    assert "&lt;b&gt;bold" in page


def test_it_is_nowhere_else(db: None, settings: Any) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("outbox:messages")
    assert Client().get("/outbox/").status_code == 404
    # Not even where someone routes it by mistake.
    settings.ROOT_URLCONF = __name__
    assert Client().get("/outbox/").status_code == 404
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        Backend().send_messages([mail()])
