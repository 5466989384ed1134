"""Regional demand of the demonstration: the wave that is over is published, and hires are known."""

from __future__ import annotations

from random import Random

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.demand.models import AnswerQuarter, Hired, Wave
from backcast.demand.regional.actions import publish_wave
from backcast.demonstration.simulator.region import Region
from backcast.partners.models import Collaborative


def add_regional(made: Region, collaborative: Collaborative, staff: Actor) -> None:
    """Publish what is over, and say who was hired in the quarters since: made up around what was expected."""
    with acting(staff, "demonstration.add_regional"):
        for wave in Wave.objects.filter(collaborative=collaborative, status=Wave.Status.FROZEN):
            publish_wave(wave, actor=staff)
            _add_hires(made, wave)


def _add_hires(made: Region, wave: Wave) -> None:
    chance = Random(made.seed)
    expected: dict[tuple[int, int, Quarter], int] = {}
    for row in (
        AnswerQuarter.objects.filter(answer__wave=wave)
        .select_related("answer")
        .order_by("answer__employer", "answer__role", "quarter_start")
    ):
        if row.quarter < Quarter.of(made.today):
            key = (row.answer.employer_id, row.answer.role_id, row.quarter)
            expected[key] = expected.get(key, 0) + row.likely
    usual: dict[int, float] = {}
    for (employer, role, quarter), likely in expected.items():
        share = usual.setdefault(employer, chance.uniform(0.6, 1.1))
        Hired.objects.create(
            region=wave.region,
            employer_id=employer,
            role_id=role,
            quarter_start=quarter.first_day,
            people=max(0, round(likely * chance.gauss(share, 0.15))),
        )
