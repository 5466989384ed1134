"""``backcast load needs``: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from backcast.cli import load_needs, rows
from backcast.cli.frame import Stop
from backcast.core import actor as actors
from backcast.core.actor import acting
from backcast.demand.models import Need
from tests.cast import Cast
from tests.demand.test_loading import row
from tests.demand.test_workbook import csv_file

app = typer.Typer()
app.add_typer(load_needs.app)
app.command("other")(lambda: None)  # so that the command keeps its name


@pytest.fixture
def run(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the command on rows, as the region's staff in this test's transaction."""
    monkeypatch.setattr(rows, "database", lambda process: contextlib.nullcontext())
    monkeypatch.setattr(actors, "system", lambda reason: cast.actor("administrator"))

    def running(*arguments: str, content: bytes) -> Any:
        path = tmp_path / "needs.csv"
        path.write_bytes(content)
        return CliRunner().invoke(
            app, ["needs", str(path), "--region", "test REGION", *arguments, "--json"]
        )

    return running


def stated(cast: Cast) -> list[str]:
    with acting(cast.actor("administrator")):
        return [need.role_title for need in Need.objects.order_by("role_title")]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(cast: Cast, run: Any) -> None:
    done = run("--dry-run", content=csv_file(row(cast)))
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert (report["written"], report["needs"]["new"], report["rows_used"]) == (False, 1, 1)
    assert stated(cast) == []


def test_good_rows_are_written(cast: Cast, run: Any) -> None:
    assert run(content=csv_file(row(cast), row(cast, role="Cook"))).exit_code == 0
    assert stated(cast) == ["Cook", "Nursing assistant, nights"]


def test_one_refused_row_keeps_everything_out_unless_it_is_left_out(
    cast: Cast, run: Any, tmp_path: Path
) -> None:
    content = csv_file(row(cast), row(cast, role="Cook", likely=-1))
    held = run("--refused", str(tmp_path / "refused.csv"), content=content)
    assert isinstance(held.exception, Stop)
    assert "nothing was written" in str(held.exception)
    report = json.loads(held.stdout)
    assert report["rows_in"] == report["rows_used"] + report["rows_refused"] == 2
    assert report["refusals"] == [
        {
            "row": 3,
            "field": "Most likely",
            "wrong": "-1 is below 0.",
            "remedy": "Write how many people you need, or 0.",
        }
    ]
    assert "-1 is below 0." in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    assert stated(cast) == []
    left_out = run("--leave-out-refused", content=content)
    assert left_out.exit_code == 3
    assert stated(cast) == ["Nursing assistant, nights"]


def test_an_unknown_region_and_an_unreadable_file_are_named(cast: Cast, run: Any) -> None:
    unread = run(content=b"%PDF-1.7")
    assert "This is not a workbook or a CSV file" in str(unread.exception)
    missing = CliRunner().invoke(app, ["needs", "nowhere.csv", "--region", "x"])
    assert "There is no file nowhere.csv." in str(missing.exception)
    with pytest.raises(Stop, match="There is no region “Nowhere”"):
        rows.region_named("Nowhere")
