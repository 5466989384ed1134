"""Words for lines of profiles and what employers said of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from backcast.demand.models import LineOpinion, ProfileLine
from backcast.demand.profiles.consensus import Spread
from backcast.demand.profiles.differences import number
from backcast.demand.profiles.values import Learned, Line, Opinion
from backcast.web.profiles import words

register = template.Library()
register.filter("level", number)


@register.filter
def spread(value: Spread | None) -> str:
    """``3 (2 to 4)``: the median and the middle half."""
    return words.spread_words(value)


@register.filter
def says_other(value: Spread | None, stated: float | None) -> bool:
    """Did employers say something else than what the line states, or differ among themselves?"""
    return value is not None and (value.iqr > 0 or value.median != stated)


@register.filter
def agree_words(row: words.Row) -> str:
    """``4 of 5 employers agree``, from what staff see or from what was published."""
    if row.voice:
        return words.agreement(row.voice.agreeing, row.voice.answered)
    return words.published(row.consensus) if row.consensus else ""


@register.filter
def proposes(opinion: LineOpinion | Opinion) -> str:
    """What an employer would write instead."""
    return words.proposal(opinion)


@register.filter
def reason(opinion: Any) -> str:
    return str(opinion.reason)


@register.filter
def says(line: Line) -> str:
    """``Required, importance 4, level 2 at hire, level 3 after six months, learned on the job``."""
    parts = [str(ProfileLine.Necessity(line.necessity).label)]
    if line.importance is not None:
        parts.append(_("importance %(value)s") % {"value": line.importance})
    if line.scale is not None:
        for level, template_ in (
            (line.level_at_hire, _("level %(value)s at hire")),
            (line.level_later, _("level %(value)s after six months")),
        ):
            if level is not None:
                parts.append(template_ % {"value": number(level)})
    if line.learned is Learned.BEFORE:
        parts.append(_("learned before hire"))
    elif line.learned is Learned.ON_THE_JOB:
        parts.append(_("learned on the job"))
    return ", ".join(parts)
