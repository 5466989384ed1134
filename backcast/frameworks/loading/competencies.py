"""Bring competencies, their scales and the anchors of their levels to a new release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backcast.frameworks.loading.report import FileReport
from backcast.frameworks.loading.rows import copy_in
from backcast.frameworks.models import (
    Competency,
    CompetencyAnchor,
    Framework,
    Release,
    Scale,
)
from backcast.frameworks.parsing import onet
from backcast.frameworks.text import folded

Kind = Competency.Kind
#: Kinds that O*NET rates for level as well as importance.
_LEVELLED = frozenset((Kind.SKILL, Kind.KNOWLEDGE, Kind.ABILITY, Kind.ACTIVITY))
_LONGEST = 300


class Row(NamedTuple):
    """A competency as a release has it."""

    source_id: str
    kind: str
    statement: str
    description: str
    parent: int | None = None
    reach: str = ""


def renew_scales(rows: Iterable[onet.ScaleRow], report: FileReport) -> None:
    """Add scales and correct their bounds; those that a release does not name stay."""
    known = {each.code: each for each in Scale.objects.all()}
    for row in rows:
        if len(row.code) > 3 or row.minimum >= row.maximum:
            report.tally.refuse(
                report.tally.row,
                "Scale ID",
                "scale",
                f"“{row.code}” from {row.minimum:g} to {row.maximum:g} is not a scale.",
                "Check the file.",
            )
            continue
        old = known.get(row.code)
        values = {"name": row.name, "minimum": row.minimum, "maximum": row.maximum}
        if old is None:
            report.added += 1
        elif any(getattr(old, name) != value for name, value in values.items()):
            report.changed += 1
        Scale.objects.update_or_create(code=row.code, defaults=values)


def renew_elements(
    rows: Iterator[tuple[onet.Element, str]], release: Release, report: FileReport
) -> None:
    """Skills, knowledge, abilities, work activities and styles of the content model."""
    found = (
        Row(element.element_id, kind, element.name, element.description) for element, kind in rows
    )
    kinds = [kind for kind in Kind.values if kind != Kind.DETAILED]
    renew(found, Framework.ONET, kinds, release, report)


def renew_activities(rows: Iterator[onet.Activity], release: Release, report: FileReport) -> None:
    """Detailed work activities, each under its work activity."""
    parents = dict(
        Competency.objects.filter(framework=Framework.ONET, kind=Kind.ACTIVITY).values_list(
            "source_id", "pk"
        )
    )
    found = (
        Row(row.activity_id, Kind.DETAILED, row.statement, "", parents.get(row.element_id))
        for row in rows
    )
    renew(found, Framework.ONET, [Kind.DETAILED], release, report)


def renew(
    rows: Iterable[Row],
    framework: Framework,
    kinds: Iterable[str],
    release: Release,
    report: FileReport,
) -> None:
    """Make ``rows`` the current competencies of these kinds; those left out are withdrawn."""
    known = {
        each.source_id: each
        for each in Competency.objects.filter(framework=framework, kind__in=list(kinds))
    }
    levelled = _LEVELLED if framework == Framework.ONET else frozenset()
    seen: set[str] = set()
    new: list[dict[str, object]] = []
    touched: list[Competency] = []
    for source_id, kind, statement, description, parent, reach in rows:
        if source_id in seen:
            report.tally.refuse(report.tally.row, "", "duplicate", "")
            continue
        if len(statement) > _LONGEST:
            report.tally.refuse(
                report.tally.row,
                "Title",
                "too long",
                f"the statement has {len(statement)} characters, more than {_LONGEST}.",
                "Check the file.",
            )
            continue
        seen.add(source_id)
        values = {
            "kind": str(kind),
            "reach": reach,
            "statement": statement,
            "folded": folded(statement),
            "description": description,
            "scale_id": "LV" if kind in levelled else None,
            "parent_id": parent,
            "withdrawn_in_id": None,
        }
        found = known.get(source_id)
        if found is None:
            new.append({"source_id": source_id, "first_release_id": release.pk, **values})
        elif any(getattr(found, name) != value for name, value in values.items()):
            report.changed += found.statement != statement or found.withdrawn_in_id is not None
            for name, value in values.items():
                setattr(found, name, value)
            touched.append(found)
    for source_id, found in known.items():
        if source_id not in seen and found.withdrawn_in_id is None:
            found.withdrawn_in = release
            report.withdrawn += 1
            touched.append(found)
    report.added = len(new)
    if new:
        copy_in(Competency, tuple(new[0]), (tuple(row.values()) for row in new))
    Competency.objects.bulk_update(
        touched,
        ["kind", "reach", "statement", "folded", "description", "scale", "parent", "withdrawn_in"],
        batch_size=1000,
    )


def add_element(element_id: str, name: str, kind: str, release: Release) -> int:
    """A competency that ratings name but no content model has described; returns its key."""
    return int(
        Competency.objects.create(
            source_id=element_id,
            kind=kind,
            statement=name[:_LONGEST],
            folded=folded(name[:_LONGEST]),
            scale_id="LV" if kind in _LEVELLED else None,
            first_release=release,
        ).pk
    )


def renew_anchors(
    rows: Iterator[onet.Anchor], competencies: dict[str, int], report: FileReport
) -> None:
    """Replace the loaded anchors; what people wrote themselves stays."""
    old = {
        (each.competency_id, each.value): each.description
        for each in CompetencyAnchor.objects.filter(own=False)
    }
    new: dict[tuple[int, float], str] = {}
    for row in rows:
        competency = competencies.get(row.element_id)
        if competency is None:
            report.tally.refuse(
                report.tally.row,
                "Element ID",
                "unknown element",
                f"the element {row.element_id} ({row.scale}) is not a known competency.",
                "Load Content Model Reference of the same release.",
            )
        elif (competency, row.value) in new:
            report.tally.refuse(report.tally.row, "", "duplicate", "")
        else:
            new[competency, row.value] = row.description
    CompetencyAnchor.objects.filter(own=False).delete()
    CompetencyAnchor.objects.bulk_create(
        CompetencyAnchor(competency_id=competency, value=value, description=description, own=False)
        for (competency, value), description in new.items()
    )
    report.added = len(new.keys() - old.keys())
    report.withdrawn = len(old.keys() - new.keys())
    report.changed = sum(new[key] != old[key] for key in new.keys() & old.keys())
