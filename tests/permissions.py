"""Rows of the permission tables: one address, and what each kind of person gets there.

Each feature exports ``ROWS`` from ``tests/web/<feature>/permissions.py``; the test in
``tests/web/test_permissions.py`` collects them, runs each row for every person of the cast and
fails when an address of the project has no row.

    ROWS = [
        Row("needs:list", everyone(funder=404)),
        Row("needs:edit", staff(employer=200), lambda cast: {"need": make_need(cast.employer).public_id}),
        Row("needs:edit", staff(employer=302, viewer=403), ..., method="post", data=lambda cast: {...}),
    ]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import PEOPLE, Cast

#: What someone who is not signed in gets at a page for members: the way to sign-in.
SIGN_IN = 302


def _fill(default: int, given: dict[str, int]) -> dict[str, int]:
    unknown = given.keys() - PEOPLE.keys()
    assert not unknown, f"no such person: {unknown}"
    return dict.fromkeys(PEOPLE, default) | {"anonymous": SIGN_IN} | given


def everyone(status: int = 200, /, **given: int) -> dict[str, int]:
    """The same for everybody who has signed in, but for those named."""
    return _fill(status, given)


def public(status: int = 200, /, **given: int) -> dict[str, int]:
    """The same for everybody, signed in or not, but for those named."""
    return _fill(status, {"anonymous": status} | given)


def staff(status: int = 200, /, **given: int) -> dict[str, int]:
    """Staff of this region get ``status``, everybody else 404 (also staff elsewhere)."""
    return _fill(404, {"administrator": status, "viewer": status} | given)


def staff_pages(**given: int) -> dict[str, int]:
    """Staff of any region get 200 (each sees what is its own), everybody else 404."""
    return staff(200, **{"foreign": 200, **given})


def nobody(status: int = 404, /, **given: int) -> dict[str, int]:
    """Nobody gets through."""
    return _fill(status, {"anonymous": status} | given)


@dataclass(frozen=True)
class Row:
    """One address and method. ``url`` is the full name (``needs:list``), or a path for a pattern
    without a name. ``kwargs`` and ``data`` are made from the cast, once for the row; what one
    person's request changes is undone before the next. ``headers`` as of ``django.test.Client``.
    """

    url: str
    expected: dict[str, int]
    kwargs: Callable[[Cast], dict[str, Any]] = lambda cast: {}
    method: str = "get"
    data: Callable[[Cast], Any] = lambda cast: {}
    query: str = ""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    #: The page leads everybody on to sign-in, also those who have signed in.
    leads_to_sign_in: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.url}{self.query}"
