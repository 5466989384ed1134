"""Which programs serve the roles that are asked for, and the rungs below that people leave for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from backcast.planning.keys import role_key
from backcast.training.access import missing_figures
from backcast.training.models import Program


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A program that could not be planned with, and the figures it lacks."""

    program: int
    title: str
    missing: tuple[str, ...]


def down_the_ladder(
    roles: dict[str, str], programs: Sequence[Program]
) -> tuple[dict[str, str], list[Program], list[LeftOut]]:
    """Roles asked for and, down the ladder, those that people leave who are trained on; the programs
    that serve any of them; and those that would but lack figures."""
    roles = dict(roles)
    usable: list[Program] = []
    left_out: list[LeftOut] = []
    waiting = list(programs)
    while serving := [
        program for program in waiting if not roles.keys().isdisjoint(serves(program))
    ]:
        taken = set(serving)
        waiting = [program for program in waiting if program not in taken]
        for program in serving:
            if missing := missing_figures(program):
                left_out.append(LeftOut(program.pk, str(program), tuple(missing)))
                continue
            usable.append(program)
            if (below := program.upskills_from) is not None:
                roles.setdefault(role_key(below), below.title)
    order = {program.pk: place for place, program in enumerate(programs)}
    usable.sort(key=lambda program: order[program.pk])
    return roles, usable, left_out


def serves(program: Program) -> dict[str, float]:
    """Role → share of those hired from the program. The job that its learners leave is none of them:
    who stays in it fills no opening."""
    below = program.upskills_from
    shares: dict[str, float] = defaultdict(float)
    for link in program.occupation_links.all():
        if link.weight > 0 and not (below is not None and below.same_work(link.occupation)):
            shares[role_key(link.occupation)] += float(link.weight)
    return {role: min(1.0, share) for role, share in shares.items()}
