from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "backcast.api"
    label = "api"
