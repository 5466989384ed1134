"""``backcast export``: what it writes, and how it refuses."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backcast.cli import export
from backcast.core import actor as actors
from backcast.core.actor import acting
from tests.cast import Cast
from tests.demand.make import make_need
from tests.demand.profiles.make import make_version
from tests.frameworks.interchange.test_case import errors


@pytest.fixture(autouse=True)
def _staff_look(cast: Cast) -> Iterator[None]:
    with acting(cast.actor("administrator")):
        yield


@pytest.fixture
def run(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the command as the region's staff in this test's transaction."""
    monkeypatch.setattr(export, "database", lambda process: contextlib.nullcontext())
    monkeypatch.setattr(actors, "system", lambda reason: cast.actor("administrator"))

    def running(*arguments: str) -> Any:
        given = ["--region", cast.region.name, "--out", str(tmp_path / "out")]
        return CliRunner().invoke(export.app, [*arguments, *given])

    return running


def test_competencies_and_profiles_are_written(cast: Cast, run: Any, tmp_path: Path) -> None:
    make_version(cast, "approved", lines=2)
    done = run("competencies")
    assert "2 competencies are in" in " ".join(done.stdout.split()), done.output
    assert errors(json.loads((tmp_path / "out").read_bytes())) == []
    done = run("profile", "nursing ASSISTANT", "--format", "case")
    assert done.exit_code == 0, done.output
    assert errors(json.loads((tmp_path / "out").read_bytes())) == []


def test_needs_are_written_one_a_file(cast: Cast, run: Any, tmp_path: Path) -> None:
    need = make_need(cast)
    assert run("needs", "--format", "jobschema").exit_code == 0
    raw = json.loads((tmp_path / "out" / f"{need.public_id}.json").read_bytes())
    assert raw["@graph"][1]["@type"] == "JobPosting"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["competencies", "--format", "pdf"], "Use case or ctdl"),
        (["needs", "--format", "case"], "Use posting or jobschema"),
        (["profile", "Juggler"], "no profile of a role “Juggler”"),
    ],
)
def test_refusals_say_what_to_do(run: Any, arguments: list[str], words: str) -> None:
    assert words in str(run(*arguments).exception)
