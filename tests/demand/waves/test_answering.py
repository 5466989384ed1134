"""Answering: field by field, by several people, sent once and again, and corrected afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import acting, system
from backcast.core.embedded import WORKER
from backcast.core.quarters import Quarter
from backcast.demand.models import (
    Answer,
    AnswerChange,
    Need,
    Wave,
    WaveInvitation,
)
from backcast.demand.tasks import freeze_due_waves
from backcast.demand.waves import access, actions, answering
from backcast.demand.waves.access import Visit
from backcast.demand.waves.actions import Asked
from backcast.demand.waves.answering import Conflict, Typed
from backcast.demand.waves.said import AskedBack, Refused
from backcast.partners.models import Message
from tests.cast import Cast, make_cast
from tests.demand.make import make_need, make_occupation, openings
from tests.demand.waves.make import make_collaborative, make_invited, make_wave


def first(wave: Wave, cause: str = "growth", bound: str = "likely") -> str:
    return f"q.{wave.asked[0]}.{cause}.{bound}"


def visit(cast: Cast, wave: Wave, who: str = "employer", **more: Any) -> Visit:
    actor = cast.actor(who)
    with acting(actor):
        return access.visit(actor, access.wave(actor, wave.public_id), **more)


def say(visit: Visit, fields: dict[str, str], **more: Any) -> answering.Outcome:
    with acting(visit.actor):
        role, site = access.roles(visit.wave)[0], access.sites(visit.place)[0]
        return answering.save_fields(
            visit, role=role, site=site, typed={n: Typed(t, **more) for n, t in fields.items()}
        )


def one(visit: Visit, name: str, text: str, **more: Any) -> tuple[Answer, bool]:
    with acting(visit.actor):
        role, site = access.roles(visit.wave)[0], access.sites(visit.place)[0]
        return answering.save_field(
            visit, role=role, site=site, name=name, typed=Typed(text, **more)
        )


def send(visit: Visit) -> list[Answer]:
    with acting(visit.actor):
        return answering.send_answers(visit)


def stated(cast: Cast) -> list[Need]:
    with acting(cast.actor("administrator")):
        return list(Need.objects.stated().prefetch_related("quarters"))


def test_fields_are_kept_one_by_one_with_who_changed_what(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    answer, changed = one(me, first(wave), "4")
    assert changed
    one(me, "wage_low", "21")
    with acting(me.actor):
        said = access.said_of(access.with_rows(Answer.objects.all()).get())
        assert said.people[1] == 4
        history = list(AnswerChange.objects.filter(answer=answer).order_by("pk"))
    assert [(c.field, c.before, c.after) for c in history] == [
        (first(wave), "", "4"),
        ("wage_low", "", "21.00"),
    ]
    assert history[0].person == cast.person("employer")


def test_two_people_never_overwrite_each_other_unseen(cast: Cast) -> None:
    wave = make_wave(cast)
    one(visit(cast, wave), first(wave), "4")
    colleague = visit(cast, wave, "employer_member")
    with pytest.raises(Conflict) as conflict:
        one(colleague, first(wave), "9")
    assert conflict.value.change.after == "4"
    assert conflict.value.change.person == cast.person("employer")
    # Another field, and the same value, are no conflict; having seen the other's number, neither.
    one(colleague, "staff_now", "30")
    one(colleague, first(wave), "4")
    answer, changed = one(colleague, first(wave), "9", version=conflict.value.change.pk)
    assert changed
    with acting(colleague.actor):
        assert access.said_of(answer).people[1] == 9


def test_a_page_sent_whole_leaves_alone_what_its_reader_did_not_touch(cast: Cast) -> None:
    wave = make_wave(cast)
    me, colleague = visit(cast, wave), visit(cast, wave, "employer_member")
    one(me, "staff_now", "30")
    # The colleague's page was older: "staff_now" stood empty there, and is sent empty.
    outcome = say(colleague, {"staff_now": "", "vacancies": "2"})
    assert outcome.saved == ("vacancies",)
    assert outcome.kept_all
    with acting(me.actor):
        assert Answer.objects.get().staff_now == 30


def test_what_cannot_be_kept_keeps_nothing_else_from_it(cast: Cast) -> None:
    wave = make_wave(cast)
    outcome = say(visit(cast, wave), {first(wave): "many", "staff_now": "30"})
    assert outcome.saved == ("staff_now",)
    assert set(outcome.refused) == {first(wave)}
    with pytest.raises(Refused):
        one(visit(cast, wave), first(wave), "-1")


def test_a_thousand_openings_are_asked_back(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    with pytest.raises(AskedBack):
        one(me, first(wave), "1000")
    one(me, first(wave), "1000", confirmed=True)
    with acting(me.actor):
        assert Answer.objects.get().quarters.get().confirmed


def test_sending_states_a_need_once_and_sending_again_changes_it(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    [answer] = send(me)
    [need] = stated(cast)
    assert answer.need == need
    assert (need.employer, need.role_title) == (cast.employer, "Nursing assistant")
    assert [row.likely for row in need.quarters.all()] == [4]
    version = AnswerChange.objects
    with acting(me.actor):
        seen = version.get(field=first(wave)).pk
    one(me, first(wave), "6", version=seen)
    send(me)
    [again] = stated(cast)
    assert again == need
    assert [row.likely for row in again.quarters.all()] == [6]
    with acting(me.actor):
        assert Answer.objects.count() == 1
        assert [a.pk for a in need.answers.all()] == [answer.pk]


def test_nobody_needed_withdraws_the_need_and_people_again_bring_it_back(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    send(me)
    one(me, "stance", "nobody")
    send(me)
    assert stated(cast) == []
    one(me, "stance", "yes", version=10**9)
    one(me, first(wave), "2", version=10**9)
    send(me)
    assert [[row.likely for row in n.quarters.all()] for n in stated(cast)] == [[2]]


def test_a_need_stated_before_the_wave_is_prefilled_and_not_doubled(cast: Cast) -> None:
    occupation = make_occupation()
    make_need(cast, openings=(openings(7),))
    with acting(cast.actor("administrator"), "tests.make"):
        Need.objects.update(occupation=occupation)
    wave = make_wave(cast)
    with acting(cast.actor("administrator"), "tests.make"):
        role = wave.roles.get()
        role.occupation = occupation
        role.save()
    me = visit(cast, wave)
    with acting(me.actor):
        before = access.before(me, role, access.sites(me.place)[0])
    assert before.said.people[1] == 7
    [answer] = send(me)
    [need] = stated(cast)
    assert answer.need == need
    assert need.role_title == "Nursing assistant, nights"


def test_quarters_that_the_wave_does_not_ask_for_stay_in_the_need(cast: Cast) -> None:
    far = Quarter.of(timezone.localdate()) + 9
    make_need(
        cast,
        role_title="Nursing assistant",
        openings=(openings(3), replace(openings(5), quarter=far)),
    )
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "8", version=0)
    send(me)
    [need] = stated(cast)
    assert {str(row.quarter): row.likely for row in need.quarters.all()} == {
        str(wave.asked[0]): 8,
        str(far): 5,
    }


def test_nothing_said_cannot_be_sent(cast: Cast) -> None:
    me = visit(cast, make_wave(cast))
    one(me, "staff_now", "5")
    with pytest.raises(ValidationError, match="how many people"):
        send(me)
    assert stated(cast) == []


def next_wave(cast: Cast, previous: Wave) -> Wave:
    return make_wave(
        cast, collaborative=previous.collaborative, name="Next wave", previous=previous
    )


def test_the_next_wave_is_prefilled_and_says_so(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    one(me, "offer.mentors", "1")
    send(me)
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    later = visit(cast, next_wave(cast, wave))
    answer, _changed = one(later, "staff_now", "12")
    with acting(later.actor):
        answer = access.with_rows(Answer.objects.filter(pk=answer.pk)).get()
        said = access.said_of(answer)
        assert answer.prefilled_from is not None
        assert said.people[1] == 4
        assert "mentors" in said.offers
        fields = set(AnswerChange.objects.filter(answer=answer).values_list("field", flat=True))
    assert fields == {"staff_now"}


def test_a_prefilled_answer_that_nobody_touched_can_be_sent_as_it_is(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    send(me)
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    [answer] = send(visit(cast, next_wave(cast, wave)))
    assert len(stated(cast)) == 1
    with acting(cast.actor("employer")):
        assert access.said_of(answer).people[1] == 4


def test_frozen_answers_stay_and_corrections_stand_beside_them(cast: Cast) -> None:
    wave = make_wave(cast)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    send(me)
    actions.freeze_wave(wave, actor=cast.actor("administrator"))
    with pytest.raises((ValidationError, actions.NotAllowed)):
        one(me, first(wave), "5", version=10**9)
    staff = visit(cast, wave, "administrator", employer=cast.employer.public_id, channel="phone")
    with acting(staff.actor):
        role, site = access.roles(wave)[0], access.sites(staff.place)[0]
        with pytest.raises(ValidationError, match="Say why"):
            answering.begin_correction(staff, role=role, site=site, reason=" ")
        correction = answering.begin_correction(
            staff, role=role, site=site, reason="They counted one ward twice."
        )
        assert (correction.number, correction.corrects is not None) == (2, True)
    one(staff, first(wave), "2")
    with acting(staff.actor):
        assert [a.number for a in Answer.objects.in_force()] == [1]
        answering.send_correction(correction, staff)
        assert [a.number for a in Answer.objects.in_force()] == [2]
        assert [a.number for a in Answer.objects.as_frozen()] == [1]
        frozen = access.with_rows(Answer.objects.as_frozen()).get()
        assert access.said_of(frozen).people[1] == 4
    assert [[row.likely for row in n.quarters.all()] for n in stated(cast)] == [[2]]
    with acting(staff.actor), pytest.raises(ValidationError, match="already"):
        answering.send_correction(correction, staff)


def test_staff_enter_what_came_by_phone_and_it_is_marked(cast: Cast) -> None:
    wave = make_wave(cast)
    staff = visit(cast, wave, "administrator", employer=cast.employer.public_id, channel="phone")
    one(staff, first(wave), "3")
    [answer] = send(staff)
    assert (answer.by_staff, answer.channel) == (True, "phone")
    assert stated(cast)[0].by_staff


def test_a_link_lets_in_however_often_it_was_looked_at_until_it_expires(cast: Cast) -> None:
    token, invitation = invited(cast)
    for _scanner in range(3):
        assert access.open_link(invitation.public_id, token).state == "open"
    assert access.open_link(invitation.public_id, "wrong").state == "unknown"
    with acting(cast.actor("administrator"), "tests.age"):
        invitation.links.update(
            sent_at=timezone.now() - timedelta(days=60),
            expires_at=timezone.now() - timedelta(days=1),
        )
    opened = access.open_link(invitation.public_id, token)
    assert opened.state == "expired"
    actions.renew_link(invitation, actor=opened.actor)
    with acting(cast.actor("administrator")):
        assert invitation.links.count() == 3
    with pytest.raises(ValidationError, match="a moment ago"):
        actions.renew_link(invitation, actor=opened.actor)
    actions.withdraw_invitation(invitation, actor=cast.actor("administrator"))
    assert access.open_link(invitation.public_id, token).state == "ended"


def invited(cast: Cast, **asked: Any) -> tuple[str, WaveInvitation]:
    invitation, token = make_invited(cast, **asked)
    return token, invitation


def test_whoever_holds_a_link_answers_and_reaches_nothing_else(cast: Cast) -> None:
    token, invitation = invited(cast)
    opened = access.open_link(invitation.public_id, token)
    actor = opened.actor
    assert (actor.person_id, actor.organisation_id) == (None, cast.employer.pk)
    with acting(actor):
        me = access.visit_by_link(opened)
    one(me, first(me.wave), "5")
    [answer] = send(me)
    assert answer.need is not None
    with acting(cast.actor("administrator")):
        assert AnswerChange.objects.get().invitation == invitation
    other = make_wave(cast, collaborative=me.wave.collaborative, name="Another wave")
    with acting(actor):
        assert list(Wave.objects.all()) == [me.wave]
        with pytest.raises(Http404):
            access.wave(actor, other.public_id)


def test_opening_sends_each_person_their_link_in_their_language(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    staff = cast.actor("administrator")
    for email, language in (("ana@example.org", "es"), ("bo@example.org", "en")):
        actions.invite_person(
            wave, actor=staff, employer=cast.employer, asked=Asked(email, language=language)
        )
    actions.open_wave(wave, actor=staff)
    with acting(system("tests")):
        mails = {mail.recipient: mail for mail in Message.objects.all()}
    assert "/answer/" in mails["ana@example.org"].text
    assert "No necesita una cuenta" in mails["ana@example.org"].text
    assert "You need no account" in mails["bo@example.org"].text


def test_reminders_go_to_those_who_are_silent_and_stop_at_the_cap(cast: Cast) -> None:
    _token, invitation = invited(cast)
    wave, staff = invitation.wave, cast.actor("administrator")

    def later(days: int) -> None:
        with acting(staff, "tests.age"):
            row = WaveInvitation.objects.get(pk=invitation.pk)
            row.sent_at = row.sent_at and row.sent_at - timedelta(days=days)
            row.reminded_at = row.reminded_at and row.reminded_at - timedelta(days=days)
            row.save()

    assert actions.remind(wave, actor=staff) == 0
    later(6)
    assert actions.remind(wave, actor=staff) == 1
    assert actions.remind(wave, actor=staff) == 0
    later(6)
    assert actions.remind(wave, actor=staff) == 1
    later(6)
    assert actions.remind(wave, actor=staff) == 0
    with acting(staff, "tests.age"):
        WaveInvitation.objects.update(reminders=0)
    actions.stop_reminders(invitation, actor=access.link_actor(invitation))
    assert actions.remind(wave, actor=staff) == 0
    with acting(staff, "tests.age"):
        WaveInvitation.objects.update(stopped_at=None)
    me = visit(cast, wave)
    one(me, first(wave), "4")
    send(me)
    assert actions.remind(wave, actor=staff) == 0


def test_people_of_the_last_wave_and_people_with_an_account_are_invited_at_once(
    cast: Cast,
) -> None:
    staff = cast.actor("administrator")
    wave = make_wave(cast, status="draft", collaborative=make_collaborative(cast))
    assert actions.invite_known(wave, actor=staff) == 3  # two of the employer, one of the other
    assert actions.invite_known(wave, actor=staff) == 0


def test_a_reminder_by_text_says_where_the_mail_is_and_holds_no_link(
    cast: Cast, settings: Any
) -> None:
    settings.TEXT_GATEWAY = "tests"
    wave = make_wave(cast)
    staff = cast.actor("administrator")
    with pytest.raises(ValidationError, match="Ask them first"):
        make_invited(cast, wave, phone="201-555-0123")
    invitation, _token = make_invited(cast, wave, phone="201-555-0123", agreed=True)
    with acting(staff, "tests.age"):
        WaveInvitation.objects.update(sent_at=timezone.now() - timedelta(days=9))
    assert actions.remind(wave, actor=staff) == 1
    with acting(system("tests")):
        [text] = Message.objects.filter(channel="text")
    assert text.recipient == "+12015550123"
    assert "/answer/" not in text.text
    assert invitation.email not in text.text


@pytest.mark.django_db(transaction=True)
def test_a_wave_whose_last_day_is_over_freezes_in_the_background_once() -> None:
    """By the worker, as it runs the job: with its own role, for the system."""
    cast = make_cast()
    wave = make_wave(cast, closes_on=timezone.localdate() - timedelta(days=1))
    other = make_wave(cast, collaborative=wave.collaborative, name="Not due yet")
    user = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = WORKER
    try:
        assert [freeze_due_waves(timestamp=0) for _time in range(2)] == [1, 0]
    finally:
        connection.close()
        connection.settings_dict["USER"] = user
    with acting(cast.actor("administrator")):
        wave.refresh_from_db()
        other.refresh_from_db()
    assert (wave.status, wave.frozen_by, other.status) == ("frozen", None, "open")
