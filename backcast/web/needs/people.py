"""The screen that asks how many people are needed, by quarter and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.quarters import Quarter
from backcast.demand.figures import (
    ASK_FROM,
    CEILING,
    QUARTERS_ASKED,
    Cause,
    Openings,
    sorted_openings,
    usual_range,
)
from backcast.demand.models import NeedQuarter
from backcast.web.dates import quarter_words
from backcast.web.needs.words import span


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """One quarter of one reason as the page shows it."""

    quarter: Quarter
    name: str
    likely: forms.BoundField
    low: forms.BoundField
    high: forms.BoundField
    span: str

    @property
    def has_errors(self) -> bool:
        return bool(self.low.errors or self.high.errors)


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """One reason with its quarters; ``open`` where it holds a number or an error."""

    cause: Cause
    label: str
    hint: str
    rows: list[QuarterRow]
    open: bool


_REASONS: dict[Cause, tuple[Any, Any]] = {
    Cause.GROWTH: (
        NeedQuarter.Cause.GROWTH.label,
        gettext_lazy("You will have more of these jobs than now."),
    ),
    Cause.RETIREMENT: (NeedQuarter.Cause.RETIREMENT.label, gettext_lazy("People will retire.")),
    Cause.TURNOVER: (
        NeedQuarter.Cause.TURNOVER.label,
        gettext_lazy("People will leave for other reasons."),
    ),
    Cause.PROMOTION: (
        NeedQuarter.Cause.PROMOTION.label,
        gettext_lazy("People will move up, and you fill behind them."),
    ),
}


class PeopleForm(forms.Form):
    """How many people, by quarter and reason. Only the likely number must be given.

    Quarters of the need that the page does not show (those that are over) stay as they are.
    """

    def __init__(
        self, *args: Any, openings: Iterable[Openings], now: Quarter, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.said = {o.key: o for o in openings}
        later = max((o.quarter - now for o in self.said.values()), default=0)
        self.quarters = list(now.range(max(QUARTERS_ASKED, later + 1)))
        for cause in Cause:
            for quarter in self.quarters:
                self._add(cause, quarter)
        self.fields["confirmed"] = forms.BooleanField(
            label=_("Yes, these numbers are right"), required=False
        )
        self.asks_back = False

    def _add(self, cause: Cause, quarter: Quarter) -> None:
        said = self.said.get((quarter, cause))
        name = _key(cause, quarter)
        given = said is not None and not said.range_assumed
        reason = _REASONS[cause][0]
        labels = {
            "likely": _("%(quarter)s, %(reason)s, most likely"),
            "low": _("%(quarter)s, %(reason)s, at least"),
            "high": _("%(quarter)s, %(reason)s, at most"),
        }
        initials = {
            "likely": said.likely if said else None,
            "low": said.low if said and given else None,
            "high": said.high if said and given else None,
        }
        usual = usual_range(said.likely) if said else (None, None)
        for part, label in labels.items():
            attributes: dict[str, Any] = {
                "inputmode": "numeric",
                "min": 0,
                "max": CEILING,
                "step": 1,
                f"data-{part}": "",
            }
            if part != "likely":
                attributes["placeholder"] = usual[part == "high"] if usual[0] is not None else ""
            else:
                attributes["placeholder"] = "0"
            self.fields[f"{name}-{part}"] = forms.IntegerField(
                label=label % {"quarter": quarter_words(quarter), "reason": str(reason).lower()},
                min_value=0,
                max_value=CEILING,
                required=False,
                initial=initials[part],
                widget=forms.NumberInput(attrs=attributes),
                error_messages={
                    "invalid": _("Write a whole number such as 4."),
                    "min_value": _("Write how many people you need, or 0."),
                    "max_value": _("That is more than can be right. Write at most 100,000."),
                },
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found: list[Openings] = []
        many: list[str] = []
        for cause in Cause:
            for quarter in self.quarters:
                opening = self._opening(cause, quarter, data)
                if opening is None:
                    continue
                if opening.high >= ASK_FROM:
                    before = self.said.get(opening.key)
                    if before != opening and not data.get("confirmed"):
                        many.append(f"{opening.high:,} ({quarter_words(quarter)})")
                found.append(opening)
        if many:
            self.asks_back = True
            self.add_error(
                "confirmed",
                _(
                    "That is very many people: %(numbers)s. Correct the number, or say that it is right."
                )
                % {"numbers": ", ".join(many)},
            )
        shown = set(self.quarters)
        kept = [o for o in self.said.values() if o.quarter not in shown]
        data["openings"] = sorted_openings([*kept, *found])
        return data

    def _opening(self, cause: Cause, quarter: Quarter, data: dict[str, Any]) -> Openings | None:
        name = _key(cause, quarter)
        likely, low, high = (data.get(f"{name}-{part}") for part in ("likely", "low", "high"))
        if any(f"{name}-{part}" in self.errors for part in ("likely", "low", "high")):
            return None
        if likely is None and low is None and high is None:
            return None
        if likely is None:
            self.add_error(f"{name}-likely", _("Write the most likely number too."))
            return None
        usual = usual_range(likely)
        assumed = low is None and high is None
        least = min(usual[0], likely) if low is None else low
        most = max(usual[1], likely) if high is None else high
        if least > likely:
            self.add_error(f"{name}-low", _("This is more than the most likely number."))
            return None
        if most < likely:
            self.add_error(f"{name}-high", _("This is less than the most likely number."))
            return None
        if most == 0:
            return None
        most = min(most, CEILING)
        return Openings(quarter, cause, least, likely, most, assumed, confirmed=most >= ASK_FROM)

    def groups(self) -> Iterator[ReasonGroup]:
        """The reasons in order; those with numbers are open, the first one where none has any."""
        groups = [self._group(cause) for cause in Cause]
        any_open = any(group.open for group in groups)
        for index, group in enumerate(groups):
            if not any_open and index == 0:
                group = ReasonGroup(group.cause, group.label, group.hint, group.rows, True)
            yield group

    def _group(self, cause: Cause) -> ReasonGroup:
        rows = []
        filled = False
        for quarter in self.quarters:
            name = _key(cause, quarter)
            likely, low, high = (self[f"{name}-{part}"] for part in ("likely", "low", "high"))
            filled |= any(
                field.value() not in (None, "") or field.errors for field in (likely, low, high)
            )
            said = self.said.get((quarter, cause))
            text = span(said.low, said.high) if said else ""
            rows.append(QuarterRow(quarter, quarter_words(quarter), likely, low, high, text))
        label, hint = _REASONS[cause]
        return ReasonGroup(cause, str(label), str(hint), rows, filled)


def _key(cause: Cause, quarter: Quarter) -> str:
    return f"{cause}-{quarter}"
