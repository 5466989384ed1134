"""Histories of learners added up to cohort records, honest about what is still open.

A yield may be computed from *settled* outcomes only: those of learners who entered the stage at
least the stage's window ago. Counting early passes while the slow ones and the failures are still
to come would flatter every yield (right-censoring; cohort maturity is the plain remedy).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from backcast.demonstration.simulator.region import FAILED, PASSED, Learner, Program, Region


@dataclass(frozen=True, slots=True)
class StageCount:
    """What is known of one stage of one cohort on a day: entered = passed + failed + still_open.

    ``settled_passed`` and ``settled_failed`` count only learners whose window has closed; they are
    what a yield may rest on. Every ``failed`` is known to have left or to have run out of time.
    """

    stage: str
    entered: int
    passed: int
    failed: int
    still_open: int
    settled_passed: int
    settled_failed: int

    @property
    def unsettled(self) -> int:
        """Learners who entered and whose window is still open, whatever is known of them so far."""
        return self.entered - self.settled_passed - self.settled_failed

    @property
    def mature(self) -> bool:
        """True when someone entered and every one of them is settled."""
        return self.entered > 0 and self.unsettled == 0


@dataclass(frozen=True, slots=True)
class CohortRecord:
    """One cohort of one program as known on the day ``as_of``."""

    cohort: str
    program: str
    start: date
    enrolled: int
    as_of: date
    stages: tuple[StageCount, ...]

    @property
    def mature(self) -> bool:
        """True when nobody of the cohort is still open at any stage."""
        return all(count.still_open == 0 for count in self.stages)


def cohort_records(region: Region, as_of: date) -> tuple[CohortRecord, ...]:
    """Cohort records of ``region`` as they would have read on ``as_of``, by program and start.

    Only what was known on that day is used; cohorts that start later are left out. Raises
    ``ValueError`` for a day after the region's own, of which nothing is known.
    """
    if as_of > region.today:
        raise ValueError(f"The region is known up to {region.today}; {as_of} lies after that day.")
    programs = {program.key: program for program in region.programs}
    cohorts: dict[str, list[Learner]] = defaultdict(list)
    for learner in region.learners:
        if learner.start <= as_of:
            cohorts[learner.cohort].append(learner)
    records = [
        _record(programs[learners[0].program], learners, as_of) for learners in cohorts.values()
    ]
    order = {program.key: place for place, program in enumerate(region.programs)}
    return tuple(sorted(records, key=lambda record: (order[record.program], record.start)))


def _record(program: Program, learners: list[Learner], as_of: date) -> CohortRecord:
    first = learners[0]
    return CohortRecord(
        cohort=first.cohort,
        program=first.program,
        start=first.start,
        enrolled=len(learners),
        as_of=as_of,
        stages=tuple(
            _count(stage.key, stage.window_days, learners, as_of) for stage in program.stages
        ),
    )


def _count(stage: str, window_days: int, learners: Iterable[Learner], as_of: date) -> StageCount:
    entered = passed = failed = settled_passed = settled_failed = 0
    window = timedelta(days=window_days)
    for learner in learners:
        for step in learner.steps:
            if step.stage != stage or step.entered > as_of:
                continue
            entered += 1
            if step.on is None or step.on > as_of:
                continue
            settled = step.entered + window <= as_of
            if step.outcome == PASSED:
                passed += 1
                settled_passed += settled
            elif step.outcome == FAILED:
                failed += 1
                settled_failed += settled
    return StageCount(
        stage, entered, passed, failed, entered - passed - failed, settled_passed, settled_failed
    )
