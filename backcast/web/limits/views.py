"""What limits the plans of a region: one page of all kinds, and a form for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.partners.access import require_staff
from backcast.planning import limiting
from backcast.web.forms import Rows, quiet
from backcast.web.limits.forms import parts_of
from backcast.web.limits.kinds import BY_SLUG, KINDS, LimitKind, name_of
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import posted, tried


@require_safe
def page(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    sections = [
        {
            "kind": kind,
            "rows": [
                {"row": row, "name": name_of(row), "said": kind.said(row)}
                for row in limiting.limits(actor, kind.model).prefetch_related(*kind.related)
            ],
        }
        for kind in KINDS
    ]
    return render(
        request, "limits/page.html", {"sections": sections, "may_state": actor.may(Role.MEMBER)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActingRequest, kind: str) -> HttpResponse:
    require_staff(request.actor, Role.MEMBER)
    chosen = _kind(kind)
    return _form(request, chosen, chosen.model(), str(chosen.add))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActingRequest, kind: str, limit: UUID) -> HttpResponse:
    chosen = _kind(kind)
    row = limiting.limit(request.actor, chosen.model, limit, role=Role.MEMBER)
    return _form(request, chosen, row, name_of(row))


@require_POST
def put_away(request: ActingRequest, kind: str, limit: UUID) -> HttpResponse:
    row = limiting.limit(request.actor, _kind(kind).model, limit, role=Role.MEMBER)
    limiting.put_limit_away(row, actor=request.actor)
    messages.success(request, _("Taken out. Plan again to see what it changes."))
    return redirect("limits:page")


def _kind(slug: str) -> LimitKind:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _form(request: ActingRequest, kind: LimitKind, row: Any, title: str) -> HttpResponse:
    actor = request.actor
    form = kind.form(actor, posted(request), instance=row)
    rows = parts_of(form, posted(request))

    def keep(data: dict[str, Any]) -> None:
        limiting.keep_limit(
            row,
            actor=actor,
            named={name: list(data[name]) for name in form.NAMED},
            parts={name: _parts(formset) for name, formset in rows.items()},
        )

    if request.method == "POST" and any(formset.asked for formset in rows.values()):
        quiet(form, *rows.values())
    elif request.method == "POST" and _valid(rows.values()) and tried(form, keep):
        messages.success(request, _("Kept. Plan again to see what it changes."))
        return redirect("limits:page")
    return render(
        request,
        "limits/form.html",
        {"kind": kind, "form": form, "parts": list(rows.values()), "title": title},
    )


def _valid(formsets: Iterable[Rows]) -> bool:
    """Whether all are; each is looked at, so that every mistake is shown."""
    return not [formset for formset in formsets if not formset.is_valid()]


def _parts(formset: Rows) -> list[Any]:
    """The rows that were filled in and not removed."""
    return [
        form.instance
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
