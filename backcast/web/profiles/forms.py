"""Forms of profiles; what an action refuses is shown beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backcast.demand.loading import check_size
from backcast.demand.models import LineOpinion, ProfileLine, Role
from backcast.demand.profiles.differences import number
from backcast.demand.refusals import FileRefused
from backcast.web.needs.words import sentence
from backcast.web.profiles.words import Anchors

_SHORT = 70
_STANDING = [choice for choice in ProfileLine.Necessity.choices if choice[0] != "accepted_instead"]
IMPORTANCE = [
    ("5", gettext_lazy("5 – vital")),
    ("4", gettext_lazy("4 – very important")),
    ("3", gettext_lazy("3 – important")),
    ("2", gettext_lazy("2 – of some use")),
    ("1", gettext_lazy("1 – hardly matters")),
]


class RoleForm(forms.Form):
    """Of which role a profile is."""

    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=Role.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a role"),
    )

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    comment_by = forms.DateField(
        label=gettext_lazy("Comments until"),
        help_text=gettext_lazy("Shown to employers. Leave it empty for no last day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ApproveForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Such as where and with whom it was agreed."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def level_choices(line: ProfileLine, anchors: Anchors) -> list[tuple[str, str]]:
    """The whole levels of the line's scale with what they look like, and the present ones."""
    if line.scale is None:
        return []
    described = anchors.get(line.competency_id or 0, {})
    low, high = line.scale.minimum, line.scale.maximum
    steps = {float(step) for step in range(int(-(-low // 1)), int(high // 1) + 1)}
    steps |= {each for each in (line.level_at_hire, line.level_later) if each is not None}
    choices = []
    for step in sorted(steps):
        looks = described.get(step, "")
        if len(looks) > _SHORT:
            looks = f"{looks[:_SHORT].rsplit(' ', 1)[0]} …"
        choices.append((number(step), f"{number(step)} – {looks}" if looks else number(step)))
    return choices


class LevelField(forms.TypedChoiceField):
    """A level of a line's scale, or none."""

    def __init__(self, line: ProfileLine, anchors: Anchors, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            coerce=float,
            empty_value=None,
            choices=[("", _("not said")), *level_choices(line, anchors)],
        )


class LineForm(forms.Form):
    """One line, as the table for staff shows it: each field is one cell."""

    necessity = forms.ChoiceField(
        label=gettext_lazy("How needed"), choices=ProfileLine.Necessity.choices
    )
    instead_of = forms.ModelChoiceField(
        label=gettext_lazy("Instead of"),
        queryset=ProfileLine.objects.none(),
        to_field_name="line_key",
        required=False,
        empty_label="–",
    )
    importance = forms.TypedChoiceField(
        label=gettext_lazy("Importance"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((value, value) for value, _label in IMPORTANCE)],
    )
    learned = forms.ChoiceField(label=gettext_lazy("Learned"), choices=ProfileLine.Learned.choices)
    level_at_hire: forms.Field | None = None
    level_later: forms.Field | None = None

    def __init__(
        self, *args: Any, line: ProfileLine, anchors: Anchors, credentials: Any, **kwargs: Any
    ) -> None:
        key = str(line.line_key)
        kwargs["initial"] = {
            "necessity": line.necessity,
            "instead_of": str(line.instead_of.line_key) if line.instead_of else "",
            "importance": line.importance,
            "learned": line.learned,
            "level_at_hire": number(line.level_at_hire),
            "level_later": number(line.level_later),
        }
        kwargs["auto_id"] = f"{key}-%s"
        super().__init__(*args, **kwargs)
        if line.competency_id:
            del self.fields["instead_of"]
            self.fields["necessity"].choices = _STANDING  # type: ignore[attr-defined]
        else:
            others = credentials.exclude(pk=line.pk)
            self.fields["instead_of"].queryset = others  # type: ignore[attr-defined]
        if line.scale is not None:
            self.fields["level_at_hire"] = LevelField(line, anchors, gettext_lazy("Level at hire"))
            self.fields["level_later"] = LevelField(
                line, anchors, gettext_lazy("Level after six months")
            )
        for field in self.fields.values():
            field.widget.attrs |= {
                "form": f"line-{key}-form",
                "aria-label": _("%(what)s of %(line)s") % {"what": field.label, "line": line.name},
                "class": "bc-cell",
            }


class DissentForm(forms.Form):
    """What an employer would write instead, and why."""

    necessity = forms.ChoiceField(
        label=gettext_lazy("How needed is it for you?"), choices=_STANDING, widget=forms.RadioSelect
    )
    importance = forms.TypedChoiceField(
        label=gettext_lazy("How important is it?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("No view")), *IMPORTANCE],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("A sentence helps those who decide."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["necessity", "importance", "level_at_hire", "level_later", "reason"]

    def __init__(
        self,
        *args: Any,
        line: ProfileLine,
        anchors: Anchors,
        said: LineOpinion | None = None,
        staff: bool = False,
        **kwargs: Any,
    ) -> None:
        self.line = line
        source: Any = said if said is not None and said.stance == "dissent" else line
        kwargs["initial"] = {
            "necessity": source.necessity
            if source.necessity and source.necessity != "accepted_instead"
            else "preferred",
            "importance": source.importance,
            "level_at_hire": number(source.level_at_hire),
            "level_later": number(source.level_later),
            "reason": said.reason if said is not None else "",
            "said_by": said.said_by if said is not None else "",
        }
        super().__init__(*args, **kwargs)
        if line.scale is not None:
            self.fields["level_at_hire"] = LevelField(
                line, anchors, gettext_lazy("Which level on the first day?")
            )
            self.fields["level_later"] = LevelField(
                line, anchors, gettext_lazy("Which level after six months?")
            )
        if staff:
            self.fields["said_by"] = forms.CharField(
                label=gettext_lazy("Who told you?"), max_length=160, required=False
            )
        self.order_fields(self.field_order)

    def proposal(self) -> dict[str, Any]:
        """The fields that differ from the line, as ``give_opinion`` takes them."""
        changed = {
            name: self.cleaned_data[name]
            for name in ("necessity", "importance", "level_at_hire", "level_later")
            if name in self.cleaned_data and self.cleaned_data[name] != getattr(self.line, name)
        }
        if self.line.necessity == "accepted_instead" and changed.get("necessity") == "preferred":
            del changed["necessity"]
        return changed | {
            "reason": self.cleaned_data["reason"],
            "said_by": self.cleaned_data.get("said_by", ""),
        }


class FileForm(forms.Form):
    """A profile out of a workbook or another system's file."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy(
            "The workbook of this profile, a CASE package, a CTDL-ASN framework, or a job posting "
            "(schema.org or JobSchema+). You see what it changes before it is saved."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.json,.jsonld"}),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
        except FileRefused as refused:
            raise forms.ValidationError(
                f"{sentence(refused.refusal.wrong)} {sentence(refused.refusal.remedy)}"
            ) from None
        return file
