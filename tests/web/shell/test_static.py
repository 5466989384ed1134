"""What pages name is served: found in the packages, and not left out where a run collects files."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import pytest
from django.contrib.staticfiles.finders import find

from backcast.cli.prepare import UNUSED

WEB = Path(__file__).resolve().parents[3] / "backcast" / "web"
NAMED = sorted(
    {
        name
        for page in (WEB / "templates").rglob("*.html")
        for name in re.findall(r"{% static \"([^\"]+)\"", page.read_text())
    }
)


def test_pages_name_what_draws_and_what_moves() -> None:
    assert {"echarts/echarts.common.min.js", "htmx/htmx.min.js", "uswds/css/uswds.min.css"} <= set(
        NAMED
    )


@pytest.mark.parametrize("name", NAMED)
def test_what_a_page_names_is_found_and_collected(name: str) -> None:
    assert find(name), f"{name} is nowhere"
    parts = PurePosixPath(name).parts
    left_out = [
        pattern for pattern in UNUSED for part in (name, *parts) if fnmatchcase(part, pattern)
    ]
    assert not left_out, f"{name} is left out by {left_out}"
