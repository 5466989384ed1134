"""What sums are called, and what contributors gave: values without the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

#: In an address: the sum over this dimension.
ALL = "*"

Address = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """``value`` is what enters the sums: ``scale`` times the contributor's own number, or less."""

    contributor: str
    key: Address
    value: float
    scale: float = 1.0
