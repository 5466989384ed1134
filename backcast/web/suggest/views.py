"""Paste a text, see which competencies it speaks of, accept or reject each, by keyboard if one likes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backcast.core.actor import acting
from backcast.frameworks import access, suggesting, tasks
from backcast.frameworks.models import Competency
from backcast.frameworks.suggesting import LONGEST_TEXT, Found, NotReady, Said
from backcast.web.middleware import ActingRequest
from backcast.web.people.forms import words_of
from backcast.web.suggest.target import Target
from backcast.web.suggest.targets import TARGETS

#: Likely enough to be called so; what lies below is told as possible.
_LIKELY, _VERY_LIKELY = 0.5, 0.8
_MOST_SILENT = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One suggestion as shown."""

    number: int
    public_id: str
    statement: str
    kind: str
    span: str
    marked: SafeString
    probability: float
    likelihood: str
    #: The other name by which it was found, where that is not the statement.
    name: str


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: ActingRequest, kind: str, thing: UUID) -> HttpResponse:
    """The page on which a text is pasted; a POST shows what was found, or keeps what was decided."""
    if kind not in TARGETS:
        raise Http404
    target = TARGETS[kind](request.actor, thing)
    if request.method != "POST":
        return _page(request, target, text=target.text)
    if request.POST.get("step") == "keep":
        return _keep(request, target)
    text = request.POST.get("text", "").replace("\0", "")
    if not text.strip():
        return _page(request, target, error=_("Paste a text first: a posting, a list, an outline."))
    try:
        found = suggesting.suggest(text, actor=request.actor, without=target.known)
    except NotReady:
        assert request.actor.region_id is not None
        tasks.index_competencies.defer(region=request.actor.region_id)
        return _page(request, target, text=text, preparing=True)
    return _page(request, target, text=text, found=found)


def _page(
    request: ActingRequest,
    target: Target,
    *,
    text: str = "",
    found: Found | None = None,
    error: str = "",
    preparing: bool = False,
) -> HttpResponse:
    return render(
        request,
        "suggest/find.html",
        {
            "target": target,
            "text": text,
            "longest": LONGEST_TEXT,
            "rows": _rows(found) if found else [],
            "silent": found.silent[:_MOST_SILENT] if found else (),
            "there": found.there if found else (),
            "cut": found.cut if found else False,
            "looked": found is not None,
            "error": error,
            "preparing": preparing,
        },
        status=422 if error else 200,
    )


def _rows(found: Found) -> list[Row]:
    return [
        Row(
            number,
            str(each.competency.public_id),
            each.competency.statement,
            str(each.competency.get_kind_display()),
            each.span,
            _marked(each.span, each.words),
            each.probability,
            _likelihood(each.probability),
            "" if each.name.casefold() == each.competency.statement.casefold() else each.name,
        )
        for number, each in enumerate(found.suggestions)
    ]


def _likelihood(probability: float) -> str:
    if probability >= _VERY_LIKELY:
        return _("very likely")
    return _("likely") if probability >= _LIKELY else _("possible")


def _marked(span: str, words: tuple[str, ...]) -> SafeString:
    """The span with the words that caused the match marked."""
    if not words:
        return format_html("{}", span)
    pattern = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
    parts = re.split(rf"(\b(?:{pattern})\b)", span)
    pieces = (
        format_html("<mark>{}</mark>" if number % 2 else "{}", part)
        for number, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _keep(request: ActingRequest, target: Target) -> HttpResponse:
    said = _said(request)
    chosen = [each.competency for each in said if each.accepted]
    words = [text.strip() for text in request.POST.getlist("words") if text.strip()]
    how = request.POST.get("how", "")
    if how not in dict(target.choices):
        how = target.choices[0][0]
    try:
        with acting(request.actor, "frameworks.link_text"):
            suggesting.remember(said, actor=request.actor)
            if chosen or words:
                target.add(chosen, words, how)
    except ValidationError as refused:
        messages.error(request, words_of(refused))
        return redirect(request.get_full_path())
    added = len(chosen) + len(words)
    if added:
        messages.success(
            request, ngettext("%(n)s was added.", "%(n)s were added.", added) % {"n": added}
        )
    elif said:
        messages.success(request, _("Remembered. Nothing was added."))
    else:
        messages.info(request, _("Nothing was chosen, so nothing changed."))
    return redirect(target.back)


def _said(request: ActingRequest) -> list[Said]:
    """What was decided; suggestions that name nothing the actor may name are passed over."""
    given: QueryDict = request.POST
    decided = {
        number: given.get(f"decision-{number}", "")
        for number in range(suggesting.MOST_SHOWN)
        if given.get(f"decision-{number}") in ("yes", "no")
    }
    wanted: dict[int, UUID] = {}
    for number in decided:
        try:
            wanted[number] = UUID(given.get(f"competency-{number}", ""))
        except ValueError:
            continue
    rows: dict[UUID, Competency] = {
        row.public_id: row
        for row in access.nameable(request.actor).filter(public_id__in=wanted.values())
    }
    return [
        Said(
            rows[public_id],
            given.get(f"span-{number}", ""),
            _share(given.get(f"probability-{number}", "")),
            decided[number] == "yes",
        )
        for number, public_id in wanted.items()
        if public_id in rows
    ]


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(1.0, max(0.0, value)) if value == value else 0.0
