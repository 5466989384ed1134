"""Answers in words: what a field is called, what was changed, what an answer says in a few lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.quarters import Quarter
from backcast.demand.models import (
    AnswerChange,
    AnswerPoint,
    AnswerQuarter,
    NeedOffer,
    NeedQuarter,
    WaveInvitation,
)
from backcast.demand.refusals import Sentence
from backcast.demand.waves.said import Said
from backcast.web.dates import quarter_words

PARTS = {
    "numbers": WaveInvitation.Part.NUMBERS.label,
    "work": WaveInvitation.Part.WORK.label,
    "skills": WaveInvitation.Part.SKILLS.label,
    "offers": WaveInvitation.Part.OFFERS.label,
    "short": gettext_lazy("Five questions"),
}
LABELS = {
    "stance": gettext_lazy("Do you need new people?"),
    "staff_now": gettext_lazy("People in this job today"),
    "vacancies": gettext_lazy("Open jobs today"),
    "wage_low": gettext_lazy("Starting pay an hour, from"),
    "wage_high": gettext_lazy("Starting pay an hour, to"),
    "refill_share": gettext_lazy("Hired from other employers near by"),
    "upskill": gettext_lazy("People to train further"),
    "upskill_words": gettext_lazy("In which skills?"),
    "note": gettext_lazy("Anything else?"),
    "sure": gettext_lazy("How sure are you?"),
}
STANCES = {
    "nobody": gettext_lazy("We need nobody new"),
    "not_ours": gettext_lazy("We do not have this job"),
    "yes": gettext_lazy("We do need people"),
}
#: What stands for a share in plain words, in percent.
REFILLS = {
    "10": gettext_lazy("None or few of them"),
    "25": gettext_lazy("About a quarter"),
    "50": gettext_lazy("About half"),
    "75": gettext_lazy("Most of them"),
    "90": gettext_lazy("Nearly all"),
}
SHARES = {
    "0": gettext_lazy("Nobody"),
    "25": gettext_lazy("About a quarter"),
    "50": gettext_lazy("About half"),
    "75": gettext_lazy("Most"),
    "100": gettext_lazy("Everybody"),
}


def sentence(text: Sentence) -> str:
    """A sentence of the rooms below, in the reader's language."""
    return _(text.template) % {key: str(value) for key, value in text.values.items()}


def field_label(name: str) -> str:
    """What the field is called in a history."""
    match name.split("."):
        case ["q", quarter, cause, bound]:
            bounds = {"likely": _("most likely"), "low": _("at least"), "high": _("at most")}
            return (
                f"{quarter_words(Quarter.parse(quarter))}, {NeedQuarter.Cause(cause).label},"
                f" {bounds[bound]}"
            )
        case ["sure", quarter]:
            return f"{quarter_words(Quarter.parse(quarter))}, {LABELS['sure']}"
        case ["total", cause]:
            return str(NeedQuarter.Cause(cause).label)
        case ["point", topic, kind]:
            return f"{AnswerPoint.Topic(topic).label}: {AnswerPoint.Kind(kind).label}"
        case ["words", topic]:
            return f"{AnswerPoint.Topic(topic).label}: {AnswerPoint.Kind.OTHER.label}"
        case ["step", *_rest]:
            return _("Next step")
        case ["offer", kind, *_rest]:
            return str(NeedOffer.Kind(kind).label)
        case ["skill", *_rest]:
            return _("Skills of present staff")
    return str(LABELS.get(name, name))


def value_words(name: str, value: str) -> str:
    """A field's text as people read it."""
    if not value:
        return ""
    if name == "stance":
        return str(STANCES.get(value, value))
    if name.startswith("sure"):
        return str(AnswerQuarter.Confidence(value).label)
    if name.startswith("point.") or (name.startswith("offer.") and name.count(".") == 1):
        return _("yes")
    if name == "refill_share" or name.startswith("skill."):
        return f"{value}%"
    return value


def change_line(change: AnswerChange) -> str:
    """``4 → 6``; what was empty is said to be nothing."""
    return _("%(before)s → %(after)s") % {
        "before": value_words(change.field, change.before) or _("nothing"),
        "after": value_words(change.field, change.after) or _("nothing"),
    }


def who(change: AnswerChange) -> str:
    """Who changed it, by name."""
    if change.by_staff:
        return _("%(who)s, staff") % {"who": change.person} if change.person else _("Staff")
    return str(change.invitation or change.person or _("A colleague"))


def number(value: int) -> str:
    return str(formats.number_format(value, force_grouping=True))


def people_words(low: int, likely: int, high: int) -> str:
    """``12 (9 to 15)``; one number where the range is none."""
    if low == high == likely:
        return number(likely)
    return _("%(likely)s (%(low)s to %(high)s)") % {
        "likely": number(likely),
        "low": number(low),
        "high": number(high),
    }


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    text: str


def summary_lines(said: Said, asked: tuple[Quarter, ...]) -> list[Line]:
    """What an answer says, in the few lines that a reader checks before it is sent."""
    if said.not_ours:
        return [Line(str(LABELS["stance"]), str(STANCES["not_ours"]))]
    lines = []
    if said.stance == "nobody":
        lines.append(Line(str(LABELS["stance"]), str(STANCES["nobody"])))
    elif said.cells:
        lines.append(Line(_("People needed"), people_words(*said.people)))
        for quarter in asked:
            cells = {c: cell for (q, c), cell in said.cells.items() if q == quarter and cell.high}
            if cells:
                reasons = ", ".join(
                    f"{NeedQuarter.Cause(cause).label}: {number(cell.likely)}"
                    for cause, cell in cells.items()
                )
                lines.append(Line(quarter_words(quarter), reasons))
    for name in ("staff_now", "vacancies", "upskill"):
        value = getattr(said, name)
        if value is not None:
            lines.append(Line(str(LABELS[name]), number(value)))
    if said.refill_share is not None:
        lines.append(Line(str(LABELS["refill_share"]), f"{said.refill_share}%"))
    pay = [f"${wage:.2f}" for wage in (said.wage_low, said.wage_high) if wage is not None]
    if pay:
        lines.append(Line(_("Starting pay an hour"), "–".join(pay)))
    for topic in AnswerPoint.Topic:
        points = [
            words or str(AnswerPoint.Kind(kind).label)
            for (of, kind), words in said.points.items()
            if of == topic
        ]
        if points:
            lines.append(Line(str(topic.label), ", ".join(points)))
    steps = [
        " · ".join(part for part in (step.title, f"${step.wage:.2f}" if step.wage else "") if part)
        for step in said.steps
    ]
    if any(steps):
        lines.append(Line(_("Next steps"), " → ".join(step for step in steps if step)))
    offers = [
        f"{NeedOffer.Kind(kind).label}{f': {number(n)}' if n else ''}"
        for kind, n in said.offers.items()
    ]
    if offers:
        lines.append(Line(_("You offer"), ", ".join(offers)))
    if said.skills:
        lines.append(Line(_("Skills of present staff"), number(len(said.skills))))
    if said.note.strip():
        lines.append(Line(str(LABELS["note"]), said.note.strip()))
    return lines
