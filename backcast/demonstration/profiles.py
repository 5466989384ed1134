"""What the demonstration's employers ask for: an approved version of each profile, and one they comment on.

Lines, opinions and reasons are made up. The two employers that one can sign in as have not spoken
of the open version yet, so that one can do so.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from backcast.core.actor import Actor, acting
from backcast.demand.figures import Named
from backcast.demand.models import ProfileLine, ProfileVersion, Role
from backcast.demand.profiles import access, actions, opinions
from backcast.demand.profiles.values import Learned, Necessity, NewLine, Stance, Subject
from backcast.demonstration.rows import ISSUER
from backcast.frameworks.models import Competency, CompetencyAnchor, Credential
from backcast.frameworks.parsing.scales import OWN
from backcast.frameworks.text import folded
from backcast.partners.models import Collaborative, Organisation, Region

LEVELS = (
    "Has seen it done and can say what matters.",
    "Does it with someone beside them.",
    "Does it alone when nothing unusual happens.",
    "Does it alone in hard cases.",
    "Teaches it to others.",
)
_NEED, _LIKE = Necessity.REQUIRED, Necessity.PREFERRED
_JOB, _EITHER = Learned.ON_THE_JOB, Learned.EITHER


@dataclass(frozen=True, slots=True)
class _Asked:
    """A made-up line: statement, importance, levels at hire and later, how needed, where learned."""

    statement: str
    importance: int
    hire: int
    later: int
    necessity: Necessity = _NEED
    learned: Learned = Learned.BEFORE


#: By occupation: skills, the credential, and what is accepted instead of it (or nothing).
LINES: dict[str, tuple[tuple[_Asked, ...], str, str]] = {
    "31-1131.00": (
        (
            _Asked("Measure and record vital signs", 5, 3, 4),
            _Asked("Move and lift people safely", 5, 3, 4),
            _Asked("Notice and report changes in a resident's condition", 5, 2, 4),
            _Asked("Help with washing, dressing and meals", 4, 3, 4),
            _Asked("Keep hands, gloves and surfaces clean", 5, 3, 4),
            _Asked("Prevent falls", 4, 2, 3),
            _Asked("Speak calmly with people who are confused", 4, 2, 3, _NEED, _EITHER),
            _Asked("Keep records on a tablet", 3, 2, 3, _LIKE, _JOB),
            _Asked("Work in a team across shifts", 4, 3, 3, _NEED, _EITHER),
            _Asked("Speak a second language with residents", 2, 2, 2, _LIKE, _EITHER),
        ),
        "Nurse aide registry listing",
        "Training finished, with the listing within four months of hire",
    ),
    "31-9092.00": (
        (
            _Asked("Take a patient's history and readings", 5, 3, 4),
            _Asked("Give injections as ordered", 5, 3, 4),
            _Asked("Schedule visits and keep electronic records", 4, 2, 4),
            _Asked("Prepare an exam room and assist at exams", 4, 3, 4),
            _Asked("Run simple tests and record the results", 4, 2, 3),
            _Asked("Explain to a patient what comes next", 4, 2, 3, _NEED, _EITHER),
            _Asked("Keep what patients say private", 5, 4, 4),
            _Asked("Answer insurance questions", 2, 2, 3, _LIKE, _JOB),
        ),
        "Medical assistant certification",
        "Two years of work as a medical assistant",
    ),
    "31-9097.00": (
        (
            _Asked("Draw blood from a vein safely", 5, 3, 4),
            _Asked("Label and store samples without error", 5, 4, 4),
            _Asked("Calm an anxious patient", 4, 2, 4, _NEED, _EITHER),
            _Asked("Draw blood from children and frail people", 4, 2, 3),
            _Asked("Know what to do after a needle stick", 5, 3, 3),
            _Asked("Enter orders in the laboratory system", 3, 2, 3, _LIKE, _JOB),
        ),
        "Phlebotomy technician certification",
        "",
    ),
    "29-2061.00": (
        (
            _Asked("Give medicines safely", 5, 3, 4),
            _Asked("Dress and watch wounds", 4, 3, 4),
            _Asked("Plan and chart nursing care", 4, 2, 4),
            _Asked("Guide nursing assistants", 3, 2, 4, _LIKE, _EITHER),
            _Asked("Act first in an emergency", 5, 3, 4),
            _Asked("Explain care to families", 4, 2, 3, _NEED, _EITHER),
        ),
        "Practical nurse license",
        "",
    ),
}
DEGREE = "Associate degree in health science"
_REASONS = (
    "We teach this in the first weeks.",
    "Nobody whom we hired last year had it, and they do well.",
    "Only our night shift needs it.",
    "It keeps good people from applying.",
)


def add_profiles(
    region: Region,
    collaborative: Collaborative,
    staff: Actor,
    silent: Sequence[Organisation],
    seed: int,
) -> int:
    """A first version that was commented on and approved, and a second one open; returns how many."""
    chance = random.Random(seed)
    roles = Role.objects.filter(collaborative=collaborative).select_related("occupation")
    with acting(staff, "demonstration.add_profiles"):
        for role in roles:
            if role.occupation is None:
                continue
            members = list(access.members(role))
            first = actions.begin_profile(role, actor=staff)
            actions.add_lines(first, _lines(region, role), actor=staff)
            actions.open_version(first, actor=staff)
            _comment(first, members, staff, chance)
            actions.approve_version(
                first, actor=staff, note="Agreed at the collaborative's meeting. Made up."
            )
            second = actions.begin_profile(role, actor=staff)
            _change(region, second, staff)
            actions.open_version(second, actor=staff)
            away = {employer.pk for employer in silent}
            speaking = [employer for employer in members if employer.pk not in away]
            _comment(second, speaking[:-1] or speaking, staff, chance)
    return len(roles)


def _key(role: Role) -> str:
    occupation = role.occupation
    assert occupation is not None
    return occupation.code or f"{occupation.soc}.00"


def _lines(region: Region, role: Role) -> list[NewLine]:
    skills, credential, instead = LINES[_key(role)]
    lines = [
        NewLine(
            Subject.COMPETENCY,
            _competency(region, one.statement),
            one.necessity,
            one.importance,
            float(one.hire),
            float(one.later),
            one.learned,
        )
        for one in skills
    ]
    held = Credential.objects.filter(region=region, name=credential).first()
    if held is not None:
        licence = NewLine(
            Subject.CREDENTIAL, Named(held.pk, held.name), importance=5, learned=Learned.BEFORE
        )
        lines.append(licence)
        if instead:
            lines.append(
                NewLine(
                    Subject.WORDS,
                    Named(0, instead),
                    Necessity.INSTEAD,
                    instead_of=licence.key,
                )
            )
    return lines


def _competency(region: Region, statement: str) -> Named:
    """The region's own skill of this statement, with five described levels."""
    found, _new = Competency.objects.get_or_create(
        region=region,
        statement=statement,
        defaults={
            "kind": Competency.Kind.SKILL,
            "folded": folded(statement),
            "description": "Written for the demonstration.",
        },
    )
    if found.scale_id is None:
        found.scale_id = OWN
        found.save(update_fields=["scale", "updated_at"])
        CompetencyAnchor.objects.bulk_create(
            CompetencyAnchor(competency=found, value=value, description=looks)
            for value, looks in enumerate(LEVELS, start=1)
        )
    return Named(found.pk, found.statement)


def _change(region: Region, version: ProfileVersion, staff: Actor) -> None:
    """What the second version tries: one level raised, one line eased, one new, and a degree."""
    lines = list(version.lines.filter(competency__isnull=False).order_by("order"))
    raised, eased = lines[2], lines[-1]
    actions.change_line(raised, actor=staff, level_at_hire=(raised.level_at_hire or 2) + 1)
    if eased.necessity == ProfileLine.Necessity.PREFERRED:
        actions.change_line(eased, actor=staff, importance=1)
    else:
        actions.change_line(eased, actor=staff, necessity=Necessity.PREFERRED)
    new = NewLine(
        Subject.COMPETENCY,
        _competency(region, "Ask for help before it is needed"),
        importance=4,
        level_at_hire=3.0,
        level_later=4.0,
        learned=Learned.EITHER,
    )
    degree, _new = Credential.objects.get_or_create(
        region=region,
        name=DEGREE,
        issuer=ISSUER,
        defaults={
            "folded": folded(DEGREE),
            "kind": Credential.Kind.DEGREE,
            "description": "Made up for the demonstration.",
        },
    )
    asked = NewLine(Subject.CREDENTIAL, Named(degree.pk, degree.name), importance=3)
    actions.add_lines(version, [new, asked], actor=staff)


def _comment(
    version: ProfileVersion, members: Sequence[Organisation], staff: Actor, chance: random.Random
) -> None:
    """Each member dissents from the degree and now and then from another line, and agrees to the rest."""
    lines = list(access.lines(version))
    for employer in members:
        for line in lines:
            line.version = version
            degree = line.name == DEGREE
            if chance.random() > (0.8 if degree else 0.12):
                continue
            proposal: dict[str, object] = {
                "necessity": Necessity.NOT_NEEDED if degree else Necessity.PREFERRED
            }
            if not degree and line.level_at_hire and line.level_at_hire > 1:
                proposal["level_at_hire"] = line.level_at_hire - 1
            if not degree and line.importance:
                proposal["importance"] = max(1, line.importance - chance.choice((1, 2)))
            if line.necessity == ProfileLine.Necessity.INSTEAD or (
                not degree and line.necessity == ProfileLine.Necessity.PREFERRED
            ):
                del proposal["necessity"]
            opinions.give_opinion(
                line,
                actor=staff,
                stance=Stance.DISSENT,
                employer=employer,
                reason=chance.choice(_REASONS),
                **proposal,  # type: ignore[arg-type]
            )
        opinions.agree_to_rest(version, actor=staff, employer=employer)
