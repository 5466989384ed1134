"""Plans: URL × person. Plans are for the region's staff; everyone else gets 404."""

from __future__ import annotations

from typing import Any

from backcast.core.actor import acting
from backcast.core.months import Month
from backcast.planning import approving, pinning, trying
from backcast.planning.models import PlanCohort
from backcast.planning.scenarios import ScenarioChange
from backcast.training.models import Program
from tests.cast import Cast
from tests.permissions import Row, staff, staff_pages
from tests.planning.world import make_plan, make_world


def plan(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    return {"plan": make_plan(cast).public_id}


def proposed(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    made = approving.propose_plan(make_plan(cast), actor=cast.actor("administrator"))
    return {"plan": made.public_id}


def approver(cast: Cast) -> dict[str, Any]:
    return {"approver": "The board", "note": ""}


def approved(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    staff = cast.actor("administrator")
    made = approving.propose_plan(make_plan(cast), actor=staff)
    return {"plan": approving.approve_plan(made, actor=staff).public_id}


def program_page(cast: Cast) -> dict[str, Any]:
    return {"plan": program(cast)["plan"]}


def fixed(cast: Cast) -> dict[str, Any]:
    with acting(cast.actor("administrator")):
        key = Program.objects.get(region=cast.region).pk
    return {"program": f"P{key}", "kind": "forbid", "month": _month(), "why": "Renovation"}


def _month() -> str:
    from tests.planning.world import settings as chosen

    return str(Month.first_of(chosen().first + 1))


def pin(cast: Cast) -> dict[str, Any]:
    _need, row = make_world(cast)
    made = pinning.forbid_cohort(
        row, actor=cast.actor("administrator"), month=Month.parse(_month()), why="Renovation"
    )
    return {"plan": make_plan(cast).public_id, "pin": made.public_id}


def every_cohort(cast: Cast) -> dict[str, Any]:
    with acting(cast.actor("administrator")):
        return {"cohort": list(PlanCohort.objects.values_list("pk", flat=True))}


def scenario(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    made = make_plan(cast)
    row = trying.try_scenario(
        made,
        actor=cast.actor("administrator"),
        name="Less",
        changes=[ScenarioChange("demand", 0.5)],
    )
    return {"plan": made.public_id, "scenario": row.public_id}


def role(cast: Cast) -> dict[str, Any]:
    return {**plan(cast), "role": "31-1131"}


def program(cast: Cast) -> dict[str, Any]:
    _need, row = make_world(cast)
    return {"plan": make_plan(cast).public_id, "program": f"P{row.pk}"}


def workbook(cast: Cast) -> dict[str, Any]:
    return {**plan(cast), "form": "xlsx"}


def settings(cast: Cast) -> dict[str, Any]:
    make_world(cast)
    from tests.planning.world import settings as chosen

    return {"first": str(chosen().first), "quarters": 8, "confidence": 80, "budget": ""}


ROWS = [
    Row("plans:list", staff_pages()),
    Row("plans:new", staff(200, viewer=403, foreign=200)),
    Row("plans:new", staff(302, viewer=403, foreign=302), method="post", data=settings),
    Row("plans:detail", staff(), plan),
    Row("plans:stop", staff(302, viewer=403), plan, method="post"),
    Row("plans:propose", staff(302, viewer=403), plan, method="post"),
    Row("plans:take_back", staff(302, viewer=403), plan, method="post"),
    Row("plans:approve", staff(200, viewer=403), proposed),
    Row("plans:approve", staff(302, viewer=403), proposed, method="post", data=approver),
    Row("plans:schedule", staff(200, viewer=403), approved),
    Row("plans:schedule", staff(302, viewer=403), approved, method="post", data=every_cohort),
    Row("plans:again", staff(302, viewer=403), plan, method="post"),
    Row("plans:role", staff(), role),
    Row("plans:one_more", staff(302, viewer=403), plan, method="post"),
    Row(
        "plans:higher_odds",
        staff(302, viewer=403),
        role,
        method="post",
        data=lambda cast: {"odds": 95},
    ),
    Row("plans:program", staff(), program),
    Row("plans:since", staff(), plan),
    Row("plans:pins", staff(), plan),
    Row("plans:pins", staff(302, viewer=403), program_page, method="post", data=fixed),
    Row("plans:let_go", staff(302, viewer=403), pin, method="post"),
    Row("plans:scenarios", staff(), plan),
    Row("plans:scenario_new", staff(200, viewer=403), plan),
    Row(
        "plans:scenario_new",
        staff(302, viewer=403),
        plan,
        method="post",
        data=lambda cast: {"name": "Less", "demand": 67},
    ),
    Row("plans:scenario_stop", staff(302, viewer=403), scenario, method="post"),
    Row("plans:scenario_remove", staff(302, viewer=403), scenario, method="post"),
    Row("plans:sources", staff(), plan),
    Row("plans:test_assumptions", staff(302, viewer=403), plan, method="post"),
    Row("plans:export", staff(), workbook),
]
