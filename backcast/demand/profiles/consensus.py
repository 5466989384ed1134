"""How far employers agree on a line, how widely they differ, and who has said nothing.

The formulas and where they come from: docs/methods/profiles.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import quantiles
from uuid import UUID

from backcast.demand.figures import Named
from backcast.demand.profiles.values import Line, Necessity, Opinion, Profile, Stance


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some numbers and how far they lie apart."""

    n: int
    median: float
    q1: float
    q3: float

    @property
    def iqr(self) -> float:
        return self.q3 - self.q1


@dataclass(frozen=True, slots=True)
class Voice:
    """What employers say of one line. ``silent`` were asked and have said nothing."""

    line: Line
    asked: int
    agreeing: int
    dissenting: tuple[Opinion, ...]
    silent: tuple[Named, ...]
    necessity: Mapping[Necessity, int]
    importance: Spread | None
    level_at_hire: Spread | None
    level_later: Spread | None

    @property
    def answered(self) -> int:
        return self.agreeing + len(self.dissenting)

    @property
    def share(self) -> float | None:
        """The share of those who answered that agree; ``None`` where nobody answered."""
        return self.agreeing / self.answered if self.answered else None


class Told(StrEnum):
    """How agreement is told to those who must not learn what a single employer said."""

    COUNTED = "counted"
    NEARLY_ALL = "nearly_all"
    HARDLY_ANY = "hardly_any"


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W over the importance of ``lines`` lines, by ``raters`` employers who rated each.

    0: they rank them with no common order; 1: all alike. ``p`` is the chance of so much agreement
    if nobody had an order in mind.
    """

    w: float
    raters: int
    lines: int
    p: float


def told(agreeing: int, answered: int, sides: int) -> Told:
    """The number only where at least ``sides`` (two or more) stand on either side.

    Otherwise each employer, knowing its own answer, would know that of every other.
    """
    if answered - agreeing < sides:
        return Told.NEARLY_ALL
    return Told.HARDLY_ANY if agreeing < sides else Told.COUNTED


def spread(values: Iterable[float | None]) -> Spread | None:
    """Median and quartiles (linear between values); ``None`` where nothing is said."""
    said = [float(value) for value in values if value is not None]
    if not said:
        return None
    # One value has no quartiles of its own; twice the same one has.
    q1, median, q3 = quantiles(said if len(said) > 1 else said * 2, method="inclusive")
    return Spread(len(said), median, q1, q3)


def stands_by(line: Line, opinion: Opinion) -> bool:
    """Does the employer agree with the line as it stands now?

    Who agreed states the line's values of that day, who dissented its own; both are held against
    the line as it is, so that a mended line wins over those whose wish it now meets. A dissent that
    proposes nothing stays one.
    """
    said = (
        opinion.necessity,
        opinion.importance,
        opinion.level_at_hire,
        opinion.level_later,
    )
    if opinion.stance is Stance.DISSENT and not any(value is not None for value in said):
        return False
    now = (line.necessity, line.importance, line.level_at_hire, line.level_later)
    if opinion.stance is Stance.AGREE:
        return said == now
    return all(wish is None or wish == value for wish, value in zip(said, now, strict=True))


def voice(line: Line, opinions: Iterable[Opinion], asked: Collection[Named]) -> Voice:
    """What the employers ``asked``, and those who answered though they no longer are, say of a line."""
    said = [opinion for opinion in opinions if opinion.line == line.key]
    heard = {opinion.employer.id for opinion in said}
    agreeing = sum(stands_by(line, opinion) for opinion in said)
    return Voice(
        line=line,
        asked=len(heard | {employer.id for employer in asked}),
        agreeing=agreeing,
        dissenting=tuple(o for o in said if not stands_by(line, o)),
        silent=tuple(employer for employer in asked if employer.id not in heard),
        necessity=Counter(o.necessity for o in said if o.necessity is not None),
        importance=spread(o.importance for o in said),
        level_at_hire=spread(o.level_at_hire for o in said),
        level_later=spread(o.level_later for o in said),
    )


def voices(
    profile: Profile, opinions: Iterable[Opinion], asked: Collection[Named]
) -> tuple[Voice, ...]:
    by_line: dict[UUID, list[Opinion]] = {line.key: [] for line in profile.lines}
    for opinion in opinions:
        if opinion.line in by_line:
            by_line[opinion.line].append(opinion)
    return tuple(voice(line, by_line[line.key], asked) for line in profile.lines)


def concordance(opinions: Iterable[Opinion]) -> Concordance | None:
    """Kendall's W, corrected for ties, over employers who rated the importance of the same lines.

    The lines are those that most raters rated; employers who left one of them out do not count.
    ``None`` with fewer than two such employers or three such lines, or where nobody tells the
    lines apart.
    """
    ratings: dict[int, dict[UUID, int]] = {}
    for opinion in opinions:
        if opinion.importance is not None:
            ratings.setdefault(opinion.employer.id, {})[opinion.line] = opinion.importance
    count = Counter(line for said in ratings.values() for line in said)
    lines = sorted(line for line, n in count.items() if 2 * n > len(ratings))
    table = [
        [said[line] for line in lines]
        for said in ratings.values()
        if all(line in said for line in lines)
    ]
    m, n = len(table), len(lines)
    if m < 2 or n < 3 or all(len(set(row)) == 1 for row in table):
        return None
    from scipy.stats import friedmanchisquare  # slow to import, and few pages ask for it

    result = friedmanchisquare(*zip(*table, strict=True))
    w = float(result.statistic) / (m * (n - 1))
    return None if math.isnan(w) else Concordance(min(max(w, 0.0), 1.0), m, n, float(result.pvalue))
