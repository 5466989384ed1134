"""A small region that can be planned: one role, one program with history, one stated need."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.delivery.models import CohortRecord, CohortStage
from backcast.demand.figures import Named
from backcast.demand.models import Need
from backcast.frameworks.models import Occupation
from backcast.planning import actions
from backcast.planning.build import Settings
from backcast.planning.models import Plan
from backcast.planning.schedule import Options
from backcast.training.actions import Leads
from backcast.training.models import Program
from tests.cast import TESTS, Cast
from tests.demand.make import make_need, make_occupation, openings
from tests.training.factories import make_program

QUICK = Options(seconds=5, futures=400, rounds=1)
STAGES = (("completed", 40, 34), ("hired", 34, 25), ("retained", 25, 20))


def today() -> date:
    return timezone.localdate()


def make_history(program: Program, *, enrolled: int = 40) -> CohortRecord:
    with acting(TESTS, "tests.make"):
        cohort = CohortRecord.objects.create(
            program=program,
            starts_on=today() - timedelta(days=500),
            enrolled=enrolled,
            as_of=today(),
        )
        for order, (stage, entered, passed) in enumerate(STAGES, start=1):
            CohortStage.objects.create(
                cohort=cohort,
                order=order,
                stage=stage,
                entered=entered,
                passed=passed,
                failed=entered - passed,
                still_open=0,
            )
    return cohort


def make_world(cast: Cast, *, people: int = 20) -> tuple[Need, Program]:
    """A need of ``people`` a year from now, and a program of 24 weeks that leads there."""
    occupation = make_occupation()
    need = make_need(
        cast,
        occupation=named(occupation),
        openings=(openings(people, after=5),),
        offers=(),
    )
    program = make_program(
        cast.provider,
        leads=[Leads(occupation, Decimal(1))],
        stages=[stage for stage, _entered, _passed in STAGES],
        lead_weeks=4,
    )
    make_history(program)
    return need, program


def named(occupation: Occupation) -> Named:
    return Named(occupation.pk, occupation.title)


def settings(**changes: object) -> Settings:
    return Settings(**{"first": Quarter.of(today()) + 1, "quarters": 8, **changes})  # type: ignore[arg-type]


def make_plan(cast: Cast, *, solve: bool = True, **changes: object) -> Plan:
    """A plan asked for by the region's administrator, worked out unless told otherwise."""
    plan = actions.request_plan(actor=cast.actor("administrator"), chosen=settings(**changes))
    if solve:
        actions.solve_plan(plan.pk, actor=cast.actor("administrator"), today=today(), options=QUICK)
    with acting(cast.actor("administrator")):
        return Plan.objects.select_related("region", "previous").get(pk=plan.pk)
