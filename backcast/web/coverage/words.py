"""How coverage is told: reasons, levels, subjects and shares in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backcast.core.actor import Actor
from backcast.demand.profiles.values import Necessity, Scale
from backcast.frameworks import access as frameworks
from backcast.frameworks.models import Competency
from backcast.frameworks.text import folded
from backcast.training.coverage import Coverage, Finding, Reason, Requirement

REASONS: Mapping[Reason, str | Promise] = {
    Reason.NOT_TAUGHT: gettext_lazy("Not taught"),
    Reason.INTRODUCED: gettext_lazy("Introduced only: never practiced or assessed"),
    Reason.NOT_ASSESSED: gettext_lazy("Taught, but never assessed"),
    Reason.LEVEL_UNKNOWN: gettext_lazy("Assessed, but nobody said at which level"),
    Reason.LEVEL_LOW: gettext_lazy("Assessed at too low a level"),
}
NECESSITY: Mapping[Necessity, str | Promise] = {
    Necessity.REQUIRED: gettext_lazy("required"),
    Necessity.PREFERRED: gettext_lazy("preferred"),
}
MODES: tuple[tuple[str, str | Promise], ...] = (
    ("I", gettext_lazy("introduced")),
    ("P", gettext_lazy("practiced")),
    ("A", gettext_lazy("assessed")),
)


def level(value: float | None, scale: Scale | None) -> str:
    """A level with the end of its scale: ``3 of 5``."""
    if value is None:
        return ""
    if scale is None:
        return f"{value:g}"
    return _("%(level)s of %(most)s") % {"level": f"{value:g}", "most": f"{scale.high:g}"}


def why(found: Finding) -> str:
    """Why a requirement is not covered, with the level that is reached."""
    if found.reason is None:
        return ""
    said = str(REASONS[found.reason])
    if found.reason is Reason.LEVEL_LOW:
        said = _("Assessed at %(level)s") % {"level": level(found.assessed, found.assessed_scale)}
    return f"{said}. {compared(found)}" if found.by_range else said


def compared(found: Finding) -> str:
    """How two levels of different scales were compared; empty where they are of one."""
    if not found.by_range:
        return ""
    return _("The two levels are on different scales and compared as parts of each.")


def asked(need: Requirement) -> str:
    """How a requirement is asked for: ``required, importance 4 of 5``."""
    return _("%(how)s, importance %(n)s of 5") % {
        "how": NECESSITY.get(need.necessity, ""),
        "n": f"{need.importance:.1f}".removesuffix(".0"),
    }


def whole(share: float | None) -> str:
    """A share in whole percent; never 100 while something is missing, never 0 while something is there."""
    if share is None:
        return "–"
    percent = round(share * 100)
    if share < 1:
        percent = min(percent, 99)
    if share > 0:
        percent = max(percent, 1)
    return f"{percent}%"


def sentence(found: Coverage, role: str) -> str:
    """What a program covers, in one sentence."""
    if found.share is None:
        return _("Nothing is asked for at hire in the profile of %(role)s.") % {"role": role}
    gaps = len(found.gaps)
    return ngettext(
        "It covers %(share)s of what employers of %(role)s ask for at hire; %(n)s gap.",
        "It covers %(share)s of what employers of %(role)s ask for at hire; %(n)s gaps.",
        gaps,
    ) % {"share": whole(found.share), "role": role, "n": gaps}


def did(letters: str) -> str:
    """``introduced, assessed`` for ``IA``."""
    return ", ".join(str(words) for letter, words in MODES if letter in letters)


def modes_in(data: Any) -> str:
    """The letters that a form names: as text, or as one box each."""
    given = data.get("modes")
    if given is None:
        given = "".join(letter for letter, _words in MODES if data.get(f"mode_{letter}"))
    letters = "".join(letter for letter, _words in MODES if letter in given.upper())
    if len(letters) != len(set(given.upper().replace(" ", ""))):
        raise ValidationError(_("A module introduces (I), practices (P) or assesses (A)."))
    return letters


def level_in(data: Any) -> float | None:
    text = str(data.get("level", "")).strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1000 < value < 1000:
        raise ValidationError(
            {"level": _("“%(text)s” is not a level. Write a number.") % {"text": text[:20]}}
        )
    return value


def subject_in(actor: Actor, data: Any) -> Competency | str:
    """The competency that a form names by public id, or own words."""
    given = data.get("competency", "").strip()
    if given:
        try:
            return frameworks.competency(actor, UUID(given))
        except ValueError:
            raise Http404 from None
    words = " ".join(str(data.get("words", "")).replace("\0", "").split())[:300]
    if not words:
        raise ValidationError(_("Write what learners can do afterwards, or choose a competency."))
    return words


def chosen_in(actor: Actor, text: str) -> Competency | str:
    """What was typed into a choice of competencies: one of that exact statement, else own words."""
    words = " ".join(text.replace("\0", "").split())[:300]
    if not words:
        raise ValidationError(_("Write what learners can do afterwards, or choose a competency."))
    found = (
        frameworks.competencies(actor)
        .filter(folded=folded(words), archived_at=None, withdrawn_in=None)
        .select_related("scale")
        .order_by("region", "pk")
        .first()
    )
    return found or words
