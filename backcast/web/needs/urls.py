from django.urls import path

from backcast.web.needs import screens, upload, views

app_name = "needs"
urlpatterns = [
    path("", views.needs, name="list"),
    path("new/", screens.new, name="new"),
    path("workbook/", upload.workbook, name="workbook"),
    path("workbook/download/", upload.download, name="download"),
    path("workbook/<uuid:upload>/", upload.preview, name="preview"),
    path("workbook/<uuid:upload>/load/", upload.load, name="load"),
    path("workbook/<uuid:upload>/drop/", upload.drop, name="drop"),
    path("<uuid:need>/", views.need, name="need"),
    path("<uuid:need>/export/<slug:kind>/", views.export, name="export"),
    path("<uuid:need>/role/", screens.role, name="role"),
    path("<uuid:need>/occupation/", screens.occupation, name="occupation"),
    path("<uuid:need>/people/", screens.people, name="people"),
    path("<uuid:need>/pay/", screens.pay, name="pay"),
    path("<uuid:need>/asks/", screens.asks, name="asks"),
    path("<uuid:need>/check/", screens.check, name="check"),
    path("<uuid:need>/weigh/", screens.weigh, name="weigh"),
    path("<uuid:need>/state/", views.state, name="state"),
    path("<uuid:need>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:need>/archive/", views.archive, name="archive"),
    path("<uuid:need>/bring-back/", views.bring_back, name="bring_back"),
]
