"""What staff choose for a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backcast.core.quarters import Quarter
from backcast.planning.build import Settings
from backcast.web.dates import quarter_words


class ApprovalForm(forms.Form):
    """Who approved a plan, and what there is to say about it."""

    approver = forms.CharField(
        label=_("Who approved it"),
        help_text=_("A name: yours, or that of the board and its chair."),
        max_length=120,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For example the meeting, or what was asked for."),
        max_length=300,
        required=False,
    )


class PlanForm(forms.Form):
    """First quarter, length, confidence in per cent, and budget."""

    first = forms.ChoiceField(
        label=_("Plan from"), help_text=_("Nothing can start before this quarter.")
    )
    quarters = forms.TypedChoiceField(
        label=_("How far ahead"),
        coerce=int,
        choices=[(4, _("1 year")), (8, _("2 years")), (12, _("3 years")), (16, _("4 years"))],
    )
    confidence = forms.IntegerField(
        label=_("How sure do you want to be?"),
        help_text=_(
            "In percent. 80 means: in 8 of 10 possible futures there are enough people for each "
            "role. Planning by averages gives about 50."
        ),
        min_value=50,
        max_value=99,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    budget = forms.DecimalField(
        label=_("Budget in dollars"),
        help_text=_("For all cohorts of the plan. Leave empty where money is no limit."),
        required=False,
        min_value=0,
        max_value=Decimal("9999999999"),
        decimal_places=2,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, now: Quarter, chosen: Settings | None, **kwargs: Any) -> None:
        first = now + 1
        start = chosen.first if chosen and chosen.first >= now else first
        kwargs.setdefault("initial", {}).update(
            first=str(start),
            quarters=chosen.quarters if chosen else 12,
            confidence=round(chosen.confidence * 100) if chosen else 80,
            budget=chosen.budget if chosen else None,
        )
        super().__init__(*args, **kwargs)
        field = self.fields["first"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(quarter), quarter_words(quarter)) for quarter in now.range(6)]

    def clean_budget(self) -> Decimal | None:
        budget: Decimal | None = self.cleaned_data["budget"]
        return budget

    def settings(self) -> Settings:
        """The choice, once the form is valid."""
        data = self.cleaned_data
        return Settings(
            first=Quarter.parse(data["first"]),
            quarters=data["quarters"],
            confidence=data["confidence"] / 100,
            budget=data["budget"],
        )
