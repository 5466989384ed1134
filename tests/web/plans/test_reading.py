"""What the plan page tells of a plan, without a database."""

from __future__ import annotations

import pytest

from backcast.planning.schedule import Options, solve
from backcast.web.plans.reading import Reading
from tests.planning.small import need, problem, program


def test_totals_stand_in_the_quarter_in_which_people_are_needed() -> None:
    """One role is needed from the second quarter on, the other only in the third."""
    asked = problem([program()], [need(1, 4), need(2, 3), need(2, 5, role="other")], quarters=5)
    reading = Reading(asked, solve(asked, Options(seconds=5, futures=200)))
    needed, met = reading.totals()
    assert needed == pytest.approx([0, 4, 12, 12, 12])
    assert all(0 <= have <= asked_for for have, asked_for in zip(met, needed, strict=True))
