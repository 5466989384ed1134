"""Addresses of regional demand."""

from django.urls import path

from backcast.web.regional import hires, views

app_name = "regional"
urlpatterns = [
    path("", views.regional_list, name="list"),
    path("hires/", hires.hires, name="hires"),
    path("hires/<uuid:hired>/take-back/", hires.take_back, name="take_back"),
    path("waves/<uuid:wave>/", views.wave, name="wave"),
    path("waves/<uuid:wave>/regional.<str:form>", views.wave_export, name="wave_export"),
    path("waves/<uuid:wave>/publish/", views.publish, name="publish"),
    path("waves/<uuid:wave>/publishing/", views.publishing, name="publishing"),
    path("<uuid:publication>/", views.published, name="published"),
    path("<uuid:publication>/regional.<str:form>", views.published_export, name="published_export"),
]
