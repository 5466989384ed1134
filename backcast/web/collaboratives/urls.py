"""Addresses of collaboratives, for staff."""

from django.urls import path

from backcast.web.collaboratives import views

app_name = "collaboratives"
urlpatterns = [
    path("", views.collaborative_list, name="list"),
    path("add/", views.add, name="add"),
    path("members/<uuid:member>/", views.member_edit, name="member_edit"),
    path("members/<uuid:member>/end/", views.member_end, name="member_end"),
    path("roles/<uuid:role>/edit/", views.role_edit, name="role_edit"),
    path("roles/<uuid:role>/archive/", views.role_archive, name="role_archive"),
    path("roles/<uuid:role>/restore/", views.role_restore, name="role_restore"),
    path("<uuid:collaborative>/", views.collaborative, name="collaborative"),
    path("<uuid:collaborative>/edit/", views.edit, name="edit"),
    path("<uuid:collaborative>/archive/", views.archive, name="archive"),
    path("<uuid:collaborative>/restore/", views.restore, name="restore"),
    path("<uuid:collaborative>/members/add/", views.member_add, name="member_add"),
    path("<uuid:collaborative>/roles/add/", views.role_add, name="role_add"),
]
