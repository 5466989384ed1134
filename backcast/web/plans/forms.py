"""What staff choose for a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backcast.core.months import Month
from backcast.core.quarters import Quarter
from backcast.planning.build import Settings
from backcast.planning.problem import Problem
from backcast.planning.scenarios import ScenarioChange
from backcast.planning.timing import why_never
from backcast.web.dates import month_words, quarter_words
from backcast.web.plans.reading import Reading


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


class ScenarioForm(forms.Form):
    """What is different: each part that is filled in is one change."""

    name = forms.CharField(
        label=_("Name"), help_text=_("For example: demand falls by a third."), max_length=120
    )
    demand = forms.IntegerField(
        label=_("Demand, in percent of what is planned"),
        help_text=_("67 is a third less. Leave empty where nothing changes."),
        required=False, min_value=0, max_value=1000,
    )  # fmt: skip
    demand_role = forms.ChoiceField(label=_("In which role"), required=False)
    provider = forms.ChoiceField(label=_("A provider that drops out"), required=False)
    places = forms.IntegerField(
        label=_("Externship places more"),
        help_text=_("Each quarter; at one host, each month. Below 0 for fewer."),
        required=False, min_value=-10_000, max_value=10_000,
    )  # fmt: skip
    places_at = forms.ChoiceField(label=_("Where"), required=False)
    share = forms.IntegerField(
        label=_("Share that comes through, in percent of today's"),
        help_text=_("110 is a tenth more."),
        required=False, min_value=0, max_value=1000,
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("At which stage"), required=False)
    program = forms.ChoiceField(label=_("In which program"), required=False)
    budget = forms.IntegerField(
        label=_("Budget, in percent of what is planned"),
        required=False, min_value=0, max_value=1000,
    )  # fmt: skip

    def __init__(self, *args: Any, problem: Problem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = {role.id: role.title for role in problem.roles}
        areas = {area.id: area.title for area in problem.areas}
        limited = sorted(
            {(row.role, row.area) for row in problem.places},
            key=lambda each: (roles.get(each[0], ""), areas.get(each[1], "")),
        )
        hosts = {row.host: row.title for row in problem.hosts}
        stages = dict.fromkeys(one.stage for option in problem.programs for one in option.stages)
        choices: dict[str, list[tuple[str, Any]]] = {
            "demand_role": [("", _("all roles")), *roles.items()],
            "provider": [
                ("", _("none")),
                *((name, name) for name in sorted({one.provider for one in problem.programs})),
            ],
            "places_at": [
                ("", _("everywhere")),
                *((f"{r} {a}", f"{roles.get(r, r)}, {areas.get(a, a)}") for r, a in limited),
                *((f"host {key}", title) for key, title in sorted(hosts.items())),
            ],
            "stage": [(name, name.capitalize()) for name in stages],
            "program": [
                ("", _("all programs")),
                *sorted(
                    ((one.id, f"{one.title}, {one.provider}") for one in problem.programs),
                    key=lambda each: each[1],
                ),
            ],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = listed
        if not problem.places and not problem.hosts:
            del self.fields["places"], self.fields["places_at"]
        if problem.budget is None and not problem.quarter_budgets and not problem.funds:
            del self.fields["budget"]

    def changes(self) -> list[ScenarioChange]:
        """What was filled in, once the form is valid."""
        data = self.cleaned_data
        found = []
        if data["demand"] is not None:
            found.append(ScenarioChange("demand", data["demand"] / 100, role=data["demand_role"]))
        if data["provider"]:
            found.append(ScenarioChange("without", provider=data["provider"]))
        if data.get("places"):
            first, _space, rest = data["places_at"].partition(" ")
            found.append(
                ScenarioChange("host", data["places"], host=rest)
                if first == "host"
                else ScenarioChange("places", data["places"], role=first, area=rest)
            )
        if data["share"] is not None:
            share = data["share"] / 100
            found.append(
                ScenarioChange("yield", share, stage=data["stage"], program=data["program"])
            )
        if data.get("budget") is not None:
            found.append(ScenarioChange("budget", data["budget"] / 100))
        return found


class PinForm(forms.Form):
    """Cohorts of a program that shall start in a month, or that none shall."""

    program = forms.ChoiceField(label=_("Program"))
    kind = forms.ChoiceField(
        label=_("What is fixed"),
        choices=[("pin", _("Cohorts start in this month")), ("forbid", _("No cohort starts then"))],
        initial="pin",
        widget=forms.RadioSelect,
    )
    month = forms.ChoiceField(label=_("Month"))
    cohorts = forms.IntegerField(
        label=_("Cohorts"), required=False, min_value=1, max_value=100, initial=1
    )
    size = forms.IntegerField(
        label=_("Learners in each"),
        help_text=_("Leave empty to let the plan choose."),
        required=False, min_value=1, max_value=10_000,
    )  # fmt: skip
    instead_of = forms.ChoiceField(
        label=_("Moved from"),
        help_text=_("None starts in that month then."),
        required=False,
    )
    why = forms.CharField(
        label=_("Why"), help_text=_("For those who read the plan later."), max_length=300
    )

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        problem = reading.problem
        months = [
            (str(month), month_words(month)) for month in problem.first_month.range(problem.months)
        ]
        for name, listed in (
            (
                "program",
                sorted(
                    ((one.id, f"{one.title}, {one.provider}") for one in problem.programs),
                    key=lambda each: each[1],
                ),
            ),
            ("month", months),
            ("instead_of", [("", _("not moved")), *months]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = listed
        self._reading = reading

    def clean(self) -> dict[str, Any]:
        """Refuse a month in which the program starts no cohort, and name those in which it may."""
        data = super().clean() or {}
        program, month = data.get("program"), data.get("month")
        if data.get("kind") == "pin" and program and month:
            reading = self._reading
            why = why_never(reading.problem, reading.options[program], Month.parse(month))
            if why:
                free = [month_words(each) for each in reading.may_start(program)]
                told = _("It may start in %(months)s.") % {"months": ", ".join(free)}
                self.add_error("month", f"{why} {told}" if free else why)
        return data


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

    by_hires = forms.BooleanField(
        label=_("Correct what employers state by who was hired after past waves"),
        help_text=_(
            "Takes in how much each employer over- or understated before, and how far needs missed. "
            "Hires are not openings: where people could not be found, this plans too low."
        ),
        required=False,
    )

    def __init__(
        self, *args: Any, now: Quarter, chosen: Settings | None, hires: bool, **kwargs: Any
    ) -> None:
        """``hires``: enough waves were looked back on for ``by_hires`` to be offered."""
        first = now + 1
        start = chosen.first if chosen and chosen.first >= now else first
        kwargs.setdefault("initial", {}).update(
            first=str(start),
            quarters=chosen.quarters if chosen else 12,
            confidence=round(chosen.confidence * 100) if chosen else 80,
            budget=chosen.budget if chosen else None,
            by_hires=bool(chosen and chosen.by_hires),
        )
        super().__init__(*args, **kwargs)
        if not hires:
            del self.fields["by_hires"]
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
            by_hires=data.get("by_hires", False),
        )
