from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backcast.web"
    label = "web"
