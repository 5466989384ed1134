"""Waves of the demonstration's collaborative: one that is over, and one that is open.

Answers say what the region's needs say, so that sending them again changes nothing. Everything is
made up; the links of the open wave go to the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.demand import models as demand
from backcast.demand.figures import Cause
from backcast.demand.waves.actions import LASTS, send_link
from backcast.demand.waves.said import TOPICS, Confidence, assumed_range
from backcast.demonstration.simulator.region import Region
from backcast.partners import models as partners

QUARTERS = 4
#: Of those asked in the open wave, so many in a hundred have answered.
ANSWERED = 60
_PEOPLE = (
    ("Demo hiring manager", "hiring", "en", ["numbers", "work"]),
    ("Demo head of training", "training", "es", ["skills", "offers"]),
)


@dataclass(frozen=True, slots=True)
class Made:
    """What a wave is made of."""

    region: partners.Region
    staff: Actor
    collaborative: partners.Collaborative
    roles: dict[int, demand.Role]
    needs: list[demand.Need]
    random: Random


def add_waves(made: Region, collaborative: partners.Collaborative, staff: Actor) -> None:
    """One wave that is over and one that is open, over the roles that the collaborative has."""
    with acting(staff, "demonstration.add_waves"):
        roles = {
            role.occupation_id: role
            for role in demand.Role.objects.filter(
                collaborative=collaborative, occupation__isnull=False
            )
            if role.occupation_id is not None
        }
        employers = partners.CollaborativeMember.objects.filter(collaborative=collaborative).values(
            "employer"
        )
        needs = list(
            demand.Need.objects.filter(employer__in=employers, occupation__in=roles)
            .select_related("site", "employer")
            .prefetch_related("quarters", "offers")
            .order_by("employer__name", "pk")
        )
        it = Made(collaborative.region, staff, collaborative, roles, needs, Random(made.seed))
        last = _past_wave(it, made)
        _open_wave(it, made, last)


def _wave(it: Made, name: str, first: Quarter, **more: Any) -> demand.Wave:
    wave = demand.Wave.objects.create(
        region=it.region,
        collaborative=it.collaborative,
        name=name,
        first_quarter=first.first_day,
        quarters=QUARTERS,
        greeting="Made up for the demonstration.",
        **more,
    )
    for order, role in enumerate(it.roles.values()):
        demand.WaveRole.objects.create(wave=wave, role=role, order=order)
    for member in partners.CollaborativeMember.objects.filter(collaborative=it.collaborative):
        demand.WaveEmployer.objects.create(
            region=it.region,
            wave=wave,
            employer=member.employer,
            size=member.size,
            headcount=member.headcount,
        )
    return wave


def _past_wave(it: Made, made: Region) -> demand.Wave:
    """A wave of two quarters ago, frozen; nearly all have answered it."""
    closed = made.today - timedelta(days=150)
    wave = _wave(
        it,
        f"Demo wave {made.first_quarter + -2}",
        made.first_quarter + -2,
        closes_on=closed,
        status=demand.Wave.Status.OPEN,
        opened_at=_at(closed - timedelta(days=21)),
    )
    places = list(demand.WaveEmployer.objects.filter(wave=wave).order_by("pk"))
    for place in places[: max(1, len(places) * 9 // 10)]:
        _answer(it, wave, place, _at(closed - timedelta(days=it.random.randint(1, 15))))
    demand.Wave.objects.filter(pk=wave.pk).update(
        status=demand.Wave.Status.FROZEN, frozen_at=_at(closed + timedelta(days=1))
    )
    wave.refresh_from_db()
    return wave


def _open_wave(it: Made, made: Region, last: demand.Wave) -> None:
    """A wave that is open now: some have answered, and some have a link in the outbox."""
    opened = _at(made.today - timedelta(days=8))
    wave = _wave(
        it,
        f"Demo wave {made.first_quarter}",
        made.first_quarter,
        closes_on=made.today + timedelta(days=14),
        status=demand.Wave.Status.OPEN,
        opened_at=opened,
        previous=last,
    )
    # The employers of the demonstration's accounts come first and have not answered yet.
    places = list(demand.WaveEmployer.objects.filter(wave=wave).order_by("employer"))
    answering = places[len(places) - len(places) * ANSWERED // 100 :]
    for number, place in enumerate(places, start=1):
        silent = place not in answering
        for name, mailbox, language, parts in _PEOPLE:
            invitation = demand.WaveInvitation.objects.create(
                region=it.region,
                wave=wave,
                place=place,
                employer_id=place.employer_id,
                name=name,
                email=f"{mailbox}{number}@demo.example",
                language=language,
                parts=parts,
                sent_at=opened,
                expires_at=opened + LASTS,
            )
            if silent and number <= 2:
                send_link(invitation)
        if not silent:
            sent = opened + timedelta(days=it.random.randint(0, 6), hours=2)
            _answer(it, wave, place, sent)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10, 0)))


def _answer(it: Made, wave: demand.Wave, place: demand.WaveEmployer, at: datetime) -> None:
    """What the employer's needs say, as its answer to the wave."""
    seen: set[tuple[int, int]] = set()
    wanted = {
        need.occupation_id
        for need in it.needs
        if need.employer_id == place.employer_id and any(row.high for row in need.quarters.all())
    }
    site = partners.Site.objects.filter(organisation=place.employer_id).order_by("pk").first()
    for occupation, role in it.roles.items():
        if occupation not in wanted and site is not None:
            answer = demand.Answer.objects.create(
                region=it.region,
                wave=wave,
                place=place,
                employer_id=place.employer_id,
                role=role,
                site=site,
                not_ours=True,
                sent_at=at,
                changed_at=at,
            )
            demand.Answer.objects.filter(pk=answer.pk).update(created_at=at)
    for need in it.needs:
        if need.employer_id != place.employer_id or need.occupation_id is None:
            continue
        key = (need.occupation_id, need.site_id)
        if key in seen:
            continue
        seen.add(key)
        cells = [row for row in need.quarters.all() if row.high]
        if not cells:
            continue
        staff_now = max(3, sum(row.likely for row in cells) * it.random.randint(2, 5))
        answer = demand.Answer.objects.create(
            region=it.region,
            wave=wave,
            place=place,
            employer_id=place.employer_id,
            role=it.roles[need.occupation_id],
            site=need.site,
            staff_now=staff_now,
            vacancies=it.random.randint(0, max(1, staff_now // 10)),
            wage_low=need.wage_low,
            wage_high=need.wage_high,
            refill_share=it.random.choice((10, 25, 25, 50)),
            upskill=it.random.randint(0, max(1, staff_now // 8)),
            sent_at=at,
            changed_at=at,
            need=need,
        )
        demand.Answer.objects.filter(pk=answer.pk).update(created_at=at)
        first = cells[0]
        for quarter in wave.asked:
            row = next((cell for cell in cells if cell.quarter == quarter), None)
            if row is None and quarter < min(cell.quarter for cell in cells):
                row = first
            if row is None:
                continue
            low, likely, high = row.low, row.likely, row.high
            demand.AnswerQuarter.objects.create(
                answer=answer,
                quarter_start=quarter.first_day,
                cause=Cause(row.cause),
                low=low,
                likely=likely,
                high=high,
                confidence=it.random.choice(list(Confidence)),
                range_assumed=(low, high) == assumed_range(likely, Confidence.MEDIUM),
                confirmed=row.confirmed,
            )
        for topic in ("starting", "staying"):
            for kind in it.random.sample(TOPICS[topic][:-1], 2):
                demand.AnswerPoint.objects.create(answer=answer, topic=topic, kind=kind)
        for offer in need.offers.all():
            demand.AnswerOffer.objects.create(
                answer=answer, kind=offer.kind, quantity=offer.quantity
            )
        named = need.requirements.filter(competency__isnull=False)
        for requirement in named.order_by("pk")[:4]:
            demand.AnswerSkill.objects.create(
                answer=answer,
                competency_id=requirement.competency_id,
                share=it.random.choice((25, 50, 75, 75, 100)),
            )
