"""The scales on which O*NET states its values, and what may be done with them.

Bounds as in O*NET's own Scales Reference (27.0) and, for WI and DR, the 30.1 data dictionary.
Importance (IM) and level (LV) answer different questions and are never averaged together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Scale(NamedTuple):
    """A scale: code, name, and its lowest and highest value."""

    code: str
    name: str
    minimum: float
    maximum: float


IMPORTANCE = "IM"
LEVEL = "LV"
IMPACT = "WI"
DISTINCTIVENESS = "DR"
#: Backcast's own five levels, for competencies that people write themselves.
OWN = "BC"

KNOWN: Mapping[str, Scale] = MappingProxyType(
    {
        scale.code: scale
        for scale in (
            Scale("IM", "Importance", 1, 5),
            Scale("LV", "Level", 0, 7),
            Scale("EX", "Extent", 1, 7),
            Scale("OI", "Occupational Interests", 1, 7),
            Scale("IH", "Occupational Interest High-Point", 0, 6),
            Scale("VH", "Work Value High-Point", 1, 6),
            Scale("WI", "Work Styles Impact", -3, 3),
            Scale("DR", "Distinctiveness Rank", 0, 10),
            Scale("BC", "Level, from first steps to expert", 1, 5),
        )
    }
)


class MixedScales(ValueError):
    """Values of different scales were about to be combined."""


def rescale(code: str, value: float, scales: Mapping[str, Scale] = KNOWN) -> float:
    """The value as a share of its scale, 0 to 1: (IM − 1)/4, LV/7, (WI + 3)/6.

    Raises ``KeyError`` for an unknown scale and ``ValueError`` for a value outside it.
    """
    scale = scales[code]
    if not scale.minimum <= value <= scale.maximum:
        raise ValueError(
            f"{value:g} is outside {scale.minimum:g} to {scale.maximum:g} of scale {code}."
        )
    return (value - scale.minimum) / (scale.maximum - scale.minimum)


def mean(values: Iterable[tuple[str, float]]) -> float:
    """The mean of ``(scale code, value)`` pairs of one scale; raises ``MixedScales`` otherwise."""
    pairs = list(values)
    codes = {code for code, _ in pairs}
    if len(codes) != 1:
        raise MixedScales(
            f"Values of the scales {', '.join(sorted(codes)) or 'none'} cannot be averaged."
        )
    return sum(value for _, value in pairs) / len(pairs)
