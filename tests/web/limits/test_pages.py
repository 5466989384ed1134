"""The pages of limits, as staff use them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backcast.core.actor import acting
from backcast.planning.models import FundingSource, SharedResource
from backcast.web.limits.kinds import KINDS
from tests.cast import Cast
from tests.planning.world import make_world

Counting = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast.client("administrator")


def _new(kind: str) -> str:
    return reverse("limits:new", kwargs={"kind": kind})


def _rows(prefix: str, *rows: dict[str, object]) -> dict[str, object]:
    sent: dict[str, object] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def test_an_empty_page_says_of_each_kind_what_holds_meanwhile(cast: Cast, client: Client) -> None:
    text = client.get(reverse("limits:page")).content.decode()
    for kind in KINDS:
        assert str(kind.title) in text
        assert _new(kind.slug) in text


def test_a_lab_is_stated_with_who_uses_it_then_changed_and_taken_out(
    cast: Cast, client: Client
) -> None:
    _need, program = make_world(cast)
    sent = {
        "name": "Skills lab",
        "kind": "lab",
        "area": program.area_id,
        "amount": "2",
        "source": "The college",
        **_rows("uses", {"program": program.pk, "amount": "1"}),
        **_rows("changes", {"first_month": "2027-06", "last_month": "2027-08", "amount": "1"}),
    }
    assert client.post(_new("resources"), sent).status_code == 302
    with acting(cast.actor("administrator")):
        lab = SharedResource.objects.get()
        assert [use.program_id for use in lab.uses.all()] == [program.pk]
        assert lab.changes.get().last_month.isoformat() == "2027-08-01"
    page = client.get(reverse("limits:page")).content.decode()
    assert "Skills lab" in page
    assert "1 program takes of it" in page
    where = reverse("limits:change", kwargs={"kind": "resources", "limit": lab.public_id})
    form = client.get(where).content.decode()
    assert 'value="2027-06"' in form
    assert 'value="The college"' in form
    assert 'value="2"' in form
    less = {**sent, "amount": "1", **_rows("uses"), **_rows("changes")}
    assert client.post(where, less).status_code == 302
    with acting(cast.actor("administrator")):
        assert not lab.uses.exists()
    away = reverse("limits:put_away", kwargs={"kind": "resources", "limit": lab.public_id})
    assert client.post(away).status_code == 302
    assert "Skills lab" not in client.get(reverse("limits:page")).content.decode()


def test_a_form_reads_its_lists_once_however_many_rows_it_has(
    cast: Cast, client: Client, query_count: Counting
) -> None:
    make_world(cast)
    for many in (1, 12):
        lab = {"name": "", "kind": "lab", "amount": "2", "source": "x"}
        used = _rows("uses", *({"program": "", "amount": "1"} for _ in range(many)))
        with query_count() as queries:
            page = client.post(_new("resources"), {**lab, **used, **_rows("changes")})
        assert page.status_code == 200
        assert page.text.count("uses-") > many
        read = [sql for sql in queries.statements if 'FROM "training_program"' in sql]
        assert len(read) == 1, queries


def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    cast: Cast, client: Client
) -> None:
    make_world(cast)
    sent = {
        "name": "Grant",
        "amount": "-5",
        "first_month": "2027-06",
        "last_month": "2027-02",
        "source": "",
        **_rows("rules", {"kind": "share_of_cost", "value": "150"}),
    }
    text = client.post(_new("funds"), sent).content.decode()
    assert "This field is required" in text
    sent["source"] = "The board"
    text = client.post(_new("funds"), sent).content.decode()
    assert "A fund cannot be below 0." in text
    assert "The last month comes before the first." in text
    sent |= {"amount": "5000", "last_month": "2028-02"}
    text = client.post(_new("funds"), sent).content.decode()
    assert "A share lies between 0 and 100 percent." in text
    with acting(cast.actor("administrator")):
        assert not FundingSource.objects.exists()


def test_another_row_is_offered_without_judging_what_is_typed(cast: Cast, client: Client) -> None:
    make_world(cast)
    text = client.post(_new("funds"), {"name": "G", "rules-add": "1", **_rows("rules")})
    assert "rules-0-kind" in text.content.decode()
    assert "usa-error-message" not in text.content.decode()
