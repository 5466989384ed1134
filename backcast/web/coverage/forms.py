"""Forms for modules and outlines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backcast.training.models import Module


class ModuleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    hours = forms.DecimalField(
        label=_("Hours"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}),
    )

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "hours": self.cleaned_data["hours"] or None}


class ModulePageForm(ModuleForm):
    outline = forms.CharField(
        label=_("Outline"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea,
        help_text=_("Topics, readings, labs: as much as helps."),
    )

    @classmethod
    def of(cls, module: Module, data: Any = None) -> ModulePageForm:
        initial = {"title": module.title, "hours": module.hours, "outline": module.outline}
        return cls(data, initial=initial)


class OutlineForm(forms.Form):
    text = forms.CharField(
        label=_("Paste the outline"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
        help_text=_(
            "One module a line, with its hours at the end. Beneath it, with a dash in front, what "
            "learners can do afterwards."
        ),
    )
    file = forms.FileField(
        label=_("Or load a workbook"),
        required=False,
        help_text=_("The workbook from above, or a CSV file with its columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("text", "").strip()) == bool(data.get("file")) and not self.errors:
            self.add_error(
                "text", _("Paste an outline or choose a workbook: one of the two, not both.")
            )
        return data
