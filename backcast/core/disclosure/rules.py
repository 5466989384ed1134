"""The figures that disclosure control goes by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """For sums of what several contributors gave, in people.

    ``contributors``: at least so many with something in the sum. ``dominance``: the largest share
    of one. ``closeness``: nobody's number may be bounded from above within this share of it.
    ``smallest``: sums below it are not shown. ``width``: the interval that anyone can work out for
    a contributor's number holds at least so many people. ``rounding``: the step of what is shown.
    """

    contributors: int
    dominance: float
    closeness: float
    smallest: float
    width: float
    rounding: float


@dataclass(frozen=True, slots=True)
class ShareRule:
    """For shares of each contributor's own people; ``width`` is a share, too.

    Shares within ``edge`` of none or all are shown as "at most" and "at least".
    """

    contributors: int
    dominance: float
    width: float
    edge: float
    rounding: float
