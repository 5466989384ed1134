"""Work Styles in both layouts: 13 columns on IM until 30.0, seven on WI and DR since 30.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcast.core.actor import system
from backcast.frameworks.loading import load_onet
from backcast.frameworks.models import Competency, Rating
from backcast.frameworks.parsing.scales import MixedScales, mean, rescale
from tests.frameworks.release import AIDE, HEADS, NURSE, tables, write

pytestmark = pytest.mark.django_db
LOADER = system("tests")
CARE, NEW_CARE = "1.C.3.b", "1.D.1.c"
NEW_COLUMNS = (
    "O*NET-SOC Code",
    "Element ID",
    "Element Name",
    "Scale ID",
    "Data Value",
    "Date",
    "Domain Source",
)


def work_styles(folder: Path, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    lines = ["\t".join(map(str, row)) for row in (heads, *rows)]
    (folder / "Work Styles.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def old(folder: Path) -> Path:
    release = write(folder, "29.0", tables())
    row = (NURSE, CARE, "Concern for Others", "IM", 4.6, 20, 0.1, 4.4, 4.8, "N", "n/a")
    work_styles(release, tuple(HEADS["Skills"]), [(*row, "08/2023", "Incumbent")])
    return release


def new(folder: Path, *more: tuple[object, ...]) -> Path:
    release = write(folder, "30.1", tables())
    head = (NEW_CARE, "Concern for Others")
    rows = [
        (NURSE, *head, "WI", 2.75, "12/2025", "AI/Expert"),
        (NURSE, *head, "DR", 1, "12/2025", "AI/Expert"),
        (AIDE, *head, "WI", -3, "12/2025", "AI/Expert"),
        (AIDE, *head, "DR", 0, "12/2025", "AI/Expert"),
        *more,
    ]
    work_styles(release, NEW_COLUMNS, rows)
    return release


def kept() -> set[tuple[str, str, str, float]]:
    rows = Rating.objects.filter(kind="style", withdrawn_in=None)
    return set(rows.values_list("occupation__code", "competency__source_id", "scale", "value"))


def test_the_old_layout_is_read(tmp_path: Path) -> None:
    load_onet(old(tmp_path), actor=LOADER)
    assert kept() == {(NURSE, CARE, "IM", 4.6)}


def test_the_new_layout_takes_the_place_of_the_old(tmp_path: Path) -> None:
    load_onet(old(tmp_path), actor=LOADER)
    report = load_onet(new(tmp_path), actor=LOADER)
    assert kept() == {
        (NURSE, NEW_CARE, "WI", 2.75),
        (NURSE, NEW_CARE, "DR", 1),
        (AIDE, NEW_CARE, "WI", -3),
        (AIDE, NEW_CARE, "DR", 0),
    }
    file = next(each for each in report.files if each.table == "Work Styles")
    assert (file.tally.read, file.tally.used, file.added, file.withdrawn) == (4, 4, 4, 1)
    style = Competency.objects.get(source_id=NEW_CARE)
    assert (style.kind, style.scale_id) == ("style", None)
    assert Rating.objects.get(scale="WI", value=2.75).source == "AI/Expert"


def test_values_off_their_scale_are_refused_with_the_row(tmp_path: Path) -> None:
    report = load_onet(
        new(
            tmp_path,
            (NURSE, "1.D.1.d", "Sincerity", "WI", 4.2, "12/2025", "AI/Expert"),
            (NURSE, "1.D.1.d", "Sincerity", "DR", 11, "12/2025", "AI/Expert"),
            (NURSE, "1.D.1.d", "Sincerity", "IM", 4.2, "12/2025", "AI/Expert"),
        ),
        actor=LOADER,
    )
    assert report.refused["outside the scale"] == 2
    assert "Work Styles.txt, row 6, Data Value: 4.2 is outside -3 to 3" in str(report.examples[0])


def test_impact_is_never_taken_for_importance() -> None:
    assert (rescale("WI", -3), rescale("WI", 0), rescale("WI", 3)) == (0, 0.5, 1)
    with pytest.raises(MixedScales):
        mean([("WI", 3), ("IM", 3)])
