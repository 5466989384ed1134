"""The kinds of limits that staff state: what each is called, and how a row of it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backcast.core.text import plain_number
from backcast.planning import models
from backcast.web.dates import month_words, quarter_words
from backcast.web.limits import forms
from backcast.web.templatetags.backcast import money

Text = str | Promise


@dataclass(frozen=True, slots=True)
class LimitKind:
    """``empty``: what holds while nothing is stated. ``said``: a row's figures in words."""

    slug: str
    model: type[models.Limit]
    form: type[forms.LimitForm]
    title: Text
    add: Text
    empty: Text
    said: Callable[[Any], str]
    related: tuple[str, ...] = ()


def _resource(row: models.SharedResource) -> str:
    uses = row.uses.all()
    taken = ngettext("%(n)s program takes of it", "%(n)s programs take of it", len(uses)) % {
        "n": len(uses)
    }
    return f"{row.get_kind_display()}: {plain_number(row.amount)}, {row.area} · {taken}"


def _host(row: models.HostCapacity) -> str:
    return _now(
        "%(role)s, %(area)s: %(supervisors)s supervisors × %(each)s, %(first)s – %(last)s"
    ) % {
        "role": row.occupation,
        "area": row.area,
        "supervisors": plain_number(row.supervisors),
        "each": plain_number(row.learners_each),
        "first": month_words(row.first_month),
        "last": month_words(row.last_month),
    }


def _recruitment(row: models.Recruitment) -> str:
    return _now("%(people)s people a quarter, %(first)s – %(last)s (%(when)s)") % {
        "people": row.people,
        "first": quarter_words(row.first_quarter),
        "last": quarter_words(row.last_quarter),
        "when": row.get_schedule_display() or _now("any time"),
    }


def _holiday(row: models.Holiday) -> str:
    return _now("%(month)s: %(weeks)s weeks, %(where)s") % {
        "month": month_words(row.month),
        "weeks": plain_number(row.weeks),
        "where": row.area or _now("everywhere"),
    }


def _fund(row: models.FundingSource) -> str:
    rules = [f"{rule.get_kind_display()}: {plain_number(rule.value)}" for rule in row.rules.all()]
    return " · ".join([money(row.amount), *rules])


def _support(row: models.SupportOffer) -> str:
    return _now("%(cost)s a learner; at “%(stage)s” it brings through %(low)s–%(high)s %%") % {
        "cost": money(row.cost_per_learner),
        "stage": row.get_stage_display(),
        "low": plain_number(row.low),
        "high": plain_number(row.high),
    }


KINDS = (
    LimitKind(
        "resources",
        models.SharedResource,
        forms.ResourceForm,
        _("Instructors, labs and rooms"),
        _("Add what programs share"),
        _(
            "Programs are held by their own “cohorts at once” only, as if they shared nobody and nothing."
        ),
        _resource,
        ("uses", "area"),
    ),
    LimitKind(
        "hosts",
        models.HostCapacity,
        forms.HostForm,
        _("Externship hosts by month"),
        _("Add a host"),
        _(
            "Places are those that employers offer with their needs. Once a host is stated for an "
            "occupation, what that employer offers beside is not counted again, and no places are "
            "assumed for the occupation."
        ),
        _host,
        ("employer", "occupation", "area"),
    ),
    LimitKind(
        "people",
        models.Recruitment,
        forms.RecruitmentForm,
        _("People who can be recruited"),
        _("Add an area's people"),
        _("Every cohort is taken to find its learners."),
        _recruitment,
        ("area",),
    ),
    LimitKind(
        "holidays",
        models.Holiday,
        forms.HolidayForm,
        _("Weeks without classes"),
        _("Add a holiday"),
        _("Classes are taken to run through the year."),
        _holiday,
        ("area",),
    ),
    LimitKind(
        "budgets",
        models.QuarterMoney,
        forms.MoneyForm,
        _("Budgets by quarter"),
        _("Add a quarter's budget"),
        _("Money is held by the plan's own budget only, if it has one."),
        lambda row: money(row.amount),
    ),
    LimitKind(
        "funds",
        models.FundingSource,
        forms.FundForm,
        _("Funds and their rules"),
        _("Add a fund"),
        _(
            "Who pays is left open. From the first fund on, funds pay for everything: what none of "
            "them may pay for is not started."
        ),
        _fund,
        ("rules",),
    ),
    LimitKind(
        "support",
        models.SupportOffer,
        forms.SupportForm,
        _("Support that can be bought"),
        _("Add support"),
        _("No plan buys child care, transport or coaching, since nothing is known of their cost."),
        _support,
    ),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}


def name_of(row: models.Limit) -> str:
    """What a row is called on pages."""
    match row:
        case models.HostCapacity():
            return row.employer.name
        case models.Recruitment():
            return row.area.name
        case models.QuarterMoney():
            return quarter_words(row.quarter)
        case _:
            return str(row)
