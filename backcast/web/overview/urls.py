"""Addresses of the overview."""

from __future__ import annotations

from django.urls import path

from backcast.web.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.promised, name="promise"),
    path("programs/", views.programs, name="programs"),
]
