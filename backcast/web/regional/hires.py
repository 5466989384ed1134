"""Who was hired: a number for each role and quarter, and what it says of what was expected."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from backcast.core.actor import Actor, Kind, Role
from backcast.core.quarters import Quarter
from backcast.demand.models import Role as DemandRole
from backcast.demand.regional import access, actions
from backcast.partners.models import Organisation
from backcast.web.dates import quarter_words
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import posted, tried

#: Quarters back from the present one that can be chosen.
BACK = 8


class HiredForm(forms.Form):
    """``employer`` is asked of staff only."""

    employer = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Employer"),
        empty_label=gettext_lazy("Choose"),
    )
    role = forms.ModelChoiceField(
        DemandRole.objects.none(), label=gettext_lazy("Role"), empty_label=gettext_lazy("Choose")
    )
    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"))
    people = forms.IntegerField(
        label=gettext_lazy("People hired"),
        help_text=gettext_lazy("Everybody who started in this role, however they came. 0 counts."),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        role = self.fields["role"]
        assert isinstance(role, forms.ModelChoiceField)
        role.queryset = access.hirable(actor).order_by("title", "pk")
        if actor.kind is Kind.EMPLOYER:
            del self.fields["employer"]
        else:
            employer = self.fields["employer"]
            assert isinstance(employer, forms.ModelChoiceField)
            employer.queryset = Organisation.objects.filter(
                region=actor.region_id,
                archived_at=None,
                collaborative_places__left_on=None,
                collaborative_places__isnull=False,
            ).distinct()
        now = Quarter.of(timezone.localdate())
        quarters = [now + -back for back in range(BACK + 1)]
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            (str(quarter), quarter_words(quarter)) for quarter in quarters
        ]
        self.fields["quarter"].initial = str(now + -1)


@require_http_methods(["GET", "HEAD", "POST"])
def hires(request: ActingRequest) -> HttpResponse:
    """The list, the form for those who may, and bias and error."""
    actor = request.actor
    rows = list(access.hired(actor)[:200])
    may = actor.may(Role.MEMBER)
    form = HiredForm(actor, posted(request)) if may else None
    if request.method == "POST":
        if form is None:
            access.require_member(actor)
        elif tried(form, lambda data: _say(actor, data)):
            messages.success(request, _("Noted. Thank you."))
            return redirect("regional:hires")
    found = access.looked_back(actor)
    return render(
        request,
        "regional/hires.html",
        {
            "form": form,
            "rows": rows,
            "everybody": found.everybody,
            "employers": sorted(found.employers.items()) if actor.is_staff else [],
            "own": next(iter(found.employers.values()), None) if not actor.is_staff else None,
            "shrink": access.assumed_on(timezone.localdate()).values["shrink"],
            "is_staff": actor.is_staff,
            "may": may,
        },
    )


def _say(actor: Actor, data: dict[str, Any]) -> None:
    employer = data.get("employer") or Organisation.objects.get(pk=actor.organisation_id or 0)
    actions.say_hired(
        actor=actor,
        employer=employer,
        role=data["role"],
        quarter=Quarter.parse(data["quarter"]),
        people=data["people"],
        today=timezone.localdate(),
    )


@require_POST
def take_back(request: ActingRequest, hired: UUID) -> HttpResponse:
    row = access.one_hired(request.actor, hired, role=Role.MEMBER)
    actions.take_back_hired(row, actor=request.actor)
    messages.success(request, _("The number is taken back."))
    return redirect("regional:hires")
