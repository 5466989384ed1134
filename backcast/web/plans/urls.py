"""Addresses of plans."""

from __future__ import annotations

from django.urls import path

from backcast.web.plans import binding, pins, scenarios, since, standing, views

app_name = "plans"
urlpatterns = [
    path("", views.plan_list, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:plan>/", views.detail, name="detail"),
    path("<uuid:plan>/stop/", views.stop, name="stop"),
    path("<uuid:plan>/propose/", standing.propose, name="propose"),
    path("<uuid:plan>/take-back/", standing.take_back, name="take_back"),
    path("<uuid:plan>/approve/", standing.approve, name="approve"),
    path("<uuid:plan>/schedule/", standing.schedule, name="schedule"),
    path("<uuid:plan>/again/", views.again, name="again"),
    path("<uuid:plan>/roles/<str:role>/", views.role, name="role"),
    path("<uuid:plan>/roles/<str:role>/higher/", binding.higher_odds, name="higher_odds"),
    path("<uuid:plan>/one-more/", binding.units, name="one_more"),
    path("<uuid:plan>/programs/<str:program>/", views.program, name="program"),
    path("<uuid:plan>/since/", since.page, name="since"),
    path("<uuid:plan>/cohorts/", pins.page, name="pins"),
    path("<uuid:plan>/cohorts/<uuid:pin>/let-go/", pins.let_go, name="let_go"),
    path("<uuid:plan>/scenarios/", scenarios.compare_page, name="scenarios"),
    path("<uuid:plan>/scenarios/new/", scenarios.new, name="scenario_new"),
    path("<uuid:plan>/scenarios/<uuid:scenario>/stop/", scenarios.stop, name="scenario_stop"),
    path("<uuid:plan>/scenarios/<uuid:scenario>/remove/", scenarios.remove, name="scenario_remove"),
    path("<uuid:plan>/sources/", views.sources, name="sources"),
    path("<uuid:plan>/assumptions/", views.test_assumptions, name="test_assumptions"),
    path("<uuid:plan>/plan.<str:form>", views.export, name="export"),
]
