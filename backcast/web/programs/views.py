"""The list of programs, the page of one, adding, changing and archiving it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor, Role
from backcast.delivery import access as delivery
from backcast.demand import access as demand
from backcast.demand.models import Need
from backcast.frameworks.models import Cip
from backcast.partners.access import areas
from backcast.planning import access as planning
from backcast.training import access, actions
from backcast.training.models import Program, ProgramOccupation
from backcast.training.modules.reading import Row, profiles_of, rows_of
from backcast.training.outcomes import FLOOR
from backcast.web.coverage.words import whole
from backcast.web.dates import month_words, quarter_words
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import tried, words_of
from backcast.web.profiles.stage import profile_stage
from backcast.web.programs.forms import ProgramForm
from backcast.web.programs.words import (
    MISSING,
    figure_groups,
    length,
    months,
    people,
    stage_title,
    yield_lines,
)

_TONES = {"active": "good", "suspended": "warn", "closed": "quiet"}


def address(program: Program) -> str:
    return reverse("programs:program", kwargs={"program": program.public_id})


def _leads(program: Program) -> str:
    """The occupation that most graduates are counted for, and how many more there are."""
    titles = [link.occupation.title for link in program.occupation_links.all()]
    if len(titles) > 1:
        return _("%(first)s and %(n)s more") % {"first": titles[0], "n": len(titles) - 1}
    return titles[0] if titles else ""


def _columns(actor: Actor) -> list[Column]:
    columns = [
        Column("name", gettext_lazy("Program"), lambda p: p.name, sort="name_folded", link=address),
        Column(
            "provider",
            gettext_lazy("Provider"),
            lambda p: p.provider.name,
            sort="provider__name_folded",
        ),
        Column("cip", gettext_lazy("CIP"), lambda p: p.cip_code, sort="cip_code", phone=False),
        Column(
            "area",
            gettext_lazy("Labor area"),
            lambda p: p.area.name if p.area else "",
            sort="area__name",
        ),
        Column("length", gettext_lazy("Length"), length, sort="weeks"),
        Column(
            "cost",
            gettext_lazy("Cost, dollars"),
            lambda p: None if p.total_cost is None else round(p.total_cost),
            sort="total_cost",
            numeric=True,
        ),
        Column(
            "leads",
            gettext_lazy("Leads to"),
            _leads,
            phone=False,
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            lambda p: p.get_status_display(),
            sort="status",
            tone=lambda p: _TONES[p.status],
        ),
    ]
    return columns if actor.is_staff else [c for c in columns if c.key != "provider"]


def _listing(actor: Actor) -> Listing:
    may_add = actor.may(Role.MEMBER)
    return Listing(
        gettext_lazy("Programs") if actor.is_staff else gettext_lazy("Our programs"),
        _columns(actor),
        search=("name_folded", "provider__name_folded", "cip_code", "credential_text"),
        default_sort="name",
        filename="programs",
        empty_title=gettext_lazy("No programs yet"),
        empty_text=gettext_lazy("Add a program by hand, or load a list of them.")
        if actor.is_staff
        else gettext_lazy("Add your programs, so that the region can plan with them."),
        empty_action=(gettext_lazy("Add a program"), reverse("programs:add")) if may_add else None,
    )


def _filters(actor: Actor) -> list[Filter]:
    return [
        Filter(
            "area",
            gettext_lazy("Labor area"),
            lambda: [(a.pk, a.name) for a in areas(actor).order_by("name")],
            lambda rows, value: rows.filter(area=value),
        ),
        Filter(
            "field",
            gettext_lazy("Field of study"),
            [("51", gettext_lazy("Health (CIP 51)")), ("other", gettext_lazy("Other fields"))],
            lambda rows, value: (
                rows.filter(cip_code__startswith="51.")
                if value == "51"
                else rows.exclude(cip_code__startswith="51.")
            ),
        ),
        Filter(
            "plan",
            gettext_lazy("Ready to plan with"),
            [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("Something is missing"))],
            lambda rows, value: rows.filter(ready()) if value == "yes" else rows.exclude(ready()),
        ),
    ]


def ready() -> Q:
    """What a plan needs of a program is there."""
    leads = ProgramOccupation.objects.filter(program=OuterRef("pk"), weight__gt=0)
    whole = Q(status=Program.Status.ACTIVE)
    for name in access.NEEDED_FOR_PLANNING:
        whole &= Q(**{f"{name.removesuffix('_id')}__isnull": False})
    return whole & Q(Exists(leads))


@require_safe
def programs(request: ActingRequest) -> HttpResponse:
    """Staff see the programs of their region, a provider its own."""
    actor = request.actor
    access.require_reader(actor)
    rows = (
        access.programs(actor)
        .select_related("provider", "area")
        .prefetch_related(
            Prefetch(
                "occupation_links",
                ProgramOccupation.objects.filter(weight__gt=0).select_related("occupation"),
            )
        )
    )
    links = []
    if actor.may(Role.MEMBER):
        links.append((_("Add a program"), reverse("programs:add")))
    if actor.is_staff:
        links.append((_("Load a list"), reverse("programs:lists")))
    links.append((_("Published outcomes"), reverse("programs:outcomes")))
    return listing_response(request, _listing(actor), rows, actions=links, filters=_filters(actor))


@require_safe
def page(request: ActingRequest, program: UUID) -> HttpResponse:
    """One program: its figures, where each comes from, how far people get, what was published."""
    actor = request.actor
    found = access.program(actor, program)
    cohorts = list(
        delivery.cohorts(actor, found).filter(archived_at__isnull=True).order_by("-starts_on")[:6]
    )
    leads = list(found.occupation_links.select_related("occupation"))
    missing = [str(MISSING[name]) for name in access.missing_figures(found)]
    outcome = access.published_outcomes(found).first()
    bases = {basis.field: basis for basis in found.bases.all()}
    published = None
    if outcome is not None:
        published = {
            "outcome": outcome,
            "completers": people(outcome.completers, FLOOR),
            "employed": _("suppressed by the state")
            if outcome.suppressed
            else people(outcome.employed, 0)
            if outcome.completers >= FLOOR
            else _("not shown: fewer than %(n)s people completed") % {"n": FLOOR},
            "share": outcome.employed / outcome.completers
            if outcome.employed is not None and outcome.completers >= FLOOR
            else None,
            "shared": Program.objects.filter(
                region=found.region_id,
                provider=found.provider_id,
                cip_code=found.cip_code,
                archived_at__isnull=True,
            ).count(),
        }
    may_change = actor.may(Role.MEMBER)
    beside = rows_of([found], profiles_of(actor, found))
    return render(
        request,
        "programs/program.html",
        {
            "program": found,
            "cip": Cip.objects.filter(code=found.cip_code).first() if found.cip_code else None,
            "groups": figure_groups(found, bases.values()),
            "length": length(found),
            "parts": [
                (found._meta.get_field(name).verbose_name, getattr(found, name))  # type: ignore[union-attr]
                for name in actions.COST_PARTS
                if getattr(found, name) is not None
            ],
            "months": months(start.month for start in found.starts.all()),
            "starts_basis": bases.get("starts"),
            "stages_basis": bases.get("stages"),
            "yields": yield_lines(delivery.yields_of_program(found)),
            "stage_titles": [stage_title(row.stage) for row in found.stages.all()],
            "cohorts": cohorts,
            "scheduled": list(delivery.scheduled(actor, found)),
            "leads": leads,
            "asked": None if found.is_archived else _asked(actor, found),
            "credentials": list(found.credentials.order_by("name")),
            "missing": missing,
            "published": published,
            "floor": FLOOR,
            "may_change": may_change and not found.is_archived,
            "may_archive": may_change,
            "thread": {
                **_thread(actor, found, [link.occupation_id for link in leads], bool(cohorts)),
                **_profile(found, beside),
            },
        },
    )


def _profile(program: Program, beside: list[Row]) -> dict[str, Any]:
    """The thread's word on the first profile that the program is set beside."""
    if not beside:
        return {}
    url = reverse("coverage:coverage", kwargs={"program": program.public_id})
    return {"profile": (_("%(share)s covered") % {"share": whole(beside[0].coverage.share)}, url)}


def _asked(actor: Actor, program: Program) -> dict[str, Any] | None:
    """The cohorts that the newest plan asks of the program, as the page shows them."""
    told = planning.asked(actor, program)
    if told is None:
        return None
    return {
        "number": told.number,
        "made": told.made,
        "cohorts": [
            (month_words(row.start), row.size, quarter_words(row.hire_quarter))
            for row in told.cohorts
        ],
    }


def _thread(
    actor: Actor, program: Program, occupations: list[int], has_cohorts: bool
) -> dict[str, Any]:
    """What the program hangs together with, as far as the viewer may see it."""
    links: dict[str, Any] = {**profile_stage(actor, occupations)}
    if has_cohorts:
        url = reverse("programs:cohorts", kwargs={"program": program.public_id})
        links["cohort"] = (_("past ones"), url)
    if not actor.is_staff:
        return links
    needs = demand.needs(actor).filter(
        occupation__in=occupations, status=Need.Status.STATED, archived_at__isnull=True
    )
    if count := needs.count():
        text = ngettext("%(n)s need", "%(n)s needs", count) % {"n": count}
        links["need"] = (text, reverse("needs:list"))
    plan = planning.plans(actor).filter(cohorts__program=program).order_by("-pk").first()
    if plan is not None:
        links["plan"] = reverse("plans:detail", kwargs={"plan": plan.public_id})
    return links


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    actor = request.actor
    access.require_writer(actor)
    form = ProgramForm(actor, request.POST if request.method == "POST" else None)
    made: list[Program] = []

    def act(data: dict[str, Any]) -> None:
        provider = data.get("provider") or access.providers(actor).get()
        with transaction.atomic():
            program = actions.add_program(
                provider, form.values(), actor=actor, stages=form.stages(), months=data["months"]
            )
            actions.suggest_leads(program, actor=actor)
        made.append(program)

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("%(name)s was added.") % {"name": made[0].name})
        return redirect(address(made[0]))
    return render(
        request,
        "programs/form.html",
        {
            "form": form,
            "title": _("Add a program"),
            "submit": _("Add"),
            "cancel": reverse("programs:list"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, program: UUID) -> HttpResponse:
    actor = request.actor
    found = access.program(actor, program, role=Role.MEMBER)
    form = ProgramForm(actor, request.POST if request.method == "POST" else None, program=found)

    def act(data: dict[str, Any]) -> None:
        actions.change_program(
            found, form.values(), actor=actor, stages=form.stages(), months=data["months"]
        )

    if request.method == "POST" and tried(form, act):
        messages.success(request, _("Saved. What you changed is now marked as stated."))
        return redirect(address(found))
    return render(
        request,
        "programs/form.html",
        {
            "form": form,
            "title": _("Change %(name)s") % {"name": found.name},
            "submit": _("Save"),
            "cancel": address(found),
        },
    )


@require_POST
def archive(request: ActingRequest, program: UUID) -> HttpResponse:
    found = access.program(request.actor, program, role=Role.MEMBER)
    actions.archive_program(found, actor=request.actor)
    messages.success(request, _("%(name)s was archived.") % {"name": found.name})
    return redirect("programs:list")


@require_POST
def bring_back(request: ActingRequest, program: UUID) -> HttpResponse:
    found = access.program(request.actor, program, role=Role.MEMBER)
    try:
        actions.bring_back_program(found, actor=request.actor)
    except ValidationError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("%(name)s is back.") % {"name": found.name})
    return redirect(address(found))
