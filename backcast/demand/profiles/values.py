"""What a requirement profile says, as values. Nothing here knows of Django or the database.

A level is a number on the scale of its line; levels on different scales are never set beside each
other except as ``Scale.share``, the part of the scale's range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid4

from backcast.demand.figures import Named


class Subject(StrEnum):
    """What a line is about: a competency, a credential, or something in own words."""

    COMPETENCY = "competency"
    CREDENTIAL = "credential"
    WORDS = "words"


class Necessity(StrEnum):
    REQUIRED = "required"
    PREFERRED = "preferred"
    NOT_NEEDED = "not_needed"
    INSTEAD = "accepted_instead"


class Learned(StrEnum):
    """Where somebody learns it."""

    BEFORE = "before_hire"
    ON_THE_JOB = "on_the_job"
    EITHER = "either"


class Origin(StrEnum):
    """Where a line came from. A seed describes the typical worker; employers must confirm it."""

    HAND = "hand"
    NEEDS = "needs"
    SEED = "seed"
    LINKED = "linked"
    IMPORTED = "imported"


class Stance(StrEnum):
    AGREE = "agree"
    DISSENT = "dissent"


class Status(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of levels with its lowest and highest value."""

    code: str
    name: str
    low: float
    high: float

    def holds(self, level: float) -> bool:
        return self.low <= level <= self.high

    def share(self, level: float) -> float:
        """Where on the scale the level lies, from 0 to 1."""
        return (level - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement. ``key`` stays the same from version to version.

    ``importance`` is 1 to 5; ``None`` in any field: not said. ``level_later`` is the level after
    six months. ``instead_of`` is the key of the line that this one may stand in for. ``confirmed``
    is false for a seed that no approved version holds yet.
    """

    key: UUID
    subject: Subject
    item: Named
    necessity: Necessity
    importance: int | None = None
    level_at_hire: float | None = None
    level_later: float | None = None
    scale: Scale | None = None
    learned: Learned = Learned.EITHER
    instead_of: UUID | None = None
    origin: Origin = Origin.HAND
    source: str = ""
    confirmed: bool = True
    id: int = 0

    @property
    def asked(self) -> bool:
        """Does the role ask for it at all?"""
        return self.necessity is not Necessity.NOT_NEEDED


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be added; the scale of its levels is its competency's. ``item`` as in ``Line``."""

    subject: Subject
    item: Named
    necessity: Necessity = Necessity.REQUIRED
    importance: int | None = None
    level_at_hire: float | None = None
    level_later: float | None = None
    learned: Learned = Learned.EITHER
    instead_of: UUID | None = None
    source: str = ""
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one employer says of one line: the values it would write there, and why.

    An employer that agrees states the values of the line as they were when it agreed, so that a
    later change of the line shows whom it no longer speaks for.
    """

    line: UUID
    employer: Named
    stance: Stance
    necessity: Necessity | None = None
    importance: int | None = None
    level_at_hire: float | None = None
    level_later: float | None = None
    reason: str = ""
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of the requirements of a role."""

    role: Named
    number: int
    status: Status
    lines: tuple[Line, ...] = ()
    id: int = 0

    def line(self, key: UUID) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)
