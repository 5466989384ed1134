"""The one command: it helps with examples, fails in words, and starts without what it does not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from backcast.cli import frame, manage
from backcast.cli.main import _Commands, app
from tests.running.runs import ROOT, backcast, clean_environment


def commands() -> Iterator[tuple[str, Any]]:
    """Every command there is, with its words: ``plan intake`` and so on, and the groups."""

    def within(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from within(f"{words} {name}", inner)

    for name, (module, _) in _Commands.loads.items():
        yield from within(name, typer.main.get_command(import_module(module).app))


@pytest.mark.parametrize(
    ("words", "command"),
    list(commands()),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_command_has_help_with_an_example(words: str, command: Any) -> None:
    said = f"{command.help or ''} {command.epilog or ''}"
    assert command.help, words
    assert "backcast" in said, f"`backcast {words} --help` shows no example"


def test_the_list_of_commands_is_shown_without_importing_them() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    for name in _Commands.loads:
        assert name in shown.output


def test_commands_on_files_start_without_django_or_a_database() -> None:
    code = (
        "import sys\n"
        "from backcast.cli.main import app\n"
        "for words in ('--version', 'plan --help', 'plan intake --help', 'run --help'):\n"
        "    app(words.split(), prog_name='backcast', standalone_mode=False)\n"
        "loaded = {'django', 'psycopg'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: backcast") == 3, done.stdout


def test_pages_start_without_what_only_plans_and_files_need(tmp_path: Path) -> None:
    """The second start waits for every import; these four are a second of it."""
    code = (
        "import sys\n"
        "import backcast.web.wsgi\n"
        "import backcast.web.urls\n"
        "loaded = {'numpy', 'scipy', 'highspy', 'openpyxl'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environment(BACKCAST_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_wrong_usage_exits_with_2_and_says_what_there_is(tmp_path: Path) -> None:
    done = backcast("nonsense", home=tmp_path)
    assert done.returncode == 2
    assert "No such command 'nonsense'" in done.stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BACKCAST_HOME", str(tmp_path))
    monkeypatch.delenv("BACKCAST_DEBUG", raising=False)
    return tmp_path


def unexpected() -> Exception:
    """An error as a command meets it: raised, with a traceback."""
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError as error:
        return error


def test_an_unexpected_error_is_kept_in_a_file_and_told_in_a_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert frame.explain(unexpected()) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero" in said
    assert "Traceback" not in said
    (kept,) = (home / "log").iterdir()
    assert str(kept) in said.replace("\n", "")
    assert "Traceback" in kept.read_text()


def test_debug_shows_the_details(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKCAST_DEBUG", "1")
    frame.explain(unexpected())
    assert "Traceback" in capsys.readouterr().err


def test_a_refusal_is_told_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.explain(frame.Stop("Row 3 has no county.", code=3)) == 3
    assert capsys.readouterr().err.strip() == "Row 3 has no county."
    assert not (home / "log").exists()


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    nowhere = "postgresql://backcast_app@127.0.0.1:1/backcast"
    done = backcast(
        "manage", "migrate", home=tmp_path, DATABASE_URL=nowhere, DATABASE_OWNER_URL=nowhere
    )
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrating_an_outside_database_needs_its_owner(tmp_path: Path) -> None:
    done = backcast("manage", "migrate", home=tmp_path, DATABASE_URL="postgresql://a@127.0.0.1:1/b")
    assert done.returncode == 1
    assert "DATABASE_OWNER_URL is missing" in done.stderr


@pytest.mark.parametrize(
    ("command", "started", "migrated"),
    [("open_region", True, 1), ("open_region", False, 0), ("showmigrations", True, 0)],
)
def test_a_command_of_ours_finds_its_tables_on_a_home_that_never_ran(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str, started: bool, migrated: int
) -> None:
    did: list[str] = []
    monkeypatch.setattr("backcast.core.home.serving", lambda: nullcontext(started))
    monkeypatch.setattr("backcast.core.upgrade.migrate", lambda url: did.append("migrate"))
    monkeypatch.setattr(manage, "_execute", lambda arguments: did.append(arguments[0]))
    done = CliRunner().invoke(app, ["manage", command, "North Valley"])
    assert done.exit_code == 0, done.exception
    assert did == ["migrate"] * migrated + [command]


def test_a_backup_does_not_overwrite_a_file_unasked(tmp_path: Path) -> None:
    file = tmp_path / "monday.tar"
    file.write_text("precious")
    done = backcast("manage", "backup", str(file), home=tmp_path)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert file.read_text() == "precious"


def test_other_upkeep_is_passed_on_to_django(tmp_path: Path) -> None:
    done = backcast("manage", "diffsettings", "--all", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ROOT_URLCONF" in done.stdout
