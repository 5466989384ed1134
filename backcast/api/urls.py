"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from backcast.api import demand, frameworks, planning, training
from backcast.api.service import api, open_to_keys

api.add_router("", demand.router)
api.add_router("", frameworks.router)
api.add_router("", training.router)
api.add_router("", planning.router)

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = open_to_keys(list(api.urls[0]))
