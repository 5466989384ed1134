"""Publishing is asked for and worked out by a job, which may be killed, repeated, or fail."""

from __future__ import annotations

import json
from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404

from backcast.core.actor import NotAllowed, acting
from backcast.core.embedded import WORKER
from backcast.demand import tasks
from backcast.demand.models import Publication, PublishedFigure, Publishing, Wave
from backcast.demand.regional import actions, picture
from backcast.partners.access import staff_again
from tests.cast import Cast, make_cast
from tests.demand.regional.make import make_answered, make_members


def jobs() -> list[tuple[str, dict[str, int]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs"
            " WHERE task_name = 'demand.publish_wave' ORDER BY id"
        )
        return [(name, json.loads(str(args))) for name, args in cursor.fetchall()]


def state(cast: Cast, wave: Wave) -> Publishing:
    with acting(cast.actor("viewer")):
        return Publishing.objects.get(wave=wave)


def published(cast: Cast) -> list[tuple[int, int, int]]:
    """Publications with when they changed last and how many figures they have."""
    with acting(cast.actor("viewer")):
        return [
            (row.pk, hash(row.updated_at), PublishedFigure.objects.filter(publication=row).count())
            for row in Publication.objects.order_by("pk")
        ]


def work(cast: Cast, wave: Wave) -> None:
    actions.carry_out_publishing(wave.pk, actor=cast.actor("member"))


@pytest.fixture
def asked(cast: Cast) -> Wave:
    wave = make_answered(cast)
    actions.request_publishing(wave, actor=cast.actor("member"))
    return wave


def test_asking_publishes_nothing_yet_and_asking_twice_is_asking_once(
    cast: Cast, asked: Wave
) -> None:
    actions.request_publishing(asked, actor=cast.actor("administrator"))
    assert jobs() == [("demand.publish_wave", {"wave": asked.pk})]
    assert state(cast, asked).status == Publishing.Status.WAITING
    assert published(cast) == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_publishes_for_who_asked_and_its_second_run_does_nothing() -> None:
    """With its own role, as it runs the job; the second time as after a killed worker."""
    cast = make_cast()
    wave = make_answered(cast)
    actions.request_publishing(wave, actor=cast.actor("member"))
    seen = []
    user = connection.settings_dict["USER"]
    for _time in range(2):
        connection.close()
        connection.settings_dict["USER"] = WORKER
        try:
            tasks.publish_wave(wave=wave.pk)
        finally:
            connection.close()
            connection.settings_dict["USER"] = user
        row = state(cast, wave)
        seen.append((row.status, row.updated_at, published(cast)))
    assert seen[0] == seen[1]
    status, _at, [(_publication, _changed, figures)] = seen[0]
    assert status == Publishing.Status.DONE
    assert figures > 0
    with acting(cast.actor("viewer")):
        assert Publication.objects.get().published_by == cast.people["member"]
    with pytest.raises(ValidationError, match="published already"):
        actions.request_publishing(wave, actor=cast.actor("member"))


def test_a_job_that_was_killed_in_the_middle_is_done_again_from_the_start(
    cast: Cast, asked: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        # Figures and roles are written by then.
        patch.setattr(actions, "_publish_shares", die)
        with pytest.raises(Killed):
            work(cast, asked)
    assert published(cast) == []
    assert state(cast, asked).status == Publishing.Status.WORKING
    work(cast, asked)
    assert len(published(cast)) == 1
    assert state(cast, asked).status == Publishing.Status.DONE


def test_what_fails_is_told_in_words_and_can_be_asked_for_again(
    cast: Cast, asked: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError("solver gone")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "publish", fail)
        work(cast, asked)
    failed = state(cast, asked)
    assert failed.status == Publishing.Status.FAILED
    assert "Try again" in failed.trouble
    assert "solver gone" not in failed.trouble
    work(cast, asked)
    assert published(cast) == []
    actions.request_publishing(asked, actor=cast.actor("member"))
    assert state(cast, asked).trouble == ""
    work(cast, asked)
    assert state(cast, asked).status == Publishing.Status.DONE
    assert len(published(cast)) == 1


def test_the_job_acts_for_the_system_once_who_asked_is_no_longer_staff(cast: Cast) -> None:
    member = cast.people["member"]
    found = staff_again(member, cast.region.pk)
    assert found == cast.actor("member")
    assert staff_again(member, cast.other_region.pk) is None
    assert staff_again(cast.people["employer"], cast.region.pk) is None
    assert staff_again(None, cast.region.pk) is None


@pytest.mark.parametrize(("who", "error"), [("viewer", NotAllowed), ("employer", Http404)])
def test_others_do_not_ask_for_it(cast: Cast, who: str, error: type[Exception]) -> None:
    wave = make_answered(cast)
    with pytest.raises(error):
        actions.request_publishing(wave, actor=cast.actor(who))
    assert jobs() == []


@pytest.mark.parametrize("who", ["employer", "provider", "funder"])
def test_the_database_shows_others_no_sign_of_it(cast: Cast, asked: Wave, who: str) -> None:
    with acting(cast.actor(who)):
        assert not Publishing.objects.exists()


def test_a_wave_too_large_for_labor_areas_is_published_without_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MOST_BY_AREA", 1)
    publication = actions.publish_wave(make_answered(cast), actor=cast.actor("administrator"))
    assert publication.without_areas
    with acting(cast.actor("viewer")):
        assert not PublishedFigure.objects.filter(area__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_two_waves_of_a_collaborative_are_published_one_after_the_other() -> None:
    """What the second may show depends on what the first has shown."""
    cast = make_cast()
    collaborative, _employers = make_members(cast)
    staff = cast.actor("administrator")
    wave = make_answered(cast, collaborative=collaborative)
    with acting(staff, "tests.publish"):
        actions._one_at_a_time(wave)
        tried, free = Event(), []

        def another() -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_try_advisory_xact_lock(%s, %s)",
                    [actions._LOCK, wave.collaborative_id],
                )
                free.append(cursor.fetchone()[0])
            connection.close()
            tried.set()

        Thread(target=another).start()
        assert tried.wait(10)
    assert free == [False]
