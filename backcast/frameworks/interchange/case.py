"""CASE packages (1EdTech, versions 1.0 and 1.1) as JSON: documents, items, associations, rubrics."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backcast.frameworks.interchange.values import (
    Framework,
    Json,
    JsonObject,
    Match,
    Statement,
    find_cycle,
    give,
    made_id,
    parse,
    take,
)
from backcast.frameworks.parsing.problems import FileProblem, Refusal, Tally

#: What an association may say; 1.1 adds translations and kinds of one's own, ``ext:…``.
KINDS = (
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
    "isTranslationOf",
)
CHILD, MATCH = "isChildOf", "exactMatchOf"
#: Under this name our own values stand in ``extensions``, which 1.1 allows everywhere.
OURS = "backcast"

_DOCUMENT = {
    "identifier": "identifier",
    "uri": "uri",
    "creator": "creator",
    "title": "title",
    "changed": "lastChangeDateTime",
    "description": "description",
    "language": "language",
    "version": "caseVersion",
}
_ITEM = {
    "identifier": "identifier",
    "uri": "uri",
    "statement": "fullStatement",
    "changed": "lastChangeDateTime",
    "short": "abbreviatedStatement",
    "code": "humanCodingScheme",
    "kind": "CFItemType",
    "notes": "notes",
}
_ASSOCIATION = {
    "identifier": "identifier",
    "uri": "uri",
    "kind": "associationType",
    "changed": "lastChangeDateTime",
}
_NODE = {"title": "title", "identifier": "identifier", "uri": "uri"}


@dataclass(frozen=True, slots=True)
class Node:
    """One end of an association."""

    title: str
    identifier: str
    uri: str
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    identifier: str
    uri: str
    creator: str
    title: str
    changed: str
    description: str = ""
    language: str = ""
    #: ``1.1``, or empty in packages of 1.0.
    version: str = ""
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    identifier: str
    uri: str
    statement: str
    changed: str
    short: str = ""
    code: str = ""
    kind: str = ""
    notes: str = ""
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Association:
    identifier: str
    uri: str
    kind: str
    origin: Node
    destination: Node
    changed: str
    sequence: int | None = None
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """A whole package. Definitions and rubrics stay as they are written."""

    document: Document
    items: tuple[Item, ...] = ()
    associations: tuple[Association, ...] = ()
    definitions: JsonObject = field(default_factory=dict)
    rubrics: tuple[JsonObject, ...] = ()
    more: JsonObject = field(default_factory=dict)
    #: Some systems put the package under the key ``CFPackage``; this is what stands beside it.
    around: JsonObject | None = None

    @property
    def version(self) -> str:
        return "1.1" if self.document.version or "extensions" in self.more else "1.0"


@dataclass(frozen=True, slots=True)
class Reading:
    """A package and what of it cannot be used, table by table."""

    package: Package
    items: Tally
    associations: Tally

    @property
    def refusals(self) -> list[Refusal]:
        return [*self.items.examples, *self.associations.examples]

    @property
    def refused(self) -> int:
        return self.items.refused.total() + self.associations.refused.total()


def read(content: bytes) -> Reading:
    """Read a package. Raises ``FileProblem`` where it cannot stand as a whole.

    Items and associations that miss what the standard requires are refused one by one.
    """
    raw: dict[str, Json] = parse(content, "package")
    around: dict[str, Json] | None = None
    if "CFDocument" not in raw and isinstance(raw.get("CFPackage"), dict):
        around = {key: value for key, value in raw.items() if key != "CFPackage"}
        raw = raw["CFPackage"]
    if not isinstance(raw.get("CFDocument"), dict):
        raise FileProblem(
            "package", "there is no CFDocument.", "Give a CASE package (CFPackage) as JSON."
        )
    document = _document(raw["CFDocument"])
    items, associations = Tally("CFItems", keep=500), Tally("CFAssociations", keep=500)
    more = {
        key: value
        for key, value in raw.items()
        if key not in ("CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics")
        or not value
    }
    package = Package(
        document,
        tuple(_items(_list(raw, "CFItems"), items)),
        tuple(_associations(_list(raw, "CFAssociations"), associations)),
        _object(raw, "CFDefinitions"),
        tuple(_rubrics(_list(raw, "CFRubrics"))),
        more,
        around,
    )
    _check_hierarchy(package)
    return Reading(package, items, associations)


def _list(raw: JsonObject, key: str) -> list[Json]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise FileProblem("package", f"{key} is not a list.", "Export the package again.")
    return value


def _object(raw: JsonObject, key: str) -> JsonObject:
    value = raw.get(key) or {}
    if not isinstance(value, dict):
        raise FileProblem("package", f"{key} is not an object.", "Export the package again.")
    return value


def _rubrics(rows: list[Json]) -> list[JsonObject]:
    if not all(isinstance(row, dict) for row in rows):
        raise FileProblem("package", "CFRubrics holds something else.", "Export it again.")
    return rows


def _document(raw: dict[str, Json]) -> Document:
    found, more = take(raw, _DOCUMENT)
    for name in ("identifier", "uri", "creator", "title", "changed"):
        if name not in found:
            raise FileProblem(
                "CFDocument", f"{_DOCUMENT[name]} is missing.", "Complete it where it was made."
            )
    return Document(**found, more=more)


def _missing(
    found: Mapping[str, str], needed: Iterable[str], keys: Mapping[str, str], tally: Tally
) -> bool:
    for name in needed:
        if name not in found:
            title = found.get("statement", found.get("identifier", ""))[:60]
            tally.refuse(
                tally.row,
                keys[name],
                "missing",
                f"{keys[name]} is missing" + (f" (“{title}”)." if title else "."),
                "Complete it where the package was made.",
            )
            return True
    return False


def _items(rows: list[Json], tally: Tally) -> list[Item]:
    items: dict[str, Item] = {}
    for tally.row, raw in enumerate(rows, 1):
        tally.read += 1
        if not isinstance(raw, dict):
            tally.refuse(tally.row, "", "not an item", "this is not an item.", "Take it out.")
            continue
        found, more = take(raw, _ITEM)
        if _missing(found, ("identifier", "uri", "statement", "changed"), _ITEM, tally):
            continue
        if found["identifier"] in items:
            tally.refuse(
                tally.row,
                "identifier",
                "used twice",
                f"the identifier of “{found['statement'][:60]}” belongs to another item.",
                "Give each item an identifier of its own.",
            )
            continue
        items[found["identifier"]] = Item(**found, more=more)
    return list(items.values())


def _associations(rows: list[Json], tally: Tally) -> list[Association]:
    associations: list[Association] = []
    for tally.row, raw in enumerate(rows, 1):
        tally.read += 1
        if not isinstance(raw, dict):
            tally.refuse(
                tally.row, "", "not an association", "this is not an association.", "Take it out."
            )
            continue
        found, more = take(raw, _ASSOCIATION)
        if _missing(found, ("identifier", "uri", "kind", "changed"), _ASSOCIATION, tally):
            continue
        if found["kind"] not in KINDS and not found["kind"].startswith("ext:"):
            tally.refuse(
                tally.row,
                "associationType",
                "kind",
                f"“{found['kind'][:60]}” is not a kind of association.",
                f"CASE knows {', '.join(KINDS)}, and ext:… for others.",
            )
            continue
        ends: list[Node] = []
        for key in ("originNodeURI", "destinationNodeURI"):
            node = _node(more.pop(key, None))
            if node is None:
                tally.refuse(
                    tally.row,
                    key,
                    "missing",
                    f"{key} does not name a title, an identifier and an address.",
                    "Complete it where the package was made.",
                )
                break
            ends.append(node)
        if len(ends) < 2:
            continue
        number = more.get("sequenceNumber")
        sequence = number if isinstance(number, int) and not isinstance(number, bool) else None
        if sequence is not None:
            del more["sequenceNumber"]
        associations.append(
            Association(
                found["identifier"],
                found["uri"],
                found["kind"],
                ends[0],
                ends[1],
                found["changed"],
                sequence,
                more,
            )
        )
    return associations


def _node(raw: Json) -> Node | None:
    if not isinstance(raw, dict):
        return None
    found, more = take(raw, _NODE)
    # Titles of nodes are often left empty; an end is known by its identifier and address.
    if "identifier" not in found or "uri" not in found:
        return None
    return Node(found.get("title", ""), found["identifier"], found["uri"], more)


def parents(package: Package) -> dict[str, list[str]]:
    """The items above each item, in the order of the sequence numbers."""
    known = {item.identifier for item in package.items}
    above: dict[str, list[str]] = defaultdict(list)
    links = [each for each in package.associations if each.kind == CHILD]
    for link in sorted(links, key=lambda each: (each.sequence is None, each.sequence or 0)):
        child, parent = link.origin.identifier, link.destination.identifier
        if child in known and parent in known and parent not in above[child]:
            above[child].append(parent)
    return above


def _check_hierarchy(package: Package) -> None:
    ring = find_cycle(parents(package))
    if ring:
        names = {item.identifier: item.statement for item in package.items}
        told = [f"“{names[each][:80]}” ({each})" for each in ring[:10]]
        more = f" and {len(ring) - 10} more" if len(ring) > 10 else ""
        raise FileProblem(
            "CFAssociations",
            f"these items stand below each other in a ring (isChildOf): {', '.join(told)}{more}.",
            "Take out one of these associations, then give the package again.",
        )


def write(package: Package) -> dict[str, Json]:
    """The package as JSON; what was read comes out as it was."""
    raw: dict[str, Json] = {"CFDocument": _written(package.document, _DOCUMENT)}
    if package.items:
        raw["CFItems"] = [_written(item, _ITEM) for item in package.items]
    if package.associations:
        raw["CFAssociations"] = [_association(each) for each in package.associations]
    if package.definitions:
        raw["CFDefinitions"] = dict(package.definitions)
    if package.rubrics:
        raw["CFRubrics"] = [dict(each) for each in package.rubrics]
    raw.update(package.more)
    return raw if package.around is None else {**package.around, "CFPackage": raw}


def _written(thing: Document | Item | Node, keys: Mapping[str, str]) -> dict[str, Json]:
    return give({name: getattr(thing, name) for name in keys}, keys, thing.more)


def _association(each: Association) -> dict[str, Json]:
    raw = give({name: getattr(each, name) for name in _ASSOCIATION}, _ASSOCIATION, each.more)
    raw["originNodeURI"] = _written(each.origin, _NODE)
    raw["destinationNodeURI"] = _written(each.destination, _NODE)
    if each.sequence is not None:
        raw["sequenceNumber"] = each.sequence
    return raw


# -- between a package and what Backcast understands of it ------------------------------------


def understood(package: Package) -> Framework:
    """The statements of a package, with what stands above them, their levels and matches."""
    above = parents(package)
    levels = _levels(package)
    matches: dict[str, list[Match]] = defaultdict(list)
    for each in package.associations:
        if each.kind == MATCH:
            end = each.destination
            matches[each.origin.identifier].append(Match(end.title, end.identifier, end.uri))
    document = package.document
    return Framework(
        document.identifier,
        document.uri,
        document.title,
        document.creator,
        _moment(document.changed),
        document.description,
        document.language,
        tuple(
            Statement(
                item.identifier,
                item.uri,
                item.statement,
                item.kind,
                item.notes,
                item.code,
                tuple(above.get(item.identifier, ())),
                levels.get(item.identifier, {}),
                tuple(matches.get(item.identifier, ())),
                _ours(item.more),
            )
            for item in package.items
        ),
        _ours(document.more),
    )


def _ours(more: JsonObject) -> JsonObject:
    extensions = more.get("extensions")
    ours = extensions.get(OURS) if isinstance(extensions, dict) else None
    return ours if isinstance(ours, dict) else {}


def _moment(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.fromtimestamp(0, dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _levels(package: Package) -> dict[str, dict[int, str]]:
    """Levels 1 to 5 of items, where the criteria of rubrics score them so and describe them."""
    found: dict[str, dict[int, str]] = {}
    for rubric in package.rubrics:
        for criterion in _dicts(rubric.get("CFRubricCriteria")):
            link = criterion.get("CFItemURI")
            if not isinstance(link, dict):
                continue
            levels = {
                int(level["score"]): str(level["description"]).strip()
                for level in _dicts(criterion.get("CFRubricCriterionLevels"))
                if level.get("score") in (1, 2, 3, 4, 5) and level.get("description")
            }
            if levels:
                found.setdefault(str(link.get("identifier")), {}).update(levels)
    return found


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def package_of(framework: Framework) -> Package:
    """A package of version 1.1 that says what the framework says."""
    changed = framework.changed.astimezone(dt.UTC).isoformat(timespec="seconds")
    top = Node(framework.title, framework.identifier, framework.uri)
    nodes = {
        each.identifier: Node(each.text[:120], each.identifier, each.uri)
        for each in framework.statements
    }
    associations: list[Association] = []

    def link(origin: Node, kind: str, destination: Node, sequence: int | None = None) -> None:
        identifier = made_id(origin.identifier, kind, destination.identifier)
        uri = f"urn:uuid:{identifier}"
        associations.append(
            Association(identifier, uri, kind, origin, destination, changed, sequence)
        )

    for place, each in enumerate(framework.statements, 1):
        above = [nodes[parent] for parent in each.parents if parent in nodes] or [top]
        for parent in above:
            link(nodes[each.identifier], CHILD, parent, place)
        for match in each.matches:
            link(nodes[each.identifier], MATCH, Node(match.title, match.identifier, match.uri))
    return Package(
        Document(
            framework.identifier,
            framework.uri,
            framework.creator,
            framework.title,
            changed,
            framework.description,
            framework.language,
            "1.1",
            _extended(framework.extra),
        ),
        tuple(
            Item(
                each.identifier,
                each.uri,
                each.text,
                changed,
                code=each.code,
                kind=each.kind,
                notes=each.description,
                more=_extended(each.extra),
            )
            for each in framework.statements
        ),
        tuple(associations),
        rubrics=tuple(_rubric(each, changed) for each in framework.statements if each.levels),
    )


def _extended(extra: JsonObject) -> dict[str, Json]:
    return {"extensions": {OURS: dict(extra)}} if extra else {}


def _rubric(statement: Statement, changed: str) -> JsonObject:
    """What the levels of one statement look like, as a rubric of one criterion."""
    rubric = made_id("rubric", statement.identifier)
    criterion = made_id("criterion", statement.identifier)

    def head(identifier: str) -> dict[str, Json]:
        return {
            "identifier": identifier,
            "uri": f"urn:uuid:{identifier}",
            "lastChangeDateTime": changed,
        }

    return {
        **head(rubric),
        "title": statement.text[:120],
        "CFRubricCriteria": [
            {
                **head(criterion),
                "rubricId": rubric,
                "position": 1,
                "CFItemURI": {
                    "title": statement.text[:120],
                    "identifier": statement.identifier,
                    "uri": statement.uri,
                },
                "CFRubricCriterionLevels": [
                    {
                        **head(made_id("level", value, statement.identifier)),
                        "rubricCriterionId": criterion,
                        "position": position,
                        "score": value,
                        "description": text,
                    }
                    for position, (value, text) in enumerate(sorted(statement.levels.items()), 1)
                ],
            }
        ],
    }
