"""Forms with which staff plan a wave and say whom it asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.quarters import Quarter
from backcast.demand.models import Role, Wave, WaveEmployer, WaveInvitation
from backcast.demand.waves.actions import Asked
from backcast.partners import texts
from backcast.partners.models import Collaborative
from backcast.web.dates import quarter_words

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WaveForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Employers read it, such as “Spring 2027”."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        label=_("Roles to ask about"),
        widget=forms.CheckboxSelectMultiple,
    )
    first_quarter = forms.TypedChoiceField(label=_("First quarter"), coerce=date.fromisoformat)
    quarters = forms.TypedChoiceField(
        label=_("How many quarters"),
        coerce=int,
        choices=[(n, str(n)) for n in (2, 4, 6, 8, 12)],
        initial=4,
        help_text=_("Four are quick to answer. Eight or more tell further ahead, less surely."),
    )
    closes_on = forms.DateField(label=_("Last day to answer"), widget=_DATE)
    short_form = forms.BooleanField(
        label=_("Short form"),
        required=False,
        help_text=_("Five questions for each role instead of four pages."),
    )
    greeting = forms.CharField(
        label=_("A word to the employers"),
        required=False,
        max_length=2000,
        help_text=_("Stands in the mail and above the questions, in your own language."),
        widget=forms.Textarea,
    )
    reminder_limit = forms.IntegerField(
        label=_("Reminders at most"), min_value=0, max_value=5, initial=2
    )
    reminder_pause = forms.IntegerField(
        label=_("Days between reminders"), min_value=1, max_value=60, initial=5
    )

    _OWN = (
        "name",
        "quarters",
        "closes_on",
        "short_form",
        "greeting",
        "reminder_limit",
        "reminder_pause",
    )

    def __init__(
        self, collaborative: Collaborative, data: Any = None, wave: Wave | None = None
    ) -> None:
        now = Quarter.of(timezone.localdate())
        initial: dict[str, Any] = {
            "first_quarter": (now + 1).first_day.isoformat(),
            "closes_on": timezone.localdate() + timedelta(days=21),
        }
        if wave is not None:
            initial = {name: getattr(wave, name) for name in self._OWN}
            initial["first_quarter"] = wave.first_quarter.isoformat()
            initial["roles"] = list(wave.roles.all())
        super().__init__(data, initial=initial)
        offered = {quarter.first_day for quarter in now.range(6)}
        if wave is not None:
            offered.add(wave.first_quarter)
        first = self.fields["first_quarter"]
        assert isinstance(first, forms.TypedChoiceField)
        first.choices = [(day.isoformat(), quarter_words(day)) for day in sorted(offered)]
        roles = self.fields["roles"]
        assert isinstance(roles, forms.ModelMultipleChoiceField)
        roles.queryset = Role.objects.filter(collaborative=collaborative, archived_at=None)
        if wave is None:
            roles.initial = list(roles.queryset)


class ClosingForm(forms.Form):
    closes_on = forms.DateField(label=_("Last day to answer"), widget=_DATE)


class PersonForm(forms.Form):
    """What somebody is asked, and in which language."""

    autocomplete = {"name": "off", "phone": "off"}

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=30,
        required=False,
        help_text=_("A text tells them that a reminder is in their inbox. Empty: none is sent."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    agreed = forms.BooleanField(
        label=_("They agreed to get a text from us"),
        required=False,
        help_text=_(
            "Needed with a phone number. They can end texts at any time by answering STOP."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("en", "English"), ("es", "Español")],
        initial="en",
        widget=forms.RadioSelect,
    )
    parts = forms.MultipleChoiceField(
        label=_("Questions"),
        choices=WaveInvitation.Part.choices,
        initial=list(WaveInvitation.Part.values),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several people of one employer can each have a part of their own."),
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if not texts.available():
            del self.fields["phone"], self.fields["agreed"]

    @classmethod
    def of(cls, found: WaveInvitation, data: Any = None) -> PersonForm:
        names = ("name", "phone", "language", "parts")
        initial = {name: getattr(found, name) for name in names}
        return cls(data, initial | {"agreed": found.phone_agreed_at is not None})

    def asked(self, email: str = "") -> Asked:
        data = self.cleaned_data
        return Asked(
            email or data["email"],
            data["name"],
            data.get("phone", ""),
            data.get("agreed", False),
            data["language"],
            tuple(data["parts"]),
        )


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An employer that the wave asks, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.employer.name)


class InviteForm(PersonForm):
    field_order = ["employer", "email", "name", "phone", "agreed", "language", "parts"]

    employer = PlaceField(WaveEmployer.objects.none(), label=_("Employer"), empty_label=_("Choose"))
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, wave: Wave, data: Any = None, chosen: WaveEmployer | None = None) -> None:
        super().__init__(data, {"employer": chosen})
        field = self.fields["employer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = WaveEmployer.objects.filter(wave=wave).select_related("employer")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        max_length=300,
        widget=forms.TextInput(),
        help_text=_("It stands beside the correction, for everybody who may see it."),
    )
