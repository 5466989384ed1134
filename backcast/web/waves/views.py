"""Waves, for staff: plan one, invite people, see how it stands, remind, freeze."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Role
from backcast.demand.models import Answer, AnswerChange, Wave, WaveEmployer, WaveInvitation
from backcast.demand.waves import access, actions, answering
from backcast.demand.waves.lifecycle import state_of, steps_from
from backcast.partners.access import collaborative as find_collaborative
from backcast.partners.models import CollaborativeMember, Site
from backcast.web.listing import Column, Filter, Listing, listing_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import posted, tried, words_of
from backcast.web.waves.forms import (
    ClosingForm,
    InviteForm,
    PersonForm,
    ReasonForm,
    WaveForm,
)
from backcast.web.waves.words import change_line, field_label, summary_lines

_STATES = {
    "answered": gettext_lazy("Answered"),
    "begun": gettext_lazy("Begun"),
    "silent": gettext_lazy("Not yet"),
}
_TONES = {"answered": "good", "begun": "warn", "silent": "quiet"}


def address(wave: Wave) -> str:
    return reverse("waves:wave", args=[wave.public_id])


def employer_address(place: WaveEmployer) -> str:
    return reverse("waves:employer", args=[place.wave.public_id, place.employer.public_id])


def staff_wave(request: ActingRequest, wave: UUID, role: Role = Role.VIEWER) -> Wave:
    """A wave of the region, for its staff only."""
    if not request.actor.is_staff:
        raise Http404
    return access.wave(request.actor, wave, role=role)


# --- planning -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, collaborative: UUID) -> HttpResponse:
    found = find_collaborative(request.actor, collaborative, role=Role.MEMBER)
    form = WaveForm(found, posted(request))
    made: list[Wave] = []
    if request.method == "POST" and tried(
        form,
        lambda data: made.append(
            actions.save_wave(None, actor=request.actor, collaborative=found, **_said(data))
        ),
    ):
        messages.success(request, _("The wave is planned. Now say who is to answer it."))
        return redirect(address(made[0]))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Plan a wave"),
            "above": found.name,
            "intro": _("Nobody is asked before you open it."),
            "form": form,
            "submit": _("Plan it"),
            "cancel": reverse("collaboratives:collaborative", args=[found.public_id]),
        },
    )


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "roles": list(data["roles"])}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    form = WaveForm(found.collaborative, posted(request), wave=found)
    if request.method == "POST" and tried(
        form,
        lambda data: actions.save_wave(
            found, actor=request.actor, collaborative=found.collaborative, **_said(data)
        ),
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(address(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Edit the wave"),
            "above": found.collaborative.name,
            "form": form,
            "submit": _("Save"),
            "cancel": address(found),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    form = ClosingForm(posted(request), initial={"closes_on": found.closes_on})
    if request.method == "POST" and tried(
        form, lambda data: actions.move_closing_day(found, actor=request.actor, **data)
    ):
        messages.success(request, _("The last day to answer is moved."))
        return redirect(address(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Move the last day to answer"),
            "above": found.name,
            "form": form,
            "submit": _("Move it"),
            "cancel": address(found),
        },
    )


# --- how it stands --------------------------------------------------------------------------------


def roster(wave: Wave) -> QuerySet[Any]:
    """The employers of the wave with what the list shows, in one query for a page of them."""
    sent = (
        Answer.objects.filter(place=OuterRef("pk"), sent_at__isnull=False)
        .order_by()
        .values("place")
    )
    people = WaveInvitation.objects.filter(place=OuterRef("pk"), ended_at=None).order_by()
    return (
        access.roster(wave)
        .select_related("employer", "wave")
        .annotate(
            roles_answered=Coalesce(
                Subquery(sent.annotate(n=Count("role", distinct=True)).values("n")), 0
            ),
            by_staff=Coalesce(
                Subquery(sent.annotate(n=Count("pk", filter=Q(by_staff=True))).values("n")), 0
            ),
            last=Subquery(
                Answer.objects.filter(place=OuterRef("pk"))
                .order_by()
                .values("place")
                .annotate(n=Max("changed_at"))
                .values("n")
            ),
            people=Coalesce(
                Subquery(people.values("place").annotate(n=Count("pk")).values("n")), 0
            ),
            reminded=Coalesce(
                Subquery(people.values("place").annotate(n=Max("reminders")).values("n")), 0
            ),
        )
    )


def _state(place: Any) -> str:
    return "answered" if place.answered else "begun" if place.begun else "silent"


def _columns(roles: int) -> list[Column]:
    return [
        Column(
            "employer",
            gettext_lazy("Employer"),
            lambda p: p.employer.name,
            sort="employer__name_folded",
            link=employer_address,
        ),
        Column("size", gettext_lazy("Size"), lambda p: p.get_size_display(), phone=False),
        Column(
            "headcount",
            gettext_lazy("People employed"),
            lambda p: p.headcount,
            sort="headcount",
            numeric=True,
        ),
        Column(
            "state",
            gettext_lazy("Answer"),
            lambda p: _STATES[_state(p)],
            sort="-answered",
            tone=lambda p: _TONES[_state(p)],
        ),
        Column(
            "roles",
            gettext_lazy("Roles answered"),
            lambda p: _("%(n)s of %(all)s") % {"n": p.roles_answered, "all": roles},
            sort="roles_answered",
        ),
        Column(
            "staff",
            gettext_lazy("Entered by staff"),
            lambda p: _("Yes") if p.by_staff else "",
            phone=False,
        ),
        Column(
            "people",
            gettext_lazy("People asked"),
            lambda p: p.people,
            sort="people",
            numeric=True,
        ),
        Column(
            "reminded",
            gettext_lazy("Reminders"),
            lambda p: p.reminded,
            sort="reminded",
            numeric=True,
        ),
        Column("last", gettext_lazy("Last change"), lambda p: p.last, sort="last", phone=False),
    ]


def _narrowed(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    return {
        "answered": rows.filter(answered=True),
        "begun": rows.filter(begun=True, answered=False),
        "silent": rows.filter(begun=False),
        "nobody": rows.filter(people=0, answered=False),
    }[state]


STATE = Filter(
    "state",
    gettext_lazy("Answer"),
    [*_STATES.items(), ("nobody", gettext_lazy("Nobody is asked yet"))],
    _narrowed,
)
SIZE = Filter(
    "size",
    gettext_lazy("Size"),
    CollaborativeMember.Size.choices,
    lambda rows, value: rows.filter(size=value),
)


@require_safe
def wave(request: ActingRequest, wave: UUID) -> HttpResponse:
    """How a wave stands, live: response and headcount covered, by size and role, and each employer."""
    actor = request.actor
    found = staff_wave(request, wave)
    shares = access.coverage(found)
    by_role = access.role_shares(found)
    who = actions.who_is(actor)
    steps = (
        steps_from(state_of(found.status, found.is_archived), who) if actor.may(Role.MEMBER) else ()
    )
    listing = Listing(
        title=found.name,
        columns=_columns(len(by_role)),
        search=("employer__name_folded",),
        default_sort="employer",
        filename="wave",
        archived=False,
        empty_title=gettext_lazy("Nobody is on the list"),
        empty_text=gettext_lazy("Add employers to the collaborative first."),
    )
    today = timezone.localdate()
    return listing_response(
        request,
        listing,
        roster(found),
        filters=[STATE, SIZE],
        template="waves/wave.html",
        context={
            "wave": found,
            "total": shares[""],
            "sizes": [
                (CollaborativeMember.Size(size).label, share)
                for size, share in shares.items()
                if size
            ],
            "by_role": by_role,
            "steps": steps,
            "invited": WaveInvitation.objects.filter(wave=found, ended_at=None).count(),
            "remindable": access.to_remind(found).count() if "remind" in steps else 0,
            "days_left": (found.closes_on - today).days,
            "is_due": found.closes_on < today,
        },
    )


def _done(action: Callable[..., Any], said: Callable[[Any], str]) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: ActingRequest, wave: UUID) -> HttpResponse:
        found = staff_wave(request, wave, Role.MEMBER)
        try:
            messages.success(request, said(action(found, actor=request.actor)))
        except ValidationError as error:
            messages.error(request, words_of(error))
        return redirect(address(found))

    return view


def _opened(wave: Wave) -> str:
    return _("The wave is open. The links are on their way.")


def _reminded(n: int) -> str:
    if not n:
        return _("Nobody can be reminded now: all have answered, or were written to lately.")
    return ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", n) % {
        "n": n
    }


def _invited(n: int) -> str:
    if not n:
        return _("Everybody we know has been invited already.")
    return ngettext("%(n)s person was invited.", "%(n)s people were invited.", n) % {"n": n}


open_ = _done(actions.open_wave, _opened)
remind = _done(actions.remind, _reminded)
freeze = _done(
    actions.freeze_wave,
    lambda _wave: _("The wave is frozen. What was answered stays as it is from now on."),
)
archive = _done(actions.archive_wave, lambda _nothing: _("The wave is archived."))
restore = _done(actions.restore_wave, lambda _nothing: _("The wave is back."))
invite_known = _done(actions.invite_known, _invited)


# --- one employer ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    chosen = None
    if (given := request.GET.get("employer")) and _is_uuid(given):
        chosen = WaveEmployer.objects.filter(wave=found, employer__public_id=given).first()
    form = InviteForm(found, posted(request), chosen)
    made: list[WaveInvitation] = []
    if request.method == "POST" and tried(
        form,
        lambda data: made.append(
            actions.invite_person(
                found, actor=request.actor, employer=data["employer"].employer, asked=form.asked()
            )
        ),
    ):
        messages.success(
            request,
            _("%(who)s was invited.") % {"who": made[0]}
            if found.status == Wave.Status.DRAFT
            else _("The link is on its way to %(email)s.") % {"email": made[0].email},
        )
        return redirect(
            reverse("waves:employer", args=[found.public_id, made[0].employer.public_id])
        )
    return render(
        request,
        "people/form.html",
        {
            "title": _("Invite someone"),
            "above": found.name,
            "intro": _("They get a link by mail. It needs no account and can be sent again."),
            "form": form,
            "submit": _("Invite"),
            "cancel": address(found),
        },
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_safe
def employer(request: ActingRequest, wave: UUID, employer: UUID) -> HttpResponse:
    """One employer in the wave: whom it asks, what it has said, and what was changed."""
    actor = request.actor
    found = staff_wave(request, wave)
    place = access.place(actor, found, employer)
    steps = (
        steps_from(state_of(found.status, found.is_archived), actions.who_is(actor))
        if actor.may(Role.MEMBER)
        else ()
    )
    rows = access.with_rows(access.answers(actor, found).filter(place=place)).order_by(
        "role__title", "site__name", "number"
    )
    answers = [(answer, summary_lines(access.said_of(answer), found.asked)) for answer in rows]
    newest = {(a.role_id, a.site_id): a.pk for a, _lines in answers}
    said = {key[0] for key in newest}
    sites = access.sites(place)
    changes = (
        AnswerChange.objects.filter(answer__place=place)
        .select_related("answer__role", "invitation", "person")
        .order_by("-pk")[:50]
    )
    return render(
        request,
        "waves/employer.html",
        {
            "wave": found,
            "place": place,
            "invitations": place.invitations.order_by(F("ended_at").asc(nulls_first=True), "email"),
            "answers": answers,
            "newest": set(newest.values()),
            "missing": [role for role in access.roles(found) if role.pk not in said],
            "main_site": sites[0] if sites else None,
            "steps": steps,
            "first_part": _first_part(found),
            "history": [(c, field_label(c.field), change_line(c)) for c in changes],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: ActingRequest, invitation: UUID) -> HttpResponse:
    found = access.invitation(request.actor, invitation)
    staff_wave(request, found.wave.public_id, Role.MEMBER)
    form = PersonForm.of(found, posted(request))
    if request.method == "POST" and tried(
        form,
        lambda _data: actions.change_invitation(
            found, actor=request.actor, asked=form.asked(found.email)
        ),
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(employer_address(found.place))
    return render(
        request,
        "people/form.html",
        {
            "title": found.email,
            "above": found.employer.name,
            "form": form,
            "submit": _("Save"),
            "cancel": employer_address(found.place),
        },
    )


def _with_invitation(
    action: Callable[..., Any], said: Any
) -> Callable[[ActingRequest, UUID], HttpResponse]:
    @require_POST
    def view(request: ActingRequest, invitation: UUID) -> HttpResponse:
        found = access.invitation(request.actor, invitation)
        staff_wave(request, found.wave.public_id, Role.MEMBER)
        try:
            action(found, actor=request.actor)
            messages.success(request, str(said) % {"email": found.email})
        except ValidationError as error:
            messages.error(request, words_of(error))
        return redirect(employer_address(found.place))

    return view


renew = _with_invitation(actions.renew_link, gettext_lazy("A new link is on its way to %(email)s."))
withdraw = _with_invitation(
    actions.withdraw_invitation, gettext_lazy("The invitation of %(email)s is withdrawn.")
)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(
    request: ActingRequest, wave: UUID, employer: UUID, role: UUID, site: UUID
) -> HttpResponse:
    """Begin a correction of what was frozen; it opens the questions in the employer's name."""
    found = staff_wave(request, wave, Role.MEMBER)
    visit = access.visit(request.actor, found, employer)
    for_role = next((r for r in access.roles(found) if r.public_id == role), None)
    at = Site.objects.filter(public_id=site, organisation=visit.place.employer_id).first()
    if for_role is None or at is None:
        raise Http404
    form = ReasonForm(posted(request))
    if request.method == "POST" and tried(
        form,
        lambda data: answering.begin_correction(visit, role=for_role, site=at, **data),
    ):
        return redirect("waves:staff_page", wave, employer, "phone", role, site, _first_part(found))
    return render(
        request,
        "people/form.html",
        {
            "title": _("Correct the answer"),
            "above": f"{visit.place.employer.name} · {for_role.title}",
            "intro": _("What was frozen stays as it is. The correction is kept beside it."),
            "form": form,
            "submit": _("Begin the correction"),
            "cancel": employer_address(visit.place),
        },
    )


def _first_part(wave: Wave) -> str:
    return "short" if wave.short_form else access.PARTS[0]


@require_POST
def send_correction(request: ActingRequest, wave: UUID, answer: UUID) -> HttpResponse:
    found = staff_wave(request, wave, Role.MEMBER)
    row = access.answers(request.actor, found).filter(public_id=answer).first()
    if row is None:
        raise Http404
    visit = access.visit(request.actor, found, row.employer.public_id, row.channel)
    try:
        answering.send_correction(row, visit)
        messages.success(request, _("The correction counts from now on."))
    except ValidationError as error:
        messages.error(request, words_of(error))
    return redirect(employer_address(visit.place))
