"""What a plan promises, as people outside the region's staff may read it: sums that give no employer away.

Which of them may be shown is decided by ``core.disclosure``, as for published waves; roles that cannot
be shown alone are counted together, as what the total leaves. People are rounded on top of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from backcast.core.disclosure import ALL, Address


@dataclass(frozen=True, slots=True)
class RolePart:
    """A role of a plan: people needed and employers behind them, people expected, odds."""

    role: str
    title: str
    needed: float
    employers: int
    expected: float
    odds: float


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role as shown. ``roles`` above 1, or an empty title: several that cannot stand alone."""

    title: str
    roles: int
    employers: int
    needed: int
    expected: int
    odds: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """Lines that may be shown, by people needed."""

    lines: tuple[RoleLine, ...]
    employers: int
    needed: int
    expected: int


def place(role: str) -> Address:
    """The address of a role's people over all that its numbers are split by."""
    return (role, ALL, ALL, ALL, ALL)


TOTAL = place(ALL)


def promise(
    parts: Iterable[RolePart], shown: Set[Address], employers: int, step: int
) -> Promise | None:
    """The plan's roles as far as they may be shown; None where not even their sum may be.

    ``employers`` stand behind all roles together.
    """
    wanted = sorted((part for part in parts if part.needed > 0), key=lambda part: -part.needed)
    if TOTAL not in shown or not wanted:
        return None
    # The only role is all of them.
    alone = [part for part in wanted if place(part.role) in shown or len(wanted) == 1]
    rest = [part for part in wanted if part not in alone]
    lines = [
        RoleLine(
            part.title,
            1,
            part.employers,
            rounded(part.needed, step),
            rounded(part.expected, step),
            part.odds,
        )
        for part in alone
    ]
    if rest:
        # How many employers stand behind what is left would be one more thing known of few.
        lines.append(
            RoleLine(
                "",
                len(rest),
                0,
                rounded(sum(part.needed for part in rest), step),
                rounded(sum(part.expected for part in rest), step),
                None,
            )
        )
    return Promise(
        tuple(lines),
        employers,
        sum(line.needed for line in lines),
        sum(line.expected for line in lines),
    )


def rounded(people: float, step: int) -> int:
    """To the nearest ``step``; what is above 0 stays above it."""
    return max(step, round(people / step) * step) if people > 0 else 0


def behind(numbers: Mapping[tuple[str, Address], float], role: str) -> tuple[float, int]:
    """People of a role (or of all), and employers that have any of them."""
    rows = {key: people for key, people in numbers.items() if role in (ALL, key[1][0])}
    return sum(rows.values()), len({who for (who, _cell), people in rows.items() if people > 0})
