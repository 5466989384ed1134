"""Profiles in words: levels with what they look like, agreement, and what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backcast.demand.models import LineConsensus, LineOpinion, ProfileLine
from backcast.demand.profiles import access
from backcast.demand.profiles.consensus import Spread, Voice
from backcast.demand.profiles.differences import number
from backcast.demand.profiles.values import Necessity, Opinion, Subject
from backcast.frameworks.models import CompetencyAnchor, Release
from backcast.web.needs.words import sentence

STATUS_TONES = {"draft": "warn", "open": "warn", "approved": "good", "superseded": "quiet"}
NECESSITY_TONES = {"required": "good", "preferred": "", "not_needed": "quiet"}
SUBJECTS = {
    Subject.COMPETENCY: gettext_lazy("Skills and knowledge"),
    Subject.CREDENTIAL: gettext_lazy("Certificates, licenses and degrees"),
    Subject.WORDS: gettext_lazy("Other"),
}
_ORDER = list(Necessity)

Anchors = Mapping[int, Mapping[float, str]]


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a line: its number, the range of its scale, and what it looks like at work."""

    value: float
    text: str
    of: str
    looks: str


@dataclass(slots=True)
class Row:
    """One line as the pages show it, with what is known around it."""

    line: ProfileLine
    subject: Subject
    hire: Level | None
    later: Level | None
    voice: Voice | None = None
    consensus: LineConsensus | None = None
    mine: LineOpinion | None = None
    flags: tuple[str, ...] = ()
    withdrawn: access.Withdrawn | None = None

    @property
    def tone(self) -> str:
        return NECESSITY_TONES.get(self.line.necessity, "")

    @property
    def key(self) -> Any:
        return self.line.line_key

    @property
    def loose(self) -> bool:
        """A seed that no employer has confirmed yet."""
        return not self.line.confirmed and not (self.voice and self.voice.agreeing)


def anchors_of(lines: Iterable[ProfileLine]) -> Anchors:
    """What the levels of the lines' competencies look like, in one query."""
    found: dict[int, dict[float, str]] = defaultdict(dict)
    for row in CompetencyAnchor.objects.filter(
        competency__in=[line.competency_id for line in lines if line.competency_id]
    ):
        found[row.competency_id][row.value] = row.description
    return found


def level(line: ProfileLine, value: float | None, anchors: Anchors) -> Level | None:
    """The level with the description of the nearest anchor at or below it, marked where not its own."""
    if value is None or line.scale is None:
        return None
    described = anchors.get(line.competency_id or 0, {})
    below = max((each for each in described if each <= value), default=None)
    looks = described[below] if below is not None else ""
    if looks and below != value:
        looks = _("a little above: %(looks)s") % {"looks": looks}
    return Level(
        value,
        number(value),
        _("%(low)s to %(high)s")
        % {"low": number(line.scale.minimum), "high": number(line.scale.maximum)},
        looks,
    )


def rows_of(lines: list[ProfileLine], anchors: Anchors) -> list[Row]:
    """The lines in the order in which people read them: what is required first."""
    rows = [
        Row(
            line,
            access.line_value(line).subject,
            level(line, line.level_at_hire, anchors),
            level(line, line.level_later, anchors),
        )
        for line in lines
    ]
    return sorted(
        rows,
        key=lambda row: (
            list(SUBJECTS).index(row.subject),
            _ORDER.index(Necessity(row.line.necessity)),
            -(row.line.importance or 0),
            row.line.order,
        ),
    )


def groups(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rows under their headings; empty groups are left out."""
    return [
        (str(title), found)
        for subject, title in SUBJECTS.items()
        if (found := [row for row in rows if row.subject is subject])
    ]


def agreement(agreeing: int, answered: int) -> str:
    """``4 of 5 employers agree``."""
    return ngettext(
        "%(agreeing)s of %(n)s employer agrees", "%(agreeing)s of %(n)s employers agree", answered
    ) % {"agreeing": agreeing, "n": answered}


def published(told: LineConsensus) -> str:
    """What may be told of agreement: a number, or in a word where a number would tell on someone."""
    if told.agreeing is not None:
        return agreement(told.agreeing, told.answered)
    texts = {
        LineConsensus.Agreement.NEARLY_ALL: _("Nearly all of %(n)s employers agree"),
        LineConsensus.Agreement.HARDLY_ANY: _("Hardly any of %(n)s employers agree"),
    }
    return texts[LineConsensus.Agreement(told.agreement)] % {"n": told.answered}


def spread_words(spread: Spread | None) -> str:
    """``3 (2 to 4)``: the median, and between which values the middle half lies."""
    if spread is None:
        return ""
    middle = number(round(spread.median, 2))
    if spread.iqr == 0:
        return middle
    return _("%(middle)s (%(low)s to %(high)s)") % {
        "middle": middle,
        "low": number(round(spread.q1, 2)),
        "high": number(round(spread.q3, 2)),
    }


def concordance_words(w: float) -> str:
    """How strong an agreement Kendall's W stands for (Schmidt 1997)."""
    for bound, words in (
        (0.2, _("very weak agreement")),
        (0.4, _("weak agreement")),
        (0.6, _("moderate agreement")),
        (0.8, _("strong agreement")),
    ):
        if w < bound:
            return words
    return _("very strong agreement")


def proposal(opinion: LineOpinion | Opinion) -> str:
    """What an employer would write instead, in a few words."""
    parts = []
    if opinion.necessity:
        parts.append(str(ProfileLine.Necessity(opinion.necessity).label).lower())
    if opinion.importance is not None:
        parts.append(_("importance %(value)s") % {"value": opinion.importance})
    if opinion.level_at_hire is not None:
        parts.append(_("level %(value)s at hire") % {"value": number(opinion.level_at_hire)})
    if opinion.level_later is not None:
        parts.append(_("level %(value)s after six months") % {"value": number(opinion.level_later)})
    return ", ".join(parts)


def changes(words: Iterable[Any]) -> list[str]:
    return [sentence(change.words) for change in words]


def seeded(lines: Iterable[ProfileLine]) -> list[Release]:
    """The newest releases to be credited where lines came from O*NET or ESCO."""
    if not any(line.origin == ProfileLine.Origin.SEED for line in lines):
        return []
    rows = Release.objects.filter(source__in=("onet", "esco")).order_by("source", "-order")
    return list(rows.distinct("source"))
