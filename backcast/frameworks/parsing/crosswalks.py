"""Crosswalks and lists of codes: CIP 2020–SOC 2018, SOC 2010→2018, SOC definitions, NAICS 2022."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from backcast.frameworks.parsing.codes import (
    NO_CIP,
    NO_SOC,
    cip_code,
    esco_uri,
    onet_code,
    soc_code,
)
from backcast.frameworks.parsing.problems import CellProblem, FileProblem, Tally
from backcast.frameworks.parsing.tables import Field, Layout, convert, heading, lines, read


class CipSoc(NamedTuple):
    """A program of study that leads to an occupation; each side may have many of the other."""

    soc: str
    soc_title: str
    cip: str
    cip_title: str


class SocChange(NamedTuple):
    """An occupation of SOC 2010 and one that took its place in SOC 2018."""

    old: str
    old_title: str
    new: str
    new_title: str


class OccupationMatch(NamedTuple):
    """An O*NET occupation and an ESCO one (or an ISCO group) that match."""

    onet: str
    uri: str
    title: str
    kind: str


class SocDefinition(NamedTuple):
    group: str
    code: str
    title: str
    definition: str | None


class Industry(NamedTuple):
    code: str
    title: str


CIP_SOC = Layout(
    "CIP–SOC crosswalk",
    CipSoc,
    (
        Field("soc", ("SOC2018Code", "SOC Code", "SOC 2018 Code"), soc_code),
        Field("soc_title", ("SOC2018Title", "SOC Title", "SOC 2018 Title")),
        Field("cip", ("CIP2020Code", "CIP Code", "CIP 2020 Code"), cip_code),
        Field("cip_title", ("CIP2020Title", "CIP Title", "CIP 2020 Title")),
    ),
)
SOC_CHANGES = Layout(
    "SOC 2010 to 2018 crosswalk",
    SocChange,
    (
        Field("old", ("SOCCode2010", "2010 SOC Code"), soc_code),
        Field("old_title", ("SOCTitle2010", "2010 SOC Title")),
        Field("new", ("SOCCode2018", "2018 SOC Code"), soc_code),
        Field("new_title", ("SOCTitle2018", "2018 SOC Title")),
    ),
)


def _match(text: str) -> str:
    """``exactMatch`` as ``exact``; ``exactISCO``, a whole group of ISCO, as ``isco``."""
    kind = heading(text).removesuffix("match").replace("exactisco", "isco")
    if kind not in ("exact", "close", "narrow", "broad", "isco"):
        raise CellProblem(
            "match", f"“{text}” is not a type of match.", "Use exact, close, narrow or broad match."
        )
    return kind


OCCUPATION_MATCHES = Layout(
    "O*NET–ESCO crosswalk",
    OccupationMatch,
    (
        Field("onet", ("O*NET Id",), onet_code),
        Field("uri", ("ESCO or ISCO URI",), esco_uri),
        Field("title", ("ESCO or ISCO Title",)),
        Field("kind", ("Type of Match",), _match),
    ),
)
SOC_DEFINITIONS = Layout(
    "SOC definitions",
    SocDefinition,
    (
        Field("group", ("SOCGroup", "SOC Group")),
        Field("code", ("SOCCode", "SOC Code"), soc_code),
        Field("title", ("SOCTitle", "SOC Title")),
        Field("definition", ("SOCDefinition", "SOC Definition"), required=False),
    ),
)


def read_cip_soc(
    path: Path, tally: Tally, titles: dict[str, str] | None = None
) -> Iterator[CipSoc]:
    """Links between programs of study and occupations, without the file's “no match” rows.

    ``titles`` is given the programs of study, those that lead to no occupation included.
    """
    for row in read(CIP_SOC, path, tally):
        if titles is not None and row.cip != NO_CIP:
            titles[row.cip] = row.cip_title.rstrip(".")
        if row.soc == NO_SOC or row.cip == NO_CIP:
            tally.refuse(tally.row, "", "no match", "")
        else:
            yield row._replace(cip_title=row.cip_title.rstrip("."))


def read_soc_changes(path: Path, tally: Tally) -> Iterator[SocChange]:
    """What became of each occupation of SOC 2010."""
    return read(SOC_CHANGES, path, tally)


def read_industries(path: Path, tally: Tally) -> Iterator[Industry]:
    """NAICS codes and titles from a JSON object ``{code: title}``."""
    try:
        titles = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileProblem(path.name, "there is no such file.", "Check the name.") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileProblem(
            path.name, f"this is not JSON ({error}).", 'Give a file like {"11": "…"}.'
        ) from None
    if not isinstance(titles, dict):
        raise FileProblem(path.name, "this is not a list of codes.", "Give {code: title}.")
    for code, title in titles.items():
        tally.read += 1
        parts = str(code).split("-")
        if not all(part.isdigit() and 2 <= len(part) <= 6 for part in parts):
            tally.refuse(
                tally.read, "code", "code", f"“{code}” is not a NAICS code.", "Use 2 to 6 digits."
            )
        elif not str(title).strip():
            tally.refuse(tally.read, "title", "missing", f"{code} has no title.", "Fill it in.")
        else:
            yield Industry(str(code), str(title).strip())


def read_occupation_matches(path: Path, tally: Tally) -> Iterator[OccupationMatch]:
    """The O*NET–ESCO crosswalk, whose headings stand below a preamble."""
    with lines(path) as rows:
        yield from convert(OCCUPATION_MATCHES, _below_preamble(rows), tally, path.name)


def _below_preamble(
    rows: Iterator[tuple[int, Sequence[str]]],
) -> Iterator[tuple[int, Sequence[str]]]:
    first = heading(OCCUPATION_MATCHES.fields[0].headings[0])
    kept: list[tuple[int, Sequence[str]]] = []
    for number, cells in rows:
        if cells and heading(cells[0]) == first:
            yield number, cells
            yield from rows
            return
        kept = kept or [(number, cells)]
    yield from kept
