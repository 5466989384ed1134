"""Pages on which competencies come in and go out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backcast.core.actor import acting
from backcast.frameworks.models import Competency, ImportedFramework, Upload
from tests.cast import Cast
from tests.frameworks.interchange.test_case import as_bytes, errors, item, link, package


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    """What was sent lies behind row security: tests look at it as the person who sent it."""
    with acting(cast.actor("member")):
        yield


def sent(cast: Cast, raw: Any) -> Any:
    file = SimpleUploadedFile("package.json", as_bytes(raw), content_type="application/json")
    client = cast.client("member")
    return client, client.post(reverse("frameworks:import"), {"file": file})


def test_a_package_is_shown_before_it_is_taken_in(cast: Cast) -> None:
    raw = package()
    raw["CFItems"].append(item(5, ""))
    client, answer = sent(cast, raw)
    html = client.get(answer.url).content.decode()
    for words in ("Care", "Takes a pulse", "Nothing is saved yet", "fullStatement is missing"):
        assert words in html
    assert not Competency.objects.exists()
    upload = Upload.objects.get()
    where = {"upload": upload.public_id}
    done = client.post(reverse("frameworks:import_load", kwargs=where), follow=True)
    assert "3 new competencies, 0 changed, 1 left out" in done.content.decode()
    assert Competency.objects.count() == 3
    assert not Upload.objects.exists()
    html = client.get(reverse("frameworks:import")).content.decode()
    assert "3 of 4" in html
    taken = ImportedFramework.objects.get()
    url = reverse("frameworks:export_imported", kwargs={"imported": taken.public_id})
    raw["CFItems"].pop()
    assert json.loads(client.get(url).content) == raw


def test_a_ring_is_told_beside_the_field(cast: Cast) -> None:
    _client, answer = sent(cast, package(CFAssociations=[link(9, 2, 3), link(8, 3, 2)]))
    html = answer.content.decode()
    assert "below each other in a ring" in html
    assert "“Takes a pulse”" in html
    assert not Upload.objects.exists()


def test_giving_up_saves_nothing(cast: Cast) -> None:
    client, _answer = sent(cast, package())
    where = {"upload": Upload.objects.get().public_id}
    client.post(reverse("frameworks:import_drop", kwargs=where))
    assert not Upload.objects.exists()
    assert not Competency.objects.exists()


def test_a_competency_is_saved_in_each_format(cast: Cast) -> None:
    sent(cast, package())
    client = cast.client("member")
    where = {"upload": Upload.objects.get().public_id}
    client.post(reverse("frameworks:import_load", kwargs=where))
    found = Competency.objects.get(statement="Takes a pulse")
    page = client.get(reverse("frameworks:competency", kwargs={"competency": found.public_id}))
    assert "CTDL-ASN" in page.content.decode()
    where = {"competency": found.public_id, "kind": "case"}
    answer = client.get(reverse("frameworks:export_competency", kwargs=where))
    assert errors(json.loads(answer.content)) == []
    assert "attachment" in answer["Content-Disposition"]
    answer = client.get(reverse("frameworks:export_own", kwargs={"kind": "ctdl"}))
    assert answer["Content-Type"] == "application/ld+json"
    assert len(json.loads(answer.content)["@graph"]) == 4
    assert client.get(reverse("frameworks:export_own", kwargs={"kind": "pdf"})).status_code == 404
