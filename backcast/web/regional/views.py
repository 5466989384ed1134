"""Regional demand: what a wave says in full, for staff, and what of it others may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backcast.core.actor import Kind, Role
from backcast.core.disclosure import ALL
from backcast.demand.models import ProfileLine, Publication, Wave
from backcast.demand.regional import access, actions
from backcast.demand.regional.picture import Picture
from backcast.web.export import table_response
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of
from backcast.web.regional import reading


@require_safe
def regional_list(request: ActingRequest) -> HttpResponse:
    """What was published to the reader; for staff also the waves that could be."""
    rows = list(access.publications(request.actor))
    waves = list(access.waves(request.actor)) if request.actor.is_staff else []
    published = {row.wave_id for row in rows}
    return render(
        request,
        "regional/list.html",
        {
            "publications": rows,
            "waves": [wave for wave in waves if wave.pk not in published],
            "says_hires": request.actor.is_staff or request.actor.kind is Kind.EMPLOYER,
        },
    )


@require_safe
def wave(request: ActingRequest, wave: UUID) -> HttpResponse:
    """The full picture, for staff."""
    found = access.wave(request.actor, wave)
    picture = access.full_picture(request.actor, found, corrected=_corrected(request.GET))
    publication = access.newest(request.actor, found)
    publishing = access.publishing(request.actor, found) if publication is None else None
    may = request.actor.may(Role.MEMBER)
    plain = "" if _corrected(request.GET) else "?corrected=0"
    steps = [(_("See the answers and who is missing"), reverse("waves:wave", args=[wave]))]
    if publication is not None:
        steps.insert(0, (_("See what others see"), _published(publication)))
    steps.append((_("Say who was hired since"), reverse("regional:hires")))
    return render(
        request,
        "regional/picture.html",
        {
            **_context(request, picture),
            "wave": found,
            "publication": publication,
            "full": "",
            "publishing": publishing,
            "may_publish": may
            and publication is None
            and not (publishing and publishing.is_busy)
            and found.status == Wave.Status.FROZEN
            and picture.answered > 0,
            "steps": steps,
            "export": reverse("regional:wave_export", args=[wave, "xlsx"]) + plain,
            "export_csv": reverse("regional:wave_export", args=[wave, "csv"]) + plain,
            "links": {
                "need": (_("the wave"), reverse("waves:wave", args=[wave])),
                "profile": (_("profiles"), reverse("profiles:list")),
                "program": (_("programs"), reverse("programs:list")),
                "plan": (_("plans"), reverse("plans:list")),
            },
        },
    )


@require_safe
def published(request: ActingRequest, publication: UUID) -> HttpResponse:
    """What others may see of a wave."""
    found = access.publication(request.actor, publication)
    picture = access.published_picture(found)
    return render(
        request,
        "regional/picture.html",
        {
            **_context(request, picture),
            "wave": None,
            "publication": found,
            "publishing": None,
            "may_publish": False,
            "full": reverse("regional:wave", args=[found.wave.public_id])
            if request.actor.is_staff
            else "",
            "steps": _steps(request),
            "export": reverse("regional:published_export", args=[publication, "xlsx"]),
            "export_csv": reverse("regional:published_export", args=[publication, "csv"]),
            "links": {},
        },
    )


@require_safe
def wave_export(request: ActingRequest, wave: UUID, form: str) -> HttpResponse:
    found = access.wave(request.actor, wave)
    picture = access.full_picture(request.actor, found, corrected=_corrected(request.GET))
    return _export(picture, form)


@require_safe
def published_export(request: ActingRequest, publication: UUID, form: str) -> HttpResponse:
    found = access.publication(request.actor, publication)
    return _export(access.published_picture(found), form)


@require_POST
def publish(request: ActingRequest, wave: UUID) -> HttpResponse:
    found = access.wave(request.actor, wave, role=Role.MEMBER)
    try:
        actions.request_publishing(found, actor=request.actor, corrected=_corrected(request.POST))
    except ValidationError as error:
        messages.error(request, words_of(error))
        return redirect("regional:wave", wave)
    return redirect("regional:publishing", wave)


@require_safe
def publishing(request: ActingRequest, wave: UUID) -> HttpResponse:
    """How far it is; once it is done, what others see."""
    found = access.wave(request.actor, wave)
    publication = access.newest(request.actor, found)
    if publication is not None:
        return _onwards(request, _published(publication))
    row = access.publishing(request.actor, found)
    if row is None:
        return _onwards(request, reverse("regional:wave", args=[wave]))
    response = render(
        request,
        "regional/publishing.html",
        {
            "wave": found,
            "publishing": row,
            "may_publish": request.actor.may(Role.MEMBER) and not row.is_busy,
        },
    )
    if request.htmx and not row.is_busy:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


def _onwards(request: ActingRequest, url: str) -> HttpResponse:
    """To another page, also from where the page asks again by itself."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _corrected(asked: QueryDict) -> bool:
    """By who was hired after earlier waves, unless that is switched off."""
    return asked.get("corrected") != "0"


def _published(publication: Publication) -> str:
    return reverse("regional:published", args=[publication.public_id])


def _export(picture: Picture, form: str) -> HttpResponse:
    if form not in ("xlsx", "csv"):
        raise Http404
    return table_response(
        form,
        "regional-demand",
        _("Regional demand"),
        reading.header(picture),
        reading.rows(picture),
    )


def _context(request: ActingRequest, picture: Picture) -> dict[str, Any]:
    """Tables and chart; ``?role=`` opens one role, which is a choice among what is shown."""
    role = request.GET.get("role", ALL)
    if role not in {each.key for each in picture.roles}:
        role = ALL
    titles = {each.key: each.title for each in picture.roles}
    entry = access.assumed_on(picture.rule_since)
    return {
        "picture": picture,
        "chosen": role,
        "chosen_title": titles.get(role, _("All roles")),
        "total": reading.cell(picture, picture.figure(), ""),
        "chart": reading.over_time(picture, role),
        "grids": [
            grid
            for grid in (
                reading.by_quarter(picture),
                reading.by_cause(picture),
                reading.by_area(picture),
            )
            if grid
        ],
        "detail": reading.by_quarter_and_cause(picture, role),
        "gaps": reading.gap_charts(reading.gaps(picture, _asked(picture))),
        "upskill": [
            (each.title, reading.cell(picture, picture.upskill.get(each.key), ""))
            for each in picture.roles
        ],
        "coverage": [(each.title, picture.coverage[each.key]) for each in picture.roles],
        "policy": access.policy(picture.rule_since),
        "why_no_areas": access.why_no_areas(),
        "assumed": entry,
        "refill": [(titles[key], share) for key, share in picture.refill.items() if key in titles],
    }


def _asked(picture: Picture) -> dict[tuple[str, str], str]:
    """Role and skill → how new people are asked for it, by the role's approved profile."""
    lines = ProfileLine.objects.filter(
        version__status="approved", version__profile__role__in=[r.key for r in picture.roles]
    ).select_related("competency", "credential", "version__profile")
    return {
        (str(line.version.profile.role_id), line.name): str(line.get_necessity_display())
        for line in lines
    }


def _steps(request: ActingRequest) -> list[tuple[str, str]]:
    kind = request.actor.kind
    if kind is Kind.EMPLOYER:
        return [
            (_("Say who you hired since"), reverse("regional:hires")),
            (_("See your own needs"), reverse("needs:list")),
        ]
    if kind is Kind.PROVIDER:
        return [(_("Look at your programs beside this demand"), reverse("programs:list"))]
    if kind is Kind.FUNDER:
        return [(_("See what is planned to meet it"), reverse("overview:promise"))]
    return [(_("Plan for it"), reverse("plans:list"))]
