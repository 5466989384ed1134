"""What people do with needs: who may, from which state, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import NOBODY, Actor, NotAllowed, acting
from backcast.demand import access, actions
from backcast.demand.figures import Cause, Importance, Named, Offer, Openings, Requirement
from backcast.demand.lifecycle import STEPS, State, state_of, steps_from
from backcast.demand.models import Need, NeedChange, NeedQuarter
from backcast.partners.models import Site
from tests.cast import TESTS, Cast
from tests.demand.make import (
    in_state,
    make_credential,
    make_need,
    make_occupation,
    make_statement,
    now,
    openings,
)

DO: dict[str, Callable[[Need, Actor], Any]] = {
    "change_need": lambda need, actor: actions.change_need(need, actor=actor, note="Other"),
    "state_need": lambda need, actor: actions.state_need(need, actor=actor),
    "withdraw_need": lambda need, actor: actions.withdraw_need(need, actor=actor),
    "archive_need": lambda need, actor: actions.archive_need(need, actor=actor),
    "bring_back": lambda need, actor: actions.bring_back(need, actor=actor),
}
MAY = {"administrator", "member", "employer", "employer_member"}
SEES = MAY | {"viewer", "employer_viewer"}
ACTORS = sorted(SEES | {"other_employer", "provider", "funder", "support", "foreign", "anonymous"})


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_role_takes_each_step_from_each_state_only_as_the_table_says(
    cast: Cast, step: str, state: State
) -> None:
    assert DO.keys() == STEPS.keys()
    for who in ACTORS:
        with transaction.atomic():
            need = in_state(cast, state)
            actor = cast.actor(who)
            if who not in SEES:
                with pytest.raises(Http404):
                    DO[step](need, actor)
            elif who not in MAY:
                with pytest.raises(NotAllowed):
                    DO[step](need, actor)
            elif step not in steps_from(state):
                with pytest.raises(ValidationError):
                    DO[step](need, actor)
            else:
                DO[step](need, actor)
                before_archive = State.DRAFT if state is State.ARCHIVED else None
                target = STEPS[step].targets[state] or before_archive
                with acting(cast.actor("administrator")):
                    fresh = Need.objects.get(pk=need.pk)
                assert state_of(fresh.status, fresh.is_archived) is target
            transaction.set_rollback(True)


def test_a_need_is_stated_with_everything_it_says(cast: Cast) -> None:
    occupation, credential = make_occupation(), make_credential(cast)
    said = make_statement(
        cast,
        occupation=Named(occupation.pk, occupation.title),
        openings=(openings(4), openings(2, after=2, cause=Cause.RETIREMENT)),
        requirements=(
            Requirement("credential", Named(credential.pk, credential.name), Importance.REQUIRED),
            Requirement("words", Named(0, "Calm at night"), Importance.PREFERRED),
        ),
        offers=(Offer("mentors", 2), Offer("flexible_shifts")),
        schedule="night",
        employment="full_time",
    )
    actor = cast.actor("employer_member")
    need = actions.state_need(actions.draft_need(actor=actor, statement=said), actor=actor)
    with acting(actor):
        kept = access.need(actor, need.public_id)
        assert access.statement(kept) == said
        assert kept.area == cast.area
        assert (kept.stated_by, kept.by_staff) == (cast.person("employer_member"), False)


def test_staff_state_needs_in_the_employers_name_and_it_is_marked(cast: Cast) -> None:
    assert make_need(cast, actor=cast.actor("member")).by_staff


def test_an_employer_states_needs_for_itself_only(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="employer of this region"):
        make_need(cast, "other_employer", actor=cast.actor("employer"))


def test_a_need_is_for_a_site_of_its_employer(cast: Cast) -> None:
    foreign = cast.sites["other_employer"]
    with pytest.raises(ValidationError, match="site of this employer"):
        make_need(cast, site=Named(foreign.pk, foreign.name))


def test_a_need_asks_for_someone_in_a_quarter_that_is_not_over(cast: Cast) -> None:
    for bad in ((), (openings(4, after=-1),), (openings(0),)):
        with pytest.raises(ValidationError, match="at least one quarter"):
            make_need(cast, openings=bad)


def test_a_start_in_the_past_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="in the past"):
        make_need(cast, start_by=timezone.localdate() - timedelta(days=1))


def test_an_occupation_of_another_region_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="from the list"):
        make_need(cast, occupation=Named(987654, "No such thing"))


def test_what_changes_in_a_stated_need_is_kept_with_before_and_after(cast: Cast) -> None:
    need = make_need(cast)
    actor = cast.actor("employer")
    with acting(actor):
        said = access.statement(access.need(actor, need.public_id))
    more = replace(said.openings[0], likely=6, high=9)
    changed = actions.change_need(need, actor=actor, openings=(more,), note="Second ward")
    assert [(c.field, c.before, c.after) for c in changed] == [
        ("openings", "2/4/8", "2/6/9"),
        ("note", "", "Second ward"),
    ]
    with acting(actor):
        lines = NeedChange.objects.filter(need=need, action="change_need").order_by("id")
        assert [(line.field, line.before, line.after, line.by_staff) for line in lines] == [
            ("openings", "2/4/8", "2/6/9", False),
            ("note", "", "Second ward", False),
        ]
        assert [(row.likely, row.high) for row in need.quarters.all()] == [(6, 9)]


def test_a_draft_that_changes_leaves_no_history(cast: Cast) -> None:
    need = make_need(cast, stated=False)
    actions.change_need(need, actor=cast.actor("employer"), note="Other")
    with acting(cast.actor("employer")):
        assert not NeedChange.objects.exists()


def test_a_stated_need_cannot_be_changed_to_nothing(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="at least one quarter"):
        actions.change_need(make_need(cast), actor=cast.actor("employer"), openings=())


def test_staff_weigh_a_need_against_others(cast: Cast) -> None:
    need = make_need(cast)
    actions.change_need(need, actor=cast.actor("member"), weight=3)
    assert need.weight == 3
    with pytest.raises(ValidationError, match="at most 10"):
        actions.change_need(need, actor=cast.actor("member"), weight=11)


def test_a_stand_in_names_its_source(cast: Cast) -> None:
    need = make_need(cast, stand_in="National openings × state share")
    assert (need.basis, need.source) == ("stand-in", "National openings × state share")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"low": 9}, "low_likely_high_rise"),
        ({"high": 1}, "low_likely_high_rise"),
        ({"high": 100_001, "confirmed": True}, "openings_are_not_absurd"),
        ({"high": 1_000}, "a_thousand_openings_are_confirmed"),
        ({"quarter_start": "2027-02-01"}, "quarter_starts_on_its_first_day"),
        ({"quarter_start": "2027-04-02"}, "quarter_starts_on_its_first_day"),
        ({"cause": "luck"}, "cause_is_known"),
        ({}, "one_number_per_quarter_and_reason"),
    ],
)
def test_the_database_refuses_impossible_openings(
    cast: Cast, changes: dict[str, Any], constraint: str
) -> None:
    need = make_need(cast)
    row = {
        "quarter_start": now().first_day if changes else (now() + 1).first_day,
        "cause": "growth",
        "low": 2,
        "likely": 4,
        "high": 5,
    } | changes
    with (
        pytest.raises(IntegrityError, match=constraint),
        acting(cast.actor("employer")),
    ):
        NeedQuarter.objects.create(need=need, **row)


def test_a_change_without_an_actor_is_refused(cast: Cast) -> None:
    from django.db import Error

    need = make_need(cast)
    assert Need.objects.filter(pk=need.pk).update(note="x") == 0
    with pytest.raises(Error), transaction.atomic():
        Need.objects.bulk_create([Need(region=cast.region, employer=cast.employer)])


# --- place, fingerprint -----------------------------------------------------------------------


def test_a_need_follows_its_site_into_another_area(cast: Cast) -> None:
    need = make_need(cast)
    with acting(TESTS, "tests.move"):
        Site.objects.filter(pk=cast.sites["employer"].pk).update(area=cast.other_area)
    with acting(cast.actor("employer")):
        assert Need.objects.get(pk=need.pk).area == cast.other_area


def test_only_needs_with_occupation_and_area_are_planned_and_the_others_are_counted(
    cast: Cast,
) -> None:
    occupation = make_occupation()
    make_need(cast, occupation=Named(occupation.pk, occupation.title))
    make_need(cast, role_title="Not placed")
    make_need(cast, role_title="Draft", stated=False)
    with acting(cast.actor("administrator")):
        assert [row.need.role_title for row in access.for_planning(cast.region)] == [
            "Nursing assistant, nights"
        ]
        assert [n.role_title for n in Need.objects.all().unplaced()] == ["Not placed"]


def test_the_fingerprint_changes_with_what_planning_reads_and_with_nothing_else(cast: Cast) -> None:
    occupation = make_occupation()
    staff = cast.actor("administrator")

    def mark() -> str:
        with acting(staff):
            return access.fingerprint(cast.region)

    empty = mark()
    need = make_need(cast, occupation=Named(occupation.pk, occupation.title))
    stated = mark()
    assert stated != empty
    make_need(cast, role_title="A draft", stated=False)
    actions.change_need(need, actor=staff, note="Nothing that counts")
    assert mark() == stated
    actions.change_need(need, actor=staff, weight=2)
    weighted = mark()
    assert weighted != stated
    actions.change_need(need, actor=staff, offers=(Offer("externship_places", 9),))
    offered = mark()
    assert offered != weighted
    actions.withdraw_need(need, actor=staff)
    assert mark() == empty
    actions.bring_back(need, actor=staff)
    assert mark() == offered
    with acting(staff):
        assert access.fingerprint(cast.region, now() + 2) != offered


# --- who sees what, also where a filter is forgotten ----------------------------------------------


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("administrator", 2),
        ("viewer", 2),
        ("employer", 1),
        ("employer_viewer", 1),
        ("other_employer", 1),
        ("provider", 0),
        ("support", 0),
        ("funder", 0),
        ("foreign", 0),
        ("anonymous", 0),
    ],
)
def test_the_database_shows_each_only_what_is_theirs(cast: Cast, who: str, seen: int) -> None:
    make_need(cast)
    make_need(cast, "other_employer")
    actor = cast.actor(who)
    with acting(actor if who != "anonymous" else NOBODY):
        assert Need.objects.count() == seen
        assert NeedQuarter.objects.count() == seen
        assert NeedChange.objects.count() == seen
        need = Need.objects.first()
        if need is not None:
            assert need.offers.count() == 1
        if who in ("provider", "funder", "support", "anonymous"):
            with pytest.raises(Http404):
                access.needs(actor)
        else:
            assert access.needs(actor).count() == seen


def test_an_employer_cannot_write_into_anothers_need_even_past_the_actions(cast: Cast) -> None:
    theirs = make_need(cast, "other_employer")
    with acting(cast.actor("employer")):
        assert Need.objects.filter(pk=theirs.pk).update(note="mine") == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            NeedQuarter.objects.create(
                need_id=theirs.pk,
                quarter_start=now().first_day,
                cause="growth",
                low=1,
                likely=1,
                high=1,
            )


def test_an_upload_is_its_senders_alone(cast: Cast) -> None:
    upload = actions.keep_upload(actor=cast.actor("employer"), filename="n.csv", content=b"x")
    with acting(cast.actor("employer")):
        assert access.upload(cast.actor("employer"), upload.public_id)
    for who in ("employer_member", "administrator", "other_employer"):
        with acting(cast.actor(who)), pytest.raises(Http404):
            access.upload(cast.actor(who), upload.public_id)


def test_an_openings_value_reads_back_as_it_was_written(cast: Cast) -> None:
    said = Openings(now() + 3, Cause.TURNOVER, 900, 1500, 2000, confirmed=True)
    need = make_need(cast, openings=(said,))
    with acting(cast.actor("employer")):
        assert [access.openings(row) for row in need.quarters.all()] == [said]
