"""A profile goes out as a workbook and comes back as a draft, by way of a preview."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import ProfileVersion
from backcast.frameworks.models import Upload
from tests.cast import Cast
from tests.demand.profiles.make import make_version


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    with acting(cast.actor("administrator")):
        yield


def test_a_workbook_goes_out_and_comes_back_as_a_draft(cast: Cast) -> None:
    version = make_version(cast, "approved", lines=2)
    client = cast.client("administrator")
    where: dict[str, Any] = {"profile": version.profile.public_id}
    html = client.get(reverse("profiles:version", kwargs={**where, "number": 1})).content.decode()
    for words in ("JobSchema+", "CTDL-ASN", "Take a file back"):
        assert words in html
    url = reverse("profiles:export", kwargs={**where, "number": 1, "kind": "workbook"})
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
    book["Profile"]["C2"] = "Preferred"
    book["Profile"].append(["Nobody knows", "Juggling"])
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("profile.xlsx", out.getvalue())
    answer = client.post(reverse("profiles:take_in", kwargs=where), {"file": file})
    html = client.get(answer.url).content.decode()
    for words in (
        "no longer required, now preferred",
        "“Juggling” is not known here",
        "in a new draft, version 2",
        "Nothing is saved yet",
    ):
        assert words in html
    assert ProfileVersion.objects.count() == 1
    where["upload"] = Upload.objects.get().public_id
    done = client.post(reverse("profiles:take_in_load", kwargs=where), follow=True)
    assert "Version 2 holds what the file says: 2 rows used, 1 left out." in done.content.decode()
    made = ProfileVersion.objects.get(number=2)
    assert (made.status, made.lines.filter(necessity="preferred").count()) == ("draft", 1)
    assert not Upload.objects.exists()


def test_what_is_no_profile_is_told_beside_the_field(cast: Cast) -> None:
    version = make_version(cast, "draft")
    where = {"profile": version.profile.public_id}
    file = SimpleUploadedFile("x.json", b'{"CFDocument": {}}')
    client = cast.client("administrator")
    answer = client.post(reverse("profiles:take_in", kwargs=where), {"file": file})
    assert "identifier is missing" in answer.content.decode()
    assert not Upload.objects.exists()


def test_employers_save_what_they_may_read_and_see_no_way_in(cast: Cast) -> None:
    version = make_version(cast, "open")
    where = {"profile": version.profile.public_id, "number": version.number}
    html = cast.client("employer").get(reverse("profiles:version", kwargs=where)).content.decode()
    assert "CTDL-ASN" in html
    assert "Take a file back" not in html
