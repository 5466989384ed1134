"""A wave of the cast's region, its roles, and employers who are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import Answer, Role, Wave, WaveEmployer, WaveInvitation, WaveRole
from backcast.demand.waves import actions
from backcast.demand.waves.actions import Asked
from backcast.partners.models import Collaborative, CollaborativeMember
from tests.cast import TESTS, Cast


def make_collaborative(cast: Cast, name: str = "Test Health Partnership") -> Collaborative:
    """With both employers of the cast as members."""
    with acting(cast.actor("administrator"), "tests.make"):
        made = Collaborative.objects.create(region=cast.region, name=name)
        for key, headcount in (("employer", 400), ("other_employer", 120)):
            CollaborativeMember.objects.create(
                collaborative=made,
                employer=cast.organisations[key],
                size="large" if headcount >= 250 else "medium",
                headcount=headcount,
                joined_on=timezone.localdate(),
            )
        return made


def make_role(
    collaborative: Collaborative, title: str = "Nursing assistant", **fields: Any
) -> Role:
    with acting(TESTS, "tests.make"):
        return Role.objects.create(
            region=collaborative.region, collaborative=collaborative, title=title, **fields
        )


def make_wave(
    cast: Cast,
    *,
    status: str = "open",
    collaborative: Collaborative | None = None,
    roles: int = 1,
    name: str = "Spring wave",
    **fields: Any,
) -> Wave:
    """A wave in a status, written as rows; the cast's two employers are asked."""
    collaborative = collaborative or make_collaborative(cast)
    now = timezone.now()
    with acting(cast.actor("administrator"), "tests.make"):
        wave = Wave.objects.create(
            region=cast.region,
            collaborative=collaborative,
            name=name,
            first_quarter=fields.pop(
                "first_quarter", (Quarter.of(timezone.localdate()) + 1).first_day
            ),
            closes_on=fields.pop("closes_on", timezone.localdate() + timedelta(days=14)),
            status=status,
            opened_at=None if status == "draft" else now - timedelta(days=1),
            frozen_at=now if status == "frozen" else None,
            **fields,
        )
        for order in range(roles):
            title = "Nursing assistant" if not order else f"Role {order}"
            role = Role.objects.filter(collaborative=collaborative, title=title).first()
            WaveRole.objects.create(
                wave=wave, role=role or make_role(collaborative, title), order=order
            )
        for member in CollaborativeMember.objects.filter(collaborative=collaborative):
            WaveEmployer.objects.create(
                region=cast.region,
                wave=wave,
                employer=member.employer,
                size=member.size,
                headcount=member.headcount,
            )
        return wave


def make_answer(cast: Cast, wave: Wave, employer: str = "employer", **fields: Any) -> Answer:
    """An answer of this employer as a row, for the wave's first role at its site."""
    place = WaveEmployer.objects.get(wave=wave, employer=cast.organisations[employer])
    return Answer.objects.create(
        region=cast.region,
        wave=wave,
        place=place,
        employer=place.employer,
        role=fields.pop("role", None) or wave.roles.first(),
        site=cast.sites[employer],
        **fields,
    )


def make_invited(
    cast: Cast, wave: Wave | None = None, employer: str = "employer", **asked: Any
) -> tuple[WaveInvitation, str]:
    """Somebody of the employer who is asked in an open wave, and the secret of their link."""
    wave = wave or make_wave(cast)
    staff = cast.actor("administrator")
    invitation = actions.invite_person(
        wave,
        actor=staff,
        employer=cast.organisations[employer],
        asked=Asked(asked.pop("email", "ana@example.org"), asked.pop("name", "Ana"), **asked),
    )
    with acting(staff, "tests.link"):
        return invitation, actions.send_link(invitation)
