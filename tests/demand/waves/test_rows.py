"""What the database itself keeps of waves: whose rows they are, and what was frozen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from backcast.core.actor import NOBODY, acting
from backcast.demand.models import Answer, AnswerQuarter, Wave, WaveEmployer, WaveRole
from tests.cast import Cast
from tests.demand.waves.make import make_answer, make_wave


def seen(cast: Cast, actor_of: str) -> tuple[int, int, int]:
    with acting(cast.actor(actor_of)):
        return Wave.objects.count(), WaveEmployer.objects.count(), Answer.objects.count()


def test_an_employer_reaches_its_own_answers_staff_all_and_others_none(cast: Cast) -> None:
    with acting(cast.actor("administrator"), "tests.make"):
        wave = make_wave(cast)
        make_answer(cast, wave)
        make_answer(cast, wave, "other_employer")
    assert seen(cast, "administrator") == (1, 2, 2)
    assert seen(cast, "employer") == (1, 1, 1)
    assert seen(cast, "other_employer") == (1, 1, 1)
    for other in ("provider", "support", "funder", "foreign"):
        assert seen(cast, other) == (0, 0, 0)
    with acting(NOBODY):
        assert Answer.objects.count() == WaveRole.objects.count() == 0


def test_a_link_reaches_one_wave_only(cast: Cast) -> None:
    with acting(cast.actor("administrator"), "tests.make"):
        wave = make_wave(cast)
        other = make_wave(cast, collaborative=wave.collaborative, name="Another wave")
        make_answer(cast, wave)
        make_answer(cast, other)
    by_link = replace(cast.actor("employer"), scope=f"wave:{wave.pk}")
    with acting(by_link):
        assert [answer.wave for answer in Answer.objects.all()] == [wave]
        assert list(Wave.objects.all()) == [wave]


def test_an_employer_writes_only_in_its_own_name(cast: Cast) -> None:
    wave = make_wave(cast)
    with acting(cast.actor("other_employer"), "tests.make"):
        with pytest.raises(WaveEmployer.DoesNotExist):
            make_answer(cast, wave)
        own = WaveEmployer.objects.get()
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        acting(cast.actor("employer"), "tests.make"),
    ):
        Answer.objects.create(
            region=cast.region,
            wave=wave,
            place=own,
            employer=cast.other_employer,
            role=wave.roles.get(),
            site=cast.sites["other_employer"],
        )


def test_what_was_frozen_stays(cast: Cast) -> None:
    with acting(cast.actor("administrator"), "tests.make"):
        wave = make_wave(cast)
        answer = make_answer(cast, wave, sent_at=timezone.now())
        row = AnswerQuarter.objects.create(
            answer=answer, quarter_start=wave.first_quarter, cause="growth", low=1, likely=2, high=3
        )
        wave.status, wave.frozen_at = "frozen", timezone.now()
        wave.save()
        for change in (
            lambda: Answer.objects.update(note="changed"),
            answer.delete,
            lambda: AnswerQuarter.objects.filter(pk=row.pk).update(likely=3),
            row.delete,
            lambda: AnswerQuarter.objects.create(
                answer=answer,
                quarter_start=wave.first_quarter,
                cause="turnover",
                low=1,
                likely=2,
                high=3,
            ),
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                change()
        correction = make_answer(cast, wave, number=2, corrects=answer)
        AnswerQuarter.objects.create(
            answer=correction,
            quarter_start=wave.first_quarter,
            cause="growth",
            low=0,
            likely=0,
            high=0,
        )
        assert list(Answer.objects.in_force()) == [answer]
        correction.sent_at = timezone.now()
        correction.save()
        assert list(Answer.objects.in_force()) == [correction]
        assert list(Answer.objects.as_frozen()) == [answer]
