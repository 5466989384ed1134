"""The planning problem of a simulated region: complete, sourced, and blind to the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backcast.demonstration import problem as module
from backcast.demonstration.problem import as_played, problem_of
from backcast.demonstration.simulator import Region, cohort_records, simulate
from backcast.planning.checks import complaints_about
from backcast.planning.solution import PlannedCohort

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
    for option, leaning in zip(
        problem_of(region, pooled=False).programs, problem_of(region).programs, strict=True
    ):
        for stage, leant in zip(option.stages, leaning.stages, strict=True):
            known = counts.get((option.id, stage.stage), 0)
            assert 0.8 * known <= stage.trials <= known
            assert leant.basis == ("observed" if stage.trials else "assumed")
            assert leant.trials <= stage.trials


def test_a_new_program_leans_on_the_others_and_says_so(region: Region) -> None:
    new = next(option for option in problem_of(region).programs if option.id == "P012")
    for stage in new.stages:
        assert stage.trials == 0
        assert stage.assumption
        assert stage.prior_a + stage.prior_b > 5
        assert "no settled cohort of its own yet; leans 100% on" in stage.source
    assert sum(share.share for share in new.roles) == pytest.approx(1.0)


def test_supply_is_who_is_on_the_way_and_the_past_years_starts_again(region: Region) -> None:
    problem = problem_of(region)
    on_the_way = sum(
        bool(learner.steps) and not learner.steps[-1].outcome for learner in region.learners
    )
    again = sum(learner.start > region.today - timedelta(days=364) for learner in region.learners)
    counted = {"way": 0.0, "again": 0.0}
    for row in problem.supply:
        counted["way" if "on the way" in row.completers.source else "again"] += row.completers.value
        assert row.stages[-1].stage == "retained"
    assert 0 < counted["way"] <= on_the_way
    assert 0.5 * again < counted["again"] <= again * problem.quarters / 4


def test_needs_are_mended_by_what_came_of_them_in_the_past(region: Region) -> None:
    plain, mended = problem_of(region), problem_of(region, mended=True)
    assert plain.need_spread is None
    assert mended.need_spread is not None
    stated, likely = (sum(cell.likely for cell in p.needs) for p in (plain, mended))
    assert 0.75 < likely / stated < 1.05  # employers overstate


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
