"""Addresses of what limits plans."""

from __future__ import annotations

from django.urls import path

from backcast.web.limits import views

app_name = "limits"
urlpatterns = [
    path("", views.page, name="page"),
    path("<slug:kind>/new/", views.new, name="new"),
    path("<slug:kind>/<uuid:limit>/", views.change, name="change"),
    path("<slug:kind>/<uuid:limit>/put-away/", views.put_away, name="put_away"),
]
