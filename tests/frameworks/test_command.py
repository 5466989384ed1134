"""``backcast load``: what it prints, and how it refuses."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backcast.cli import load_frameworks
from backcast.cli.frame import Stop
from backcast.frameworks.models import Industry, Occupation
from tests.frameworks.release import tables, write

pytestmark = pytest.mark.django_db
runner = CliRunner()


@pytest.fixture(autouse=True)
def _in_the_tests_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_frameworks, "database", nullcontext)


def test_a_release_is_loaded_and_counted_for_a_machine(tmp_path: Path) -> None:
    folder = write(tmp_path, "29.0", tables())
    (folder / "Tools Used.txt").write_text("x")
    result = runner.invoke(load_frameworks.app, ["onet", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["version"] == "29.0"
    assert told["read"] == told["used"] + sum(told["refused"].values())
    assert told["not_read"] == ["Tools Used.txt"]
    assert Occupation.objects.count() == 4


def test_a_newer_release_says_in_words_what_changed(tmp_path: Path) -> None:
    runner.invoke(load_frameworks.app, ["onet", str(write(tmp_path, "27.0", tables()))])
    content = tables()
    content["Occupation Data"][2] = ("31-9092.00", "Clinical Assistants", "Do clinical work.")
    content["Related Occupations"].append(("31-9092.00", "99-0000.00", "Primary-Long", 7))
    folder = write(tmp_path, "29.0", content)
    shown = runner.invoke(load_frameworks.app, ["onet", str(folder)]).stdout
    assert "Occupations retitled: 1" in shown
    assert "Medical Assistants → Clinical Assistants" in shown
    assert "unknown occupation 1" in shown
    assert "Related Occupations.txt, row 3" in shown


def test_small_files_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "naics.json"
    path.write_text('{"62": "Health Care"}')
    assert runner.invoke(load_frameworks.app, ["naics", str(path)]).exit_code == 0
    assert Industry.objects.get().code == "62"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["onet", "nowhere"], "There is no file or folder nowhere"),
        (["onet", "."], "Occupation Data"),
        (["oews", "wrong_2025.csv"], r"Missing columns: “area_code”.*Nothing was loaded"),
        (["oews", "wages.csv"], "--year 2025"),
        (["projections", "wrong_2025.csv"], "read from a workbook"),
    ],
)
def test_refusals_say_what_is_wrong_and_that_nothing_was_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("wrong_2025.csv", "wages.csv"):
        (tmp_path / name).write_text("Employer,Job\nAcme,Welder\n")
    result = runner.invoke(load_frameworks.app, arguments)
    assert isinstance(result.exception, Stop)
    with pytest.raises(Stop, match=f"(?s){words}"):
        raise result.exception
