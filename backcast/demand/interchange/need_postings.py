"""Job postings as needs: each becomes a draft that a person completes and sends.

A posting seldom says when people are needed and why, so nothing of it is stated on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import ParamSpec, TypeVar

from backcast.core.quarters import Quarter
from backcast.core.text import name_key
from backcast.demand import cells
from backcast.demand.cells import Unclear
from backcast.demand.columns import EMPLOYMENTS, OFFERS, SCHEDULES, TITLE
from backcast.demand.directory import Directory, Employer, Reading, ReadNeed
from backcast.demand.figures import (
    ASK_FROM,
    CEILING,
    Importance,
    Named,
    Openings,
    Requirement,
    Statement,
)
from backcast.demand.interchange import jobposting
from backcast.demand.interchange.jobposting import Posting
from backcast.demand.profiles.values import Necessity
from backcast.demand.reading import Names
from backcast.demand.refusals import N_, FileRefused, Refusal, Remark, Sentence, say
from backcast.frameworks.parsing.problems import FileProblem

P = ParamSpec("P")
R = TypeVar("R")
_NOTE = 2000
_IMPORTANCE = {
    Necessity.REQUIRED: Importance.REQUIRED,
    Necessity.PREFERRED: Importance.PREFERRED,
    Necessity.INSTEAD: Importance.INSTEAD,
}


def is_json(content: bytes) -> bool:
    """Is this JSON rather than a workbook or CSV file?"""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read(content: bytes, directory: Directory, today: date) -> Reading:
    """Every posting of the file as a draft. Raises ``FileRefused``."""
    try:
        postings = jobposting.read(content)
    except FileProblem as problem:
        raise FileRefused(
            say(N_("The file cannot be read: %(what)s"), what=problem.what),
            say(N_("%(remedy)s"), remedy=problem.remedy),
        ) from None
    names = Names(directory)
    needs: list[ReadNeed] = []
    refusals: list[Refusal] = []
    remarks: list[Remark] = []
    for number, posting in enumerate(postings, 1):
        reader = _Reader(number, posting, names, today)
        statement = reader.statement()
        refusals += reader.refusals
        remarks += reader.remarks
        if statement is not None and not reader.refusals:
            ref = posting.id if posting.id in directory.refs else ""
            needs.append(ReadNeed(statement, (number,), ref, draft=True))
    return Reading(tuple(needs), tuple(refusals), tuple(remarks), len(postings))


class _Reader:
    """One posting. ``number`` is its place in the file."""

    def __init__(self, number: int, posting: Posting, names: Names, today: date) -> None:
        self.number, self.posting, self.names, self.today = number, posting, names, today
        self.refusals: list[Refusal] = []
        self.remarks: list[Remark] = []

    def statement(self) -> Statement | None:
        posting = self.posting
        role = self._try(cells.words, posting.title or None, "role", 160, needed=True)
        employer = self._try(self._employer)
        site = self._try(self._site, employer) if employer else None
        if not (role and employer and site):
            return None
        low, high = self._pay()
        openings = self._openings()
        return Statement(
            employer=Named(employer.id, employer.name),
            site=site,
            role_title=role,
            occupation=self._occupation(),
            start_by=posting.start if posting.start and posting.start >= self.today else None,
            wage_low=low,
            wage_high=high,
            hours_per_week=self._number(cells.hours, posting.hours, "hours"),
            schedule=posting.schedule if posting.schedule in SCHEDULES else "",
            employment=posting.employment if posting.employment in EMPLOYMENTS else "",
            note=self._note(),
            openings=openings,
            requirements=tuple(self._requirements()),
            offers=tuple(each for each in posting.offers if each.kind in OFFERS),
        )

    def _try(self, read_: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return read_(*args, **kwargs)
        except Unclear as problem:
            field = TITLE[problem.key]
            self.refusals.append(Refusal(self.number, field, problem.wrong, problem.remedy))
        return None

    def _remark(self, key: str, text: Sentence) -> None:
        self.remarks.append(Remark(self.number, TITLE[key], text))

    def _employer(self) -> Employer:
        found, taken = self.names.employer(self.posting.employer or None)
        if taken is not None:
            self._remark("employer", taken)
        return found

    def _site(self, employer: Employer) -> Named:
        """The site of the posting's name, or of a name that stands in its address."""
        address = name_key(self.posting.address)
        named = [site for site in employer.sites if name_key(site.name) in address]
        if not self.posting.site and len(named) == 1:
            return named[0]
        return self.names.site(self.posting.site or None, employer)

    def _occupation(self) -> Named | None:
        """The occupation of the posting's code, or of its name; the rest is for the person to choose."""
        posting = self.posting
        wrong: Sentence | None = None
        for text in (posting.occupation_code, posting.occupation):
            try:
                if text and (found := self.names.occupation(text)):
                    return found
            except Unclear as problem:
                wrong = problem.wrong
        if wrong is not None:
            self._remark("occupation", wrong)
        return None

    def _number(
        self,
        read_: Callable[[str | None, str], Decimal | None],
        value: Decimal | None,
        key: str,
    ) -> Decimal | None:
        """A number that is left out, and said so, where it cannot be right."""
        try:
            return read_(None if value is None else str(value), key)
        except Unclear as problem:
            self._remark(key, problem.wrong)
            return None

    def _pay(self) -> tuple[Decimal | None, Decimal | None]:
        posting = self.posting
        if posting.pay_unit not in ("", "HOUR"):
            self._remark(
                "wage_low",
                say(N_("The pay is not by the hour; it stands in the note as it was given.")),
            )
            return None, None
        low = self._number(cells.money, posting.pay_low, "wage_low")
        high = self._number(cells.money, posting.pay_high, "wage_high")
        if low is not None and high is not None and high < low:
            self._remark("wage_high", say(N_("The pay goes down; the higher one was taken first.")))
            return high, low
        return low, high

    def _openings(self) -> tuple[Openings, ...]:
        posting = self.posting
        openings = tuple(
            each
            for each in posting.openings
            if each.quarter >= Quarter.of(self.today)
            and each.high <= CEILING
            and (each.high < ASK_FROM or each.confirmed)
        )
        if posting.total and not openings:
            self._remark(
                "likely",
                say(
                    N_("%(total)s openings: say on the draft when and why they are needed."),
                    total=posting.total,
                ),
            )
        return openings

    def _requirements(self) -> Iterator[Requirement]:
        seen: set[tuple[str, int, str]] = set()
        for ask in self.posting.asks:
            importance = _IMPORTANCE.get(ask.necessity)
            if importance is None:
                continue
            kind, item = self.names.item(ask.name)
            level = ask.level_at_hire if kind == "competency" else None
            found = Requirement(
                kind, item, importance, None if level is None else max(0, min(100, round(level)))
            )
            if found.key in seen:
                continue
            seen.add(found.key)
            if kind == "words":
                self._remark(
                    "required" if importance is Importance.REQUIRED else "preferred",
                    say(N_("“%(text)s” is kept in the posting’s words."), text=ask.name[:80]),
                )
            yield found

    def _note(self) -> str:
        """What the posting says and a need has no field for."""
        posting = self.posting
        parts = [posting.description] if posting.description else []
        parts += [f"{words}: {told}" for words, told in posting.notes.items()]
        if posting.pay_unit not in ("", "HOUR"):
            pay = " to ".join(
                f"{each:,}" for each in (posting.pay_low, posting.pay_high) if each is not None
            )
            parts.append(f"Pay: {pay} a {posting.pay_unit.lower()}")
        note = "\n".join(parts)
        if len(note) > _NOTE:
            self._remark("note", say(N_("The text is long; its first 2,000 letters are kept.")))
        return note[:_NOTE]
