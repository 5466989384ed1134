"""Recording past cohorts: who may, what is kept, and what the yields then rest on."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from backcast.core.actor import NotAllowed, acting
from backcast.delivery import access, actions
from backcast.delivery.actions import Counted
from backcast.delivery.models import CohortRecord, CohortStage
from backcast.training.access import programs_for_planning, published_by_key
from backcast.training.models import PublishedOutcome
from tests.cast import TESTS, Cast
from tests.training.factories import make_program

JANUARY = Counted(
    date(2025, 1, 6), 20, date(2025, 12, 1), {"completed": (16, 4), "credentialed": (12, 2)}
)


def test_a_provider_records_a_cohort_and_the_yields_rest_on_it(cast: Cast) -> None:
    program = make_program(cast.provider)
    cohort = actions.record_cohort(program, JANUARY, actor=cast.actor("provider"))
    rows = [(row.stage, row.entered, row.still_open) for row in cohort.stages.all()]
    assert rows == [("completed", 20, 0), ("credentialed", 16, 2)]
    completed, credentialed, *_rest = access.yields_of_program(program)
    assert (completed.successes, completed.trials, completed.basis) == (16, 20, "observed")
    assert (credentialed.trials, credentialed.open_cohorts) == (0, 1)


def test_others_may_not_record(cast: Cast) -> None:
    program = make_program(cast.provider)
    for who, refusal in (
        ("provider_viewer", NotAllowed),
        ("viewer", NotAllowed),
        ("other_provider", Http404),
        ("employer", Http404),
        ("foreign", Http404),
    ):
        with pytest.raises(refusal):
            actions.record_cohort(program, JANUARY, actor=cast.actor(who))
    assert not CohortRecord.objects.exists()


def test_the_same_first_day_and_name_is_refused_beside_its_field(cast: Cast) -> None:
    program = make_program(cast.provider)
    actions.record_cohort(program, JANUARY, actor=TESTS)
    with pytest.raises(ValidationError, match="already recorded"):
        actions.record_cohort(program, JANUARY, actor=TESTS)


def test_several_are_recorded_all_or_none_and_corrected_when_known(cast: Cast) -> None:
    program = make_program(cast.provider)
    bad = Counted(date(2025, 5, 5), 10, date(2025, 12, 1), {"completed": (11, 0)})
    with pytest.raises(ValidationError):
        actions.record_cohorts(program, [JANUARY, bad], actor=TESTS)
    assert not CohortRecord.objects.exists()
    may = Counted(date(2025, 5, 5), 10, date(2025, 12, 1), {"completed": (9, 1)})
    actions.record_cohorts(program, [JANUARY, may], actor=TESTS)
    better = Counted(date(2025, 5, 5), 12, date(2026, 1, 5), {"completed": (10, 2)})
    actions.record_cohorts(program, [JANUARY, better], actor=TESTS)
    assert CohortRecord.objects.count() == 2
    assert CohortRecord.objects.get(starts_on=may.starts_on).enrolled == 12


def test_an_archived_cohort_counts_no_longer(cast: Cast) -> None:
    program = make_program(cast.provider)
    cohort = actions.record_cohort(program, JANUARY, actor=TESTS)
    actions.archive_cohort(cohort, actor=TESTS)
    assert access.yields_of_program(program)[0].trials == 0
    actions.bring_back_cohort(cohort, actor=TESTS)
    assert access.yields_of_program(program)[0].trials == 20


def test_the_database_refuses_counts_that_do_not_add_up(cast: Cast) -> None:
    program = make_program(cast.provider)
    cohort = actions.record_cohort(program, JANUARY, actor=TESTS)
    with pytest.raises(IntegrityError, match="cohort_stage_adds_up"), acting(TESTS):
        CohortStage.objects.filter(cohort=cohort, stage="completed").update(passed=3)


def test_a_change_without_an_actor_fails(cast: Cast) -> None:
    cohort = actions.record_cohort(make_program(cast.provider), JANUARY, actor=TESTS)
    with pytest.raises(Exception, match="Nobody is acting"), transaction.atomic():
        CohortRecord.objects.filter(pk=cohort.pk).update(enrolled=19)


def test_programs_of_one_provider_and_field_share_their_published_outcome(
    cast: Cast, query_count
) -> None:  # type: ignore[no-untyped-def]
    for number in range(3):
        make_program(cast.provider, f"Demo program {number}")
    with acting(TESTS):
        PublishedOutcome.objects.create(
            region=cast.region,
            provider=cast.provider,
            cip_code="51.0801",
            completers=40,
            employed=30,
            source="Demo list",
        )
    with query_count() as queries:
        found = access.yields_for_planning(
            programs_for_planning(cast.region), published_by_key(cast.region)
        )
    assert queries.count <= 9, queries
    hired = [next(y for y in each if y.stage == "hired") for each in found.values()]
    assert {(y.successes, y.trials) for y in hired} == {(30, 40)}
    assert len({y.shared_key for y in hired}) == 1
