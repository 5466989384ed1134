"""Addresses: each feature brings its own."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

handler400 = "backcast.web.errors.bad_request"
handler403 = "backcast.web.errors.forbidden"
handler404 = "backcast.web.errors.not_found"
handler500 = "backcast.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("backcast.web.home.urls")),
    path("accounts/", include("backcast.web.signin.urls")),
    path("", include("backcast.web.people.urls")),
    path("collaboratives/", include("backcast.web.collaboratives.urls")),
    path("", include("backcast.web.waves.urls")),
    path("needs/", include("backcast.web.needs.urls")),
    path("", include("backcast.web.coverage.urls")),
    path("", include("backcast.web.flows.urls")),
    path("programs/", include("backcast.web.programs.urls")),
    path("occupations/", include("backcast.web.frameworks.urls")),
    path("plans/", include("backcast.web.plans.urls")),
    path("limits/", include("backcast.web.limits.urls")),
    path("overview/", include("backcast.web.overview.urls")),
    path("find-skills/", include("backcast.web.suggest.urls")),
    path("regional/", include("backcast.web.regional.urls")),
    path("api/v1/", include("backcast.api.urls")),
    path("profiles/", include("backcast.web.profiles.urls")),
]
if settings.DEMONSTRATION:
    urlpatterns.append(path("outbox/", include("backcast.web.outbox.urls")))
