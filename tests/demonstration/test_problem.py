"""The planning problem of a simulated region: complete, sourced, and blind to the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backcast.demonstration import problem as module
from backcast.demonstration.problem import as_played, problem_of
from backcast.demonstration.simulator import Region, cohort_records, simulate
from backcast.planning.checks import complaints_about
from backcast.planning.problem import PlannedCohort

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def region() -> Region:
    return simulate(7, today=TODAY)[0]


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
def test_a_simulated_region_is_a_problem_without_complaints(scale: float) -> None:
    made, _ = simulate(5, scale, today=TODAY)
    assert complaints_about(problem_of(made)) == ()


def test_yields_rest_on_cohorts_in_which_nobody_is_still_on_the_way(region: Region) -> None:
    counts = {
        (record.program, stage.stage): 0
        for record in cohort_records(region, TODAY)
        for stage in record.stages
    }
    for record in cohort_records(region, TODAY):
        for stage in record.stages:
            if not stage.unsettled:
                counts[record.program, stage.stage] += stage.entered
    for option in problem_of(region).programs:
        for stage in option.stages:
            assert stage.trials == counts.get((option.id, stage.stage), 0)
            assert stage.basis == ("observed" if stage.trials else "assumed")


def test_a_new_program_has_the_plain_prior_and_says_so(region: Region) -> None:
    new = next(option for option in problem_of(region).programs if option.id == "P012")
    assert [(stage.a, stage.b) for stage in new.stages] == [(1, 1)] * len(new.stages)
    assert all(stage.assumption for stage in new.stages)
    assert all(share.share == 1.0 for share in new.roles)


def test_supply_is_the_completers_of_the_past_year_and_no_more(region: Region) -> None:
    problem = problem_of(region)
    each_year = sum(row.completers.value for row in problem.supply) / problem.quarters * 4
    assert each_year == pytest.approx(sum(p.completers_last_year for p in region.programs))
    for row in problem.supply:
        assert "completed" not in [stage.stage for stage in row.stages]
        assert row.stages[-1].stage == "retained"


def test_stated_needs_and_places_arrive_whole(region: Region) -> None:
    problem = problem_of(region)
    assert sum(cell.likely for cell in problem.needs) == sum(
        cell.likely for need in region.needs for cell in need.openings
    )
    assert sum(row.places.value for row in problem.places) == sum(
        row.places for row in region.places
    )


def test_the_order_of_stages_is_the_programs_own(region: Region) -> None:
    for option, program in zip(problem_of(region).programs, region.programs, strict=True):
        assert [s.stage for s in option.stages] == [s.key for s in program.stages]
        assert option.externship_stage == ("externship" if program.externship_hours else "")


def test_a_planned_cohort_is_played_on_a_possible_day(region: Region) -> None:
    program = region.programs[0]
    option = problem_of(region).programs[0]
    cohort = PlannedCohort(program.key, option.starts[0], 1, 12, 0.0, option.starts[0], 5.0, ())
    [played] = as_played(region, [cohort])
    assert played.start in program.possible_starts
    assert played.size == 12


def test_a_cohort_in_a_quarter_without_starts_is_refused(region: Region) -> None:
    quarter = region.first_quarter + region.quarters
    cohort = PlannedCohort("P001", quarter, 1, 12, 0.0, quarter, 5.0, ())
    with pytest.raises(ValueError, match="cannot start"):
        as_played(region, [cohort])


def test_the_planner_reads_nothing_of_the_truth(region: Region) -> None:
    """The module knows only the truth's word for a cohort to play, and the answer needs no more."""
    assert not hasattr(module, "Truth")
    assert problem_of(region) == problem_of(replace(region))
