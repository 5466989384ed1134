"""People to be asked, out of a file's rows: employer, name, address, language, questions.

Knows the region through ``Places``; nothing of Django. ``told`` are the employers that a person has
said an unknown name to be; rows of names that nobody has explained are refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backcast.core.text import name_key
from backcast.demand import cells
from backcast.demand.cells import Unclear, shown
from backcast.demand.columns import EXAMPLE
from backcast.demand.directory import employer_key, nearest
from backcast.demand.figures import Named
from backcast.demand.refusals import N_, Refusal, Remark, say
from backcast.demand.tables import Cell, Row, read_table

SHEET = "People"
#: Column → its headings; the first is the one that Backcast writes.
COLUMNS: dict[str, tuple[str, ...]] = {
    "employer": ("Employer", "Company", "Organisation", "Organization", "Empleador", "Empresa"),
    "name": ("Name", "Person", "Contact", "Full name", "Nombre"),
    "email": ("E-mail", "Email", "E-mail address", "Email address", "Mail", "Correo"),
    "language": ("Language", "Idioma"),
    "parts": ("Questions", "Parts", "Part", "Preguntas"),
}
TITLE = {key: names[0] for key, names in COLUMNS.items()}
LANGUAGES: dict[str, tuple[str, ...]] = {
    "en": ("English", "Inglés", "eng"),
    "es": ("Spanish", "Español", "Castellano", "spa"),
}
#: Groups of questions → the words for them; the first is the one that Backcast writes.
PARTS: dict[str, tuple[str, ...]] = {
    "numbers": ("How many people", "numbers", "Cuántas personas"),
    "work": ("The work", "work", "El trabajo"),
    "skills": ("Skills", "Habilidades"),
    "offers": ("What you offer", "offers", "Lo que ofrecen"),
}
_ALL = ("", "all", "everything", "todas", "todo")


@dataclass(frozen=True, slots=True)
class Places:
    """The employers that can be asked, and those of the region that are not in the collaborative."""

    asked: tuple[Named, ...]
    elsewhere: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """One row that can be used."""

    row: int
    employer: Named
    email: str
    name: str = ""
    language: str = "en"
    parts: tuple[str, ...] = tuple(PARTS)


@dataclass(frozen=True, slots=True)
class Unknown:
    """An employer's name that is not known, the rows that bear it, and whom it may mean."""

    name: str
    rows: tuple[int, ...]
    near: Named | None = None
    #: It is an employer of the region that is not in the collaborative.
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """What a file says. ``rows_in`` = people + refused rows.

    Examples, and rows that name an employer and nobody of it, are not counted.
    """

    people: tuple[ReadPerson, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    unknown: tuple[Unknown, ...]
    rows_in: int
    examples: int = 0
    nobody: int = 0

    @property
    def rows_refused(self) -> int:
        return self.rows_in - len(self.people)

    def without(self, refused: Mapping[int, Refusal]) -> PeopleRead:
        """The same with some rows refused after all."""
        return replace(
            self,
            people=tuple(one for one in self.people if one.row not in refused),
            refusals=tuple(
                sorted((*self.refusals, *refused.values()), key=lambda refusal: refusal.row)
            ),
        )


def read_people(
    content: bytes,
    places: Places,
    *,
    is_address: Callable[[str], bool],
    told: Mapping[str, int] | None = None,
) -> PeopleRead:
    """Read a workbook or CSV file. ``told``: employer's id by the key of an unknown name.

    Raises ``FileRefused``.
    """
    table = read_table(content, COLUMNS, sheet=SHEET, enough=2)
    return _Reader(places, is_address, told or {}).read(table.rows, table.remarks)


@dataclass
class _Reader:
    places: Places
    is_address: Callable[[str], bool]
    told: Mapping[str, int]
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unknown: dict[str, tuple[str, list[int]]] = field(default_factory=dict)

    def read(self, rows: Sequence[Row], remarks: Sequence[Remark]) -> PeopleRead:
        self.remarks += remarks
        stated = [row for row in rows if not _is_example(row)]
        data = [row for row in stated if row.broken or not _names_nobody(row)]
        people: list[ReadPerson] = []
        first: dict[tuple[int, str], int] = {}
        at: dict[str, set[str]] = defaultdict(set)
        for row in data:
            person = self._row(row)
            if person is None:
                continue
            key = (person.employer.id, person.email)
            if key in first:
                self._refuse(
                    row.number,
                    "email",
                    say(
                        N_("Row %(row)s already asks %(email)s for this employer."),
                        row=first[key],
                        email=person.email,
                    ),
                    say(N_("Keep one of the two rows.")),
                )
                continue
            first[key] = row.number
            at[person.email].add(person.employer.name)
            if len(at[person.email]) == 2:
                self.remarks.append(
                    Remark(
                        row.number,
                        TITLE["email"],
                        say(
                            N_(
                                "%(email)s is asked for more than one employer, by a link for each."
                            ),
                            email=person.email,
                        ),
                    )
                )
            people.append(person)
        return PeopleRead(
            tuple(people),
            tuple(sorted(self.refusals, key=lambda one: one.row)),
            tuple(self.remarks),
            tuple(self._unknown()),
            len(data),
            len(rows) - len(stated),
            len(stated) - len(data),
        )

    def _unknown(self) -> list[Unknown]:
        asked = {one.name: one for one in self.places.asked}
        others = {employer_key(one.name) for one in self.places.elsewhere}
        found = []
        for key, (name, rows) in self.unknown.items():
            near = nearest(name, list(asked))
            found.append(Unknown(name, tuple(rows), asked[near] if near else None, key in others))
        return found

    def _refuse(self, row: int, key: str, wrong: object, remedy: object) -> None:
        self.refusals.append(Refusal(row, TITLE[key], wrong, remedy))  # type: ignore[arg-type]

    def _row(self, row: Row) -> ReadPerson | None:
        """The person of a row; every cell that cannot be used is refused by itself."""
        self.refusals += row.broken
        bad = bool(row.broken)
        values: dict[str, object] = {}
        readers: dict[str, Callable[[Cell], object]] = {
            "employer": lambda cell: self._employer(cell, row.number),
            "name": lambda cell: cells.words(cell, "name", 120),
            "email": self._email,
            "language": self._language,
            "parts": self._parts,
        }
        for key, reader in readers.items():
            try:
                values[key] = reader(row.cells.get(key))
            except Unclear as unclear:
                bad = True
                if not any(TITLE[key] == refusal.field for refusal in row.broken):
                    self._refuse(row.number, key, unclear.wrong, unclear.remedy)
        return None if bad else ReadPerson(row.number, **values)  # type: ignore[arg-type]

    def _employer(self, cell: Cell, row: int) -> Named:
        name = cells.words(cell, "employer", 300, needed=True)
        exact = [one for one in self.places.asked if one.name == name]
        if len(exact) == 1:
            return exact[0]
        key = employer_key(name)
        if key in self.told:
            for one in self.places.asked:
                if one.id == self.told[key]:
                    self.remarks.append(
                        Remark(
                            row, TITLE["employer"], say(N_("Taken as “%(name)s”."), name=one.name)
                        )
                    )
                    return one
        alike = [one for one in self.places.asked if employer_key(one.name) == key]
        if len(alike) == 1:
            self.remarks.append(
                Remark(row, TITLE["employer"], say(N_("Taken as “%(name)s”."), name=alike[0].name))
            )
            return alike[0]
        self.unknown.setdefault(key, (name, []))[1].append(row)
        if alike:
            names = "; ".join(f"“{one.name}”" for one in alike)
            raise Unclear(
                "employer",
                say(N_("“%(name)s” may be any of %(names)s."), name=shown(name), names=names),
                say(N_("Say above which one it is, or write the name exactly.")),
            )
        if any(employer_key(one.name) == key for one in self.places.elsewhere):
            raise Unclear(
                "employer",
                say(N_("“%(name)s” is not in this collaborative."), name=shown(name)),
                say(N_("Add it to the collaborative first, then read the file again.")),
            )
        raise Unclear(
            "employer",
            say(N_("There is no employer “%(name)s” in this collaborative."), name=shown(name)),
            say(N_("Say above which employer it is, or add it to the collaborative first.")),
        )

    def _email(self, cell: Cell) -> str:
        text = cells.words(cell, "email", 254, needed=True).lower().removeprefix("mailto:")
        if not self.is_address(text):
            raise Unclear(
                "email",
                say(N_("“%(text)s” is not an e-mail address."), text=shown(text)),
                say(N_("Write one address such as name@example.org; each person has a row.")),
            )
        return text

    def _language(self, cell: Cell) -> str:
        text = name_key(cells.words(cell, "language", 60))
        if not text:
            return "en"
        for code, names in LANGUAGES.items():
            if text == code or text in map(name_key, names):
                return code
        raise Unclear(
            "language",
            say(N_("There are no questions in “%(text)s”."), text=shown(cell)),
            say(N_("Write English or Spanish; an empty cell means English.")),
        )

    def _parts(self, cell: Cell) -> tuple[str, ...]:
        text = cells.words(cell, "parts", 300)
        if name_key(text) in _ALL:
            return tuple(PARTS)
        found = set()
        for word in re.split(r"[;,/|\n]+", text):
            key = name_key(word)
            if not key:
                continue
            part = next((p for p, names in PARTS.items() if key in map(name_key, names)), None)
            if part is None:
                raise Unclear(
                    "parts",
                    say(N_("“%(text)s” is no group of questions."), text=shown(word.strip())),
                    say(
                        N_("Write one or more of: %(names)s. An empty cell means all."),
                        names="; ".join(names[0] for names in PARTS.values()),
                    ),
                )
            found.add(part)
        return tuple(part for part in PARTS if part in found) or tuple(PARTS)


def _is_example(row: Row) -> bool:
    return str(row.cells.get("employer") or "").strip().upper().startswith(EXAMPLE)


def _names_nobody(row: Row) -> bool:
    """Does it name an employer, and nothing else? So stand those in our workbook that ask nobody."""
    return {key for key, cell in row.cells.items() if cell is not None} == {"employer"}
