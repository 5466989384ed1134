"""The files of a simulated region are read back whole by the rooms that read such files."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from backcast.demand.directory import Directory, Employer
from backcast.demand.figures import Named
from backcast.demand.reading import read_needs
from backcast.demonstration.files import STATE, cohorts_csv, programs_csv, region_files
from backcast.demonstration.problem import problem_of
from backcast.demonstration.simulator import Region, cohort_records, simulate
from backcast.demonstration.statements import numbered_names
from backcast.planning.workbook import read_workbook
from backcast.training.cleaning import CleanProgram, Rules, clean
from backcast.training.columns import PROGRAM_FIELDS, check, suggest, words_apart
from backcast.training.reading import open_table

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def region() -> Region:
    return simulate(7, today=TODAY)[0]


def _directory(region: Region) -> Directory:
    names = numbered_names(region)
    return Directory(
        employers=tuple(
            Employer(
                names.employers[one.key].id,
                one.name,
                tuple(names.sites[site.key] for site in one.sites),
            )
            for one in region.employers
        ),
        occupations={
            one.onet_soc: Named(names.occupations[one.key].id, one.title)
            for one in region.occupations
        },
        credentials=tuple(names.credentials.values()),
        competencies=tuple(names.competencies.values()),
    )


def test_every_need_comes_back_from_the_workbook(region: Region) -> None:
    content = region_files(region)["needs.xlsx"]
    reading = read_needs(content, _directory(region), TODAY)
    assert reading.refusals == ()
    assert len(reading.needs) == len(region.needs)
    back = sum(cell.likely for need in reading.needs for cell in need.statement.openings)
    assert back == sum(cell.likely for need in region.needs for cell in need.openings)
    places = sum(
        offer.quantity or 0
        for need in reading.needs
        for offer in need.statement.offers
        if offer.kind == "externship_places"
    )
    assert places * region.quarters == sum(row.places for row in region.places)


def test_every_program_comes_back_from_the_list(region: Region, tmp_path: Path) -> None:
    path = tmp_path / "programs.csv"
    path.write_bytes(programs_csv(region))
    table = open_table(path)
    columns = check(suggest(table.columns, PROGRAM_FIELDS), table.columns, PROGRAM_FIELDS)
    areas = {words_apart(county): area.name for area in region.areas for county in area.counties}
    found = list(clean(table.rows, columns, Rules(source="Demo list", areas=areas, state=STATE)))
    assert [one for one in found if not isinstance(one, CleanProgram)] == []
    assert len(found) == len(region.programs)


def test_the_planning_workbook_holds_the_regions_problem(region: Region, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(region_files(region)["plan.xlsx"])
    problem, read = problem_of(region), read_workbook(path)
    assert (read.first, read.quarters, read.confidence) == (
        problem.first,
        problem.quarters,
        problem.confidence,
    )
    assert read.areas == problem.areas
    assert sum(cell.likely for cell in read.needs) == sum(cell.likely for cell in problem.needs)
    assert sum(row.places.value for row in read.places) == sum(
        row.places.value for row in problem.places
    )
    alone = problem_of(region, pooled=False)
    for one, other in zip(read.programs, alone.programs, strict=True):
        assert [(s.stage, s.a, s.b) for s in one.stages] == [
            (s.stage, s.a, s.b) for s in other.stages
        ]
        assert one.starts == other.starts
        assert one.externship_stage == other.externship_stage
        assert one.cost_per_learner.value == other.cost_per_learner.value
    yearly = sum(row.completers.value for row in read.supply) / read.quarters * 4
    assert yearly == pytest.approx(sum(p.completers_last_year for p in region.programs), abs=0.5)
    assert all(row.stages[0].successes <= row.stages[0].trials for row in read.supply)


def test_cohort_counts_add_up_and_hold_only_settled_outcomes(region: Region) -> None:
    rows = list(csv.DictReader(io.StringIO(cohorts_csv(region, TODAY).decode())))
    assert len({row["Cohort"] for row in rows}) == len(cohort_records(region, TODAY))
    for row in rows:
        counts = [int(row[name]) for name in ("Came through", "Did not", "Still in it")]
        assert sum(counts) == int(row["Entered"])
    settled = sum(
        stage.settled_passed for one in cohort_records(region, TODAY) for stage in one.stages
    )
    assert sum(int(row["Came through"]) for row in rows) == settled


def test_the_files_of_a_seed_are_the_same_again(region: Region) -> None:
    again, _ = simulate(7, today=TODAY)
    for name, content in region_files(again).items():
        if name.endswith(".csv"):
            assert content == region_files(region)[name]
