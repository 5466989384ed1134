"""The screens of a need. Each saves what it asks for; nothing but role and place must be answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.core.text import name_key
from backcast.demand.figures import (
    CEILING,
    Importance,
    Named,
    Offer,
    Requirement,
)
from backcast.demand.loading import check_size
from backcast.demand.models import Need, NeedOffer, NeedRequirement
from backcast.demand.refusals import FileRefused
from backcast.demand.tables import begins_as_text
from backcast.partners.models import Organisation, Site
from backcast.web.forms import Rows
from backcast.web.needs.words import sentence

NEW_SITE = "new"


def plain_text(text: str) -> None:
    """Refuse text that a spreadsheet would run when it is exported."""
    if not begins_as_text(text):
        raise ValidationError(_("Start the text with a letter or a number, not with a sign."))


class EmployerForm(forms.Form):
    """For whom staff state a need."""

    employer = forms.ModelChoiceField(
        label=gettext_lazy("Employer"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose an employer"),
    )

    def __init__(self, *args: Any, employers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer"].queryset = employers  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Which role, and where."""

    role_title = forms.CharField(
        label=gettext_lazy("What do you call the job?"),
        help_text=gettext_lazy("Your own words, such as “Nursing assistant, nights”."),
        max_length=160,
        validators=[plain_text],
    )
    site = forms.ChoiceField(
        label=gettext_lazy("Where will people work?"), widget=forms.RadioSelect
    )
    new_name = forms.CharField(
        label=gettext_lazy("Name of the other place"),
        help_text=gettext_lazy("Only if it is not on the list, such as “Main Street clinic”."),
        max_length=120,
        required=False,
        validators=[plain_text],
    )
    new_county = forms.CharField(
        label=gettext_lazy("Its county and state"),
        help_text=gettext_lazy("Such as “Bergen, NJ”."),
        max_length=90,
        required=False,
    )

    def __init__(
        self, *args: Any, sites: Iterable[Site], counties: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {str(site.public_id): site for site in sites}
        self.counties = list(counties)
        self.fields["new_county"].widget.attrs["list"] = "counties"
        if not self.sites:
            del self.fields["site"]
            self.fields["new_name"].label = _("Name of the place where people will work")
            self.fields["new_name"].help_text = _("Such as “Main Street clinic”.")
            return
        choice = self.fields["site"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            *((key, _place(site)) for key, site in self.sites.items()),
            (NEW_SITE, _("Another place")),
        ]
        if len(self.sites) == 1:
            choice.initial = next(iter(self.sites))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.wants_new_site:
            if not data.get("new_name"):
                self.add_error("new_name", _("Say what you call the place."))
            county, _comma, state = data.get("new_county", "").rpartition(",")
            if not county.strip() or len(state.strip()) != 2:
                self.add_error("new_county", _("Write county and state, such as “Bergen, NJ”."))
            data["county"], data["state"] = county.strip(), state.strip().upper()
        return data

    @property
    def wants_new_site(self) -> bool:
        return not self.sites or self.data.get(self.add_prefix("site")) == NEW_SITE

    @property
    def chosen_site(self) -> Site | None:
        return self.sites.get(self.cleaned_data.get("site", ""))


def _place(site: Site) -> str:
    town = ", ".join(part for part in (site.city, site.state) if part)
    return f"{site.name} ({town})" if town else site.name


_NOT_AN_HOUR = gettext_lazy("Give dollars an hour, not a year: more than 0, at most 1,000.")
_NOT_A_WEEK = gettext_lazy("Write the hours in one week, at most 80.")


class PayForm(forms.ModelForm):  # type: ignore[type-arg]
    """Pay, hours and days."""

    class Meta:
        model = Need
        fields = (
            "wage_low",
            "wage_high",
            "hours_per_week",
            "schedule",
            "employment",
            "start_by",
            "note",
        )
        labels = {
            "wage_low": gettext_lazy("Pay an hour, from"),
            "wage_high": gettext_lazy("Pay an hour, to"),
            "start_by": gettext_lazy("When should the first people start?"),
            "note": gettext_lazy("Anything else to know?"),
        }
        help_texts = {
            "wage_low": gettext_lazy("In dollars, such as 19.50."),
            "wage_high": gettext_lazy("If there is a range."),
            "start_by": gettext_lazy("Leave it empty if any day in the quarter will do."),
        }
        error_messages = {
            name: dict.fromkeys(("max_digits", "max_whole_digits"), message)
            for name, message in (
                ("wage_low", _NOT_AN_HOUR),
                ("wage_high", _NOT_AN_HOUR),
                ("hours_per_week", _NOT_A_WEEK),
            )
        }
        widgets = {
            "start_by": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 3}),
            "wage_low": forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": 0}),
            "wage_high": forms.NumberInput(
                attrs={"inputmode": "decimal", "step": "0.01", "min": 0}
            ),
            "hours_per_week": forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("schedule", "employment"):
            kinds = Need.Schedule if name == "schedule" else Need.Employment
            field: Any = self.fields[name]
            field.choices = [("", _("Not said")), *kinds.choices]

    def clean_start_by(self) -> date | None:
        day: date | None = self.cleaned_data["start_by"]
        if day is not None and day < self.today and "start_by" in self.changed_data:
            raise ValidationError(_("This day is over. Give a day from today on, or none."))
        return day

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if note:
            plain_text(note)
        return note

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("wage_low", "wage_high"):
            wage = data.get(name)
            if wage is not None and not 0 < wage <= 1000:
                self.add_error(name, _NOT_AN_HOUR)
        hours = data.get("hours_per_week")
        if hours is not None and not 0 < hours <= 80:
            self.add_error("hours_per_week", _NOT_A_WEEK)
        low, high = data.get("wage_low"), data.get("wage_high")
        if low is not None and high is not None and low > high:
            self.add_error("wage_high", _("This is less than the pay it starts from."))
        return data

    def _post_clean(self) -> None:
        """The constraints are checked when the need is written, all together."""


class RequirementForm(forms.Form):
    """One thing that people must or should bring."""

    name = forms.CharField(
        label=gettext_lazy("Credential or skill"),
        max_length=300,
        required=False,
        validators=[plain_text],
        widget=forms.TextInput(attrs={"list": "known-requirements", "autocomplete": "off"}),
    )
    importance = forms.ChoiceField(
        label=gettext_lazy("How important"),
        choices=NeedRequirement.Importance.choices,
        required=False,
    )


class Requirements(Rows):
    """The list of requirements: what is known by name is linked, the rest kept in own words."""

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = (
                name_key(form.cleaned_data.get("name", "")) if hasattr(form, "cleaned_data") else ""
            )
            if not name or (self.gone(form)):
                continue
            if name in seen:
                form.add_error("name", _("This is on the list already."))
            seen.add(name)

    def gone(self, form: forms.BaseForm) -> bool:
        """Was the row removed?"""
        removed: bool = self._should_delete_form(form)  # type: ignore[attr-defined]
        return removed

    def requirements(
        self, known: dict[str, tuple[str, Named]], before: Iterable[Requirement]
    ) -> tuple[Requirement, ...]:
        """What was entered; the level of what stood there before is kept."""
        levels = {r.key: r.level for r in before}
        found = []
        for form in self.forms:
            if not form.cleaned_data.get("name") or self.gone(form):
                continue
            text = " ".join(form.cleaned_data["name"].split())
            kind, item = known.get(name_key(text), ("words", Named(0, text)))
            made = Requirement(
                kind, item, Importance(form.cleaned_data["importance"] or "required")
            )
            found.append(Requirement(kind, item, made.importance, levels.get(made.key)))
        return tuple(found)


RequirementRows = forms.formset_factory(
    RequirementForm, formset=Requirements, extra=1, can_delete=True, max_num=40
)

#: Offers that are a plain yes; the others may say how many.
YES_OR_NO = {NeedOffer.Kind.FLEXIBLE_SHIFTS}


@dataclass(frozen=True, slots=True)
class OfferRow:
    yes: forms.BoundField
    quantity: forms.BoundField | None
    note: forms.BoundField


class OffersForm(forms.Form):
    """What the employer can offer, each with a number and a note where it likes."""

    def __init__(self, *args: Any, offers: Iterable[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {o.kind: o for o in offers}
        for kind in NeedOffer.Kind:
            offer = said.get(kind)
            self.fields[f"{kind}-yes"] = forms.BooleanField(
                label=kind.label, required=False, initial=offer is not None
            )
            if kind not in YES_OR_NO:
                self.fields[f"{kind}-quantity"] = forms.IntegerField(
                    label=_("%(offer)s: how many") % {"offer": kind.label},
                    required=False,
                    min_value=1,
                    max_value=CEILING,
                    initial=offer.quantity if offer else None,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )
            self.fields[f"{kind}-note"] = forms.CharField(
                label=_("%(offer)s: note") % {"offer": kind.label},
                required=False,
                max_length=300,
                initial=offer.note if offer else "",
                validators=[plain_text],
            )

    def rows(self) -> Iterator[OfferRow]:
        for kind in NeedOffer.Kind:
            quantity = self[f"{kind}-quantity"] if kind not in YES_OR_NO else None
            yield OfferRow(self[f"{kind}-yes"], quantity, self[f"{kind}-note"])

    def offers(self) -> tuple[Offer, ...]:
        """Each kind that is ticked or has a number."""
        data = self.cleaned_data
        found = []
        for kind in NeedOffer.Kind:
            quantity = data.get(f"{kind}-quantity")
            if data[f"{kind}-yes"] or quantity:
                found.append(Offer(kind, quantity, data[f"{kind}-note"].strip()))
        return tuple(found)


class StaffForm(forms.Form):
    """What staff decide about a need."""

    weight = forms.DecimalField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("1 counts as any need, 2 twice as much. More than 0, at most 10."),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        max_value=10,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25"}),
    )
    stand_in = forms.CharField(
        label=gettext_lazy("Source, if the employer did not state it"),
        help_text=gettext_lazy(
            "Such as “national openings × the state's share”. The need is then marked as a stand-in."
        ),
        max_length=300,
        required=False,
        validators=[plain_text],
    )

    def clean_weight(self) -> Any:
        if not self.cleaned_data["weight"]:
            raise ValidationError(_("Write a number above 0."))
        return self.cleaned_data["weight"]


class UploadForm(forms.Form):
    """The filled-in workbook."""

    file = forms.FileField(
        label=gettext_lazy("Your workbook"),
        help_text=gettext_lazy(
            "An .xlsx or .csv file, or job postings as .json (schema.org or JobSchema+). You see "
            "what it says before it is saved."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.json,.jsonld"}),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("The file is empty. Choose the one that you filled in."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
        except FileRefused as refused:
            raise ValidationError(
                f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
            ) from None
        return file
