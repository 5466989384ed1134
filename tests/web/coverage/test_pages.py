"""Modules, matrix and coverage in the browser: entered, set beside a profile, and a gap closed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from backcast.core.actor import acting
from backcast.demand.models import LineConsensus
from backcast.frameworks.models import Scale
from backcast.training.models import ModuleOutcome, Program, ProgramVersion
from backcast.training.modules import actions
from backcast.training.modules.outline import Outlined, Taught
from tests.cast import TESTS, Cast
from tests.conftest import Queries
from tests.training.factories import make_program
from tests.web.coverage.make import World, make_opinion, make_world

Counting = Callable[[], AbstractContextManager[Queries]]


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"coverage:{name}", kwargs={key: row.public_id for key, row in kwargs.items()})


def text(answer: Any) -> str:
    body = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", body)


def test_a_provider_writes_down_its_modules_and_teaches_by_them(cast: Cast) -> None:
    program = make_program(cast.provider)
    client = cast.client("provider")
    assert "Nothing is written down yet" in text(client.get(url("modules", program=program)))
    answer = client.post(
        url("outline", program=program), {"text": "Safety (12 hours)\n- Wash hands\nLab 30 h"}
    )
    assert answer.status_code == 302
    client.post(url("module_add", program=program), {"title": "Externship", "hours": "40"})
    version = ProgramVersion.objects.get()
    assert [(m.title, m.hours) for m in version.modules.all()] == [
        ("Safety", 12),
        ("Lab", 30),
        ("Externship", 40),
    ]
    last = version.modules.last()
    client.post(url("module_move", module=last), {"to": "1"})
    client.post(url("teach", module=last), {"what": "Greet people", "mode_P": "1", "mode_A": "1"})
    page = text(client.get(url("modules", program=program)))
    assert "1. Externship" in page
    assert "3 modules · 82 hours" in page
    client.post(url("make_current", version=version))
    version.refresh_from_db()
    assert version.status == "current"
    assert "taught now" in text(client.get(url("modules", program=program)))
    outcome = ModuleOutcome.objects.get(words="Greet people")
    assert outcome.modes == "PA"


def test_an_outline_with_mistakes_is_not_taken_and_says_where(cast: Cast) -> None:
    program = make_program(cast.provider)
    answer = cast.client("provider").post(url("outline", program=program), {"text": "- Wash hands"})
    assert "Row 1: “Wash hands” stands before any module." in text(answer)
    answer = cast.client("provider").post(url("outline", program=program), {"text": ""})
    assert "one of the two, not both" in text(answer)
    assert not ProgramVersion.objects.exists()


def test_coverage_says_what_is_covered_what_is_missing_and_what_takes_time(cast: Cast) -> None:
    world = make_world(cast)
    page = text(cast.client("provider").get(url("coverage", program=world.program)))
    assert "It covers 50% of what employers of Nurse aide ask for at hire; 2 gaps." in page
    assert "Introduced only: never practiced or assessed" in page
    assert "Not taught" in page
    assert "Fold linen" in page
    assert "15" in page


def test_levels_of_different_scales_are_told_to_be_compared_as_parts(cast: Cast) -> None:
    world = make_world(cast)
    outcome = ModuleOutcome.objects.get(competency=world.pulse)
    client = cast.client("provider")
    told = "The two levels are on different scales and compared as parts of each."
    coverage = url("coverage", program=world.program)
    assert told not in text(client.get(coverage))
    for level, missing in ((6, ""), (2, "Assessed at 2 of 7")):
        with acting(TESTS, "tests.rescale"):
            outcome.level, outcome.scale = level, Scale.objects.get(pk="LV")
            outcome.save()
        for page in (coverage, url("matrix", version=world.version), f"{coverage}?export=csv"):
            said = text(client.get(page))
            assert told in said
            assert missing in said


def test_a_gap_is_closed_where_the_provider_says(cast: Cast) -> None:
    world = make_world(cast, taught=True)
    client = cast.client("provider")
    line = world.profile.lines.get(order=1)
    answer = client.post(
        url("close", program=world.program),
        {
            "profile": world.profile.profile.public_id,
            "line": line.line_key,
            "module": world.lab.key,
        },
        follow=True,
    )
    page = text(answer)
    assert "is now practiced and assessed in Lab, in version 2 (draft)" in page
    assert "It covers 90% of what" in page
    assert "version 1, which is taught now, covers 50%" in page
    draft = ProgramVersion.objects.get(status="draft")
    outcome = ModuleOutcome.objects.get(module__version=draft, competency=world.lift)
    assert (outcome.modes, outcome.level) == ("IPA", 4)


def test_the_matrix_is_set_cell_by_cell_and_tells_what_it_does_to_coverage(cast: Cast) -> None:
    world = make_world(cast)
    client = cast.client("provider")
    page = client.get(url("matrix", version=world.version)).content.decode()
    assert '<td class="A" tabindex="0">IPA <i>3</i></td><td></td>' in page
    data = {"module": world.lab.public_id, "competency": world.lift.public_id}
    answer = client.post(url("cell", version=world.version), {**data, "modes": "IA", "level": "4"})
    assert answer.content.decode() == '<td class="A">IA <i>4</i></td>'
    event = json.loads(answer["HX-Trigger"])["matrix-saved"]
    assert event["state"] == "covered"
    assert "covers 90%" in event["summary"]
    answer = client.post(url("cell", version=world.version), {**data, "modes": "IA", "level": "9"})
    event = json.loads(answer["HX-Trigger"])["matrix-saved"]
    assert "lies between 1 and 5" in event["refused"]
    assert answer.content.decode() == '<td class="A">IA <i>4</i></td>'
    client.post(url("cell", version=world.version), {**data, "modes": "", "level": ""})
    assert not ModuleOutcome.objects.filter(competency=world.lift).exists()


def test_names_of_people_who_play_tricks_stay_text(cast: Cast) -> None:
    world = make_world(cast)
    actions.add_outcomes(world.lab, ["<script>alert(1)</script>"], actor=TESTS)
    for name, kwargs in (
        ("matrix", {"version": world.version}),
        ("coverage", {"program": world.program}),
    ):
        page = cast.client("provider").get(url(name, **kwargs)).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_version_on_record_is_read_only(cast: Cast) -> None:
    world = make_world(cast, taught=True)
    client = cast.client("provider")
    page = client.get(url("matrix", version=world.version)).content.decode()
    assert 'aria-readonly="true"' in page
    answer = client.post(
        url("cell", version=world.version),
        {"module": world.lab.public_id, "words": "Keep calm", "modes": "A"},
    )
    assert "being taught" in json.loads(answer["HX-Trigger"])["matrix-saved"]["refused"]


def test_a_provider_sees_no_profile_behind_which_too_few_employers_stand(cast: Cast) -> None:
    world = make_world(cast, asked=2)
    assert "Employers have not said yet" in text(
        cast.client("provider").get(url("coverage", program=world.program))
    )
    assert "It covers 50%" in text(
        cast.client("administrator").get(url("coverage", program=world.program))
    )
    assert cast.client("provider").get(url("role", role=world.role)).status_code == 404


def test_what_one_employer_asks_alone_is_for_it_and_for_staff(cast: Cast) -> None:
    world = make_world(cast)
    make_opinion(cast, world.profile, 1, cast.employer, necessity="not_needed")
    make_opinion(cast, world.profile, 1, cast.other_employer)
    staff = text(cast.client("administrator").get(url("coverage", program=world.program)))
    assert "Test Hospital" in staff
    provider = text(cast.client("provider").get(url("coverage", program=world.program)))
    assert "Test Hospital" not in provider
    assert "not shown to others" in provider
    own = text(cast.client("employer").get(url("role", role=world.role)))
    # 5 of 6 for this employer, 5 of 10 for all together.
    assert "83%" in own
    assert "50%" in own
    other = text(cast.client("other_employer").get(url("role", role=world.role)))
    assert "83%" not in other


def test_the_share_who_agree_weighs_for_everyone_alike(cast: Cast) -> None:
    world = make_world(cast)
    with acting(cast.actor("administrator"), "tests.make"):
        LineConsensus.objects.create(
            line=world.profile.lines.get(order=1), answered=4, agreeing=1, importance=4
        )
    for who in ("administrator", "provider"):
        page = text(cast.client(who).get(url("coverage", program=world.program)))
        assert "It covers 71% of what" in page  # 5 of 5 + 4 × 1/4 + 1


@pytest.mark.parametrize("many", [3, 12])
def test_pages_take_as_many_queries_however_much_is_taught(
    many: int, cast: Cast, query_count: Counting
) -> None:
    world = make_world(cast)
    actions.add_modules(
        world.version,
        [
            Outlined(
                f"Module {n}",
                Decimal(5),
                [Taught(f"Outcome {n} {m}", "IA", 2) for m in range(many)],
            )
            for n in range(many)
        ],
        actor=TESTS,
    )
    client = cast.client("provider")
    for name, kwargs, most in (
        ("modules", {"program": world.program}, 12),
        ("matrix", {"version": world.version}, 18),
        ("coverage", {"program": world.program}, 20),
    ):
        address = url(name, **kwargs)
        client.get(address)
        with query_count() as queries:
            client.get(address)
        assert queries.count <= most, queries


def test_the_roles_page_takes_as_many_queries_however_many_programs(
    cast: Cast, query_count: Counting
) -> None:
    world = make_world(cast)
    client = cast.client("administrator")
    address = url("role", role=world.role)
    client.get(address)
    with query_count() as few:
        client.get(address)
    for n in range(4):
        _another(world, cast, f"Program {n}")
    with query_count() as more:
        page = text(client.get(address))
    assert "5 programs" in page
    assert more.count == few.count, more


def _another(world: World, cast: Cast, name: str) -> Program:
    from backcast.training.actions import Leads

    assert world.role.occupation is not None
    program = make_program(
        cast.other_provider, name, leads=[Leads(world.role.occupation, Decimal(1))]
    )
    draft = actions.draft_version(program, actor=TESTS)
    (module,) = actions.add_modules(draft, [Outlined("All")], actor=TESTS)
    actions.add_outcomes(module, [world.pulse], actor=TESTS, modes="A", level=2)
    return program
