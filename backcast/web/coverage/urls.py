from django.urls import path

from backcast.web.coverage import matrix, modules, roles, views

app_name = "coverage"
urlpatterns = [
    path("programs/<uuid:program>/modules/", modules.modules, name="modules"),
    path("programs/<uuid:program>/modules/start/", modules.start, name="start"),
    path("programs/<uuid:program>/modules/add/", modules.add, name="module_add"),
    path("programs/<uuid:program>/modules/outline/", modules.outline, name="outline"),
    path("programs/<uuid:program>/modules/template/", modules.template, name="template"),
    path("programs/<uuid:program>/coverage/", views.coverage, name="coverage"),
    path("programs/<uuid:program>/coverage/close/", views.close, name="close"),
    path("programs/modules/<uuid:module>/", modules.module, name="module"),
    path("programs/modules/<uuid:module>/move/", modules.move, name="module_move"),
    path("programs/modules/<uuid:module>/remove/", modules.remove, name="module_remove"),
    path("programs/modules/<uuid:module>/teach/", modules.teach, name="teach"),
    path("programs/versions/<uuid:version>/matrix/", matrix.matrix, name="matrix"),
    path("programs/versions/<uuid:version>/cell/", matrix.cell, name="cell"),
    path("programs/versions/<uuid:version>/current/", modules.current, name="make_current"),
    path("programs/versions/<uuid:version>/discard/", modules.discard, name="discard"),
    path("roles/<uuid:role>/programs/", roles.programs, name="role"),
]
