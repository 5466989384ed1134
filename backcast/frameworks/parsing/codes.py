"""Codes of occupations, programs of study and industries, and how they map onto each other.

Sources: O*NET-SOC 2019 (ten characters, ``NN-NNNN.NN``; ``.00`` is the SOC 2018 occupation itself),
SOC 2018 (``NN-NNNN``), CIP 2020 (``NN.NNNN``), NAICS 2022 (two to six digits).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from backcast.frameworks.parsing.problems import CellProblem

_ONET = re.compile(r"\d\d-\d{4}\.\d\d")
_SOC = re.compile(r"\d\d-\d{4}")
_CIP = re.compile(r"(\d{1,2})\.(\d{1,4})")

#: SOC 2018 occupations that wages and projections publish under one combined code.
COMBINED: Mapping[str, str] = MappingProxyType(
    {
        "31-1121": "31-1120",
        "31-1122": "31-1120",
        "29-2011": "29-2010",
        "29-2012": "29-2010",
    }
)

#: Every ESCO concept, and every ISCO group in ESCO, is named by an address that begins so.
ESCO_URI = "http://data.europa.eu/esco/"

#: SOC's own "no match" entry in crosswalks.
NO_SOC = "99-9999"
NO_CIP = "99.9999"


@lru_cache(maxsize=8192)
def onet_code(text: str) -> str:
    """An O*NET-SOC code such as ``31-9092.00``; a bare SOC code gets ``.00``."""
    code = text.strip()
    if _ONET.fullmatch(code):
        return code
    if _SOC.fullmatch(code):
        return f"{code}.00"
    raise CellProblem("code", f"“{text}” is not an occupation code.", "Codes look like 31-9092.00.")


@lru_cache(maxsize=8192)
def soc_code(text: str) -> str:
    """A SOC code such as ``31-9092``; an O*NET-SOC code loses its last part."""
    code = text.strip()
    if _SOC.fullmatch(code):
        return code
    if _ONET.fullmatch(code):
        return code[:7]
    raise CellProblem("code", f"“{text}” is not a SOC code.", "SOC codes look like 31-9092.")


@lru_cache(maxsize=8192)
def cip_code(text: str) -> str:
    """A six-digit CIP code, with the zeros restored that spreadsheets drop.

    >>> cip_code("1.0"), cip_code("51.0801"), cip_code('="01.0101"')
    ('01.0000', '51.0801', '01.0101')
    """
    code = text.strip().strip('="')
    found = _CIP.fullmatch(code)
    if found:
        return f"{found[1]:0>2}.{found[2]:0<4}"
    if code.isdigit() and len(code) in (5, 6):
        padded = code.zfill(6)
        return f"{padded[:2]}.{padded[2:]}"
    raise CellProblem("code", f"“{text}” is not a CIP code.", "CIP codes look like 51.0801.")


def published_soc(code: str) -> str:
    """The SOC code under which wages and projections publish an occupation.

    >>> published_soc("31-1121.00"), published_soc("29-1141.00")
    ('31-1120', '29-1141')
    """
    soc = soc_code(code)
    return COMBINED.get(soc, soc)


def parts_of(published: str) -> tuple[str, ...]:
    """The SOC codes that a published code stands for: itself, or the ones it combines."""
    return tuple(code for code, whole in COMBINED.items() if whole == published) or (published,)


def is_teaching(soc: str) -> bool:
    """Postsecondary teachers: a crosswalk links a program to those who *teach* its subject."""
    return soc.startswith(("25-10", "25-11"))


def esco_uri(text: str) -> str:
    """The address of an ESCO concept."""
    if not text.startswith(ESCO_URI) or len(text) > 120 or any(c.isspace() for c in text):
        raise CellProblem(
            "address",
            f"“{text[:120]}” is not the address of an ESCO concept.",
            f"Addresses begin with {ESCO_URI}.",
        )
    return text
