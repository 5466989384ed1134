"""What features put on the home page: things to do, and the state of what one is responsible for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import formats
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Item:
    """Something that needs the person: one verb ("Answer"), what it is about, and one tap to it."""

    verb: Text
    text: Text
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class StateLine:
    """How something stands: "Needs stated", "12", and where to look closer."""

    label: Text
    value: Text | int
    url: str = ""

    @property
    def shown(self) -> Text:
        """The value; digits of a number are grouped."""
        if isinstance(self.value, int):
            return formats.number_format(self.value, force_grouping=True)
        return self.value
