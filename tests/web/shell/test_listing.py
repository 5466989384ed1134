"""Lists are searched, sorted, paged and exported as shown, in as few queries for many rows as for few."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from backcast.core.actor import acting
from backcast.core.spreadsheets import safe_text
from backcast.core.text import fold
from backcast.partners.models import Organisation
from backcast.web.export import csv_bytes, xlsx
from backcast.web.listing import Column, Filter, Listing, listing_response
from tests.cast import TESTS, Cast

LISTING = Listing(
    "Organizations",
    [
        Column(
            "name",
            "Name",
            lambda row: row.name,
            sort="name_folded",
            link=lambda row: f"/organisations/{row.public_id}",
        ),
        Column("kind", "Kind", lambda row: row.get_kind_display(), sort="kind", phone=False),
        Column("count", "Count", lambda row: len(row.name), numeric=True),
        Column("since", "Since", lambda row: row.created_at, sort="created_at"),
    ],
    default_sort="name",
    filename="organisations",
    empty_title="No organizations yet",
    empty_text="Add the first one.",
    empty_action=("Add an organization", "/organisations/new"),
)
KIND = Filter(
    "kind",
    "Kind",
    Organisation.Kind.choices,
    lambda rows, value: rows.filter(kind=value),
)


def page(query: str = "", rows: QuerySet[Any] | None = None, **headers: str) -> HttpResponse:
    request = RequestFactory().get(f"/organisations/{query}", headers=headers)
    request.user = AnonymousUser()
    found = Organisation.objects.all() if rows is None else rows
    return listing_response(request, LISTING, found, actions=[("Add", "/new")], filters=[KIND])


def names(response: HttpResponse) -> list[str]:
    """The names that the CSV of the same list has, in its order."""
    rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    return [row[0] for row in rows][1:]


@pytest.fixture
def organisations(cast: Cast) -> list[Organisation]:
    made = ["Ärzte am Fluss", "Clínica São José", "zeta labs", "Alpha Labs"]
    with acting(TESTS, "tests.make"):
        Organisation.objects.all().update(archived_at=timezone.now())
        return [
            Organisation.objects.create(
                region=cast.region, kind="employer", name=name, name_folded=fold(name)
            )
            for name in made
        ]


@pytest.mark.parametrize("query", ["sao jose", "SÃO", "jose clin"])
def test_a_search_finds_words_without_case_and_accents(
    organisations: list[Organisation], query: str
) -> None:
    assert names(page(f"?q={query}&export=csv")) == ["Clínica São José"]


def test_each_word_must_be_found(organisations: list[Organisation]) -> None:
    assert names(page("?q=labs&export=csv")) == ["Alpha Labs", "zeta labs"]
    assert names(page("?q=labs alpha&export=csv")) == ["Alpha Labs"]
    assert names(page("?q=%25&export=csv")) == []
    assert names(page("?q=%00labs%00 alpha&export=csv")) == ["Alpha Labs"]


def test_the_list_is_sorted_both_ways_and_says_so(organisations: list[Organisation]) -> None:
    rising = ["Alpha Labs", "Ärzte am Fluss", "Clínica São José", "zeta labs"]
    assert names(page("?export=csv")) == rising
    assert names(page("?sort=-name&export=csv")) == rising[::-1]
    assert 'aria-sort="ascending"' in page().content.decode()
    assert 'aria-sort="descending"' in page("?sort=-name").content.decode()


@pytest.mark.parametrize(
    "sort", ["password", "count", "--name", "name_folded", "-", "region__name"]
)
def test_a_sort_that_is_not_offered_is_ignored(
    organisations: list[Organisation], sort: str
) -> None:
    assert names(page(f"?sort={sort}&export=csv")) == names(page("?export=csv"))


def test_archived_rows_stand_apart(organisations: list[Organisation], cast: Cast) -> None:
    assert "Test Hospital" not in names(page("?export=csv"))
    assert "Test Hospital" in names(page("?export=csv&archived=1"))
    assert "Show archived ones" in page().content.decode()
    assert "Show current ones" in page("?archived=1").content.decode()


def test_a_filter_narrows_and_nonsense_does_not(organisations: list[Organisation]) -> None:
    assert len(names(page("?kind=employer&export=csv"))) == 4
    assert names(page("?kind=provider&export=csv")) == []
    assert len(names(page("?kind=nonsense&export=csv"))) == 4
    assert "Nothing here matches what you chose" in page("?kind=provider").content.decode()


def test_an_empty_list_says_what_to_do_and_a_vain_search_how_to_go_on(cast: Cast) -> None:
    nothing = Organisation.objects.none()
    empty = page("", nothing).content.decode()
    assert "No organizations yet" in empty
    assert 'href="/organisations/new"' in empty
    vain = page("?q=<b>", nothing).content.decode()
    assert "Nothing here matches “&lt;b&gt;”" in vain
    assert "Nothing is archived" in page("?archived=1", nothing).content.decode()


def test_the_export_has_all_pages_and_columns_and_keeps_the_search(
    organisations: list[Organisation],
) -> None:
    response = page("?q=labs&sort=-name&export=xlsx&page=7")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Name", "Kind", "Count", "Since")
    assert [row[:3] for row in rows[1:]] == [
        ("zeta labs", "Employer", 9),
        ("Alpha Labs", "Employer", 10),
    ]
    assert isinstance(rows[1][3], datetime)
    assert sheet.freeze_panes == "A2"
    assert "attachment" in response["Content-Disposition"]


def test_the_part_that_changes_comes_alone_with_its_address(
    organisations: list[Organisation],
) -> None:
    response = page("?q=labs&sort=name", **{"HX-Request": "true", "HX-Target": "list-results"})
    html = response.content.decode()
    assert "<html" not in html
    assert "zeta labs" in html
    assert 'hx-swap-oob="innerHTML:#list-count"' in html
    assert response["HX-Push-Url"] == "/organisations/?q=labs"
    assert "HX-Request" in response["Vary"]
    assert "<html" in page("?q=labs", **{"HX-Request": "true"}).content.decode()


def test_a_list_takes_the_same_queries_for_many_rows_as_for_few(
    cast: Cast, query_count: Callable[[], Any]
) -> None:
    with query_count() as few:
        page()
    with acting(TESTS, "tests.make"):
        Organisation.objects.bulk_create(
            Organisation(region=cast.region, kind="employer", name=f"N {n}", name_folded=f"n {n}")
            for n in range(400)
        )
    with query_count() as many:
        html = page().content.decode()
    assert many.count == few.count == 2, many
    assert "Page 1 of 9" in html
    with query_count() as exported:
        page("?export=xlsx")
    assert exported.count == 1, exported


def test_pages_beyond_the_end_show_the_last(organisations: list[Organisation]) -> None:
    assert "zeta labs" in page("?page=99").content.decode()
    assert "zeta labs" in page("?page=x").content.decode()


DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


@given(st.text(min_size=1).map(lambda text: text))
def test_no_text_in_an_export_starts_a_formula(text: str) -> None:
    assert not safe_text(text).startswith(DANGEROUS)
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\r\n")
    assert safe_text(text) in (kept, f"'{kept}")


@pytest.mark.parametrize(
    "evil", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(1)", "\t=1", "\r=1"]
)
def test_formulas_are_text_in_both_kinds_of_file(evil: str) -> None:
    sheet = load_workbook(io.BytesIO(xlsx("T", ["A"], [[evil]]))).active
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert str(sheet["A2"].value).startswith("'")
    assert csv_bytes(["A"], [[evil]]).decode("utf-8-sig").splitlines()[1].lstrip('"')[0] == "'"


def test_numbers_and_dates_keep_their_types() -> None:
    row = [
        -5,
        Decimal("2.50"),
        date(2026, 11, 23),
        datetime(2026, 11, 23, 17, tzinfo=UTC),
        None,
        True,
    ]
    book = load_workbook(io.BytesIO(xlsx("A/B:C", list("abcdef"), [row])))
    sheet = book.active
    assert sheet is not None
    values = [cell.value for cell in sheet[2]]
    assert values[0] == -5
    assert values[1] == 2.5
    assert values[2] == datetime(2026, 11, 23)  # noqa: DTZ001
    assert values[3] == datetime(2026, 11, 23, 12)  # noqa: DTZ001
    assert values[4:] == [None, "Yes"]
    assert csv_bytes(list("abcdef"), [row]).decode("utf-8-sig").splitlines()[1] == (
        "-5,2.50,2026-11-23,2026-11-23 12:00:00,,Yes"
    )


def test_characters_that_no_workbook_holds_are_left_out() -> None:
    sheet = load_workbook(io.BytesIO(xlsx("T", ["A"], [["a\x00b\x1bc"]]))).active
    assert sheet is not None
    assert sheet["A2"].value == "abc"
