"""The page on which an employer says of each line whether it is right; staff may speak for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backcast.core.actor import Actor, Kind, Role
from backcast.demand.models import LineOpinion, ProfileLine, ProfileVersion
from backcast.demand.profiles import access, opinions
from backcast.demand.profiles.values import Stance
from backcast.partners.models import Organisation
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import posted, tried, words_of
from backcast.web.profiles import words
from backcast.web.profiles.forms import DissentForm
from backcast.web.profiles.views import reached, to_version


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks, for whom, of which version."""

    actor: Actor
    version: ProfileVersion
    employer: Organisation

    @property
    def query(self) -> str:
        """What keeps the employer in the address where staff speak for it."""
        if self.actor.kind is Kind.EMPLOYER:
            return ""
        return "?" + urlencode({"employer": str(self.employer.public_id)})

    def url(self, name: str = "comment", line: ProfileLine | None = None) -> str:
        parts: list[Any] = [self.version.profile.public_id, self.version.number]
        if line is not None:
            parts.append(line.line_key)
        return reverse(f"profiles:{name}", args=parts) + self.query


def _speaking(request: ActingRequest, profile: UUID, number: int) -> Speaking | None:
    """``None`` where staff have not said yet for whom they speak."""
    actor = request.actor
    if not (actor.is_staff or actor.kind is Kind.EMPLOYER):
        raise Http404
    version = reached(request, profile, number, role=Role.MEMBER)
    named = _uuid(request.GET.get("employer"))
    if actor.is_staff and named is None:
        return None
    return Speaking(actor, version, access.employer(actor, version.profile.role, named))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _closed(request: ActingRequest, version: ProfileVersion) -> HttpResponse | None:
    if version.status == ProfileVersion.Status.OPEN:
        return None
    messages.info(request, _("This version is not open for comment now."))
    return redirect(to_version(version))


@require_safe
def comment(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    who = _speaking(request, profile, number)
    if who is None:
        version = reached(request, profile, number, role=Role.MEMBER)
        return _closed(request, version) or _whom(request, version)
    if closed := _closed(request, who.version):
        return closed
    lines = list(access.lines(who.version))
    rows = words.rows_of(lines, words.anchors_of(lines))
    said = _said(who)
    earlier = _earlier(who) if not said else {}
    for row in rows:
        row.mine = said.get(row.line.pk)
    return render(
        request,
        "profiles/comment.html",
        {
            "who": who,
            "version": who.version,
            "role": who.version.profile.role,
            "groups": words.groups(rows),
            "count": len(rows),
            "answered": len(said),
            "left": len(rows) - len(said),
            "earlier": earlier,
            "for_employer": who.actor.kind is not Kind.EMPLOYER,
        },
    )


def _whom(request: ActingRequest, version: ProfileVersion) -> HttpResponse:
    """Staff choose the employer that told them."""
    spoken = {opinion.employer_id for opinion in access.opinions_on(request.actor, version)}
    employers = [
        (employer, employer.pk in spoken) for employer in access.members(version.profile.role)
    ]
    return render(
        request,
        "profiles/whom.html",
        {"version": version, "role": version.profile.role, "employers": employers},
    )


def _said(who: Speaking) -> dict[int, LineOpinion]:
    rows = access.opinions_on(who.actor, who.version)
    return {row.line_id: row for row in rows if row.employer_id == who.employer.pk}


def _earlier(who: Speaking) -> dict[UUID, LineOpinion]:
    """What the employer dissented from in the version before, by line: a reminder, not an answer."""
    rows = (
        access.opinions(who.actor)
        .filter(
            employer=who.employer,
            stance=LineOpinion.Stance.DISSENT,
            line__version__profile=who.version.profile,
            line__version__number__lt=who.version.number,
        )
        .select_related("line")
        .order_by("line__version__number")
    )
    return {row.line.line_key: row for row in rows}


def _wanted(
    request: ActingRequest, profile: UUID, number: int, line: UUID
) -> tuple[Speaking, ProfileLine]:
    who = _speaking(request, profile, number)
    if who is None:
        raise Http404
    return who, access.line(request.actor, who.version, line)


@require_POST
def agree(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    who, row = _wanted(request, profile, number, line)
    return _done(
        request,
        who,
        row,
        lambda: opinions.give_opinion(
            row, actor=who.actor, stance=Stance.AGREE, employer=who.employer
        ),
    )


@require_POST
def undo(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    who, row = _wanted(request, profile, number, line)
    return _done(
        request,
        who,
        row,
        lambda: opinions.withdraw_opinion(row, actor=who.actor, employer=who.employer),
    )


def _done(request: ActingRequest, who: Speaking, row: ProfileLine, act: Any) -> HttpResponse:
    try:
        act()
    except ValidationError as refused:
        messages.error(request, words_of(refused))
        return redirect(to_version(who.version))
    return redirect(f"{who.url()}#line-{row.line_key}")


@require_http_methods(["GET", "HEAD", "POST"])
def dissent(request: ActingRequest, profile: UUID, number: int, line: UUID) -> HttpResponse:
    """What the employer would write instead, and why."""
    who, row = _wanted(request, profile, number, line)
    if closed := _closed(request, who.version):
        return closed
    anchors = words.anchors_of([row])
    said = _said(who).get(row.pk)
    form = DissentForm(
        posted(request), line=row, anchors=anchors, said=said, staff=who.actor.is_staff
    )
    if request.method == "POST" and tried(
        form,
        lambda _data: opinions.give_opinion(
            row,
            actor=who.actor,
            stance=Stance.DISSENT,
            employer=who.employer,
            **form.proposal(),
        ),
    ):
        messages.success(request, _("Noted. You can change it until the version is approved."))
        return redirect(f"{who.url()}#line-{row.line_key}")
    [shown] = words.rows_of([row], anchors)
    return render(
        request,
        "profiles/dissent.html",
        {
            "who": who,
            "version": who.version,
            "role": who.version.profile.role,
            "row": shown,
            "form": form,
            "for_employer": who.actor.is_staff,
        },
    )


@require_POST
def rest(request: ActingRequest, profile: UUID, number: int) -> HttpResponse:
    """Everything on which nothing was said is right."""
    who = _speaking(request, profile, number)
    if who is None:
        raise Http404
    try:
        count = opinions.agree_to_rest(who.version, actor=who.actor, employer=who.employer)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
        return redirect(to_version(who.version))
    messages.success(
        request,
        ngettext(
            "Thank you. You agree to %(n)s more line; nothing is left to say.",
            "Thank you. You agree to %(n)s more lines; nothing is left to say.",
            count,
        )
        % {"n": count},
    )
    return redirect(who.url())
