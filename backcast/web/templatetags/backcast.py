"""Template tags and filters of the shell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.utils import formats
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backcast.core.actor import NOBODY
from backcast.web import navigation, thread
from backcast.web.charts import Chart
from backcast.web.forms import problems

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_links(context: Context) -> list[navigation.Link]:
    """The header's links for whoever looks at the page."""
    request = context.get("request")
    actor = context.get("actor") or NOBODY
    return navigation.links(actor, request.path if request else "")


@register.inclusion_tag("forms/error_summary.html")
def error_summary(*parts: Any) -> dict[str, Any]:
    """What is wrong in the given forms and formsets (or lists of them), linked to the fields."""
    flat: list[Any] = []
    for part in parts:
        flat.extend(part if isinstance(part, list | tuple) else [part])
    return {"problems": list(problems(part for part in flat if part))}


@register.simple_tag
def fields(form: forms.BaseForm) -> SafeString:
    """A form's fields without its error summary, which the page shows on top."""
    return form.render("forms/fields.html")


@register.filter
def as_list(value: Any) -> list[Any]:
    """One thing or several, as a list; nothing is an empty list."""
    if not value:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


@register.filter
def has_required(form: Any) -> bool:
    """Does the form (or a row of the formset) have a field that must be filled in?"""
    if isinstance(form, BaseFormSet):
        form = form.empty_form
    return bool(form) and any(field.required for field in form.fields.values())


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """A number with digits grouped in the language's way; nothing is a dash."""
    if value is None or value == "":
        return "–"
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def percent(value: float | Decimal | None, places: int = 0) -> str:
    """A share of one as per cent: ``0.834`` is ``83 %``, written the U.S. way ``83%``."""
    if value is None:
        return "–"
    shown = round(float(value) * 100, places)
    return formats.number_format(shown, decimal_pos=places, use_l10n=True) + "%"


@register.filter
def money(value: Any, places: int = 0) -> str:
    """Dollars with digits grouped."""
    if value is None or value == "":
        return "–"
    sign = "-" if value < 0 else ""
    shown = formats.number_format(
        abs(value), decimal_pos=places, use_l10n=True, force_grouping=True
    )
    return f"{sign}${shown}"


@register.filter
def about_money(value: float) -> str:
    """Dollars as people say them: ``$47.3 billion``; below ten million to the dollar."""
    if abs(value) < 10_000_000:
        return money(value)
    if abs(value) < 1_000_000_000:
        return _("%(money)s million") % {"money": money(value / 1_000_000, 1)}
    return _("%(money)s billion") % {"money": money(value / 1_000_000_000, 1)}


@register.filter(name="get")
def get_item(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.simple_tag
def thread_stages(current: str, links: Any = None, missing: Any = None) -> list[thread.Stage]:
    """The stages of the golden thread as the bar shows them."""
    return thread.stages(current, links or {}, missing or {})


@register.simple_tag
def chart_data(chart: Chart, identifier: str) -> SafeString:
    """What the script draws, as JSON in an inert script element."""
    return json_script(chart.payload(), f"{identifier}-data")
