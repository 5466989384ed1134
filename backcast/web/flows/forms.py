"""Where hires came from, as an employer or staff state it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.partners.models import Organisation
from backcast.training.models import HireSource, Program


class SourceForm(forms.Form):
    employer = forms.ChoiceField(label=gettext_lazy("Employer"))
    year = forms.IntegerField(label=gettext_lazy("Calendar year"), min_value=1990, max_value=2100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Where they came from"), choices=HireSource.Kind.choices
    )
    program = forms.ChoiceField(
        label=gettext_lazy("Program"),
        required=False,
        help_text=gettext_lazy("Where they came from a training program listed here."),
    )
    name = forms.CharField(
        label=gettext_lazy("Which one"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("The school, agency or employer, if you know it."),
    )
    hires = forms.IntegerField(
        label=gettext_lazy("People hired"),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(
        self,
        employers: list[Organisation],
        programs: list[Program],
        data: Any = None,
        *,
        source: HireSource | None = None,
    ) -> None:
        initial: dict[str, Any] = {"year": timezone.localdate().year - 1}
        if source is not None:
            initial = {
                "year": source.year,
                "kind": source.kind,
                "program": str(source.program.public_id) if source.program else "",
                "name": source.name,
                "hires": source.hires,
            }
        super().__init__(data, initial=initial)
        self._employers = {str(one.public_id): one for one in employers}
        self._programs = {str(one.public_id): one for one in programs}
        if source is not None or len(employers) == 1:
            del self.fields["employer"]
        else:
            self.fields["employer"].choices = [  # type: ignore[attr-defined]
                ("", _("Choose")),
                *((key, one.name) for key, one in self._employers.items()),
            ]
        self.fields["program"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((key, f"{one.name}, {one.provider.name}") for key, one in self._programs.items()),
        ]

    @property
    def speaker(self) -> Organisation:
        """The employer in whose name the count is made."""
        if "employer" in self.fields:
            return self._employers[self.cleaned_data["employer"]]
        return next(iter(self._employers.values()))

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "year": data["year"],
            "kind": data["kind"],
            "program": self._programs.get(data["program"]),
            "name": data["name"],
            "hires": data["hires"],
        }
