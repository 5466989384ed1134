"""Load an ESCO release: occupations and skills with their names, and what calls for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from backcast.core.actor import Actor
from backcast.frameworks.loading import competencies, occupations
from backcast.frameworks.loading.merge import Target, merge
from backcast.frameworks.loading.opening import opened, order_of
from backcast.frameworks.loading.report import (
    FileReport,
    LoadReport,
    Progress,
    Step,
    loading,
    silent,
    watched,
)
from backcast.frameworks.loading.rows import update
from backcast.frameworks.models import (
    Competency,
    CompetencyLink,
    CompetencyTitle,
    Framework,
    IscoGroup,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    OccupationTitle,
    Release,
)
from backcast.frameworks.models.releases import Source
from backcast.frameworks.parsing import crosswalks, esco
from backcast.frameworks.parsing.problems import Tally
from backcast.frameworks.text import folded

LICENCE = "European Commission reuse notice (Decision 2011/833/EU); CC BY 4.0 from 1.2 on"
ESCO = Framework.ESCO
_IN_PLACE = frozenset(
    layout.title for layout in (esco.ISCO, esco.BROADER_OCCUPATIONS, esco.GROUPS, esco.SKILLS)
)
Kind = Competency.Kind
Link = CompetencyLink.Kind
#: A name, as its kind and its text.
Name = tuple[str, str]


def attribution(version: str) -> str:
    """The words that ESCO's terms ask for wherever its data are shown."""
    return (
        f"This service uses the ESCO classification of the European Commission, version {version}. "
        "Backcast shows parts of it and has added links of its own."
    )


def load_esco(
    folder: Path,
    *,
    actor: Actor,
    version: str | None = None,
    language: str = "en",
    progress: Progress = silent,
) -> LoadReport:
    """Load every known file in ``folder`` as release ``version``.

    The version is read from the folder's name where none is given. Files that the folder does not
    have leave their tables as they are. Raises ``FileProblem`` (a file cannot be used) or
    ``LoadRefused``; then nothing was loaded.
    """
    found = esco.find_release(folder, language)
    with opened(
        folder,
        found,
        version,
        actor=actor,
        source=Source.ESCO,
        attribution=attribution,
        licence=LICENCE,
        example="1.2.0",
    ) as (release, report):
        _Load(found, release, report, progress).run()
    return report


class _Load:
    """One release on its way in; files in the order in which they need each other."""

    def __init__(
        self, found: esco.Release, release: Release, report: LoadReport, progress: Progress
    ) -> None:
        self.found, self.release, self.report, self.progress = found, release, report, progress
        self.number = 0
        self.occupations: dict[str, int] = {}
        self.skills: dict[str, int] = {}

    def run(self) -> None:
        steps = {
            esco.ISCO.title: self._isco,
            esco.OCCUPATIONS.title: self._occupations,
            esco.BROADER_OCCUPATIONS.title: self._parents,
            esco.GROUPS.title: self._groups,
            esco.SKILLS.title: self._skills,
            esco.BROADER_SKILLS.title: self._broader,
            esco.SKILL_RELATIONS.title: self._skill_relations,
            esco.RELATIONS.title: self._relations,
        }
        for title, step in steps.items():
            if title in self.found.files:
                step(title)

    def _rows(self, title: str) -> tuple[FileReport, Iterator[Any]]:
        self.number += 1
        path = self.found.files[title]
        report = self.report.add(title, Tally(path.name), in_place=title in _IN_PLACE)
        step = Step(title, self.number, len(self.found.files), 0)
        rows = esco.read_table(title, path, report.tally)
        return report, watched(rows, step, self.progress, report.tally)

    def _merge(self, target: Target, rows: Iterable[tuple[Any, ...]], report: FileReport) -> None:
        merged = merge(target, rows, self.release, report.tally)
        report.added, report.changed = merged.added, merged.changed
        report.withdrawn = merged.withdrawn

    # -- occupations -----------------------------------------------------------------------

    def _isco(self, title: str) -> None:
        report, rows = self._rows(title)
        old = dict(IscoGroup.objects.values_list("code", "title"))
        found = {row.code: IscoGroup(row.code, row.label, row.description or "") for row in rows}
        if twice := report.tally.used - len(found):
            report.tally.refuse(0, "code", "duplicate", "", count=twice)
        report.tally.check()
        IscoGroup.objects.bulk_create(
            found.values(),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["title", "description"],
        )
        report.added = len(found.keys() - old.keys())
        report.changed = sum(
            old.get(code, each.title) != each.title for code, each in found.items()
        )

    def _occupations(self, title: str) -> None:
        report, rows = self._rows(title)
        names: dict[str, list[Name]] = {}

        def told() -> Iterator[occupations.Row]:
            for row in rows:
                names.setdefault(row.uri, _names(row.label, row.alternates, row.hidden))
                yield occupations.Row(
                    row.code, row.label, row.description or "", isco=row.isco, source_id=row.uri
                )

        self.report.occupations = occupations.renew(told(), ESCO, self.release, report)
        report.tally.check()
        self.occupations = dict(
            Occupation.objects.filter(framework=ESCO).values_list("source_id", "pk")
        )
        labels = self.report.add("labels of occupations", Tally(report.tally.file))
        target = Target(
            OccupationTitle,
            ("occupation_id", "kind", "title", "short"),
            ("folded", "framework"),
            scope=(("framework", (ESCO.value,)),),
        )
        self._merge(
            target,
            (
                (pk, kind, name, "", text, ESCO.value)
                for pk, kind, name, text in _labelled(names, self.occupations, labels.tally)
            ),
            labels,
        )

    def _parents(self, title: str) -> None:
        """The occupation above each; groups above follow from the codes themselves."""
        report, rows = self._rows(title)
        known = self.occupations
        above: dict[int, int | None] = dict.fromkeys(known.values())
        for row in rows:
            if row.kind != "Occupation" or row.above_kind != "Occupation":
                continue
            missing = next((uri for uri in (row.uri, row.above) if uri not in known), None)
            if missing:
                _unknown(report.tally, "conceptUri", "occupation", missing)
            else:
                above[known[row.uri]] = known[row.above]
        report.tally.check()
        old = dict(Occupation.objects.filter(framework=ESCO).values_list("pk", "parent"))
        changed = {pk: parent for pk, parent in above.items() if old.get(pk) != parent}
        report.added = sum(old.get(pk) is None for pk in changed)
        report.withdrawn = sum(parent is None for parent in changed.values())
        report.changed = len(changed) - report.added - report.withdrawn
        update(Occupation, "parent_id", "bigint", changed)

    # -- skills ----------------------------------------------------------------------------

    def _groups(self, title: str) -> None:
        report, rows = self._rows(title)
        told = (
            competencies.Row(row.uri, Kind.GROUP, row.label, row.description or "") for row in rows
        )
        competencies.renew(told, ESCO, [Kind.GROUP], self.release, report)
        report.tally.check()

    def _skills(self, title: str) -> None:
        report, rows = self._rows(title)
        names: dict[str, list[Name]] = {}

        def told() -> Iterator[competencies.Row]:
            for row in rows:
                names.setdefault(row.uri, _names(row.label, row.alternates, row.hidden))
                yield competencies.Row(
                    row.uri,
                    row.kind or Kind.SKILL,
                    row.label,
                    row.description or "",
                    reach=row.reach or "",
                )

        competencies.renew(told(), ESCO, [Kind.SKILL, Kind.KNOWLEDGE], self.release, report)
        report.tally.check()
        self.skills = dict(Competency.objects.filter(framework=ESCO).values_list("source_id", "pk"))
        labels = self.report.add("labels of skills", Tally(report.tally.file))
        target = Target(CompetencyTitle, ("competency_id", "kind", "title"), ("folded",))
        self._merge(target, _labelled(names, self.skills, labels.tally), labels)

    def _broader(self, title: str) -> None:
        report, rows = self._rows(title)
        links = ((row.uri, Link.BROADER, row.above) for row in rows)
        self._link(links, ("conceptUri", "broaderUri"), (Link.BROADER,), report)

    def _skill_relations(self, title: str) -> None:
        report, rows = self._rows(title)
        self._link(
            rows, ("originalSkillUri", "relatedSkillUri"), (Link.ESSENTIAL, Link.OPTIONAL), report
        )

    def _link(
        self,
        rows: Iterable[tuple[str, str, str]],
        columns: tuple[str, str],
        kinds: tuple[CompetencyLink.Kind, ...],
        report: FileReport,
    ) -> None:
        def known() -> Iterator[tuple[int, str, int]]:
            for uri, kind, related in rows:
                one, other = self.skills.get(uri), self.skills.get(related)
                if one is None or other is None:
                    at = 0 if one is None else 1
                    _unknown(report.tally, columns[at], "skill", (uri, related)[at])
                else:
                    yield one, str(kind), other

        target = Target(
            CompetencyLink,
            ("competency_id", "kind", "related_id"),
            scope=(("kind", tuple(kind.value for kind in kinds)),),
        )
        self._merge(target, known(), report)

    def _relations(self, title: str) -> None:
        report, rows = self._rows(title)

        def known() -> Iterator[tuple[int, int, bool]]:
            for uri, kind, skill in rows:
                occupation, competency = self.occupations.get(uri), self.skills.get(skill)
                if occupation is None:
                    _unknown(report.tally, "occupationUri", "occupation", uri)
                elif competency is None:
                    _unknown(report.tally, "skillUri", "skill", skill)
                else:
                    yield occupation, competency, kind == "essential"

        target = Target(OccupationSkill, ("occupation_id", "competency_id"), ("essential",))
        self._merge(target, known(), report)


def _unknown(tally: Tally, column: str, what: str, uri: str) -> None:
    tally.refuse(
        tally.row,
        column,
        f"unknown {what}",
        f"the {what} {uri} is not in this release.",
        "Load the files of one release together.",
    )


def _names(
    label: str, alternates: tuple[str, ...] | None, hidden: tuple[str, ...] | None
) -> list[Name]:
    return [
        ("t", label),
        *(("a", name) for name in alternates or ()),
        *(("h", name) for name in hidden or ()),
    ]


_LONGEST_NAME = 250


def _labelled(
    names: dict[str, list[Name]], known: dict[str, int], tally: Tally
) -> Iterator[tuple[int, str, str, str]]:
    """Key, kind, name and folded name; a name that repeats another of the same concept is left out."""
    for uri, labels in names.items():
        pk = known.get(uri)
        seen: set[str] = set()
        for kind, name in labels:
            tally.read += 1
            tally.row += 1
            text = folded(name)
            if pk is None or text in seen:
                tally.refuse(tally.row, "", "duplicate", "")
            elif len(name) > _LONGEST_NAME:
                tally.refuse(
                    tally.row,
                    "altLabels",
                    "too long",
                    f"the label “{name[:60]}…” has {len(name)} characters, more than "
                    f"{_LONGEST_NAME}.",
                    "Check the file.",
                )
            else:
                seen.add(text)
                yield pk, kind, name, text


def load_occupation_matches(
    path: Path, *, actor: Actor, version: str = "1.0", progress: Progress = silent
) -> LoadReport:
    """Load which occupations of O*NET and ESCO match (the crosswalk that both publish)."""
    with loading(
        actor,
        Source.ESCO_ONET,
        version,
        order_of(version),
        attribution="O*NET–ESCO crosswalk by the European Commission and the U.S. Department of "
        "Labor, Employment and Training Administration.",
        licence=LICENCE,
    ) as (release, report):
        file = report.add("Matches", Tally(path.name))
        rows = crosswalks.read_occupation_matches(path, file.tally)
        watching = watched(rows, Step(file.table, 1, 1, 0), progress, file.tally)
        target = Target(OccupationMatch, ("onet_code", "esco_uri"), ("esco_title", "kind"))
        merged = merge(target, watching, release, file.tally)
        file.added, file.changed = merged.added, merged.changed
        file.withdrawn = merged.withdrawn
    return report
