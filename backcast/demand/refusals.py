"""What is said when something cannot be used: where, which field, what is wrong, how to mend it.

Nothing here knows of Django. A sentence is kept as its English template and its values, so that
pages can translate the template (``gettext(template) % values``) and files and the command line
can read the English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - the name by which message extraction knows it
    """Mark a sentence for translation where no translator is at hand."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template with named places, and what stands in them."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def say(template: str, **values: object) -> Sentence:
    return Sentence(template, values)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be used. ``row`` is the row of the sheet (0: the whole file)."""

    row: int
    field: str
    wrong: Sentence
    remedy: Sentence

    def __str__(self) -> str:
        place = f"Row {self.row}" if self.row else "The file"
        if self.field:
            place += f", {self.field}"
        return f"{place}: {self.wrong} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was understood in a way worth saying, though it was used."""

    row: int
    field: str
    text: Sentence

    def __str__(self) -> str:
        place = f"Row {self.row}" if self.row else "The file"
        return f"{place}, {self.field}: {self.text}" if self.field else f"{place}: {self.text}"


class FileRefused(ValueError):
    """The file as a whole cannot be read."""

    def __init__(self, wrong: Sentence, remedy: Sentence, field: str = "") -> None:
        self.refusal = Refusal(0, field, wrong, remedy)
        super().__init__(f"{wrong} {remedy}")
