"""Programs of one problem leaning on one another: counts written beside programs, pooled by stage.

For counts that come without cohorts and days (a workbook). Where cohorts are known, ``build`` pools
them as they are.
"""

from __future__ import annotations

from dataclasses import replace

from backcast.planning.figures import StageYield
from backcast.planning.pooling import CohortCount, Key, Pooled, pool, with_belief
from backcast.planning.problem import Problem
from backcast.planning.programs import ProgramOption

USUAL_COHORT = 20
"""Learners in a cohort, where counts do not say how many cohorts they are of."""


def lean_on_others(problem: Problem) -> Problem:
    """The problem with the observed yields of its programs pooled by the name of the stage.

    Yields that are stated, published or assumed stay, and so do those with a prior of their own.
    Programs with a shared key are one.
    """
    counts: dict[Key, CohortCount] = {}
    families: dict[str, str] = {}
    for program in problem.programs:
        for number, stage in enumerate(program.stages):
            if _may_lean(stage):
                key = _key(program, number)
                families[key[0]] = program.roles[0].role
                cohorts = max(1.0, stage.trials / USUAL_COHORT)
                failed = stage.trials - stage.successes
                counts[key] = CohortCount(*key, 0.0, stage.successes, failed, cohorts, lump=True)
    pooled = pool(counts.values(), families=families)
    if not pooled.beliefs:
        return problem
    programs = tuple(_pooled(program, pooled) for program in problem.programs)
    shared = {
        stage.shared_key: stage
        for program in programs
        for stage in program.stages
        if stage.shared_key
    }
    return replace(
        problem,
        programs=programs,
        supply=tuple(
            replace(row, stages=tuple(shared.get(one.shared_key or "", one) for one in row.stages))
            for row in problem.supply
        ),
    )


def _pooled(program: ProgramOption, pooled: Pooled) -> ProgramOption:
    stages = []
    for number, stage in enumerate(program.stages):
        belief = pooled.beliefs.get(_key(program, number)) if _may_lean(stage) else None
        stages.append(with_belief(stage, belief, stage.source) if belief else stage)
    return replace(program, stages=tuple(stages))


def _may_lean(stage: StageYield) -> bool:
    return stage.basis == "observed" and stage.trials > 0 and stage.prior_a == stage.prior_b == 1.0


def _key(program: ProgramOption, number: int) -> Key:
    stage = program.stages[number]
    return stage.shared_key or program.id, stage.stage.casefold()
