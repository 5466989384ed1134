"""What is known of each stage of a program, as a Beta distribution and the data behind it.

A stage's yield is Beta(a + s, b + n − s): the prior, s who came through of n who entered. Observed
counts come from cohorts in which nobody is still in the stage: people who have not finished yet are
not people who failed. Published counts (completed → employed in any job) belong to the stage
*hired*; programs of one provider and field of study share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backcast.training.outcomes import FLOOR

#: The stage that published employment speaks of.
PUBLISHED_STAGE = "hired"


@dataclass(frozen=True, slots=True)
class Count:
    """One cohort in one stage."""

    stage: str
    passed: int
    failed: int
    still_open: int


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before any count: Beta(a, b)."""

    a: float = 1.0
    b: float = 1.0
    source: str = ""
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A published count, and the key that programs resting on it have in common."""

    completers: int
    employed: int | None
    key: str
    source: str

    @property
    def is_usable(self) -> bool:
        return self.employed is not None and self.completers >= FLOOR


@dataclass(frozen=True, slots=True)
class Part:
    """One body of data behind a yield: ``successes`` of ``trials`` people."""

    basis: str
    successes: int
    trials: int
    source: str


@dataclass(frozen=True, slots=True)
class Yield:
    """A stage's yield: its prior, the data beside it, and the key that it is shared under."""

    stage: str
    prior: Prior
    parts: tuple[Part, ...] = ()
    shared_key: str | None = None
    #: Cohorts left out because someone is still in the stage.
    open_cohorts: int = field(default=0, compare=False)

    @property
    def successes(self) -> int:
        return sum(part.successes for part in self.parts)

    @property
    def trials(self) -> int:
        return sum(part.trials for part in self.parts)

    @property
    def a(self) -> float:
        return self.prior.a + self.successes

    @property
    def b(self) -> float:
        return self.prior.b + self.trials - self.successes

    @property
    def mean(self) -> float:
        """Mean of the Beta posterior."""
        return self.a / (self.a + self.b)

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 80 % of the Beta posterior."""
        from scipy.special import betaincinv  # slow to import, and few pages ask for it

        return float(betaincinv(self.a, self.b, 0.1)), float(betaincinv(self.a, self.b, 0.9))

    @property
    def basis(self) -> str:
        """Observed before published; assumed where there are no data."""
        kinds = {part.basis for part in self.parts}
        return next((kind for kind in ("observed", "published") if kind in kinds), "assumed")

    @property
    def source(self) -> str:
        """One line that says what the yield rests on."""
        texts = [part.source for part in self.parts]
        if not texts:
            return self.prior.source or "No data yet: anything from 0 to 1 is as likely"
        return "; ".join(texts)


def observed(counts: Iterable[Count]) -> dict[str, tuple[int, int, int, int]]:
    """Stage → (came through, of, cohorts counted, cohorts still open)."""
    sums: dict[str, tuple[int, int, int, int]] = {}
    for count in counts:
        passed, tried, cohorts, waiting = sums.get(count.stage, (0, 0, 0, 0))
        if count.still_open:
            waiting += 1
        elif count.passed + count.failed:
            passed += count.passed
            tried += count.passed + count.failed
            cohorts += 1
        sums[count.stage] = (passed, tried, cohorts, waiting)
    return sums


def yields(
    stages: Sequence[str],
    counts: Iterable[Count] = (),
    published: Published | None = None,
    priors: Mapping[str, Prior] | None = None,
) -> tuple[Yield, ...]:
    """The yields of a program's stages in its own order.

    Where a program has observed hires of its own, these decide and the published count, which is
    about any job, is left aside; so no cohort is counted in both.
    """
    seen = observed(counts)
    result = []
    for stage in stages:
        passed, tried, cohorts, waiting = seen.get(stage, (0, 0, 0, 0))
        parts: tuple[Part, ...] = ()
        key = None
        if tried:
            many = "1 cohort" if cohorts == 1 else f"{cohorts} cohorts"
            parts = (Part("observed", passed, tried, f"{many} of this program, {tried} people"),)
        elif stage == PUBLISHED_STAGE and published is not None and published.is_usable:
            assert published.employed is not None
            parts = (
                Part(
                    "published",
                    published.employed,
                    published.completers,
                    f"{published.source}: employed in any job, {published.completers} people",
                ),
            )
            key = published.key
        prior = (priors or {}).get(stage, Prior())
        result.append(Yield(stage, prior, parts, key, waiting))
    return tuple(result)
