"""How far a program covers what a requirement profile asks for at hire. Pure: values in, values out.

Of the requirements r that people must bring on the first day,

    coverage = Σ w(r)·covered(r) / Σ w(r),      w = importance × employer share × opening share

where *covered* means that some module assesses r at the required level or above. *Depth* tells how
near the rest comes: 1 − G with the competency gap index

    G = Σ w·max(0, required − assessed) / Σ w·required

over the requirements with a level. Levels of one scale are compared as they stand; levels of two
scales only as parts of their ranges, and the finding says so. Sources and choices:
``docs/methods/coverage.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from backcast.demand.profiles.values import (
    Learned,
    Line,
    Necessity,
    Opinion,
    Profile,
    Scale,
    Stance,
    Subject,
)
from backcast.frameworks.text import folded

#: A line on whose importance nobody has spoken counts as much as the middle of 1 to 5.
USUAL_IMPORTANCE = 3.0
#: Taught time is questioned where nobody requires the competency or rates it above this.
LOW_IMPORTANCE = 2.0


class Reason(StrEnum):
    """Why a requirement is not covered, from the farthest off to the nearest."""

    NOT_TAUGHT = "not_taught"
    INTRODUCED = "introduced"
    NOT_ASSESSED = "not_assessed"
    LEVEL_UNKNOWN = "level_unknown"
    LEVEL_LOW = "level_low"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one module does for one competency. ``hours`` may be unsaid."""

    key: str
    name: str
    introduces: bool = False
    practises: bool = False
    assesses: bool = False
    level: float | None = None
    scale: Scale | None = None
    hours: float | None = None

    @property
    def teaches(self) -> bool:
        return self.introduces or self.practises


@dataclass(frozen=True, slots=True)
class Part:
    """A module of the program, in order."""

    title: str
    outcomes: tuple[Outcome, ...]
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing asked for at hire and how much it weighs. ``highest``: the most that any employer
    whose rating may be told gives it; 0 where nobody asks."""

    line: UUID
    key: str
    name: str
    necessity: Necessity
    importance: float
    level: float | None = None
    scale: Scale | None = None
    employer_share: float = 1.0
    opening_share: float = 1.0
    highest: float = 0.0
    on_the_job: bool = False

    @property
    def weight(self) -> float:
        return self.importance * self.employer_share * self.opening_share

    @property
    def counts(self) -> bool:
        """Is it asked for on the first day?"""
        return self.necessity is not Necessity.NOT_NEEDED and not self.on_the_job


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of the employers behind a line: how many answered, how many agree."""

    answered: int
    agreeing: int
    importance: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement beside the program: covered where ``reason`` is None.

    ``assessed`` is the highest assessed level on the outcome's own scale, ``places`` the modules
    that have anything to do with it (0 is the first). ``by_range``: the two levels are of different
    scales and were compared as parts of their ranges.
    """

    requirement: Requirement
    reason: Reason | None
    hours: float
    assessed: float | None = None
    assessed_scale: Scale | None = None
    by_range: bool = False
    places: tuple[int, ...] = ()

    @property
    def covered(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Spent:
    """Hours on one competency. ``rated`` is the highest importance that an employer gives it."""

    key: str
    name: str
    hours: float
    rated: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Untaught:
    """A competency that is assessed in a module before any taught it, or that none ever teaches."""

    key: str
    name: str
    place: int
    taught_later: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole answer. ``share`` is None where nothing is asked for at hire, ``depth`` where no
    level is."""

    share: float | None
    depth: float | None
    findings: tuple[Finding, ...]
    over_taught: tuple[Spent, ...]
    untaught: tuple[Untaught, ...]
    hours: tuple[Spent, ...]
    on_the_job: tuple[Requirement, ...]
    hours_unknown: bool

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """What is missing, the weightiest first."""
        missing = [each for each in self.findings if not each.covered]
        return tuple(sorted(missing, key=lambda each: -each.requirement.weight))

    @property
    def covered(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.covered)

    @property
    def over_taught_hours(self) -> float:
        return sum(each.hours for each in self.over_taught)


def key_of(line: Line) -> str:
    """What makes a line of a profile and an outcome of a module the same thing."""
    return (
        f"c{line.item.id}" if line.subject is Subject.COMPETENCY else f"w{folded(line.item.name)}"
    )


def consensus(
    profile: Profile,
    told: Mapping[UUID, Told] | None = None,
    openings: Mapping[UUID, float] | None = None,
) -> tuple[Requirement, ...]:
    """What the employers of a profile ask for together.

    ``told`` gives the employers behind a line, where enough answered that it may be told: the
    employer share is then those who agree of those who answered, and the importance their median.
    ``openings`` gives the share of openings at employers that ask for the line. Both are 1 where
    nothing is given.
    """
    found = []
    for line in _competencies(profile.lines):
        said = (told or {}).get(line.key)
        rated = [float(line.importance)] if line.importance and line.asked else []
        if said is not None and said.importance is not None:
            rated.append(said.importance)
        found.append(
            _requirement(
                line,
                employer_share=said.agreeing / said.answered if said and said.answered else 1.0,
                opening_share=(openings or {}).get(line.key, 1.0),
                importance=said.importance if said else None,
                highest=max(rated, default=USUAL_IMPORTANCE if line.asked else 0.0),
            )
        )
    return tuple(found)


def of_employer(profile: Profile, opinions: Iterable[Opinion]) -> tuple[Requirement, ...]:
    """What one employer asks for: the profile, changed where its own opinion differs."""
    dissent = {each.line: each for each in opinions if each.stance is Stance.DISSENT}
    return tuple(
        _requirement(_as_seen(line, dissent.get(line.key))) for line in _competencies(profile.lines)
    )


def _as_seen(line: Line, opinion: Opinion | None) -> Line:
    if opinion is None:
        return line
    return replace(
        line,
        necessity=opinion.necessity or line.necessity,
        importance=opinion.importance or line.importance,
        level_at_hire=line.level_at_hire
        if opinion.level_at_hire is None
        else opinion.level_at_hire,
    )


def asks(line: Line, opinion: Opinion) -> bool:
    """Does the employer of this opinion ask for the line?"""
    return _as_seen(line, opinion if opinion.stance is Stance.DISSENT else None).asked


def _competencies(lines: Iterable[Line]) -> list[Line]:
    """Lines about what people can do. What stands in for a credential is no such thing."""
    return [
        line
        for line in lines
        if line.subject is not Subject.CREDENTIAL and line.necessity is not Necessity.INSTEAD
    ]


def _requirement(
    line: Line,
    *,
    employer_share: float = 1.0,
    opening_share: float = 1.0,
    importance: float | None = None,
    highest: float | None = None,
) -> Requirement:
    weight = float(importance or line.importance or USUAL_IMPORTANCE)
    return Requirement(
        line=line.key,
        key=key_of(line),
        name=line.item.name,
        necessity=line.necessity,
        importance=weight,
        level=line.level_at_hire,
        scale=line.scale,
        employer_share=employer_share,
        opening_share=opening_share,
        highest=(weight if line.asked else 0.0) if highest is None else highest,
        on_the_job=line.learned is Learned.ON_THE_JOB,
    )


def credentials_met(lines: Iterable[Line], earned: Iterable[int]) -> list[tuple[Line, Line | None]]:
    """Each credential that is asked for, and the line by which the program meets it: the credential
    itself or one accepted instead; None where it leads to neither."""
    has = set(earned)
    rows = [line for line in lines if line.subject is Subject.CREDENTIAL]
    instead: dict[UUID, list[Line]] = {}
    for line in rows:
        if line.instead_of is not None:
            instead.setdefault(line.instead_of, []).append(line)
    return [
        (
            line,
            next(
                (each for each in (line, *instead.get(line.key, ())) if each.item.id in has),
                None,
            ),
        )
        for line in rows
        if line.necessity in (Necessity.REQUIRED, Necessity.PREFERRED)
    ]


def hours_of(part: Part) -> dict[str, float]:
    """Competency → hours. What the module's outcomes do not say is divided evenly among them."""
    said = sum(each.hours or 0.0 for each in part.outcomes)
    silent = sum(each.hours is None for each in part.outcomes)
    left = max(0.0, (part.hours or 0.0) - said)
    spent: dict[str, float] = {}
    for each in part.outcomes:
        hours = left / silent if each.hours is None else each.hours
        spent[each.key] = spent.get(each.key, 0.0) + hours
    return spent


def coverage(
    requirements: Sequence[Requirement],
    parts: Sequence[Part],
    *,
    threshold: float = LOW_IMPORTANCE,
) -> Coverage:
    """Set a program's modules beside what is asked for."""
    cells: dict[str, list[tuple[int, Outcome]]] = {}
    spent: dict[str, float] = {}
    for place, part in enumerate(parts):
        for outcome in part.outcomes:
            cells.setdefault(outcome.key, []).append((place, outcome))
        for key, taught in hours_of(part).items():
            spent[key] = spent.get(key, 0.0) + taught
    counted = [each for each in requirements if each.counts]
    findings = tuple(
        _find(each, cells.get(each.key, ()), spent.get(each.key, 0.0)) for each in counted
    )
    required = {each.key for each in counted if each.necessity is Necessity.REQUIRED}
    rated: dict[str, float] = {}
    for each in requirements:
        rated[each.key] = max(rated.get(each.key, 0.0), each.highest)
    hours = tuple(
        Spent(
            key,
            rows[0][1].name,
            spent[key],
            rated.get(key, 0.0),
            tuple(dict.fromkeys(place for place, _outcome in rows)),
        )
        for key, rows in cells.items()
    )
    return Coverage(
        share=_share(findings),
        depth=_depth(findings),
        findings=findings,
        over_taught=tuple(
            sorted(
                (
                    each
                    for each in hours
                    if each.rated <= threshold and each.hours > 0 and each.key not in required
                ),
                key=lambda each: (-each.hours, each.name),
            )
        ),
        untaught=tuple(_untaught(cells)),
        hours=hours,
        on_the_job=tuple(
            each
            for each in requirements
            if each.on_the_job and each.necessity is not Necessity.NOT_NEEDED
        ),
        hours_unknown=any(
            part.hours is None and any(each.hours is None for each in part.outcomes)
            for part in parts
        ),
    )


def _find(requirement: Requirement, cells: Sequence[tuple[int, Outcome]], hours: float) -> Finding:
    places = tuple(dict.fromkeys(place for place, _outcome in cells))
    assessed = [outcome for _place, outcome in cells if outcome.assesses]
    best = max(
        (each for each in assessed if each.level is not None and each.scale is not None),
        key=_part_of_scale,
        default=None,
    )
    by_range = (
        best is not None
        and requirement.level is not None
        and requirement.scale is not None
        and best.scale is not None
        and best.scale.code != requirement.scale.code
    )
    reason: Reason | None = None
    if not cells:
        reason = Reason.NOT_TAUGHT
    elif not assessed:
        practised = any(outcome.practises for _place, outcome in cells)
        reason = Reason.NOT_ASSESSED if practised else Reason.INTRODUCED
    elif requirement.level is not None and requirement.scale is not None:
        if best is None:
            # The lowest level of a scale is reached by whoever is assessed at all.
            lowest = requirement.level <= requirement.scale.low
            reason = None if lowest else Reason.LEVEL_UNKNOWN
        elif not _reaches(best, requirement):
            reason = Reason.LEVEL_LOW
    return Finding(
        requirement,
        reason,
        hours,
        assessed=best.level if best else None,
        assessed_scale=best.scale if best else None,
        by_range=by_range,
        places=places,
    )


def _part_of_scale(outcome: Outcome) -> float:
    if outcome.level is None or outcome.scale is None:
        return 0.0
    return min(1.0, max(0.0, outcome.scale.share(outcome.level)))


def _reaches(outcome: Outcome, requirement: Requirement) -> bool:
    if outcome.level is None or requirement.level is None or requirement.scale is None:
        return False
    if outcome.scale is not None and outcome.scale.code == requirement.scale.code:
        return outcome.level >= requirement.level
    return _part_of_scale(outcome) >= requirement.scale.share(requirement.level) - 1e-9


def _share(findings: Sequence[Finding]) -> float | None:
    total = sum(each.requirement.weight for each in findings)
    if total <= 0:
        return None
    return sum(each.requirement.weight for each in findings if each.covered) / total


def _depth(findings: Sequence[Finding]) -> float | None:
    missing = asked = 0.0
    for each in findings:
        need = each.requirement
        if need.level is None or need.scale is None:
            continue
        wanted = need.scale.share(need.level)
        seen = 0.0
        if each.assessed is not None and each.assessed_scale is not None:
            seen = min(1.0, max(0.0, each.assessed_scale.share(each.assessed)))
        asked += need.weight * wanted
        missing += need.weight * max(0.0, wanted - seen)
    return 1 - missing / asked if asked > 0 else None


def _untaught(cells: Mapping[str, Sequence[tuple[int, Outcome]]]) -> Iterable[Untaught]:
    for key, rows in cells.items():
        assessed = [place for place, outcome in rows if outcome.assesses]
        taught = [place for place, outcome in rows if outcome.teaches]
        if assessed and (not taught or min(taught) > min(assessed)):
            yield Untaught(key, rows[0][1].name, min(assessed), bool(taught))
