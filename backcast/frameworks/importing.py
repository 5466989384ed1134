"""Frameworks from other systems become a region's own competencies, and are handed on again.

``prepare`` reads a file, compares it with what is there and changes nothing; ``take_in`` does the
same again and writes everything in one transaction. Taking the same framework in again changes only
what changed in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.core.uploads import limit_bytes
from backcast.frameworks import access
from backcast.frameworks.interchange import case, ctdl
from backcast.frameworks.interchange.values import (
    Framework,
    Json,
    Match,
    Statement,
    in_order,
    parse,
    write_json,
)
from backcast.frameworks.models import (
    Competency,
    CompetencyAnchor,
    ImportedFramework,
    ImportedItem,
    Upload,
)
from backcast.frameworks.models import Framework as Source
from backcast.frameworks.parsing.problems import FileProblem, Refusal
from backcast.frameworks.parsing.scales import OWN
from backcast.frameworks.text import folded
from backcast.partners.access import region_of
from backcast.partners.models import Organisation, Person

Kind = Competency.Kind
Format = ImportedFramework.Format
_LONGEST = 300
#: More statements than any framework of use has; more is a file of something else.
LIMIT = 20_000


class Effect(StrEnum):
    """What an item of the file does to the region's competencies."""

    NEW = "new"
    #: A competency of these words is there already: the item is tied to it.
    TIED = "tied"
    CHANGES = "changes"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: what it does, what it says, and the competency that it meets."""

    effect: Effect
    statement: Statement
    kind: Competency.Kind
    existing: Competency | None = None

    @property
    def words(self) -> str:
        return shortened(self.statement.text)

    @property
    def is_shortened(self) -> bool:
        return self.words != _plain(self.statement.text)


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking the file in would do. Every item is in ``entries`` or among the refusals."""

    format: ImportedFramework.Format
    framework: Framework
    document: Json
    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    items_read: int
    #: Links between items that could not be used; the items themselves are.
    links_refused: int
    existing: ImportedFramework | None

    @property
    def items_refused(self) -> int:
        return self.items_read - len(self.entries)

    def count(self, effect: Effect) -> int:
        return sum(entry.effect is effect for entry in self.entries)


def _plain(text: str) -> str:
    return " ".join(text.split())


def shortened(text: str) -> str:
    """The words of a statement as a list can show them; the whole stands in the description."""
    plain = _plain(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


def prepare(actor: Actor, content: bytes) -> Preview:
    """What taking ``content`` in would do. Raises ``FileProblem``; changes nothing."""
    access.require_writer(actor)
    if len(content) > limit_bytes():
        raise FileProblem(
            "file",
            f"the file is larger than {settings.UPLOAD_LIMIT_MB} MB.",
            "Export a smaller part of the framework.",
        )
    format_, framework, document, refusals, read, links = _read(content)
    if not framework.statements:
        raise FileProblem("file", "no statement could be used.", _first(refusals))
    if len(framework.statements) > LIMIT:
        raise FileProblem(
            "file", f"the framework has more than {LIMIT:,} statements.", "Export a part of it."
        )
    existing = ImportedFramework.objects.filter(
        region=actor.region_id, format=format_, identifier=framework.identifier
    ).first()
    return Preview(
        format_,
        framework,
        document,
        tuple(_entries(framework, existing, actor)),
        tuple(refusals),
        read,
        links,
        existing,
    )


def _first(refusals: list[Refusal]) -> str:
    return f"The first is: {refusals[0]}" if refusals else "Choose a framework that has some."


def _read(
    content: bytes,
) -> tuple[ImportedFramework.Format, Framework, Json, list[Refusal], int, int]:
    raw = parse(content, "file")
    if "@graph" in raw:
        graph = ctdl.read(content)
        tally = graph.competencies
        written = ctdl.write(graph.graph)
        return Format.CTDL, ctdl.understood(graph.graph), written, graph.refusals, tally.read, 0
    if "CFDocument" in raw or "CFPackage" in raw:
        package = case.read(content)
        return (
            Format.CASE,
            case.understood(package.package),
            case.write(package.package),
            package.refusals,
            package.items.read,
            package.associations.refused.total(),
        )
    raise FileProblem(
        "file",
        "this is neither a CASE package nor a CTDL-ASN framework.",
        "Choose a .json file that another system exported in one of the two formats.",
    )


def _entries(
    framework: Framework, existing: ImportedFramework | None, actor: Actor
) -> Iterable[Entry]:
    tied = {
        item.identifier: item
        for item in (existing.items.select_related("competency") if existing else ())
    }
    own = {
        each.statement.lower(): each
        for each in Competency.objects.filter(region=actor.region_id, archived_at=None)
    }
    above = {parent for each in framework.statements for parent in each.parents}
    for each in framework.statements:
        kind = _kind(each, each.identifier in above)
        item = tied.get(each.identifier)
        if item is not None:
            effect = Effect.SAME if item.text == each.text else Effect.CHANGES
            yield Entry(effect, each, kind, item.competency)
            continue
        same = own.get(shortened(each.text).lower())
        yield Entry(Effect.TIED if same else Effect.NEW, each, kind, same)


def _kind(statement: Statement, has_parts: bool) -> Competency.Kind:
    """The kind of competency that an item is: as its type says, or a group where it has parts."""
    said = statement.kind.lower()
    for kind in (Kind.KNOWLEDGE, Kind.ABILITY, Kind.SKILL):
        if kind.value in said:
            return kind
    return Kind.GROUP if has_parts else Kind.SKILL


def take_in(content: bytes, *, actor: Actor) -> tuple[ImportedFramework, Preview]:
    """Take a framework in: its items become own competencies, its document is kept whole.

    Raises ``FileProblem``; then nothing is changed.
    """
    access.require_writer(actor)
    with acting(actor, "frameworks.take_in"):
        preview = prepare(actor, content)
        framework = preview.framework
        kept = preview.existing or ImportedFramework(
            region=region_of(actor), format=preview.format, identifier=framework.identifier
        )
        kept.uri, kept.title = framework.uri[:500], _plain(framework.title)[:300]
        kept.creator, kept.document = framework.creator[:300], preview.document
        kept.items_read, kept.items_used = preview.items_read, len(preview.entries)
        kept.full_clean(exclude=["public_id"], validate_unique=False)
        kept.save()
        _write(kept, preview, region_of(actor).pk)
    return kept, preview


def _write(kept: ImportedFramework, preview: Preview, region_id: int) -> None:
    entries = {entry.statement.identifier: entry for entry in preview.entries}
    made: dict[str, Competency] = {}
    own: dict[str, Competency] = {}
    for statement in in_order(preview.framework.statements):
        entry = entries[statement.identifier]
        found = entry.existing or own.get(entry.words.lower())
        parent = next((made[each] for each in statement.parents if each in made), None)
        if found is None:
            found = _add(entry, parent, region_id)
        elif entry.effect is Effect.CHANGES:
            _change(found, entry, parent)
        own.setdefault(entry.words.lower(), found)
        made[statement.identifier] = found
        if entry.effect is not Effect.SAME:
            _describe(found, statement)
    kept.items.all().delete()
    ImportedItem.objects.bulk_create(
        ImportedItem(
            imported=kept,
            competency=made[entry.statement.identifier],
            identifier=entry.statement.identifier[:200],
            uri=entry.statement.uri[:500],
            text=entry.statement.text,
            order=place,
        )
        for place, entry in enumerate(preview.entries)
    )


def _add(entry: Entry, parent: Competency | None, region_id: int) -> Competency:
    competency = Competency(region_id=region_id, kind=entry.kind, parent=parent)
    _say(competency, entry)
    competency.save()
    return competency


def _change(competency: Competency, entry: Entry, parent: Competency | None) -> None:
    """Bring a competency to what its item says now, unless another has these words already."""
    taken = Competency.objects.filter(
        region=competency.region_id, statement__iexact=entry.words, archived_at=None
    ).exclude(pk=competency.pk)
    if taken.exists():
        return
    _say(competency, entry)
    competency.parent = parent if parent != competency else None
    competency.save()


def _say(competency: Competency, entry: Entry) -> None:
    competency.statement, competency.folded = entry.words, folded(entry.words)
    parts = [entry.statement.text.strip()] if entry.is_shortened else []
    parts += [entry.statement.description.strip()] if entry.statement.description else []
    competency.description = "\n\n".join(parts)


def _describe(competency: Competency, statement: Statement) -> None:
    """Levels that the file describes and the competency does not yet."""
    if not statement.levels:
        return
    if competency.scale_id is None:
        competency.scale_id = OWN
        competency.save(update_fields=["scale", "updated_at"])
    if competency.scale_id != OWN:
        return
    present = set(competency.anchors.values_list("value", flat=True))
    for value, text in statement.levels.items():
        if value not in present:
            CompetencyAnchor.objects.create(competency=competency, value=value, description=text)


# -- handing on --------------------------------------------------------------------------------

#: The address of a competency on our pages.
Address = Callable[[Competency], str]


def imported(actor: Actor) -> Any:
    """The frameworks that the region took in; its staff see them."""
    if not actor.is_staff:
        return ImportedFramework.objects.none()
    return ImportedFramework.objects.filter(region=actor.region_id, archived_at=None)


def handed_on(kept: ImportedFramework) -> Json:
    """The document as it was taken in, with the statements that the region has reworded since."""
    document = kept.document
    words = {
        item.identifier: item.competency.statement
        for item in kept.items.select_related("competency")
        if item.competency.statement != shortened(item.text) and not _shares(item)
    }
    if not words:
        return document
    if kept.format == Format.CTDL:
        for thing in document["@graph"]:
            if isinstance(thing, dict):
                identifier = str(thing.get("ceterms:ctid", "")).removeprefix("ce-")
                if identifier in words:
                    thing["ceasn:competencyText"] = _reworded(
                        thing["ceasn:competencyText"], words[identifier]
                    )
        return document
    package = document if "CFDocument" in document else document["CFPackage"]
    for item in package.get("CFItems", []):
        if item["identifier"] in words:
            item["fullStatement"] = words[item["identifier"]]
    return document


def _shares(item: ImportedItem) -> bool:
    """Was the item tied to a competency that had other words, in small or capital letters only?"""
    return item.competency.statement.lower() == shortened(item.text).lower()


def _reworded(said: Json, words: str) -> Json:
    """The new words in the language in which the old ones were written first."""
    if isinstance(said, dict) and said:
        return {**said, next(iter(said)): words}
    return words


def own_framework(actor: Actor, address: Address, title: str) -> Framework:
    """The region's own competencies as one framework."""
    access.require_writer(actor)
    region = region_of(actor)
    rows = list(
        Competency.objects.filter(region=region, archived_at=None)
        .select_related("parent")
        .prefetch_related("anchors")
        .order_by("pk")
    )
    return Framework(
        str(region.public_id),
        f"urn:uuid:{region.public_id}",
        title,
        region.name,
        max((each.updated_at for each in rows), default=timezone.now()).replace(microsecond=0),
        language="en-US",
        statements=tuple(statement_of(each, address) for each in rows),
    )


def statement_of(competency: Competency, address: Address) -> Statement:
    """One competency as a statement, with the levels that are described and where it came from."""
    return Statement(
        str(competency.public_id),
        address(competency),
        competency.statement,
        competency.get_kind_display(),
        competency.description,
        code=competency.source_id if competency.framework == Source.ONET else "",
        parents=(str(competency.parent.public_id),)
        if competency.parent and competency.is_own
        else (),
        levels={round(anchor.value): anchor.description for anchor in competency.anchors.all()}
        if competency.scale_id == OWN
        else {},
        matches=matches_of(competency),
    )


def matches_of(competency: Competency) -> tuple[Match, ...]:
    """The concept of O*NET or ESCO that a loaded competency is."""
    if competency.framework == Source.ESCO:
        uri = competency.source_id
        return (Match(competency.statement, uri, uri),)
    if competency.framework == Source.ONET:
        uri = f"https://www.onetonline.org/find/descriptor/result/{competency.source_id}"
        return (Match(competency.statement, competency.source_id, uri),)
    return ()


def as_json(framework: Framework, format_: ImportedFramework.Format) -> bytes:
    if format_ == Format.CTDL:
        return write_json(ctdl.write(ctdl.graph_of(framework)))
    return write_json(case.write(case.package_of(framework)))


# -- files between preview and confirmation ----------------------------------------------------

UPLOAD_LASTS = dt.timedelta(days=1)


def keep_upload(*, actor: Actor, purpose: str, filename: str, content: bytes) -> Upload:
    """Keep a file until it is confirmed; the person's older ones go."""
    with acting(actor, "frameworks.keep_upload"):
        Upload.objects.filter(person=actor.person_id).delete()
        return Upload.objects.create(
            region=region_of(actor),
            organisation=Organisation.objects.get(pk=actor.organisation_id or 0),
            person=Person.objects.get(pk=actor.person_id or 0),
            purpose=purpose,
            filename=filename[-200:],
            content=content,
        )


def upload(actor: Actor, public_id: Any, purpose: str) -> Upload:
    """A file that this person sent for this purpose, not older than a day."""
    return access.one(
        Upload.objects.filter(
            person=actor.person_id,
            organisation=actor.organisation_id,
            purpose=purpose,
            created_at__gt=timezone.now() - UPLOAD_LASTS,
        ),
        public_id,
    )


def drop_upload(kept: Upload, *, actor: Actor) -> None:
    with acting(actor, "frameworks.drop_upload"):
        kept.delete()
