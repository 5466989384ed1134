"""The classification ESCO as it is published: one folder of CSV files in one language.

Columns as in ESCO 1.1 and 1.2. File names end with the language (``skills_en.csv``); those of
relations do so since 1.1.1 only in some downloads, and are read either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from backcast.frameworks.parsing.codes import esco_uri
from backcast.frameworks.parsing.problems import CellProblem, FileProblem, Tally
from backcast.frameworks.parsing.tables import Field, Layout, read


class Skill(NamedTuple):
    uri: str
    kind: str | None
    reach: str | None
    label: str
    alternates: tuple[str, ...] | None
    hidden: tuple[str, ...] | None
    status: str | None
    description: str | None


class Group(NamedTuple):
    """A heading of the skills hierarchy."""

    uri: str
    label: str
    alternates: tuple[str, ...] | None
    status: str | None
    description: str | None


class Occupation(NamedTuple):
    uri: str
    isco: str
    code: str
    label: str
    alternates: tuple[str, ...] | None
    hidden: tuple[str, ...] | None
    status: str | None
    description: str | None


class Isco(NamedTuple):
    code: str
    label: str
    description: str | None


class Relation(NamedTuple):
    """A skill that is essential or optional for an occupation."""

    occupation: str
    kind: str
    skill: str


class SkillRelation(NamedTuple):
    """A skill that is essential or optional for another."""

    skill: str
    kind: str
    related: str


class Broader(NamedTuple):
    """A concept and the one above it."""

    kind: str
    uri: str
    above_kind: str
    above: str


def _labels(text: str) -> tuple[str, ...]:
    """One label a line."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


@lru_cache(maxsize=8)
def _kind(text: str) -> str:
    if text == "skill/competence":
        return "skill"
    if text == "knowledge":
        return "knowledge"
    raise CellProblem(
        "kind",
        f"“{text}” is not a kind of skill.",
        "ESCO knows “skill/competence” and “knowledge”.",
    )


_REACHES = ("transversal", "cross-sector", "sector-specific", "occupation-specific")


@lru_cache(maxsize=8)
def _reach(text: str) -> str:
    if text in _REACHES:
        return text
    raise CellProblem(
        "reuse level", f"“{text}” is not a reuse level.", f"ESCO knows {', '.join(_REACHES)}."
    )


@lru_cache(maxsize=8)
def _relation(text: str) -> str:
    if text in ("essential", "optional"):
        return text
    raise CellProblem(
        "relation", f"“{text}” is not a relation.", "Relations are essential or optional."
    )


@lru_cache(maxsize=1024)
def _isco(text: str) -> str:
    if text.isdigit() and len(text) <= 4:
        return text
    raise CellProblem("code", f"“{text}” is not an ISCO group.", "Groups have one to four digits.")


_STATUS = Field("status", ("status",), required=False, optional=True)
_DESCRIPTION = Field("description", ("description",), required=False, optional=True)
_URI = Field("uri", ("conceptUri",), esco_uri)
_LABEL = Field("label", ("preferredLabel",))
_ALTERNATES = Field("alternates", ("altLabels",), _labels, required=False, optional=True)
_HIDDEN = Field("hidden", ("hiddenLabels",), _labels, required=False, optional=True)

SKILLS = Layout(
    "skills",
    Skill,
    (
        _URI,
        Field("kind", ("skillType",), _kind, required=False),
        Field("reach", ("reuseLevel",), _reach, required=False),
        _LABEL,
        _ALTERNATES,
        _HIDDEN,
        _STATUS,
        _DESCRIPTION,
    ),
)
GROUPS = Layout("skillGroups", Group, (_URI, _LABEL, _ALTERNATES, _STATUS, _DESCRIPTION))
OCCUPATIONS = Layout(
    "occupations",
    Occupation,
    (
        _URI,
        Field("isco", ("iscoGroup",), _isco),
        Field("code", ("code",)),
        _LABEL,
        _ALTERNATES,
        _HIDDEN,
        _STATUS,
        _DESCRIPTION,
    ),
)
ISCO = Layout("ISCOGroups", Isco, (Field("code", ("code",), _isco), _LABEL, _DESCRIPTION))
RELATIONS = Layout(
    "occupationSkillRelations",
    Relation,
    (
        Field("occupation", ("occupationUri",), esco_uri),
        Field("kind", ("relationType",), _relation),
        Field("skill", ("skillUri",), esco_uri),
    ),
)
SKILL_RELATIONS = Layout(
    "skillSkillRelations",
    SkillRelation,
    (
        Field("skill", ("originalSkillUri",), esco_uri),
        Field("kind", ("relationType",), _relation),
        Field("related", ("relatedSkillUri",), esco_uri),
    ),
)
_BROADER = (
    Field("kind", ("conceptType",)),
    Field("uri", ("conceptUri",), esco_uri),
    Field("above_kind", ("broaderType",)),
    Field("above", ("broaderUri",), esco_uri),
)
BROADER_SKILLS = Layout("broaderRelationsSkillPillar", Broader, _BROADER)
BROADER_OCCUPATIONS = Layout("broaderRelationsOccPillar", Broader, _BROADER)

#: Every file that is read, in the order in which they need each other.
LAYOUTS: Mapping[str, Layout[Any]] = {
    layout.title: layout
    for layout in (
        ISCO,
        OCCUPATIONS,
        BROADER_OCCUPATIONS,
        GROUPS,
        SKILLS,
        BROADER_SKILLS,
        SKILL_RELATIONS,
        RELATIONS,
    )
}


class Release(NamedTuple):
    """The files of one ESCO release that Backcast reads, and those it leaves alone."""

    folder: Path
    version: str | None
    files: dict[str, Path]
    ignored: list[str]


def find_release(folder: Path, language: str = "en") -> Release:
    """Look through ``folder`` for the files of one language.

    The version is read from the folder's name (``ESCO dataset - v1.2.0 - …``). Raises
    ``FileProblem`` when the folder is no ESCO release.
    """
    if not folder.is_dir():
        raise FileProblem(str(folder), "this is not a folder.", "Give the unpacked ESCO release.")
    wanted = {name.lower(): title for title in LAYOUTS for name in (title, f"{title}_{language}")}
    files: dict[str, Path] = {}
    ignored: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".csv":
            continue
        title = wanted.get(path.stem.lower())
        if title is None:
            ignored.append(path.name)
        else:
            files[title] = path
    for title in (OCCUPATIONS.title, SKILLS.title):
        if title not in files:
            raise FileProblem(
                str(folder),
                f"there is no “{title}_{language}.csv” in this folder.",
                "Give the folder of an unpacked ESCO release in CSV "
                "(from https://esco.ec.europa.eu/en/use-esco/download), and its language.",
            )
    named = re.search(r"(\d+\.\d+(?:\.\d+)?)", folder.name)
    return Release(folder, named[1] if named else None, files, ignored)


def released(rows: Iterator[Any], tally: Tally) -> Iterator[Any]:
    """Rows that ESCO has released; others are counted."""
    for row in rows:
        if row.status not in (None, "released"):
            tally.refuse(tally.row, "status", "not released", "")
        else:
            yield row


def read_table(title: str, path: Path, tally: Tally) -> Iterator[Any]:
    rows = read(LAYOUTS[title], path, tally)
    return released(rows, tally) if "status" in LAYOUTS[title].row._fields else rows
