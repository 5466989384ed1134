"""The occupations that a program leads to, and the share of graduates counted for each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backcast.core.actor import Role
from backcast.core.text import plain_number
from backcast.frameworks.models import Occupation
from backcast.frameworks.search import find_occupations
from backcast.training import access, actions
from backcast.training.models import Program, ProgramOccupation
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of

_HUNDRED = Decimal(100)


class SharesForm(forms.Form):
    """For each linked occupation its share in percent; 0 takes nobody, empty removes the link."""

    def __init__(self, links: list[ProgramOccupation], data: Any = None) -> None:
        super().__init__(data)
        self.links = links
        for link in links:
            self.fields[f"share_{link.occupation_id}"] = forms.DecimalField(
                label=link.occupation.title,
                help_text=_("%(code)s. Percent of graduates. Leave empty to remove it.")
                % {"code": link.occupation.soc or _("own occupation")},
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=2,
                initial=plain_number(link.weight * _HUNDRED),
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )

    def leads(self) -> list[actions.Leads]:
        kept = []
        for link in self.links:
            percent = self.cleaned_data.get(f"share_{link.occupation_id}")
            if percent is not None:
                kept.append(actions.Leads(link.occupation, percent / _HUNDRED))
        return kept


def _links(program: Program) -> list[ProgramOccupation]:
    return list(program.occupation_links.select_related("occupation"))


@require_http_methods(["GET", "HEAD", "POST"])
def leads(request: ActingRequest, program: UUID) -> HttpResponse:
    """Change shares; look for an occupation to add (``?q=``)."""
    actor = request.actor
    found = access.program(actor, program, role=Role.MEMBER)
    form = SharesForm(_links(found), request.POST if request.method == "POST" else None)

    def act(_data: dict[str, Any]) -> None:
        actions.change_program(found, {}, actor=actor, leads=form.leads())

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("Saved. The shares you changed are now marked as stated."))
        return redirect("programs:program", program=found.public_id)
    query = request.GET.get("q", "").strip()[:120]
    linked = {link.occupation_id for link in form.links}
    results = [
        each.occupation
        for each in find_occupations(query, limit=8, region_id=found.region_id)
        if each.occupation.pk not in linked
    ]
    return render(
        request,
        "programs/leads.html",
        {"program": found, "form": form, "query": query, "results": results},
    )


@require_POST
def add(request: ActingRequest, program: UUID) -> HttpResponse:
    """Link one more occupation, with what is left of the graduates."""
    actor = request.actor
    found = access.program(actor, program, role=Role.MEMBER)
    try:
        occupation = Occupation.objects.filter(public_id=UUID(request.POST.get("occupation", "")))
    except ValueError:
        raise Http404 from None
    chosen = occupation.filter(archived_at=None, withdrawn_in=None).first()
    if chosen is None or chosen.region_id not in (None, found.region_id):
        raise Http404
    links = _links(found)
    left = max(Decimal(0), 1 - sum((link.weight for link in links), Decimal(0)))
    try:
        actions.change_program(
            found,
            {},
            actor=actor,
            leads=[
                *(actions.Leads(link.occupation, link.weight) for link in links),
                actions.Leads(chosen, left),
            ],
        )
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(
            request,
            _("%(title)s was added with %(share)s percent. Check the shares.")
            % {"title": chosen.title, "share": f"{left * 100:.0f}"},
        )
    return redirect("programs:leads", program=found.public_id)


@require_POST
def suggest(request: ActingRequest, program: UUID) -> HttpResponse:
    """Take what the crosswalk says of the program's CIP code."""
    found = access.program(request.actor, program, role=Role.MEMBER)
    count = actions.suggest_leads(found, actor=request.actor)
    if count:
        messages.success(request, _("The occupations of the CIP code were taken."))
    else:
        messages.warning(
            request,
            _(
                "Nothing is known for this CIP code. Give the program one, or add occupations below."
            ),
        )
    return redirect("programs:leads", program=found.public_id)
