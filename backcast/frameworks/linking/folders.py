"""Read what can be linked to from a folder as it was published: ESCO or O*NET."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from backcast.frameworks.linking.items import Item, Kind, LinkingError
from backcast.frameworks.parsing import onet
from backcast.frameworks.parsing.problems import FileProblem, Tally
from backcast.frameworks.parsing.tables import Field, Layout, read


class _Concept(NamedTuple):
    uri: str
    label: str
    alternates: str | None
    hidden: str | None
    description: str | None
    kind: str | None
    reuse: str | None


#: ESCO relates few occupations to a skill that every work asks for; this stands in for them.
_SPREAD = {"transversal": 300.0, "cross-sector": 10.0}


class _Relation(NamedTuple):
    occupation: str
    skill: str


def _concepts(title: str) -> Layout[_Concept]:
    return Layout(
        title,
        _Concept,
        (
            Field("uri", ("conceptUri",)),
            Field("label", ("preferredLabel",)),
            Field("alternates", ("altLabels",), required=False, optional=True),
            Field("hidden", ("hiddenLabels",), required=False, optional=True),
            Field("description", ("description",), required=False, optional=True),
            Field("kind", ("skillType",), required=False, optional=True),
            Field("reuse", ("reuseLevel",), required=False, optional=True),
        ),
    )


_RELATIONS = Layout(
    "occupationSkillRelations",
    _Relation,
    (Field("occupation", ("occupationUri",)), Field("skill", ("skillUri",))),
)


def items(folder: Path, kind: Kind) -> list[Item]:
    """The skills or occupations of an ESCO folder or an O*NET folder, whichever this is."""
    if not folder.exists():
        raise LinkingError(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise LinkingError(f"{folder} is a file. Give the unpacked folder of ESCO or O*NET.")
    name = "skills" if kind == "skills" else "occupations"
    esco = sorted(folder.glob(f"{name}_??.csv"))
    try:
        if esco:
            chosen = next((path for path in esco if path.stem.endswith("_en")), esco[0])
            found = list(_esco(chosen, folder, kind))
        elif any(folder.glob("Occupation?Data.*")):
            found = list((_onet_skills if kind == "skills" else _onet_occupations)(folder))
        else:
            raise LinkingError(
                f"{folder} is neither ESCO nor O*NET. Looked for {name}_en.csv (ESCO, as CSV) and "
                "“Occupation Data.txt” or “Occupation Data.xlsx” (O*NET). Give the unpacked folder."
            )
    except FileProblem as problem:
        raise LinkingError(str(problem)) from problem
    if not found:
        raise LinkingError(f"{folder} holds no {name} that could be read.")
    return found


def _esco(path: Path, folder: Path, kind: Kind) -> Iterator[Item]:
    counts: Counter[str] = Counter()
    relations = folder / "occupationSkillRelations.csv"
    if relations.exists():
        for relation in read(_RELATIONS, relations, Tally(relations.name)):
            counts[relation.skill if kind == "skills" else relation.occupation] += 1
    for row in read(_concepts(path.stem), path, Tally(path.name)):
        others = f"{row.alternates or ''}\n{row.hidden or ''}".split("\n")
        yield Item(
            row.uri,
            row.label,
            tuple(name for name in map(str.strip, others) if name),
            row.description or "",
            (row.kind or kind).rpartition("/")[2],
            counts[row.uri] + _SPREAD.get(row.reuse or "", 0.0),
        )


def _onet_occupations(folder: Path) -> Iterator[Item]:
    release = onet.find_release(folder)
    names: dict[str, dict[str, None]] = defaultdict(dict)
    texts: dict[str, list[str]] = defaultdict(list)
    for title in _rows(release, onet.TITLES):
        names[title.code][title.title] = None
        if title.short:
            names[title.code][title.short] = None
    for reported in _rows(release, onet.REPORTED):
        names[reported.code][reported.title] = None
    for task in _rows(release, onet.TASKS):
        texts[task.code].append(task.statement)
    for row in _rows(release, onet.OCCUPATIONS):
        told = " ".join([row.description, *texts[row.code]])
        yield Item(row.code, row.title, tuple(names[row.code]), told, "occupation")


def _onet_skills(folder: Path) -> Iterator[Item]:
    release = onet.find_release(folder)
    path = release.files.get(onet.ELEMENTS.title)
    if path:
        for element, kind in onet.read_elements(path, Tally(path.name)):
            yield Item(element.element_id, element.name, (), element.description, kind)
    for activity in _rows(release, onet.ACTIVITIES):
        yield Item(activity.activity_id, activity.statement, (), "", "activity")
    used: Counter[tuple[str, int]] = Counter()
    commodities: dict[int, str] = {}
    for technology in _rows(release, onet.TECHNOLOGY):
        used[technology.example, technology.commodity_code] += 1
        commodities[technology.commodity_code] = technology.commodity
    for (example, code), count in used.items():
        yield Item(f"{code}/{example}", example, (), commodities[code], "technology", float(count))


def _rows(release: onet.Release, layout: Layout[Any]) -> Iterator[Any]:
    path = release.files.get(layout.title)
    if path:
        yield from read(layout, path, Tally(path.name))
