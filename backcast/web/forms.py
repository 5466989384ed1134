"""Forms as the design system draws them, with errors and hints that assistive technology finds.

Each control has at most one ``aria-describedby``, and it lists only ids that stand in the page: its
hint, then its error. Groups of radio buttons or checkboxes carry it on their ``fieldset``.

A form may say ``autocomplete = {"email": "email"}``: what its fields about the person themselves are
called in the HTML standard, so that browsers fill them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

_CLASSES = {
    "checkbox": "usa-checkbox__input",
    "radio": "usa-radio__input",
    "file": "bc-file",
    "range": "usa-range",
    "hidden": "",
}


class BoundField(forms.BoundField):
    """A field as drawn: knows the ids of its hint and its error."""

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_hint" if self.auto_id and self.help_text else ""

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error" if self.auto_id and self.errors else ""

    @property
    def aria_describedby(self) -> str | None:
        if self.is_hidden:
            return None
        own = str(self.field.widget.attrs.get("aria-describedby", ""))
        return " ".join(part for part in (own, self.hint_id, self.error_id) if part) or None

    @property
    def use_fieldset(self) -> bool:
        """A file that can be replaced is a group; an empty file field is one control."""
        if isinstance(self.field.widget, forms.ClearableFileInput):
            return self.field.widget.is_initial(self.value())
        return super().use_fieldset

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def focus_id(self) -> str:
        """The id of the control to which a link in the error summary leads."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{self.auto_id}_0"
        if isinstance(widget, forms.MultiWidget):
            return f"{self.auto_id}_0" if self.auto_id else ""
        return widget.id_for_label(self.auto_id) or self.auto_id

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        drawn = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, drawn)
        if drawn.is_hidden:
            return built
        if self.use_fieldset:
            # The fieldset says it, once, for the group.
            built.pop("aria-invalid", None)
        kind = getattr(drawn, "input_type", "text")
        name = (
            "usa-textarea" if isinstance(drawn, forms.Textarea) else _CLASSES.get(kind, "usa-input")
        )
        if kind == "select":
            name = "usa-select"
        error = "usa-input--error" if self.errors and name == "usa-input" else ""
        own = built.pop("class", "") or drawn.attrs.get("class", "")
        if classes := " ".join(part for part in (name, error, own) if part):
            built["class"] = classes
        token = getattr(self.form, "autocomplete", {}).get(self.name)
        if token:
            built.setdefault("autocomplete", token)
        return built


class Renderer(TemplatesSetting):
    """Draws every form with the project's own templates in the design system's markup."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = BoundField


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: what is wrong, and the id of the control to mend."""

    target: str
    label: str
    message: str

    def __str__(self) -> str:
        if not self.label:
            return self.message
        mark = "" if self.label.endswith(("?", ".", "!", ":")) else ":"
        return f"{self.label}{mark} {self.message}"


def problems(parts: Iterable[Any]) -> Iterator[Problem]:
    """What is wrong in the bound forms and formsets of ``parts``, in the order of the page."""
    for part in parts:
        if part is None or not part.is_bound:
            continue
        if isinstance(part, forms.BaseFormSet):
            for message in part.non_form_errors():
                yield Problem("", "", str(message))
            for number, form in enumerate(part.forms, start=1):
                if not (part.can_delete and part._should_delete_form(form)):  # type: ignore[attr-defined]
                    yield from _problems_of(form, _("Row %(number)s: ") % {"number": number})
        else:
            yield from _problems_of(part, "")


def _problems_of(form: forms.BaseForm, before: str) -> Iterator[Problem]:
    for message in form.non_field_errors():
        yield Problem("", before.rstrip(": "), str(message))
    for name, messages in form.errors.items():
        if name not in form.fields:
            continue
        bound = form[name]
        for message in messages:
            target = "" if bound.is_hidden else getattr(bound, "focus_id", bound.id_for_label)
            yield Problem(target, f"{before}{bound.label}", str(message))


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """A formset whose rows people add and remove by buttons, with or without JavaScript.

    Make one by ``formset_factory(RowForm, formset=Rows, extra=1, can_delete=True)``, draw it with
    ``<c-rows :formset="rows" />``. Where ``asked`` is not empty the person pressed "Add another" or
    "Remove" rather than the form's own button: call ``quiet(form, rows)`` and show the page again.
    """

    asked = ""
    #: What the rows are, a line of help, and the words of the button, where a form page draws them.
    legend: str | Promise = ""
    hint: str | Promise = ""
    add_label: str | Promise = ""

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            data, self.asked = _turned(data, kwargs.get("prefix") or self.get_default_prefix())
        super().__init__(data, *args, **kwargs)


def _turned(data: QueryDict, prefix: str) -> tuple[QueryDict, str]:
    """``data`` after the wish for one row more or fewer, and which it was."""
    if f"{prefix}-add" in data:
        data = data.copy()
        key = f"{prefix}-TOTAL_FORMS"
        total = data.get(key, "")
        data[key] = str(int(total) + 1) if total.isdecimal() else "1"
        return data, "add"
    if data.get(f"{prefix}-remove", "").isdecimal():
        data = data.copy()
        data[f"{prefix}-{data[f'{prefix}-remove']}-DELETE"] = "on"
        return data, "remove"
    return data, ""


def quiet(*parts: forms.BaseForm | forms.BaseFormSet[Any]) -> None:
    """Show what was typed without judging it: the person is not done yet."""
    for part in parts:
        if isinstance(part, forms.BaseFormSet):
            quiet(*part.forms)
            part._errors = [ErrorDict() for _form in part.forms]  # type: ignore[attr-defined]
            part._non_form_errors = part.error_class()  # type: ignore[attr-defined]
        else:
            part._errors = ErrorDict()  # type: ignore[attr-defined]
            part.cleaned_data = {}
