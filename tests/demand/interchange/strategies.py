"""Requirements, sheets and postings as hypothesis makes them up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from backcast.core.quarters import Quarter
from backcast.demand.figures import Cause, Offer, Openings, sorted_openings
from backcast.demand.interchange.asks import Ask, Sheet
from backcast.demand.interchange.jobposting import Posting
from backcast.demand.profiles.values import Learned, Necessity, Subject

words = (
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
levels = st.none() | st.integers(0, 70).map(lambda n: n / 10)


def _ask(n: int, name: str, given: dict[str, Any]) -> Ask:
    hire, later = given.pop("hire"), given.pop("later")
    if hire is not None and later is not None and later < hire:
        hire, later = later, hire
    return Ask(
        name=f"{name} {n}",
        key=UUID(int=n + 1, version=4),
        level_at_hire=hire,
        level_later=later,
        **given,
    )


@st.composite
def asks(draw: st.DrawFn, *, tied: bool = True) -> tuple[Ask, ...]:
    """Different requirements; what is accepted instead names a credential."""
    made = [
        _ask(
            n,
            draw(words),
            {
                "subject": draw(st.sampled_from(Subject)),
                "uri": draw(st.just("") | words.map(lambda w: f"https://x.org/{w}")),
                "code": draw(st.just("") | words),
                "necessity": draw(
                    st.sampled_from([n for n in Necessity if n is not Necessity.INSTEAD])
                ),
                "importance": draw(st.none() | st.integers(1, 5)),
                "hire": draw(levels),
                "later": draw(levels),
                "scale": draw(st.sampled_from(("", "LV", "BC"))),
                "learned": draw(st.sampled_from(Learned)),
                "source": draw(st.just("") | words),
            },
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    held = [ask for ask in made if ask.subject is Subject.CREDENTIAL]
    if tied and held and draw(st.booleans()):
        made.append(
            Ask(
                Subject.CREDENTIAL,
                "Another certificate",
                necessity=Necessity.INSTEAD,
                key=UUID(int=99, version=4),
                instead_of=held[0].key,
            )
        )
    return tuple(made)


sheets = st.builds(
    Sheet,
    role=words,
    id=st.just(str(UUID(int=7, version=4))),
    uri=st.just("https://x.org/profile"),
    number=st.integers(1, 9),
    status=st.sampled_from(("draft", "approved")),
    occupation=words,
    occupation_code=st.just("31-9092.00"),
    asks=asks(),
)


@st.composite
def openings(draw: st.DrawFn) -> Openings:
    low, likely, high = sorted(draw(st.lists(st.integers(0, 40), min_size=3, max_size=3)))
    return Openings(
        Quarter(2027, draw(st.integers(1, 4))),
        draw(st.sampled_from(Cause)),
        low,
        likely,
        high,
        range_assumed=draw(st.booleans()),
    )


money = st.none() | st.integers(1, 9_999).map(lambda n: Decimal(n) / 100)


@st.composite
def postings(draw: st.DrawFn) -> Posting:
    found = {each.key: each for each in draw(st.lists(openings(), max_size=3))}
    low, high = draw(money), draw(money)
    given = draw(asks(tied=False))
    return Posting(
        draw(words),
        id=draw(st.just("") | st.just(str(UUID(int=3, version=4)))),
        employer=draw(st.just("") | words),
        site=draw(st.just("") | words),
        address=draw(st.just("") | words),
        occupation=draw(st.just("") | words),
        occupation_code=draw(st.just("") | st.just("31-9092.00")),
        description=draw(st.just("") | words),
        posted=draw(st.none() | st.just(date(2026, 11, 25))),
        start=draw(st.none() | st.just(date(2027, 3, 1))),
        total=draw(st.none() | st.integers(1, 500)),
        pay_low=low,
        pay_high=low if low is not None and high is None else high,
        pay_unit="HOUR" if low is not None or high is not None else "",
        hours=draw(st.none() | st.integers(1, 80).map(Decimal)),
        employment=draw(st.sampled_from(("", "full_time", "part_time", "per_diem", "temporary"))),
        schedule=draw(st.sampled_from(("", "night"))),
        # Credentials stand apart in a posting, so they come last.
        asks=tuple(sorted(given, key=lambda ask: ask.subject is Subject.CREDENTIAL)),
        openings=sorted_openings(found.values()),
        offers=draw(st.sampled_from(((), (Offer("mentors", 2, "on each shift"),)))),
    )
