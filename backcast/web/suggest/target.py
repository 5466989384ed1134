"""What competencies found in a text are added to: a need, a version of a profile, a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from backcast.frameworks.models import Competency


@dataclass(frozen=True, slots=True)
class Target:
    """``known``: competencies that it names already. ``question`` and ``choices``: how they are
    added, the usual way first. ``text`` stands in the field at first. ``add`` takes competencies, own words and the choice; it may raise ``ValidationError``.
    """

    title: str
    back: str
    known: frozenset[int]
    choices: tuple[tuple[str, str | Promise], ...]
    add: Callable[[Sequence[Competency], Sequence[str], str], object]
    question: str = ""
    text: str = ""
