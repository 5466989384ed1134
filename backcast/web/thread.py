"""The golden thread as a bar: which stages there are, which are linked, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: tuple[tuple[str, Promise], ...] = (
    ("need", _("Need")),
    ("profile", _("Profile")),
    ("program", _("Program")),
    ("plan", _("Plan")),
    ("cohort", _("Cohort")),
    ("externship", _("Externship")),
    ("hire", _("Hire")),
    ("outcome", _("Outcome")),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the bar; ``state`` is ``here``, ``linked`` or ``missing``."""

    label: str
    url: str
    state: str
    status: str


def stages(
    current: str, links: Mapping[str, Any] | None, missing: Mapping[str, str] | None = None
) -> list[Stage]:
    """The bar for a page at ``current``.

    ``links`` gives for a stage its address, what is there in a few words, or both as (words,
    address).
    ``missing`` may say of a stage why nothing is there.
    """
    shown = []
    for key, label in STAGES:
        given = (links or {}).get(key)
        text, url = _words_and_address(given)
        if key == current:
            shown.append(Stage(str(label), "", "here", text or str(_("you are here"))))
        elif given:
            shown.append(Stage(str(label), url, "linked", text or str(_("linked"))))
        else:
            why = (missing or {}).get(key, _("none yet"))
            shown.append(Stage(str(label), "", "missing", str(why)))
    return shown


def _words_and_address(given: Any) -> tuple[str, str]:
    if isinstance(given, tuple | list):
        text, url = given
        return str(text or ""), str(url or "")
    said = str(given or "")
    return ("", said) if said.startswith(("/", "#", "?", "http")) else (said, "")
