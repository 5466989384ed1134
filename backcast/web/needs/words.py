"""Needs in words: quarters, ranges, openings, and what a history says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.quarters import Quarter
from backcast.demand.figures import Change
from backcast.demand.models import Need, NeedChange, NeedOffer, NeedQuarter, NeedRequirement
from backcast.demand.refusals import Refusal, Remark, Sentence
from backcast.web.dates import quarter_words


def span(low: int, high: int) -> str:
    """``3 to 5``; one number where both are the same."""
    if low == high:
        return str(formats.number_format(low, force_grouping=True))
    return _("%(low)s to %(high)s") % {
        "low": formats.number_format(low, force_grouping=True),
        "high": formats.number_format(high, force_grouping=True),
    }


def pay_range(need: Need) -> str:
    """``$19.50 to $22.00``; empty where no pay is said."""
    given = [wage for wage in (need.wage_low, need.wage_high) if wage is not None]
    texts = [f"${formats.number_format(wage, 2)}" for wage in dict.fromkeys(given)]
    if len(texts) == 2:
        return _("%(low)s to %(high)s") % {"low": texts[0], "high": texts[1]}
    return "".join(texts)


def pay(need: Need) -> str:
    """``$19.50 to $22.00 an hour``; empty where no pay is said."""
    text = pay_range(need)
    return _("%(pay)s an hour") % {"pay": text} if text else ""


def sentence(text: Sentence) -> str:
    """A sentence of the rooms below, in the reader's language."""
    return _(text.template) % {
        key: sentence(value) if isinstance(value, Sentence) else str(value)
        for key, value in text.values.items()
    }


@dataclass(frozen=True, slots=True)
class Line:
    """A refusal or remark as a table shows it."""

    row: int
    field: str
    text: str
    remedy: str = ""


def refusal_lines(refusals: Iterable[Refusal]) -> list[Line]:
    return [Line(r.row, r.field, sentence(r.wrong), sentence(r.remedy)) for r in refusals]


def remark_lines(remarks: Iterable[Remark]) -> list[Line]:
    return [Line(r.row, r.field, sentence(r.text)) for r in remarks]


_FIELDS = {
    "role_title": gettext_lazy("Role"),
    "site": gettext_lazy("Site"),
    "occupation": gettext_lazy("Occupation"),
    "start_by": gettext_lazy("Start by"),
    "wage_low": gettext_lazy("Hourly pay from"),
    "wage_high": gettext_lazy("Hourly pay to"),
    "hours_per_week": gettext_lazy("Hours a week"),
    "schedule": gettext_lazy("Schedule"),
    "employment": gettext_lazy("Employment"),
    "note": gettext_lazy("Note"),
    "stand_in": gettext_lazy("Source"),
}
_STEPS = {
    "state_need": gettext_lazy("Stated"),
    "withdraw_need": gettext_lazy("Withdrawn"),
    "archive_need": gettext_lazy("Archived"),
    "bring_back": gettext_lazy("Brought back"),
}


def change_words(change: Change | NeedChange) -> str:
    """``Jan–Mar 2027, new positions: 4 (3 to 5) → 6 (4 to 8)``."""
    if not change.field:
        action = change.action if isinstance(change, NeedChange) else ""
        return str(_STEPS.get(action, action))
    label, before, after = _change(change)
    return _("%(what)s: %(before)s → %(after)s") % {
        "what": label,
        "before": before or _("nothing"),
        "after": after or _("nothing"),
    }


def _change(change: Change | NeedChange) -> tuple[str, str, str]:
    if change.field == "openings":
        quarter, _space, cause = change.subject.partition(" ")
        label = _("%(quarter)s, %(reason)s") % {
            "quarter": quarter_words(Quarter.parse(quarter)),
            "reason": str(NeedQuarter.Cause(cause).label).lower(),
        }
        return label, _numbers(change.before), _numbers(change.after)
    if change.field == "requirement":
        return change.subject, _importance(change.before), _importance(change.after)
    if change.field == "offer":
        label = str(NeedOffer.Kind(change.subject).label)
        return label, _yes(change.before), _yes(change.after)
    label = str(_FIELDS.get(change.field, change.field))
    return label, _value(change.field, change.before), _value(change.field, change.after)


def _numbers(text: str) -> str:
    if not text:
        return ""
    low, likely, high = (int(part) for part in text.split("/"))
    return _("%(likely)s (%(span)s)") % {"likely": likely, "span": span(low, high)}


def _importance(text: str) -> str:
    name, _space, level = text.partition(" ")
    if not name:
        return ""
    label = str(NeedRequirement.Importance(name).label).lower()
    return (
        _("%(importance)s, level %(level)s") % {"importance": label, "level": level}
        if level
        else label
    )


def _yes(text: str) -> str:
    return _("yes") + text.removeprefix("yes") if text.startswith("yes") else text


def _value(field: str, text: str) -> str:
    if not text:
        return ""
    if field == "schedule":
        return str(Need.Schedule(text).label)
    if field == "employment":
        return str(Need.Employment(text).label)
    if field == "start_by":
        return str(formats.date_format(date.fromisoformat(text), "DATE_FORMAT"))
    if field in ("wage_low", "wage_high"):
        try:
            return f"${formats.number_format(Decimal(text), 2)}"
        except InvalidOperation:
            return text
    return text
