"""What regional demand puts on the home page."""

from __future__ import annotations

from django.urls import reverse

from tests.cast import Cast
from tests.demand.regional.make import make_answered, make_published


def test_staff_are_asked_to_publish_a_wave_that_is_over(cast: Cast) -> None:
    wave = make_answered(cast)
    shown = cast.client("member").get("/").content.decode()
    assert reverse("regional:wave", args=[wave.public_id]) in shown
    assert reverse("regional:wave", args=[wave.public_id]) not in (
        cast.client("viewer").get("/").content.decode()
    )


def test_others_find_what_is_published(cast: Cast) -> None:
    publication = make_published(cast)
    url = reverse("regional:published", args=[publication.public_id])
    for who in ("employer", "provider", "funder"):
        assert url in cast.client(who).get("/").content.decode()
    assert url not in cast.client("support").get("/").content.decode()
