from django.urls import path

from backcast.web.flows import views

app_name = "flows"
urlpatterns = [
    path("flows/", views.published, name="published"),
    path("collaboratives/roles/<uuid:role>/flow/", views.role, name="role"),
    path("collaboratives/roles/<uuid:role>/hires/", views.hires, name="hires"),
    path("collaboratives/hires/<uuid:source>/", views.edit, name="edit"),
    path("collaboratives/hires/<uuid:source>/archive/", views.archive, name="archive"),
    path("occupations/<uuid:occupation>/flow/", views.occupation, name="occupation"),
    path("occupations/<uuid:occupation>/flow/shared/", views.shown, name="shown"),
    path("occupations/<uuid:occupation>/flow/publish/", views.publish, name="publish"),
]
