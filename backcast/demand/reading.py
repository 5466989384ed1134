"""Needs out of a workbook's rows. Knows the region through a ``Directory``; nothing of Django.

A need is stated by all rows that name the same employer, site and role (or the same need number).
It is used only when every one of its rows can be: nothing is half-loaded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ParamSpec, TypeVar

from backcast.core.quarters import Quarter
from backcast.core.text import name_key
from backcast.demand import cells
from backcast.demand.cells import Unclear, shown
from backcast.demand.columns import (
    CAUSES,
    COLUMNS,
    EMPLOYMENTS,
    EXAMPLE,
    IMPORTANCES,
    OFFERS,
    SCHEDULES,
    SHEET,
    TITLE,
)
from backcast.demand.directory import (
    Directory,
    Employer,
    Reading,
    ReadNeed,
    employer_key,
    nearest,
)
from backcast.demand.figures import (
    ASK_FROM,
    CEILING,
    Cause,
    Named,
    Offer,
    Openings,
    Requirement,
    Statement,
    sorted_openings,
    usual_range,
)
from backcast.demand.refusals import N_, Refusal, Remark, Sentence, say
from backcast.demand.tables import Cell, Row, read_table

P = ParamSpec("P")
R = TypeVar("R")

_LEVEL = re.compile(r"\s*\(level\s+(\d{1,2})\)\s*$", re.IGNORECASE)
_CODE = re.compile(r"^(\d{2})-?(\d{4})(?:\.(\d{2}))?(?!\d)")


def read_needs(content: bytes, directory: Directory, today: date) -> Reading:
    """Read the bytes of a workbook or CSV file. Raises ``FileRefused``."""
    table = read_table(content, COLUMNS, sheet=SHEET)
    return _Reader(directory, today).read(table.rows, table.remarks)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One row that could be understood."""

    number: int
    key: tuple[object, ...]
    ref: str
    statement: Statement


class Names:
    """What the names in a file mean in the region. Raises ``Unclear`` for those that mean nothing."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.titles: dict[str, list[Named]] = defaultdict(list)
        for occupation in directory.occupations.values():
            self.titles[name_key(occupation.name)].append(occupation)
        self.items = {
            "credential": {name_key(item.name): item for item in directory.credentials},
            "competency": {name_key(item.name): item for item in directory.competencies},
        }

    def employer(self, cell: Cell) -> tuple[Employer, Sentence | None]:
        """The employer of this name, and how the name was taken where it is another."""
        known = self.directory.employers
        if cell is None:
            if len(known) == 1:
                return known[0], None
            raise Unclear("employer", say(N_("The cell is empty.")), say(N_("Name the employer.")))
        name = " ".join(str(cell).split())
        same = [e for e in known if e.name == name]
        if len(same) == 1:
            return same[0], None
        alike = [e for e in known if employer_key(e.name) == employer_key(name)]
        if len(alike) == 1:
            return alike[0], say(N_("Taken as “%(name)s”."), name=alike[0].name)
        if alike:
            names = "; ".join(f"“{e.name}”" for e in alike)
            raise Unclear(
                "employer",
                say(N_("“%(name)s” may be any of %(names)s."), name=shown(name), names=names),
                say(N_("Write the name exactly as one of them is written here.")),
            )
        near = nearest(name, [e.name for e in known])
        raise Unclear(
            "employer",
            say(
                N_("There is no employer “%(name)s” that you can state needs for."),
                name=shown(name),
            ),
            say(N_("Did you mean “%(near)s”? If not, add the employer first."), near=near)
            if near
            else say(N_("Add the employer first, or correct the name.")),
        )

    def site(self, cell: Cell, employer: Employer) -> Named:
        if not employer.sites:
            raise Unclear(
                "site",
                say(N_("“%(employer)s” has no site yet."), employer=employer.name),
                say(N_("Add its site first, then send the file again.")),
            )
        if cell is None:
            if len(employer.sites) == 1:
                return employer.sites[0]
            wrong = say(N_("The cell is empty."))
        else:
            for site in employer.sites:
                if name_key(site.name) == name_key(str(cell)):
                    return site
            wrong = say(
                N_("“%(employer)s” has no site “%(site)s”."),
                employer=employer.name,
                site=shown(cell),
            )
        names = ", ".join(site.name for site in employer.sites[:8])
        raise Unclear(
            "site",
            wrong,
            say(N_("Write one of: %(choices)s. Or add the site first."), choices=names),
        )

    def occupation(self, cell: Cell) -> Named | None:
        if cell is None:
            return None
        text = str(cell).strip()
        code = _CODE.match(text)
        if code:
            found = self.directory.occupations.get(f"{code[1]}-{code[2]}.{code[3] or '00'}")
            if found:
                return found
            alike = self.directory.by_soc.get(f"{code[1]}-{code[2]}", ())
            if len(alike) == 1 and code[3] is None:
                return alike[0]
            near = " / ".join(o.name for o in alike) or None
        else:
            named = self.titles.get(name_key(text), [])
            if len(named) == 1:
                return named[0]
            near = nearest(text, [o.name for o in self.directory.occupations.values()])
        raise Unclear(
            "occupation",
            say(N_("“%(text)s” is not an occupation that is known here."), text=shown(text)),
            say(N_("Did you mean “%(near)s”? If not, leave the cell empty."), near=near)
            if near
            else say(N_("Choose one from the list in the workbook, or leave the cell empty.")),
        )

    def item(self, text: str) -> tuple[str, Named]:
        for kind, items in self.items.items():
            if name_key(text) in items:
                return kind, items[name_key(text)]
        return "words", Named(0, text[:300])


class _Reader:
    def __init__(self, directory: Directory, today: date) -> None:
        self.directory = directory
        self.today = today
        self.now = Quarter.of(today)
        self.refusals: dict[int, list[Refusal]] = defaultdict(list)
        self.remarks: list[Remark] = []
        self.names = Names(directory)

    def read(self, rows: Sequence[Row], remarks: Sequence[Remark]) -> Reading:
        self.remarks += remarks
        data = [row for row in rows if not _is_example(row)]
        parsed: list[_Parsed] = []
        keys: dict[int, tuple[object, ...]] = {}
        for row in data:
            self.refusals[row.number] += row.broken
            key, result = self._row(row)
            if key is not None:
                keys[row.number] = key
            if result is not None and not self.refusals[row.number]:
                parsed.append(result)
        used = {p.number for p in parsed}
        spoilt = {key: number for number, key in keys.items() if number not in used}
        needs = tuple(self._needs(parsed, spoilt))
        refusals = tuple(r for number in sorted(self.refusals) for r in self.refusals[number])
        return Reading(needs, refusals, tuple(self.remarks), len(data), len(rows) - len(data))

    # -- one row -----------------------------------------------------------------------------

    def _row(self, row: Row) -> tuple[tuple[object, ...] | None, _Parsed | None]:
        """The key of the need that the row belongs to, and what it says; either may be unknown."""
        c = row.cells
        attempt = _Attempt(row, self.refusals[row.number])
        ref = str(c.get("ref") or "").strip().lower()
        employer = attempt(self._employer, row)
        site = attempt(self.names.site, c.get("site"), employer) if employer else None
        role = attempt(cells.words, c.get("role"), "role", 160, needed=True)
        attempt(self._ref, ref, employer)
        openings = self._openings(row)
        wage_low = attempt(cells.money, c.get("wage_low"), "wage_low")
        wage_high = attempt(cells.money, c.get("wage_high"), "wage_high")
        attempt(_rising_pay, wage_low, wage_high)
        occupation = attempt(self.names.occupation, c.get("occupation"))
        start_by = attempt(cells.day, c.get("start_by"), "start_by", self.today)
        hours = attempt(cells.hours, c.get("hours"), "hours")
        schedule = attempt(cells.choice, c.get("schedule"), "schedule", SCHEDULES)
        employment = attempt(cells.choice, c.get("employment"), "employment", EMPLOYMENTS)
        note = attempt(cells.words, c.get("note"), "note", 2000)
        stand_in = attempt(cells.words, c.get("stand_in"), "stand_in", 300)
        requirements = attempt(self._requirements, row)
        offers = attempt(_offers, row)
        if not (employer and site and role):
            return None, None
        key: tuple[object, ...] = (ref,) if ref else (employer.id, site.id, name_key(role))
        if openings is None:
            return key, None
        statement = Statement(
            employer=Named(employer.id, employer.name),
            site=site,
            role_title=role,
            occupation=occupation,
            start_by=start_by,
            wage_low=wage_low,
            wage_high=wage_high,
            hours_per_week=hours,
            schedule=schedule or "",
            employment=employment or "",
            note=note or "",
            stand_in=stand_in or "",
            openings=(openings,),
            requirements=requirements or (),
            offers=offers or (),
        )
        return key, _Parsed(row.number, key, ref, statement)

    def _remark(self, row: Row, key: str, text: Sentence) -> None:
        self.remarks.append(Remark(row.number, TITLE[key], text))

    def _employer(self, row: Row) -> Employer:
        found, taken = self.names.employer(row.cells.get("employer"))
        if taken is not None:
            self._remark(row, "employer", taken)
        return found

    def _ref(self, ref: str, employer: Employer | None) -> None:
        if not ref:
            return
        owner = self.directory.refs.get(ref)
        if owner is None:
            raise Unclear(
                "ref",
                say(N_("There is no need with this number that you can change.")),
                say(N_("Empty the cell to state a new need.")),
            )
        if employer and owner != employer.id:
            raise Unclear(
                "ref",
                say(N_("The need with this number belongs to another employer.")),
                say(N_("Empty the cell to state a new need.")),
            )

    def _openings(self, row: Row) -> Openings | None:
        c = row.cells
        refusals = self.refusals[row.number]
        before = len(refusals)
        attempt = _Attempt(row, refusals)
        quarter = attempt(cells.quarter, c.get("quarter"), "quarter", self.now)
        cause = attempt(cells.choice, c.get("cause"), "cause", CAUSES)
        likely = attempt(cells.people, c.get("likely"), "likely", CEILING)
        low = attempt(cells.people, c.get("low"), "low", CEILING)
        high = attempt(cells.people, c.get("high"), "high", CEILING)
        confirmed = attempt(cells.agreed, c.get("confirmed"), "confirmed")
        if quarter is None or len(refusals) > before:
            return None
        return attempt(_openings, quarter, cause, likely, low, high, confirmed)

    def _requirements(self, row: Row) -> tuple[Requirement, ...]:
        found: dict[tuple[str, int, str], Requirement] = {}
        for column, importance in IMPORTANCES.items():
            for part in re.split(r"[;\n]", str(row.cells.get(column) or "")):
                text = " ".join(part.split())
                if not text:
                    continue
                level_found = _LEVEL.search(text)
                level = int(level_found[1]) if level_found else None
                text = _LEVEL.sub("", text)
                kind, item = self.names.item(text)
                requirement = Requirement(kind, item, importance, level)
                if requirement.key in found:
                    raise Unclear(
                        column,
                        say(N_("“%(text)s” is named twice."), text=shown(text)),
                        say(N_("Name each thing once.")),
                    )
                if kind == "words":
                    self._remark(
                        row,
                        column,
                        say(N_("“%(text)s” is kept in your own words."), text=shown(text)),
                    )
                found[requirement.key] = requirement
        return tuple(found.values())

    # -- all rows of a need ------------------------------------------------------------------

    def _needs(
        self, parsed: Sequence[_Parsed], spoilt: Mapping[tuple[object, ...], int]
    ) -> Iterator[ReadNeed]:
        groups: dict[tuple[object, ...], list[_Parsed]] = defaultdict(list)
        for row in parsed:
            groups[row.key].append(row)
        for key, rows in groups.items():
            before = sum(len(self.refusals[row.number]) for row in rows)
            statement = self._joined(rows)
            clean = sum(len(self.refusals[row.number]) for row in rows) == before
            if clean and key not in spoilt:
                yield ReadNeed(statement, tuple(row.number for row in rows), rows[0].ref)
                continue
            culprit = spoilt.get(key) or next(r.number for r in rows if self.refusals[r.number])
            for row in rows:
                if not self.refusals[row.number]:
                    self.refusals[row.number].append(
                        Refusal(
                            row.number,
                            TITLE["role"],
                            say(N_("Row %(row)s of the same need cannot be used."), row=culprit),
                            say(N_("Mend row %(row)s, and both are used."), row=culprit),
                        )
                    )

    def _joined(self, rows: Sequence[_Parsed]) -> Statement:
        """One statement out of the rows of a need; what contradicts is refused."""
        first = rows[0].statement
        said: dict[str, tuple[object, int]] = {}
        openings: dict[tuple[object, object], tuple[Openings, int]] = {}
        for row in rows:
            for name, key in _DETAILS.items():
                value = getattr(row.statement, name)
                if value in (None, "", ()):
                    continue
                before = said.setdefault(name, (value, row.number))
                if before[0] != value:
                    self.refusals[row.number].append(
                        Refusal(
                            row.number,
                            TITLE[key],
                            say(N_("Row %(row)s says otherwise for the same need."), row=before[1]),
                            say(N_("Write it once, or the same in both rows.")),
                        )
                    )
            (opening,) = row.statement.openings
            twice = openings.setdefault(opening.key, (opening, row.number))
            if twice[1] != row.number:
                self.refusals[row.number].append(
                    Refusal(
                        row.number,
                        TITLE["quarter"],
                        say(N_("Row %(row)s already gives this quarter and reason."), row=twice[1]),
                        say(N_("Keep one of the two rows.")),
                    )
                )
        details = {name: value for name, (value, _row) in said.items()}
        return replace(
            first,
            **details,  # type: ignore[arg-type]
            openings=sorted_openings(opening for opening, _row in openings.values()),
        )


#: What every row of a need may say, and the column in which a contradiction is reported.
_DETAILS = {
    "site": "site",
    "occupation": "occupation",
    "start_by": "start_by",
    "wage_low": "wage_low",
    "wage_high": "wage_high",
    "hours_per_week": "hours",
    "schedule": "schedule",
    "employment": "employment",
    "note": "note",
    "stand_in": "stand_in",
    "requirements": "required",
    "offers": "externship_places",
}


class _Attempt:
    """Call a reader; what it cannot make out is refused, once for each field of the row."""

    def __init__(self, row: Row, refusals: list[Refusal]) -> None:
        self.row = row
        self.refusals = refusals

    def __call__(self, read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return read(*args, **kwargs)
        except Unclear as problem:
            if TITLE[problem.key] not in {r.field for r in self.refusals}:
                self.refusals.append(
                    Refusal(self.row.number, TITLE[problem.key], problem.wrong, problem.remedy)
                )
        return None


def _is_example(row: Row) -> bool:
    return str(row.cells.get("employer") or "").strip().upper().startswith(EXAMPLE)


def _rising_pay(low: object, high: object) -> None:
    if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
        raise Unclear(
            "wage_high",
            say(N_("The pay goes down from %(low)s to %(high)s."), low=low, high=high),
            say(N_("Write the lower pay first.")),
        )


def _openings(
    quarter: Quarter,
    cause: Cause | None,
    likely: int | None,
    low: int | None,
    high: int | None,
    confirmed: bool | None,
) -> Openings:
    """The three numbers, in order; where only the likely one is given, the usual range."""
    if cause is None:
        names = ", ".join(words[0] for words in CAUSES.values())
        raise Unclear(
            "cause",
            say(N_("The cell is empty.")),
            say(N_("Say why the people are needed: %(choices)s."), choices=names),
        )
    if likely is None:
        raise Unclear(
            "likely",
            say(N_("The cell is empty.")),
            say(N_("Write how many people you will most likely need, or 0.")),
        )
    usual = usual_range(likely)
    low_used = min(usual[0], likely if high is None else high) if low is None else low
    high_used = max(usual[1], likely) if high is None else high
    if low_used > likely:
        raise Unclear(
            "low",
            say(
                N_("At least %(low)s is more than most likely %(likely)s."), low=low, likely=likely
            ),
            say(N_("Write the three numbers in order: at least, most likely, at most.")),
        )
    if high_used < likely:
        raise Unclear(
            "high",
            say(
                N_("At most %(high)s is less than most likely %(likely)s."),
                high=high,
                likely=likely,
            ),
            say(N_("Write the three numbers in order: at least, most likely, at most.")),
        )
    if high_used > CEILING:
        high_used = CEILING
    if high_used >= ASK_FROM and not confirmed:
        raise Unclear(
            "confirmed",
            say(N_("%(high)s people in one quarter are very many."), high=f"{high_used:,}"),
            say(N_("If that is meant, write yes here; if not, correct the number.")),
        )
    return Openings(
        quarter,
        cause,
        low_used,
        likely,
        high_used,
        range_assumed=low is None and high is None,
        confirmed=high_used >= ASK_FROM,
    )


def _offers(row: Row) -> tuple[Offer, ...]:
    found: list[Offer] = []
    for kind in OFFERS:
        cell: Cell = row.cells.get(kind)
        if cell is None:
            continue
        try:
            yes = cells.agreed(cell, kind) if not isinstance(cell, int) else None
        except Unclear:
            yes = None
        if yes is not None:
            found.append(Offer(kind, None if yes else 0))
            continue
        number = cells.people(cell, kind, CEILING)
        found.append(Offer(kind, number))
    return tuple(found)
