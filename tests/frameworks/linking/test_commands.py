"""``backcast index`` and ``backcast link`` on files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backcast.cli.frame import Stop
from backcast.cli.index import app as index_app
from backcast.cli.link import app as link_app
from backcast.frameworks.linking import Kind
from backcast.frameworks.linking.folders import items
from tests.frameworks.data import public
from tests.frameworks.linking.small import ITEMS, small

runner = CliRunner()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "small.idx"
    small().save(path)
    return path


def _link(made: Path, text: bytes, *more: str) -> tuple[int, str, BaseException | None]:
    path = made.parent / "texts.txt"
    path.write_bytes(text)
    done = runner.invoke(link_app, ["--index", str(made), "--in", str(path), *more])
    return done.exit_code, done.stdout, done.exception


def test_each_line_gets_one_line_of_json_in_order(made: Path) -> None:
    code, told, _ = _link(made, b"Draws blood\n\nPython\r\nkeeps records", "--json", "--top", "2")
    lines = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert [line["text"] for line in lines] == ["Draws blood", "", "Python", "keeps records"]
    assert lines[1]["matches"] == []
    first = lines[0]["matches"][0]
    assert set(first) == {"label", "id", "score", "probability", "because"}
    assert first["id"] == "b"
    assert len(lines[0]["matches"]) <= 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"fine\n\x00\x01\x02\n", "line 2: this is not text"),
        (b"caf\xe9\n", "line 1: byte 4 is not UTF-8"),
    ],
)
def test_input_that_is_not_text_is_refused_with_its_line(
    made: Path, text: bytes, says: str
) -> None:
    _, _, error = _link(made, text, "--json")
    assert isinstance(error, Stop)
    assert says in str(error)
    assert error.code == 1


def test_missing_files_are_named(made: Path, tmp_path: Path) -> None:
    done = runner.invoke(link_app, ["--index", str(made), "--in", str(tmp_path / "no.txt")])
    assert "There is no file" in str(done.exception)
    (tmp_path / "texts.txt").write_text("x\n")
    done = runner.invoke(
        link_app, ["--index", str(tmp_path / "no.idx"), "--in", str(tmp_path / "texts.txt")]
    )
    assert "There is no index" in str(done.exception)


def test_a_folder_that_nobody_knows_is_told_what_was_looked_for(tmp_path: Path) -> None:
    done = runner.invoke(index_app, [str(tmp_path), "--out", str(tmp_path / "x.idx")])
    assert "skills_en.csv" in str(done.exception)
    assert "Occupation Data.txt" in str(done.exception)


def test_an_esco_folder_becomes_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "esco"
    folder.mkdir()
    with (folder / "skills_en.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["conceptUri", "preferredLabel", "altLabels", "description"])
        for item in ITEMS:
            out.writerow([item.id, item.label, "\n".join(item.alternates), item.description])
    done = runner.invoke(index_app, [str(folder), "--out", str(tmp_path / "x.idx")])
    assert done.exit_code == 0
    assert f"{len(ITEMS)} skills" in done.stderr
    code, told, _ = _link(tmp_path / "x.idx", b"phlebotomy\n", "--json")
    assert (code, json.loads(told)["matches"][0]["id"]) == (0, "b")


def test_linking_starts_without_django(made: Path) -> None:
    program = (
        "import sys; from backcast.cli.main import app\n"
        f"app(['link', '--index', {str(made)!r}, '--json'], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"draw blood\n", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["matches"][0]["id"] == "b"


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "kind", "count", "label", "name"),
    [
        ("esco-1.1.1", "skills", 13_896, "take blood samples", "phlebotomy"),
        ("esco-1.1.1", "occupations", 3_007, "phlebotomist", "phlebotomist"),
        ("onet-29.0", "occupations", 1_016, "Phlebotomists", "Phlebotomist"),
        ("onet-29.0", "skills", 10_836, "Microsoft Excel", "Microsoft Excel"),
    ],
)
def test_published_folders_are_read(
    folder: str, kind: Kind, count: int, label: str, name: str
) -> None:
    found = {item.label: item for item in items(public(folder), kind)}
    assert len(found) == pytest.approx(count, abs=count // 100)
    assert any(name in text for text in (label, *found[label].alternates))


@pytest.mark.data
def test_a_published_folder_becomes_an_index(tmp_path: Path) -> None:
    path = tmp_path / "x.idx"
    done = runner.invoke(
        index_app, [str(public("onet-27.0")), "--kind", "occupations", "--out", str(path)]
    )
    assert done.exit_code == 0
    _, told, _ = _link(path, b"Certified Nursing Assistant", "--json")
    assert json.loads(told)["matches"][0]["label"] == "Nursing Assistants"
