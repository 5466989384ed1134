"""The workbook by page: handed out, taken back, shown, and loaded on a yes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import Need, NeedUpload
from tests.cast import Cast
from tests.demand.make import make_need
from tests.demand.test_loading import row
from tests.demand.test_workbook import csv_file
from tests.web.needs.test_screens import text


def send(client: Client, content: bytes, name: str = "needs.csv") -> Any:
    return client.post(
        reverse("needs:workbook"), {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def test_a_workbook_is_shown_before_it_is_saved_and_saved_on_a_yes(cast: Cast) -> None:
    client = cast.client("employer")
    page = send(client, csv_file(row(cast), row(cast, role="Cook", likely=-2)))
    shown = text(page)
    assert "What your file says" in shown
    assert "-2 is below 0." in shown
    with acting(cast.actor("employer")):
        assert not Need.objects.exists()
        upload = NeedUpload.objects.get()
    done = client.post(reverse("needs:load", args=[upload.public_id]), follow=True)
    assert "Loaded: 1 need stated, 0 changed, 1 row left out." in text(done)
    with acting(cast.actor("employer")):
        assert [need.role_title for need in Need.objects.all()] == ["Nursing assistant, nights"]
        assert not NeedUpload.objects.exists()


def test_a_workbook_can_be_given_up(cast: Cast) -> None:
    client = cast.client("employer")
    send(client, csv_file(row(cast)))
    with acting(cast.actor("employer")):
        upload = NeedUpload.objects.get()
    gone = client.post(reverse("needs:drop", args=[upload.public_id]), follow=True)
    assert "Nothing was saved." in text(gone)
    assert client.get(reverse("needs:preview", args=[upload.public_id])).status_code == 404


def test_a_new_workbook_takes_the_place_of_the_last_one(cast: Cast) -> None:
    client = cast.client("employer")
    send(client, csv_file(row(cast)))
    send(client, csv_file(row(cast, role="Cook")))
    with acting(cast.actor("employer")):
        assert NeedUpload.objects.count() == 1


def test_changes_of_what_is_stated_are_said_in_words(cast: Cast) -> None:
    make_need(cast)
    shown = text(send(cast.client("employer"), csv_file(row(cast, likely=6, schedule="Night"))))
    assert "Changes what is stated" in shown
    assert "new positions: 4 (2 to 8) → 6 (2 to 8)" in shown
    assert "Schedule: nothing → Night" in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "This is not a workbook or a CSV file that can be read."),
        (b"a,b\n1,2\n", "No row with the names of the columns was found."),
        (b"", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(
    cast: Cast, content: bytes, message: str
) -> None:
    page = send(cast.client("employer"), content)
    assert message in text(page)
    with acting(cast.actor("employer")):
        assert not NeedUpload.objects.exists()


def test_a_file_of_200_mb_is_refused_by_its_length_before_anything_is_read(cast: Cast) -> None:
    class Unread(io.BytesIO):
        def read(self, *arguments: Any) -> bytes:
            raise AssertionError("the file was read")

    client = cast.client("employer")
    page = client.generic(
        "POST",
        reverse("needs:workbook"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )
    assert page.status_code == 413
    assert "The file is larger than 50 MB." in text(page)


def test_an_upload_needs_the_token_of_its_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    with acting(cast.actor("employer")):
        client.force_login(cast.person("employer"))
    sent = client.post(
        reverse("needs:workbook"), {"file": SimpleUploadedFile("n.csv", csv_file(row(cast)))}
    )
    assert sent.status_code == 403


def test_the_workbook_holds_the_employers_sites_lists_and_an_example(cast: Cast) -> None:
    answer = cast.client("employer").get(reverse("needs:download"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Needs", "Lists", "How to fill this in"]
    sheet = book["Needs"]
    assert str(sheet["A2"].value).startswith("EXAMPLE")
    assert [sheet["A3"].value, sheet["B3"].value] == ["Test Hospital", "Main site"]
    assert len(sheet.data_validations.dataValidation) >= 8
    names = {cell.value for cell in book["Lists"]["A"]}
    assert "Other Test Hospital" not in names
