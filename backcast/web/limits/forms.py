"""Forms of the limits of plans. Months are typed like 2027-09 where a browser has no picker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor
from backcast.core.quarters import Quarter
from backcast.core.text import plain_number
from backcast.demand import access as demand
from backcast.demand.models import Need
from backcast.frameworks.models import Occupation
from backcast.partners.access import areas
from backcast.planning import models
from backcast.training.models import Program
from backcast.web.dates import quarter_words
from backcast.web.forms import Rows

_QUARTERS_AHEAD = 24


class MonthField(forms.DateField):
    """A month, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m", "%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            error_messages={"invalid": _("Write the month like 2027-09.")},
            **kwargs,
        )

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        return day.replace(day=1) if day else None


class QuarterField(forms.TypedChoiceField):
    """A quarter from now on, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        first = Quarter.of(timezone.localdate())
        super().__init__(
            choices=[(str(each), quarter_words(each)) for each in first.range(_QUARTERS_AHEAD)],
            coerce=lambda text: Quarter.parse(text).first_day,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """A quarter of the past stays choosable where it stands already."""
        if not isinstance(value, date):
            return value
        quarter = Quarter.of(value)
        if str(quarter) not in dict(self.choices):  # type: ignore[arg-type]
            self.choices = [(str(quarter), quarter_words(quarter)), *self.choices]  # type: ignore[misc]
        return str(quarter)


def _roles(actor: Actor) -> QuerySet[Occupation]:
    """Occupations that someone needs, or that a program of the region leads to."""
    needed = Need.objects.filter(region=actor.region_id).plannable().values("occupation")
    taught = Program.objects.filter(region=actor.region_id).values("occupations")
    return Occupation.objects.filter(Q(pk__in=needed) | Q(pk__in=taught)).order_by("title")


def _programs(actor: Actor) -> QuerySet[Program]:
    """Programs that lead to something that someone needs."""
    needed = Need.objects.filter(region=actor.region_id).plannable().values("occupation")
    rows = Program.objects.filter(
        region=actor.region_id, archived_at=None, occupations__in=needed
    ).distinct()
    return rows.select_related("provider").order_by("name_folded", "provider__name")


def _of_provider(obj: Any) -> str:
    return f"{obj.name}, {obj.provider}"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as people write them: 2, not 2.00."""
    return {
        name: plain_number(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


class _Lists:
    """What the fields of one form and its rows offer: the rows of the actor's region, each list read
    once however many fields show it. Programs are told apart by provider."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._pairs: dict[str, list[tuple[Any, str]]] = {}

    def _rows(self, kind: str) -> QuerySet[Any]:
        match kind:
            case "program":
                return _programs(self._actor)
            case "occupation":
                return _roles(self._actor)
            case "employer":
                return demand.employers(self._actor).order_by("name")
            case _:
                return areas(self._actor).filter(archived_at=None).order_by("name")

    def offer(self, name: str, field: forms.ModelChoiceField[Any]) -> None:
        """Let the field choose among the rows of its kind, which its name tells."""
        kind = name.removesuffix("s")
        field.queryset = self._rows(kind)
        if kind not in self._pairs:
            label = _of_provider if kind == "program" else str
            self._pairs[kind] = [(row.pk, label(row)) for row in field.queryset]
        empty = [] if field.empty_label is None else [("", field.empty_label)]
        field.choices = [*empty, *self._pairs[kind]]


def _offer(form: forms.BaseForm, lists: _Lists) -> None:
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            lists.offer(name, field)


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """What every limit asks for: where its figures come from."""

    source = forms.CharField(
        label=_("Where this comes from"),
        max_length=300,
        help_text=_("Who said so, and when. It stands beside the figures in every plan."),
    )
    #: By name: the rows that belong to a limit.
    PARTS: Mapping[str, type[PartForm]] = {}
    #: Fields that name several things.
    NAMED: Sequence[str] = ()

    def __init__(self, actor: Actor, data: Any = None, *, instance: models.Limit) -> None:
        super().__init__(data, instance=instance)
        self.initial = _plain(self.initial)
        self.lists = _Lists(actor)
        _offer(self, self.lists)


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row that belongs to a limit, and the words that stand about such rows."""

    LEGEND: str | Promise = ""
    ADD: str | Promise = ""
    HINT: str | Promise = ""

    def __init__(self, *args: Any, lists: _Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, lists)


class UseForm(PartForm):
    LEGEND = _("Who takes of it")
    ADD = _("Add a program")
    HINT = _("Programs that are not named are not limited by it.")

    class Meta:
        model = models.ResourceUse
        fields = ["program", "amount"]
        help_texts = {"amount": _("How many one running cohort takes: 1, or 0.5 of an instructor.")}


class ChangeForm(PartForm):
    LEGEND = _("Months in which there are more or fewer")
    ADD = _("Add months")
    first_month = MonthField(label=_("First month"))
    last_month = MonthField(label=_("Last month"))

    class Meta:
        model = models.ResourceChange
        fields = ["first_month", "last_month", "amount"]


class RuleForm(PartForm):
    LEGEND = _("Rules")
    ADD = _("Add a rule")
    HINT = _("From one month on a rule holds until a later one of its kind.")
    since = MonthField(
        label=_("For starts from"), required=False, help_text=_("Empty: from the beginning.")
    )

    class Meta:
        model = models.FundingRule
        fields = ["kind", "value", "program", "since"]
        help_texts = {
            "value": _("Dollars or percent, by the rule."),
            "program": _("Empty: every program together."),
        }


class ResourceForm(LimitForm):
    PARTS = {"uses": UseForm, "changes": ChangeForm}

    class Meta:
        model = models.SharedResource
        fields = ["name", "kind", "area", "amount", "source"]
        labels = {"area": _("Labor area")}
        help_texts = {"amount": _("In an ordinary month: 3 instructors, 2 rooms.")}


class HostForm(LimitForm):
    first_month = MonthField(label=_("First month"))
    last_month = MonthField(label=_("Last month"))

    class Meta:
        model = models.HostCapacity
        fields = [
            "employer", "occupation", "area", "first_month", "last_month", "supervisors",
            "learners_each", "source"]  # fmt: skip
        labels = {"employer": _("Host"), "occupation": _("Occupation"), "area": _("Labor area")}
        help_texts = {
            "supervisors": _("Who can take learners in each of these months."),
            "learners_each": _("Learners at once for one supervisor."),
        }


class RecruitmentForm(LimitForm):
    first_quarter = QuarterField(label=_("First quarter"))
    last_quarter = QuarterField(label=_("Last quarter"))

    class Meta:
        model = models.Recruitment
        fields = ["area", "schedule", "first_quarter", "last_quarter", "people", "source"]
        labels = {"area": _("Labor area")}
        help_texts = {"schedule": _("Programs that meet then. Empty: all together.")}


class HolidayForm(LimitForm):
    month = MonthField(label=_("Month"))

    class Meta:
        model = models.Holiday
        fields = ["name", "month", "weeks", "area", "source"]
        labels = {"area": _("Labor area")}
        help_texts = {"area": _("Empty: everywhere.")}


class MoneyForm(LimitForm):
    quarter = QuarterField(label=_("Quarter"))

    class Meta:
        model = models.QuarterMoney
        fields = ["quarter", "amount", "source"]
        help_texts = {"amount": _("For all cohorts that start in this quarter.")}


class FundForm(LimitForm):
    PARTS = {"rules": RuleForm}
    NAMED = ("occupations", "areas", "programs")
    first_month = MonthField(label=_("For starts from"), required=False)
    last_month = MonthField(label=_("For starts until"), required=False)

    class Meta:
        model = models.FundingSource
        fields = [
            "name", "amount", "first_month", "last_month", "occupations", "areas", "programs", "source"]  # fmt: skip
        labels = {
            "occupations": _("Only for these occupations"),
            "areas": _("Only for these labor areas"),
            "programs": _("Only for these programs"),
        }
        help_texts = dict.fromkeys(("occupations", "areas", "programs"), _("Tick none for all."))
        widgets = {
            name: forms.CheckboxSelectMultiple() for name in ("occupations", "areas", "programs")
        }


class SupportForm(LimitForm):
    NAMED = ("programs",)

    class Meta:
        model = models.SupportOffer
        fields = [
            "name", "cost_per_learner", "stage", "low", "likely", "high", "capacity", "programs", "source"]  # fmt: skip
        labels = {"programs": _("Only for these programs")}
        help_texts = {
            "name": _("Child care, transport, coaching …"),
            "stage": _("At which stage it keeps people in."),
            "low": _("Of those who would not come through, the share that it brings through."),
            "capacity": _("Learners who can have it at once. Empty: any number."),
            "programs": _("Tick none for all."),
        }
        widgets = {"programs": forms.CheckboxSelectMultiple()}


def parts_of(form: LimitForm, data: Any = None) -> dict[str, Rows]:
    """A formset for each sort of rows that belong to the limit."""
    found: dict[str, Rows] = {}
    for name, part in form.PARTS.items():
        made = forms.formset_factory(part, formset=Rows, extra=0, can_delete=True)
        rows = getattr(form.instance, name).all() if form.instance.pk else ()
        found[name] = cast(
            Rows,
            made(
                data,
                prefix=name,
                initial=[_plain(forms.model_to_dict(row, part._meta.fields)) for row in rows],
                form_kwargs={"lists": form.lists},
            ),
        )
        found[name].legend, found[name].hint = part.LEGEND, part.HINT
        found[name].add_label = part.ADD
    return found
