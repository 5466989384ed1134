"""What a choice offers while someone types: JSON, or list items for htmx.

``?q=`` is what has been typed. An option has ``id`` (the public id), ``code``, ``title``, and
``value``: the text that stands in the field once it is chosen, which
``frameworks.access.from_choice`` reads back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backcast.frameworks.ranking import BAR
from backcast.frameworks.search import find_competencies, find_credentials, find_occupations
from backcast.web.middleware import ActingRequest

_LIMIT = 8
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    code: str
    title: str
    value: str
    hint: str = ""


@require_safe
def occupation(request: ActingRequest) -> HttpResponse:
    """Occupations that the words may mean; ``hint`` is another title that they matched."""
    found = find_occupations(_words(request), limit=_LIMIT, region_id=request.actor.region_id)
    return _answer(
        request,
        (
            Option(
                str(each.occupation.public_id),
                each.occupation.code,
                each.occupation.title,
                str(each.occupation),
                ""
                if each.matched == each.occupation.folded
                else each.matched.partition(BAR)[0].capitalize(),
            )
            for each in found
        ),
    )


@require_safe
def competency(request: ActingRequest) -> HttpResponse:
    found = find_competencies(_words(request), limit=_LIMIT, region_id=request.actor.region_id)
    return _answer(
        request,
        (
            Option(
                str(each.public_id),
                each.source_id,
                each.statement,
                each.statement,
                str(each.get_kind_display()),
            )
            for each in found
        ),
    )


@require_safe
def credential(request: ActingRequest) -> HttpResponse:
    region = request.actor.region_id
    found = find_credentials(_words(request), limit=_LIMIT, region_id=region) if region else []
    return _answer(
        request,
        (
            Option(str(each.public_id), each.abbreviation, each.name, str(each), each.issuer)
            for each in found
        ),
    )


def _words(request: ActingRequest) -> str:
    words = request.GET.get("q", "").replace("\0", "").strip()
    return words if len(words) >= _SHORTEST else ""


def _answer(request: ActingRequest, options: Iterable[Option]) -> HttpResponse:
    found = list(options)
    if request.headers.get("HX-Request") == "true":
        return render(request, "frameworks/options.html", {"options": found})
    return JsonResponse({"options": [asdict(option) for option in found]})
