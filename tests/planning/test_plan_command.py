"""``backcast plan`` on files: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from backcast.cli.plan import app
from backcast.planning.documents import problem_to_json, solution_from_json
from backcast.planning.problem import Fund, Pin, Resource
from backcast.planning.programs import Uses
from tests.planning.small import JANUARY, figure, need, problem, program

FIVE = "34/40,30/34,25/30,20/25,15/20"
runner = CliRunner()


def test_intake_prints_the_keys_that_machines_read() -> None:
    done = runner.invoke(
        app, ["intake", "--target", "20", "--confidence", "0.8", "--stages", FIVE, "--json"]
    )
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["intake"] == 77
    assert told["probability"] == pytest.approx(0.809, abs=0.005)
    assert told["naive_intake"] == 61
    assert told["naive_probability"] == pytest.approx(0.53, abs=0.005)


def test_intake_tells_a_person_how_often_the_spreadsheet_is_enough() -> None:
    done = runner.invoke(app, ["intake", "--target", "20", "--stages", FIVE])
    assert done.exit_code == 0
    assert "77" in done.stdout
    assert "52.9%" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "0", "--stages", FIVE], "1 or more"),
        (["--target", "20", "--confidence", "1", "--stages", FIVE], "between 0 and 1"),
        (["--target", "20", "--stages", "40/34"], "only 34 entered"),
        (["--target", "20", "--stages", "a/b"], "came-through/entered"),
    ],
)
def test_intake_refuses_in_one_sentence(arguments: list[str], says: str) -> None:
    done = runner.invoke(app, ["intake", *arguments])
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_a_template_is_written_and_never_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "needs.xlsx"
    assert runner.invoke(app, ["template", str(path)]).exit_code == 0
    again = runner.invoke(app, ["template", str(path)])
    assert again.exit_code == 1
    assert "already" in again.stderr
    assert runner.invoke(app, ["template", str(path), "--force"]).exit_code == 0
    other = runner.invoke(app, ["template", str(tmp_path / "needs.csv")])
    assert ".xlsx" in other.stderr


def test_a_workbook_becomes_a_plan_in_both_formats(tmp_path: Path) -> None:
    needs = tmp_path / "needs.xlsx"
    runner.invoke(app, ["template", str(needs)])
    quick = ["--futures", "500", "--seconds", "10"]
    sheet, plain = tmp_path / "plan.xlsx", tmp_path / "plan.json"
    shown = runner.invoke(app, ["solve", str(needs), "--out", str(sheet), *quick])
    assert shown.exit_code == 0, shown.output
    assert "Nursing assistant" in shown.stdout
    assert "Proven within" in shown.stdout
    assert "Odds" in openpyxl.load_workbook(sheet).sheetnames
    told = runner.invoke(app, ["solve", str(needs), "--out", str(plain), "--json", *quick])
    assert told.exit_code == 0
    summary = json.loads(told.stdout)
    plan = solution_from_json(plain.read_text(encoding="utf-8"))
    assert summary["cohorts"] == len(plan.cohorts)
    assert summary["gap"] == plan.gap <= 0.01
    assert {"variables", "constraints", "memory_mb", "seconds", "cost"} <= set(summary)


def test_who_pays_and_what_cannot_hold_are_told(tmp_path: Path) -> None:
    made = problem(
        [program(weeks=8, lead=8)],
        [need(2, 5)],
        funds=(Fund("f", "State grant", figure(9_000)),),
        pins=(Pin("p", JANUARY, "pin"),),
    )
    path = tmp_path / "needs.json"
    path.write_text(problem_to_json(made))
    done = runner.invoke(app, ["solve", str(path), "--seconds", "5"])
    assert "State grant pays $" in done.stdout
    assert "Fixed for Program p in 2027-01, but it cannot hold" in done.stdout
    told = json.loads(runner.invoke(app, ["solve", str(path), "--seconds", "5", "--json"]).stdout)
    assert told["paid_by_fund"]["State grant"] == pytest.approx(told["cost"])
    assert told["pins_that_cannot_hold"][0]["month"] == "2027-01"


def test_what_one_more_brings_and_the_way_to_higher_odds_are_told_and_written(
    tmp_path: Path,
) -> None:
    nurses = Resource("it", "nurses who teach", "instructor", "a", figure(1))
    option = program(weeks=8, sizes=(1, 5), at_once=9, uses=(Uses("it", figure(1)),))
    made = problem([option], [need(0, 20)], quarters=1, resources=(nurses,))
    path, sheet = tmp_path / "needs.json", tmp_path / "plan.xlsx"
    path.write_text(problem_to_json(made))
    quick = ["--seconds", "5", "--futures", "400", "--worth", "--raise", "Role r=0.8"]
    done = runner.invoke(app, ["solve", str(path), "--out", str(sheet), *quick])
    assert done.exit_code == 0, done.output
    assert "One more instructor (nurses who teach): 4 more hires" in done.stdout
    assert "do not reach 80%" in done.stdout
    assert {"One more", "Higher odds"} <= set(openpyxl.load_workbook(sheet).sheetnames)
    told = json.loads(runner.invoke(app, ["solve", str(path), "--json", *quick]).stdout)
    assert told["one_more"][0]["unit"]["target"] == "it"
    assert told["higher_odds"][0]["target"] == 0.8


@pytest.mark.parametrize(
    ("text", "says"), [("Nobody=0.8", "with one of these roles"), ("r=8", "between 0 and 1")]
)
def test_odds_that_cannot_be_asked_for_are_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "needs.json"
    path.write_text(problem_to_json(problem([program(weeks=8)], [need(0, 3)], quarters=1)))
    done = runner.invoke(app, ["solve", str(path), "--raise", text])
    assert done.exit_code == 1
    assert says in " ".join(done.stderr.split())


def test_a_problem_as_json_is_planned_too(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(problem_to_json(problem([program(weeks=8)], [need(0, 3)], quarters=1)))
    done = runner.invoke(app, ["solve", str(path), "--json", "--futures", "200"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["cohorts"] == 1


def test_strict_says_by_its_exit_code_that_the_odds_fall_short(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    short = problem([program(weeks=8, sizes=(1, 2))], [need(0, 30)], quarters=1)
    path.write_text(problem_to_json(short))
    assert runner.invoke(app, ["solve", str(path), "--futures", "200"]).exit_code == 0
    assert runner.invoke(app, ["solve", str(path), "--futures", "200", "--strict"]).exit_code == 3


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bad_workbook_is_refused_with_every_row(tmp_path: Path, as_json: bool) -> None:
    path = tmp_path / "needs.xlsx"
    runner.invoke(app, ["template", str(path)])
    book = openpyxl.load_workbook(path)
    book["Needs"]["E2"].value = -1
    book["Needs"]["F3"].value = None
    book.save(path)
    done = runner.invoke(app, ["solve", str(path), *(["--json"] if as_json else [])])
    assert done.exit_code == 1
    if as_json:
        rows = {row["where"] for row in json.loads(done.stdout)["refused"]}
        assert rows == {"Needs, row 2", "Needs, row 3"}
    else:
        assert "2 things to mend" in done.stderr
        assert "Needs, row 3, likely: This cell is empty. Fill it in" in done.stderr


def test_files_that_cannot_be_read_or_written_are_refused_without_a_traceback(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    latin = tmp_path / "latin.json"
    latin.write_bytes(b"\xff\xfe\x00")
    good = tmp_path / "good.json"
    good.write_text(problem_to_json(problem([program(weeks=8)], [need(0, 3)], quarters=1)))
    for arguments, says in (
        ([str(broken)], "Not JSON"),
        ([str(latin)], "UTF-8"),
        ([str(tmp_path / "none.json")], "no such file"),
        ([str(tmp_path / "none.xlsx")], "no such file"),
        ([str(good), "--out", str(tmp_path / "plan.doc")], ".xlsx, .json, .pdf or .ics"),
        ([str(good), "--out", str(tmp_path / "no" / "plan.json")], "cannot be written"),
        ([str(good), "--out", str(tmp_path / "no" / "plan.xlsx")], "cannot be written"),
    ):
        done = runner.invoke(app, ["solve", *arguments, "--futures", "200"])
        assert done.exit_code == 1, arguments
        assert says in done.stderr
        assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_workbook_with_hundreds_of_mistakes_is_told_in_good_measure(tmp_path: Path) -> None:
    path = tmp_path / "needs.xlsx"
    runner.invoke(app, ["template", str(path)])
    book = openpyxl.load_workbook(path)
    for row in range(40, 400):
        book["Needs"].cell(row=row, column=2).value = "CNA"
    book.save(path)
    done = runner.invoke(app, ["solve", str(path)])
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) < 210
    assert "more; --json lists them all" in done.stderr


@pytest.fixture(scope="module")
def two_plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A problem, the plan for it, and the plan for half of its needs."""
    folder = tmp_path_factory.mktemp("plans")
    quick = ["--futures", "300", "--seconds", "5"]
    paths = []
    for name, people in (("small", 4), ("large", 8)):
        asked = folder / f"{name}-problem.json"
        asked.write_text(problem_to_json(problem([program("p")], [need(3, people)])))
        plan = folder / f"{name}.json"
        assert runner.invoke(app, ["solve", str(asked), "--out", str(plan), *quick]).exit_code == 0
        paths.append(plan)
    return asked, paths[0], paths[1]


def test_two_plans_are_told_apart_in_words(two_plans: tuple[Path, Path, Path]) -> None:
    asked, before, after = two_plans
    done = runner.invoke(app, ["compare", str(before), str(after), "--problem", str(asked)])
    assert done.exit_code == 0, done.output
    assert "The plan costs" in done.stdout
    assert "more" in done.stdout
    told = runner.invoke(app, ["compare", str(before), str(after), "--json"])
    kinds = {change["kind"] for change in json.loads(told.stdout)["changes"]}
    assert "cost" in kinds
    same = runner.invoke(app, ["compare", str(before), str(before)])
    assert "say the same" in same.stdout


def test_what_is_no_plan_is_refused(two_plans: tuple[Path, Path, Path], tmp_path: Path) -> None:
    asked, before, _after = two_plans
    for wrong in (asked, tmp_path / "missing.json"):
        done = runner.invoke(app, ["compare", str(before), str(wrong)])
        assert done.exit_code == 1
        assert wrong.name in done.stderr
        assert "Traceback" not in done.output


@pytest.mark.parametrize(("name", "begins"), [("plan.pdf", b"%PDF"), ("plan.ics", b"BEGIN:VCAL")])
def test_a_plan_goes_out_for_the_board_and_for_calendars(
    two_plans: tuple[Path, Path, Path], tmp_path: Path, name: str, begins: bytes
) -> None:
    asked, _before, _after = two_plans
    quick = ["--futures", "300", "--seconds", "5", "--out", str(tmp_path / name)]
    assert runner.invoke(app, ["solve", str(asked), *quick]).exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_scenario_is_planned_and_compared_with_the_plan_as_it_is(tmp_path: Path) -> None:
    source, plain, less = tmp_path / "p.json", tmp_path / "plan.json", tmp_path / "less.json"
    source.write_text(problem_to_json(problem([program()], [need(5, 12)], quarters=8)))
    quick = ["--seconds", "5", "--futures", "200"]
    assert runner.invoke(app, ["solve", str(source), "--out", str(plain), *quick]).exit_code == 0
    done = runner.invoke(
        app, ["solve", str(source), "--scenario", "demand=0.4", "--out", str(less), *quick]
    )
    assert done.exit_code == 0, done.output
    assert "demand × 0.4" in done.stdout
    told = runner.invoke(app, ["compare", str(plain), str(less), "--problem", str(source)])
    assert "The plan costs" in told.stdout
    assert "less" in told.stdout
    wrong = runner.invoke(app, ["solve", str(source), "--scenario", "rain=2"])
    assert wrong.exit_code == 1
    assert "begins with demand, without" in " ".join(wrong.stderr.split())
