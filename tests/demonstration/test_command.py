"""``backcast demo`` at the terminal."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backcast.cli import demo
from backcast.cli.frame import Stop
from backcast.partners.models import Region


@contextlib.contextmanager
def _here(process: str = "app") -> Iterator[None]:
    """The test's own database stands in for that of a run."""
    yield


def run(*arguments: str) -> Any:
    return CliRunner().invoke(demo.app, list(arguments))


def test_export_writes_the_region_as_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "region"
    result = run("export", str(folder), "--scale", "0.2", "--today", "2026-11-23")
    assert result.exit_code == 0, result.output
    names = {path.name for path in folder.iterdir()}
    assert names == {"needs.xlsx", "programs.csv", "cohorts.csv", "learners.csv", "plan.xlsx"}
    with (folder / "programs.csv").open(newline="") as file:
        assert all(row["Program name"].startswith("Demo ") for row in csv.DictReader(file))


def test_export_writes_over_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    arguments = ("export", str(tmp_path), "--scale", "0.1", "--today", "2026-11-23")
    assert run(*arguments).exit_code == 0
    refused = run(*arguments)
    assert isinstance(refused.exception, Stop)
    assert "--force" in str(refused.exception)
    assert run(*arguments, "--force").exit_code == 0


def test_export_refuses_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine")
    assert isinstance(run("export", str(path)).exception, Stop)
    assert path.read_text() == "mine"


def test_an_absurd_scale_is_wrong_usage(tmp_path: Path) -> None:
    assert run("export", str(tmp_path), "--scale", "0").exit_code == 2
    assert run("export", str(tmp_path), "--seed", "-1").exit_code == 2


@pytest.mark.django_db
def test_loading_tells_how_to_sign_in_and_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "database", _here)
    arguments = ("--scale", "0.1", "--seed", "3", "--no-plan")
    first = run(*arguments)
    assert first.exit_code == 0, first.output
    for name in ("staff", "employer", "provider", "funder"):
        assert f"{name}@demo.example" in first.output
    again = run(*arguments, "--json")
    told = json.loads(again.stdout)
    assert told["created"] is False
    assert len(told["accounts"]) == 7
    assert Region.objects.filter(name=told["region"]).count() == 1


@pytest.mark.django_db
def test_nothing_is_made_up_in_production(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(demo, "database", _here)
    settings.PRODUCTION = True
    result = run("--scale", "0.1")
    assert isinstance(result.exception, Stop)
    assert "production" in str(result.exception)
    assert not Region.objects.exists()
