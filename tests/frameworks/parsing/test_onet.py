"""O*NET releases: rules for ratings, levels, and the layouts of different versions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from backcast.frameworks.parsing import onet
from backcast.frameworks.parsing.problems import FileProblem, Tally
from backcast.frameworks.parsing.scales import MixedScales, mean, rescale
from backcast.frameworks.parsing.tables import read
from tests.frameworks.data import public

RATING_HEAD = (
    "O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\tN\tStandard Error\t"
    "Lower CI Bound\tUpper CI Bound\tRecommend Suppress\tNot Relevant\tDate\tDomain Source\n"
)
#: Laid out as the 30.1 data dictionary says: seven columns, scales WI and DR. Values are made up.
STYLES_30_1 = (
    "O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\tDate\tDomain Source\n"
    "31-9092.00\t1.D.1.a\tInnovation\tWI\t-1.25\t12/2025\tAI/Expert\n"
    "31-9092.00\t1.D.1.a\tInnovation\tDR\t0\t12/2025\tAI/Expert\n"
    "31-9092.00\t1.D.1.b\tEmpathy\tWI\t2.40\t12/2025\tAI/Expert\n"
    "31-9092.00\t1.D.1.b\tEmpathy\tDR\t10\t12/2025\tAI/Expert\n"
    "31-9092.00\t1.D.1.c\tStamina\tWI\t4.40\t12/2025\tAI/Expert\n"
)


def ratings(tmp_path: Path, text: str, title: str) -> tuple[list[onet.Rating], Tally]:
    path = tmp_path / f"{title}.txt"
    path.write_text(text, encoding="utf-8")
    tally = Tally(path.name)
    return list(onet.read_ratings(onet.RATING_LAYOUTS[title], path, tally)), tally


def rating(scale: str, value: str, suppress: str = "N", relevant: str = "n/a") -> str:
    return (
        f"31-9092.00\t2.A.1.a\tReading Comprehension\t{scale}\t{value}\t8\tn/a\t\t4.1\t"
        f"{suppress}\t{relevant}\t08/2023\tAnalyst\n"
    )


def test_suppressed_values_are_left_out_and_counted(tmp_path: Path) -> None:
    text = RATING_HEAD + rating("IM", "4.0") + rating("LV", "5.0", suppress="Y")
    rows, tally = ratings(tmp_path, text, "Skills")
    assert [row.scale for row in rows] == ["IM"]
    assert tally.refused == {"suppressed": 1}


def test_a_level_of_what_is_not_relevant_is_left_out_but_its_importance_stays(
    tmp_path: Path,
) -> None:
    text = RATING_HEAD + rating("IM", "1.2") + rating("LV", "0.4", relevant="Y")
    rows, tally = ratings(tmp_path, text, "Skills")
    assert [(row.scale, row.value) for row in rows] == [("IM", 1.2)]
    assert tally.refused == {"not relevant": 1}


def test_cells_without_a_value_are_none(tmp_path: Path) -> None:
    (row,), _ = ratings(tmp_path, RATING_HEAD + rating("IM", "4.0"), "Skills")
    assert (row.standard_error, row.lower, row.upper) == (None, None, 4.1)
    assert row.date == dt.date(2023, 8, 1)


def test_a_value_outside_its_scale_is_refused(tmp_path: Path) -> None:
    rows, tally = ratings(tmp_path, RATING_HEAD + rating("IM", "6.5"), "Skills")
    assert not rows
    assert "6.5 is outside 1 to 5 of the scale IM (Importance)" in tally.examples[0].what


def test_work_styles_of_30_1_are_read_on_their_own_scales(tmp_path: Path) -> None:
    rows, tally = ratings(tmp_path, STYLES_30_1, "Work Styles")
    assert [(row.element, row.scale, row.value) for row in rows] == [
        ("Innovation", "WI", -1.25),
        ("Innovation", "DR", 0),
        ("Empathy", "WI", 2.4),
        ("Empathy", "DR", 10),
    ]
    assert tally.refused == {"outside the scale": 1}
    assert rescale("WI", 2.4) == pytest.approx(0.9)


def test_scales_are_rescaled_each_by_its_own_bounds() -> None:
    assert rescale("IM", 4) == 0.75
    assert rescale("LV", 3.5) == 0.5
    with pytest.raises(ValueError, match="outside 1 to 5"):
        rescale("IM", 0)


def test_importance_is_never_averaged_with_level() -> None:
    assert mean([("IM", 4), ("IM", 3)]) == 3.5
    with pytest.raises(MixedScales, match="IM, LV cannot be averaged"):
        mean([("IM", 4), ("LV", 3)])


def test_only_elements_without_parts_are_competencies(tmp_path: Path) -> None:
    path = tmp_path / "Content Model Reference.txt"
    path.write_text(
        "Element ID\tElement Name\tDescription\n2\tWorker Requirements\tx\n2.A\tBasic Skills\tx\n"
        "2.A.1\tContent\tx\n2.A.1.a\tReading Comprehension\ty\n2.C.1\tBusiness\tx\n"
        "2.C.1.a\tAdministration\ty\n2.C.10\tTransportation\ty\n4.C.1\tContext\tx\n",
        encoding="utf-8",
    )
    tally = Tally(path.name)
    found = [(row.name, kind) for row, kind in onet.read_elements(path, tally)]
    assert found == [
        ("Reading Comprehension", "skill"),
        ("Administration", "knowledge"),
        ("Transportation", "knowledge"),
    ]
    assert tally.refused == {"not a competency": 5}


def test_a_release_is_recognised_by_its_read_me_and_prefers_text(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name in ("Occupation Data.txt", "Occupation Data.xlsx", "Skills.xlsx", "Tools Used.txt"):
        (folder / name).write_text("x")
    (folder / "Read Me.txt").write_text("O*NET 29.0 Database\nAugust 2024 Release\n")
    release = onet.find_release(folder)
    assert release.version == "29.0"
    assert release.files["Occupation Data"].suffix == ".txt"
    assert release.files["Skills"].suffix == ".xlsx"
    assert release.ignored == ["Tools Used.txt"]


def test_the_version_is_taken_from_the_folder_where_there_is_no_read_me(tmp_path: Path) -> None:
    folder = tmp_path / "db_30_1_text"
    folder.mkdir()
    (folder / "Occupation Data.txt").write_text("x")
    assert onet.find_release(folder).version == "30.1"


def test_a_folder_without_occupations_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"no “Occupation Data\.txt”"):
        onet.find_release(tmp_path)
    with pytest.raises(FileProblem, match="not a folder"):
        onet.find_release(tmp_path / "missing")


@pytest.mark.data
@pytest.mark.parametrize(
    ("version", "title", "read_rows", "used"),
    [
        ("27.0", "Task Statements", 19265, 19265),
        ("27.0", "Work Styles", 13968, 13968),
        ("29.0", "Task Statements", 18796, 18796),
        ("29.0", "Tasks to DWAs", 23233, 23233),
        ("29.0", "Technology Skills", 32470, 32470),
    ],
)
def test_published_tables_are_read_whole(
    version: str, title: str, read_rows: int, used: int
) -> None:
    release = onet.find_release(public(f"onet-{version}"))
    assert release.version == version
    tally = Tally(title)
    layout = onet.LAYOUTS[title]
    count = sum(1 for _ in read(layout, release.files[title], tally))
    assert (tally.read, count, tally.used) == (read_rows, used, used)
