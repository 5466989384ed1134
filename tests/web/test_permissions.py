"""Every address × every kind of person, as data (see ``tests/permissions.py``)."""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import tests.web
from tests.cast import PEOPLE, Cast
from tests.permissions import Row


def _tables() -> list[Row]:
    """The rows of ``tests/web/<feature>/permissions.py``."""
    features = [found.name for found in pkgutil.iter_modules(tests.web.__path__) if found.ispkg]
    rows: list[Row] = []
    for package in [f"tests.web.{feature}" for feature in features]:
        if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.permissions"):
            rows += importlib.import_module(f"{package}.permissions").ROWS
    return rows


ROWS = _tables()


def _addresses(resolver: URLResolver, path: str = "/", space: str = "") -> Iterator[str]:
    """The full name of each pattern; its path where it has no name."""
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else here
        else:
            yield from _addresses(
                pattern, here, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )


def test_every_address_has_a_row() -> None:
    missing = sorted(set(_addresses(get_resolver())) - {row.url for row in ROWS})
    assert not missing, f"no row in any tests/web/*/permissions.py for: {', '.join(missing)}"


def test_every_row_has_an_address() -> None:
    unknown = sorted({row.url for row in ROWS} - set(_addresses(get_resolver())))
    assert not unknown, f"rows without an address: {', '.join(unknown)}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_person_gets_what_the_table_says(row: Row, cast: Cast) -> None:
    assert row.expected.keys() == PEOPLE.keys()
    kwargs = row.kwargs(cast)
    url = (row.url if row.url.startswith("/") else reverse(row.url, kwargs=kwargs)) + row.query
    sign_in = resolve_url(settings.LOGIN_URL)
    wrong = []
    for who, status in row.expected.items():
        with transaction.atomic():
            data = row.data(cast)
            client = cast.client(who)
            client.raise_request_exception = False
            extra = {"content_type": row.content_type} if row.content_type else {}
            if row.method == "get":
                answer = client.get(url, data or None, headers=row.headers)
            else:
                answer = getattr(client, row.method)(url, data, headers=row.headers, **extra)
            if answer.status_code != status:
                wrong.append(f"{who}: {answer.status_code} where {status} is right")
            to_sign_in = answer.status_code == 302 and answer["Location"].split("?")[0] == sign_in
            if to_sign_in and who != "anonymous" and not row.leads_to_sign_in:
                wrong.append(f"{who}: was sent to sign in")
            transaction.set_rollback(True)
    assert not wrong, f"{row} → {'; '.join(wrong)}"
