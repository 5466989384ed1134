"""Quarters and months in words."""

from __future__ import annotations

from datetime import date

from django.utils import formats

from backcast.core.months import Month
from backcast.core.quarters import Quarter


def quarter_words(quarter: Quarter | date) -> str:
    """A quarter as people say it: “Jan–Mar 2027”."""
    if isinstance(quarter, date):
        quarter = Quarter.of(quarter)
    first = formats.date_format(quarter.first_day, "M")
    last = formats.date_format(quarter.last_day, "M")
    return f"{first}–{last} {quarter.year}"


def month_words(month: Month | date) -> str:
    """A month as people say it: “Sep 2027”."""
    day = month if isinstance(month, date) else month.first_day
    return formats.date_format(day, "M Y")
