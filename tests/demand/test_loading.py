"""A workbook's way into the database: what it would do, what it does, and that nothing is half done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from backcast.core.actor import Actor, acting
from backcast.demand import access, actions
from backcast.demand.figures import Named
from backcast.demand.loading import Effect, Preview, load_needs, prepare, workbook
from backcast.demand.models import Need, NeedChange
from backcast.demand.refusals import FileRefused
from tests.cast import Cast, make_organisation
from tests.demand.make import make_need, make_occupation, now, openings
from tests.demand.test_workbook import csv_file


def row(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "employer": cast.employer.name,
        "site": "Main site",
        "role": "Nursing assistant, nights",
        "quarter": str(now() + 1),
        "cause": "New positions",
        "low": 2,
        "likely": 4,
        "high": 8,
    } | changes


def looked_at(actor: Actor, *rows: dict[str, Any]) -> Preview:
    with acting(actor):
        preview = prepare(actor, csv_file(*rows))
    reading = preview.reading
    assert reading.rows_in == reading.rows_used + reading.rows_refused == len(rows)
    return preview


def test_looking_changes_nothing_and_loading_does_what_was_shown(cast: Cast) -> None:
    actor = cast.actor("employer")
    rows = row(cast), row(cast, quarter=str(now() + 2), likely=3, low="", high="")
    assert looked_at(actor, *rows).count(Effect.NEW) == 1
    with acting(actor):
        assert not Need.objects.exists()
    load_needs(actor=actor, content=csv_file(*rows))
    with acting(actor):
        need = access.need(actor, Need.objects.get().public_id)
        assert need.status == "stated"
        assert [(o.low, o.likely, o.high) for o in access.statement(need).openings] == [
            (2, 4, 8),
            (2, 3, 4),
        ]


def test_loading_the_same_again_changes_nothing_and_says_so(cast: Cast) -> None:
    actor = cast.actor("employer")
    load_needs(actor=actor, content=csv_file(row(cast)))
    again = load_needs(actor=actor, content=csv_file(row(cast)))
    assert again.count(Effect.SAME) == 1
    assert not again.does_something
    with acting(actor):
        assert Need.objects.count() == 1
        assert not NeedChange.objects.filter(action="change_need").exists()


def test_what_is_stated_already_is_changed_and_the_rest_of_it_stays(cast: Cast) -> None:
    actor = cast.actor("employer")
    make_need(cast, openings=(openings(4), openings(9, after=3)), note="Second ward")
    (entry,) = looked_at(actor, row(cast, role="nursing ASSISTANT nights", likely=6)).entries
    assert entry.effect is Effect.CHANGES
    assert [(c.before, c.after) for c in entry.changes if c.field == "openings"] == [
        ("2/4/8", "2/6/8")
    ]
    load_needs(actor=actor, content=csv_file(row(cast, likely=6)))
    with acting(actor):
        (need,) = Need.objects.all()
        assert [q.likely for q in need.quarters.all()] == [6, 9]
        assert need.note == "Second ward"


def test_a_zero_takes_openings_away_but_not_the_last_ones(cast: Cast) -> None:
    actor = cast.actor("employer")
    make_need(cast, openings=(openings(4), openings(9, after=3)))
    gone = row(cast, likely=0, low="", high="")
    load_needs(actor=actor, content=csv_file(gone))
    with acting(actor):
        assert [q.likely for q in Need.objects.get().quarters.all()] == [9]
    last = row(cast, quarter=str(now() + 3), likely=0, low="", high="")
    preview = looked_at(actor, last)
    assert not preview.entries
    assert "Nobody would be needed" in str(preview.reading.refusals[0])


def test_a_draft_is_finished_and_a_withdrawn_need_brought_back(cast: Cast) -> None:
    actor = cast.actor("employer")
    make_need(cast, stated=False)
    withdrawn = make_need(cast, role_title="Cook")
    actions.withdraw_need(withdrawn, actor=actor)
    rows = row(cast), row(cast, role="Cook", likely=5)
    assert [entry.effect for entry in looked_at(actor, *rows).entries] == [
        Effect.FINISHES,
        Effect.RETURNS,
    ]
    load_needs(actor=actor, content=csv_file(*rows))
    with acting(actor):
        assert {need.status for need in Need.objects.all()} == {"stated"}


def test_two_needs_that_a_row_may_mean_are_told_apart_by_number(cast: Cast) -> None:
    actor = cast.actor("employer")
    day, night = make_need(cast, schedule="day"), make_need(cast, schedule="night")
    preview = looked_at(actor, row(cast))
    assert not preview.entries
    assert "2 needs for this role at this site" in str(preview.reading.refusals[0])
    assert str(night.public_id) in str(preview.reading.refusals[0])
    load_needs(actor=actor, content=csv_file(row(cast, ref=str(day.public_id), likely=7)))
    with acting(actor):
        assert [n.quarters.get().likely for n in Need.objects.order_by("schedule")] == [7, 4]


def test_the_number_of_anothers_need_opens_nothing(cast: Cast) -> None:
    theirs = make_need(cast, "other_employer")
    preview = looked_at(cast.actor("employer"), row(cast, ref=str(theirs.public_id)))
    assert not preview.entries
    assert "There is no need with this number" in str(preview.reading.refusals[0])


def test_an_employer_cannot_load_for_another_and_staff_can(cast: Cast) -> None:
    theirs = row(cast, employer=cast.other_employer.name)
    assert "There is no employer" in str(
        looked_at(cast.actor("employer"), theirs).reading.refusals[0]
    )
    (entry,) = looked_at(cast.actor("administrator"), theirs).entries
    assert entry.after.employer.id == cast.other_employer.pk


def test_employers_of_like_names_are_both_named(cast: Cast) -> None:
    make_organisation(cast.region, "employer", "The Test Hospital, Inc.")
    preview = looked_at(cast.actor("administrator"), row(cast, employer="test hospital llc"))
    assert "“Test Hospital”" in str(preview.reading.refusals[0])
    assert "“The Test Hospital, Inc.”" in str(preview.reading.refusals[0])


def test_the_workbook_that_is_handed_out_loads_back_without_a_change(cast: Cast) -> None:
    actor = cast.actor("employer")
    occupation = make_occupation()
    make_need(cast, occupation=Named(occupation.pk, occupation.title), schedule="night")
    make_need(cast, role_title="Cook", openings=(openings(3), openings(2, after=4)))
    with acting(actor):
        content = workbook(actor)
        preview = prepare(actor, content)
    assert not preview.reading.refusals
    assert preview.count(Effect.SAME) == 2
    assert preview.reading.rows_in == 3


def test_a_file_over_the_limit_is_refused_before_it_is_read(cast: Cast) -> None:
    with override_settings(UPLOAD_LIMIT_MB=0), pytest.raises(FileRefused, match="at most 0 MB"):
        looked_at(cast.actor("employer"), row(cast))


def test_nothing_is_kept_of_a_load_that_fails_in_the_middle(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.actor("employer")
    real = actions.state_need
    done: list[int] = []

    def breaks(need: Need, *, actor: Actor) -> Need:
        done.append(1)
        if len(done) == 2:
            raise RuntimeError("the light went out")
        return real(need, actor=actor)

    monkeypatch.setattr(actions, "state_need", breaks)
    with pytest.raises(RuntimeError, match="the light went out"):
        load_needs(actor=actor, content=csv_file(row(cast), row(cast, role="Cook")))
    with acting(actor):
        assert not Need.objects.exists()
