"""Words for quarters and ranges of people."""

from __future__ import annotations

from typing import Any

from django import template

from backcast.web.dates import quarter_words
from backcast.web.needs import words

register = template.Library()
register.filter("quarter_words", quarter_words)
register.filter("change_words", words.change_words)


@register.filter
def people_range(row: Any) -> str:
    """``3 to 5`` of anything that has ``low`` and ``high``."""
    if isinstance(row, dict):
        return words.span(row["low"], row["high"])
    return words.span(row.low, row.high)
