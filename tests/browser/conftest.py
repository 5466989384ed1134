"""A real Chromium on a real run: ``page`` at a desk, ``phone`` in a hand.

Every page is watched: an error in the console, or a request that leaves this machine, fails the
test. Chromium is found by BACKCAST_CHROMIUM or on the path; where there is none the tests are
skipped, unless BACKCAST_REQUIRE_BROWSER=1, which makes that a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.running.runs import Run, short_home

ROOT = Path(__file__).resolve().parent.parent.parent
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: What keeps Chromium to itself: no first-run pages, no looking for updates or services.
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


@cache
def chromium() -> str | None:
    """Where Chromium is; None where there is none."""
    given = os.environ.get("BACKCAST_CHROMIUM")
    if given:
        return given
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def _chromium() -> str:
    found = chromium()
    if found is None:
        reason = "no Chromium was found: install it, or name it in BACKCAST_CHROMIUM"
        if os.environ.get("BACKCAST_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason} (BACKCAST_REQUIRE_BROWSER is set)")
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(_chromium: str) -> dict[str, Any]:
    # Playwright keeps an event loop in this thread; Django must not mind that in later tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": _chromium, "headless": True, "args": [*_QUIET, *root]}


@pytest.fixture(scope="session")
def site(_chromium: str) -> Iterator[Run]:
    """A run with a small demonstration region, shared by all browser tests."""
    with short_home(migrated=True) as home:
        run = Run(home).wait_until_open()
        yield run
        assert run.interrupt() == 0, run.said


@pytest.fixture(scope="session")
def base_url(site: Run) -> str:
    return site.address


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "locale": "en-US",
        "timezone_id": "America/New_York",
        "reduced_motion": "reduce",
    }


class Watch:
    """What went wrong on pages without anybody clicking on it."""

    def __init__(self, site: str) -> None:
        self.site = urlsplit(site).netloc
        self.found: list[str] = []
        #: Messages that a test expects, such as the 404 of a page that must not be there.
        self.expected: list[str] = []

    def on(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.found.append(f"script error: {error.error}"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.site:
            self.found.append(f"a request left this machine: {url}")

    def _console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.found.append(f"console: {text}")

    def complain(self) -> None:
        wrong = [
            line for line in self.found if not any(expected in line for expected in self.expected)
        ]
        assert not wrong, "\n".join(wrong)


@pytest.fixture
def watch(base_url: str) -> Iterator[Watch]:
    """Fails the test for console errors and outside requests; ``watch.expected`` lists exceptions."""
    watching = Watch(base_url)
    yield watching
    watching.complain()


@pytest.fixture
def context(watch: Watch, new_context: Callable[..., BrowserContext]) -> BrowserContext:
    made = new_context(**DESK)
    watch.on(made)
    return made


@pytest.fixture
def phone(watch: Watch, new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a phone-sized screen, signed in as nobody yet."""
    made = new_context(**PHONE)
    watch.on(made)
    return made.new_page()
