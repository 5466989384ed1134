"""Lines that ask for more than the work seems to: few ask for it, nobody pays for it, or it shuts
people out. Each with its evidence in a sentence; it points, people decide.

What counts as few, and why: docs/methods/profiles.md.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backcast.demand.profiles.consensus import Voice
from backcast.demand.profiles.differences import number
from backcast.demand.profiles.values import Line, Necessity
from backcast.demand.refusals import N_, Sentence, say

#: Employers needed before anything is said of them, on each side of a comparison.
ENOUGH = 3
#: Fewer than this share of employers ask for it: few do.
FEW = 1 / 3
#: A line pays where those who ask for it offer at least this much more.
PAYS = 0.02
#: A level at hire this far above the typical worker's, as a share of the scale's range.
ABOVE = 1 / 7
#: O*NET's job zones up to which most people in an occupation have no college degree.
NO_DEGREE_ZONE = 2
#: Fewer than this share of the people whom O*NET asked say that such schooling is required.
SCHOOLED = 1 / 3
#: Fewer graduates a year than this many times the openings: the door is narrow.
NARROW = 1.0


class Kind(StrEnum):
    FEW_ASK = "few_ask"
    UNPAID = "unpaid"
    SHUTS_OUT = "shuts_out"


@dataclass(frozen=True, slots=True)
class Pay:
    """The middle of the hourly pay that one employer offers in its needs for the role."""

    employer: int
    hourly: float
    asks: bool


@dataclass(frozen=True, slots=True)
class Middle:
    """The median wage of the occupation, in dollars an hour, and where and when it was published."""

    hourly: float
    where: str
    source: str


class Schooling(StrEnum):
    """Education that a credential stands for, in O*NET's words for a required level of education."""

    CERTIFICATE = "certificate"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


#: The category of O*NET's scale RL from which on somebody has it.
CATEGORY = {
    Schooling.CERTIFICATE: 3,
    Schooling.ASSOCIATE: 5,
    Schooling.BACHELOR: 6,
    Schooling.MASTER: 8,
    Schooling.DOCTOR: 11,
}
_WORDS = {
    Schooling.CERTIFICATE: N_("a certificate earned after high school, or more"),
    Schooling.ASSOCIATE: N_("an associate's degree or more"),
    Schooling.BACHELOR: N_("a bachelor's degree or more"),
    Schooling.MASTER: N_("a master's degree or more"),
    Schooling.DOCTOR: N_("a doctoral degree"),
}


@dataclass(frozen=True, slots=True)
class Required:
    """What people in an occupation say is required of new ones: shares in a hundred by category.

    Categories that may not be used are missing from ``shares``.
    """

    shares: Mapping[int, float]
    people: int | None
    source: str

    def at_most(self, schooling: Schooling) -> float:
        """The most that may say so: what is not known counts as if all of it did."""
        below = sum(share for at, share in self.shares.items() if at < CATEGORY[schooling])
        return max(0.0, 100.0 - below)


def schooling_of(name: str, *, degree: bool, certificate: bool) -> Schooling | None:
    """The education that a credential of this name and kind stands for; ``None``: not comparable."""
    folded = name.casefold()
    if degree:
        for sign, level in (
            ("doctor", Schooling.DOCTOR),
            ("ph.d", Schooling.DOCTOR),
            ("master", Schooling.MASTER),
            ("bachelor", Schooling.BACHELOR),
            ("baccalaureate", Schooling.BACHELOR),
        ):
            if sign in folded:
                return level
        return Schooling.ASSOCIATE
    return Schooling.CERTIFICATE if certificate else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known around one line. Empty and ``None``: nothing is.

    ``asking`` of ``stating`` employers whose needs for the role say what they require require this.
    ``typical`` is O*NET's level of the typical worker on the line's scale. ``programs`` lead to the
    credential in the region, with ``graduates`` a year (``None``: not known), for ``openings`` a
    year. ``degree``: the credential is a college degree. ``schooling`` is the education that it
    stands for, ``required`` what people in the occupation say is required.
    """

    asking: int = 0
    stating: int = 0
    pay: Sequence[Pay] = ()
    middle: Middle | None = None
    typical: float | None = None
    typical_source: str = ""
    job_zone: int | None = None
    degree: bool = False
    schooling: Schooling | None = None
    required: Required | None = None
    programs: int | None = None
    graduates: int | None = None
    openings: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason to look at a line again."""

    kind: Kind
    words: Sentence


def flags(voice: Voice, evidence: Evidence) -> tuple[Flag, ...]:
    """Why the line may ask for too much; none where it is not required or nothing speaks for it."""
    line = voice.line
    if line.necessity is not Necessity.REQUIRED:
        return ()
    return (*_few_ask(voice, evidence), *_unpaid(evidence), *_shuts_out(line, evidence))


def _few_ask(voice: Voice, evidence: Evidence) -> Iterator[Flag]:
    said = sum(voice.necessity.values())
    required = voice.necessity.get(Necessity.REQUIRED, 0)
    if said >= ENOUGH:
        if required / said < FEW:
            words = say(
                N_(
                    "Few ask for it: %(asking)s of the %(n)s employers who answered would"
                    " require it."
                ),
                asking=required,
                n=said,
            )
            yield Flag(Kind.FEW_ASK, words)
    # What employers say of the line itself outweighs what their needs leave out.
    elif evidence.stating >= ENOUGH and evidence.asking / evidence.stating < FEW:
        words = say(
            N_(
                "Few ask for it: it stands in the needs of %(asking)s of the %(n)s employers who"
                " said what they require."
            ),
            asking=evidence.asking,
            n=evidence.stating,
        )
        yield Flag(Kind.FEW_ASK, words)


def _unpaid(evidence: Evidence) -> Iterator[Flag]:
    asking = [pay.hourly for pay in evidence.pay if pay.asks]
    others = [pay.hourly for pay in evidence.pay if not pay.asks]
    if len(asking) < ENOUGH:
        return
    paid = statistics.median(asking)
    if len(others) >= ENOUGH:
        without = statistics.median(others)
        if paid < without * (1 + PAYS):
            words = say(
                N_(
                    "Nobody pays for it: the %(n)s employers who ask for it offer $%(paid)s an hour"
                    " in the middle, the %(m)s who do not offer $%(without)s."
                ),
                n=len(asking),
                paid=f"{paid:.2f}",
                m=len(others),
                without=f"{without:.2f}",
            )
            yield Flag(Kind.UNPAID, words)
            return
    middle = evidence.middle
    if middle is not None and paid < middle.hourly:
        words = say(
            N_(
                "Nobody pays for it: the %(n)s employers who ask for it offer $%(paid)s an hour in"
                " the middle, below the $%(wage)s that the middle worker in this occupation earns"
                " in %(where)s (%(source)s)."
            ),
            n=len(asking),
            paid=f"{paid:.2f}",
            wage=f"{middle.hourly:.2f}",
            where=middle.where,
            source=middle.source,
        )
        yield Flag(Kind.UNPAID, words)


def _shuts_out(line: Line, evidence: Evidence) -> Iterator[Flag]:
    if evidence.degree and evidence.job_zone is not None and evidence.job_zone <= NO_DEGREE_ZONE:
        words = say(
            N_(
                "It shuts people out: O*NET puts the occupation in job zone %(zone)s of 5, where"
                " most people have no college degree."
            ),
            zone=evidence.job_zone,
        )
        yield Flag(Kind.SHUTS_OUT, words)
    yield from _schooled(evidence)
    level, scale = line.level_at_hire, line.scale
    if (
        level is not None
        and scale is not None
        and evidence.typical is not None
        and scale.share(level) - scale.share(evidence.typical) >= ABOVE
    ):
        words = say(
            N_(
                "It shuts people out: it asks for level %(level)s at hire, while the typical worker"
                " in this occupation stands at %(typical)s on the same scale of %(low)s to %(high)s"
                " (%(source)s)."
            ),
            level=number(level),
            typical=f"{evidence.typical:.1f}",
            low=number(scale.low),
            high=number(scale.high),
            source=evidence.typical_source or "O*NET",
        )
        yield Flag(Kind.SHUTS_OUT, words)
    yield from _narrow(evidence)


def _schooled(evidence: Evidence) -> Iterator[Flag]:
    schooling, required = evidence.schooling, evidence.required
    if schooling is None or required is None or not required.shares:
        return
    share = required.at_most(schooling)
    if share >= 100 * SCHOOLED:
        return
    words = say(
        N_(
            "It shuts people out: of the %(people)s people whom O*NET asked about this occupation,"
            " at most %(share)s%% say that new people need %(schooling)s (%(source)s)."
        )
        if required.people
        else N_(
            "It shuts people out: of the people whom O*NET asked about this occupation, at most"
            " %(share)s%% say that new people need %(schooling)s (%(source)s)."
        ),
        people=required.people,
        share=f"{share:.0f}",
        schooling=say(_WORDS[schooling]),
        source=required.source,
    )
    yield Flag(Kind.SHUTS_OUT, words)


def _narrow(evidence: Evidence) -> Iterator[Flag]:
    if evidence.programs == 0:
        yield Flag(
            Kind.SHUTS_OUT,
            say(N_("It shuts people out: no program of the region leads to it.")),
        )
    elif (
        evidence.programs is not None
        and evidence.graduates is not None
        and evidence.openings
        and evidence.graduates < NARROW * evidence.openings
    ):
        words = say(
            N_(
                "It shuts people out: %(programs)s programs of the region lead to it, with about"
                " %(graduates)s graduates a year, for %(openings)s openings a year."
            ),
            programs=evidence.programs,
            graduates=evidence.graduates,
            openings=evidence.openings,
        )
        yield Flag(Kind.SHUTS_OUT, words)
