"""Versions of programs: who may do what in which state, copying, order, cells, hours."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backcast.core.actor import NotAllowed, acting
from backcast.frameworks.models import Competency, Scale
from backcast.frameworks.text import folded
from backcast.training.models import Module, ModuleOutcome, Program, ProgramVersion
from backcast.training.modules import actions
from backcast.training.modules.lifecycle import STEPS, State, state_of
from backcast.training.modules.outline import Outlined, Taught
from tests.cast import TESTS, Cast
from tests.training.factories import make_program


def make_competency(cast: Cast, statement: str, scale: str | None = None) -> Competency:
    with acting(TESTS, "tests.make"):
        return Competency.objects.create(
            region=cast.region,
            kind="skill",
            statement=statement,
            folded=folded(statement),
            scale=Scale.objects.get(pk=scale) if scale else None,
        )


def make_version(program: Program, state: State = State.DRAFT) -> ProgramVersion:
    draft = actions.draft_version(program, actor=TESTS)
    actions.add_modules(draft, [Outlined("Basics", Decimal(20)), Outlined("Lab")], actor=TESTS)
    if state is State.DISCARDED:
        actions.discard_draft(draft, actor=TESTS)
    if state in (State.CURRENT, State.SUPERSEDED):
        actions.make_current(draft, actor=TESTS)
    if state is State.SUPERSEDED:
        actions.make_current(actions.draft_version(program, actor=TESTS), actor=TESTS)
    draft.refresh_from_db()
    return draft


MAY = {"administrator", "member", "provider"}
KNOWS = MAY | {"viewer", "provider_viewer"}
OTHERS = {"employer", "other_provider", "support", "funder", "foreign"}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("who", sorted(KNOWS | OTHERS))
def test_each_person_in_each_state_may_do_what_the_table_says(
    who: str, state: State, cast: Cast
) -> None:
    version = make_version(make_program(cast.provider), state)
    assert state_of(version.status, version.is_archived) is state
    actor = cast.actor(who)
    doing = {
        "change_version": lambda: actions.describe_version(version, "New", actor=actor),
        "make_current": lambda: actions.make_current(version, actor=actor),
        "discard": lambda: actions.discard_draft(version, actor=actor),
    }
    for name, act in doing.items():
        allowed = STEPS[name].allowed(state)
        refusal = None if who in MAY else NotAllowed if who in KNOWS else Http404
        with transaction.atomic():
            if refusal is not None:
                with pytest.raises(refusal):
                    act()
            elif not allowed:
                with pytest.raises(ValidationError):
                    act()
            else:
                act()
                version.refresh_from_db()
                after = state_of(version.status, version.is_archived)
                assert after is STEPS[name].targets[state]
            transaction.set_rollback(True)
        version.refresh_from_db()


def test_a_version_that_is_taught_is_changed_in_a_copy(cast: Cast) -> None:
    program = make_program(cast.provider)
    competency = make_competency(cast, "Measure vital signs", "BC")
    first = make_version(program)
    lab = first.modules.get(title="Lab")
    actions.add_outcomes(lab, [competency], actor=TESTS, modes="PA", level=3)
    actions.make_current(first, actor=TESTS)
    with pytest.raises(ValidationError, match="being taught"):
        actions.add_outcomes(lab, [competency], actor=TESTS)

    draft = actions.draft_version(program, actor=cast.actor("provider"))
    assert draft == actions.draft_version(program, actor=cast.actor("administrator"))
    assert (draft.number, draft.based_on) == (2, first)
    copied = draft.modules.get(title="Lab")
    assert copied.key == lab.key
    assert [(o.competency, o.modes, o.level) for o in copied.outcomes.all()] == [
        (competency, "PA", 3)
    ]
    actions.make_current(draft, actor=cast.actor("provider"))
    first.refresh_from_db()
    assert first.status == "superseded"
    assert first.modules.count() == 2


def test_an_empty_version_is_not_taught(cast: Cast) -> None:
    draft = actions.draft_version(make_program(cast.provider), actor=TESTS)
    with pytest.raises(ValidationError, match="at least one module"):
        actions.make_current(draft, actor=TESTS)


def test_modules_keep_their_order_when_one_moves_or_goes(cast: Cast) -> None:
    draft = actions.draft_version(make_program(cast.provider), actor=TESTS)
    a, _b, c = actions.add_modules(draft, [Outlined(t) for t in "ABC"], actor=TESTS)
    actions.move_module(c, 1, actor=TESTS)
    assert [(m.order, m.title) for m in draft.modules.all()] == [(1, "C"), (2, "A"), (3, "B")]
    actions.move_module(c, 99, actor=TESTS)
    actions.remove_module(a, actor=TESTS)
    assert [(m.order, m.title) for m in draft.modules.all()] == [(1, "B"), (2, "C")]


def test_a_cell_says_all_and_an_empty_one_goes(cast: Cast) -> None:
    draft = make_version(make_program(cast.provider))
    module = draft.modules.get(title="Basics")
    competency = make_competency(cast, "Measure vital signs", "BC")
    actions.set_cell(module, competency, "IA", 2, actor=TESTS)
    actions.set_cell(module, competency, "P", 4, actor=TESTS)
    outcome = ModuleOutcome.objects.get()
    assert (outcome.modes, outcome.level, outcome.scale_id) == ("P", 4, "BC")
    with pytest.raises(ValidationError, match="between 1 and 5"):
        actions.set_cell(module, competency, "P", 6, actor=TESTS)
    assert actions.set_cell(module, competency, "", None, actor=TESTS) is None
    assert not ModuleOutcome.objects.exists()


def test_adding_outcomes_keeps_what_was_there_and_never_lowers_a_level(cast: Cast) -> None:
    module = make_version(make_program(cast.provider)).modules.get(title="Basics")
    competency = make_competency(cast, "Measure vital signs")
    actions.add_outcomes(module, [competency, "Keep calm"], actor=TESTS, modes="I", level=4)
    actions.add_outcomes(module, [competency, "keep  CALM."], actor=TESTS, modes="A", level=2)
    assert sorted((str(o), o.modes, o.level) for o in module.outcomes.all()) == [
        ("Keep calm", "IA", 4),
        ("Measure vital signs", "IA", 4),
    ]


def test_words_that_are_a_competency_become_it(cast: Cast) -> None:
    competency = make_competency(cast, "Measure vital signs")
    draft = actions.draft_version(make_program(cast.provider), actor=TESTS)
    actions.add_modules(
        draft,
        [Outlined("A", outcomes=[Taught("measure vital signs"), Taught("Smile", "PA", 2)])],
        actor=TESTS,
    )
    found = {str(o): o.competency for o in ModuleOutcome.objects.all()}
    assert found == {"Measure vital signs": competency, "Smile": None}


def test_hours_of_competencies_fit_into_the_module(cast: Cast) -> None:
    module = make_version(make_program(cast.provider)).modules.get(title="Basics")
    (outcome,) = actions.add_outcomes(module, ["Keep calm"], actor=TESTS)
    actions.change_hours(outcome, Decimal(20), actor=TESTS)
    with pytest.raises(ValidationError, match="Lower those"), transaction.atomic():
        actions.change_hours(outcome, Decimal(21), actor=TESTS)
    with pytest.raises(ValidationError, match="Lower those"):
        actions.change_module(module, {"hours": Decimal(10)}, actor=TESTS)


def test_a_competency_of_another_region_is_not_there(cast: Cast) -> None:
    module = make_version(make_program(cast.provider)).modules.get(title="Basics")
    with acting(TESTS, "tests.make"):
        foreign = Competency.objects.create(
            region=cast.other_region, kind="skill", statement="Elsewhere", folded="elsewhere"
        )
    with pytest.raises(Http404):
        actions.add_outcomes(module, [foreign], actor=TESTS)


def test_the_database_itself_keeps_one_current_version(cast: Cast) -> None:
    version = make_version(make_program(cast.provider), State.CURRENT)
    with pytest.raises(IntegrityError, match="one_current"), acting(TESTS, "tests.make"):
        ProgramVersion.objects.create(
            program=version.program,
            number=7,
            status="current",
            current_from=version.current_from,
        )
    with pytest.raises(IntegrityError, match="outcome_does_something"), acting(TESTS, "tests.make"):
        ModuleOutcome.objects.create(module=version.modules.first(), words="Nothing")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="place_is_taken"), acting(TESTS, "tests.make"):
        Module.objects.create(version=version, order=1, title="Twice")
