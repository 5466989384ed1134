"""What limits the demonstration's plans: instructors whom programs share, winter breaks, child care."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from backcast.core.actor import Actor
from backcast.core.months import PER_QUARTER, Month
from backcast.core.quarters import Quarter
from backcast.planning.limiting import keep_limit
from backcast.planning.models import Holiday, ResourceUse, SharedResource, SupportOffer
from backcast.training.models import Program, Stage

SOURCE = "Made up for the demonstration"
_DECEMBER = 12
#: Of the cohorts that the programs could run at once together, so many have an instructor.
_STAFFED = 0.7


def add_limits(
    programs: Mapping[str, Program], first: Quarter, quarters: int, staff: Actor
) -> None:
    """Limits of several kinds, so that a plan shows how each binds; ``programs`` by key."""
    clinical = [
        program
        for program in programs.values()
        if (program.externship_places_per_learner or 0) > 0 and program.area is not None
    ]
    if clinical:
        _add_instructors(clinical, staff)
        _add_child_care(clinical, staff)
    for month in Month.first_of(first).range(PER_QUARTER * quarters):
        if month.number == _DECEMBER:
            keep_limit(
                Holiday(
                    name="Demo winter break", month=month.first_day, weeks=Decimal(2), source=SOURCE
                ),
                actor=staff,
            )


def _add_instructors(clinical: list[Program], staff: Actor) -> None:
    at_once = sum(program.at_once or 0 for program in clinical)
    keep_limit(
        SharedResource(
            name="Demo clinical instructors",
            kind=SharedResource.Kind.INSTRUCTOR,
            area=clinical[0].area,
            amount=Decimal(max(1, math.ceil(_STAFFED * at_once))),
            source=SOURCE,
        ),
        actor=staff,
        parts={"uses": [ResourceUse(program=each, amount=Decimal(1)) for each in clinical]},
    )


def _add_child_care(clinical: list[Program], staff: Actor) -> None:
    keep_limit(
        SupportOffer(
            name="Demo child care",
            cost_per_learner=Decimal(600),
            stage=Stage.COMPLETED,
            low=Decimal(5),
            likely=Decimal(12),
            high=Decimal(25),
            capacity=40,
            source=SOURCE,
        ),
        actor=staff,
        named={"programs": clinical},
    )
