"""``backcast load people``: what it prints, whom it invites, and how it ends."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from backcast.cli import load_people, rows
from backcast.cli.frame import Stop
from backcast.core import actor as actors
from backcast.core.actor import acting
from backcast.demand.models import WaveInvitation
from tests.cast import Cast
from tests.demand.waves.make import make_wave
from tests.demand.waves.test_people import people_file

app = typer.Typer()
app.add_typer(load_people.app)
app.command("other")(lambda: None)  # so that the command keeps its name


@pytest.fixture
def run(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the command on rows, as the region's staff in this test's transaction."""
    monkeypatch.setattr(rows, "database", lambda process: contextlib.nullcontext())
    monkeypatch.setattr(actors, "system", lambda reason: cast.actor("administrator"))

    def running(*arguments: str, content: bytes) -> Any:
        path = tmp_path / "people.csv"
        path.write_bytes(content)
        given = ["people", str(path), "--region", "test REGION", "--wave", "spring WAVE"]
        return CliRunner().invoke(app, [*given, *arguments, "--json"])

    return running


def test_one_refused_row_keeps_everybody_out_unless_it_is_left_out(cast: Cast, run: Any) -> None:
    wave = make_wave(cast)
    content = people_file(
        (cast.employer.name, "Ana", "ana@example.org", "", ""), ("Nowhere", "", "b@b.org", "", "")
    )
    held = run(content=content)
    assert isinstance(held.exception, Stop)
    report = json.loads(held.stdout)
    assert (report["written"], report["rows_used"], report["rows_refused"]) == (False, 1, 1)
    assert report["unknown_employers"][0]["name"] == "Nowhere"
    done = run("--leave-out-refused", content=content)
    assert done.exit_code == 3
    with acting(cast.actor("administrator")):
        assert WaveInvitation.objects.get(wave=wave).email == "ana@example.org"


def test_an_unknown_wave_is_named_with_those_that_are_there(cast: Cast, run: Any) -> None:
    make_wave(cast, name="Autumn")
    stopped = run(content=people_file((cast.employer.name, "", "a@b.org", "", "")))
    assert "There are: “Autumn” (Test Health Partnership)" in str(stopped.exception)
