"""What the guide to planning shows, done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backcast.planning import layout

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "planning.md"


def test_the_worked_example_runs_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```\n\n((?:    [^\n]*\n)+)", GUIDE.read_text(), re.DOTALL)
    assert found
    exec(compile(found[1], str(GUIDE), "exec"), {"__name__": "example"})
    told = capsys.readouterr().out.splitlines()
    shown = [line.strip() for line in found[2].splitlines()]
    assert [line[:8] for line in told if "2027-09" in line] == ["2027-09 "]
    assert told[-1] == shown[-1] == "pinned cohort starts: True"
    assert {re.sub(r"\d+", "#", line) for line in told} == {
        re.sub(r"\d+", "#", line) for line in shown
    }


def test_the_guide_names_every_sheet_of_the_workbook() -> None:
    text = GUIDE.read_text()
    assert not [sheet.name for sheet in layout.SHEETS if sheet.name not in text]
