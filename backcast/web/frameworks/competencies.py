"""The list of competencies, the page of one, and own competencies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.frameworks import access, actions
from backcast.frameworks.models import (
    Competency,
    CompetencyLink,
    CompetencyTitle,
    Framework,
    OccupationSkill,
    Rating,
    Release,
    Task,
    TaskActivity,
)
from backcast.frameworks.parsing.scales import IMPORTANCE
from backcast.web.frameworks.forms import CompetencyForm
from backcast.web.frameworks.interchange import choices
from backcast.web.frameworks.words import credits, tabs
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of

_TOP = 15
#: Related skills and occupations that a page lists.
_PARTS = 60


def address(competency: Competency) -> str:
    return reverse("frameworks:competency", kwargs={"competency": competency.public_id})


def _source(competency: Competency) -> str:
    if competency.is_own:
        return _("own")
    if competency.withdrawn_in_id:
        return _("withdrawn")
    return str(Framework(competency.framework).label)


LISTING = Listing(
    gettext_lazy("Competencies"),
    [
        Column(
            "statement",
            gettext_lazy("Competency"),
            lambda c: c.statement,
            sort="statement",
            link=address,
        ),
        Column("kind", gettext_lazy("Kind"), lambda c: c.get_kind_display(), sort="kind"),
        Column(
            "source",
            gettext_lazy("Source"),
            _source,
            sort="framework",
            tone=lambda c: "good" if c.is_own else "quiet" if c.withdrawn_in_id else None,
        ),
    ],
    search=("folded", "description"),
    default_sort="statement",
    filename="competencies",
    intro=gettext_lazy("What people must know and be able to do."),
    empty_title=gettext_lazy("No competencies yet"),
    empty_text=gettext_lazy("Load O*NET or ESCO, or add the first one."),
)
FILTERS = [
    Filter(
        "kind",
        gettext_lazy("Kind"),
        Competency.Kind.choices,
        lambda rows, value: rows.filter(kind=value),
    ),
    Filter(
        "source",
        gettext_lazy("Source"),
        [("own", gettext_lazy("Our own")), *Framework.choices],
        lambda rows, value: rows.filter(framework="" if value == "own" else value),
    ),
]


@require_safe
def competencies(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    links = []
    if access.may_write(actor):
        links.append((_("Add our own"), reverse("frameworks:competency_add")))
        links.append((_("Take in or hand on"), reverse("frameworks:import")))
    rows = access.competencies(actor)
    if not request.GET.get("source") and not request.GET.get("q", "").strip():
        # Thousands of ESCO's skills would bury the rest; a search looks through them all.
        rows = rows.filter(access.main())
    return listing_response(
        request,
        LISTING,
        rows,
        actions=links,
        filters=FILTERS,
        template="frameworks/list.html",
        context={"tabs": tabs(actor, "competencies")},
    )


@require_safe
def page(request: ActingRequest, competency: UUID) -> HttpResponse:
    """One competency: its levels, and the occupations for which it matters most."""
    actor = request.actor
    found = access.competency(actor, competency)
    rated = list(
        Rating.objects.filter(competency=found, scale=IMPORTANCE, withdrawn_in=None)
        .select_related("occupation", "first_release")
        .order_by("-value", "occupation__title")[:_TOP]
    )
    links = _links(found)
    loaded = Release.objects.filter(source=found.framework).order_by("-order").first()
    return render(
        request,
        "frameworks/competency.html",
        {
            "competency": found,
            "anchors": found.anchors.all(),
            "parts": found.parts.filter(withdrawn_in=None)[:60],
            "rated": rated,
            "tasks": _tasks(found),
            "links": links,
            "titles": _titles(found),
            "asked": _asked(found),
            "may_change": found.is_own and access.may_write(actor),
            "exports": choices("frameworks:export_competency", competency=found.public_id),
            "tabs": tabs(actor, "competencies"),
            "credits": []
            if found.is_own
            else credits(loaded, *(each.first_release for each in rated[:1])),
        },
    )


def _titles(competency: Competency) -> list[str]:
    """Other names that ESCO gives a skill."""
    names = competency.titles.filter(withdrawn_in=None, kind=CompetencyTitle.Kind.ALTERNATE)
    return list(names.order_by("title").values_list("title", flat=True))


def _links(competency: Competency) -> list[tuple[str, list[Competency]]]:
    """What a skill belongs to, calls for, and holds, under a heading each."""
    if competency.framework != Framework.ESCO:
        return []
    kinds = CompetencyLink.Kind
    up = CompetencyLink.objects.filter(competency=competency, withdrawn_in=None)
    down = CompetencyLink.objects.filter(related=competency, kind=kinds.BROADER, withdrawn_in=None)
    above: dict[str, list[Competency]] = {}
    for link in up.select_related("related").order_by("related__statement"):
        above.setdefault(link.kind, []).append(link.related)
    below = [
        link.competency
        for link in down.select_related("competency").order_by("competency__statement")[:_PARTS]
    ]
    return [
        (heading, found)
        for heading, found in (
            (_("Belongs to"), above.get(kinds.BROADER, [])),
            (_("Calls for"), above.get(kinds.ESSENTIAL, [])),
            (_("May call for"), above.get(kinds.OPTIONAL, [])),
            (_("Holds"), below),
        )
        if found
    ]


def _asked(competency: Competency) -> list[OccupationSkill]:
    """Occupations for which ESCO names a skill, those first for which it is essential."""
    if competency.framework != Framework.ESCO:
        return []
    rows = OccupationSkill.objects.filter(competency=competency, withdrawn_in=None)
    return list(
        rows.select_related("occupation").order_by("-essential", "occupation__title")[:_PARTS]
    )


def _tasks(competency: Competency) -> list[Task]:
    """Tasks of which a detailed work activity is the common part, with their occupations."""
    if competency.kind != Competency.Kind.DETAILED:
        return []
    links = TaskActivity.objects.filter(competency=competency, withdrawn_in=None)
    ids = [task_id for _occupation, task_id in links.values_list("occupation", "task_id")]
    return list(
        Task.objects.filter(task_id__in=ids, withdrawn_in=None)
        .select_related("occupation")
        .order_by("occupation__title", "task_id")[: 2 * _TOP]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_writer(request.actor)
    form = CompetencyForm(request.POST if request.method == "POST" else None)
    made: list[Competency] = []

    def act(_data: dict[str, Any]) -> None:
        made.append(actions.add_competency(form.values(), form.anchors(), actor=request.actor))

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("%(name)s was added.") % {"name": made[0].statement})
        return redirect(address(made[0]))
    return _form(request, form, _("Add a competency"), reverse("frameworks:competencies"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, competency: UUID) -> HttpResponse:
    found = access.own_competency(request.actor, competency)
    form = CompetencyForm(request.POST if request.method == "POST" else None, competency=found)

    def act(_data: dict[str, Any]) -> None:
        actions.change_competency(found, form.values(), form.anchors(), actor=request.actor)

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("Saved."))
        return redirect(address(found))
    return _form(request, form, _("Change a competency"), address(found))


def _form(request: ActingRequest, form: CompetencyForm, title: str, cancel: str) -> HttpResponse:
    return render(
        request,
        "frameworks/form.html",
        {"form": form, "title": title, "submit": _("Save"), "cancel": cancel},
    )


@require_POST
def archive(request: ActingRequest, competency: UUID) -> HttpResponse:
    found = access.own_competency(request.actor, competency)
    actions.archive(found, actor=request.actor)
    messages.success(request, _("%(name)s was archived.") % {"name": found.statement})
    return redirect("frameworks:competencies")


@require_POST
def bring_back(request: ActingRequest, competency: UUID) -> HttpResponse:
    found = access.own_competency(request.actor, competency)
    try:
        actions.bring_back(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": found.statement})
    return redirect(address(found))
