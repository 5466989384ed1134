"""The flow into a role as staff see it, and what each employer counts for itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.delivery import actions as delivery
from backcast.delivery.actions import Counted
from backcast.planning.flows import picture
from backcast.training.actions import Leads
from backcast.training.models import HireSource, Program
from tests.cast import TESTS, Cast
from tests.conftest import Queries
from tests.training.factories import make_occupation, make_program
from tests.web.coverage.make import make_role
from tests.web.flows.permissions import make_source


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def with_past(cast: Cast, program: Program, hired: int = 12) -> Program:
    """Two cohorts of 20, of whom 16 completed and ``hired`` were hired."""
    today = timezone.localdate()
    for year in (1, 2):
        delivery.record_cohort(
            program,
            Counted(
                date(today.year - year, 1, 6),
                20,
                date(today.year - year, 12, 1),
                {"completed": (16, 4), "hired": (hired, 16 - hired)},
            ),
            actor=TESTS,
        )
    return program


def url(role: Any, name: str = "flows:role") -> str:
    return reverse(name, kwargs={"role": role.public_id})


def test_graduates_of_two_occupations_are_not_counted_twice(cast: Cast) -> None:
    role = make_role(cast)
    other = make_occupation("31-1121", "Home Health Aides")
    assert role.occupation is not None
    with_past(
        cast,
        make_program(
            cast.provider,
            stages=("completed", "hired"),
            leads=[Leads(role.occupation, Decimal("0.6")), Leads(other, Decimal("0.4"))],
        ),
    )
    today = timezone.localdate()
    staff = cast.actor("administrator")
    with acting(staff, "tests.read"):
        here = picture(staff, role.occupation, today=today).flow.programs[0]
        there = picture(staff, other, today=today).flow.programs[0]
    assert here.program.completers == there.program.completers
    assert here.to_role + there.to_role <= here.program.hired + 1e-6
    assert here.to_others == there.to_role
    total = here.to_role + here.to_others + here.elsewhere + here.not_hired
    assert abs(total - here.program.completers) < 1e-6


def test_staff_see_where_hires_come_from_and_how_many_are_missing(cast: Cast) -> None:
    role = make_role(cast)
    assert role.occupation is not None
    program = with_past(
        cast,
        make_program(
            cast.provider,
            stages=("completed", "hired"),
            leads=[Leads(role.occupation, Decimal(1))],
        ),
    )
    make_source(cast, role, kind="employer", hires=4)
    make_source(cast, role, "other_employer", kind="program", program=program, hires=3)
    page = text(cast.client("administrator").get(url(role)))
    assert "Counted by 2 employers for 2025" in page
    assert "Another employer of the region" in page
    assert "Where graduates go" in page
    assert "The range holds in 8 of 10 cases" in page
    csv = cast.client("administrator").get(url(role) + "?export=csv").content.decode()
    assert "Another employer of the region,Nurse aide,4" in csv


def test_an_employer_counts_its_own_hires_and_sees_no_others(cast: Cast) -> None:
    role = make_role(cast)
    make_source(cast, role, "other_employer", name="Demo Staffing", hires=7)
    client = cast.client("employer")
    page = text(client.get(url(role, "flows:hires")))
    assert "Nothing is counted yet" in page
    assert "Demo Staffing" not in page
    answer = client.post(
        url(role, "flows:hires"),
        {"year": "2025", "kind": "away", "program": "", "name": "", "hires": "2"},
    )
    assert answer.status_code == 302
    assert "Moved here from elsewhere" in text(client.get(url(role, "flows:hires")))
    with acting(cast.actor("employer"), "tests.read"):
        # Row security keeps the other's row away even from a query without a filter.
        assert [row.hires for row in HireSource.objects.all()] == [2]


def test_a_source_that_is_a_program_names_it_and_is_counted_once(cast: Cast) -> None:
    role = make_role(cast)
    client = cast.client("employer")
    data = {"year": "2025", "kind": "program", "program": "", "name": "", "hires": "2"}
    assert "Choose the program where the source is one" in text(
        client.post(url(role, "flows:hires"), data)
    )
    data = {**data, "kind": "agency"}
    client.post(url(role, "flows:hires"), data)
    assert "already counted for that year" in text(client.post(url(role, "flows:hires"), data))
    data = {**data, "year": "2099"}
    assert "has not begun yet" in text(client.post(url(role, "flows:hires"), data))


def test_the_flow_takes_as_many_queries_however_many_programs(
    cast: Cast, query_count: Callable[[], AbstractContextManager[Queries]]
) -> None:
    role = make_role(cast)
    assert role.occupation is not None
    lead, stages = [Leads(role.occupation, Decimal(1))], ("completed", "hired")
    with_past(cast, make_program(cast.provider, "One", leads=lead, stages=stages))
    make_source(cast, role)
    client = cast.client("administrator")
    client.get(url(role))
    with query_count() as few:
        client.get(url(role))
    for n in range(4):
        with_past(
            cast, make_program(cast.other_provider, f"Program {n}", leads=lead, stages=stages)
        )
        make_source(cast, role, "other_employer", name=f"Agency {n}")
    with query_count() as more:
        client.get(url(role))
    assert more.count == few.count <= 30, more
