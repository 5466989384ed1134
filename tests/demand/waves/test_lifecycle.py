"""Every step of a wave × every state × everybody who might take it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, NotAllowed, system
from backcast.demand.waves import actions
from backcast.demand.waves.lifecycle import STEPS, Facts, State, Who, steps_from
from tests.cast import Cast
from tests.demand.waves.make import make_collaborative, make_wave

#: The table once more, by hand: step → the states in which staff, an employer, the system may take it.
TABLE: dict[str, dict[Who, set[str]]] = {
    "edit_wave": {Who.STAFF: {"draft"}},
    "invite_person": {Who.STAFF: {"draft", "open"}, Who.SYSTEM: {"draft", "open"}},
    "move_closing_day": {Who.STAFF: {"draft", "open"}},
    "open_wave": {Who.STAFF: {"draft"}},
    "answer": {Who.STAFF: {"open"}, Who.EMPLOYER: {"open"}},
    "remind": {Who.STAFF: {"open"}},
    "renew_link": {Who.STAFF: {"open", "frozen"}, Who.EMPLOYER: {"open", "frozen"}},
    "freeze_wave": {Who.STAFF: {"open"}},
    "freeze_due_wave": {Who.SYSTEM: {"open"}},
    "correct_answer": {Who.STAFF: {"frozen"}},
    "archive_wave": {Who.STAFF: {"draft", "frozen"}},
    "restore_wave": {Who.STAFF: {"archived"}},
}


def actor_of(cast: Cast, who: str) -> Actor:
    if who == "system":
        return system("waves", region_id=cast.region.pk)
    return cast.actor(who)


def in_state(cast: Cast, state: State) -> Any:
    wave = make_wave(cast, status="draft" if state is State.ARCHIVED else str(state))
    if state is State.ARCHIVED:
        actions.archive_wave(wave, actor=cast.actor("administrator"))
    return wave


def test_the_table_is_whole() -> None:
    assert STEPS.keys() == TABLE.keys()


@pytest.mark.parametrize("state", list(State))
def test_each_state_allows_what_the_table_says(state: State) -> None:
    for who in Who:
        expected = {step for step, by in TABLE.items() if state in by.get(who, set())}
        assert set(steps_from(state, who)) == expected, (state, who)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(
    ("key", "who"),
    [
        ("administrator", Who.STAFF),
        ("member", Who.STAFF),
        ("viewer", None),
        ("employer", Who.EMPLOYER),
        ("employer_viewer", None),
        ("provider", None),
        ("funder", None),
        ("anonymous", None),
        ("system", Who.SYSTEM),
    ],
)
def test_only_who_may_takes_a_step(cast: Cast, state: State, key: str, who: Who | None) -> None:
    wave = in_state(cast, state)
    actor = actor_of(cast, key)
    for step, by in TABLE.items():
        if who is not None and state in by.get(who, set()):
            assert actions.require_step(wave, step, actor) is state
        elif who is not None and who in by:
            with pytest.raises(ValidationError):
                actions.require_step(wave, step, actor)
        else:
            with pytest.raises((NotAllowed, Http404)):
                actions.require_step(wave, step, actor)


def test_staff_elsewhere_find_no_wave(cast: Cast) -> None:
    wave = make_wave(cast)
    for key in ("foreign", "provider", "funder"):
        with pytest.raises(Http404):
            actions.freeze_wave(wave, actor=cast.actor(key))


def test_a_wave_opens_only_when_it_asks_somebody_something_in_time(cast: Cast) -> None:
    staff = cast.actor("administrator")
    wave = make_wave(cast, status="draft", roles=0, collaborative=make_collaborative(cast))
    with pytest.raises(ValidationError) as refused:
        actions.open_wave(wave, actor=staff)
    assert {"roles", "__all__"} == set(refused.value.message_dict)


def test_the_product_itself_freezes_only_what_is_due() -> None:
    today = timezone.localdate()
    step = STEPS["freeze_due_wave"]
    for closes_on, due in ((today, False), (today - timedelta(days=1), True)):
        facts = Facts(today=today, closes_on=closes_on, roles=1, employers=1)
        assert (step.unmet(facts) == []) is due
