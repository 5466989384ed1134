from django.urls import path

from backcast.web.home import views

urlpatterns = [path("", views.home, name="home")]
