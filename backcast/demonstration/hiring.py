"""Where the hires of the demonstration's employers came from in the year that is over. All made up.

Some employers of each role count theirs by source; staff then show others what may be shown of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

from backcast.core.actor import Actor, acting
from backcast.demand.models import Role
from backcast.partners.models import Collaborative, CollaborativeMember
from backcast.planning import flows
from backcast.training.models import HireSource, Program

#: Employers that count, of each role.
COUNTING = 10
#: Source → hires of an employer in a year, at least and at most.
USUAL = {
    HireSource.Kind.EMPLOYER: (3, 9),
    HireSource.Kind.PROMOTION: (0, 3),
    HireSource.Kind.TRAINING: (0, 4),
    HireSource.Kind.SCHOOL: (2, 6),
    HireSource.Kind.AGENCY: (1, 6),
    HireSource.Kind.AWAY: (0, 4),
    HireSource.Kind.OTHER: (0, 2),
}
#: Hires out of one program, and programs that several employers hire from.
FROM_A_PROGRAM = (1, 4)
PROGRAMS = 3


def add_hiring(collaborative: Collaborative, staff: Actor, today: date) -> int:
    """Count the hires of last year for each role, and publish them; returns how many occupations."""
    members = list(
        CollaborativeMember.objects.filter(collaborative=collaborative, left_on=None).order_by(
            "employer__name"
        )
    )
    roles = list(
        Role.objects.filter(collaborative=collaborative, occupation__isnull=False)
        .select_related("occupation")
        .order_by("title")
    )
    published = 0
    with acting(staff, "demonstration.add_hiring"):
        for role in roles:
            chance = random.Random(role.title)
            chosen = chance.sample(members, min(COUNTING, len(members)))
            HireSource.objects.bulk_create(_counts(role, chosen, today.year - 1, chance))
        # Roles that share an occupation are published as one.
        for role in roles:
            assert role.occupation is not None
            if flows.publishable(staff, role.occupation, today=today) is not None:
                flows.publish(staff, role.occupation, today=today)
                published += 1
    return published


def _counts(
    role: Role, members: Sequence[CollaborativeMember], year: int, chance: random.Random
) -> Iterator[HireSource]:
    programs = list(
        Program.objects.filter(
            region=role.region_id,
            occupation_links__occupation=role.occupation_id,
            occupation_links__weight__gt=0,
        ).order_by("provider__name", "pk")[:PROGRAMS]
    )
    for member in members:
        found: list[tuple[HireSource.Kind, Program | None, int]] = [
            (kind, None, chance.randint(*usual)) for kind, usual in USUAL.items()
        ]
        for program in programs:
            if chance.random() < 0.6:
                found.append((HireSource.Kind.PROGRAM, program, chance.randint(*FROM_A_PROGRAM)))
        for kind, source, hires in found:
            if hires:
                yield HireSource(
                    region_id=role.region_id,
                    employer_id=member.employer_id,
                    role=role,
                    year=year,
                    kind=kind,
                    program=source,
                    hires=hires,
                )
