"""Approved profiles and programs with modules, made in the cast's region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from backcast.core.actor import acting
from backcast.demand.models import (
    LineOpinion,
    ProfileLine,
    ProfileVersion,
    RequirementProfile,
    Role,
)
from backcast.frameworks.models import Competency, Credential, Scale
from backcast.frameworks.text import folded
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation
from backcast.training.actions import Leads
from backcast.training.models import Module, Program, ProgramVersion
from backcast.training.modules import actions
from backcast.training.modules.outline import Outlined
from tests.cast import TESTS, Cast
from tests.training.factories import make_occupation, make_program


def make_competency(cast: Cast, statement: str, scale: str | None = "BC") -> Competency:
    with acting(TESTS, "tests.make"):
        return Competency.objects.create(
            region=cast.region,
            kind="skill",
            statement=statement,
            folded=folded(statement),
            scale=Scale.objects.get(pk=scale) if scale else None,
        )


def make_role(cast: Cast, *employers: str) -> Role:
    with acting(cast.actor("administrator"), "tests.make"):
        collaborative = Collaborative.objects.create(region=cast.region, name="Care")
        for key in employers or ("employer", "other_employer"):
            CollaborativeMember.objects.create(
                collaborative=collaborative,
                employer=cast.organisations[key],
                size="small",
                joined_on=date(2025, 1, 1),
            )
        return Role.objects.create(
            region=cast.region,
            collaborative=collaborative,
            title="Nurse aide",
            occupation=make_occupation("31-1131", "Nursing Assistants"),
        )


def make_profile(
    cast: Cast,
    role: Role,
    *lines: tuple[Competency | Credential | str, int, float | None],
    asked: int = 3,
) -> ProfileVersion:
    """An approved profile: what, importance and level at hire of each line, all required."""
    now = timezone.now()
    with acting(cast.actor("administrator"), "tests.make"):
        version = ProfileVersion.objects.create(
            profile=RequirementProfile.objects.create(region=role.region, role=role),
            number=1,
            status="approved",
            opened_at=now,
            approved_at=now,
            asked=asked,
        )
        for order, (what, importance, level) in enumerate(lines):
            competency = what if isinstance(what, Competency) else None
            ProfileLine.objects.create(
                version=version,
                competency=competency,
                credential=what if isinstance(what, Credential) else None,
                words=what if isinstance(what, str) else "",
                necessity="required",
                importance=importance,
                level_at_hire=level,
                scale=competency.scale if competency else None,
                order=order,
            )
        return version


def make_opinion(
    cast: Cast, version: ProfileVersion, order: int, employer: Organisation, **said: object
) -> LineOpinion:
    with acting(cast.actor("administrator"), "tests.make"):
        return LineOpinion.objects.create(
            region=version.profile.region,
            line=version.lines.get(order=order),
            employer=employer,
            given_at=timezone.now(),
            stance="dissent" if said else "agree",
            **said,
        )


@dataclass(frozen=True)
class World:
    """A program with a draft of two modules beside a profile of three lines: one covered, two gaps."""

    role: Role
    profile: ProfileVersion
    program: Program
    version: ProgramVersion
    basics: Module
    lab: Module
    pulse: Competency
    lift: Competency


def make_world(cast: Cast, *, asked: int = 3, taught: bool = False) -> World:
    role = make_role(cast)
    pulse, lift = make_competency(cast, "Take a pulse"), make_competency(cast, "Lift people safely")
    profile = make_profile(
        cast, role, (pulse, 5, 3), (lift, 4, 4), ("Keep calm", 1, None), asked=asked
    )
    assert role.occupation is not None
    program = make_program(cast.provider, leads=[Leads(role.occupation, Decimal(1))])
    version = actions.draft_version(program, actor=TESTS)
    basics, lab = actions.add_modules(
        version, [Outlined("Basics", Decimal(20)), Outlined("Lab", Decimal(30))], actor=TESTS
    )
    actions.add_outcomes(basics, [pulse], actor=TESTS, modes="IPA", level=3)
    actions.add_outcomes(lab, [lift, "Fold linen"], actor=TESTS, modes="I")
    if taught:
        version = actions.make_current(version, actor=TESTS)
    return World(role, profile, program, version, basics, lab, pulse, lift)
