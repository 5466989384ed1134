from django.urls import path

from backcast.web.profiles import comment, edit, interchange, views

app_name = "profiles"
_VERSION = "<uuid:profile>/<int:number>/"
urlpatterns = [
    path("", views.profiles, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:profile>/", views.profile, name="profile"),
    path("<uuid:profile>/next/", views.begin_next, name="next"),
    path("<uuid:profile>/take-in/", interchange.take_in, name="take_in"),
    path("<uuid:profile>/take-in/<uuid:upload>/", interchange.preview, name="take_in_preview"),
    path("<uuid:profile>/take-in/<uuid:upload>/load/", interchange.load, name="take_in_load"),
    path("<uuid:profile>/take-in/<uuid:upload>/drop/", interchange.drop, name="take_in_drop"),
    path(f"{_VERSION}export/<slug:kind>/", interchange.export, name="export"),
    path("<uuid:profile>/compare/", views.compare, name="compare"),
    path(_VERSION, views.version, name="version"),
    path(f"{_VERSION}open/", views.open_version, name="open"),
    path(f"{_VERSION}take-back/", views.take_back, name="take_back"),
    path(f"{_VERSION}approve/", views.approve, name="approve"),
    path(f"{_VERSION}drop/", views.drop, name="drop"),
    path(f"{_VERSION}edit/", edit.edit, name="edit"),
    path(f"{_VERSION}lines/", edit.add, name="add"),
    path(f"{_VERSION}lines/from-needs/", edit.from_needs, name="from_needs"),
    path(f"{_VERSION}lines/from-onet/", edit.from_onet, name="from_onet"),
    path(f"{_VERSION}lines/from-esco/", edit.from_esco, name="from_esco"),
    path(f"{_VERSION}lines/<uuid:line>/", edit.change, name="change"),
    path(f"{_VERSION}lines/<uuid:line>/remove/", edit.remove, name="remove"),
    path(f"{_VERSION}lines/<uuid:line>/replace/", edit.replace, name="replace"),
    path(f"{_VERSION}comment/", comment.comment, name="comment"),
    path(f"{_VERSION}comment/rest/", comment.rest, name="rest"),
    path(f"{_VERSION}comment/<uuid:line>/", comment.dissent, name="dissent"),
    path(f"{_VERSION}comment/<uuid:line>/agree/", comment.agree, name="agree"),
    path(f"{_VERSION}comment/<uuid:line>/undo/", comment.undo, name="undo"),
]
