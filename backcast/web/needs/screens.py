"""The screens on which a need is stated or changed; each saves when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BaseForm, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from backcast.core.actor import Actor, NotAllowed, Role
from backcast.core.quarters import Quarter
from backcast.core.text import name_key
from backcast.demand import access, actions
from backcast.demand.figures import Named, Statement
from backcast.demand.lifecycle import STEPS, State, state_of
from backcast.demand.models import Need
from backcast.frameworks.models import Competency, Credential, Occupation
from backcast.frameworks.search import find_occupations
from backcast.partners.actions import save_site
from backcast.partners.models import County, Organisation, Site
from backcast.web.forms import quiet
from backcast.web.needs.forms import (
    EmployerForm,
    OffersForm,
    PayForm,
    RequirementRows,
    Requirements,
    RoleForm,
    StaffForm,
)
from backcast.web.needs.people import PeopleForm
from backcast.web.needs.views import acting_request, summary

#: The screens in their order, and what each is about.
SCREENS: tuple[tuple[str, Any], ...] = (
    ("role", gettext_lazy("Role and place")),
    ("occupation", gettext_lazy("Kind of work")),
    ("people", gettext_lazy("How many")),
    ("pay", gettext_lazy("Pay and hours")),
    ("asks", gettext_lazy("What it takes")),
    ("check", gettext_lazy("Check and send")),
)
NONE_OF_THESE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a screen stands among the others."""

    number: int
    of: int
    title: str
    back: str
    drafting: bool


def _place(screen: str, need: Need | None) -> Place:
    keys = [key for key, _title in SCREENS]
    index = keys.index(screen)
    drafting = need is None or need.status == Need.Status.DRAFT
    if need is None:
        back = reverse("needs:list")
    elif drafting and index:
        back = reverse(f"needs:{keys[index - 1]}", args=[need.public_id])
    elif drafting:
        back = reverse("needs:list")
    else:
        back = reverse("needs:need", args=[need.public_id])
    return Place(index + 1, len(keys), str(SCREENS[index][1]), back, drafting)


def _show(
    request: HttpRequest, screen: str, need: Need | None, values: Mapping[str, Any]
) -> HttpResponse:
    return render(
        request,
        f"needs/{screen}.html",
        {"place": _place(screen, need), "need": need, **values},
    )


def _changeable(request: HttpRequest, need: UUID) -> tuple[Actor, Need]:
    """The need, for someone who may change it as it stands; else 404, 403, or the need's own page."""
    actor = acting_request(request)
    return actor, access.need(actor, need, role=Role.MEMBER)


def _closed(request: HttpRequest, need: Need) -> HttpResponse | None:
    """Where the need cannot be changed now: to its page, which says why."""
    if STEPS["change_need"].allowed(state_of(need.status, need.is_archived)):
        return None
    messages.error(request, _("This need is archived. Bring it back before you change it."))
    return redirect("needs:need", need=need.public_id)


def _save(
    request: HttpRequest, form: BaseForm, actor: Actor, need: Need, screen: str, **changes: Any
) -> HttpResponse | None:
    """Write the changes and go on; ``None`` where they were refused and the form says why."""
    try:
        changed = actions.change_need(need, actor=actor, **changes)
    except ValidationError as refused:
        refuse(form, refused)
        return None
    if need.status == Need.Status.DRAFT:
        keys = [key for key, _title in SCREENS]
        return redirect(f"needs:{keys[keys.index(screen) + 1]}", need=need.public_id)
    if changed or "weight" in changes:
        messages.success(request, _("Saved. Plans that were made before will say so."))
    return redirect("needs:need", need=need.public_id)


def refuse(form: BaseForm, refused: ValidationError) -> None:
    """Put the messages of a refusal beside their fields, or on top where no field is shown."""
    for field, found in getattr(refused, "error_dict", {None: refused.error_list}).items():
        form.add_error(field if field in form.fields else None, ValidationError(found))


# --- role and place -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor = acting_request(request)
    employers = access.employers(actor)
    if not access.may_change(actor):
        access.needs(actor)
        raise NotAllowed
    employer = _employer(request, actor)
    if employer is None:
        form = EmployerForm(request.GET or None, employers=employers.order_by("name"))
        return render(request, "needs/employer.html", {"form": form})
    role_form = _role_form(request, employer)
    if request.method == "POST" and role_form.is_valid():
        try:
            site = _site(actor, employer, role_form)
            need = actions.draft_need(
                actor=actor,
                statement=Statement(
                    employer=Named(employer.pk, employer.name),
                    site=Named(site.pk, site.name),
                    role_title=role_form.cleaned_data["role_title"],
                ),
            )
        except ValidationError as refused:
            refuse(role_form, refused)
        else:
            return redirect("needs:occupation", need=need.public_id)
    return _show(request, "role", None, {"form": role_form, "employer": employer})


def _employer(request: HttpRequest, actor: Actor) -> Organisation | None:
    """The employer of the form: one's own, or the one that staff chose (404 if it is not theirs)."""
    employers = access.employers(actor)
    if not actor.is_staff:
        return employers.get()
    asked = request.GET.get("employer", "")
    if not asked:
        return None
    try:
        found = employers.filter(public_id=UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _role_form(request: HttpRequest, employer: Organisation, need: Need | None = None) -> RoleForm:
    sites = Site.objects.filter(organisation=employer, archived_at=None).order_by("name")
    counties = County.objects.filter(region=employer.region_id).order_by("name")
    initial = (
        {"role_title": need.role_title, "site": str(need.site.public_id)}
        if need is not None
        else {}
    )
    return RoleForm(
        request.POST if request.method == "POST" else None,
        sites=sites,
        counties=[str(county) for county in counties],
        initial=initial,
    )


def _site(actor: Actor, employer: Organisation, form: RoleForm) -> Site:
    if form.chosen_site is not None:
        return form.chosen_site
    data = form.cleaned_data
    try:
        return save_site(
            None,
            actor=actor,
            organisation=employer,
            name=data["new_name"],
            county=data["county"],
            state=data["state"],
        )
    except ValidationError as refused:
        raise ValidationError({"new_name": refused.messages}) from None


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, need: UUID) -> HttpResponse:
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    form = _role_form(request, found.employer, found)
    if request.method == "POST" and form.is_valid():
        try:
            site = _site(actor, found.employer, form)
        except ValidationError as refused:
            refuse(form, refused)
        else:
            saved = _save(
                request,
                form,
                actor,
                found,
                "role",
                role_title=form.cleaned_data["role_title"],
                site=Named(site.pk, site.name),
            )
            if saved:
                return saved
    return _show(request, "role", found, {"form": form, "employer": found.employer})


# --- kind of work ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def occupation(request: HttpRequest, need: UUID) -> HttpResponse:
    """Which occupation the role is: the likeliest are offered; staff name it where none fits."""
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())[:120]
    offered = [
        each.occupation
        for each in find_occupations(query or found.role_title, limit=6, region_id=found.region_id)
    ]
    if found.occupation is not None and found.occupation not in offered:
        offered.insert(0, found.occupation)
    error = ""
    if request.method == "POST":
        chosen = request.POST.get("occupation", "")
        if chosen == NONE_OF_THESE:
            picked: Named | None = None
        else:
            picked = _known_occupation(chosen, found.region_id)
        if chosen != NONE_OF_THESE and picked is None:
            error = _("Choose the one that is closest, or “None of these”.")
        else:
            form = Form({})
            saved = _save(request, form, actor, found, "occupation", occupation=picked)
            if saved:
                return saved
            error = " ".join(map(str, form.non_field_errors()))
    return _show(
        request,
        "occupation",
        found,
        {"offered": offered, "query": query, "error": error, "none": NONE_OF_THESE},
    )


def _known_occupation(public_id: str, region_id: int) -> Named | None:
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    found = Occupation.objects.filter(
        Q(region=None) | Q(region=region_id), public_id=wanted
    ).first()
    return Named(found.pk, found.title) if found else None


# --- how many -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, need: UUID) -> HttpResponse:
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    form = PeopleForm(
        request.POST if request.method == "POST" else None,
        openings=access.statement(found).openings,
        now=Quarter.of(timezone.localdate()),
    )
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, actor, found, "people", openings=form.cleaned_data["openings"])
        if saved:
            return saved
    return _show(request, "people", found, {"form": form, "groups": list(form.groups())})


# --- pay and hours --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, need: UUID) -> HttpResponse:
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    form = PayForm(
        request.POST if request.method == "POST" else None,
        # A copy, so that what is typed does not count before it is saved.
        instance=access.need(actor, need),
        today=timezone.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in PayForm.Meta.fields}
        saved = _save(request, form, actor, found, "pay", **changes)
        if saved:
            return saved
    return _show(request, "pay", found, {"form": form})


# --- what it takes, and what the employer offers --------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def asks(request: HttpRequest, need: UUID) -> HttpResponse:
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    said = access.statement(found)
    data = request.POST if request.method == "POST" else None
    initial = [{"name": r.item.name, "importance": str(r.importance)} for r in said.requirements]
    rows = RequirementRows(data, initial=initial, prefix="requirements")
    assert isinstance(rows, Requirements)
    form = OffersForm(data, offers=said.offers)
    known = known_requirements(found)
    if request.method == "POST":
        if rows.asked:
            quiet(form, rows)
        elif form.is_valid() and rows.is_valid():
            saved = _save(
                request,
                form,
                actor,
                found,
                "asks",
                requirements=rows.requirements(known, said.requirements),
                offers=form.offers(),
            )
            if saved:
                return saved
    names = [item.name for _kind, item in known.values()]
    return _show(request, "asks", found, {"form": form, "rows": rows, "known": names})


def known_requirements(need: Need) -> dict[str, tuple[str, Named]]:
    """What can be named: the region's credentials, and the skills that matter in the occupation.

    By folded name. What is already on the need is always among them.
    """
    known: dict[str, tuple[str, Named]] = {}
    skills = Competency.objects.filter(withdrawn_in=None, archived_at=None)
    if need.occupation_id is not None:
        rated = Q(
            ratings__occupation=need.occupation_id,
            ratings__scale="IM",
            ratings__withdrawn_in=None,
            ratings__value__gte=3,
        )
        near = skills.filter(rated | Q(region=need.region_id)).distinct()
    else:
        near = skills.filter(region=need.region_id)
    for competency in near.order_by("statement")[:200]:
        known[name_key(competency.statement)] = (
            "competency",
            Named(competency.pk, str(competency)),
        )
    for credential in Credential.objects.filter(region=need.region_id, archived_at=None):
        item = ("credential", Named(credential.pk, credential.name))
        known[name_key(credential.name)] = item
        if credential.abbreviation:
            known.setdefault(name_key(credential.abbreviation), item)
    for requirement in access.statement(need).requirements:
        if requirement.kind != "words":
            known[name_key(requirement.item.name)] = (requirement.kind, requirement.item)
    return known


# --- check and send, staff ------------------------------------------------------------------------


@require_safe
def check(request: HttpRequest, need: UUID) -> HttpResponse:
    actor, found = _changeable(request, need)
    if state_of(found.status, found.is_archived) is not State.DRAFT:
        return redirect("needs:need", need=found.public_id)
    twins = (
        access.needs(actor)
        .stated()
        .filter(employer=found.employer_id, site=found.site_id, folded=found.folded)
        .exclude(pk=found.pk)
    )
    values = summary(found)
    values["twin"] = twins.first()
    values["ready"] = values["totals"]["high"] > 0
    return _show(request, "check", found, values)


@require_http_methods(["GET", "HEAD", "POST"])
def weigh(request: HttpRequest, need: UUID) -> HttpResponse:
    """Priority and basis of a need; staff only."""
    actor = acting_request(request)
    if not actor.is_staff:
        raise Http404
    actor, found = _changeable(request, need)
    if closed := _closed(request, found):
        return closed
    form = StaffForm(
        request.POST if request.method == "POST" else None,
        initial={"weight": found.weight, "stand_in": found.source},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_need(found, actor=actor, **form.cleaned_data)
        except ValidationError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("needs:need", need=found.public_id)
    return render(request, "needs/weigh.html", {"form": form, "need": found})
