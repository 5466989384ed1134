"""Competency frameworks in CTDL-ASN (Credential Engine) as JSON-LD, each thing with its CTID."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backcast.frameworks.interchange.values import (
    Framework,
    Json,
    JsonObject,
    Match,
    Statement,
    find_cycle,
    parse,
)
from backcast.frameworks.parsing.problems import FileProblem, Refusal, Tally

#: What CTDL-ASN has no term for stands under ``backcast:says``, which its readers may ignore.
OURS = "backcast:says"
CONTEXT = (
    "https://credreg.net/ctdlasn/schema/context/json",
    {"backcast": "urn:backcast:", OURS: {"@type": "@json"}},
)
FRAMEWORK, COMPETENCY = "ceasn:CompetencyFramework", "ceasn:Competency"
_CTID = re.compile(r"ce-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TYPE, _ID, _CTID_KEY = "@type", "@id", "ceterms:ctid"


@dataclass(frozen=True, slots=True)
class Thing:
    """One node of the graph; ``more`` is everything it says beyond what it is."""

    type: str
    id: str
    ctid: str
    more: JsonObject = field(default_factory=dict)

    def text(self, key: str, language: str = "") -> str:
        """A text, or the best of its languages: the asked one, English, or the first."""
        value = self.more.get(key)
        if isinstance(value, dict):
            texts = {code.lower(): each for code, each in value.items()}
            order = (language.lower(), "en-us", "en", *texts)
            value = next((texts[code] for code in order if texts.get(code)), "")
        if isinstance(value, list):
            value = next((each for each in value if isinstance(each, str)), "")
        return value.strip() if isinstance(value, str) else ""

    def links(self, key: str) -> tuple[str, ...]:
        """The ids that a property points to, whether one or many, named or described."""
        value = self.more.get(key)
        found = value if isinstance(value, list) else [value]
        ids = (each.get(_ID) if isinstance(each, dict) else each for each in found)
        return tuple(each for each in ids if isinstance(each, str) and each)


@dataclass(frozen=True, slots=True)
class Graph:
    """A framework, its competencies, and other things that the file holds, as they are."""

    framework: Thing
    competencies: tuple[Thing, ...] = ()
    others: tuple[Json, ...] = ()
    more: JsonObject = field(default_factory=dict)
    #: The place of each thing in the file: index in (framework, *competencies, *others).
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    graph: Graph
    competencies: Tally

    @property
    def refusals(self) -> list[Refusal]:
        return self.competencies.examples

    @property
    def refused(self) -> int:
        return self.competencies.refused.total()


def read(content: bytes) -> Reading:
    """Read a graph of one framework. Raises ``FileProblem`` where it cannot stand as a whole.

    Competencies that miss what CTDL-ASN requires are refused one by one.
    """
    raw = parse(content, "graph")
    rows = raw.get("@graph")
    if not isinstance(rows, list):
        raise FileProblem(
            "graph", "there is no @graph.", "Give a CTDL-ASN framework as JSON-LD with a @graph."
        )
    tally = Tally("@graph", keep=500)
    frameworks: list[tuple[int, Thing]] = []
    competencies: list[tuple[int, Thing]] = []
    others: list[tuple[int, Json]] = []
    seen: set[str] = set()
    for place, row in enumerate(rows):
        tally.row = place + 1
        kind = row.get(_TYPE) if isinstance(row, dict) else None
        if kind == FRAMEWORK:
            frameworks.append((place, _thing(row, FRAMEWORK)))
        elif kind == COMPETENCY:
            tally.read += 1
            thing = _thing(row, COMPETENCY)
            if _stands(thing, seen, tally):
                competencies.append((place, thing))
        else:
            others.append((place, row))
    if len(frameworks) != 1:
        raise FileProblem(
            "graph",
            f"there are {len(frameworks)} competency frameworks where one is expected.",
            "Give one file for each ceasn:CompetencyFramework.",
        )
    framework = frameworks[0][1]
    if not framework.id or not _CTID.fullmatch(framework.ctid) or not framework.text("ceasn:name"):
        raise FileProblem(
            "graph",
            "the framework has no @id, no name, or no CTID that can be read.",
            "A CTID is ce- and a UUID in small letters.",
        )
    placed = [frameworks[0], *competencies, *others]
    order = tuple(sorted(range(len(placed)), key=lambda at: placed[at][0]))
    graph = Graph(
        framework,
        tuple(thing for _place, thing in competencies),
        tuple(row for _place, row in others),
        {key: value for key, value in raw.items() if key != "@graph"},
        order,
    )
    _check_hierarchy(graph)
    return Reading(graph, tally)


def _thing(row: Mapping[str, Json], kind: str) -> Thing:
    more = {key: value for key, value in row.items() if key != _TYPE}
    texts: list[str] = []
    for key in (_ID, _CTID_KEY):
        value = row.get(key)
        texts.append(value if isinstance(value, str) else "")
        if texts[-1]:
            del more[key]
    return Thing(kind, texts[0], texts[1], more)


def _stands(thing: Thing, seen: set[str], tally: Tally) -> bool:
    name = thing.text("ceasn:competencyText")[:60]
    missing = next(
        (
            key
            for key, value in (
                (_ID, thing.id),
                ("ceasn:competencyText", name),
                ("ceasn:isPartOf", thing.links("ceasn:isPartOf")),
            )
            if not value
        ),
        None,
    )
    if missing:
        tally.refuse(
            tally.row,
            missing,
            "missing",
            f"{missing} is missing" + (f" (“{name}”)." if name else "."),
            "Complete it where the framework was made.",
        )
    elif not _CTID.fullmatch(thing.ctid):
        tally.refuse(
            tally.row,
            _CTID_KEY,
            "CTID",
            f"“{thing.ctid[:60]}” of “{name}” is not a CTID.",
            "A CTID is ce- and a UUID in small letters.",
        )
    elif thing.id in seen or thing.ctid in seen:
        tally.refuse(
            tally.row,
            _ID,
            "used twice",
            f"the id of “{name}” belongs to another competency.",
            "Give each competency an id of its own.",
        )
    else:
        seen.update((thing.id, thing.ctid))
        return True
    return False


def _above(graph: Graph) -> dict[str, list[str]]:
    """The ids above each competency, as it says itself or as those above it say."""
    known = {each.id for each in graph.competencies}
    above: dict[str, list[str]] = {
        each.id: [link for link in each.links("ceasn:isChildOf") if link in known]
        for each in graph.competencies
    }
    for each in graph.competencies:
        for child in each.links("ceasn:hasChild"):
            if child in known and each.id not in above[child]:
                above[child].append(each.id)
    return above


def _check_hierarchy(graph: Graph) -> None:
    ring = find_cycle(_above(graph))
    if ring:
        names = {each.id: each.text("ceasn:competencyText") for each in graph.competencies}
        told = ", ".join(f"“{names[each][:80]}” ({each})" for each in ring[:10])
        raise FileProblem(
            "graph",
            f"these competencies stand below each other in a ring (isChildOf): {told}.",
            "Take out one of these links, then give the file again.",
        )


def write(graph: Graph) -> dict[str, Json]:
    """The graph as JSON-LD; what was read comes out as it was."""
    things = [
        *(_written(each) for each in (graph.framework, *graph.competencies)),
        *graph.others,
    ]
    order = graph.order or range(len(things))
    return {**graph.more, "@graph": [things[at] for at in order]}


def _written(thing: Thing) -> dict[str, Json]:
    head = {_TYPE: thing.type, _ID: thing.id, _CTID_KEY: thing.ctid}
    return {**{key: value for key, value in head.items() if value}, **thing.more}


# -- between a graph and what Backcast understands of it ---------------------------------------


def understood(graph: Graph) -> Framework:
    """The statements of a graph, with what stands above them and what they are aligned to."""
    above = _above(graph)
    known = {each.id: each.ctid.removeprefix("ce-") for each in graph.competencies}
    languages = graph.framework.more.get("ceasn:inLanguage")
    language = languages[0] if isinstance(languages, list) and languages else languages
    language = language if isinstance(language, str) else ""
    names = {each.id: each.text("ceasn:competencyText", language) for each in graph.competencies}

    def statements() -> Iterator[Statement]:
        for each in graph.competencies:
            yield Statement(
                each.ctid.removeprefix("ce-"),
                each.id,
                names[each.id],
                each.text("ceasn:competencyCategory", language),
                each.text("ceasn:comment", language),
                each.text("ceasn:codedNotation", language),
                tuple(known[parent] for parent in above[each.id]),
                _levels(each.more),
                tuple(
                    Match(names.get(link, ""), link, link)
                    for link in each.links("ceasn:exactAlignment")
                ),
                _ours(each.more),
            )

    framework = graph.framework
    changed = framework.more.get("ceasn:dateModified")
    name = framework.text("ceasn:name", language)
    description = framework.text("ceasn:description", language)
    return Framework(
        framework.ctid.removeprefix("ce-"),
        framework.id,
        name,
        framework.text("ceasn:publisherName", language),
        _moment(changed if isinstance(changed, str) else ""),
        "" if description == name else description,
        language,
        tuple(statements()),
        _ours(framework.more),
    )


def _said(more: JsonObject) -> dict[str, Json]:
    said = more.get(OURS)
    return said if isinstance(said, dict) else {}


def _ours(more: JsonObject) -> dict[str, Json]:
    return {key: value for key, value in _said(more).items() if key != "levels"}


def _levels(more: JsonObject) -> dict[int, str]:
    levels = _said(more).get("levels")
    if not isinstance(levels, dict):
        return {}
    return {
        int(value): text
        for value, text in levels.items()
        if value in ("1", "2", "3", "4", "5") and isinstance(text, str) and text.strip()
    }


def _moment(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.fromtimestamp(0, dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def graph_of(framework: Framework) -> Graph:
    """A graph that says what the framework says, without what CTDL-ASN has no term for."""
    language = framework.language or "en-US"

    def told(text: str) -> dict[str, str]:
        return {language: text}

    ids = {each.identifier: each.uri for each in framework.statements}
    children: dict[str, list[str]] = {}
    top = []
    for each in framework.statements:
        above = [parent for parent in each.parents if parent in ids]
        for parent in above:
            children.setdefault(parent, []).append(each.uri)
        if not above:
            top.append(each.uri)
    head: dict[str, Json] = {
        "ceasn:name": told(framework.title),
        # The Registry requires one; where there is none, the name stands for it.
        "ceasn:description": told(framework.description or framework.title),
        "ceasn:inLanguage": [language],
        "ceasn:dateModified": framework.changed.astimezone(dt.UTC).isoformat(timespec="seconds"),
    }
    if framework.creator:
        head["ceasn:publisherName"] = {language: [framework.creator]}
    if top:
        head["ceasn:hasTopChild"] = top
    if framework.extra:
        head[OURS] = dict(framework.extra)
    competencies = []
    for each in framework.statements:
        above = [ids[parent] for parent in each.parents if parent in ids]
        said: dict[str, Json] = {
            "ceasn:competencyText": told(each.text),
            "ceasn:inLanguage": [language],
            "ceasn:isPartOf": [framework.uri],
        }
        if above:
            said["ceasn:isChildOf"] = above
        else:
            said["ceasn:isTopChildOf"] = [framework.uri]
        if each.identifier in children:
            said["ceasn:hasChild"] = children[each.identifier]
        if each.kind:
            said["ceasn:competencyCategory"] = told(each.kind)
        if each.description:
            said["ceasn:comment"] = {language: [each.description]}
        if each.code:
            said["ceasn:codedNotation"] = each.code
        if each.matches:
            said["ceasn:exactAlignment"] = [match.uri for match in each.matches]
        ours = dict(each.extra)
        if each.levels:
            ours["levels"] = {str(value): text for value, text in sorted(each.levels.items())}
        if ours:
            said[OURS] = ours
        competencies.append(Thing(COMPETENCY, each.uri, f"ce-{each.identifier}", said))
    return Graph(
        Thing(FRAMEWORK, framework.uri, f"ce-{framework.identifier}", head),
        tuple(competencies),
        more={"@context": list(CONTEXT)},
    )
