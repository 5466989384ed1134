"""What has begun already: cohorts on the way, and those that start before the plan does.

Cohorts on the way take the place of a program's usual completers in the quarters that they reach, so
that nobody is counted twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from backcast.core.months import Month
from backcast.delivery.models import CohortRecord, ScheduledCohort
from backcast.partners.models import Region
from backcast.planning.figures import Figure
from backcast.planning.keys import program_key
from backcast.planning.problem import Problem, RunningCohort
from backcast.planning.timing import running_times
from backcast.training.models import Stage

#: Who is past these stages works already, in an opening of the past.
_AFTER_THE_HIRE = (Stage.RETAINED,)


def with_what_began(problem: Problem, region: Region) -> Problem:
    """The problem with its programs' running cohorts. Programs' ids are ``P12``."""
    stages = {
        int(program.id[1:]): [stage.stage for stage in program.stages]
        for program in problem.programs
    }
    running = (
        *_on_the_way(problem, region, stages),
        *_about_to_start(problem, region, stages),
    )
    programs = {program.id: program for program in problem.programs}
    last: dict[str, int] = defaultdict(lambda: -1)
    for cohort in running:
        times = running_times(problem, programs[cohort.program], cohort)
        last[cohort.program] = max(last[cohort.program], times.hired)
    usual = tuple(
        row
        for row in problem.supply
        if row.quarter - problem.first > last[f"P{row.id[1:].split('-', 1)[0]}"]
    )
    return replace(problem, running=running, supply=usual)


def _on_the_way(
    problem: Problem, region: Region, stages: Mapping[int, list[str]]
) -> Iterable[RunningCohort]:
    """People of past cohorts who are still in a stage, by the stage.

    A record may count those who came through early as still in a stage until its time is over. Who
    has entered the next stage stands there, and is counted there only.
    """
    rows = CohortRecord.objects.filter(
        program__region=region,
        program__in=list(stages),
        archived_at__isnull=True,
        starts_on__lt=problem.first.first_day,
    ).prefetch_related("stages")
    for cohort in rows.order_by("pk"):
        rows_in_order = list(cohort.stages.all())
        for number, row in enumerate(rows_in_order, start=1):
            name = str(Stage(row.stage).label)
            went_on = rows_in_order[number].entered if number < len(rows_in_order) else row.passed
            here = row.still_open - max(0, went_on - row.passed)
            if here > 0 and row.stage not in _AFTER_THE_HIRE and name in stages[cohort.program_id]:
                yield RunningCohort(
                    id=f"C{cohort.pk}-{row.stage}",
                    program=program_key(cohort.program_id),
                    start=Month.of(cohort.starts_on),
                    people=Figure(
                        here, "observed", f"{cohort}: counted on {cohort.as_of:%Y-%m-%d}"
                    ),
                    stage=name,
                    cohort=f"C{cohort.pk}",
                )


def _about_to_start(
    problem: Problem, region: Region, stages: Mapping[int, list[str]]
) -> Iterable[RunningCohort]:
    """Announced cohorts that start before the plan begins, or have started and are not counted yet."""
    rows = ScheduledCohort.objects.filter(
        program__region=region,
        program__in=list(stages),
        archived_at__isnull=True,
        record__isnull=True,
        starts_on__lt=problem.first.first_day,
    ).exclude(status=ScheduledCohort.Status.CALLED_OFF)
    for cohort in rows.order_by("pk"):
        yield RunningCohort(
            id=f"A{cohort.pk}",
            program=program_key(cohort.program_id),
            start=Month.of(cohort.starts_on),
            people=Figure(cohort.places, "stated", f"Announced for {cohort.starts_on:%Y-%m-%d}"),
            stage=stages[cohort.program_id][0],
        )
