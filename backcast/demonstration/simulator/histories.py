"""Years of learners' ways through their programs, drawn from the truth and seen up to today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from backcast.demonstration.simulator.region import FAILED, HIRED, PASSED, Learner, Step
from backcast.demonstration.simulator.truth import Ints, ProgramTruth


@dataclass(frozen=True, slots=True)
class PastCohort:
    """A cohort that a provider started anyway; ``shocks`` one for each stage of the program."""

    key: str
    program: str
    start: date
    size: int
    shocks: tuple[float, ...]


def follow(
    rng: np.random.Generator, truth: ProgramTruth, cohorts: list[PastCohort], today: date
) -> list[Learner]:
    """Draw every learner of ``cohorts`` to the end, and report what is known on ``today``.

    A stage entered after today is not reported; one decided after today is reported as open.
    """
    sizes = [cohort.size for cohort in cohorts]
    cohort_of = np.repeat(np.arange(len(cohorts)), sizes)
    starts = np.array([(cohort.start - today).days for cohort in cohorts], dtype=np.int64)
    shocks = np.array([cohort.shocks for cohort in cohorts]).reshape(
        len(cohorts), len(truth.stages)
    )
    day: Ints = starts[cohort_of]
    running = np.ones(len(cohort_of), dtype=np.bool_)
    entered: list[Ints] = []
    decided: list[Ints] = []
    passes = []
    for place, stage in enumerate(truth.stages):
        chance = stage.chance(day.astype(np.float64), shocks[cohort_of, place])
        passed, days = stage.draw(rng, chance)
        entered.append(np.where(running, day, 1))
        decided.append(day + days)
        passes.append(passed)
        running = running & passed
        day = day + days
    roles = _choices(rng, truth.hired_as, len(cohort_of))
    areas = _choices(rng, truth.hired_in, len(cohort_of))

    learners = []
    number = 0
    previous = -1
    for person, which in enumerate(cohort_of):
        number = number + 1 if which == previous else 1
        previous = int(which)
        cohort = cohorts[previous]
        steps: list[Step] = []
        hired = False
        for place, stage in enumerate(truth.stages):
            start = int(entered[place][person])
            if start > 0:
                break
            first_day = today + timedelta(days=start)
            end = int(decided[place][person])
            if end > 0:
                steps.append(Step(stage.key, first_day, "", None))
                break
            passed_it = bool(passes[place][person])
            outcome = PASSED if passed_it else FAILED
            steps.append(Step(stage.key, first_day, outcome, today + timedelta(days=end)))
            hired = hired or (stage.key == HIRED and passed_it)
        learners.append(
            Learner(
                key=f"{cohort.key}-{number:03d}",
                cohort=cohort.key,
                program=cohort.program,
                start=cohort.start,
                steps=tuple(steps),
                hired_as=roles[person] if hired else "",
                hired_in=areas[person] if hired else "",
            )
        )
    return learners


def _choices(
    rng: np.random.Generator, shares: tuple[tuple[str, float], ...], count: int
) -> list[str]:
    picks = rng.choice(len(shares), size=count, p=[share for _, share in shares])
    return [shares[int(pick)][0] for pick in picks]
