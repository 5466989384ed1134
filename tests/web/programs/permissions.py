"""Programs, past cohorts, lists and published outcomes: URL × person.

Providers see their own; funders and support agencies what was published; employers none of it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from backcast.core.actor import acting
from backcast.delivery import actions as delivery
from backcast.delivery.actions import Counted
from backcast.training import actions, uploads
from backcast.training.models import ListLoad
from tests.cast import TESTS, Cast
from tests.permissions import Row, staff
from tests.training.factories import make_credential, make_occupation, make_program

#: Staff and the provider itself may look; another provider and everyone else get nothing.
OWN = staff(provider=200)
#: Of those who may look, viewers may not change.
OWN_CHANGE = staff(302, viewer=403, provider=302)
OWN_FORM = staff(200, viewer=403, provider=200)
STAFF_FORM = staff(200, viewer=403)
STAFF_DO = staff(302, viewer=403)
READERS = staff(200, provider=200, other_provider=200, foreign=200)
OUTCOMES = READERS | {"funder": 200, "support": 200}


def program(cast: Cast) -> dict[str, Any]:
    return {"program": make_program(cast.provider).public_id}


def credential(cast: Cast) -> dict[str, Any]:
    return {"credential": str(make_credential(cast.region).public_id)}


def archived(cast: Cast) -> dict[str, Any]:
    made = make_program(cast.provider)
    actions.archive_program(made, actor=TESTS)
    return {"program": made.public_id}


def cohort(cast: Cast, *, put_away: bool = False) -> dict[str, Any]:
    made = delivery.record_cohort(
        make_program(cast.provider),
        Counted(date(2025, 1, 6), 20, date(2025, 9, 1), {"completed": (16, 4)}),
        actor=TESTS,
    )
    if put_away:
        delivery.archive_cohort(made, actor=TESTS)
    return {"cohort": made.public_id}


def scheduled(cast: Cast) -> dict[str, Any]:
    made = delivery.schedule_cohort(
        make_program(cast.provider), actor=TESTS, starts_on=date(2025, 1, 6), places=20
    )
    return {"cohort": made.public_id}


def archived_cohort(cast: Cast) -> dict[str, Any]:
    return cohort(cast, put_away=True)


def upload(cast: Cast) -> ListLoad:
    content = b"programid,title,cipcode,provider,county\n1,Demo Aide,51.3902,Demo School,Bergen\n"
    return uploads.keep_upload(
        actor=cast.actor("administrator"),
        kind="programs",
        file_name="list.csv",
        content=[content],
        source="Demo list",
    )


def load(cast: Cast) -> dict[str, Any]:
    return {"load": upload(cast).public_id}


def checked(cast: Cast) -> dict[str, Any]:
    kept = upload(cast)
    uploads.confirm_columns(kept, uploads.suggested(kept), actor=cast.actor("administrator"))
    return {"load": kept.public_id}


def loaded(cast: Cast) -> dict[str, Any]:
    key: dict[str, UUID] = checked(cast)
    with acting(TESTS, "tests.make"):
        uploads.commit(
            ListLoad.objects.get(public_id=key["load"]), actor=cast.actor("administrator")
        )
    return key


def filled(cast: Cast) -> dict[str, Any]:
    return {"name": "Demo program", "stage_1": "completed", "status": "active"}


def new(cast: Cast) -> dict[str, Any]:
    return filled(cast) | {"provider": str(cast.provider.public_id)}


def counted(cast: Cast) -> dict[str, Any]:
    return {
        "starts_on": "2025-03-03",
        "enrolled": "20",
        "as_of": "2025-12-01",
        "completed_passed": "15",
    }


def file(cast: Cast) -> dict[str, Any]:
    return {
        "kind": "programs",
        "source": "Demo list",
        "file": SimpleUploadedFile("list.csv", b"programid,title,cipcode\n1,Demo,51.3902\n"),
    }


ROWS = [
    Row("programs:list", READERS),
    Row("programs:outcomes", OUTCOMES),
    Row("programs:add", staff(200, viewer=403, provider=200, other_provider=200, foreign=200)),
    Row("programs:add", staff(302, viewer=403, provider=302, other_provider=302, foreign=200),
        method="post", data=new),
    Row("programs:program", OWN, program),
    Row("programs:program", OWN, archived),
    Row("programs:edit", OWN_FORM, program),
    Row("programs:edit", OWN_CHANGE, program, method="post", data=filled),
    Row("programs:archive", OWN_CHANGE, program, method="post"),
    Row("programs:bring_back", OWN_CHANGE, archived, method="post"),
    Row("programs:leads", OWN_FORM, program),
    Row("programs:leads", OWN_CHANGE, program, method="post"),
    Row("programs:lead_add", OWN_CHANGE, program, method="post",
        data=lambda cast: {"occupation": str(make_occupation("31-9092").public_id)}),
    Row("programs:leads_suggest", OWN_CHANGE, program, method="post"),
    Row("programs:credentials", OWN_FORM, program),
    Row("programs:credentials", OWN_FORM, program, query="?q=aide"),
    Row("programs:credential_add", OWN_CHANGE, program, method="post", data=credential),
    Row("programs:credential_remove", OWN_CHANGE, program, method="post", data=credential),
    Row("programs:cohorts", OWN, program),
    Row("programs:cohort_add", OWN_FORM, program),
    Row("programs:cohort_add", OWN_CHANGE, program, method="post", data=counted),
    Row("programs:cohort_workbook", OWN_FORM, program),
    Row("programs:cohort_template", OWN_FORM, program),
    Row("programs:scheduled_start", OWN_FORM, scheduled),
    Row(
        "programs:scheduled_start",
        OWN_CHANGE,
        scheduled,
        method="post",
        data=lambda cast: {"starts_on": "2025-01-06", "enrolled": 18},
    ),
    Row("programs:scheduled_call_off", OWN_FORM, scheduled),
    Row(
        "programs:scheduled_call_off",
        OWN_CHANGE,
        scheduled,
        method="post",
        data=lambda cast: {"why": "No instructor"},
    ),
    Row("programs:cohort_edit", OWN_FORM, cohort),
    Row("programs:cohort_edit", OWN_CHANGE, cohort, method="post", data=counted),
    Row("programs:cohort_archive", OWN_CHANGE, cohort, method="post"),
    Row("programs:cohort_bring_back", OWN_CHANGE, archived_cohort, method="post"),
    Row("programs:lists", staff(200, foreign=200)),
    Row("programs:upload", staff(200, viewer=403, foreign=200)),
    Row("programs:upload", staff(302, viewer=403, foreign=302), method="post", data=file),
    Row("programs:load", staff(302, viewer=200), load),
    Row("programs:load", staff(200), checked),
    Row("programs:load", staff(200), loaded),
    Row("programs:columns", STAFF_FORM, load),
    Row("programs:refused", staff(200), checked),
    Row("programs:use", STAFF_DO, checked, method="post"),
    Row("programs:drop", STAFF_DO, checked, method="post"),
]  # fmt: skip
