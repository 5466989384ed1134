"""The career ladder in a plan: who moves up leaves a job open, and that one may be trained for, too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from backcast.core.actor import acting
from backcast.planning.build import Built, build
from backcast.planning.checks import complaints_about
from backcast.planning.keys import program_key, role_key
from backcast.training import actions
from backcast.training.actions import Leads
from backcast.training.models import Program
from tests.cast import Cast
from tests.demand.make import make_occupation
from tests.planning.world import make_history, make_world, settings, today
from tests.training.factories import make_program


def built(cast: Cast) -> Built:
    with acting(cast.actor("administrator")):
        return build(cast.region, settings(), today())


def test_a_program_for_the_rung_left_open_is_planned_with_and_so_on_down(cast: Cast) -> None:
    _need, program = make_world(cast)
    middle, lowest = make_occupation("Aides", "31-1120.00"), make_occupation("Cooks", "35-2014.00")
    staff = cast.actor("administrator")
    actions.change_program(program, {"upskills_from": middle}, actor=staff)
    rungs = [
        make_program(
            cast.provider, name=name, leads=[Leads(leads, Decimal(1))], upskills_from=below
        )
        for name, leads, below in (("Middle", middle, lowest), ("Lowest", lowest, None))
    ]
    for one in rungs:
        make_history(one)
    problem = built(cast).problem
    assert {one.id for one in problem.programs} == {program_key(p.pk) for p in (program, *rungs)}
    assert {role_key(middle), role_key(lowest)} < {role.id for role in problem.roles}
    assert not complaints_about(problem)


def test_a_program_cannot_move_people_to_the_job_they_have(cast: Cast) -> None:
    _need, program = make_world(cast)
    staff = cast.actor("administrator")
    occupation = program.occupation_links.get().occupation
    with pytest.raises(ValidationError) as refused:
        actions.change_program(program, {"upskills_from": occupation}, actor=staff)
    assert set(refused.value.message_dict) == {"upskills_from"}
    program.refresh_from_db()
    assert program.upskills_from is None
    below = make_occupation("Aides", "31-1120.00")
    actions.change_program(program, {"upskills_from": below}, actor=staff)
    with pytest.raises(ValidationError, match="leads to"):
        actions.change_program(program, {}, actor=staff, leads=[Leads(below, Decimal("0.5"))])
    assert program.occupation_links.get().occupation == occupation


def test_one_that_a_list_brought_so_never_spoils_the_plan(cast: Cast) -> None:
    _need, program = make_world(cast)
    other = make_program(
        cast.provider,
        name="Brought",
        leads=[Leads(program.occupation_links.get().occupation, Decimal(1))],
    )
    with acting(cast.actor("administrator")):
        Program.objects.filter(pk=other.pk).update(
            upskills_from=program.occupation_links.get().occupation
        )
    found = built(cast)
    assert [one.id for one in found.problem.programs] == [program_key(program.pk)]
    assert not complaints_about(found.problem)
