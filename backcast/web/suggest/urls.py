from django.urls import path

from backcast.web.suggest import views

app_name = "suggest"
urlpatterns = [
    path("<slug:kind>/<uuid:thing>/", views.find, name="find"),
]
