"""What regional demand puts on the home page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from backcast.demand.regional import actions
from tests.cast import Cast
from tests.demand.regional.make import make_answered, make_published


def test_staff_are_asked_to_publish_a_wave_that_is_over(cast: Cast) -> None:
    wave = make_answered(cast)
    shown = cast.client("member").get("/").content.decode()
    assert reverse("regional:wave", args=[wave.public_id]) in shown
    assert reverse("regional:wave", args=[wave.public_id]) not in (
        cast.client("viewer").get("/").content.decode()
    )


def test_staff_are_told_of_a_wave_that_could_not_be_published(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = make_answered(cast)
    url = reverse("regional:publishing", args=[wave.public_id])
    actions.request_publishing(wave, actor=cast.actor("member"))
    asked = cast.client("member").get("/").content.decode()
    assert reverse("regional:wave", args=[wave.public_id]) not in asked
    assert url not in asked
    monkeypatch.setattr(actions, "publish", None)
    actions.carry_out_publishing(wave.pk, actor=cast.actor("member"))
    assert url in cast.client("member").get("/").content.decode()


def test_others_find_what_is_published(cast: Cast) -> None:
    publication = make_published(cast)
    url = reverse("regional:published", args=[publication.public_id])
    for who in ("employer", "provider", "funder"):
        assert url in cast.client(who).get("/").content.decode()
    assert url not in cast.client("support").get("/").content.decode()
