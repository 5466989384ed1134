"""Collaboratives: the list, one's page with its employers, roles and waves, and changing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role as Right
from backcast.demand import roles as roles_of
from backcast.demand.profiles import access as profiles_of
from backcast.demand.waves import access as wave_access
from backcast.partners import access, actions
from backcast.partners.models import Collaborative, CollaborativeMember
from backcast.web.collaboratives.forms import (
    AboutMemberForm,
    CollaborativeForm,
    MemberForm,
    RoleForm,
)
from backcast.web.listing import Column, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import posted, tried, words_of


def address(found: Collaborative) -> str:
    return reverse("collaboratives:collaborative", args=[found.public_id])


COLLABORATIVES = Listing(
    gettext_lazy("Collaboratives"),
    [
        Column("name", gettext_lazy("Name"), lambda c: c.name, sort="name", link=address),
        Column(
            "employers",
            gettext_lazy("Employers"),
            lambda c: c.employers_count,
            sort="employers_count",
            numeric=True,
        ),
        Column(
            "people",
            gettext_lazy("People they employ"),
            lambda c: c.headcount,
            sort="headcount",
            numeric=True,
        ),
        Column(
            "roles",
            gettext_lazy("Roles"),
            lambda c: c.roles_count,
            sort="roles_count",
            numeric=True,
        ),
        Column("focus", gettext_lazy("What it works on"), lambda c: c.focus, phone=False),
    ],
    search=("name", "focus"),
    default_sort="name",
    filename="collaboratives",
    intro=gettext_lazy("Employers who plan for the same jobs together."),
    empty_title=gettext_lazy("No collaboratives yet"),
    empty_text=gettext_lazy(
        "Bring together employers who need the same people. Then ask them, in waves, how many."
    ),
    empty_action=(gettext_lazy("Begin a collaborative"), reverse_lazy("collaboratives:add")),  # type: ignore[arg-type]
)


@require_safe
def collaborative_list(request: ActingRequest) -> HttpResponse:
    here = Q(members__left_on=None)
    rows = access.collaboratives(request.actor).annotate(
        employers_count=Count("members", filter=here, distinct=True),
        roles_count=Count("roles", filter=Q(roles__archived_at=None), distinct=True),
        headcount=_headcount(),
    )
    may = request.actor.may(Right.MEMBER)
    links = [(_("Begin a collaborative"), reverse("collaboratives:add"))] if may else []
    return listing_response(request, COLLABORATIVES, rows, actions=links)


def _headcount() -> Any:
    members = CollaborativeMember.objects.filter(collaborative=OuterRef("pk"), left_on=None)
    return Subquery(
        members.order_by().values("collaborative").annotate(n=Sum("headcount")).values("n")
    )


@require_safe
def collaborative(request: ActingRequest, collaborative: UUID) -> HttpResponse:
    found = access.collaborative(request.actor, collaborative)
    members = list(access.members(found).order_by("employer__name"))
    roles = roles_of.roles(request.actor, found)
    waves = list(wave_access.waves(request.actor).filter(collaborative=found))
    may = request.actor.may(Right.MEMBER)
    current = [role for role in roles if not role.is_archived]
    return render(
        request,
        "collaboratives/collaborative.html",
        {
            "collaborative": found,
            "members": members,
            "headcount": sum(member.headcount or 0 for member in members),
            "unknown": sum(member.headcount is None for member in members),
            "roles": current,
            "standing": profiles_of.standing(request.actor, current),
            "archived_roles": [role for role in roles if role.is_archived],
            "waves": [wave for wave in waves if not wave.is_archived],
            "archived_waves": [wave for wave in waves if wave.is_archived],
            "may": may and not found.is_archived,
            "may_archive": may,
            "steps": _steps(found, members, current, waves) if may else [],
        },
    )


def _steps(
    found: Collaborative, members: list[Any], roles: list[Any], waves: list[Any]
) -> list[tuple[str, str]]:
    """What to do next: employers, then roles, then a wave."""
    key = [found.public_id]
    steps = []
    if not members:
        steps.append((_("Add its employers"), reverse("collaboratives:member_add", args=key)))
    if not roles:
        steps.append(
            (_("Name the roles it plans for"), reverse("collaboratives:role_add", args=key))
        )
    if members and roles and not waves:
        steps.append((_("Ask its employers in a wave"), reverse("waves:add", args=key)))
    return steps


def _form_page(request: ActingRequest, **context: Any) -> HttpResponse:
    return render(request, "people/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest) -> HttpResponse:
    access.require_staff(request.actor, Right.MEMBER)
    form = CollaborativeForm(posted(request))
    made: list[Collaborative] = []
    if request.method == "POST" and tried(
        form,
        lambda data: made.append(actions.save_collaborative(None, actor=request.actor, **data)),
    ):
        messages.success(request, _("Now add its employers and name the roles it plans for."))
        return redirect(address(made[0]))
    return _form_page(
        request,
        title=_("Begin a collaborative"),
        form=form,
        submit=_("Begin"),
        cancel=reverse("collaboratives:list"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, collaborative: UUID) -> HttpResponse:
    found = access.collaborative(request.actor, collaborative, role=Right.MEMBER)
    form = CollaborativeForm.of(found, posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.save_collaborative(found, actor=request.actor, **data)
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(address(found))
    return _form_page(
        request,
        title=_("Edit the collaborative"),
        above=access.collaborative(request.actor, collaborative).name,
        form=form,
        submit=_("Save"),
        cancel=address(found),
    )


def _done(action: Callable[..., Any], said: Any) -> Callable[[ActingRequest, UUID], HttpResponse]:
    @require_POST
    def view(request: ActingRequest, collaborative: UUID) -> HttpResponse:
        found = access.collaborative(request.actor, collaborative, role=Right.MEMBER)
        try:
            action(found, actor=request.actor)
            messages.success(request, str(said) % {"name": found.name})
        except ValidationError as error:
            messages.error(request, words_of(error))
        return redirect(address(found))

    return view


archive = _done(actions.archive_collaborative, gettext_lazy("%(name)s is archived."))
restore = _done(actions.restore_collaborative, gettext_lazy("%(name)s is back."))


@require_http_methods(["GET", "HEAD", "POST"])
def member_add(request: ActingRequest, collaborative: UUID) -> HttpResponse:
    found = access.collaborative(request.actor, collaborative, role=Right.MEMBER)
    form = MemberForm(request.actor, found, posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.add_member(found, actor=request.actor, **data)
    ):
        messages.success(
            request, _("%(name)s was added.") % {"name": form.cleaned_data["employer"]}
        )
        again = "more" in request.POST
        return redirect(request.path if again else address(found))
    return render(
        request,
        "collaboratives/member.html",
        {
            "title": _("Add an employer"),
            "above": found.name,
            "form": form,
            "submit": _("Add"),
            "cancel": address(found),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request: ActingRequest, member: UUID) -> HttpResponse:
    found = access.member(request.actor, member, role=Right.MEMBER)
    form = AboutMemberForm.of(found, posted(request))
    if request.method == "POST" and tried(
        form, lambda data: actions.edit_member(found, actor=request.actor, **data)
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(address(found.collaborative))
    return _form_page(
        request,
        title=found.employer.name,
        above=found.collaborative.name,
        intro=_("Waves that have been opened keep what held then."),
        form=form,
        submit=_("Save"),
        cancel=address(found.collaborative),
    )


@require_POST
def member_end(request: ActingRequest, member: UUID) -> HttpResponse:
    found = access.member(request.actor, member, role=Right.MEMBER)
    actions.end_member(found, actor=request.actor)
    messages.success(
        request,
        _("%(name)s has left the collaborative.") % {"name": found.employer.name},
    )
    return redirect(address(found.collaborative))


@require_http_methods(["GET", "HEAD", "POST"])
def role_add(request: ActingRequest, collaborative: UUID) -> HttpResponse:
    found = access.collaborative(request.actor, collaborative, role=Right.MEMBER)
    form = RoleForm(request.actor, posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: roles_of.save_role(None, actor=request.actor, collaborative=found, **data),
    ):
        messages.success(request, _("The role was added."))
        return redirect(address(found))
    return _form_page(
        request,
        title=_("Add a role"),
        above=found.name,
        form=form,
        submit=_("Add"),
        cancel=address(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def role_edit(request: ActingRequest, role: UUID) -> HttpResponse:
    found = roles_of.role(request.actor, role, right=Right.MEMBER)
    form = RoleForm.of(request.actor, found, posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: roles_of.save_role(
            found, actor=request.actor, collaborative=found.collaborative, **data
        ),
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(address(found.collaborative))
    return _form_page(
        request,
        title=_("Edit the role"),
        above=found.collaborative.name,
        form=form,
        submit=_("Save"),
        cancel=address(found.collaborative),
    )


def _role_done(
    action: Callable[..., Any], said: Any
) -> Callable[[ActingRequest, UUID], HttpResponse]:
    @require_POST
    def view(request: ActingRequest, role: UUID) -> HttpResponse:
        found = roles_of.role(request.actor, role, right=Right.MEMBER)
        try:
            action(found, actor=request.actor)
            messages.success(request, str(said) % {"name": found.title})
        except ValidationError as error:
            messages.error(request, words_of(error))
        return redirect(address(found.collaborative))

    return view


role_archive = _role_done(roles_of.archive_role, gettext_lazy("%(name)s is archived."))
role_restore = _role_done(roles_of.restore_role, gettext_lazy("%(name)s is back."))
