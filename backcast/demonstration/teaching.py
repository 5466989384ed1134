"""What the demonstration's programs teach. All made up.

Outcomes are laid over the lines of each approved profile, so that every kind of gap can be seen in
the first program of a role and fewer in the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from backcast.demand.models import ProfileLine, ProfileVersion
from backcast.demonstration.rows import acting_for
from backcast.partners.models import Region
from backcast.training.models import Module, ModuleOutcome, Program
from backcast.training.modules import actions
from backcast.training.modules.outline import Outlined

MODULES = (
    ("Orientation, safety and the law", 0.14),
    ("The work and its words", 0.20),
    ("Skills lab", 0.30),
    ("Working with people", 0.16),
    ("Practice on the job", 0.20),
)
#: What a line's place among the lines makes of it in the first program: every kind of gap once.
GAPS = {2: "not taught", 4: "introduced", 6: "not assessed", 7: "low"}
EXTRA = (
    ("Keep a paper appointment book", 3),
    ("Tell the history of the occupation", 1),
)


def add_teaching(region: Region) -> int:
    """Modules for the programs of each approved profile; returns programs."""
    done: set[int] = set()
    necessity = ProfileLine.Necessity
    versions = (
        ProfileVersion.objects.current()
        .filter(profile__region=region, profile__role__occupation__isnull=False)
        .select_related("profile__role")
        .order_by("profile__role__title")
    )
    for version in versions:
        role = version.profile.role
        lines = list(
            version.lines.filter(credential=None)
            .exclude(necessity__in=[necessity.NOT_NEEDED, necessity.INSTEAD])
            .select_related("competency__scale", "scale")
        )
        programs = list(
            Program.objects.filter(
                region=region,
                occupation_links__occupation=role.occupation_id,
                occupation_links__weight__gt=0,
            )
            .select_related("provider")
            .order_by("provider__name", "pk")
        )
        for place, program in enumerate(programs[:6]):
            if program.pk not in done and lines:
                _teach(program, lines, place)
                done.add(program.pk)
    return len(done)


def _teach(program: Program, lines: Sequence[ProfileLine], place: int) -> None:
    actor = acting_for(program.provider)
    hours = Decimal(program.clock_hours or 200)
    draft = actions.draft_version(program, actor=actor, note="Made up for the demonstration.")
    modules = actions.add_modules(
        draft,
        [
            Outlined(title, (hours * Decimal(str(share))).quantize(Decimal(1)))
            for title, share in MODULES
        ],
        actor=actor,
    )
    outcomes: list[ModuleOutcome] = []
    for number, line in enumerate(lines):
        fault = GAPS.get((number + place) % 9) if place < 3 else None
        outcomes += _outcomes(modules, line, number, fault if number % (place + 1) == 0 else None)
    for words, module in EXTRA[: 2 if place == 0 else 1]:
        outcomes.append(ModuleOutcome(module=modules[module], words=words, practises=True))
    for outcome in outcomes:
        actions.add_outcomes(
            outcome.module,
            [outcome.competency or outcome.words],
            actor=actor,
            modes=outcome.modes,
            level=outcome.level,
        )
    actions.make_current(draft, actor=actor)


def _outcomes(
    modules: Sequence[Module], line: ProfileLine, number: int, fault: str | None
) -> list[ModuleOutcome]:
    """One line's way through the modules: introduced, practiced in the lab, assessed at the end."""
    if fault == "not taught":
        return []
    named = {"competency": line.competency, "words": line.words}
    first = modules[number % 2 + (2 if number % 3 == 0 else 0)]
    found = [ModuleOutcome(module=first, introduces=True, practises=fault is None, **named)]
    if fault == "introduced":
        found[0].practises = False
        return found
    assesses = fault != "not assessed"
    level = line.level_at_hire
    if fault == "low" and level is not None and line.scale is not None:
        level = max(line.scale.minimum, level - 1)
    found.append(
        ModuleOutcome(
            module=modules[4 if number % 2 else 2],
            practises=True,
            assesses=assesses,
            level=level if assesses else None,
            **named,
        )
    )
    return found
