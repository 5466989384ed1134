"""Yields of programs that lean on one another: what each program's own past says, and the others'.

A program with few people leans on the others of its stage, one with many stands on its own data, and
older cohorts count less as far as the data say that yields wander. How, says ``hierarchy``. Only
settled counts come in: people still on the way are not people who failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backcast.planning.figures import StageYield

Key = tuple[str, str]
"""A program and a stage."""

FEWEST_PROGRAMS = 2
"""Programs with settled counts in a stage, at least, before one leans on another."""

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class CohortCount:
    """Settled people of one cohort in one stage: came through and did not; it began ``years`` ago.

    ``cohorts`` above 1: the count stands for about so many cohorts of about the same age. ``lump``:
    nobody said how many.
    """

    program: str
    stage: str
    years: float
    passed: float
    failed: float
    cohorts: float = 1.0
    lump: bool = False


@dataclass(frozen=True, slots=True)
class Belief:
    """A program's yield in a stage: Beta(prior_a + successes, prior_b + trials − successes).

    ``successes`` of ``trials`` weigh the program's own ``passed`` of ``counted`` people, less for
    older cohorts and for the spread between cohorts. ``between`` is the correlation of two learners
    of one cohort; ``drift`` how far the yield wanders in a year, in log-odds (standard deviation).
    ``cohorts`` is 0 where the counts do not say; ``others`` counts the other programs with data in
    the stage, ``akin`` those of them for the same role. Of what is not known of the yield, a share of
    ``together`` (0 to 1) is not known of its ``family`` as a whole.
    """

    successes: float
    trials: float
    prior_a: float
    prior_b: float
    between: float
    drift: float
    passed: float
    counted: float
    cohorts: int
    others: int
    akin: int = 0
    family: str = ""
    together: float = 0.0

    @property
    def mean(self) -> float:
        return (self.prior_a + self.successes) / (self.prior_a + self.prior_b + self.trials)

    @property
    def prior_mean(self) -> float:
        return self.prior_a / (self.prior_a + self.prior_b)

    @property
    def prior_people(self) -> float:
        """How many people the other programs weigh like."""
        return self.prior_a + self.prior_b

    @property
    def leaning(self) -> float:
        """The share of the yield's weight that comes from other programs, 0 to 1."""
        return self.prior_people / (self.prior_people + self.trials)

    @property
    def source(self) -> str:
        """What it rests on, in plain words."""
        own = "no settled cohort of its own yet"
        if self.counted:
            many = "1 cohort of" if self.cohorts == 1 else f"{self.cohorts} cohorts of"
            own = (
                f"{self.passed:g} of {self.counted:g} people in {many if self.cohorts else ''} "
                f"this program, which weigh like {self.trials:.0f} people today"
            ).replace("  ", " ")
        akin = f", {self.akin} of them for the same role," if self.akin else ""
        return (
            f"{own}; leans {self.leaning:.0%} on {self.others} other "
            f"program{'' if self.others == 1 else 's'} in this stage{akin} "
            f"({self.prior_mean:.0%}, like {self.prior_people:.0f} people)"
        ).replace(", (", " (")


@dataclass(frozen=True, slots=True)
class Pooled:
    """Beliefs by program and stage; the common spread between cohorts and yearly drift (log-odds)."""

    beliefs: Mapping[Key, Belief]
    cohort_sd: float
    drift_sd: float


def pool(
    counts: Iterable[CohortCount],
    wanted: Iterable[Key] = (),
    families: Mapping[str, str] | None = None,
) -> Pooled:
    """Beliefs for every program and stage that has counts or is ``wanted``.

    ``families`` names for a program what it has in common with others, its main role: programs lean
    on those of their family first. One without a family stands for itself.

    Stages in which fewer than ``FEWEST_PROGRAMS`` programs have counts are left out: nobody is
    there to lean on. Raises ``ValueError`` on a count below 0 or a cohort from the future.
    """
    by_key: dict[Key, list[CohortCount]] = defaultdict(list)
    for count in counts:
        if min(count.passed, count.failed) < 0 or count.years < 0 or count.cohorts <= 0:
            raise ValueError(f"{count.program}, {count.stage}: no count may be below 0.")
        if count.passed + count.failed > 0:
            by_key[count.program, count.stage].append(count)
    programs: dict[str, int] = defaultdict(int)
    for _, stage in by_key:
        programs[stage] += 1
    keys = [
        key
        for key in dict.fromkeys([*by_key, *wanted])
        if programs.get(key[1], 0) >= FEWEST_PROGRAMS
    ]
    if not keys:
        return Pooled({}, 0.0, 0.0)
    from backcast.planning.hierarchy import weigh  # needs scipy, which is slow to import

    return weigh(keys, by_key, programs, families or {})


def with_belief(stage: StageYield, belief: Belief, source: str = "") -> StageYield:
    """The yield as pooled; ``source`` says where the program's own counts are from."""
    return replace(
        stage,
        successes=belief.successes,
        trials=belief.trials,
        prior_a=belief.prior_a,
        prior_b=belief.prior_b,
        between=belief.between,
        drift=belief.drift,
        family=belief.family,
        together=belief.together,
        source=f"{source}: {belief.source}" if source else belief.source,
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """One cohort in one stage as last counted, ``years`` after its first day; ``still_open`` people
    are on the way. ``ago`` is how many years before today it was that old: 0 where counted today."""

    program: str
    stage: str
    years: float
    passed: float
    failed: float
    still_open: float
    ago: float = 0.0


def settled(followed: Iterable[Followed]) -> list[CohortCount]:
    """The stages of cohorts whose outcome is known: nobody is open, and it is not too early to tell.

    Of young cohorts, those close first in which everybody passed quickly; counting them as they close
    flatters a yield. So a program's cohorts count in a stage from the age on at which two in a row,
    by age, are closed (or the oldest is, alone).
    """
    by_key: dict[Key, list[Followed]] = defaultdict(list)
    for row in followed:
        by_key[row.program, row.stage].append(row)
    out = []
    for rows in by_key.values():
        age = _age_of_maturity(rows)
        out += [
            CohortCount(row.program, row.stage, row.ago + row.years, row.passed, row.failed)
            for row in rows
            if not row.still_open and row.years >= age and row.passed + row.failed > 0
        ]
    return out


def _age_of_maturity(rows: Sequence[Followed]) -> float:
    young_first = sorted(rows, key=lambda row: row.years)
    for row, older in zip(young_first, [*young_first[1:], young_first[-1]], strict=True):
        if not row.still_open and not older.still_open:
            return row.years
    return float("inf")
