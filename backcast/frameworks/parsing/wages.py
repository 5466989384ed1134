"""Occupational employment and wages (OEWS) by area, as BLS publishes them.

Two sets of headings are known: the spelled-out ones of BLS's query tool and the short ones of its
yearly workbooks (``OCC_CODE``, ``H_PCT10`` …). Markers in cells: ``#`` the wage is at or above the
highest that is published, ``*`` and ``**`` (or ``-``) not released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from backcast.frameworks.parsing.codes import soc_code
from backcast.frameworks.parsing.convert import number
from backcast.frameworks.parsing.problems import CellProblem, Tally
from backcast.frameworks.parsing.tables import Field, Layout, read

#: In place of a wage that is at or above the published maximum.
TOP = float("inf")
_NOT_RELEASED = frozenset(("*", "**", "-", "~"))

#: The area code of the nation.
NATION = "0000000"


class Wage(NamedTuple):
    """One occupation in one area. Wages in dollars; ``inf`` where top-coded (``#``)."""

    area: str
    area_title: str
    area_kind: str
    soc: str
    title: str
    employment: float | None
    employment_rse: float | None
    hourly_mean: float | None
    annual_mean: float | None
    hourly_10: float | None
    hourly_25: float | None
    hourly_50: float | None
    hourly_75: float | None
    hourly_90: float | None
    annual_10: float | None
    annual_25: float | None
    annual_50: float | None
    annual_75: float | None
    annual_90: float | None
    location_quotient: float | None


def amount(text: str) -> float | None:
    """A figure of zero or more, ``inf`` for ``#``, ``None`` for what is not released."""
    if text in _NOT_RELEASED:
        return None
    if text == "#":
        return TOP
    value = number(text)
    if value < 0:
        raise CellProblem("number", f"{text} is below zero.", "Check the file.")
    return value


def area_code(text: str) -> str:
    """The area's code with seven digits (``0000000`` the nation, ``3400000`` New Jersey)."""
    code = text.strip()
    if not code.isdigit() or len(code) > 7:
        raise CellProblem("area", f"“{text}” is not an area code.", "Area codes are digits.")
    return code.zfill(7)


_KINDS = {
    "N": "N",
    "1": "N",
    "National": "N",
    "S": "S",
    "2": "S",
    "State": "S",
    "M": "M",
    "4": "M",
    "6": "M",
    "3": "S",
}


def area_kind(text: str) -> str:
    """``N`` nation, ``S`` state or territory, ``M`` metropolitan or nonmetropolitan area."""
    kind = _KINDS.get(text.strip())
    if kind is None:
        raise CellProblem("area", f"“{text}” is not a kind of area.", "Known: N, S, M.")
    return kind


def _figure(name: str, *headings: str) -> Field:
    return Field(name, headings, amount, required=False)


def _wage(name: str, spoken: str, percentile: str) -> list[Field]:
    return [
        _figure(f"{name}_10", f"{spoken} 10th percentile wage", f"{percentile}10"),
        _figure(f"{name}_25", f"{spoken} 25th percentile wage", f"{percentile}25"),
        _figure(f"{name}_50", f"{spoken} median wage", f"{percentile[0]}_MEDIAN"),
        _figure(f"{name}_75", f"{spoken} 75th percentile wage", f"{percentile}75"),
        _figure(f"{name}_90", f"{spoken} 90th percentile wage", f"{percentile}90"),
    ]


WAGES = Layout(
    "Occupational employment and wages",
    Wage,
    (
        Field("area", ("area_code", "AREA"), area_code),
        Field("area_title", ("area_title", "AREA_TITLE")),
        Field("area_kind", ("area_type", "AREA_TYPE"), area_kind),
        Field("soc", ("occ_code", "OCC_CODE"), soc_code),
        Field("title", ("occ_title", "OCC_TITLE")),
        _figure("employment", "Employment", "TOT_EMP"),
        _figure("employment_rse", "Employment percent relative standard error", "EMP_PRSE"),
        _figure("hourly_mean", "Hourly mean wage", "H_MEAN"),
        _figure("annual_mean", "Annual mean wage", "A_MEAN"),
        *_wage("hourly", "Hourly", "H_PCT"),
        *_wage("annual", "Annual", "A_PCT"),
        Field(
            "location_quotient",
            ("Location Quotient", "LOC_QUOTIENT"),
            amount,
            required=False,
            optional=True,
        ),
    ),
)


def read_wages(path: Path, tally: Tally) -> Iterator[Wage]:
    """Rows whose percentiles rise; others are refused with the two figures that disagree."""
    for row in read(WAGES, path, tally):
        for unit, wages in (("Hourly", row[9:14]), ("Annual", row[14:19])):
            known = [wage for wage in wages if wage is not None]
            if known != sorted(known):
                tally.refuse(
                    tally.row,
                    f"{unit} wages",
                    "percentiles",
                    f"the {unit.lower()} percentiles of {row.soc} do not rise "
                    f"({', '.join(f'{wage:g}' for wage in known)}).",
                    "Check the order of the columns.",
                )
                break
        else:
            # The nation is numbered 99 in the yearly workbooks and 0000000 in the query tool.
            yield row._replace(area=NATION) if row.area_kind == "N" else row


def states_of(title: str) -> tuple[str, ...]:
    """Postal codes of the states that an area's title names.

    >>> states_of("Philadelphia-Camden-Wilmington, PA-NJ-DE-MD"), states_of("New Jersey")
    (('PA', 'NJ', 'DE', 'MD'), ('NJ',))
    """
    if title in STATES:
        return (STATES[title],)
    tail = title.rpartition(",")[2].split()
    parts = tail[0].split("-") if tail else []
    return tuple(part for part in parts if part in _POSTAL)


#: Postal codes of states and territories by name.
STATES: Mapping[str, str] = {
    " Alabama": "AL",
    "Alaska": "AK",
    "Arizona": "AZ",
    "Arkansas": "AR",
    "California": "CA",
    "Colorado": "CO",
    "Connecticut": "CT",
    "Delaware": "DE",
    "District of Columbia": "DC",
    "Florida": "FL",
    "Georgia": "GA",
    "Hawaii": "HI",
    "Idaho": "ID",
    "Illinois": "IL",
    "Indiana": "IN",
    "Iowa": "IA",
    "Kansas": "KS",
    "Kentucky": "KY",
    "Louisiana": "LA",
    "Maine": "ME",
    "Maryland": "MD",
    "Massachusetts": "MA",
    "Michigan": "MI",
    "Minnesota": "MN",
    "Mississippi": "MS",
    "Missouri": "MO",
    "Montana": "MT",
    "Nebraska": "NE",
    "Nevada": "NV",
    "New Hampshire": "NH",
    "New Jersey": "NJ",
    "New Mexico": "NM",
    "New York": "NY",
    "North Carolina": "NC",
    "North Dakota": "ND",
    "Ohio": "OH",
    "Oklahoma": "OK",
    "Oregon": "OR",
    "Pennsylvania": "PA",
    "Rhode Island": "RI",
    "South Carolina": "SC",
    "South Dakota": "SD",
    "Tennessee": "TN",
    "Texas": "TX",
    "Utah": "UT",
    "Vermont": "VT",
    "Virginia": "VA",
    "Washington": "WA",
    "West Virginia": "WV",
    "Wisconsin": "WI",
    "Wyoming": "WY",
    "Puerto Rico": "PR",
    "Guam": "GU",
    "Virgin Islands": "VI",
}
_POSTAL = frozenset(STATES.values())
