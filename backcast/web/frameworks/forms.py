"""Forms for a region's own occupations, competencies and credentials."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor
from backcast.core.uploads import limit_bytes
from backcast.frameworks.access import from_choice
from backcast.frameworks.models import Competency, Credential, Occupation


class FindInput(forms.TextInput):
    """A text field that offers what fits while one types; without JavaScript it is a text field."""

    def __init__(self, find: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.find = find

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-find": str(self.find)}


class OccupationChoice(forms.CharField):
    """An occupation, chosen while typing or by its code; cleans to an ``Occupation`` or ``None``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", FindInput(reverse_lazy("frameworks:find_occupation")))
        super().__init__(**options)
        self.actor: Actor | None = None

    def clean(self, value: Any) -> Occupation | None:
        text = super().clean(value)
        if not text:
            return None
        found = from_choice(self.actor, text) if self.actor else None
        if found is None:
            raise ValidationError(
                _now("“%(text)s” is not on the list. Type a part of the title, then choose one.")
                % {"text": text}
            )
        return found


class OccupationForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Only for work that no occupation on the list describes."),
        max_length=150,
    )
    description = forms.CharField(
        label=_("What people in it do"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    nearest = OccupationChoice(
        label=_("Nearest occupation on the list"),
        help_text=_("Type a title or a code. Its pay and outlook stand in for this one."),
        required=False,
        max_length=200,
    )

    def __init__(
        self, actor: Actor, data: Any = None, *, occupation: Occupation | None = None
    ) -> None:
        initial: dict[str, Any] = {}
        if occupation is not None:
            nearest = Occupation.objects.filter(code=f"{occupation.soc}.00").first()
            initial = {
                "title": occupation.title,
                "description": occupation.description,
                "nearest": str(nearest) if occupation.soc and nearest else "",
            }
        super().__init__(data, initial=initial)
        field = self.fields["nearest"]
        assert isinstance(field, OccupationChoice)
        field.actor = actor

    def values(self) -> dict[str, Any]:
        nearest = self.cleaned_data["nearest"]
        return {
            "title": self.cleaned_data["title"],
            "description": self.cleaned_data["description"],
            "soc": nearest.soc if nearest else "",
            "job_zone": nearest.job_zone if nearest else None,
        }


class CompetencyForm(forms.Form):
    statement = forms.CharField(
        label=_("What must a person know or be able to do?"),
        help_text=_("Such as “Draws blood from adults without supervision”."),
        max_length=300,
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        widget=forms.RadioSelect,
        choices=[
            (kind.value, kind.label)
            for kind in (
                Competency.Kind.SKILL,
                Competency.Kind.KNOWLEDGE,
                Competency.Kind.ACTIVITY,
                Competency.Kind.STYLE,
                Competency.Kind.GROUP,
            )
        ],
    )
    description = forms.CharField(
        label=_("More about it"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, competency: Competency | None = None) -> None:
        initial: dict[str, Any] = {"kind": Competency.Kind.SKILL}
        if competency is not None:
            initial = {
                "statement": competency.statement,
                "kind": competency.kind,
                "description": competency.description,
            } | {f"level_{each.value:g}": each.description for each in competency.anchors.all()}
        super().__init__(data, initial=initial)
        for level in range(1, 6):
            self.fields[f"level_{level}"] = forms.CharField(
                label=_now("Level %(n)s") % {"n": level},
                help_text=_now("What it looks like at work.") if level == 1 else "",
                required=False,
                max_length=300,
            )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("statement", "kind", "description")}

    def anchors(self) -> dict[int, str]:
        return {level: self.cleaned_data[f"level_{level}"] for level in range(1, 6)}


class CredentialForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), help_text=_("Such as “Certified Phlebotomy Technician”."), max_length=200
    )
    abbreviation = forms.CharField(
        label=_("Abbreviation"), help_text=_("Such as CPT."), required=False, max_length=30
    )
    kind = forms.ChoiceField(
        label=_("Kind"), widget=forms.RadioSelect, choices=Credential.Kind.choices
    )
    issuer = forms.CharField(label=_("Issued by"), required=False, max_length=200)
    renewal_months = forms.IntegerField(
        label=_("Months until renewal"),
        help_text=_("Leave it empty if it never ends."),
        required=False,
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    description = forms.CharField(
        label=_("What it takes to earn it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, credential: Credential, data: Any = None) -> CredentialForm:
        return cls(data, initial={name: getattr(credential, name) for name in cls.base_fields})


class FrameworkFileForm(forms.Form):
    """A framework that another system wrote."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "A CASE package or a CTDL-ASN framework, as .json. You see what it says before it is "
            "saved."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,.jsonld"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("The file is empty. Export it again."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limit_bytes():
            raise ValidationError(
                _now("The file is larger than %(limit)s MB. Export a smaller part.")
                % {"limit": settings.UPLOAD_LIMIT_MB}
            )
        return file
