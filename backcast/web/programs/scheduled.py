"""Scheduled cohorts: say that one has started, or that it will not."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backcast.core.actor import Role
from backcast.delivery import access, actions
from backcast.delivery.models import ScheduledCohort
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried


class StartForm(forms.Form):
    """The first day and how many learners came."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    enrolled = forms.IntegerField(
        label=gettext_lazy("Learners who started"),
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CallOffForm(forms.Form):
    """Why a cohort will not start."""

    why = forms.CharField(
        label=gettext_lazy("Why it will not start"),
        help_text=gettext_lazy("For example: no instructor, too few learners."),
        max_length=300,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: ActingRequest, cohort: UUID) -> HttpResponse:
    actor = request.actor
    found = access.scheduled_cohort(actor, cohort, role=Role.MEMBER)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        initial={"starts_on": found.starts_on, "enrolled": found.places},
    )
    if request.method == "POST" and tried(
        form, lambda data: actions.start_cohort(found, actor=actor, **data)
    ):
        messages.success(request, _("The cohort has started. Record how far it gets as it goes."))
        return redirect(_program(found))
    return _form_page(request, form, found, _("Say that it started"), _("It has started"))


@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: ActingRequest, cohort: UUID) -> HttpResponse:
    actor = request.actor
    found = access.scheduled_cohort(actor, cohort, role=Role.MEMBER)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and tried(
        form, lambda data: actions.call_off_cohort(found, actor=actor, **data)
    ):
        messages.success(
            request, _("The cohort was called off. Plan again to see what that changes.")
        )
        return redirect(_program(found))
    return _form_page(request, form, found, _("Call it off"), _("Call off"))


def _program(cohort: ScheduledCohort) -> str:
    return reverse("programs:program", kwargs={"program": cohort.program.public_id})


def _form_page(
    request: ActingRequest, form: forms.Form, cohort: ScheduledCohort, title: str, submit: str
) -> HttpResponse:
    return render(
        request,
        "programs/scheduled.html",
        {
            "form": form,
            "cohort": cohort,
            "title": title,
            "submit": submit,
            "cancel": _program(cohort),
        },
    )
