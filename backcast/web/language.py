"""In which language a page is read: English, and Spanish wherever it is translated in full.

Whoever has no account reads all of it in their browser's language; the walk in
``tests/web/test_spanish.py`` opens every such page. Of pages for people with an account those are
translated that employers read of their region; all others stay English, and never a mixture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import activate, get_language_from_request, override

from backcast.core.actor import Kind

LANGUAGES = ("en", "es")
LANGUAGE_COOKIE = "answer_language"
#: Pages for people with an account that are translated in full, for employers.
TRANSLATED = frozenset({"regional:list", "regional:published"})
#: Not for visitors: what programs ask for, and the made-up inbox of a demonstration.
_ELSEWHERE = ("/api/", "/outbox/")


def chosen(request: HttpRequest) -> str:
    """What the reader has chosen on a page, else what their browser asks for."""
    said = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return said if said in LANGUAGES else get_language_from_request(request)


class LanguageMiddleware:
    """Each request in its reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with override(settings.LANGUAGE_CODE):
            visitor = not request.path.startswith(_ELSEWHERE) and not request.user.is_authenticated
            if visitor:
                activate(chosen(request))
            response = self.get_response(request)
            if visitor:
                patch_vary_headers(response, ["Accept-Language"])
            return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        actor = getattr(request, "actor", None)
        match = request.resolver_match
        if actor and actor.kind is Kind.EMPLOYER and match and match.view_name in TRANSLATED:
            activate(chosen(request))
