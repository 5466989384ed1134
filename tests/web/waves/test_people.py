"""People invited from a file, by page: handed out, shown, told who is meant, invited on a yes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import NeedUpload, WaveInvitation
from tests.cast import Cast
from tests.demand.waves.make import make_wave
from tests.demand.waves.test_people import people_file
from tests.web.needs.test_screens import text


def send(client: Client, wave: Any, content: bytes) -> Any:
    return client.post(
        reverse("waves:people", args=[wave.public_id]),
        {"file": SimpleUploadedFile("people.csv", content)},
        follow=True,
    )


def test_a_file_is_shown_before_anybody_is_invited(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    client = cast.client("administrator")
    name = cast.employer.name
    content = people_file(
        (name, "Ana", "ana@example.org", "Spanish", "Skills"),
        (f"{name} of the North", "Bo", "bo@example.org", "", ""),
        (name, "Cy", "cy", "", ""),
    )
    shown = text(send(client, wave, content))
    assert "Nobody is invited yet." in shown
    assert "“cy” is not an e-mail address." in shown
    assert "One employer is not known" in shown
    with acting(cast.actor("administrator")):
        upload = NeedUpload.objects.get()
        assert not WaveInvitation.objects.exists()
    keys = [wave.public_id, upload.public_id]
    told = {"employer-0": str(cast.employer.pk)}
    again = text(client.get(reverse("waves:people_preview", args=keys), told))
    assert f"Taken as “{name}”" in again
    done = client.post(reverse("waves:people_load", args=keys), told, follow=True)
    assert "Done: 2 people invited, 0 changed, 1 row left out." in text(done)
    with acting(cast.actor("administrator")):
        rows = WaveInvitation.objects.order_by("email").values_list("email", "language")
        assert list(rows) == [("ana@example.org", "es"), ("bo@example.org", "en")]
        assert not NeedUpload.objects.exists()


def test_a_file_can_be_given_up(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    client = cast.client("administrator")
    send(client, wave, people_file((cast.employer.name, "Ana", "ana@example.org", "", "")))
    with acting(cast.actor("administrator")):
        upload = NeedUpload.objects.get()
    gone = client.post(
        reverse("waves:people_drop", args=[wave.public_id, upload.public_id]), follow=True
    )
    assert "Nobody was invited." in text(gone)


def test_a_file_of_something_else_is_refused_beside_the_field(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    shown = text(send(cast.client("administrator"), wave, b"%PDF-1.7"))
    assert "This is not a workbook or a CSV file that can be read." in shown


def test_the_workbook_names_the_employers(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    response = cast.client("administrator").get(
        reverse("waves:people_download", args=[wave.public_id])
    )
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert {cell.value for cell in book["People"]["A"]} >= {"Employer", cast.employer.name}
