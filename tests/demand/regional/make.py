"""A frozen wave that six employers of the cast's region answered, the cast's two among them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import (
    Answer,
    AnswerQuarter,
    AnswerSkill,
    Hired,
    Publication,
    Role,
    Wave,
    WaveEmployer,
    WaveRole,
)
from backcast.demand.regional import actions
from backcast.frameworks.models import Competency
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation, Site
from tests.cast import Cast, make_organisation, make_site

ROLES = ("Nursing assistant", "Medical assistant", "Phlebotomist")
#: What employers say for each role and quarter: low, likely, high.
NUMBERS = {
    "employer": (20, 26, 34),
    "other_employer": (14, 18, 25),
    "c": (9, 15, 19),
    "d": (16, 21, 30),
    "e": (8, 11, 15),
    "f": (10, 12, 18),
}
#: Of nursing assistants twice as many.
TIMES = {"Nursing assistant": 2}
#: Who hires phlebotomists at all.
FEW = ("employer", "other_employer")


def make_members(cast: Cast) -> tuple[Collaborative, dict[str, Organisation]]:
    with acting(cast.actor("administrator"), "tests.make"):
        made = Collaborative.objects.create(region=cast.region, name="Test Health Partnership")
        employers = {
            key: cast.organisations[key]
            if key in cast.organisations
            else make_organisation(cast.region, "employer", f"Test Clinic {key}")
            for key in NUMBERS
        }
        for key, employer in employers.items():
            CollaborativeMember.objects.create(
                collaborative=made,
                employer=employer,
                size="medium",
                headcount=100 + 10 * len(key),
                joined_on=timezone.localdate(),
            )
        return made, employers


def make_answered(
    cast: Cast,
    *,
    collaborative: Collaborative | None = None,
    name: str = "Spring wave",
    more: dict[str, int] | None = None,
    quarters: int = 2,
    first: Quarter | None = None,
) -> Wave:
    """Frozen; each employer's numbers as in ``NUMBERS``, for some of them ``more``."""
    if collaborative is None:
        collaborative, _employers = make_members(cast)
    first = first or Quarter.of(timezone.localdate()) + 1
    now = timezone.now()
    with acting(cast.actor("administrator"), "tests.make"):
        sites = {}
        members = list(
            CollaborativeMember.objects.filter(collaborative=collaborative).select_related(
                "employer"
            )
        )
        for member in members:
            sites[member.employer_id] = Site.objects.filter(
                organisation=member.employer
            ).first() or make_site(member.employer, cast.area)
    with acting(cast.actor("administrator"), "tests.make"):
        wave = Wave.objects.create(
            region=cast.region,
            collaborative=collaborative,
            name=name,
            first_quarter=first.first_day,
            quarters=quarters,
            closes_on=timezone.localdate() + timedelta(days=1),
            status="open",
            opened_at=now - timedelta(days=9),
        )
        skill = Competency.objects.filter(statement="Draws blood").first()
        skill = skill or Competency.objects.create(
            region=cast.region, kind="own", statement="Draws blood"
        )
        by_name = {org.name: key for key, org in cast.organisations.items()}
        for order, title in enumerate(ROLES):
            role = Role.objects.filter(collaborative=collaborative, title=title).first()
            role = role or Role.objects.create(
                region=cast.region, collaborative=collaborative, title=title
            )
            WaveRole.objects.create(wave=wave, role=role, order=order)
            for member in members:
                key = by_name.get(member.employer.name) or member.employer.name[-1]
                place, _made = WaveEmployer.objects.get_or_create(
                    region=cast.region,
                    wave=wave,
                    employer=member.employer,
                    defaults={"size": member.size, "headcount": member.headcount},
                )
                answer = Answer.objects.create(
                    region=cast.region,
                    wave=wave,
                    place=place,
                    employer=member.employer,
                    role=role,
                    site=sites[member.employer_id],
                    staff_now=30,
                    upskill=8,
                    sent_at=now - timedelta(hours=2),
                )
                AnswerSkill.objects.create(answer=answer, competency=skill, share=50)
                if title == "Phlebotomist" and key not in FEW:
                    continue
                low, likely, high = NUMBERS[key]
                extra = (more or {}).get(key, 0)
                times = TIMES.get(title, 1)
                for quarter in first.range(quarters):
                    AnswerQuarter.objects.create(
                        answer=answer,
                        quarter_start=quarter.first_day,
                        cause="growth",
                        low=times * low + extra,
                        likely=times * likely + extra,
                        high=times * high + extra,
                    )
        wave.status, wave.frozen_at = "frozen", now - timedelta(hours=1)
        wave.save()
        return wave


def make_published(cast: Cast) -> Publication:
    wave = make_answered(cast)
    with acting(cast.actor("administrator"), "tests.make"):
        return actions.publish_wave(wave, actor=cast.actor("administrator"))


def make_half_hired(cast: Cast, wave: Wave, role: Role, employers: dict[str, Organisation]) -> None:
    """Hires of nursing assistants since a wave: of each employer half as many as it expected."""
    for key, employer in employers.items():
        low, likely, high = NUMBERS[key]
        for quarter in wave.asked:
            Hired.objects.create(
                region=cast.region,
                employer=employer,
                role=role,
                quarter_start=quarter.first_day,
                people=round((low + 4 * likely + high) / 6),
            )
