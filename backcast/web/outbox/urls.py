"""The mail of a demonstration. Not routed anywhere else."""

from django.urls import path

from backcast.web.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.outbox_messages, name="messages"),
    path("<uuid:message>/", views.outbox_message, name="message"),
]
