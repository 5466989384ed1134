"""Where the people hired for a role come from, where graduates go, and what is missing. Pure.

**Nobody is counted twice.** A graduate fills one job. Of the graduates of a program who are hired,
those whom employers name for a role are counted there; the rest are apportioned by the program's
shares, which sum to 1 at most; what is left over works elsewhere.

**The gap** is demand − supply for a year ahead, *simulated* with a fixed seed: completers come
through the program's stages with Beta yields (programs that rest on one record share its draw),
demand has mean Σ(low + 4 likely + high)/6 and variance (1−r)Σσ² + r(Σσ)² with σ = (high − low)/6.
People who move between employers of the region fill no opening for the region: openings by turnover
are lowered by the share of hires that come that way. Formulas and sources: ``docs/methods/coverage.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every page imports this module, and only the simulation needs numpy
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 4_000
#: How much the openings of different employers rise and fall together, until waves tell.
COMMON_SHOCK = 0.3
#: The share of moves between employers rests on at least so many hires.
LEAST_HIRES = 10
#: Intervals hold in 8 of 10 cases.
TAIL = 0.1


class Kind(StrEnum):
    """Sources of hires that are no program listed here (the values of ``HireSource.Kind``)."""

    TRAINING = "training"
    EMPLOYER = "employer"
    PROMOTION = "promotion"
    SCHOOL = "school"
    AGENCY = "agency"
    AWAY = "away"
    OTHER = "other"


#: They bring the region nobody new.
INSIDE = frozenset({Kind.EMPLOYER})


@dataclass(frozen=True, slots=True)
class Yield:
    """A stage's yield after completion, Beta(a, b); equal ``key``: one record, one draw."""

    a: float
    b: float
    key: str = ""

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


@dataclass(frozen=True, slots=True)
class Graduates:
    """A program: completers a year, the way to a hire, shares by role, and hires that employers name."""

    key: str
    name: str
    completers: float
    yields: tuple[Yield, ...]
    shares: Mapping[str, float]
    named: Mapping[str, float]

    @property
    def hired(self) -> float:
        """Hires a year to be expected."""
        share = 1.0
        for each in self.yields:
            share *= each.mean
        return self.completers * share


@dataclass(frozen=True, slots=True)
class Other:
    """Hires a year for the role out of a source that is no program listed here."""

    kind: Kind
    name: str
    hires: float


@dataclass(frozen=True, slots=True)
class Opening:
    """What one employer expects in one quarter: low, likely, high; ``turnover`` or not."""

    low: float
    likely: float
    high: float
    turnover: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """Where a program's completers of a year go."""

    program: Graduates
    to_role: float
    to_others: float
    elsewhere: float
    not_hired: float


@dataclass(frozen=True, slots=True)
class Range:
    """A mean and the range that holds in 8 of 10 cases."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture of a role. ``moving`` is the share of hires that only change employer."""

    programs: tuple[Where, ...]
    others: tuple[Other, ...]
    demand: Range
    supply: Range
    gap: Range
    moving: float
    moving_known: bool

    @property
    def hires(self) -> float:
        return sum(each.to_role for each in self.programs) + sum(e.hires for e in self.others)


def allocate(
    completers: float, hired: float, shares: Mapping[str, float], named: Mapping[str, float]
) -> dict[str, float]:
    """Role → graduates counted there. Their sum is at most the graduates who are hired.

    Employers' counts come first; where they name more than the yields let expect, they are right as
    far as there are completers. Raises ``ValueError`` where the shares sum to more than 1.
    """
    if sum(shares.values()) > 1 + 1e-6:
        raise ValueError(
            f"The shares add up to {sum(shares.values()):.4f}. A graduate fills one job: lower them."
        )
    said = sum(named.values())
    pool = min(completers, max(hired, said))
    scale = min(1.0, pool / said) if said > 0 else 0.0
    rest = max(0.0, pool - said * scale)
    return {
        role: named.get(role, 0.0) * scale + rest * shares.get(role, 0.0)
        for role in {**named, **shares}
    }


def where(program: Graduates, role: str) -> Where:
    """Where a program's completers go, seen from one role."""
    counted = allocate(program.completers, program.hired, program.shares, program.named)
    hired = min(program.completers, max(program.hired, sum(program.named.values())))
    to_role = counted.get(role, 0.0)
    to_others = sum(people for key, people in counted.items() if key != role)
    return Where(
        program,
        to_role=to_role,
        to_others=to_others,
        elsewhere=max(0.0, hired - to_role - to_others),
        not_hired=max(0.0, program.completers - hired),
    )


def moving_share(programs: float, others: Sequence[Other]) -> tuple[float, bool]:
    """The share of hires by people who come from another employer of the region, and if it is known."""
    total = programs + sum(each.hires for each in others)
    inside = sum(each.hires for each in others if each.kind in INSIDE)
    if total < LEAST_HIRES or not others:
        return 0.0, False
    return inside / total, True


def flow(
    role: str,
    programs: Sequence[Graduates],
    others: Sequence[Other],
    openings: Sequence[Opening],
    *,
    common: float = COMMON_SHOCK,
    draws: int = DRAWS,
    seed: int = 1,
) -> Flow:
    """The flow into a role, and demand − supply for a year with its interval."""
    import numpy as np

    rows = tuple(where(program, role) for program in programs)
    moving, known = moving_share(sum(row.to_role for row in rows), others)
    chance = np.random.default_rng(seed)
    demand = _demand(openings, moving, common, draws, chance)
    new = sum(each.hires for each in others if each.kind not in INSIDE)
    supply = _supply(role, programs, draws, chance) + chance.poisson(new, draws)
    return Flow(
        programs=tuple(row for row in rows if row.to_role > 0 or row.program.named.get(role)),
        others=tuple(others),
        demand=_range(demand),
        supply=_range(supply),
        gap=_range(demand - supply),
        moving=moving,
        moving_known=known,
    )


def _demand(
    openings: Sequence[Opening],
    moving: float,
    common: float,
    draws: int,
    chance: np.random.Generator,
) -> Floats:
    import numpy as np

    mean = spread = squares = 0.0
    for each in openings:
        kept = 1 - moving if each.turnover else 1.0
        mean += kept * (each.low + 4 * each.likely + each.high) / 6
        sigma = kept * (each.high - each.low) / 6
        spread += sigma
        squares += sigma * sigma
    variance = (1 - common) * squares + common * spread * spread
    return np.maximum(0.0, chance.normal(mean, variance**0.5, draws))


def _supply(
    role: str, programs: Sequence[Graduates], draws: int, chance: np.random.Generator
) -> Floats:
    """Graduates counted for the role, draw by draw, with the same rule as ``allocate``."""
    import numpy as np

    total = np.zeros(draws)
    shared: dict[tuple[str, float, float], Floats] = {}
    for program in programs:
        share = program.shares.get(role, 0.0)
        said = sum(program.named.values())
        mine = program.named.get(role, 0.0)
        if share <= 0 and mine <= 0:
            continue
        rate = np.ones(draws)
        for each in program.yields:
            key = (each.key, each.a, each.b)
            if each.key and key in shared:
                rate = rate * shared[key]
                continue
            drawn = chance.beta(each.a, each.b, draws)
            if each.key:
                shared[key] = drawn
            rate = rate * drawn
        whole = int(program.completers)
        people = whole + (chance.random(draws) < program.completers - whole)
        hired = chance.binomial(people, rate)
        pool = np.minimum(people, np.maximum(hired, said))
        scale = np.minimum(1.0, pool / said) if said > 0 else np.zeros(draws)
        rest = np.maximum(0, np.floor(pool - said * scale)).astype(np.int64)
        total += mine * scale + chance.binomial(rest, min(1.0, share))
    return total


def _range(values: Floats) -> Range:
    import numpy as np

    low, high = np.quantile(values, [TAIL, 1 - TAIL])
    return Range(float(values.mean()), float(low), float(high))
