"""Publishing a wave, and that two employers cannot learn each other's numbers from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import NotAllowed, acting
from backcast.core.disclosure import ALL
from backcast.core.quarters import Quarter
from backcast.demand.models import (
    Answer,
    AnswerQuarter,
    Hired,
    Publication,
    PublicationCorrection,
    Role,
    Wave,
)
from backcast.demand.regional import access, actions
from backcast.demand.regional.picture import EVERYTHING
from tests.cast import Cast
from tests.core.disclosure.attack import attacks
from tests.demand.regional.make import (
    NUMBERS,
    make_answered,
    make_half_hired,
    make_members,
    make_published,
)


def numbers_of(wave):
    """employer → cell → weighted mean, straight from the rows."""
    found = {}
    for row in AnswerQuarter.objects.filter(answer__wave=wave).select_related("answer__employer"):
        cell = (str(row.answer.role_id), str(row.quarter), row.cause, ALL)
        mean = (row.low + 4 * row.likely + row.high) / 6
        found.setdefault(row.answer.employer.name, {})[cell] = mean
    return found


def test_others_see_sums_of_many_and_not_those_of_two(cast: Cast) -> None:
    publication = make_published(cast)
    with acting(cast.actor("employer")):
        picture = access.published_picture(
            access.publication(cast.actor("employer"), publication.public_id)
        )
    titles = {role.title: role.key for role in picture.roles}
    assert picture.figure(titles["Nursing assistant"]) is not None
    for quarter in (*map(str, picture.quarters), ALL):
        assert picture.figure(titles["Phlebotomist"], quarter) is None
    assert picture.withheld > 0


def test_no_employer_works_out_anothers_number_from_what_is_published(cast: Cast) -> None:
    """The attack knows its own answers and reads every figure that a page, file or program shows."""
    publication = make_published(cast)
    with acting(cast.actor("administrator")):
        numbers = numbers_of(publication.wave)
        picture = access.published_picture(publication)
        cells = [
            (role.key, str(quarter), "growth", ALL)
            for role in picture.roles
            for quarter in picture.quarters
        ]
    # Only growth was said: each other cause is nothing, and is not shown.
    shown = {address: figure.value for address, figure in picture.shown() if address[3] == ALL}
    places = [place for place in picture.addresses() if place[2] in (ALL, "growth")]
    attackers = {name: numbers[name] for name in list(numbers)[:2]}
    narrowest = min(
        found.width
        for found in attacks(numbers, shown, cells, places, half=0.5)
        if found.attacker in attackers
    )
    assert narrowest >= access.rule_on(publication.rule_since)[0].width


def test_staff_see_everything_in_full(cast: Cast) -> None:
    wave = make_answered(cast)
    staff = cast.actor("administrator")
    with acting(staff):
        picture = access.full_picture(staff, wave)
    stated = 2 * sum((a + 4 * m + b) / 6 for a, m, b in NUMBERS.values())
    role = picture.roles[0].key
    figure = picture.figure(role, str(wave.asked[0]))
    assert figure is not None
    assert figure.stated == pytest.approx(stated)
    assert figure.value == pytest.approx(stated)
    assert picture.figures[EVERYTHING].employers == 6
    assert picture.upskill[role].value == pytest.approx(48)
    assert picture.shares[0].value == 0.5


@pytest.mark.parametrize("who", ["employer", "provider", "funder"])
def test_others_do_not_reach_the_full_picture(cast: Cast, who: str) -> None:
    wave = make_answered(cast)
    with acting(cast.actor(who)), pytest.raises(Http404):
        access.full_picture(cast.actor(who), wave)


def test_the_database_itself_keeps_answers_and_hires_apart(cast: Cast) -> None:
    """A forgotten filter shows an employer its own rows and nobody else any."""
    publication = make_published(cast)
    assert publication
    with acting(cast.actor("employer")):
        assert {a.employer_id for a in Answer.objects.all()} == {cast.employer.pk}
        assert Publication.objects.count() == 1
    with acting(cast.actor("provider")):
        assert not AnswerQuarter.objects.exists()
        assert Publication.objects.count() == 1
    with acting(cast.actor("support")):
        assert not Publication.objects.exists()
    with acting(cast.actor("foreign")):
        assert not Publication.objects.exists()


def test_an_employer_outside_the_collaborative_sees_nothing(cast: Cast) -> None:
    publication = make_published(cast)
    with acting(cast.actor("administrator"), "tests.leave"):
        member = publication.collaborative.members.get(employer=cast.other_employer)
        member.left_on = timezone.localdate()
        member.save()
    other = cast.actor("other_employer")
    with acting(other):
        assert not Publication.objects.exists()
        with pytest.raises(Http404):
            access.publication(other, publication.public_id)


def test_only_a_frozen_wave_is_published_and_only_once(cast: Cast) -> None:
    staff = cast.actor("administrator")
    wave = make_answered(cast)
    with acting(staff, "tests.open"):
        wave.status, frozen, wave.frozen_at = "open", wave.frozen_at, None
        wave.save()
    with pytest.raises(ValidationError, match="Freeze"):
        actions.publish_wave(wave, actor=staff)
    with acting(staff, "tests.freeze"):
        wave.status, wave.frozen_at = "frozen", frozen
        wave.save()
    actions.publish_wave(wave, actor=staff)
    with pytest.raises(ValidationError, match="published already"):
        actions.publish_wave(wave, actor=staff)


@pytest.mark.parametrize(("who", "error"), [("viewer", NotAllowed), ("employer", Http404)])
def test_others_do_not_publish(cast: Cast, who: str, error: type[Exception]) -> None:
    wave = make_answered(cast)
    with pytest.raises(error):
        actions.publish_wave(wave, actor=cast.actor(who))


def test_the_next_wave_does_not_tell_who_changed_its_mind(cast: Cast) -> None:
    """One employer says 12 more for the same quarters: no figure that it moved is shown anew."""
    collaborative, _employers = make_members(cast)
    staff = cast.actor("administrator")
    first = actions.publish_wave(make_answered(cast, collaborative=collaborative), actor=staff)
    again = make_answered(
        cast, collaborative=collaborative, name="Summer wave", more={"employer": 12}
    )
    second = actions.publish_wave(again, actor=staff)
    with acting(staff):
        before, after = access.published_picture(first), access.published_picture(second)
    assert before.figures
    assert not after.figures
    # Nobody changed what it says of staff to train and of skills.
    assert after.upskill == before.upskill
    assert [each.value for each in after.shares] == [each.value for each in before.shares]


def test_a_correction_after_publication_is_not_told_by_the_next_wave(cast: Cast) -> None:
    """The next wave says what the corrected one says: beside what was published, it tells of one."""
    collaborative, _employers = make_members(cast)
    staff = cast.actor("administrator")
    wave = make_answered(cast, collaborative=collaborative)
    first = actions.publish_wave(wave, actor=staff)
    with acting(staff, "tests.correct"):
        for old in Answer.objects.filter(wave=wave, employer=cast.employer):
            new = Answer.objects.create(
                region=cast.region,
                wave=wave,
                place=old.place,
                employer=old.employer,
                role=old.role,
                site=old.site,
                number=2,
                corrects=old,
                reason="A unit opens",
                staff_now=30,
                upskill=8,
                sent_at=timezone.now(),
            )
            for row in old.quarters.all():
                AnswerQuarter.objects.create(
                    answer=new,
                    quarter_start=row.quarter_start,
                    cause=row.cause,
                    low=row.low + 12,
                    likely=row.likely + 12,
                    high=row.high + 12,
                )
    again = make_answered(
        cast, collaborative=collaborative, name="Summer wave", more={"employer": 12}
    )
    second = actions.publish_wave(again, actor=staff)
    with acting(staff):
        before, after = access.published_picture(first), access.published_picture(second)
    assert before.figures
    assert not after.figures


def test_hires_correct_the_next_wave_and_nobody_else_reads_by_how_much(cast: Cast) -> None:
    """All hired half as many as they expected: the next numbers count for less, in words for others."""
    collaborative, employers = make_members(cast)
    staff = cast.actor("administrator")
    now = Quarter.of(timezone.localdate())
    past = make_answered(cast, collaborative=collaborative, first=now + -2)
    with acting(staff, "tests.hire"):
        role = Role.objects.get(title="Nursing assistant")
        Wave.objects.filter(pk=past.pk).update(frozen_at=timezone.now() - timedelta(days=2))
        make_half_hired(cast, past, role, employers)
    wave = make_answered(cast, collaborative=collaborative, name="Summer wave")
    with acting(staff):
        plain = access.full_picture(staff, wave, corrected=False).figures[EVERYTHING]
        picture = access.full_picture(staff, wave)
        known = picture.corrections
    # Twelve figures weigh 12/16 towards one half.
    assert known is not None
    assert known.everybody == pytest.approx(1 + 12 / 16 * -0.5, abs=0.01)
    assert (known.compared, known.employers) == (12, 6)
    assert picture.corrected
    # Each has two figures of its own, which weigh 2/6.
    factor = known.everybody + 2 / 6 * (0.5 - known.everybody)
    assert picture.figures[EVERYTHING].value == pytest.approx(plain.value * factor, rel=0.02)
    publication = actions.publish_wave(wave, actor=staff)
    with acting(staff):
        shown = access.published_picture(publication)
        assert publication.corrections.count() == 6
        assert shown.corrected
        assert shown.corrections is None
        assert abs(shown.figures[EVERYTHING].value - picture.figures[EVERYTHING].value) <= 0.5
    for who in ("employer", "provider", "funder"):
        with acting(cast.actor(who)):
            assert not PublicationCorrection.objects.exists()


def test_hires_are_said_by_their_employer_or_staff(cast: Cast) -> None:
    make_answered(cast, first=Quarter.of(timezone.localdate()))
    with acting(cast.actor("administrator")):
        role = Role.objects.get(title="Nursing assistant")
    now = Quarter.of(timezone.localdate())
    said = {"employer": cast.employer, "role": role, "quarter": now, "today": timezone.localdate()}
    actions.say_hired(actor=cast.actor("employer"), people=13, **said)
    row = actions.say_hired(actor=cast.actor("administrator"), people=20, **said)
    assert row.by_staff
    with pytest.raises(Http404):
        actions.say_hired(actor=cast.actor("other_employer"), people=1, **said)
    with pytest.raises(NotAllowed):
        actions.say_hired(actor=cast.actor("employer_viewer"), people=1, **said)
    with pytest.raises(ValidationError):
        actions.say_hired(actor=cast.actor("employer"), people=1, **{**said, "quarter": now + 1})
    with acting(cast.actor("other_employer")):
        assert not Hired.objects.exists()
    with acting(cast.actor("employer")):
        found = access.looked_back(cast.actor("employer"))
    low, likely, high = NUMBERS["employer"]
    expected = 2 * (low + 4 * likely + high) / 6
    assert found.everybody.bias == pytest.approx(20 / expected)
    assert found.everybody.off == pytest.approx(abs(20 - expected) / 20)


def test_the_full_picture_costs_the_same_few_queries_however_many_answer(
    cast: Cast, query_count
) -> None:
    wave = make_answered(cast, quarters=4)
    staff = cast.actor("administrator")
    with acting(staff), query_count() as queries:
        access.full_picture(staff, wave)
    assert queries.count <= 10, queries
    assert connection.vendor == "postgresql"
