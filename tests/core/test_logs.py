"""A breakdown leaves its cause in the log, and nothing of the values that were in hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings

from backcast.core.logs import configure


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before[0], before[1]


def test_django_is_told_to_call_the_configuration() -> None:
    assert settings.LOGGING_CONFIG == "backcast.core.logs.configure"
    assert settings.LOGGING, "Django calls it only where this is not empty"


@pytest.mark.parametrize("form", ["", "json"])
def test_a_breakdown_is_logged_with_its_cause_and_without_values(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKCAST_LOG", form)
    configure()
    secret = "".join(["wage ", "of Ms Nobody"])
    try:
        raise ValueError(f"cause of {len(secret)}")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/x/")
    said = capsys.readouterr().err
    assert "Internal Server Error: /x/" in said
    assert "ValueError: cause of 17" in said
    assert "Traceback" in said
    assert secret not in said
