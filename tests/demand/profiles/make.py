"""Collaboratives, roles and profiles in the cast's region."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from backcast.core.actor import Actor, Kind, acting
from backcast.demand.figures import Named
from backcast.demand.models import ProfileLine, ProfileVersion, Role
from backcast.demand.profiles import actions
from backcast.demand.profiles.lifecycle import State
from backcast.demand.profiles.values import (
    Line,
    Necessity,
    NewLine,
    Opinion,
    Profile,
    Scale,
    Stance,
    Status,
    Subject,
)
from backcast.frameworks.models import Competency, CompetencyAnchor, Credential, Occupation
from backcast.frameworks.text import folded
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation
from tests.cast import TESTS, Cast, make_organisation

FIVE = Scale("BC", "Level, from first steps to expert", 1, 5)
SEVEN = Scale("LV", "Level", 0, 7)


# --- values ---------------------------------------------------------------------------------------


def line(name: str = "Take vital signs", number: int = 1, **changes: Any) -> Line:
    made = Line(
        key=UUID(int=number),
        subject=Subject.COMPETENCY,
        item=Named(number, name),
        necessity=Necessity.REQUIRED,
        importance=4,
        level_at_hire=2.0,
        level_later=3.0,
        scale=FIVE,
    )
    return replace(made, **changes)


def profile(*lines: Line, number: int = 1) -> Profile:
    return Profile(Named(1, "Nursing assistant"), number, Status.OPEN, lines)


def agreeing(line: Line, employer: int) -> Opinion:
    return Opinion(
        line.key,
        Named(employer, f"Employer {employer}"),
        Stance.AGREE,
        line.necessity,
        line.importance,
        line.level_at_hire,
        line.level_later,
    )


def dissenting(line: Line, employer: int, **said: Any) -> Opinion:
    return Opinion(line.key, Named(employer, f"Employer {employer}"), Stance.DISSENT, **said)


# --- rows -----------------------------------------------------------------------------------------


def make_role(
    cast: Cast,
    title: str = "Nursing assistant",
    *,
    members: tuple[str, ...] = ("employer",),
    occupation: Occupation | None = None,
) -> Role:
    """A role of a collaborative whose members are employers of the cast."""
    with acting(TESTS, "tests.make"):
        collaborative, _new = Collaborative.objects.get_or_create(
            region=cast.region, name="Test care collaborative"
        )
    for key in members:
        join(collaborative, cast.organisations[key])
    with acting(TESTS, "tests.make"):
        return Role.objects.create(
            region=cast.region, collaborative=collaborative, title=title, occupation=occupation
        )


def join(collaborative: Collaborative, employer: Organisation) -> None:
    staff = Actor("system:tests", kind=Kind.INTERMEDIARY, region_id=collaborative.region_id)
    with acting(staff, "tests.make"):
        CollaborativeMember.objects.get_or_create(
            collaborative=collaborative,
            employer=employer,
            left_on=None,
            defaults={"size": "medium", "joined_on": timezone.localdate()},
        )


def make_members(cast: Cast, role: Role, count: int) -> list[Organisation]:
    """More employers of the role's collaborative."""
    first = Organisation.objects.filter(region=cast.region).count()
    names = [f"Clinic {first + n}" for n in range(count)]
    made = [make_organisation(cast.region, "employer", name) for name in names]
    for employer in made:
        join(role.collaborative, employer)
    return made


def make_competency(cast: Cast, statement: str = "Take vital signs") -> Competency:
    """An own competency with five described levels."""
    with acting(TESTS, "tests.make"):
        made, new = Competency.objects.get_or_create(
            region=cast.region,
            statement=statement,
            defaults={"kind": "skill", "folded": folded(statement), "scale_id": "BC"},
        )
        if new:
            for value in range(1, 6):
                CompetencyAnchor.objects.create(
                    competency=made, value=value, description=f"Step {value}"
                )
        return made


def of_competency(competency: Competency, **changes: Any) -> NewLine:
    made = NewLine(
        Subject.COMPETENCY,
        Named(competency.pk, competency.statement),
        importance=4,
        level_at_hire=2.0,
        level_later=3.0,
    )
    return replace(made, **changes)


def of_credential(credential: Credential, **changes: Any) -> NewLine:
    made = NewLine(Subject.CREDENTIAL, Named(credential.pk, credential.name), importance=5)
    return replace(made, **changes)


def of_words(words: str, **changes: Any) -> NewLine:
    return replace(NewLine(Subject.WORDS, Named(0, words), Necessity.PREFERRED), **changes)


def make_version(
    cast: Cast, state: str = "draft", *, role: Role | None = None, lines: int = 2
) -> ProfileVersion:
    """A version of a role's profile in one of ``lifecycle.State``, with ``lines`` lines."""
    staff = cast.actor("administrator")
    version = actions.begin_profile(role or make_role(cast), actor=staff)
    if not version.lines.exists():
        names = ["Take vital signs", "Move people safely", "Keep records", "Speak with families"]
        new = [
            of_competency(make_competency(cast, names[n % 4] + (f" {n}" if n > 3 else "")))
            for n in range(lines)
        ]
        actions.add_lines(version, new, actor=staff)
    if state == State.DROPPED:
        return actions.drop_version(version, actor=staff)
    if state == State.DRAFT:
        return version
    actions.open_version(version, actor=staff)
    if state == State.OPEN:
        return version
    actions.approve_version(version, actor=staff)
    if state == State.SUPERSEDED:
        later = actions.begin_profile(version.profile.role, actor=staff)
        actions.approve_version(actions.open_version(later, actor=staff), actor=staff)
        version.refresh_from_db()
    return version


def first_line(version: ProfileVersion) -> ProfileLine:
    found = version.lines.order_by("order").first()
    assert found is not None
    return found


def fresh_key() -> UUID:
    return uuid4()
