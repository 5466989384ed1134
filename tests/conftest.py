"""What every test has: a database of its own, and habits that fail a test when they are broken.

- Tests connect as ``app``, so row-level security holds in them. ``owner`` is the other connection.
- A GET may not write (sessions and the cache apart).
- Warnings are errors, and so is an undefined variable in a template.
- Tests run in random order; ``-p no:randomly`` keeps the order of the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import database
from tests.cast import cast as cast

HOME = Path(os.environ["BACKCAST_TEST_HOME"])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        database.end(HOME)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the public data are skipped where there is none, and say so."""
    if os.environ.get("BACKCAST_DATA"):
        return
    skip = pytest.mark.skip(
        reason="needs the public data: set BACKCAST_DATA to the folder that holds it"
    )
    for item in items:
        if "data" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Give this worker its own copy of the migrated database, for every connection."""
    from django.db import connections

    name = database.database_for(HOME, f"test_{worker_id}")
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            connections.settings[alias]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True)
def _what_was_committed_is_gone(
    request: pytest.FixtureRequest, worker_id: str, django_db_blocker: Any
) -> Iterator[None]:
    """After a test that commits, the next one begins with a fresh copy: ``app`` may not empty tables."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if mark is None or not mark.kwargs.get("transaction"):
        return
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()
    database.database_for(HOME, f"test_{worker_id}")


_WRITE = re.compile(
    r"\b(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|(?<!FOR )(?<!DO )UPDATE(?!\s+OF\b))"
    r"\s+(?:ONLY\s+)?\"?([a-z_]\w*)",
    re.IGNORECASE,
)
#: What a GET may touch: who is signed in, and counters that expire.
_MAY_TOUCH = {"django_session", "core_cache"}


@pytest.fixture(autouse=True)
def _a_get_may_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test in which answering a GET or HEAD changes a table."""
    from django.db import connections
    from django.test import Client

    real = Client.request

    def request(self: Client, **environ: Any) -> Any:
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return real(self, **environ)
        written: list[str] = []

        def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            for table in _WRITE.findall(str(sql)):
                if table.lower() not in _MAY_TOUCH:
                    written.append(str(sql)[:200])
            return execute(sql, params, many, context)

        with connections["default"].execute_wrapper(watch):
            response = real(self, **environ)
        assert not written, f"GET {environ.get('PATH_INFO')} wrote: {written}"
        return response

    monkeypatch.setattr(Client, "request", request)


class Queries:
    """The statements that a block ran, without the bookkeeping of transactions."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(f"{n}. {sql}" for n, sql in enumerate(self.statements, 1))


@pytest.fixture
def query_count() -> Callable[[], AbstractContextManager[Queries]]:
    """``with query_count() as queries: …`` and then ``assert queries.count < 15, queries``."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def counting() -> Iterator[Queries]:
        queries = Queries()
        with CaptureQueriesContext(connection) as captured:
            yield queries
        queries.statements = [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))
        ]

    return counting
