"""Lists in the browser: uploaded, columns confirmed, refusals seen, loaded once and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backcast.training import uploads
from backcast.training.models import ColumnMapping, ListLoad, ListRefusal, Program
from tests.cast import Cast
from tests.training.factories import make_program

LIST = """programid,title,cipcode,provider,school,county,totalcost,hours,weeks
1,Demo Aide,513902,7,Demo School,Bergen,1200,80,4
2,Demo Assistant,510801,7,Demo School,Bergen,4800,720,24
2,Demo Assistant,510801,7,Demo School,Bergen,4800,720,24
3,Demo Tech,510805,8,Other Demo School,Essex,900,60,3
4,=cmd,510805,8,Other Demo School,Camden,900,60,3
5,Demo Biller,510713,8,Other Demo School,Camden,0,60,3
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(client: Client, text: str = LIST, **more: Any) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode())
    data = {"kind": "programs", "source": "Demo list", "file": file, **more}
    return client.post(reverse("programs:upload"), data)


def chosen(load: ListLoad, **more: str) -> dict[str, str]:
    return {**uploads.suggested(load), "provider_id": "provider", "provider_name": "school", **more}


def address(name: str, load: ListLoad) -> str:
    return reverse(f"programs:{name}", kwargs={"load": load.public_id})


def test_a_list_is_previewed_with_every_refusal_and_then_loaded_whole(cast: Cast) -> None:
    client = cast.client("administrator")
    assert send(client).status_code == 302
    load = ListLoad.objects.get()
    text = client.get(address("columns", load)).content.decode()
    assert "Demo Assistant" in text
    answer = client.post(address("columns", load), chosen(load, save_as="Demo make"))
    assert answer.status_code == 302, answer.content.decode()
    load.refresh_from_db()
    assert (load.state, load.rows_in, load.rows_used, load.rows_refused) == ("preview", 6, 2, 4)
    assert not Program.objects.exists()
    told = dict(ListRefusal.objects.values_list("row", "reason"))
    assert told == {
        4: "duplicate_identical",
        5: "outside_region",
        6: "formula",
        7: "missing_cost",
    }
    shown = client.get(address("load", load)).content.decode()
    assert "Nothing is loaded yet" in shown
    assert "Row 7, Total cost:" in shown
    export = client.get(address("refused", load), {"export": "csv"}).content.decode("utf-8-sig")
    assert "“=cmd” starts with “=”" in export
    client.post(address("use", load))
    load.refresh_from_db()
    assert load.state == "committed"
    assert load.released_by == cast.person("administrator")
    assert Program.objects.count() == 2


def test_a_file_of_providers_says_who_is_suspended_and_where_the_others_are(cast: Cast) -> None:
    client = cast.client("administrator")
    known = b"providerid,name,statusname,county,state\n7,Demo School,Suspend,Bergen,NJ\n"
    send(client, providers=SimpleUploadedFile("providers.csv", known))
    load = ListLoad.objects.get()
    client.post(address("columns", load), chosen(load))
    told = dict(ListRefusal.objects.values_list("row", "reason"))
    assert told[2] == told[3] == "provider_not_approved"


def test_a_file_of_providers_without_numbers_is_refused_beside_its_field(cast: Cast) -> None:
    wrong = SimpleUploadedFile("providers.csv", b"x,y\na,b\n")
    answer = send(cast.client("administrator"), providers=wrong)
    assert "Provider number: choose the column" in answer.content.decode()
    assert not ListLoad.objects.exists()


def test_loading_again_changes_what_changed_and_keeps_what_was_stated(cast: Cast) -> None:
    client = cast.client("administrator")
    for text in (LIST, LIST.replace("Bergen,1200,80", "Bergen,1300,90")):
        send(client, text)
        load = ListLoad.objects.latest("pk")
        client.post(address("columns", load), chosen(load))
        client.post(address("use", load))
        program = Program.objects.get(source_id="1")
        if program.clock_hours == 80:
            client.post(
                reverse("programs:edit", kwargs={"program": program.public_id}),
                {"name": "Demo Aide by day", "cip_code": "51.3902", "total_cost": "1250",
                 "clock_hours": "80", "weeks": "4", "stage_1": "completed", "status": "active"},
            )  # fmt: skip
    program = Program.objects.get(source_id="1")
    assert Program.objects.count() == 2
    assert (program.name, program.total_cost, program.clock_hours) == ("Demo Aide by day", 1250, 90)


def test_a_list_loaded_with_assumptions_makes_them_the_regions(cast: Cast) -> None:
    client = cast.client("administrator")
    send(client, recipe="new-jersey")
    load = ListLoad.objects.get()
    client.post(address("columns", load), chosen(load))
    cast.region.refresh_from_db()
    assert cast.region.recipe == ""
    client.post(address("use", load))
    cast.region.refresh_from_db()
    assert cast.region.recipe == "new-jersey"


def test_a_kept_choice_of_columns_is_found_again(cast: Cast) -> None:
    client = cast.client("administrator")
    send(client)
    load = ListLoad.objects.get()
    client.post(address("columns", load), chosen(load, save_as="Demo make"))
    send(client)
    again = ListLoad.objects.latest("pk")
    kept = ColumnMapping.objects.exclude(name="")
    assert uploads.suggested(again, kept)["provider_name"] == "school"


def test_a_choice_that_cannot_be_is_refused_beside_its_field(cast: Cast) -> None:
    client = cast.client("administrator")
    send(client)
    load = ListLoad.objects.get()
    answer = client.post(address("columns", load), {"source_id": "title", "name": "title"})
    text = answer.content.decode()
    assert "already used for Program number" in text
    assert "CIP code: choose the column that holds it." in text


def test_a_file_that_is_no_table_is_refused_and_not_kept(cast: Cast, tmp_path: Path) -> None:
    client = cast.client("administrator")
    answer = client.post(
        reverse("programs:upload"),
        {
            "kind": "programs",
            "source": "Demo list",
            "file": SimpleUploadedFile("x.csv", b"\x89PNG\x00\x00"),
        },
    )
    assert "not a text file or a workbook" in answer.content.decode()
    assert not ListLoad.objects.exists()
    assert not list(tmp_path.glob("lists/*"))


def test_a_file_over_the_limit_is_refused_before_it_is_read(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 0.001
    answer = send(cast.client("administrator"), LIST + "x" * 80_000)
    assert answer.status_code == 413
    assert "larger than 0.001 MB" in answer.content.decode()


def test_giving_up_leaves_nothing_behind(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = cast.client("administrator")
    send(client)
    load = ListLoad.objects.get()
    assert len(list(tmp_path.glob("lists/*"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("drop", load))
    assert not ListLoad.objects.exists()
    assert not list(tmp_path.glob("lists/*"))


def test_cohorts_come_by_workbook_all_or_none(cast: Cast) -> None:
    program = make_program(cast.provider, stages=("completed", "hired"))
    client = cast.client("provider")
    url = reverse("programs:cohort_workbook", kwargs={"program": program.public_id})
    header = (
        "First day,Name,Learners who started,Counted on,Completed: came through,"
        "Completed: did not,Hired: came through,Hired: did not\n"
    )

    def give(rows: str) -> Any:
        return client.post(url, {"file": SimpleUploadedFile("c.csv", (header + rows).encode())})

    good = "2025-01-06,Day,20,2025-12-01,16,4,9,3\n"
    answer = give(good + "2025-05-05,,10,2025-12-01,11,,,\n")
    assert "Row 3, Completed: came through" in answer.content.decode()
    assert not program.cohorts.exists()
    assert give(good).status_code == 302
    assert program.cohorts.get().enrolled == 20
    shown = client.get(reverse("programs:program", kwargs={"program": program.public_id}))
    assert "16 of 20" in shown.content.decode()
