"""Every page that a visitor without an account can open is wholly in Spanish, by walking them all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from tests.cast import Cast
from tests.demand.regional.make import make_published
from tests.permissions import Row
from tests.web.test_permissions import ROWS

#: Pages that anybody reaches, as they are looked at and as they answer to a button.
PUBLIC = [
    row for row in ROWS if row.expected["anonymous"] == 200 and not row.url.startswith("/api")
]


@pytest.fixture
def untranslated(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The texts for which Spanish was asked and there is none."""
    missing: set[str] = set()
    spanish = trans_real.translation("es")
    kind: Any = type(spanish)

    def watched(name: str) -> Any:
        real = getattr(kind, name)

        def look(self: Any, message: str, *more: Any) -> Any:
            if self is spanish and message.strip() and not known(self._catalog, message, more):
                missing.add(message)
            return real(self, message, *more)

        return look

    for name in ("gettext", "ngettext"):
        monkeypatch.setattr(kind, name, watched(name))
    return missing


def known(catalogue: Any, message: str, more: tuple[Any, ...]) -> bool:
    if not more:
        return catalogue.get(message) is not None
    try:
        return bool(catalogue.plural(message, more[1]))
    except KeyError:
        return False


SPANISH = {"Accept-Language": "es-MX,es;q=0.9"}


@pytest.mark.parametrize("row", PUBLIC, ids=str)
def test_what_visitors_reach_is_in_spanish(row: Row, cast: Cast, untranslated: set[str]) -> None:
    kwargs = row.kwargs(cast)
    url = (row.url if row.url.startswith("/") else reverse(row.url, kwargs=kwargs)) + row.query
    untranslated.clear()
    page = getattr(Client(headers=SPANISH), row.method)(url, row.data(cast) or None)
    assert not untranslated, f"{url} has no Spanish for: {sorted(untranslated)}"
    if page["Content-Type"].startswith("text/html") and "<html" in page.content.decode():
        wanted = "en" if row.url.startswith("waves:") else "es"  # a link has its own language
        assert f'<html lang="{wanted}"' in page.content.decode()


def test_the_code_that_is_mailed_and_what_is_wrong_are_in_spanish(
    cast: Cast, untranslated: set[str]
) -> None:
    client = Client(headers=SPANISH)
    for email in (cast.people["employer"].email, "nobody@example.org", "nonsense"):
        client.post(reverse("account_login"), {"email": email}, follow=True)
    client.post(reverse("account_confirm_login_code"), {"code": "WRONG"})
    for url in ("/nowhere/", "/needs/", "/answer/x/"):
        client.get(url, follow=True)
    assert untranslated == set()


def test_employers_read_the_picture_of_their_region_in_spanish(
    cast: Cast, untranslated: set[str]
) -> None:
    publication = make_published(cast)
    client = cast.client("employer")
    untranslated.clear()
    for url in (
        reverse("regional:list"),
        reverse("regional:published", args=[publication.public_id]),
    ):
        page = client.get(url, headers=SPANISH).content.decode()
        assert '<html lang="es"' in page
    assert untranslated == set()
    assert '<html lang="en"' in client.get(reverse("needs:list"), headers=SPANISH).content.decode()
