"""Forms of organisations, people and places; what an action refuses is shown beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor, Role
from backcast.partners.actions.areas import Place
from backcast.partners.models import (
    ContactNote,
    LabourArea,
    Membership,
    Organisation,
    Person,
    Site,
)

_FIRST = {"autofocus": True}


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, were it nothing at all; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def tried(form: forms.BaseForm, act: Callable[[dict[str, Any]], Any]) -> bool:
    """Do ``act`` with what the form holds; a refusal is put beside its field. Says if it was done."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            form.add_error(None, error)
        return False
    return True


def words_of(error: ValidationError) -> str:
    """A refusal as one text, for a message where there is no form."""
    return " ".join(error.messages)


class OrganisationForm(forms.Form):
    autocomplete = {"website": "url"}

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={**_FIRST, "autocomplete": "organization"}),
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"inputmode": "url", "autocapitalize": "none"}),
        error_messages={
            "invalid": _("This is not a web address. Write it like https://www.example.org.")
        },
    )

    @classmethod
    def of(cls, organisation: Organisation, data: Any = None) -> OrganisationForm:
        return cls(data, initial={"name": organisation.name, "website": organisation.website})


class NewOrganisationForm(OrganisationForm):
    """The kind is chosen once: it decides what the organisation's people can do."""

    field_order = ["kind", "name", "website"]

    kind = forms.ChoiceField(label=_("What kind of organization is it?"), widget=forms.RadioSelect)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (value, label)
            for value, label in Organisation.Kind.choices
            if value != Organisation.Kind.INTERMEDIARY or actor.may(Role.ADMINISTRATOR)
        ]
        kinds.sort(key=lambda kind: kind[0] == Organisation.Kind.INTERMEDIARY)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class SiteForm(forms.Form):
    autocomplete = {
        "street": "street-address",
        "city": "address-level2",
        "state": "address-level1",
        "zip": "postal-code",
    }

    name = forms.CharField(
        label=_("Name of the site"),
        help_text=_("As people call it, such as “Main hospital”."),
        max_length=120,
        widget=forms.TextInput(attrs=_FIRST),
    )
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    county = forms.CharField(
        label=_("County"),
        help_text=_("The county decides to which labor area the site belongs."),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "counties"}),
    )
    state = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("State"),
        help_text=_("Two letters, such as NJ."),
        widget=forms.TextInput(
            attrs={"maxlength": "2", "autocapitalize": "characters", "size": "4"}
        ),
        error_messages={"invalid": _("Write the state in two letters, such as NJ.")},
    )
    zip = forms.RegexField(
        r"^\d{5}(-\d{4})?$",
        label=_("ZIP code"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("A ZIP code has five digits, such as 07601.")},
    )

    @classmethod
    def of(cls, site: Site, data: Any = None) -> SiteForm:
        names = ("name", "street", "city", "county", "state", "zip")
        return cls(data, initial={name: getattr(site, name) for name in names})


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off", **_FIRST}
        ),
        error_messages={
            "invalid": _("This is not an e-mail address. Write it like name@example.org.")
        },
    )
    role = forms.ChoiceField(
        label=_("What may they do?"),
        widget=forms.RadioSelect,
        initial=Membership.Role.MEMBER,
        choices=[
            (Membership.Role.VIEWER, _("Viewer: look at everything, change nothing")),
            (Membership.Role.MEMBER, _("Member: enter and change things")),
            (Membership.Role.ADMINISTRATOR, _("Administrator: also invite and remove people")),
        ],
    )

    phone = forms.CharField(
        label=_("Mobile phone"),
        help_text=_("A text tells them that the mail is there. Leave it empty to send none."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=_("They agreed to get a text from us"),
        help_text=_(
            "Needed with a phone number. They can end texts at any time by answering STOP."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, texts: bool = False) -> None:
        super().__init__(data)
        if not texts:
            del self.fields["phone"], self.fields["agreed"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("What may they do?"),
        widget=forms.RadioSelect,
        choices=InviteForm.base_fields["role"].choices,  # type: ignore[attr-defined]
    )


class JoinForm(forms.Form):
    """A new account needs a name, nothing else."""

    autocomplete = {"name": "name"}

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs=_FIRST)
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("So that you know later which one to revoke, such as “Our dashboard”."),
        max_length=80,
        widget=forms.TextInput(attrs=_FIRST),
    )
    days = forms.ChoiceField(
        label=_("How long should it work?"),
        widget=forms.RadioSelect,
        initial="90",
        choices=[("30", _("A month")), ("90", _("Three months")), ("365", _("A year"))],
    )


class NoteForm(forms.Form):
    on = forms.DateField(
        label=_("When"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    channel = forms.ChoiceField(label=_("How"), choices=ContactNote.Channel)
    with_whom = forms.CharField(label=_("With whom"), max_length=200, required=False)
    text = forms.CharField(
        label=_("What was said"), widget=forms.Textarea(attrs={"rows": 6}), max_length=10_000
    )

    @classmethod
    def of(cls, note: ContactNote | None, data: Any = None) -> NoteForm:
        if note is None:
            return cls(data, initial={"on": timezone.localdate(), "channel": "phone"})
        names = ("on", "channel", "with_whom", "text")
        return cls(data, initial={name: getattr(note, name) for name in names})


class AreaForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the area"), max_length=120, widget=forms.TextInput(attrs=_FIRST)
    )
    counties = forms.CharField(
        label=_("Counties"),
        help_text=_("One on each line, with its state in two letters: Bergen, NJ"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    adjoining = forms.ModelMultipleChoiceField(
        LabourArea.objects.none(),
        label=_("Adjoining areas"),
        help_text=_("Areas from which people also travel to work and training here."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, others: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adjoining"].queryset = others  # type: ignore[attr-defined]
        if not others.exists():
            del self.fields["adjoining"]

    @classmethod
    def of(cls, area: LabourArea, others: Any, data: Any = None) -> AreaForm:
        return cls(
            others,
            data,
            initial={
                "name": area.name,
                "counties": "\n".join(str(county) for county in area.counties.all()),
                "adjoining": area.adjoining.all(),
            },
        )

    def clean_counties(self) -> list[Place]:
        places: list[Place] = []
        for line in self.cleaned_data["counties"].replace(";", "\n").splitlines():
            name, _comma, state = line.strip().rpartition(",")
            if line.strip():
                places.append((state.strip(), name.strip()))
        return places


class AccountForm(forms.Form):
    autocomplete = {"name": "name", "phone": "tel"}

    name = forms.CharField(label=_("Your name"), max_length=120)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )

    @classmethod
    def of(cls, person: Person, data: Any = None) -> AccountForm:
        return cls(data, initial={"name": person.name, "phone": person.phone})
