"""Bring the occupations themselves to a new release, and say what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from backcast.frameworks.loading.report import FileReport
from backcast.frameworks.loading.rows import copy_in, update
from backcast.frameworks.models import Framework, Occupation, Release, ReleaseChange, SocChange
from backcast.frameworks.parsing import onet
from backcast.frameworks.text import folded

Kind = ReleaseChange.Kind


class Row(NamedTuple):
    """An occupation as a release has it; ``source_id`` names it where the framework has addresses."""

    code: str
    title: str
    description: str
    soc: str = ""
    isco: str = ""
    source_id: str = ""


def _key(occupation: Occupation | Row) -> str:
    """What an occupation is known by from release to release."""
    return occupation.source_id or occupation.code


@dataclass(frozen=True, slots=True)
class _State:
    """How an occupation stood before this release."""

    title: str
    description: str
    current: bool


def renew(
    rows: Iterator[Row], framework: Framework, release: Release, report: FileReport
) -> dict[str, list[str]]:
    """Add, rename, withdraw and bring back; returns what changed in words, by kind of change.

    Loading the same release again starts from how things stood before it.
    """
    known = _known(framework)
    before = _before(known, release)
    seen: set[str] = set()
    new: list[tuple[str | int, ...]] = []
    touched: list[Occupation] = []
    for row in rows:
        if _key(row) in seen:
            report.tally.refuse(report.tally.row, "Code", "duplicate", "")
            continue
        seen.add(_key(row))
        values = {**row._asdict(), "folded": folded(row.title)}
        found = known.get(_key(row))
        if found is None:
            new.append((*values.values(), release.pk))
            continue
        values["withdrawn_in_id"] = None
        if any(getattr(found, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(found, name, value)
            found.successor = None
            touched.append(found)
    for key, found in known.items():
        if key not in seen and found.withdrawn_in_id is None:
            found.withdrawn_in = release
            touched.append(found)
    copy_in(Occupation, (*Row._fields, "folded", "first_release_id"), new)
    Occupation.objects.bulk_update(
        touched, [*Row._fields, "folded", "withdrawn_in", "successor"], batch_size=1000
    )
    _name_successors(framework)
    if new:
        known = _known(framework)
    return _tell(known, before, seen, release, report)


def _known(framework: Framework) -> dict[str, Occupation]:
    return {_key(each): each for each in Occupation.objects.filter(framework=framework)}


def _before(known: dict[str, Occupation], release: Release) -> dict[str, _State]:
    """The occupations as they were before ``release`` was first loaded."""
    states = {
        code: _State(each.title, each.description, each.withdrawn_in_id is None)
        for code, each in known.items()
    }
    for change in release.changes.select_related("occupation"):
        code = _key(change.occupation)
        if change.kind == Kind.ADDED:
            states.pop(code, None)
            continue
        state = states[code]
        states[code] = _State(
            change.before if change.kind == Kind.RETITLED else state.title,
            change.before if change.kind == Kind.REDEFINED else state.description,
            {Kind.WITHDRAWN: True, Kind.RETURNED: False}.get(Kind(change.kind), state.current),
        )
    return states


def _tell(
    occupations: dict[str, Occupation],
    before: dict[str, _State],
    seen: set[str],
    release: Release,
    report: FileReport,
) -> dict[str, list[str]]:
    changes: list[ReleaseChange] = []

    def add(kind: ReleaseChange.Kind, occupation: Occupation, old: str = "", new: str = "") -> None:
        changes.append(
            ReleaseChange(release=release, kind=kind, occupation=occupation, before=old, after=new)
        )

    for code, occupation in occupations.items():
        state = before.get(code)
        if state is None:
            if code in seen:
                add(Kind.ADDED, occupation, new=occupation.title)
        elif code not in seen:
            if state.current:
                add(Kind.WITHDRAWN, occupation, old=state.title)
        else:
            if not state.current:
                add(Kind.RETURNED, occupation, new=occupation.title)
            if state.title != occupation.title:
                add(Kind.RETITLED, occupation, state.title, occupation.title)
            if state.description != occupation.description:
                add(Kind.REDEFINED, occupation, state.description, occupation.description)
    release.changes.all().delete()
    first = not before
    report.added = sum(change.kind == Kind.ADDED for change in changes)
    report.withdrawn = sum(change.kind == Kind.WITHDRAWN for change in changes)
    report.changed = len({change.occupation_id for change in changes}) - (
        report.added + report.withdrawn
    )
    # Of the first release everything is new, and no list of it would tell anything; it is kept
    # all the same, so that loading it again knows where it started from.
    copy_in(
        ReleaseChange,
        ("release_id", "kind", "occupation_id", "before", "after"),
        ((release.pk, c.kind, c.occupation_id, c.before, c.after) for c in changes),
    )
    if first:
        return {}
    told: dict[str, list[str]] = {}
    for change in changes:
        told.setdefault(change.kind, []).append(_words(change))
    return told


def _words(change: ReleaseChange) -> str:
    occupation = change.occupation
    if change.kind == Kind.RETITLED:
        return f"{occupation.code} {change.before} → {change.after}"
    if change.kind == Kind.WITHDRAWN and occupation.successor:
        return f"{occupation.code} {occupation.title} → {occupation.successor}"
    return f"{occupation.code} {occupation.title}"


def _name_successors(framework: Framework) -> None:
    """Where a withdrawn occupation's work went, as far as the data say.

    In this order: a current occupation of the same title; the only SOC 2018 occupation that took
    the place of its SOC code; the SOC occupation that it was a part of.
    """
    orphans = list(
        Occupation.objects.filter(framework=framework, withdrawn_in__isnull=False, successor=None)
    )
    if not orphans:
        return
    current = Occupation.objects.filter(framework=framework, withdrawn_in=None)
    by_title = {each.folded: each for each in current}
    by_code = {each.code: each for each in current}
    moved: dict[str, list[str]] = {}
    for old, new in SocChange.objects.filter(withdrawn_in=None).values_list("old", "new"):
        moved.setdefault(old, []).append(new)
    for orphan in orphans:
        places = moved.get(orphan.soc, [])
        orphan.successor = (
            by_title.get(orphan.folded)
            or (by_code.get(f"{places[0]}.00") if len(places) == 1 else None)
            or by_code.get(f"{orphan.soc}.00")
        )
    Occupation.objects.bulk_update(orphans, ["successor"])


def set_job_zones(rows: Iterator[onet.JobZone], report: FileReport) -> None:
    """Write the job zones; occupations that the file leaves out have none."""
    zones = {row.code: row.zone for row in rows}
    if twice := report.tally.used - len(zones):
        report.tally.refuse(0, "", "duplicate", "", count=twice)
    changed: dict[int, int | None] = {}
    current = Occupation.objects.filter(framework=Framework.ONET, withdrawn_in=None)
    for pk, code, old in current.values_list("pk", "code", "job_zone"):
        new = zones.get(code)
        if old == new:
            continue
        if old is None:
            report.added += 1
        elif new is None:
            report.withdrawn += 1
        else:
            report.changed += 1
        changed[pk] = new
    update(Occupation, "job_zone", "smallint", changed)
