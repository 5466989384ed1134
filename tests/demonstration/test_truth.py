"""The truth beneath: recoverable from histories, and played forward as it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import beta

from backcast.core.quarters import Quarter
from backcast.demonstration.simulator import (
    Knobs,
    PlannedCohort,
    Region,
    Truth,
    cohort_records,
    simulate,
)
from backcast.demonstration.simulator.truth import StageTruth

TODAY = date(2026, 11, 23)
STEADY = Knobs(drift_sd=0.0, cohort_sd=0.0)


@pytest.fixture(scope="module")
def steady() -> tuple[Region, Truth]:
    """A larger region in which yields neither drift nor differ between cohorts."""
    return simulate(11, 4.0, today=TODAY, knobs=STEADY)


def _settled(region: Region) -> dict[tuple[str, str], tuple[int, int]]:
    counts: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for record in cohort_records(region, region.today):
        for stage in record.stages:
            counts[record.program, stage.stage][0] += stage.settled_passed
            counts[record.program, stage.stage][1] += stage.settled_failed
    return {key: (passed, failed) for key, (passed, failed) in counts.items()}


def test_posteriors_from_settled_outcomes_cover_the_true_yields(
    steady: tuple[Region, Truth],
) -> None:
    region, truth = steady
    inside = total = 0
    for (program, stage), (passed, failed) in _settled(region).items():
        if passed + failed < 20:
            continue
        real = truth.stage_yield(program, stage, TODAY)
        low, high = beta.ppf([0.025, 0.975], 1 + passed, 1 + failed)
        inside += low <= real <= high
        total += 1
    assert total > 150
    assert inside / total > 0.90


def test_settled_outcomes_are_unbiased_stage_by_stage(steady: tuple[Region, Truth]) -> None:
    region, truth = steady
    surplus: defaultdict[str, float] = defaultdict(float)
    variance: defaultdict[str, float] = defaultdict(float)
    for (program, stage), (passed, failed) in _settled(region).items():
        real = truth.stage_yield(program, stage, TODAY)
        surplus[stage] += passed - (passed + failed) * real
        variance[stage] += (passed + failed) * real * (1 - real)
    for stage, value in surplus.items():
        assert abs(value) < 4 * variance[stage] ** 0.5, stage


def test_counting_early_passes_as_if_final_flatters_the_yield(
    steady: tuple[Region, Truth],
) -> None:
    """Why open cohorts must not be read naively: among the undecided, passes show first."""
    region, truth = steady
    passed = expected = 0.0
    for record in cohort_records(region, TODAY):
        for stage in record.stages:
            early = stage.passed - stage.settled_passed
            lost = stage.failed - stage.settled_failed
            if stage.stage == "hired":
                passed += early
                expected += (early + lost) * truth.stage_yield(record.program, "hired", TODAY)
    assert passed > 1.1 * expected


def test_the_yield_of_a_day_is_the_mean_over_cohorts() -> None:
    stage = StageTruth("hired", 0.8, 0.1, 0.5, 3, 35.0, 1.8, 180, True)
    rng = np.random.default_rng(5)
    drawn = stage.chance(np.full(200_000, -365.25), rng.standard_normal(200_000))
    assert stage.mean_chance(-365.25) == pytest.approx(drawn.mean(), abs=0.002)
    assert stage.mean_chance(365.25) > stage.mean_chance(0.0) > stage.mean_chance(-365.25)


def test_the_yield_of_the_whole_way_is_the_product_of_its_stages(
    steady: tuple[Region, Truth],
) -> None:
    region, truth = steady
    program = region.programs[0]
    product = 1.0
    for stage in program.stages:
        product *= truth.stage_yield(program.key, stage.key, TODAY)
    assert truth.retained_yield(program.key, TODAY) == pytest.approx(product)
    with pytest.raises(KeyError):
        truth.stage_yield(program.key, "no such stage", TODAY)


def test_learners_on_the_way_go_on_as_those_like_them_did() -> None:
    stage = StageTruth("hired", 0.5, 0.0, 0.0, 3, 35.0, 1.8, 180, True)
    rng = np.random.default_rng(9)
    chance = np.full(60_000, stage.mean_chance(0.0))
    passed, days = stage.draw(rng, chance)
    late = days > 60
    again, their_days = stage.draw_open(rng, chance, np.full(60_000, 60))
    assert (their_days > 60).all()
    assert again.mean() == pytest.approx(passed[late].mean(), abs=0.02)
    assert their_days.mean() == pytest.approx(days[late].mean(), rel=0.02)


# --- futures -------------------------------------------------------------------------------------


def _plenty(truth: Truth) -> Truth:
    region = truth.region
    rows = tuple(replace(row, places=10_000) for row in region.places)
    return replace(truth, region=replace(region, places=rows))


@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_cohort_brings_its_size_times_the_true_yield(
    steady: tuple[Region, Truth], place: int
) -> None:
    region, truth = steady
    program = region.programs[place]
    cohort = PlannedCohort(program.key, program.possible_starts[0], 20)
    futures = _plenty(truth).futures(np.random.default_rng(1), [cohort], 2000, ordinary=False)
    real = truth.retained_yield(program.key, TODAY)
    people = futures.retained.sum(axis=(1, 2, 3))
    assert people.mean() == pytest.approx(20 * real, abs=4 * (20 * real * (1 - real) / 2000) ** 0.5)
    assert (futures.retained <= futures.hired).all()
    assert people.max() <= 20


def test_hires_come_after_the_program_ends_and_near_where_it_is(
    steady: tuple[Region, Truth],
) -> None:
    region, truth = steady
    program = region.programs[0]
    start = program.possible_starts[0]
    cohort = PlannedCohort(program.key, start, 20)
    futures = _plenty(truth).futures(np.random.default_rng(1), [cohort], 200, ordinary=False)
    earliest = Quarter.of(start + timedelta(weeks=program.weeks))
    for at, quarter in enumerate(futures.quarters):
        if quarter < earliest:
            assert not futures.hired[..., at].any()
    area = next(a for a in region.areas if a.key == program.area)
    for at, key in enumerate(futures.areas):
        if key not in (area.key, *area.adjoining):
            assert not futures.hired[:, :, at, :].any()
    for at, key in enumerate(futures.occupations):
        if key not in program.occupations:
            assert not futures.hired[:, at].any()


def test_without_externship_places_nobody_gets_through(steady: tuple[Region, Truth]) -> None:
    region, truth = steady
    program = next(p for p in region.programs if p.externship_places_per_learner)
    none = replace(truth, region=replace(region, places=()))
    cohort = PlannedCohort(program.key, program.possible_starts[0], 20)
    futures = none.futures(np.random.default_rng(1), [cohort], 20, ordinary=False)
    assert futures.retained.sum() == 0


def test_externship_places_limit_how_many_get_through(steady: tuple[Region, Truth]) -> None:
    region, truth = steady
    program = next(p for p in region.programs if p.externship_places_per_learner)
    here = [row for row in region.places if row.occupation == program.occupations[0]]
    sites = {site.key: site.area for firm in region.employers for site in firm.sites}
    mine = next(row for row in here if sites[row.site] == program.area)
    one_each = tuple(replace(r, places=1) for r in here if r.site == mine.site)
    tight = replace(truth, region=replace(region, places=one_each))
    cohort = PlannedCohort(program.key, program.possible_starts[0], 20)
    futures = tight.futures(np.random.default_rng(1), [cohort], 50, ordinary=False)
    assert 0 < futures.hired.sum(axis=(1, 2, 3)).max() <= 3


def test_ordinary_cohorts_go_on_at_about_the_rate_of_the_past(
    steady: tuple[Region, Truth],
) -> None:
    region, truth = steady
    futures = truth.futures(np.random.default_rng(1), [], 20)
    ahead = futures.hired.sum(axis=(1, 2, 3)).mean() / region.quarters
    year_ago = TODAY - timedelta(days=364)
    behind = sum(
        step.stage == "hired" and step.outcome == "passed" and year_ago < step.on
        for learner in region.learners
        for step in learner.steps
        if step.on is not None
    )
    assert ahead == pytest.approx(behind / 4, rel=0.15)
    alone = truth.futures(np.random.default_rng(1), [], 20, ordinary=False)
    assert alone.hired.sum() == 0


def test_demand_that_comes_is_the_true_mean_not_what_was_stated(
    steady: tuple[Region, Truth],
) -> None:
    region, truth = steady
    futures = truth.futures(np.random.default_rng(1), [], 400, ordinary=False)
    came = futures.demand.sum(axis=(1, 2, 3)).mean()
    assert came == pytest.approx(truth.demand.sum(), rel=0.02)
    stated = sum(cell.likely for need in region.needs for cell in need.openings)
    assert stated == pytest.approx((truth.demand * truth.demand_bias[:, None]).sum(), rel=0.05)
    assert stated > 1.03 * came


def test_the_same_random_numbers_give_the_same_future(steady: tuple[Region, Truth]) -> None:
    _, truth = steady
    once = truth.future(np.random.default_rng(3), [])
    again = truth.future(np.random.default_rng(3), [])
    assert (once.retained == again.retained).all()
    assert (once.demand == again.demand).all()
    assert once.hired.shape[0] == 1


@pytest.mark.parametrize(
    ("cohort", "message"),
    [
        (PlannedCohort("nowhere", TODAY, 10), "no program"),
        (PlannedCohort("P001", TODAY, 0), "0 learners"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(
    steady: tuple[Region, Truth], cohort: PlannedCohort, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        steady[1].future(np.random.default_rng(1), [cohort])


def test_drift_and_cohorts_make_yields_move() -> None:
    _, truth = simulate(11, today=TODAY, knobs=Knobs(drift_sd=0.3))
    program = truth.region.programs[0].key
    past = truth.retained_yield(program, TODAY - timedelta(days=5 * 365))
    assert truth.retained_yield(program, TODAY) != pytest.approx(past, abs=0.01)


def test_needs_apart_start_at_those_who_stayed_last_year() -> None:
    knobs = Knobs(needs_apart=True, demand_growth=(1.0, 1.0), typical_sd=0.35)
    region, truth = simulate(5, 2.0, today=TODAY, knobs=knobs)
    kept: Counter[str] = Counter(
        learner.hired_as
        for learner in region.learners
        for step in learner.steps
        if step.stage == "retained" and step.outcome == "passed" and step.on
        if step.on > TODAY - timedelta(days=364)
    )
    assert sum(kept.values()) > 100
    needed: Counter[str] = Counter()
    for need, by_quarter in zip(region.needs, truth.demand, strict=True):
        needed[need.occupation] += by_quarter.mean() * 4
    for occupation in region.occupations:
        asked = max(8, kept[occupation.key])
        assert needed[occupation.key] == pytest.approx(asked, rel=0.15)
